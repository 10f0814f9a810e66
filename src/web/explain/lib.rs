//! The module that explains: why a proof proves what it does, what the network makes of an input,
//! and its matrices.

mod look;
mod weighted;

use compact_proofs::tasks::Covering;
use compact_proofs::tasks::max_of_k::{CaseCounts, CaseLayer, Explanation, MaxOfK};
use js_sys::{Array, Error, Float64Array, Reflect, Uint8Array};
use std::cell::{RefCell, RefMut};
use std::collections::BTreeMap;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web::{into_error, to_js};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** All inputs with last token q and largest token m ≥ q, and `others` tokens that are not m. */
export interface CaseLayer {
  /** The number of tokens that are not m; null for cases that a proof only counts, which have all numbers together. */
  others: number | null;
  /** Inputs, decimal. */
  total: string; proven: string;
  /** [m * v + q]: the part of the case's inputs that is proven, 0 to 1, 1 only if all are; NaN where q > m or there is no such input. */
  share: Float64Array;
  /** [m * v + q]: index into `CaseMap.verdicts`; 255 where there is no such case. */
  verdict: Uint8Array;
  /** [m * v + q]: how the case is decided, index into `CaseMap.ways`; 255 where there is no such case or one way only. */
  way: Uint8Array;
  /** [m * v + q]: how many inputs of the case are known to be answered wrong. */
  wrong: Float64Array;
}
export interface Verdict { id: string; /** A few words. */ label: string; /** A sentence for a student. */ about: string }
/** What a proof proves, case by case. Under a distribution, numbers of inputs are their weights. */
export interface CaseMap {
  strategy: string; v: number; n: number;
  /** The weight of an input as a product: by largest token, last token, copies − 1 and `table[m * v + q]`; decimal. Null where all are alike. */
  weights: { factors: [string[], string[], string[]]; table: string[] | null } | null;
  total: string; proven: string;
  /** Inputs that the network gets wrong, decimal; null where they have not been counted. */
  wrong: string | null;
  layers: CaseLayer[];
  verdicts: Verdict[];
  /** How cases are decided; empty where the proof has one way only. */
  ways: Verdict[];
  /** Parts of all inputs, which add up to `total` exactly; the first is what is proven. */
  parts: { id: string; label: string; about: string; inputs: string }[];
}
/** One case of a proof, closely. */
export interface CaseFacts {
  m: number; q: number; others: number | null; total: string; proven: string; verdict: number;
  /** What the proof does in this case, sentences. */
  sentences: string[];
  /** Terms of the inequality that decides, in logits, where there is one: the proof holds if they sum to less than 0. */
  terms: { label: string; value: number }[];
  /** An input of the case that is proven, and one that is not; null where there is none. */
  proven_input: number[] | null; unproven_input: number[] | null;
}
/** A step of a proof, and how many inputs more would hold if it were exact (decimal): not a proof. */
export interface WhatIf { id: string; label: string; about: string; inputs: string }
/** An input and what the network makes of it. */
export interface Look {
  tokens: number[]; logits: number[]; answer: number; largest: number; right: boolean;
  /** The logit of the largest token less the largest other logit. */
  margin: number;
  /** Attention of the last position to each position, [n]; sums to 1. */
  attention: number[];
}
export interface Covered { covered: boolean; /** A sentence: by which case, or why not. */ because: string }
/** The answer of a search through all inputs. */
export interface Found { look: Look | null; /** A sentence: what was found, or that there is none. */ said: string }
export type Sought = "wrong" | "uncovered" | "closest";
/** A matrix of the network, as the proofs see it. */
export interface MatrixFacts {
  id: string; label: string; about: string; rows: number; columns: number; row_axis: string; column_axis: string;
  /** [rows * columns]. */
  values: Float64Array;
  /** The part that a few directions give, and what is left, where there is one. */
  approximation: Float64Array | null;
  singular_values: number[];
}
/** A network with a part taken out. */
export interface Ablated {
  /** Its canonical safetensors file. */
  file: Uint8Array;
  /** Its accuracy, estimated from random inputs: right ones of `samples`, and a 95 % interval. */
  sampled: { correct: number; samples: number; interval: [number, number] };
}
/** How faithful the picture is that proofs have of the network. */
export interface Faithfulness {
  /** Last tokens whose attention increases from each token to the next. */
  increasing: number;
  /** Median over last tokens; infinite where attention does not increase. */
  noise_to_gap: number;
  /** Estimates: a score with its standard error, and the mean losses it is made of. */
  scrubbing: { score: number; error: number; samples: number; model: number; scrubbed: number; random: number };
}
"#;

