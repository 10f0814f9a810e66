//! The module that answers questions about networks for group operations: what they do, and why a
//! proof proves what it does.

use compact_proofs::tasks::group_operations::{GroupOperation, Options};
use js_sys::Error;
use model::Model;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web::{as_json, into_error};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
import type { Read } from './group.js';
/** What can be asked about a network, and the answers; null where there is none. */
export interface Answers {
  logits: GroupLook; margins: Margins; split: Split | null; frequencies: Frequencies | null; integrals: Integrals[] | null; power: Power;
  circuits: Circuits | null; neuron: Neuron; weights: Weights;
  /** Which inputs a proof counts, as JSON for the module `samples`. */
  coverage: { order: number; proven: [number, number][] };
}
/** An input and what the network makes of it: neurons that move the margin between the product and its best rival. */
export interface GroupLook {
  tokens: [number, number]; logits: number[]; answer: number; product: number; right: boolean; rival: number;
  speakers: { neuron: number; active: number; adds: number }[];
  /** What all other neurons add to the margin, and what goes around the neurons. */
  others: number; around: number;
}
/** All inputs, [x * order + y]: their products, margins, and what a proof shows of each margin, but for `slack`; it proves those above. */
export interface Margins { order: number; products: number[]; margins: number[]; proven: number[]; slack: number; count: number }
/** What the margins that a proof shows are sums of, on average and for the input of which it shows least; what factors leave of each output. */
export interface Split { parts: string[]; mean: number[]; worst: { x: number; y: number; parts: number[] }; rests: number[] }
/** A neuron that reads r cos(w x + phi) of either token and writes q cos(w z + psi); its box on the circle of phases. */
export interface Wave {
  neuron: number; frequency: number; r: number; phi: number; q: number; psi: number; width: number; start: number;
  rest_read: number; rest_written: number; second: number; bias: number;
}
/** The mean and the largest size of an error. */
export interface Errors { mean: number; most: number }
export interface Frequency {
  frequency: number; neurons: number; share: number; beta: number; gamma: number; angle: number; relu: Errors; absolute: Errors;
}
/** Neurons as waves, by frequency, then by phase; `logarithms[x]` is where an element lies on the circle. */
export interface Frequencies { order: number; logarithms: number[]; sides_differ: number; frequencies: Frequency[]; waves: Wave[]; dead: number }
export interface Irrep { name: string; dimension: number; part: number; is_real: boolean }
/** The part of each representation in what a neuron reads and writes, [neuron][irrep]; the main one, and its share of what all write. */
export interface Power { irreps: Irrep[]; left: number[][]; right: number[][]; out: number[][]; main: number[]; weight: number[] }
/** Points of length 1 in up to three dimensions, of which `shown` is the part that they show. */
export interface Orbit { dimensions: number; shown: number; points: number[][]; neurons: { neuron: number; point: number[] }[] }
/** Neurons of one representation; `weights` and `counts` of each pair, [b * |C| + c]. */
export interface Circuit {
  irrep: number; share: number; stabilizers: [number, number]; orbits: [Orbit, Orbit]; neurons: number[]; weights: number[]; counts: number[];
}
export interface Circuits {
  irreps: Irrep[]; circuits: Circuit[];
  /** What keeps the network from being ideal circuits, most telling first. */
  faults: Fault[];
  unexplained: { neuron: number; irrep: number; weight: number; agreement: number | null }[];
}
/** A way in which a network differs from ideal circuits; shares are parts of all weights, and 1 is the mean weight of a place. */
export type Fault =
  | { fault: 'no-circuit' }
  | { fault: 'unplaced'; neurons: number; share: number }
  | { fault: 'incomplete-sum'; circuit: number; filled: number; places: number }
  | { fault: 'unequal-sum'; circuit: number; least: number; most: number }
  | { fault: 'several-vectors'; circuits: number[]; vectors: number };
/** Bounds on a largest error; null where nothing is proven. */
export interface ErrorBounds { at_least: number | null; at_most: number | null }
/** What a rule proves of the integral of each frequency: of the half of absolute values, and of ReLU. `mean` is measured. */
export interface Integrals {
  strategy: string; flops: number; proof_bytes: number;
  frequencies: { frequency: number; neurons: number; share: number; absolute: ErrorBounds; relu: ErrorBounds; mean: number }[];
}
export interface Rows { left: number[]; right: number[]; out: number[] }
/** One neuron and what explains it, by element; `elements` is the order in which to show them. */
export interface Neuron { neuron: number; elements: number[]; real: Rows; ideal: Rows | null }
/** Matrices row by row, `neurons` columns each. */
export interface Weights { neurons: number; left: number[]; right: number[]; out: number[] }
"#;

/// Reads a safetensors file, in the way `read` if it says so. `file` is the file's name, for
/// errors.
///
/// # Errors
/// If the file is damaged, or is not a network for this task.
#[wasm_bindgen]
pub fn load(
    file: &str,
    bytes: &[u8],
    #[wasm_bindgen(unchecked_optional_param_type = "Read")] read: &JsValue,
) -> Result<Model, Error> {
    let options = Options::read(&as_json(read)).map_err(into_error)?;
    let (task, facts) = GroupOperation::load_tensors(file, bytes, &options).map_err(into_error)?;
    Model::answering(task, &facts)
}
