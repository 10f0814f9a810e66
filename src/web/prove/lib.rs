//! The module that proves: holds a model, runs proofs about it for a few milliseconds at a time,
//! and writes certificates.

use compact_proofs::proof::{self, Tally};
use compact_proofs::tasks::max_of_k::{MaxOfK, ModelFacts, Pruning, QUICK_SAMPLE, Strategy};
use js_sys::Error;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web::{into_error, seconds, to_js};

/// A model in the memory of this worker.
#[wasm_bindgen]
pub struct Model {
    task: MaxOfK,
    facts: ModelFacts,
}

#[wasm_bindgen]
impl Model {
    /// Reads a safetensors file of the page's own, which holds tensors and says nothing else about
    /// its network; `file` is its name, for errors.
    ///
    /// # Errors
    /// If the file is damaged, is not a model for this task, or makes claims.
    #[wasm_bindgen(constructor)]
    pub fn new(file: &str, bytes: &[u8]) -> Result<Model, Error> {
        let (task, facts) = MaxOfK::load_plain(file, bytes).map_err(into_error)?;
        Ok(Self { task, facts })
    }

    /// Takes the safetensors file of a model that the module `files` has read, and the `attn_scale`
    /// of its facts.
    ///
    /// # Errors
    /// If the file is damaged or is not a model for this task.
    #[wasm_bindgen(js_name = ofRead)]
    pub fn of_read(file: &str, bytes: &[u8], attn_scale: Option<f64>) -> Result<Model, Error> {
        let (task, facts) = MaxOfK::load_tensors(file, bytes, attn_scale).map_err(into_error)?;
        Ok(Self { task, facts })
    }

    /// What is known of the model.
    ///
    /// # Errors
    /// If JavaScript refuses to make an object.
    #[wasm_bindgen(unchecked_return_type = "ModelFacts")]
    pub fn facts(&self) -> Result<JsValue, Error> {
        to_js(&self.facts)
    }

    /// A strategy that `facts` need not list: a best proof of any length or bound, a grid of any
    /// size.
    ///
    /// # Errors
    /// If there is no such strategy.
    #[wasm_bindgen(js_name = strategyFacts, unchecked_return_type = "StrategyFacts")]
    pub fn strategy_facts(&self, strategy: &str) -> Result<JsValue, Error> {
        to_js(&self.task.strategy_facts(strategy.parse().map_err(into_error)?))
    }

    /// Prepares the run of a proof, or of the part `part`, from 0 on, if the proof is divided into
    /// `of` parts; [`Self::joined`] puts together what the parts counted. `prune` lets brute force
    /// count together the sequences that a common prefix decides.
    ///
    /// # Errors
    /// If there is no such strategy, the proof would take too long on this model, or it has no such
    /// part.
    pub fn run(&self, strategy: &str, prune: bool, part: u32, of: u32) -> Result<Run, Error> {
        let strategy: Strategy = strategy.parse().map_err(into_error)?;
        let pruning = if prune { Pruning::On } else { Pruning::Off };
        let start = seconds();
        let run = self.task.run_with(strategy, pruning).map_err(into_error)?;
        let mut run = run.part(part, of).map_err(into_error)?;
        run.add_seconds(seconds() - start);
        Ok(Run { task: self.task.clone(), run })
    }

    /// The finished run of a proof whose parts, all of them and each once, have counted `tallies`,
    /// in any order, in `seconds` altogether.
    ///
    /// # Errors
    /// If the proof cannot be run in this number of parts, see [`Self::run`], or a text is not a
    /// tally.
    #[expect(clippy::needless_pass_by_value, reason = "wasm-bindgen takes no slices of strings")]
    pub fn joined(&self, strategy: &str, tallies: Vec<String>, seconds: f64) -> Result<Run, Error> {
        let strategy: Strategy = strategy.parse().map_err(into_error)?;
        let tallies = tallies.iter().map(|tally| tally.parse());
        let tallies = tallies.collect::<Result<Vec<Tally>, _>>().map_err(into_error)?;
        let parts = u32::try_from(tallies.len()).map_err(into_error)?;
        let run = self.task.run(strategy).map_err(into_error)?;
        let mut run = run.part(0, parts).map_err(into_error)?.joined(tallies);
        run.add_seconds(seconds);
        Ok(Run { task: self.task.clone(), run })
    }
}

