//! Axes made of straight pieces: linear, logarithmic, broken.

use super::recorder::text_width;
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use std::ops::Range;

/// An axis whose values lie on straight pieces between knots.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    /// Maps a value to the number that is linear on a piece: the value itself, its logarithm, …
    pub(super) scale: fn(f64) -> f64,
    /// Scaled values, in ascending order, and the part of the axis below each.
    pub(super) knots: Vec<(f64, f64)>,
    /// Labelled values.
    pub(super) ticks: Vec<(f64, String)>,
}

impl Axis {
    /// The part of the axis below a value, from 0 to 1; values beyond the knots lie on the last.
    pub(super) fn place(&self, value: f64) -> f64 {
        let at = (self.scale)(value);
        let above = self.knots.partition_point(|&(knot, _)| knot < at);
        let Some(&(high, end)) = self.knots.get(above) else {
            return self.knots.last().map_or(0.0, |&(_, part)| part);
        };
        let Some(&(low, start)) = above.checked_sub(1).map(|i| &self.knots[i]) else {
            return end;
        };
        start + (end - start) * ((at - low) / (high - low))
    }
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    #[expect(clippy::cast_possible_truncation, reason = "a place inside the figure")]
    fn map(&self, value: &f64, (start, end): (i32, i32)) -> i32 {
        start + (self.place(*value) * f64::from(end - start)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.ticks.iter().map(|&(value, _)| value).collect()
    }

    fn range(&self) -> Range<f64> {
        0.0..1.0
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        let tick = self.ticks.iter().find(|(tick, _)| tick == value);
        tick.map_or_else(String::new, |(_, label)| label.clone())
    }
}

/// The most ticks whose labels stand apart: of several choices of values, the largest that fits, or
/// the first of those. `at` places a value, in CSS pixels; `room` is what a label takes along the
/// axis.
pub(super) fn choose(
    choices: impl IntoIterator<Item = Vec<(f64, String)>>,
    at: impl Fn(f64) -> f64,
    room: impl Fn(&str) -> f64,
) -> Vec<(f64, String)> {
    let fits = |ticks: &Vec<(f64, String)>| {
        ticks.windows(2).all(|pair| {
            let apart = (at(pair[1].0) - at(pair[0].0)).abs();
            apart >= f64::midpoint(room(&pair[0].1), room(&pair[1].1))
        })
    };
    let more = |best: Vec<_>, other: Vec<_>| if other.len() > best.len() { other } else { best };
    choices.into_iter().filter(fits).fold(Vec::new(), more)
}

/// The room that `label` takes along a horizontal axis, in CSS pixels.
pub(super) fn label_room(label: &str) -> f64 {
    text_width(label, f64::from(LABEL)) + 10.0
}

/// The size of the labels of axes, CSS pixels.
pub(super) const LABEL: i32 = 12;

/// Powers of ten inside a range, in choices from every one to every hundredth.
pub(super) fn powers(range: &Range<f64>) -> impl Iterator<Item = Vec<(f64, String)>> + use<> {
    let (low, high) =
        (exponent(range.start * 0.999, f64::ceil), exponent(range.end * 1.001, f64::floor));
    (1..100).map(move |every| {
        let exponents = (low..=high).filter(|exponent| exponent % every == 0);
        exponents
            .map(|exponent| (10f64.powi(exponent), format!("10{}", raised(exponent))))
            .collect()
    })
}

/// The decimal logarithm, rounded.
#[expect(clippy::cast_possible_truncation, reason = "exponents of finite floats are small")]
pub(super) fn exponent(value: f64, round: impl Fn(f64) -> f64) -> i32 {
    round(value.log10()) as i32
}

/// An exponent in superscript digits.
pub(super) fn raised(exponent: i32) -> String {
    let superscript = |c: char| match c.to_digit(10) {
        Some(digit) => ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'][digit as usize],
        None => '⁻',
    };
    exponent.to_string().chars().map(superscript).collect()
}
