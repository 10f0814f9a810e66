//! The module that draws: points and numbers to drawing commands and measures. It knows no task.

use compact_proofs::frontier::{LinearBaseline, Metrics, Point, pareto_but_for};
use compact_proofs::plot::{
    self, Arrows, Bar, Budget, Curve, CurveOptions, HeatMapOptions, Matrix, Options, Other, Part,
    Scale, Scatter, Zoom,
};
use js_sys::Error;
use serde::Deserialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web::{into_error, to_js};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** One bound: `id` tells it from others, `delta` is the probability with which a bound with coins may
    be false, `marker` the mark of its class and `role` its colour, if it is a proof, `bound` an accuracy from 0 to 1; one of many is named only where it is selected. */
export interface Point {
  certainty: Certainty; delta: number; id: string; label: string; marker: string; role: "brute" | "cubic" | "published" | "ours" | "chance";
  one_of_many: boolean; published: boolean; flops: number; bound: number; unexplained_dimension: number;
}
/** Proofs of one model, and brute force on a part of the inputs as their baseline: with `flops` it
    proves `accuracy`. */
export interface Frontier { points: Point[]; baseline: { flops: number; accuracy: number } }
/** Size in CSS pixels; the crowd of proofs, with the others in panels behind breaks of the axis, or
    all decades; accuracies, or what is missing to 100 % or unexplained dimensions on a logarithmic
    axis; the probability with which a bound on a second frontier may be false, 0 for no such frontier;
    FLOPs at which to draw a dashed line; the point with a ring; frontiers of other models, the
    shortest proof first; what many models prove, the least FLOPs first. */
export interface Options {
  width: number; height: number; zoom: "crowd" | "all"; scale: Scale; delta: number; budget: number | null; selected: string | null;
  others: Other[]; spread: Budget[];
}
export type Scale = "accuracy" | "missing" | "unexplained";
/** The frontier of another model. */
export interface Other { label: string; proofs: { flops: number; bound: number; unexplained_dimension: number }[] }
/** The best bounds of many models for at most `flops`: least, lower quartile, median, upper
    quartile, most. */
export interface Budget { flops: number; bounds: [number, number, number, number, number] }
/** Drawing commands for a canvas and the rectangle inside the axes; lengths in CSS pixels. A
    frontier has the centres of its marks; bars and a waterfall have a rectangle for each row. */
export interface Figure {
  width: number; height: number; commands: Command[]; plane: Area;
  markers: { id: string; x: number; y: number; frontier: boolean }[];
  rows: Area[];
}
export interface Area { x: number; y: number; width: number; height: number }
/** Shades of a matrix: `part` of a whole from 0 to 1 in `color`, or `signed` with another colour
    below 0; the names of values, rows and columns; one row or column in `every` has its number. */
export interface HeatMapOptions {
  width: number; height: number; shades: "part" | "signed"; color: Role; name: string; row_name: string; column_name: string; every: number;
}
/** A part of a waterfall; `count` in decimal digits, up to 2^128 - 1. */
export interface Part { label: string; count: string; role: Role }
/** A bar; `value` is positive, `text` says it. */
export interface Bar { label: string; value: number; text: string; role: Role }
/** Points of one kind: two numbers each, across and up; `name` stands beside the last one, unless it is
    empty; `filled` marks or outlines; `joined` by a line in their order. */
export interface Curve {
  name: string; marker: string; role: Role; filled: boolean; joined: boolean; points: [number, number][];
}
/** Size in CSS pixels; the names of both axes; the vertical one is logarithmic or of parts from 0 to 1;
    the place of the point with a ring, over all curves. */
export interface CurveOptions {
  width: number; height: number; across: string; up: string; rise: "logarithmic" | "part"; selected: number | null;
}
/** Arrows of one kind: their colour, how wide their lines are in CSS pixels, and where their heads are. */
export interface Arrows { role: Role; width: number; ends: [number, number][] }
/** Areas under the normalised frontier against log FLOPs, the shortest proofs of parts of the
    accuracy, and the proofs that no other beats. */
export interface Metrics {
  area: number; area_published: number;
  reached: { share: number; flops: number | null; id: string | null }[];
  frontier: string[];
}
/** What a thing is drawn as; the style of the page has a colour for each. */
export type Role =
  | "ink" | "muted" | "grid" | "paper" | "staircase" | "beaten"
  | "brute" | "cubic" | "published" | "ours" | "unproven" | "wrong" | "chance";
export type Command =
  | { kind: "rect"; x: number; y: number; width: number; height: number; color: Role; fill: boolean }
  | { kind: "path"; points: [number, number][]; color: Role; width: number }
  | { kind: "polygon"; points: [number, number][]; color: Role }
  | { kind: "circle"; x: number; y: number; radius: number; color: Role; fill: boolean; width: number }
  | { kind: "text"; x: number; y: number; text: string; color: Role; size: number;
      anchor: "start" | "middle" | "end"; baseline: "top" | "middle" | "bottom"; rotate: 0 | 90 | 180 | 270; bold: boolean }
  /** Cells of a matrix, row by row: shades from -1 (`negative`) over 0 (nothing, as NaN) to 1
      (`color`); hatching, if any, is 1 for lines of one direction, 2 for two. */
  | { kind: "cells"; x: number; y: number; width: number; height: number; columns: number; rows: number;
      shades: number[]; hatching: number[]; color: Role; negative: Role };
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
    delta: f64,
    budget: Option<f64>,
    selected: Option<String>,
    others: Vec<Other>,
    spread: Vec<Budget>,
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
    let HowToDraw { width, height, zoom, scale, delta, budget, selected, others, spread } =
        from_js(options)?;
    let (selected, others, spread) = (selected.as_deref(), &others[..], &spread[..]);
    let options = Options { width, height, zoom, scale, delta, budget, selected, others, spread };
    to_js(&plot::frontier(&points, baseline, options))
}

