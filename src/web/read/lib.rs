//! The module that reads files of any known format, for what people bring: the page's own models
//! are safetensors, which `prove` reads itself.

use compact_proofs::tasks::max_of_k::{MaxOfK, ModelFacts};
use js_sys::Error;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web::{into_error, to_js};

/// A weights file that is a model's.
#[wasm_bindgen]
pub struct Weights {
    task: MaxOfK,
    facts: ModelFacts,
}

#[wasm_bindgen]
impl Weights {
    /// Reads a weights file; `file` is its name, for errors.
    ///
    /// # Errors
    /// If the file is damaged or is not a model for this task: file, tensor, what was expected and
    /// what was found.
    #[wasm_bindgen(constructor)]
    pub fn new(file: &str, bytes: &[u8]) -> Result<Weights, Error> {
        let (task, facts) = MaxOfK::load(file, bytes).map_err(into_error)?;
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

    /// The network as a canonical safetensors file, which `prove` and the independent checker read
    /// and which certificates are about; none where the file itself is safetensors.
    #[must_use]
    pub fn canonical(&self) -> Option<Vec<u8>> {
        self.facts.canonical_sha256.as_ref().map(|_| self.task.model().canonical())
    }
}
