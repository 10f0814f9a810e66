//! The lab about superposition: trains toy models and dictionaries, and proves what they answer.

use compact_proofs::labs::superposition::proof::{Certificate, Method, ProofSettings};
use compact_proofs::labs::superposition::{self as lab, LabSettings, Progress, literature as rows};
use js_sys::Error;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web::{into_error, milliseconds, to_js};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** The layer after the hidden vector `z = W f`: `relu` is `y = ReLU(Wᵀz + b)` with target f (Elhage et al.), `bilinear` is
    `y_i = (u_i·z)(v_i·z)` with target f². Outputs = features. */
export type Layer = 'relu' | 'bilinear';
export type Penalty = 'l1' | 'log1p' | 'prod1p' | 'tanh' | 'top-k';
export type Kind = 'autoencoder' | 'crosscoder' | 'matryoshka';
/** Ranges: features 2..128, hidden 1..32 (at most `features`), probability 0.001..1, importance 0.5..1 (feature i weighs importance^i),
    steps 1..100000, seed 0..2^32−1. */
export interface ToySettings { layer: Layer; features: number; hidden: number; probability: number; importance: number; steps: number; seed: number }
/** lambda ≥ 0 (unused by top-k); scale > 0 is `s` of log1p and prod1p, and `c` of tanh (unused by l1, top-k); k 1..latents only for top-k;
    latents 1..256; steps 1..100000. The prefixes of a Matryoshka dictionary are latents/8, /4, /2, and all. */
export interface DictionarySettings {
  kind: Kind; penalty: Penalty; lambda: number; scale: number; k: number; latents: number; steps: number; seed: number;
}
export interface LabSettings { toy: ToySettings; dictionaries: DictionarySettings[] } // 1..16 dictionaries

/** What is trained so far. `loss` is the mean over the last batch: toy = weighted squared error; dictionaries = squared error. */
export interface Progress {
  stage: 'toy' | 'dictionaries' | 'done';
  done: number; of: number;            // steps of all parts
  toy: { step: number; steps: number; loss: number };
  dictionaries: { step: number; steps: number; loss: number; penalty: number }[];
}
/** `columns` [features × hidden] are the W_i; `gram` [features × features] is W_i·W_j; dimensionality is D_i of Elhage et al.;
    represented iff norm > 0.4. `finished`: its weights are final and rounded to multiples of 2^-14; dictionaries train only then. */
export interface ToyState {
  features: number; hidden: number; finished: boolean;
  columns: number[]; bias: number[]; norms: number[]; dimensionality: number[]; represented: boolean[]; gram: number[];
}
/** `encoder`, `decoder` [latents × width]; width = hidden, for crosscoders hidden + features (hidden vector, then outputs). Decoder
    rows have length 1. `cosines` [latents × features]: decoder row (its part in the hidden vector) against W_i. `gram` [latents × latents]:
    decoder rows (part in the hidden vector), cosines. `firing`: share of measured tokens on which a latent is active. `feature`: the represented feature nearest
    to a live latent with cosine > 0.9, else null. `recovered` [features]: whether a live latent has cosine > 0.9. */
export interface DictionaryState {
  latents: number; width: number; hidden: number;
  encoder: number[]; decoder: number[]; bias: number[];
  cosines: number[]; gram: number[]; firing: number[]; feature: (number | null)[]; recovered: boolean[];
}
/** Measured on 10,000 tokens that no training sees (estimates, nothing proven). One for each prefix of a Matryoshka dictionary, else one. */
export interface Measures {
  latents: number;                     // of this prefix
  represented: number; recovered: number; dead: number;
  l0: number; l0_99: number; fvu: number;
  true_l0: number;                     // features active at once
  soft_bits: number;                   // E Σ log2(1 + a/0.1)
  cases: number;                       // E Π_l (1 + k_l), l over the dictionary's layers (1; 2 for crosscoders)
  subsets: number;                     // E 2^k
  pairs: number; all_pairs: number;    // co-active pairs on these tokens, and all n(n−1)/2
  length: Length;                      // for these 10,000 tokens
}
/** Spec 1.2, FLOPs. `pairs_only` is |P_2|·C_fwd, `per_token` is 4km + 2mV + 2kL; length = tokens·per_token + pairs_only; `brute_force` = tokens·(C_fwd + 2mV).
    `break_even`: tokens from which on the proof is shorter; null if never. */
