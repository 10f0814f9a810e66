//! The module that draws: points to drawing commands and measures. It knows no task.

use compact_proofs::frontier::{LinearBaseline, Metrics, Point};
use compact_proofs::plot::{self, Options, Scale, Zoom};
use js_sys::Error;
use serde::Deserialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web::{into_error, to_js};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** One proof: `id` tells it from others, `marker` is the mark of its class and `role` its colour, `bound` an accuracy from 0 to 1; one of many
    is named only where it is selected. */
export interface Point { id: string; label: string; marker: string; role: "brute" | "cubic" | "published" | "ours"; one_of_many: boolean; published: boolean; flops: number; bound: number }
/** Proofs of one model, beside what brute force proves on a part of the inputs: all of it with `flops`, if it is right on `accuracy` of them. */
export interface Frontier { points: Point[]; baseline: { flops: number; accuracy: number } }
/** How to draw it: CSS pixels; the crowd of proofs, with the others in panels behind breaks of the axis, or all decades; accuracies, or what is
    missing to 100 % on a logarithmic axis; FLOPs at which to draw a dashed line; the point with a ring. */
export interface Options {
  width: number; height: number; zoom: "crowd" | "all"; scale: "accuracy" | "missing"; budget: number | null; selected: string | null;
}
/** Drawing commands for a canvas, the rectangle inside the axes, and where the centres of the proofs' marks are; lengths in CSS pixels. */
export interface Figure {
  width: number; height: number; commands: Command[]; plane: Area;
  markers: { id: string; x: number; y: number; frontier: boolean }[];
}
export interface Area { x: number; y: number; width: number; height: number }
/** Areas under the normalised frontier against log FLOPs, the shortest proofs of parts of the accuracy, and the proofs that no other beats. */
export interface Metrics {
  area: number; area_published: number;
  reached: { share: number; flops: number | null; id: string | null }[];
  frontier: string[];
}
/** What a thing is drawn as; the style of the page has a colour for each. */
export type Role = "ink" | "muted" | "grid" | "paper" | "staircase" | "beaten" | "brute" | "cubic" | "published" | "ours" | "unproven" | "wrong";
export type Command =
  | { kind: "rect"; x: number; y: number; width: number; height: number; color: Role; fill: boolean }
  | { kind: "path"; points: [number, number][]; color: Role; width: number }
  | { kind: "polygon"; points: [number, number][]; color: Role }
  | { kind: "circle"; x: number; y: number; radius: number; color: Role; fill: boolean; width: number }
  | { kind: "text"; x: number; y: number; text: string; color: Role; size: number;
      anchor: "start" | "middle" | "end"; baseline: "top" | "middle" | "bottom"; rotate: 0 | 90 | 180 | 270; bold: boolean };
"#;

#[derive(Deserialize)]
struct Frontier {
    points: Vec<Point>,
    baseline: LinearBaseline,
}

#[derive(Deserialize)]
struct HowToDraw {
    width: u32,
    height: u32,
    zoom: Zoom,
    scale: Scale,
    budget: Option<f64>,
    selected: Option<String>,
}

/// Draws the frontier of one model.
///
/// # Errors
/// If an argument is not what its type says.
#[wasm_bindgen(unchecked_return_type = "Figure")]
pub fn figure(
    #[wasm_bindgen(unchecked_param_type = "Frontier")] frontier: JsValue,
    #[wasm_bindgen(unchecked_param_type = "Options")] options: JsValue,
) -> Result<JsValue, Error> {
    let Frontier { points, baseline } = from_js(frontier)?;
    let HowToDraw { width, height, zoom, scale, budget, selected } = from_js(options)?;
    let selected = selected.as_deref();
    let options = Options { width, height, zoom, scale, budget, selected };
    to_js(&plot::frontier(&points, baseline, options))
}

/// Measures the frontier of one model.
///
/// # Errors
/// If the argument is not what its type says.
#[wasm_bindgen(unchecked_return_type = "Metrics")]
pub fn metrics(
    #[wasm_bindgen(unchecked_param_type = "Frontier")] frontier: JsValue,
) -> Result<JsValue, Error> {
    let Frontier { points, baseline } = from_js(frontier)?;
    to_js(&Metrics::new(&points, baseline))
}

fn from_js<T: for<'a> Deserialize<'a>>(value: JsValue) -> Result<T, Error> {
    serde_wasm_bindgen::from_value(value).map_err(into_error)
}
