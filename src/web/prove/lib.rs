//! The module that proves: a model, and proofs about it that advance in small steps, and
//! certificates, taken and made.

use compact_proofs::proof::{CaseAnalysis, Outcome, Tally};
use compact_proofs::tasks::max_of_k::QUICK_SAMPLE;
use compact_proofs::tasks::max_of_k::{MaxOfK, ModelFacts, Pruning, Strategy};
use js_sys::Error;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web::{into_error, milliseconds, to_js};

/// A model in the memory of this worker.
#[wasm_bindgen]
pub struct Model {
    task: MaxOfK,
    facts: ModelFacts,
}

#[wasm_bindgen]
impl Model {
    /// Reads a safetensors file of the page's own, which says nothing of its network beside its
    /// tensors; `file` is its name, for errors.
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

    /// Starts a proof, or the one with the number `part` of `of` parts of it. What the parts count is put together by
    /// [`Self::joined`]. `prune` lets brute force count together what a common prefix decides.
    ///
    /// # Errors
    /// If there is no such strategy, it would take too long on this model, or it has no such part.
    pub fn verification(
        &self,
        strategy: &str,
        prune: bool,
        part: u32,
        of: u32,
    ) -> Result<Verification, Error> {
        let strategy: Strategy = strategy.parse().map_err(into_error)?;
        if part >= of || (of > 1 && !strategy.family().divisible) {
            return Err(into_error(format!("{strategy} has no part {part} of {of}")));
        }
        let pruning = if prune { Pruning::On } else { Pruning::Off };
        let start = milliseconds();
        let analysis = self.task.verification_with(strategy, pruning).map_err(into_error)?;
        let spent = milliseconds() - start;
        let task = self.task.clone();
        let chunks = Chunks::new(analysis.chunks(), part.into(), of.into());
        Ok(Verification {
            task,
            strategy,
            analysis,
            chunks,
            is_whole: of == 1,
            searched: 0.0,
            has_search: false,
            tally: Tally::default(),
            spent,
        })
    }

    /// A finished proof: what its parts, all of them and each once, have counted in so many seconds. The sum is exact, and so the
    /// same in any order.
    ///
    /// # Errors
    /// As of [`Self::verification`], or if it has no parts, or these are no tallies.
    #[expect(clippy::needless_pass_by_value, reason = "wasm-bindgen takes no slices of strings")]
    pub fn joined(
        &self,
        strategy: &str,
        tallies: Vec<String>,
        seconds: f64,
    ) -> Result<Verification, Error> {
        let tallies: Vec<Tally> = tallies
            .iter()
            .map(|tally| tally.parse())
            .collect::<Result<_, _>>()
            .map_err(into_error)?;
        let of = u32::try_from(tallies.len()).map_err(into_error)?;
        let part = self.verification(strategy, true, 0, of)?;
        let (chunks, tally) = (Chunks::new(0, 0, 1), tallies.into_iter().sum());
        Ok(Verification { is_whole: true, chunks, tally, spent: seconds * 1e3, ..part })
    }
}

#[wasm_bindgen]
impl Model {
    /// What the authors' formula claims to have proven, decimal: for comparison, it is not sound.
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
    /// What the model makes of an input as someone types it or, without one, of a few that have little in common.
    ///
    /// # Errors
    /// If it is no input of this model.
    #[wasm_bindgen(unchecked_return_type = "Example[]")]
    pub fn examples(&self, input: Option<String>) -> Result<JsValue, Error> {
        to_js(&match input {
            None => self.task.examples(),
            Some(input) => vec![self.task.typed_example(&input).map_err(into_error)?],
        })
    }

    /// How often the model is right, from random inputs.
    ///
    /// # Errors
    /// If JavaScript refuses to make an object.
    #[wasm_bindgen(unchecked_return_type = "SampledAccuracy")]
    pub fn sample(&self) -> Result<JsValue, Error> {
        to_js(&self.task.sample_accuracy(QUICK_SAMPLE.0, QUICK_SAMPLE.1))
    }
}

/// A proof under way, or a part of one.
#[wasm_bindgen]
pub struct Verification {
    task: MaxOfK,
    strategy: Strategy,
    analysis: Box<dyn CaseAnalysis>,
    chunks: Chunks,
    is_whole: bool,
    /// The part of the search that is done, and whether there is any.
    searched: f64,
    has_search: bool,
    tally: Tally,
    spent: f64,
}