export interface Length { length: number; per_token: number; pairs_only: number; brute_force: number; forward: number; tokens: number; break_even: number | null }
/** `shares[c]`: mean dominant share max|p|/Σ|p| of neuron c (over tokens with an active latent); `share` the mean of all. `interaction` [latents × latents]:
    Φ[i*, j] of ReLU, or B[i, j] of bilinear, diagonal 0, scaled to a mean per token. `kink`: mean (S − |p_i*+b|)₊ beside `linear`: mean S (ReLU; 0 for bilinear). */
export interface Maps { latents: number; neurons: number; share: number; shares: number[]; interaction: number[]; linear: number; kink: number }

/** A theorem about `tokens` further tokens: at least `certified` of them are answered right (largest output = largest feature, strictly), and the
    mean squared error of the outputs is at most `loss`. Three proofs from features, and `brute-force`, which runs the network on each token. */
export type Method = 'features' | 'pairs' | 'sums' | 'brute-force';
export interface MethodFacts {
  method: Method; certified: number; loss: number; flops: number;
  /** Mean proven distance of the outputs to what latents claim of them, and the part of it that the reconstruction error ε makes. */
  error: number; ball: number;
  /** Proven mean squared distance of hidden vectors and, of crosscoders, of outputs to what latents say of them; empty of brute force. */
  errors: (number | null)[];
}
export interface Proven {
  tokens: number; right: number;       // tokens that the network answers right (brute force)
  claimed_loss: number;                // mean squared error of the outputs that the latents claim: of crosscoders by their second decoder
  loss: number;                        // of the network itself, estimate
  epsilon: number;                     // mean ε = ‖z − ẑ‖
  methods: MethodFacts[];              // in the order of Method
}
/** `refit`: amplitudes of the active latents are fitted by least squares to what the dictionary reads (a hint costs a proof nothing) instead of the
    encoder's. tokens 1..4096. */
export interface ProofSettings { tokens: number; seed: number; refit: boolean }
export interface Verified {
  accepted: boolean; theorem: string; method: Method; certified: number; tokens: number; loss: number | null; errors: (number | null)[]; reasons: string[];
}

/** Sizes of the literature: `features`, `model width`, and from how many tokens on a proof from pairs is shorter than brute force. */
export interface BreakEven { name: string; latents: number; width: number; tokens: number; corpus: number | null }
"#;

/// A toy model of superposition and its dictionaries.
#[wasm_bindgen]
pub struct Lab(lab::Lab);

/// What a settings object of the page says.
fn read<T: serde::de::DeserializeOwned>(settings: JsValue) -> Result<T, Error> {
    serde_wasm_bindgen::from_value(settings).map_err(into_error)
}

/// What there is only once the toy is finished, of dictionaries that there are.
fn there<T>(found: Option<T>) -> Result<T, Error> {
    const MISSING: &str = "there is no such dictionary, or the toy model is not finished";
    found.ok_or_else(|| into_error(MISSING))
}

