//! The module that bounds accuracies by samples, of networks of any task. It contains no proofs:
//! what a proof counts, the modules that explain say.

use compact_proofs::sampling::{self, Method, UnknownMethod};
use compact_proofs::tasks::{Kind, ReadAs, Sampling};
use js_sys::{Error, Reflect};
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web::{as_json, into_error, seconds, to_js};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
export type Method = 'clopper-pearson' | 'stratified' | 'anytime' | 'bernstein' | 'hoeffding';
/** What someone wants to be drawn. All of it, but what a proof counts, is part of what seeds the coins. */
export interface Plan {
  method: Method;
  /** How many inputs; of the method `anytime` the most. */
  samples: number;
  /** The probability with which the bound may fail, from 1e-12 to 0.5. */
  delta: number;
  /** A text of whoever asks, of at most 200 characters; '' for none. */
  seed: string;
  proof?: StartingProof | null;
}
/** A proof that samples extend. `covered` is what the modules `explain` and `insight` say that it counts. */
export interface StartingProof { strategy: string; flops: number; covered: string }
/** What is known of a method. */
export interface MethodFacts { method: Method; label: string; idea: string; optional_stopping: boolean }
/** What is known before anything is drawn; FLOPs of preparing the network, and of each sample. */
export interface SampleFacts { task: string; inputs: string; sha256: string; start_flops: number; sample_flops: number; methods: MethodFacts[] }
/** What a plan costs and may give. Counts are decimal. */
export interface Planned {
  /** The identifier of the bound, and a short name. */
  strategy: string; label: string;
  /** All that was chosen; its SHA-256 `key` is the key of the coins. */
  statement: string; key: string;
  /** Inputs that the proof counts, that are drawn from, and all. */
  proven: string; left: string; total: string;
  /** FLOPs of all, of the proof, of preparing the network, and of each sample. */
  flops: number; proof_flops: number; start_flops: number; sample_flops: number;
  /** What may fail and with which probability, and their sum. */
  deltas: { what: string; delta: number }[]; delta: number;
  /** The bound if each sample is right, rounded down. */
  most: number; most_percent: string;
}
/** A counter to watch; `undecided` samples are ties or too close to one, and count as wrong. `bound` is null as long as the method does not
    allow to look at it. */
export interface Live { samples: number; right: number; wrong: number; undecided: number; bound: number | null; percent: string | null }
/** A bound that holds with a probability of at least `1 - delta` over the coins. */
export interface Sampled extends Planned {
  certainty: 'pac'; method: Method; proof: string | null; seed: string;
  samples: number; right: number; wrong: number; undecided: number;
  /** The bound on the accuracy on what was drawn from. */
  least: number;
  /** At least `correct` of `total` inputs are right; `bound` and `percent` are rounded down. */
  correct: string; bound: number; percent: string;
  seconds: number;
}
/** A prediction of the accuracy that nothing guarantees. */
export interface Estimate {
  certainty: 'estimate'; method: string; label: string; idea: string; accuracy: number; percent: string; flops: number; seconds: number;
}
"#;

/// Reads a safetensors file of a task as the module that proves does: `read` is what that takes.
/// `sha256` is that of the file that bounds are about: this one, or the one that it was made of.
///
/// # Errors
/// If there is no such task, the file is damaged, or it is no network of the task.
#[wasm_bindgen]
pub fn load(
    task: &str,
    file: &str,
    bytes: &[u8],
    #[wasm_bindgen(unchecked_param_type = "unknown")] read: &JsValue,
    sha256: String,
) -> Result<Network, Error> {
    let kind: Kind = task.parse().map_err(into_error)?;
    let read = (!read.is_undefined()).then_some(Read(read));
    let task = kind.sampling(file, bytes, read.as_ref().map(|read| read as &dyn ReadAs));
    Ok(Network { task: task.map_err(into_error)?, kind, sha256 })
}

/// What the module `files` has read of a network.
struct Read<'a>(&'a JsValue);

impl ReadAs for Read<'_> {
    fn json(&self) -> String {
        as_json(self.0)
    }

    fn number(&self, name: &str) -> Option<f64> {
        Reflect::get(self.0, &name.into()).ok()?.as_f64()
    }
}

#[wasm_bindgen]
extern "C" {
    /// See [`TYPES`]. Fields are read one by one: a reader of JSON with floats takes much code.
    #[wasm_bindgen(typescript_type = "Plan")]
    pub type Plan;

    #[wasm_bindgen(method, getter)]
    fn method(this: &Plan) -> String;

    #[wasm_bindgen(method, getter)]
    fn samples(this: &Plan) -> f64;

    #[wasm_bindgen(method, getter)]
    fn delta(this: &Plan) -> f64;

    #[wasm_bindgen(method, getter)]
    fn seed(this: &Plan) -> String;

    #[wasm_bindgen(method, getter)]
    fn proof(this: &Plan) -> Option<StartingProof>;

    /// See [`TYPES`].
    type StartingProof;

    #[wasm_bindgen(method, getter)]
    fn strategy(this: &StartingProof) -> String;

    #[wasm_bindgen(method, getter)]
    fn flops(this: &StartingProof) -> f64;

    #[wasm_bindgen(method, getter)]
    fn covered(this: &StartingProof) -> String;
}

