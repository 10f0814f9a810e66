//! What lies behind a frontier: those of other models, and the spread over many models.

use super::lines::stairs;
use crate::frontier::Marker;
use crate::plot::canvas::{Canvas, Chart, Error, text};
use crate::plot::compared::{Budget, Other};
use crate::plot::display_list::Area;
use crate::plot::marks::{REACH, outline_mark};
use crate::plot::names::{NAME, Space};
use crate::plot::recorder::{UNITS, pixels, units};
use crate::plot::role::Role;
use crate::plot::vertical::Scale;
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use std::ops::Range;

/// How one of the others is drawn: the dash and the gap of its line in CSS pixels, and its marks.
/// Those after the last begin again.
const STYLES: [(i32, i32, Marker); 4] = [
    (7, 3, Marker::Square),
    (2, 3, Marker::Diamond),
    (12, 3, Marker::TriangleUp),
    (4, 6, Marker::TriangleDown),
];

/// Draws the frontiers of other models: a dashed line where the axis is one of accuracies, and
/// hollow marks. Returns where each of the marks is.
pub(super) fn draw_others(
    chart: &mut Chart<'_, '_>,
    area: &Canvas<'_>,
    others: &[Other],
    scale: Scale,
    end: f64,
) -> Result<Vec<Vec<(f64, f64)>>, Error> {
    let mut all = Vec::new();
    for (other, &(dash, gap, marker)) in others.iter().zip(STYLES.iter().cycle()) {
        if scale.is_of_accuracies() {
            let steps = stairs(other.proofs.iter().map(|proof| (proof.flops, proof.bound)), end);
            draw_dashed(chart, steps, dash, gap, Role::Ink)?;
        }
        let mut marks = Vec::new();
        for proof in &other.proofs {
            let center = chart.backend_coord(&(proof.flops, scale.of(proof)));
            outline_mark(area, center, marker, Role::Ink)?;
            marks.push((pixels(center.0), pixels(center.1)));
        }
        all.push(marks);
    }
    Ok(all)
}

/// Names each of the others beside one of its marks, the longest proof whose mark has room, or else
/// beside its line, on the right of all marks.
pub(super) fn name_others(
    area: &Canvas<'_>,
    others: &[Other],
    marks: &[Vec<(f64, f64)>],
    space: &mut Space,
) -> Result<(), Error> {
    for (other, marks) in others.iter().zip(marks) {
        let Area { x: left, width, .. } = space.bounds;
        let along =
            |&(_, y): &(f64, f64)| (1..=20).map(move |i| (left + width * f64::from(i) / 20.0, y));
        let line = marks.last().into_iter().flat_map(along);
        let places = marks.iter().rev().copied().chain(line);
        let place = places.into_iter().find_map(|place| space.place(&other.label, place));
        if let Some((x, y)) = place {
            let style = text(NAME, Role::Muted);
            area.draw(&Text::new(other.label.clone(), (units(x), units(y)), style))?;
        }
    }
    Ok(())
}

/// What marks take of the figure.
pub(in crate::plot) fn rooms(marks: &[(f64, f64)]) -> impl Iterator<Item = Area> {
    let side = 2.0 * REACH;
    marks.iter().map(move |&(x, y)| Area { x: x - REACH, y: y - REACH, width: side, height: side })
}

/// Draws the spread over many models: the quartiles as a band, the median as a line through it, the
/// least and the most as dotted lines. It ends at the ends of `lengths`.
pub(super) fn draw_spread(
    chart: &mut Chart<'_, '_>,
    spread: &[Budget],
    lengths: &Range<f64>,
) -> Result<(), Error> {
    let within = |flops: f64| flops.clamp(lengths.start, lengths.end);
    let line = |which: usize| {
        let steps = spread.iter().map(|budget| (within(budget.flops), budget.bounds[which]));
        stairs(steps, lengths.end)
    };
    let (low, mut high) = (line(1), line(3));
    high.reverse();
    let band = Polygon::new([low, high].concat(), Role::Grid.color().filled());
    chart.plotting_area().draw(&band)?;
    for (which, dash, gap) in [(0, 1, 3), (2, 9, 2), (4, 1, 3)] {
        draw_dashed(chart, line(which), dash, gap, Role::Muted)?;
    }
    Ok(())
}

fn draw_dashed(
    chart: &mut Chart<'_, '_>,
    line: Vec<(f64, f64)>,
    dash: i32,
    gap: i32,
    role: Role,
) -> Result<(), Error> {
    let style = role.color().stroke_width(5 * UNITS.unsigned_abs() / 4);
    // Drawn in the plane, which keeps what lies beyond its ends at them; it counts from its corner.
    let (left, top) = chart.plotting_area().get_base_pixel();
    let corner = |at| {
        let (x, y) = chart.backend_coord(at);
        (x - left, y - top)
    };
    let corners: Vec<_> = line.iter().map(corner).collect();
    let path = DashedPathElement::new(corners, dash * UNITS, gap * UNITS, style);
    chart.plotting_area().strip_coord_spec().draw(&path)
}
