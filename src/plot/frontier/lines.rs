//! The lines of a frontier: breaks of the axis, the baseline, the staircase.

use super::LONGEST_BASELINE_SHOWN;
use crate::frontier::{LinearBaseline, Point};
use crate::plot::axis::{LABEL, exponent};
use crate::plot::canvas::{Canvas, Chart, Error, text};
use crate::plot::display_list::Area;
use crate::plot::recorder::{UNITS, pixels, text_width, units};
use crate::plot::role::Role;
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::ops::Range;

/// Clears a gap between two pieces of the axis of lengths, and draws the sign of a break: ⫽.
pub(super) fn draw_break(area: &Canvas<'_>, plane: Area, gap: Range<f64>) -> Result<(), Error> {
    let (left, right) = (gap.start + 1.0, gap.end - 1.0);
    let corners = [(left, plane.y), (right, plane.bottom() + 4.0)];
    let paper = Role::Paper.color().filled();
    area.draw(&Rectangle::new(corners.map(|(x, y)| (units(x), units(y))), paper))?;
    let style = Role::Muted.color().stroke_width(3 * UNITS.unsigned_abs() / 2);
    for x in [left, right] {
        let ends = [(x - 2.0, plane.bottom() + 5.0), (x + 2.0, plane.bottom() - 5.0)];
        area.draw(&PathElement::new(ends.map(|(x, y)| (units(x), units(y))), style))?;
    }
    Ok(())
}

/// Draws the linear baseline, dashed, as far as the pieces of the axis show it. Returns where its
/// name is.
pub(super) fn draw_baseline(
    chart: &mut Chart<'_, '_>,
    baseline: LinearBaseline,
    pieces: &[Range<f64>],
) -> Result<Option<Area>, Error> {
    const STEPS: i32 = 200;
    for Range { start, end } in pieces.iter().filter(|piece| piece.start < baseline.flops) {
        let ratio = end.min(baseline.flops) / start;
        let curve = (0..=STEPS).map(|i| start * ratio.powf(f64::from(i) / f64::from(STEPS)));
        let curve = curve.map(|flops| (flops, baseline.bound(flops)));
        let style = Role::Muted.color().stroke_width(3 * UNITS.unsigned_abs() / 2);
        chart.draw_series(DashedLineSeries::new(curve, 5 * UNITS, 4 * UNITS, style))?;
    }
    let half = baseline.flops / 2.0;
    if !pieces.iter().any(|piece| piece.contains(&half)) {
        return Ok(None);
    }
    let (name, at) = ("linear baseline", (half, baseline.bound(half)));
    let style = text(LABEL, Role::Muted).pos(Pos::new(HPos::Right, VPos::Center));
    let label = EmptyElement::at(at) + Text::new(name, (-8 * UNITS, 0), style);
    chart.plotting_area().draw(&label)?;
    let (x, y) = chart.backend_coord(&at);
    let (width, height) = (text_width(name, f64::from(LABEL)), f64::from(LABEL));
    Ok(Some(Area { x: pixels(x) - 8.0 - width, y: pixels(y) - height / 2.0, width, height }))
}

/// Draws the best bound for each length: a line that steps up at every point of the frontier,
/// dashed unless all of them are proofs. Returns where it runs.
pub(super) fn draw_staircase(
    chart: &mut Chart<'_, '_>,
    frontier: &[&Point],
    end: f64,
    role: Role,
) -> Result<Vec<Area>, Error> {
    let steps = stairs(frontier.iter().map(|point| (point.flops, point.bound)), end);
    let corners: Vec<_> = steps.iter().map(|at| chart.backend_coord(at)).collect();
    let runs = corners.windows(2).map(|ends| {
        let [(x0, y0), (x1, y1)] = [ends[0], ends[1]].map(|(x, y)| (pixels(x), pixels(y)));
        Area { x: x0 - 1.0, y: y1 - 1.0, width: x1 - x0 + 2.0, height: y0 - y1 + 2.0 }
    });
    let runs = runs.collect();
    let style = role.color().stroke_width(2 * UNITS.unsigned_abs());
    if role == Role::Staircase {
        chart.draw_series(LineSeries::new(steps, style))?;
    } else {
        chart.draw_series(DashedLineSeries::new(steps, 6 * UNITS, 3 * UNITS, style))?;
    }
    Ok(runs)
}

/// The corners of a line that steps to the second number at each first number, from 0 to `end`.
pub(super) fn stairs(steps: impl Iterator<Item = (f64, f64)>, end: f64) -> Vec<(f64, f64)> {
    let mut corners: Vec<(f64, f64)> = Vec::new();
    for (flops, bound) in steps {
        let level = corners.last().map_or(0.0, |&(_, bound)| bound);
        corners.extend([(flops, level), (flops, bound)]);
    }
    corners.extend(corners.last().map(|&(_, bound)| (end, bound)));
    corners
}

/// Draws a dashed vertical line at a length. Returns where it is.
pub(super) fn draw_budget(
    chart: &Chart<'_, '_>,
    area: &Canvas<'_>,
    plane: Area,
    budget: f64,
) -> Result<Area, Error> {
    let x = chart.backend_coord(&(budget, 0.0)).0;
    let ends = [(x, units(plane.y)), (x, units(plane.bottom()))];
    let style = Role::Unproven.color().stroke_width(3 * UNITS.unsigned_abs() / 2);
    area.draw(&DashedPathElement::new(ends, 5 * UNITS, 4 * UNITS, style))?;
    Ok(Area { x: pixels(x) - 1.0, width: 2.0, ..plane })
}

/// The exponents of whole decades around the lengths of proofs, and around the end of the baseline
/// where that is not longer than [`LONGEST_BASELINE_SHOWN`].
pub(super) fn decades(lengths: &[f64], baseline: LinearBaseline) -> Range<i32> {
    let shown = Some(baseline.flops).filter(|&flops| flops <= LONGEST_BASELINE_SHOWN);
    let lengths = lengths.iter().copied().chain(shown);
    let ends = (f64::INFINITY, f64::NEG_INFINITY);
    let (low, high) = lengths.fold(ends, |(low, high), flops| (low.min(flops), high.max(flops)));
    if low > high {
        return 5..10;
    }
    // Half a decade of air or more.
    let (start, end) = (exponent(low / 2.0, f64::floor), exponent(high * 2.0, f64::ceil));
    if end - start < 3 { start - 1..end + 1 } else { start..end }
}