#[wasm_bindgen]
impl Verification {
    /// Works for about so many milliseconds; the part that is done, 1 when all is.
    pub fn step(&mut self, milliseconds_to_spend: f64) -> f64 {
        let start = milliseconds();
        let mut spent = 0.0;
        while spent < milliseconds_to_spend && self.advance() {
            spent = milliseconds() - start;
        }
        self.spent += spent;
        let counted = self.chunks.done();
        if self.has_search && counted < 1.0 {
            f64::midpoint(self.searched, counted)
        } else {
            counted
        }
    }

    /// The smallest step there is; whether there was one left.
    fn advance(&mut self) -> bool {
        if self.searched < 1.0 {
            self.searched = self.analysis.search();
            self.has_search |= self.searched < 1.0;
            return true;
        }
        let chunk = self.chunks.next();
        self.tally = chunk.map_or(self.tally, |chunk| self.tally + self.analysis.count(chunk));
        chunk.is_some()
    }

    /// What this part counted, once it is finished: four decimal numbers, for [`Model::joined`].
    #[must_use]
    pub fn tally(&self) -> Option<String> {
        (self.chunks.done() == 1.0).then(|| self.tally.to_string())
    }

    /// What the proof gave, once it is finished; of a part of one, nothing.
    ///
    /// # Errors
    /// If the search found no proof, the certificate does not hold, or JavaScript refuses to make an object.
    #[wasm_bindgen(unchecked_return_type = "Outcome | undefined")]
    pub fn outcome(&self) -> Result<JsValue, Error> {
        self.finished().map_or(Ok(JsValue::UNDEFINED), |outcome| to_js(&outcome?.shown()))
    }

    fn finished(&self) -> Option<Result<Outcome, Error>> {
        if !self.is_whole || self.chunks.done() < 1.0 {
            return None;
        }
        let seconds = self.spent / 1e3;
        let outcome = self.task.outcome(self.strategy, self.tally, self.analysis.cost(), seconds);
        Some(outcome.failure.map_or(Ok(outcome), |failure| Err(into_error(failure))))
    }
}

#[wasm_bindgen]
impl Verification {
    /// The proof's certificate as JSON, once it is finished, about the file with this SHA-256; none where [`Self::outcome`] is an error.
    #[must_use]
    pub fn certificate(&self, sha256: &str) -> Option<String> {
        let outcome = self.finished()?.ok()?;
        Some(self.task.certificate(sha256, &outcome, self.analysis.evidence().ok()?).to_json())
    }
}

/// The chunks of one part of a proof, in runs that the parts take in turn: chunks that follow one another have much in common, and each
/// part has some of every kind.
struct Chunks {
    next: u64,
    end: u64,
    /// How many follow one another, and how many are then left to the other parts.
    run: u64,
    others: u64,
}

impl Chunks {
    /// Runs of each part, if there are chunks enough.
    const RUNS: u64 = 32;

    fn new(end: u64, part: u64, of: u64) -> Self {
        let run = (end / (of * Self::RUNS)).max(1);
        Self { next: part * run, end, run, others: (of - 1) * run }
    }

    /// The part of them that is done, 1 when all are.
    fn done(&self) -> f64 {
        if self.next < self.end { self.next as f64 / self.end as f64 } else { 1.0 }
    }
}

impl Iterator for Chunks {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let chunk = Some(self.next).filter(|&chunk| chunk < self.end)?;
        self.next += 1;
        if self.next.is_multiple_of(self.run) {
            self.next += self.others;
        }
        Some(chunk)
    }
}

#[cfg(test)]
mod tests {
    use super::Chunks;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn every_chunk_is_in_one_part() {
        for (end, of) in
            [(0, 1), (0, 3), (1, 1), (1, 2), (7, 3), (100, 1), (2080, 2), (2080, 16), (89_440, 3)]
        {
            let mut all: Vec<_> = (0..of).flat_map(|part| Chunks::new(end, part, of)).collect();
            all.sort_unstable();
            assert!(all.into_iter().eq(0..end), "{end} chunks of {of} parts");
            let longest =
                (0..of).map(|part| Chunks::new(end, part, of).count()).max().unwrap() as u64;
            assert!(
                longest <= end / of + end / (of * Chunks::RUNS) + of,
                "{longest} of {end} for one of {of}"
            );
        }
    }
}