#[wasm_bindgen]
impl Lab {
    /// Starts with random weights.
    ///
    /// # Errors
    /// If a setting is missing, unknown or out of its range.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "LabSettings")] settings: JsValue,
    ) -> Result<Lab, Error> {
        let settings: LabSettings = read(settings)?;
        lab::Lab::new(settings).map(Self).map_err(into_error)
    }

    /// Trains for about `budget` milliseconds.
    ///
    /// # Errors
    /// If JavaScript refuses to make an object.
    #[wasm_bindgen(unchecked_return_type = "Progress")]
    pub fn step(&mut self, budget: f64) -> Result<JsValue, Error> {
        let start = milliseconds();
        while milliseconds() - start < budget && self.0.advance() {}
        self.progress()
    }

    /// Takes `count` steps of what is in turn.
    ///
    /// # Errors
    /// If JavaScript refuses to make an object.
    #[wasm_bindgen(unchecked_return_type = "Progress")]
    pub fn steps(&mut self, count: u32) -> Result<JsValue, Error> {
        let _ = (0..count).all(|_| self.0.advance());
        self.progress()
    }

    /// How far training is.
    ///
    /// # Errors
    /// If JavaScript refuses to make an object.
    #[wasm_bindgen(unchecked_return_type = "Progress")]
    pub fn progress(&self) -> Result<JsValue, Error> {
        let progress: Progress = self.0.progress();
        to_js(&progress)
    }

    /// The toy model as it is.
    ///
    /// # Errors
    /// If JavaScript refuses to make an object.
    #[wasm_bindgen(unchecked_return_type = "ToyState")]
    pub fn toy(&self) -> Result<JsValue, Error> {
        to_js(&self.0.toy_state())
    }

    /// A prefix of a dictionary as it is, by default the whole.
    ///
    /// # Errors
    /// If there is none, or the toy model is not finished.
    #[wasm_bindgen(unchecked_return_type = "DictionaryState")]
    pub fn dictionary(&mut self, index: usize, prefix: Option<usize>) -> Result<JsValue, Error> {
        to_js(&there(self.0.dictionary_state(index, prefix))?)
    }

    /// What is measured of each prefix of a dictionary.
    ///
    /// # Errors
    /// If there is none, or the toy model is not finished.
    #[wasm_bindgen(unchecked_return_type = "Measures[]")]
    pub fn measures(&mut self, index: usize) -> Result<JsValue, Error> {
        to_js(&there(self.0.measures(index))?)
    }

    /// How latents of a prefix meet in neurons.
    ///
    /// # Errors
    /// If there is none, or the toy model is not finished.
    #[wasm_bindgen(unchecked_return_type = "Maps")]
    pub fn maps(&mut self, index: usize, prefix: usize) -> Result<JsValue, Error> {
        to_js(&there(self.0.maps(index, prefix))?)
    }

    /// What each method proves of the toy model by each prefix of a dictionary.
    ///
    /// # Errors
    /// If there is none, the toy model is not finished, or a setting is out of its range.
    #[wasm_bindgen(unchecked_return_type = "Proven[]")]
    pub fn prove(
        &mut self,
        index: usize,
        #[wasm_bindgen(unchecked_param_type = "ProofSettings")] settings: JsValue,
    ) -> Result<JsValue, Error> {
        let settings: ProofSettings = read(settings)?;
        to_js(&there(self.0.prove(index, &settings))?.map_err(into_error)?)
    }

    /// The certificate, JSON, of what a method proves by a prefix.
    ///
    /// # Errors
    /// As for `prove`.
    pub fn certificate(
        &mut self,
        index: usize,
        prefix: usize,
        #[wasm_bindgen(unchecked_param_type = "ProofSettings")] settings: JsValue,
        #[wasm_bindgen(unchecked_param_type = "Method")] method: JsValue,
    ) -> Result<String, Error> {
        let (settings, method): (ProofSettings, Method) = (read(settings)?, read(method)?);
        let made = there(self.0.certificate((index, prefix), &settings, method))?;
        let made = made.map_err(into_error)?;
        Ok(made.to_json())
    }
}

/// Proves what a certificate claims again, trusting nothing in it.
///
/// # Errors
/// If the text is no certificate.
#[wasm_bindgen(unchecked_return_type = "Verified")]
pub fn verify(certificate: &str) -> Result<JsValue, Error> {
    to_js(&Certificate::read(certificate.as_bytes()).map_err(into_error)?.verify())
}

/// From how many tokens on a proof from pairs is shorter than brute force, for dictionaries of the
/// literature.
///
/// # Errors
/// If JavaScript refuses to make an object.
#[wasm_bindgen(unchecked_return_type = "BreakEven[]")]
pub fn literature() -> Result<JsValue, Error> {
    to_js(&rows())
}