/// A network in the memory of this worker.
#[wasm_bindgen]
pub struct Network {
    task: MaxOfK,
    /// The proof that was asked about last.
    explanation: RefCell<Option<Explanation>>,
    /// What distributions need of each proof that was asked about, by its identifier.
    counts: RefCell<BTreeMap<String, CaseCounts>>,
}

#[wasm_bindgen]
impl Network {
    /// Takes a safetensors file as the module `prove` does: without `attn_scale` one of the page's
    /// own, which says nothing of its network; with it, null or a number, one that the module
    /// `files` has read.
    ///
    /// # Errors
    /// If the file is damaged or is not a model for this task.
    #[wasm_bindgen(constructor)]
    pub fn new(
        file: &str,
        bytes: &[u8],
        #[wasm_bindgen(unchecked_optional_param_type = "number | null")] attn_scale: JsValue,
    ) -> Result<Network, Error> {
        let loaded = if attn_scale.is_undefined() {
            MaxOfK::plain(file, bytes)
        } else {
            MaxOfK::tensors(file, bytes, attn_scale.as_f64())
        };
        let task = loaded.map_err(into_error)?;
        Ok(Self { task, explanation: RefCell::default(), counts: RefCell::default() })
    }

    /// What a proof proves, case by case, of inputs that are weighted by a distribution, if one is
    /// given.
    ///
    /// # Errors
    /// If there is no such strategy, its proof is refused, it takes too long, or the text is no
    /// distribution.
    #[wasm_bindgen(unchecked_return_type = "CaseMap")]
    pub fn cases(&self, strategy: &str, over: Option<String>) -> Result<JsValue, Error> {
        let over = self.parsed(over.as_deref().unwrap_or_default())?;
        let map = self.explanation(strategy)?.map_over(&over);
        let value = to_js(&map)?;
        let layers: Array = Reflect::get(&value, &"layers".into()).map_err(refused)?.into();
        for (to, layer) in layers.iter().zip(&map.layers) {
            let CaseLayer { share, verdict, way, wrong, .. } = layer;
            set(&to, "share", &Float64Array::from(&share[..]))?;
            set(&to, "verdict", &Uint8Array::from(&verdict[..]))?;
            set(&to, "way", &Uint8Array::from(&way[..]))?;
            set(&to, "wrong", &Float64Array::from(&wrong[..]))?;
        }
        Ok(value)
    }

    /// What a proof does in its case with the largest token `m`, the last token `q` and `others`
    /// tokens that are not `m`, where it tells their numbers apart.
    ///
    /// # Errors
    /// As [`Self::cases`], or if the proof has no such case.
    #[wasm_bindgen(unchecked_return_type = "CaseFacts")]
    pub fn case(
        &self,
        strategy: &str,
        m: usize,
        q: usize,
        others: Option<usize>,
    ) -> Result<JsValue, Error> {
        to_js(&self.explanation(strategy)?.facts(m, q, others).map_err(into_error)?)
    }

    /// What a proof counts, as the module `samples` takes it.
    ///
    /// # Errors
    /// If there is no such strategy, its proof is refused, or it takes too long.
    pub fn coverage(&self, strategy: &str) -> Result<String, Error> {
        self.task.covered_inputs(strategy).map_err(into_error)
    }

    /// The steps of a proof, and what each would gain if it were exact.
    ///
    /// # Errors
    /// As [`Self::cases`].
    #[wasm_bindgen(unchecked_return_type = "WhatIf[]")]
    pub fn terms(&self, strategy: &str) -> Result<JsValue, Error> {
        to_js(&self.explanation(strategy)?.what_ifs())
    }

    /// The explanation of a proof: the last one, or a new one.
    fn explanation(&self, strategy: &str) -> Result<RefMut<'_, Explanation>, Error> {
        let strategy = strategy.parse().map_err(into_error)?;
        let mut last = self.explanation.borrow_mut();
        if last.as_ref().is_none_or(|explanation| explanation.strategy() != strategy) {
            *last = Some(self.task.explain(strategy).map_err(into_error)?);
        }
        Ok(RefMut::map(last, |last| last.as_mut().expect("it was just made")))
    }
}

fn set(object: &JsValue, key: &str, value: &JsValue) -> Result<(), Error> {
    Reflect::set(object, &key.into(), value).map(drop).map_err(refused)
}

/// JavaScript refused to read or change an object.
fn refused(why: JsValue) -> Error {
    into_error(format!("{why:?}"))
}