impl Plan {
    fn read(&self) -> Result<sampling::Plan, UnknownMethod> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "others are refused as 0 and the most"
        )]
        let samples = self.samples() as u64;
        let proof = self.proof().map(|proof| sampling::StartingProof {
            strategy: proof.strategy(),
            flops: proof.flops(),
            covered: proof.covered(),
        });
        let method = self.method().parse()?;
        Ok(sampling::Plan { method, samples, delta: self.delta(), seed: self.seed(), proof })
    }
}

/// A network in the memory of this worker.
#[wasm_bindgen]
pub struct Network {
    task: Box<dyn Sampling>,
    kind: Kind,
    sha256: String,
}

/// See `SampleFacts` of [`TYPES`].
#[derive(Serialize)]
struct Facts<'a> {
    task: &'a str,
    inputs: String,
    sha256: &'a str,
    start_flops: f64,
    sample_flops: f64,
    methods: Vec<sampling::MethodFacts>,
}

#[wasm_bindgen]
impl Network {
    /// What is known before anything is drawn.
    ///
    /// # Errors
    /// If JavaScript refuses to make an object.
    #[wasm_bindgen(unchecked_return_type = "SampleFacts")]
    pub fn facts(&self) -> Result<JsValue, Error> {
        let all = self.task.all_inputs();
        to_js(&Facts {
            task: self.kind.id(),
            inputs: all.total().to_string(),
            sha256: &self.sha256,
            start_flops: all.start_flops(),
            sample_flops: all.sample_flops(),
            methods: Method::ALL.map(Method::facts).into(),
        })
    }

    /// Predicts the accuracy by a heuristic argument; takes up to some seconds.
    ///
    /// # Errors
    /// If JavaScript refuses to make an object.
    #[wasm_bindgen(unchecked_return_type = "Estimate")]
    pub fn predicted(&self) -> Result<JsValue, Error> {
        let start = seconds();
        let predicted = self.task.predicted();
        to_js(&sampling::Estimate { seconds: seconds() - start, ..predicted })
    }

    /// What a plan would cost and could give.
    ///
    /// # Errors
    /// If it cannot be carried out.
    #[wasm_bindgen(unchecked_return_type = "Planned")]
    pub fn plan(&self, plan: &Plan) -> Result<JsValue, Error> {
        let plan = plan.read().map_err(into_error)?;
        to_js(&self.task.planned(&self.sha256, &plan).map_err(into_error)?)
    }

    /// Prepares a plan; nothing is drawn yet.
    ///
    /// # Errors
    /// If it cannot be carried out.
    pub fn draw(&self, plan: &Plan) -> Result<Drawing, Error> {
        let drawing = self.task.drawing(&self.sha256, plan.read().map_err(into_error)?);
        Ok(Drawing { drawing: drawing.map_err(into_error)? })
    }
}

/// A plan that is carried out.
#[wasm_bindgen]
pub struct Drawing {
    drawing: sampling::Drawing,
}

#[wasm_bindgen]
impl Drawing {
    /// Draws for about `milliseconds`; returns the part of the samples that is drawn, 1 when all
    /// are.
    pub fn advance(&mut self, milliseconds: f64) -> f64 {
        self.drawing.advance_for(milliseconds / 1e3, seconds)
    }

    /// Ends after this many samples, as whoever draws again what someone stopped has to.
    #[wasm_bindgen(js_name = endAfter)]
    pub fn end_after(&mut self, samples: u32) {
        self.drawing.end_after(samples.into());
    }

    /// A counter to watch.
    ///
    /// # Errors
    /// If JavaScript refuses to make an object.
    #[wasm_bindgen(unchecked_return_type = "Live")]
    pub fn live(&self) -> Result<JsValue, Error> {
        to_js(&self.drawing.live())
    }

    /// The bound, once there is one: after all samples or, where the method may be stopped at any
    /// time, after the first.
    ///
    /// # Errors
    /// If JavaScript refuses to make an object.
    #[wasm_bindgen(unchecked_return_type = "Sampled | undefined")]
    pub fn outcome(&self) -> Result<JsValue, Error> {
        self.drawing.outcome().map_or(Ok(JsValue::UNDEFINED), |outcome| to_js(&outcome))
    }

    /// The bound as a file, JSON, where [`Self::outcome`] is defined.
    #[must_use]
    pub fn certificate(&self) -> Option<String> {
        self.drawing.certificate().map(|certificate| certificate.to_json())
    }
}
