//! The module for what people bring: weights files of any known format and task, and certificates.
//! The page's own models are plain safetensors, which `prove` reads itself.

use compact_proofs::embed;
use compact_proofs::proof::MAX_WORK;
use compact_proofs::tasks::{Brought, Confirmation, Kind};
use js_sys::{Error, JSON};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web::{into_error, seconds, to_js};

/// A weights file that is a model's, of any task.
#[wasm_bindgen]
pub struct Weights {
    brought: Box<dyn Brought>,
}

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** What is known of a file of any task before its network is read. */
export interface FileFacts {
  file: string; format: string; bytes: number; sha256: string; canonical_sha256?: string;
  notes: string[]; metadata: Record<string, string>;
}
/** What a proof proves whose residual coins bound, except with the probability `delta`. `samples` is how many of `drawn` the coins chose;
    `key` is the SHA-256 of all that was chosen; `failing` is the part of all inputs given up for it. Counts are decimal, `percent` is rounded down. */
export interface ResidualBound {
  strategy: string; drawn: 'signs' | 'rows' | 'entries'; samples: number; delta: number; key: string;
  correct: string; total: string; bound: number; percent: string; failing: number; flops: number; exact_flops: number;
}
"#;

#[wasm_bindgen]
impl Weights {
    /// Reads a weights file; `file` is its name, for errors.
    ///
    /// # Errors
    /// If the file is damaged or is not a model for any task: file, tensor, what was expected and
    /// what was found.
    #[wasm_bindgen(constructor)]
    pub fn new(file: &str, bytes: &[u8]) -> Result<Weights, Error> {
        Ok(Self { brought: Kind::read(file, bytes).map_err(into_error)? })
    }

    /// The identifier of the model's task.
    #[must_use]
    pub fn task(&self) -> String {
        self.brought.kind().id().into()
    }

    /// What is known of the file, and of its model as far as the module of its task need not read
    /// it.
    ///
    /// # Errors
    /// If JavaScript refuses to make an object.
    #[wasm_bindgen(unchecked_return_type = "FileFacts")]
    pub fn facts(&self) -> Result<JsValue, Error> {
        parsed(&self.brought.facts())
    }

    /// The network as a canonical safetensors file, which the module of its task takes.
    /// Certificates are about that file if the weights file is not safetensors itself.
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        self.brought.canonical()
    }

    /// Answers a question of the task's own about the file, both in JSON.
    ///
    /// # Errors
    /// If it is no question of this task, or has no answer.
    #[wasm_bindgen(unchecked_return_type = "unknown")]
    pub fn ask(&self, question: &str) -> Result<JsValue, Error> {
        parsed(&self.brought.ask(question).map_err(into_error)?)
    }

    /// Confirms a certificate of a bound with a residual that coins bound, by tossing them again;
    /// takes up to some minutes.
    ///
    /// # Errors
    /// If the text is no such certificate, or does not hold.
    #[wasm_bindgen(unchecked_return_type = "ResidualBound")]
    pub fn tossed(&self, certificate: &str) -> Result<JsValue, Error> {
        parsed(&self.brought.tossed(certificate.as_bytes(), MAX_WORK).map_err(into_error)?)
    }

    /// Prepares the run that confirms a certificate about this file.
    ///
    /// # Errors
    /// If the text is not a certificate, is about other weights, or takes too long. If the
    /// certificate does not hold, [`Claim::outcome`] says so.
    pub fn claim(&self, certificate: &str) -> Result<Claim, Error> {
        let start = seconds();
        let claimed = self.brought.claimed(certificate.as_bytes(), MAX_WORK);
        let mut confirmation = claimed.map_err(into_error)?;
        confirmation.run.add_seconds(seconds() - start);
        Ok(Claim { confirmation })
    }
}

/// Reads a file that says how files of the task `task` are read, such as a Cayley table: what the
/// task's module takes beside such a file.
///
/// # Errors
/// If there is no such task, it has no such files, or this is none.
#[wasm_bindgen(unchecked_return_type = "object")]
pub fn reading(task: &str, file: &str, bytes: &[u8]) -> Result<JsValue, Error> {
    let task: Kind = task.parse().map_err(into_error)?;
    parsed(&task.reading(file, bytes).map_err(into_error)?)
}

fn parsed(json: &str) -> Result<JsValue, Error> {
    JSON::parse(json).map_err(|_| into_error("an answer that is not JSON"))
}

/// A single file that shows a model: see [`embed::fill`].
///
/// # Errors
/// If the template is no single file, or `about` is not what it has to be.
#[wasm_bindgen]
pub fn fill(template: &str, file: &str, weights: &[u8], about: &str) -> Result<String, Error> {
    embed::fill(template, file, weights, about).map_err(into_error)
}

/// A certificate that is being verified.
#[wasm_bindgen]
pub struct Claim {
    confirmation: Confirmation,
}

#[wasm_bindgen]
impl Claim {
    /// Works for about `milliseconds`; returns the fraction of the run that is done, 1 when all is.
    pub fn advance(&mut self, milliseconds: f64) -> f64 {
        self.confirmation.run.advance_for(milliseconds / 1e3, seconds)
    }

    /// What the certificate proves, once all is done; `undefined` before.
    ///
    /// # Errors
    /// If the certificate does not hold, or JavaScript refuses to make an object.
    #[wasm_bindgen(unchecked_return_type = "Outcome | undefined")]
    pub fn outcome(&self) -> Result<JsValue, Error> {
        if !self.confirmation.run.is_finished() {
            return Ok(JsValue::UNDEFINED);
        }
        to_js(&self.confirmation.run.confirmed().map_err(into_error)?.shown())
    }

    /// The claim in words; it is a theorem once it is confirmed.
    #[must_use]
    pub fn theorem(&self) -> String {
        self.confirmation.theorem.clone()
    }

    /// How the file is read for the claim, as the task's module takes it; `undefined` of a task
    /// whose files are read in one way.
    ///
    /// # Errors
    /// If JavaScript refuses to make an object.
    #[wasm_bindgen(unchecked_return_type = "object | undefined")]
    pub fn read(&self) -> Result<JsValue, Error> {
        self.confirmation.read.as_deref().map_or(Ok(JsValue::UNDEFINED), parsed)
    }
}