/// Draws a matrix of `rows × columns` values, row by row from the top; NaN where there is none.
/// `hatching` is empty, or for each cell 0 for none, 1 for lines, 2 for crossed lines.
///
/// # Errors
/// If an argument is not what its type says, or there are not as many values as cells.
#[wasm_bindgen(js_name = heatMap, unchecked_return_type = "Figure")]
pub fn heat_map(
    rows: usize,
    columns: usize,
    values: &[f32],
    hatching: &[u8],
    #[wasm_bindgen(unchecked_param_type = "HeatMapOptions")] options: JsValue,
) -> Result<JsValue, Error> {
    let matrix = Matrix { rows, columns, values, hatching };
    let options: HeatMapOptions = from_js(options)?;
    to_js(&plot::heat_map(matrix, &options).map_err(into_error)?)
}

/// Draws a whole, its first part, and what it is made of, down to what remains, its last part.
///
/// # Errors
/// If an argument is not what its type says, or the others do not add up to the first.
#[wasm_bindgen(unchecked_return_type = "Figure")]
pub fn waterfall(
    #[wasm_bindgen(unchecked_param_type = "Part[]")] parts: JsValue,
    width: u32,
) -> Result<JsValue, Error> {
    let parts: Vec<Part> = from_js(parts)?;
    to_js(&plot::waterfall(&parts, width).map_err(into_error)?)
}

/// Draws positive numbers as bars on a logarithmic axis called `name`.
///
/// # Errors
/// If an argument is not what its type says, or a value is not positive and finite.
#[wasm_bindgen(unchecked_return_type = "Figure")]
pub fn bars(
    #[wasm_bindgen(unchecked_param_type = "Bar[]")] bars: JsValue,
    name: &str,
    width: u32,
) -> Result<JsValue, Error> {
    let bars: Vec<Bar> = from_js(bars)?;
    to_js(&plot::bars(&bars, name, width).map_err(into_error)?)
}

/// Draws points, a positive number and an accuracy from 0 to 1 each, in a figure of that size in
/// CSS pixels. `name` is that of the horizontal axis, `label` that of the point at `selected`, if
/// any.
///
/// # Errors
/// If an argument is not what its type says, or a point has other numbers.
#[wasm_bindgen(unchecked_return_type = "Figure")]
pub fn scatter(
    points: &[f64],
    #[wasm_bindgen(unchecked_param_type = "Scale")] scale: JsValue,
    name: &str,
    selected: Option<usize>,
    label: &str,
    width: u32,
    height: u32,
) -> Result<JsValue, Error> {
    let selected = selected.map(|index| (index, label));
    let drawn = Scatter { points, scale: from_js(scale)?, name, selected };
    to_js(&plot::scatter(drawn, width, height).map_err(into_error)?)
}

/// Draws points against a positive number (logarithmic), with a line through those of each curve.
///
/// # Errors
/// If an argument is not what its type says, or a point has other numbers.
#[wasm_bindgen(unchecked_return_type = "Figure")]
pub fn curves(
    #[wasm_bindgen(unchecked_param_type = "Curve[]")] curves: JsValue,
    #[wasm_bindgen(unchecked_param_type = "CurveOptions")] options: JsValue,
) -> Result<JsValue, Error> {
    let curves: Vec<Curve> = from_js(curves)?;
    let options: CurveOptions = from_js(options)?;
    to_js(&plot::curves(&curves, &options).map_err(into_error)?)
}

/// Draws vectors of two numbers as arrows from the middle of a square of `side` CSS pixels.
///
/// # Errors
/// If an argument is not what its type says, or a number is not finite.
#[wasm_bindgen(unchecked_return_type = "Figure")]
pub fn arrows(
    #[wasm_bindgen(unchecked_param_type = "Arrows[]")] kinds: JsValue,
    side: u32,
) -> Result<JsValue, Error> {
    let kinds: Vec<Arrows> = from_js(kinds)?;
    to_js(&plot::arrows(&kinds, side).map_err(into_error)?)
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

/// The bounds that no other beats among those that are false with probability at most `delta`, by
/// the ids of their points.
///
/// # Errors
/// If the argument is not what its type says.
#[wasm_bindgen(js_name = bestButFor)]
pub fn best_but_for(
    #[wasm_bindgen(unchecked_param_type = "Frontier")] frontier: JsValue,
    delta: f64,
) -> Result<Vec<String>, Error> {
    let Frontier { points, .. } = from_js(frontier)?;
    Ok(pareto_but_for(&points, delta).into_iter().map(|point| point.id.clone()).collect())
}

fn from_js<T: for<'a> Deserialize<'a>>(value: JsValue) -> Result<T, Error> {
    serde_wasm_bindgen::from_value(value).map_err(into_error)
}
