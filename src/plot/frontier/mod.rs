//! The plane of proof length and bound, with a mark for every proof.

mod lines;
mod others;
#[cfg(test)]
mod tests;

use super::axes::{draw_axes, height_of_plane, width_of_plane};
use super::canvas::{Canvas, Error, text};
use super::compared::{Budget, Other, Proof};
use super::display_list::{Area, Figure, Marker};
use super::lengths::Lengths;
use super::marks::draw_mark;
use super::names::{NAME, Space};
use super::recorder::{Recorder, UNITS, pixels, units};
use super::role::Role;
use super::vertical::{Scale, vertical};
use crate::frontier::{LinearBaseline, Point, pareto, pareto_but_for};
use crate::proof::Certainty;
use lines::{decades, draw_baseline, draw_break, draw_budget, draw_staircase};
pub(super) use others::rooms;
use others::{draw_others, draw_spread, name_others};
use plotters::prelude::*;
use serde::Deserialize;
use std::ops::Range;

/// How to draw a frontier.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// CSS pixels.
    pub width: u32,
    /// CSS pixels.
    pub height: u32,
    /// The lengths that the axis shows.
    pub zoom: Zoom,
    /// What the vertical axis shows.
    pub scale: Scale,
    /// The probability with which a bound on the second frontier may be false, see
    /// [`pareto_but_for`]; 0 for none.
    pub delta: f64,
    /// FLOPs at which to draw a dashed line: at the end of the axis if they are beyond it, not at
    /// all before it begins.
    pub budget: Option<f64>,
    /// The [`Point::id`] of the proof to mark as selected.
    pub selected: Option<&'a str>,
    /// Frontiers of other models.
    pub others: &'a [Other],
    /// What many models prove, in the order of FLOPs; empty for none.
    pub spread: &'a [Budget],
}

/// The proof lengths that their axis shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Zoom {
    /// The largest group of proofs of similar length; the others in panels beside it, behind breaks
    /// of the axis.
    Crowd,
    /// All decades from the shortest proof to the longest.
    All,
}

/// The axis does not reach as far as a longer baseline: all other proofs would lie in one corner.
const LONGEST_BASELINE_SHOWN: f64 = 1e15;
/// Below this width, in CSS pixels, there are fewer panels and shorter names of axes.
const NARROW: u32 = 480;

/// Draws proven accuracy against proof length (logarithmic): a mark for every proof, filled where
/// nothing beats it and hollow elsewhere; the frontier as a staircase through the filled ones, and
/// that with coins as a dashed one, where there are such points; the linear baseline; and the names
/// of proofs that are not one of many, or selected, where they fit. Behind them are the frontiers
/// of other models, dashed, with hollow marks and a name each, and the spread over many models.
/// Staircase, baseline, dashed lines and spread are of accuracies: other vertical axes have marks
/// and names alone.
///
/// # Panics
/// If the length of a proof, of this model or another, is not a positive finite number.
#[must_use]
pub fn frontier(points: &[Point], baseline: LinearBaseline, options: Options<'_>) -> Figure {
    let Options { width, height, .. } = options;
    let mut figure = Figure { width, height, ..Figure::default() };
    if width > 0 && height > 0 {
        let area = Recorder::new(width, height, &mut figure.commands).into_drawing_area();
        let drawn = draw(&area, points, baseline, options).expect("recording cannot fail");
        (figure.plane, figure.markers) = drawn;
    }
    figure
}

