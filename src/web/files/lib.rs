//! The module for what people bring: weights files of any known format, and certificates. The page's
//! own models are plain safetensors, which `prove` reads itself.

use compact_proofs::proof::{CaseAnalysis, Certificate, Tally};
use compact_proofs::tasks::max_of_k::{MaxOfK, ModelFacts, Strategy};
use js_sys::Error;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web::{into_error, milliseconds, to_js};

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

    /// Starts to verify a certificate about this model.
    ///
    /// # Errors
    /// If the text is not a certificate, is about other weights, or takes too long. If the
    /// certificate does not hold, [`Claim::outcome`] says so.
    pub fn claim(&self, certificate: &str) -> Result<Claim, Error> {
        let start = milliseconds();
        let certificate = Certificate::read(certificate.as_bytes()).map_err(into_error)?;
        let claimed = self.task.claimed(&self.facts.sha256s(), &certificate);
        let (strategy, analysis) = claimed.map_err(into_error)?;
        Ok(Claim {
            task: self.task.clone(),
            certificate,
            strategy,
            analysis,
            counted: 0,
            tally: Tally::default(),
            spent: milliseconds() - start,
        })
    }
}

/// A certificate that is being verified.
#[wasm_bindgen]
pub struct Claim {
    task: MaxOfK,
    certificate: Certificate,
    strategy: Strategy,
    analysis: Box<dyn CaseAnalysis>,
    counted: u64,
    tally: Tally,
    spent: f64,
}

#[wasm_bindgen]
impl Claim {
    /// Works for about `budget` milliseconds; returns the fraction of the work that is done, 1 when
    /// all is.
    pub fn step(&mut self, budget: f64) -> f64 {
        let (start, chunks) = (milliseconds(), self.analysis.chunks());
        let mut spent = 0.0;
        while spent < budget && self.counted < chunks {
            if self.analysis.given_up().is_some() {
                self.counted = chunks;
                break;
            }
            self.tally = self.tally + self.analysis.count(self.counted);
            self.counted += 1;
            spent = milliseconds() - start;
        }
        self.spent += spent;
        if self.counted < chunks { self.counted as f64 / chunks as f64 } else { 1.0 }
    }

    /// What the certificate proves, once all is done.
    ///
    /// # Errors
    /// If the certificate does not hold, or JavaScript refuses to make an object.
    #[wasm_bindgen(unchecked_return_type = "Outcome | undefined")]
    pub fn outcome(&self) -> Result<JsValue, Error> {
        if self.counted < self.analysis.chunks() {
            return Ok(JsValue::UNDEFINED);
        }
        let verified = (self.strategy, self.analysis.as_ref());
        let confirmed =
            self.task.confirmed(&self.certificate, verified, self.tally, self.spent / 1e3);
        to_js(&confirmed.map_err(into_error)?.shown())
    }
}
