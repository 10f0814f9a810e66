//! What the modules that prove or answer questions share: a model of any task, whose proofs run for
//! a few milliseconds at a time, and their certificates. Each of these modules, `prove`, `group`
//! and `insight`, adds a function `load` that reads the networks of its task.

use compact_proofs::proof::{self, Tally};
use compact_proofs::tasks::{Answers, Question, Task, TaskFacts};
use js_sys::{Error, JSON, Reflect};
use serde::Serialize;
use std::sync::Arc;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web::{as_json, into_error, seconds};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** A question of the task's own, by the name `ask`. */
export interface Question { ask: string; [argument: string]: unknown }
"#;

/// A model in the memory of this worker.
#[wasm_bindgen]
pub struct Model {
    task: Arc<dyn Task>,
    facts: JsValue,
    /// `None` in a module that only proves.
    answers: Option<Arc<dyn Answers>>,
}

impl Model {
    /// A model of any task, and what is known of it. It answers no questions.
    ///
    /// # Errors
    /// If JavaScript refuses to make an object.
    pub fn new<Own: Serialize>(
        task: impl Task + 'static,
        facts: &TaskFacts<Own>,
    ) -> Result<Self, Error> {
        Ok(Self { task: Arc::new(task), facts: as_js(facts)?, answers: None })
    }

    /// The same, and it answers questions.
    ///
    /// # Errors
    /// If JavaScript refuses to make an object.
    pub fn answering<Own: Serialize>(
        task: impl Task + Answers + 'static,
        facts: &TaskFacts<Own>,
    ) -> Result<Self, Error> {
        let task = Arc::new(task);
        Ok(Self { answers: Some(task.clone()), task, facts: as_js(facts)? })
    }
}

#[wasm_bindgen]
impl Model {
    /// What is known of the model.
    #[wasm_bindgen(unchecked_return_type = "TaskFacts")]
    #[must_use]
    pub fn facts(&self) -> JsValue {
        self.facts.clone()
    }

    /// A strategy that `facts` need not list: a best proof of any length or bound, a rank of any
    /// size.
    ///
    /// # Errors
    /// If there is no such strategy.
    #[wasm_bindgen(js_name = strategyFacts, unchecked_return_type = "StrategyFacts")]
    pub fn strategy_facts(&self, strategy: &str) -> Result<JsValue, Error> {
        as_js(&self.task.strategy_facts(strategy).map_err(into_error)?)
    }

    /// Prepares the run of a proof, or of the part `part`, from 0 on, if the proof is divided into
    /// `of` parts; [`Self::joined`] puts together what the parts counted. `options` are the names
    /// of those of the strategy's options that are on.
    ///
    /// # Errors
    /// If there is no such strategy, the proof would take too long on this model, or it has no such
    /// part.
    #[expect(clippy::needless_pass_by_value, reason = "wasm-bindgen takes no slices of strings")]
    pub fn run(
        &self,
        strategy: &str,
        options: Vec<String>,
        part: u32,
        of: u32,
    ) -> Result<Run, Error> {
        let start = seconds();
        let run = self.task.run(strategy, &options).map_err(into_error)?;
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
        let tallies = tallies.iter().map(|tally| tally.parse());
        let tallies = tallies.collect::<Result<Vec<Tally>, _>>().map_err(into_error)?;
        let parts = u32::try_from(tallies.len()).map_err(into_error)?;
        let run = self.task.run(strategy, &[]).map_err(into_error)?;
        let mut run = run.part(0, parts).map_err(into_error)?.joined(tallies);
        run.add_seconds(seconds);
        Ok(Run { task: self.task.clone(), run })
    }

    /// Answers a question of the task's own.
    ///
    /// # Errors
    /// If it is no question of this task, or has no answer, or the module only proves.
    #[wasm_bindgen(unchecked_return_type = "unknown")]
    pub fn ask(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Question")] question: &JsValue,
    ) -> Result<JsValue, Error> {
        let answers = self.answers.as_ref().ok_or_else(|| into_error("this module only proves"))?;
        parsed(&answers.ask(&Asked(question)).map_err(into_error)?)
    }
}

/// A value as a JavaScript object, through JSON: these modules write that anyway, into
/// certificates.
fn as_js(value: &impl Serialize) -> Result<JsValue, Error> {
    parsed(&serde_json::to_string(value).map_err(into_error)?)
}

fn parsed(json: &str) -> Result<JsValue, Error> {
    JSON::parse(json).map_err(|_| into_error("an answer that is not JSON"))
}

/// A question from JavaScript.
struct Asked<'a>(&'a JsValue);

impl Question for Asked<'_> {
    fn text(&self, field: &str) -> Option<String> {
        Reflect::get(self.0, &field.into()).ok()?.as_string()
    }

    fn json(&self) -> String {
        as_json(self.0)
    }
}

/// A [`proof::Run`], and the task, which writes its certificate.
#[wasm_bindgen]
pub struct Run {
    task: Arc<dyn Task>,
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
        as_js(&self.run.proven().map_err(into_error)?.shown())
    }

    /// The proof's certificate about the file with the SHA-256 `sha256`, as JSON, once the run is
    /// finished; `undefined` where [`Self::outcome`] is an error.
    #[must_use]
    pub fn certificate(&self, sha256: &str) -> Option<String> {
        if !self.run.is_finished() {
            return None;
        }
        self.task.certificate(sha256, &self.run).ok()
    }
}
