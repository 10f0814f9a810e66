//! The module of the independent checker, see [`crate::checker`].

use compact_proofs::checker::{Checker, Verdict, superposition};
use js_sys::Error;
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web::{into_error, milliseconds, to_js};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** The checker's verdict on a certificate. Counts are decimal. `network` says in words which network the theorem is about;
    `derived` is at least `claimed` if the certificate is accepted; `flops` is what the certificate states, not checked;
    `reasons` say why the certificate is not accepted. */
export interface Verdict {
  accepted: boolean; theorem: string; network: string; claimed: string; derived: string; sequences: string; flops: number;
  reasons: string[]; seconds: number;
}
"#;

/// A certificate being checked.
#[wasm_bindgen]
pub struct Check {
    checker: Checker,
    /// Milliseconds of work so far.
    spent: f64,
}

/// A verdict and the time that it took, as the page is sent it.
#[derive(Serialize)]
struct Timed {
    #[serde(flatten)]
    verdict: Verdict,
    seconds: f64,
}

#[wasm_bindgen]
impl Check {
    /// Reads a safetensors file and the text of a certificate; `file` is the safetensors file's
    /// name, for errors. Weights in other formats are refused.
    ///
    /// # Errors
    /// If the file or the certificate cannot be read.
    #[wasm_bindgen(constructor)]
    pub fn new(file: &str, bytes: &[u8], certificate: &str) -> Result<Check, Error> {
        let start = milliseconds();
        let checker = Checker::new(file, bytes, certificate).map_err(into_error)?;
        Ok(Self { checker, spent: milliseconds() - start })
    }

    /// Works for about `milliseconds_to_spend`, at least on one cell; returns the fraction of the
    /// cells that is done, 1 when all are.
    pub fn advance(&mut self, milliseconds_to_spend: f64) -> f64 {
        let start = milliseconds();
        let mut spent = 0.0;
        while spent < milliseconds_to_spend && self.checker.step() {
            spent = milliseconds() - start;
        }
        self.spent += spent;
        let (checked, cells) = self.checker.cells();
        if cells == 0 { 1.0 } else { checked as f64 / cells as f64 }
    }

    /// The verdict, once all is done; `undefined` before.
    ///
    /// # Errors
    /// If JavaScript refuses to make an object.
    #[wasm_bindgen(unchecked_return_type = "Verdict | undefined")]
    pub fn verdict(&self) -> Result<JsValue, Error> {
        let Some(verdict) = self.checker.verdict() else { return Ok(JsValue::UNDEFINED) };
        to_js(&Timed { verdict, seconds: self.spent / 1e3 })
    }
}

/// Checks a certificate about a toy model of superposition, which holds its network and tokens, by
/// running the network on each.
///
/// # Errors
/// If the certificate cannot be read.
#[wasm_bindgen(js_name = checkSuperposition, unchecked_return_type = "Verdict")]
pub fn check_superposition(certificate: &str) -> Result<JsValue, Error> {
    let start = milliseconds();
    let verdict = superposition::check(certificate).map_err(into_error)?;
    to_js(&Timed { verdict, seconds: (milliseconds() - start) / 1e3 })
}
