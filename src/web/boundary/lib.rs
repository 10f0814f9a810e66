//! What the page's WebAssembly modules share.
//!
//! Each module is a crate beside this one (`prove`, `group`, `insight`, `files`, `plot`, `check`,
//! `explain`, `samples`). It converts arguments, calls the library, and converts the results back;
//! it does no arithmetic of its own. A panic ends the module's instance; its text is kept for the
//! page, which starts a new worker and hands it the model again.

use js_sys::Error;
use std::cell::RefCell;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** How certain a bound is: a proof holds; a bound with coins holds with a probability of at least 1 − δ over the coins
    of whoever checks it; nothing guarantees an estimate. */
export type Certainty = "proof" | "pac" | "estimate";
/** A proven bound: `bound` and `percent` (four decimals) are rounded down; `left_out` counts inputs that the gaps of a
    sub-cubic proof leave out of the cases it proves. */
export interface Outcome {
  strategy: string; class: string; correct: string; total: string; bound: number; percent: string;
  flops: number; unexplained_dimension: number; proof_bytes: number | null; left_out: string | null;
  /** The upper bound, where one is known: at most `most_correct` inputs are right; rounded up. */
  most_correct: string | null; upper_bound: number | null; percent_above: string | null; upper_flops: number | null;
  /** What each part of an additive proof contributes; empty for other proofs. */
  steps: { what: string; cases: number; correct: string; flops: number }[];
  seconds: number;
  /** What every comparison leaves for rounding, in logits, and how many inputs are not proven because of that. */
  slack: number; lost: string;
  /** How many inputs brute force ran the model on; it decided the others together. Null for other proofs. */
  visited: string | null;
}
/** How well attention scores are approximated by rank 1: `σ₁/σ₂`, null if infinite, and bounds on the error, the smallest first. */
export interface AttentionFacts { sigma_ratio: number | null; errors: { name: string; value: number }[] }
/** An input, the logits at its last position, the output with the largest logit, and whether that output is the
    input's largest token and no other logit is as large. */
export interface Example { tokens: number[]; logits: number[]; answer: number; right: boolean }
/** An accuracy estimated from random inputs, with its 95 % interval. */
export interface SampledAccuracy { correct: number; samples: number; interval: [number, number] }
/** What is known of a model of any task before anything is proven. */
export interface TaskFacts {
  file: string; format: string; bytes: number; sha256: string;
  /** SHA-256 of the model as a canonical safetensors file, which certificates name. Absent if `file` is a safetensors
      file itself: certificates then name `sha256`. */
  canonical_sha256?: string;
  /** The number of all inputs, decimal. */
  inputs: string; parameters: number;
  /** `network`: what is assumed of the network because no file states it. `notes`: the reader's remarks, a sentence
      each. */
  network: string; notes: string[];
  metadata: Record<string, string>;
  /** FLOPs of running the model on every input, where the baseline of the figure ends. */
  baseline_flops: number;
  /** The classes of the strategies, in the order of the legend. */
  classes: ClassFacts[];
  /** A sentence about each family of many strategies. */
  about: string[];
  strategies: StrategyFacts[];
}
/** What is known of a model of the task Max-of-K: `sequences` are its `inputs`. */
export interface ModelFacts extends TaskFacts {
  v: number; d: number; h: number; n: number;
  sequences: string; biases: boolean;
  /** The number by which attention scores are divided; null where it is the root of d_head. */
  attn_scale: number | null;
}
/** A class of strategies: `class` is its key, `label` its name as a heading, `marker` the character of its marks. */
export interface ClassFacts { class: string; label: string; marker: string; role: "brute" | "cubic" | "published" | "ours"; complexity: string }
/** A strategy and what it would cost on this model; `refused` says why it cannot be run, null if it can. */
export interface StrategyFacts {
  strategy: string; label: string; idea: string;
  /** The strategy's family; strategies of one family stand together. */
  family: string;
  /** The key of one of the model's `classes`. */
  class: string;
  /** Whether its family has many strategies, which are named only where they are pointed at; any other strategy has a
      card of its own. */
  one_of_many: boolean;
  published: boolean;
  /** What the proof proves; absent if it is a bound on the accuracy. */
  theorem?: "margin" | "integral";
  /** Whether several workers may each count a part of the proof. */
  divisible: boolean;
  /** How `flops` compares with the length of the finished proof. */
  flops_are: "exact" | "at-most" | "at-least";
  visits_inputs: boolean;
  /** Whether the authors' formula claims a count of its own, which can be asked for. */
  has_published_count: boolean;
  options: { name: string; label: string; default: boolean }[];
  /** Strategies of one group share work: they are best proven one after the other, by one worker. */
  group: string;
  /** The categories that the strategy belongs to, from wide to narrow; the last is the label of its class. */
  categories: string[];
  /** What else the strategy can be filtered by; a value's `place` is where tables list it, its `idea` what it assumes, a clause. */
  tags: { name: string; value: string; place: number; idea: string }[];
  flops: number; unexplained_dimension: number;
  /** How many inputs the proof looks at one by one at most, decimal; null if it does not look at single inputs. */
  visits: string | null;
  refused: string | null;
}
"#;

thread_local! {
    static LAST_PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Keeps the text of a panic for [`last_panic`], and reports it on the console.
#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|panic| {
        LAST_PANIC.set(Some(panic.to_string()));
        console_error_panic_hook::hook(panic);
    }));
}

/// The text of the panic that ended this instance, if one did. May be called after a trap.
#[wasm_bindgen(js_name = lastPanic)]
#[must_use]
pub fn last_panic() -> Option<String> {
    LAST_PANIC.with_borrow(Clone::clone)
}

/// A JavaScript `Error` with the text of `error`. All errors of the modules are made here.
#[must_use]
pub fn into_error(error: impl std::fmt::Display) -> Error {
    Error::new(&error.to_string())
}

/// Converts `value` into plain JavaScript objects, as JSON would make them.
///
/// # Errors
/// If JavaScript refuses to make an object.
pub fn to_js(value: &impl serde::Serialize) -> Result<wasm_bindgen::JsValue, Error> {
    value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).map_err(into_error)
}

/// A value as JSON; `{}` where it is left out.
#[must_use]
pub fn as_json(value: &wasm_bindgen::JsValue) -> String {
    match js_sys::JSON::stringify(value) {
        Ok(text) if !value.is_undefined() => text.into(),
        _ => "{}".into(),
    }
}

thread_local! {
    /// The clock is looked at between any two chunks; to get hold of it takes three calls of
    /// JavaScript, so it is kept.
    static CLOCK: Option<web_sys::Performance> =
        wasm_bindgen::JsCast::unchecked_into::<web_sys::WorkerGlobalScope>(js_sys::global()).performance();
}

/// Milliseconds by the clock of this worker (or page, in tests), since some moment.
/// `std::time::Instant` panics on wasm32.
#[must_use]
pub fn milliseconds() -> f64 {
    CLOCK.with(|clock| clock.as_ref().map_or(0.0, web_sys::Performance::now))
}

/// [`milliseconds`] in seconds, in which runs measure their time.
#[must_use]
pub fn seconds() -> f64 {
    milliseconds() / 1e3
}
