//! The module for what people bring: weights files of any known format, directions, and certificates. The
//! page's own models are plain safetensors, which `prove` reads itself.

use compact_proofs::embed;
use compact_proofs::proof::{Certificate, Run};
use compact_proofs::tasks::max_of_k::{MaxOfK, ModelFacts, Strategy};
use js_sys::Error;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web::{into_error, seconds, to_js};

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

    /// The network as a canonical safetensors file, which `prove` takes. Certificates are about
    /// that file if the weights file is not safetensors itself.
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        self.task.model().canonical()
    }

    /// The certificate of a proof by `strategy`, one that someone built, whose directions someone gives:
    /// of queries and of keys, `[rank * v]` numbers of any size, one direction after the other.
    ///
    /// # Errors
    /// If there is no such strategy, it has no such directions, or a number is not finite.
    pub fn directed(&self, strategy: &str, queries: &[f64], keys: &[f64]) -> Result<String, Error> {
        let strategy: Strategy = strategy.parse().map_err(into_error)?;
        let Strategy::Subcubic(built) = strategy else {
            return Err(into_error(format!("{strategy} takes no directions")));
        };
        let v = self.task.shape().v;
        let directions = [queries, keys].map(|x| x.chunks(v).map(<[f64]>::to_vec).collect());
        let [queries, keys]: [Vec<Vec<f64>>; 2] = directions;
        let run = self.task.run_with_directions(built, &queries, &keys);
        let mut run = run.map_err(into_error)?;
        run.finish();
        let certificate = self.task.certificate(self.facts.certified_sha256(), &run);
        Ok(certificate.map_err(into_error)?.to_json())
    }

    /// Prepares the run that confirms a certificate about this model.
    ///
    /// # Errors
    /// If the text is not a certificate, is about other weights, or takes too long. If the
    /// certificate does not hold, [`Claim::outcome`] says so.
    pub fn claim(&self, certificate: &str) -> Result<Claim, Error> {
        let start = seconds();
        let certificate = Certificate::read(certificate.as_bytes()).map_err(into_error)?;
        let claimed = self.task.claimed(&self.facts.sha256s(), &certificate);
        let mut run = claimed.map_err(into_error)?;
        run.add_seconds(seconds() - start);
        Ok(Claim { run })
    }
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
    run: Run,
}

#[wasm_bindgen]
impl Claim {
    /// Works for about `milliseconds`; returns the fraction of the run that is done, 1 when all is.
    pub fn advance(&mut self, milliseconds: f64) -> f64 {
        self.run.advance_for(milliseconds / 1e3, seconds)
    }

    /// What the certificate proves, once all is done; `undefined` before.
    ///
    /// # Errors
    /// If the certificate does not hold, or JavaScript refuses to make an object.
    #[wasm_bindgen(unchecked_return_type = "Outcome | undefined")]
    pub fn outcome(&self) -> Result<JsValue, Error> {
        if !self.run.is_finished() {
            return Ok(JsValue::UNDEFINED);
        }
        to_js(&self.run.confirmed().map_err(into_error)?.shown())
    }
}
