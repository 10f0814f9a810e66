//! The module for what people bring: weights files of any known format, directions, and certificates. The
//! page's own models are plain safetensors, which `prove` reads itself.

use compact_proofs::embed;
use compact_proofs::proof::{Certificate, Run};
use compact_proofs::tasks::Kind;
use compact_proofs::tasks::group_operations::{FileFacts, GroupOperation};
use compact_proofs::tasks::max_of_k::{MaxOfK, ModelFacts, Strategy};
use js_sys::Error;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web::{into_error, seconds, to_js};

/// A weights file that is a model's.
#[wasm_bindgen]
pub struct Weights {
    model: Brought,
}

/// What someone brought.
enum Brought {
    MaxOfK(Box<(MaxOfK, ModelFacts)>),
    /// The canonical file, and what is known of the one that was brought. The module `group` reads
    /// the network, and says what is known of that.
    GroupOperations(Vec<u8>, FileFacts),
}

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** What is known of a file of the task of group operations before its network is read. */
export interface FileFacts {
  file: string; format: string; bytes: number; sha256: string; canonical_sha256?: string;
  notes: string[]; metadata: Record<string, string>;
}
"#;

impl Weights {
    /// The model, if it is of the task Max-of-K.
    fn max_of_k(&self) -> Result<(&MaxOfK, &ModelFacts), Error> {
        match &self.model {
            Brought::MaxOfK(model) => Ok((&model.0, &model.1)),
            Brought::GroupOperations(..) => {
                let task = Kind::GroupOperations;
                Err(into_error(format!("this is only for Max-of-K, the network is of {task}")))
            }
        }
    }
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
        let model = match Kind::of_file(bytes) {
            Kind::MaxOfK => {
                Brought::MaxOfK(Box::new(MaxOfK::load(file, bytes).map_err(into_error)?))
            }
            Kind::GroupOperations => {
                let (canonical, facts) =
                    GroupOperation::canonical(file, bytes).map_err(into_error)?;
                Brought::GroupOperations(canonical, facts)
            }
        };
        Ok(Self { model })
    }

    /// The identifier of the model's task.
    #[must_use]
    pub fn task(&self) -> String {
        let kind = match &self.model {
            Brought::MaxOfK(..) => Kind::MaxOfK,
            Brought::GroupOperations(..) => Kind::GroupOperations,
        };
        kind.id().into()
    }

    /// What is known of the model; of one for another task than Max-of-K, what is known of its file.
    ///
    /// # Errors
    /// If JavaScript refuses to make an object.
    #[wasm_bindgen(unchecked_return_type = "ModelFacts | FileFacts")]
    pub fn facts(&self) -> Result<JsValue, Error> {
        match &self.model {
            Brought::MaxOfK(model) => to_js(&model.1),
            Brought::GroupOperations(_, facts) => to_js(facts),
        }
    }

    /// The network as a canonical safetensors file, which the module of its task takes. Certificates
    /// are about that file if the weights file is not safetensors itself.
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        match &self.model {
            Brought::MaxOfK(model) => model.0.model().canonical(),
            Brought::GroupOperations(canonical, _) => canonical.clone(),
        }
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
        let (task, facts) = self.max_of_k()?;
        let v = task.shape().v;
        let directions = [queries, keys].map(|x| x.chunks(v).map(<[f64]>::to_vec).collect());
        let [queries, keys]: [Vec<Vec<f64>>; 2] = directions;
        let run = task.run_with_directions(built, &queries, &keys);
        let mut run = run.map_err(into_error)?;
        run.finish();
        let certificate = task.certificate(facts.certified_sha256(), &run);
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
        let (task, facts) = self.max_of_k()?;
        let claimed = task.claimed(&facts.sha256s(), &certificate);
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
