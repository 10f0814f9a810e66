//! The module that reads: a file to what is known of its model, and to the numbers that the modules of proofs take.

use super::{into_error, to_js};
use crate::tasks::max_of_k::{MaxOfK, ModelFacts};
use js_sys::Error;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** What is known of a model before anything is proven. */
export interface ModelFacts {
  file: string; format: string; bytes: number; sha256: string;
  /** Of the canonical safetensors file, which certificates name; of a safetensors file nothing: they name its own. */
  canonical_sha256?: string;
  v: number; d: number; h: number; n: number;
  sequences: string; parameters: number; biases: boolean;
  /** What no file says of its network, and is assumed; and what its reader has to say, a sentence each. */
  network: string; notes: string[];
  metadata: Record<string, string>;
  strategies: StrategyFacts[];
}
/** A strategy and what it would cost on this model (of a sub-cubic one at most); `refused` says why it cannot be run. */
export interface StrategyFacts {
  strategy: string; label: string; idea: string;
  family: "brute-force" | "cubic" | "sub-cubic" | "additive"; class: string; complexity: string;
  /** Strategies of one group share work: they are best proven one after the other, by one worker. */
  group: string;
  /** Whether several workers may each count a part of it. */
  divisible: boolean;
  parts: { direct: string; attention: string; error: string } | null;
  flops: number; unexplained_dimension: number; refused: string | null;
}
"#;

/// A weights file that is a model's.
#[wasm_bindgen]
pub struct Weights {
    task: MaxOfK,
    facts: ModelFacts,
}

#[wasm_bindgen]
impl Weights {
    /// Reads a weights file (safetensors and, with the feature `files`, any known format); `file` is its name, for errors.
    ///
    /// # Errors
    /// If the file is damaged or is not a model for this task: file, tensor, what was expected and what was found.
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

    /// A strategy that `facts` need not list: a best proof of any length or bound, a grid of any size.
    ///
    /// # Errors
    /// If there is no such strategy.
    #[wasm_bindgen(js_name = strategyFacts, unchecked_return_type = "StrategyFacts")]
    pub fn strategy_facts(&self, strategy: &str) -> Result<JsValue, Error> {
        to_js(&self.task.strategy_facts(strategy.parse().map_err(into_error)?))
    }

    /// The network as a canonical safetensors file, for the independent checker and for keeping: certificates are about that one.
    /// None where the file itself is safetensors.
    #[cfg(feature = "files")]
    #[must_use]
    pub fn canonical(&self) -> Option<Vec<u8>> {
        self.facts.canonical_sha256.as_ref().map(|_| self.task.model().canonical())
    }

    /// The model, for the modules that prove.
    #[must_use]
    pub fn numbers(&self) -> Vec<f64> {
        self.task.model().to_numbers()
    }
}
