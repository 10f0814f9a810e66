//! The plane of proof length and bound, with a mark for every proof.

mod lines;
mod others;
#[cfg(test)]
mod tests;

use super::axis::LABEL;
use super::canvas::{Canvas, Error, plane, text};
use super::compared::{Budget, Other, Proof};
use super::display_list::{Area, Figure, Marker};
use super::lengths::Lengths;
use super::marks::draw_mark;
use super::names::{NAME, Space};
use super::recorder::{Recorder, UNITS, pixels, text_width, units};
use super::role::Role;
use super::vertical::{Scale, vertical};
use crate::frontier::{LinearBaseline, Point, pareto};
use lines::{decades, draw_baseline, draw_break, draw_budget, draw_staircase};
use others::{draw_others, draw_spread, name_others, rooms};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
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
    /// FLOPs at which to draw a dashed line.
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
/// The room above the plane, CSS pixels: for the name of the axis of accuracies.
const TOP: i32 = 22;
/// The room to the right of the plane, CSS pixels: for half a label.
const RIGHT: i32 = 16;
/// The room below the plane, CSS pixels: for labels, and the name of the axis of lengths.
const BOTTOM: i32 = 42;

/// Draws proven accuracy against proof length (logarithmic): a mark for every proof, filled where
/// nothing beats it and hollow elsewhere; the frontier as a staircase through the filled ones; the
/// linear baseline; and the names of proofs that are not one of many, or selected, where they fit.
/// Behind them are the frontiers of other models, dashed, with hollow marks and a name each, and the
/// spread over many models. Staircase, baseline, dashed lines and spread are of accuracies: other
/// vertical axes have marks and names alone.
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
    let Options { width, height, zoom, scale, budget, selected, others, spread } = options;
    let narrow = width < NARROW;
    let plane_height = (f64::from(height) - f64::from(TOP + BOTTOM)).max(1.0);
    let elsewhere = others.iter().flat_map(|other| other.proofs.iter().copied());
    let proofs: Vec<_> = points.iter().map(Proof::from).chain(elsewhere).collect();
    let vertical = vertical(scale, proofs.iter().map(|proof| scale.of(proof)), plane_height);
    let longest = vertical.ticks.iter().map(|(_, label)| text_width(label, f64::from(LABEL)));
    let left = longest.fold(0.0, f64::max) + 10.0;
    let plane_width = (f64::from(width) - f64::from(RIGHT) - left).max(1.0);
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

    let mut chart = ChartBuilder::on(area)
        .margin_top(TOP * UNITS)
        .margin_right(RIGHT * UNITS)
        .x_label_area_size(BOTTOM * UNITS)
        .y_label_area_size(units(left))
        .build_cartesian_2d(axis, vertical)?;
    let grid = Role::Grid.color().stroke_width(UNITS.unsigned_abs());
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(grid)
        .axis_style(grid)
        .label_style(text(LABEL, Role::Muted))
        .set_all_tick_mark_size(3 * UNITS)
        .draw()?;
    let plane = plane(&chart);
    let names = [
        scale.name(),
        if narrow { "Proof length (FLOPs)" } else { "Proof length: FLOPs to check it (log scale)" },
    ];
    let style = text(LABEL, Role::Muted);
    area.draw(&Text::new(names[0], (0, 2 * UNITS), style.clone()))?;
    let middle = units(plane.x + plane.width / 2.0);
    let style = style.pos(Pos::new(HPos::Center, VPos::Bottom));
    area.draw(&Text::new(names[1], (middle, units(f64::from(height) - 2.0)), style))?;

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
    let mut space = Space { bounds: plane, taken: Vec::new() };
    if scale.is_of_accuracies() {
        let baseline_name = draw_baseline(&mut chart, baseline, &pieces)?;
        space.taken.extend(baseline_name);
    }
    let elsewhere = draw_others(&mut chart, area, others, scale, end)?;
    if scale.is_of_accuracies() {
        space.taken.extend(draw_staircase(&mut chart, &frontier, end)?);
    }
    if let Some(budget) = budget {
        space.taken.push(draw_budget(&chart, area, plane, budget)?);
    }

    let is_best = |point: &Point| frontier.iter().any(|best| best.id == point.id);
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