fn draw(
    area: &Canvas<'_>,
    points: &[Point],
    baseline: LinearBaseline,
    options: Options<'_>,
) -> Result<(Area, Vec<Marker>), Error> {
    let Options { width, height, zoom, scale, delta, budget, selected, others, spread } = options;
    let narrow = width < NARROW;
    let elsewhere = others.iter().flat_map(|other| other.proofs.iter().copied());
    let proofs: Vec<_> = points.iter().map(Proof::from).chain(elsewhere).collect();
    let vertical =
        vertical(scale, proofs.iter().map(|proof| scale.of(proof)), height_of_plane(height));
    let plane_width = width_of_plane(width, &vertical);
    let lengths: Vec<_> = proofs.iter().map(|proof| proof.flops).collect();
    for flops in &lengths {
        assert!(*flops > 0.0 && flops.is_finite(), "a proof of {flops} FLOPs");
    }
    let Lengths { axis, pieces } = if zoom == Zoom::Crowd && !lengths.is_empty() {
        Lengths::crowd(lengths, plane_width, if narrow { 2 } else { 3 })
    } else {
        let Range { start, end } = decades(&lengths, baseline);
        Lengths::all(10f64.powi(start)..10f64.powi(end), plane_width)
    };

    let names = [
        scale.name(),
        if narrow { "Proof length (FLOPs)" } else { "Proof length: FLOPs to check it (log scale)" },
    ];
    let (mut chart, plane) = draw_axes(area, axis, vertical, names, height)?;

    let (start, end) = match &pieces[..] {
        [first, .., last] => (first.start, last.end),
        [only] => (only.start, only.end),
        [] => (1.0, 1.0),
    };
    if scale.is_of_accuracies() && !spread.is_empty() {
        draw_spread(&mut chart, spread, &(start..end))?;
    }
    for pair in pieces.windows(2) {
        let at = |flops: f64| pixels(chart.backend_coord(&(flops, 0.0)).0);
        draw_break(area, plane, at(pair[0].end)..at(pair[1].start))?;
    }
    let frontier = pareto(points);
    let mut with_coins = pareto_but_for(points, delta);
    if with_coins.iter().all(|point| point.certainty == Certainty::Proof) {
        with_coins.clear();
    }
    let mut space = Space { bounds: plane, taken: Vec::new() };
    if scale.is_of_accuracies() {
        let baseline_name = draw_baseline(&mut chart, baseline, &pieces)?;
        space.taken.extend(baseline_name);
    }
    let elsewhere = draw_others(&mut chart, area, others, scale, end)?;
    if scale.is_of_accuracies() {
        space.taken.extend(draw_staircase(&mut chart, &with_coins, end, Role::Chance)?);
        space.taken.extend(draw_staircase(&mut chart, &frontier, end, Role::Staircase)?);
    }
    if let Some(budget) = budget.filter(|&budget| budget >= start) {
        space.taken.push(draw_budget(&chart, area, plane, budget)?);
    }

    let is_best = |point: &Point| {
        let of = if point.certainty == Certainty::Proof { &frontier } else { &with_coins };
        of.iter().any(|best| best.id == point.id)
    };
    let centers: Vec<_> = points
        .iter()
        .map(|point| chart.backend_coord(&(point.flops, scale.of(&point.into()))))
        .collect();
    // The frontier's own marks lie on top of the others.
    for best in [false, true] {
        for (point, center) in points.iter().zip(&centers) {
            if is_best(point) == best {
                draw_mark(area, *center, point, best)?;
            }
        }
    }
    let marker = |(point, (x, y)): (&Point, &(i32, i32))| {
        let (id, frontier) = (point.id.clone(), is_best(point));
        Marker { id, x: pixels(*x), y: pixels(*y), frontier }
    };
    let markers: Vec<_> = points.iter().zip(&centers).map(marker).collect();
    let places: Vec<_> = markers.iter().map(|&Marker { x, y, .. }| (x, y)).collect();
    space.taken.extend(rooms(&places).chain(elsewhere.iter().flat_map(|marks| rooms(marks))));

    let chosen = |point: &Point| selected == Some(&point.id);
    if let Some(i) = points.iter().position(chosen) {
        let ring = Role::Ink.color().stroke_width(2 * UNITS.unsigned_abs());
        area.draw(&Circle::new(centers[i], 9 * UNITS, ring))?;
    }
    name_others(area, others, &elsewhere, &mut space)?;
    // Whose name matters more has the first choice of places.
    let mut named: Vec<_> = points.iter().zip(&markers).collect();
    named.retain(|(point, _)| !point.one_of_many || chosen(point));
    named.sort_by_key(|(point, marker)| (!chosen(point), !marker.frontier));
    for (point, marker) in named {
        if let Some((x, y)) = space.place(&point.label, (marker.x, marker.y)) {
            let style = text(NAME, Role::Ink);
            area.draw(&Text::new(point.label.clone(), (units(x), units(y)), style))?;
        }
    }
    area.present()?;
    Ok((plane, markers))
}
