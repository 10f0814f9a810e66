//! The module that the page runs: outcomes to drawing commands.

use compact_proofs::plot::{Options, Theme};
use compact_proofs::tasks::max_of_k::{Proven, UnknownStrategy, frontier_figure, frontier_metrics};
use compact_proofs::transformer::Shape;
use js_sys::Error;
use serde::{Deserialize, Serialize};
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web::into_error;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** Proofs of one model and how to draw them; `width` and `height` in CSS pixels. */
export interface FrontierInput {
  outcomes: { strategy: string; bound: number; upper_bound: number | null; flops: number }[];
  v: number; d: number; h: number; n: number;
  width: number; height: number; theme: "light" | "dark"; selected: string | null;
}
/** Drawing commands for a canvas, and where the proofs' markers are; lengths in CSS pixels. */
export interface Figure {
  width: number; height: number; commands: Command[];
  markers: { strategy: string; x: number; y: number }[];
}
/** Areas under the normalised frontier against log FLOPs, and the shortest proofs of parts of the accuracy. */
export interface Metrics {
  area: number; area_published: number;
  reached: { share: number; flops: number | null; strategy: string | null }[];
}
export type Command =
  | { kind: "rect"; x: number; y: number; width: number; height: number; color: string; fill: boolean }
  | { kind: "path"; points: [number, number][]; color: string; width: number }
  | { kind: "polygon"; points: [number, number][]; color: string }
  | { kind: "circle"; x: number; y: number; radius: number; color: string; fill: boolean; width: number }
  | { kind: "text"; x: number; y: number; text: string; color: string; size: number;
      anchor: "start" | "middle" | "end"; baseline: "top" | "middle" | "bottom"; rotate: 0 | 90 | 180 | 270; bold: boolean };
"#;

#[derive(Deserialize)]
struct FrontierInput {
    outcomes: Vec<OutcomeInput>,
    #[serde(flatten)]
    shape: Shape,
    width: u32,
    height: u32,
    theme: Theme,
    selected: Option<String>,
}

#[derive(Deserialize)]
struct OutcomeInput {
    strategy: String,
    bound: f64,
    upper_bound: Option<f64>,
    flops: f64,
}

impl FrontierInput {
    fn proofs(&self) -> Result<Vec<Proven>, Error> {
        let proven = |&OutcomeInput { ref strategy, bound, upper_bound, flops }: &OutcomeInput| {
            Ok(Proven {
                strategy: strategy.parse()?,
                bound,
                upper: upper_bound.unwrap_or(1.0),
                flops,
            })
        };
        self.outcomes.iter().map(proven).collect::<Result<_, UnknownStrategy>>().map_err(into_error)
    }
}

/// Draws the frontier of one model.
///
/// # Errors
/// If the input is not a `FrontierInput`, or names an unknown strategy.
#[wasm_bindgen(unchecked_return_type = "Figure")]
pub fn frontier(
    #[wasm_bindgen(unchecked_param_type = "FrontierInput")] input: JsValue,
) -> Result<JsValue, Error> {
    let input: FrontierInput = serde_wasm_bindgen::from_value(input).map_err(into_error)?;
    let FrontierInput { width, height, theme, ref selected, .. } = input;
    let options = Options { width, height, theme, selected: selected.as_deref() };
    let figure = frontier_figure(input.shape, &input.proofs()?, options);
    figure.serialize(&Serializer::json_compatible()).map_err(into_error)
}

/// How good the frontier of one model is.
///
/// # Errors
/// If the input is not a `FrontierInput`, or names an unknown strategy.
#[wasm_bindgen(unchecked_return_type = "Metrics")]
pub fn metrics(
    #[wasm_bindgen(unchecked_param_type = "FrontierInput")] input: JsValue,
) -> Result<JsValue, Error> {
    let input: FrontierInput = serde_wasm_bindgen::from_value(input).map_err(into_error)?;
    frontier_metrics(input.shape, &input.proofs()?)
        .serialize(&Serializer::json_compatible())
        .map_err(into_error)
}
