//! What the page's WebAssembly modules share.
//!
//! Each module is a crate beside this one (`prove`, `files`, `plot`, `check`) that converts, calls
//! the library, and converts back: no arithmetic there. Any panic is the death of its instance; its
//! text is kept for the page, which starts a new worker and hands it the model again.

use js_sys::Error;
use std::cell::RefCell;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** A proven bound: `bound` and `percent` (four decimals) are rounded down; `left_out` counts inputs that the gaps of a
    sub-cubic proof leave out of the cases it proves. */
export interface Outcome {
  strategy: string; class: string; correct: string; total: string; bound: number; percent: string;
  flops: number; unexplained_dimension: number; proof_bytes: number | null; left_out: string | null;
  /** The other side, where it is known: no more than `most_correct` inputs are right; rounded up. */
  most_correct: string | null; upper_bound: number | null; percent_above: string | null; upper_flops: number | null;
  /** What the parts of an additive proof contribute; of other proofs nothing. */
  steps: { what: string; cases: number; correct: string; flops: number }[];
  seconds: number;
  /** What every comparison leaves for rounding, in logits, and how many inputs are not proven because of that. */
  slack: number; lost: string;
  /** Inputs that brute force ran the model on; the others were decided together. Of other proofs nothing. */
  visited: string | null;
}
/** How well attention scores are approximated by rank 1: `σ₁/σ₂`, and bounds on the error, loosest checks last. */
export interface AttentionFacts { sigma_ratio: number; errors: { name: string; value: number }[] }
/** An input, the logits at its last position, the output with the largest, and whether that alone is the largest token. */
export interface Example { tokens: number[]; logits: number[]; answer: number; right: boolean }
/** An accuracy estimated from random inputs, with its 95 % interval. */
export interface SampledAccuracy { correct: number; samples: number; interval: [number, number] }
/** What is known of a model before anything is proven. */
export interface ModelFacts {
  file: string; format: string; bytes: number; sha256: string;
  /** Of the canonical safetensors file, which certificates name; of a safetensors file nothing: they name its own. */
  canonical_sha256?: string;
  v: number; d: number; h: number; n: number;
  sequences: string; parameters: number; biases: boolean;
  /** The number by which attention scores are divided; null where it is the root of d_head. */
  attn_scale: number | null;
  /** What no file says of its network, and is assumed; and what its reader has to say, a sentence each. */
  network: string; notes: string[];
  metadata: Record<string, string>;
  /** FLOPs of running the model on every input: where the baseline of the figure ends. */
  baseline_flops: number;
  /** In the order of legends. */
  classes: ClassFacts[];
  /** What the strategies of each family are that has many, a sentence each. */
  about: string[];
  strategies: StrategyFacts[];
}
/** A class of strategies: `class` is its key, `label` its name as a heading, `marker` the character of its marks. */
export interface ClassFacts { class: string; label: string; marker: string; complexity: string }
/** A strategy and what it would cost on this model; `refused` says why it cannot be run. */
export interface StrategyFacts {
  strategy: string; label: string; idea: string;
  /** Strategies with one family stand together. */
  family: string;
  /** The key of one of the model's `classes`. */
  class: string;
  /** Whether it is one of many, or has a card of its own. */
  one_of_many: boolean;
  published: boolean;
  /** Whether several workers may each count a part of it. */
  divisible: boolean;
  /** How `flops` compares with the length of the finished proof. */
  flops_are: "exact" | "at-most" | "at-least";
  visits_inputs: boolean;
  /** Whether the authors' formula claims another count, which can be asked for. */
  has_published_count: boolean;
  options: { name: string; label: string; default: boolean }[];
  /** Strategies of one group share work: they are best proven one after the other, by one worker. */
  group: string;
  /** What it belongs to, from wide to narrow; the last is the label of its class. */
  categories: string[];
  /** What else it can be filtered by; a value's `place` is where tables list it, its `idea` what it assumes, a clause. */
  tags: { name: string; value: string; place: number; idea: string }[];
  flops: number; unexplained_dimension: number;
  /** How many inputs it looks at one by one at most, decimal; null if it does not. */
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

/// Why this instance died, if it did. May be called after a trap.
#[wasm_bindgen(js_name = lastPanic)]
#[must_use]
pub fn last_panic() -> Option<String> {
    LAST_PANIC.with_borrow(Clone::clone)
}

/// The one way out for errors: a JavaScript `Error` with the error's text.
#[must_use]
pub fn into_error(error: impl std::fmt::Display) -> Error {
    Error::new(&error.to_string())
}

/// Plain objects, as JSON would make them.
///
/// # Errors
/// If JavaScript refuses to make an object.
pub fn to_js(value: &impl serde::Serialize) -> Result<wasm_bindgen::JsValue, Error> {
    value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).map_err(into_error)
}

thread_local! {
    /// Kept: the way to it is three calls of JavaScript, and it is looked at between any two chunks.
    static CLOCK: Option<web_sys::Performance> =
        wasm_bindgen::JsCast::unchecked_into::<web_sys::WorkerGlobalScope>(js_sys::global()).performance();
}

/// The clock of this worker (or page, in tests): `std::time::Instant` panics on wasm32.
#[must_use]
pub fn milliseconds() -> f64 {
    CLOCK.with(|clock| clock.as_ref().map_or(0.0, web_sys::Performance::now))
}
