//! The module of the independent checker, see [`crate::checker`].

use compact_proofs::checker::{Checker, Verdict};
use js_sys::Error;
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web::{into_error, milliseconds, to_js};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** What came of checking a certificate: counts are decimal; `network` says in words which network the theorem is about;
    `derived` is at least what was claimed if it was accepted; `flops` is what it states, not checked; `reasons` say why it was not. */
export interface Verdict {
  accepted: boolean; theorem: string; network: string; claimed: string; derived: string; sequences: string; flops: number;
  reasons: string[]; seconds: number;
}
"#;

/// A certificate being checked.
#[wasm_bindgen]
pub struct Check {
    checker: Checker,
    spent: f64,
}

#[derive(Serialize)]
struct Timed {
    #[serde(flatten)]
    verdict: Verdict,
    seconds: f64,
}

#[wasm_bindgen]
impl Check {
    /// Reads a safetensors file and a certificate's text; `file` is the former's name, for errors. Other formats are refused.
    ///
    /// # Errors
    /// If one of them cannot be read.
    #[wasm_bindgen(constructor)]
    pub fn new(file: &str, bytes: &[u8], certificate: &str) -> Result<Check, Error> {
        let start = milliseconds();
        let checker = Checker::new(file, bytes, certificate).map_err(into_error)?;
        Ok(Self { checker, spent: milliseconds() - start })
    }

    /// Works for about so many milliseconds, at least on one cell; the part that is done, 1 when all is.
    pub fn step(&mut self, milliseconds_to_spend: f64) -> f64 {
        let start = milliseconds();
        let mut spent = 0.0;
        while spent < milliseconds_to_spend && self.checker.step() {
            spent = milliseconds() - start;
        }
        self.spent += spent;
        let (checked, cells) = self.checker.cells();
        if cells == 0 { 1.0 } else { checked as f64 / cells as f64 }
    }

    /// What came of it, once all is done.
    ///
    /// # Errors
    /// If JavaScript refuses to make an object.
    #[wasm_bindgen(unchecked_return_type = "Verdict | undefined")]
    pub fn verdict(&self) -> Result<JsValue, Error> {
        let Some(verdict) = self.checker.verdict() else { return Ok(JsValue::UNDEFINED) };
        to_js(&Timed { verdict, seconds: self.spent / 1e3 })
    }
}