#[wasm_bindgen]
impl Model {
    /// The number of inputs that the authors' formula claims to have proven, decimal: for
    /// comparison only, since the formula is not sound.
    ///
    /// # Errors
    /// If the strategy is not a sub-cubic one, or the model's products leave the range of float64.
    #[wasm_bindgen(js_name = publishedCount)]
    pub fn published_count(&self, strategy: &str) -> Result<String, Error> {
        let count = self.task.published_count(strategy.parse().map_err(into_error)?);
        let count = count.map_err(|error| into_error(error.gist()))?;
        count
            .map(|count| count.to_string())
            .ok_or_else(|| into_error(format!("nothing is published for {strategy}")))
    }

    /// How well attention scores are approximated by a few directions.
    ///
    /// # Errors
    /// If the model's products leave the range of float64.
    #[wasm_bindgen(unchecked_return_type = "AttentionFacts")]
    pub fn attention(&self) -> Result<JsValue, Error> {
        to_js(&self.task.search().attention_facts().map_err(|error| into_error(error.gist()))?)
    }
}

#[wasm_bindgen]
impl Model {
    /// What the model makes of `input`, written as someone types it; without one, of a few inputs
    /// that have little in common.
    ///
    /// # Errors
    /// If `input` is no input of this model.
    #[wasm_bindgen(unchecked_return_type = "Example[]")]
    pub fn examples(&self, input: Option<String>) -> Result<JsValue, Error> {
        to_js(&match input {
            None => self.task.examples(),
            Some(input) => vec![self.task.typed_example(&input).map_err(into_error)?],
        })
    }

    /// The model's accuracy, estimated from random inputs.
    ///
    /// # Errors
    /// If JavaScript refuses to make an object.
    #[wasm_bindgen(unchecked_return_type = "SampledAccuracy")]
    pub fn sample(&self) -> Result<JsValue, Error> {
        to_js(&self.task.sample_accuracy(QUICK_SAMPLE.0, QUICK_SAMPLE.1))
    }
}

/// A [`proof::Run`], and the task, which writes its certificate.
#[wasm_bindgen]
pub struct Run {
    task: MaxOfK,
    run: proof::Run,
}

#[wasm_bindgen]
impl Run {
    /// Works for about `milliseconds`; returns the fraction of the run that is done, 1 when all is.
    pub fn advance(&mut self, milliseconds: f64) -> f64 {
        self.run.advance_for(milliseconds / 1e3, seconds)
    }

    /// What the chunks of the run counted, once all are: four decimal numbers, for
    /// [`Model::joined`].
    #[must_use]
    pub fn tally(&self) -> Option<String> {
        (self.run.chunks_left() == 0).then(|| self.run.tally().to_string())
    }

    /// What the run proved, once it is finished; `undefined` before, and for a part.
    ///
    /// # Errors
    /// If the search found no proof, or JavaScript refuses to make an object.
    #[wasm_bindgen(unchecked_return_type = "Outcome | undefined")]
    pub fn outcome(&self) -> Result<JsValue, Error> {
        if !self.run.is_finished() {
            return Ok(JsValue::UNDEFINED);
        }
        to_js(&self.run.proven().map_err(into_error)?.shown())
    }

    /// The proof's certificate about the file with the SHA-256 `sha256`, as JSON, once the run is
    /// finished; `undefined` where [`Self::outcome`] is an error.
    #[must_use]
    pub fn certificate(&self, sha256: &str) -> Option<String> {
        if !self.run.is_finished() {
            return None;
        }
        Some(self.task.certificate(sha256, &self.run).ok()?.to_json())
    }
}
