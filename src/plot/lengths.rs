//! The axis of proof lengths: all of them, or the crowd of proofs with the others in narrow panels
//! beside it, behind breaks of the axis.

use super::axis::{Axis, choose, exponent, label_room, powers, raised};
use std::ops::Range;

/// Proofs further apart than by this factor do not belong to one crowd.
const GAP: f64 = 2.0;
/// How wide a break of the axis is, CSS pixels.
const BREAK: f64 = 12.0;
/// How wide a panel is at least, CSS pixels.
const PANEL: f64 = 34.0;

/// The axis of proof lengths.
pub(super) struct Lengths {
    pub(super) axis: Axis,
    /// What the pieces of the axis show, FLOPs; breaks lie between them.
    pub(super) pieces: Vec<Range<f64>>,
}

impl Lengths {
    /// A logarithmic axis, labelled at powers of ten, `width` CSS pixels wide.
    pub(super) fn all(range: Range<f64>, width: f64) -> Self {
        let knots = vec![(range.start.ln(), 0.0), (range.end.ln(), 1.0)];
        let mut axis = Axis { scale: f64::ln, knots, ticks: Vec::new() };
        axis.ticks = choose(powers(&range), |flops| width * axis.place(flops), label_room);
        Self { axis, pieces: vec![range] }
    }

    /// A logarithmic axis, labelled at round numbers, `length` CSS pixels long; `room` is what a
    /// label takes along it.
    pub(super) fn round(range: &Range<f64>, length: f64, room: impl Fn(&str) -> f64) -> Axis {
        let knots = vec![(range.start.ln(), 0.0), (range.end.ln(), 1.0)];
        let mut axis = Axis { scale: f64::ln, knots, ticks: Vec::new() };
        axis.ticks = choose(round_numbers(range), |value| length * axis.place(value), room);
        axis
    }

    /// The axis of the largest group of `lengths` (the shortest of the largest), `width` CSS pixels
    /// wide; the other groups in panels, each with a label of its own.
    pub(super) fn crowd(mut lengths: Vec<f64>, width: f64, most_panels: usize) -> Self {
        lengths.sort_by(f64::total_cmp);
        let (groups, crowd) = groups(&lengths, most_panels);
        let label = |group: &[f64]| {
            let (low, high) = (about(group[0]), about(group[group.len() - 1]));
            if low == high { low } else { format!("{low}–{high}") }
        };
        let labels: Vec<_> = groups.iter().map(|group| label(group)).collect();
        let panel = |(i, label): (usize, &String)| {
            if i == crowd { 0.0 } else { BREAK + label_room(label).max(PANEL) }
        };
        let beside: f64 = labels.iter().enumerate().map(panel).sum();

        let mut axis = Axis { scale: f64::ln, knots: Vec::new(), ticks: Vec::new() };
        let (mut pieces, mut left) = (Vec::new(), 0.0);
        for (i, (group, label)) in groups.iter().zip(&labels).enumerate() {
            let (low, high) = (group[0], group[group.len() - 1]);
            // Less than half the gap to another group.
            let pad = if i == crowd { 0.05 } else { 0.25 } * (high / low).ln();
            let pad = pad.clamp(0.05, 0.3).exp();
            let range = low / pad..high * pad;
            let wide = if i == crowd { width - beside } else { label_room(label).max(PANEL) };
            axis.knots.push((range.start.ln(), left / width));
            axis.knots.push((range.end.ln(), (left + wide) / width));
            if i == crowd {
                let at =
                    |flops: f64| wide * (flops / range.start).ln() / (range.end / range.start).ln();
                axis.ticks.extend(choose(round_numbers(&range), at, label_room));
            } else {
                let middle = (low * high).sqrt();
                axis.ticks.push((middle, label.clone()));
            }
            left += wide + BREAK;
            pieces.push(range);
        }
        Self { axis, pieces }
    }
}

/// Groups of sorted lengths, and which of them is the largest. The closest neighbours on one side
/// of the largest are merged until no more than `most_panels` are left beside it.
fn groups(lengths: &[f64], most_panels: usize) -> (Vec<&[f64]>, usize) {
    let mut ends = vec![0];
    for group in lengths.chunk_by(|a, b| *b <= GAP * a) {
        ends.push(ends[ends.len() - 1] + group.len());
    }
    let size = |ends: &[usize], i: usize| ends[i + 1] - ends[i];
    let mut crowd = (0..ends.len() - 1).rev().max_by_key(|&i| size(&ends, i)).unwrap_or_default();
    while ends.len() - 2 > most_panels {
        // An end inside, which is not one of the crowd's own.
        let inside = (1..ends.len() - 1).filter(|&i| i != crowd && i != crowd + 1);
        let gap = |&i: &usize| lengths[ends[i]] / lengths[ends[i] - 1];
        let Some(least) = inside.min_by(|a, b| gap(a).total_cmp(&gap(b))) else { break };
        ends.remove(least);
        crowd -= usize::from(least < crowd);
    }
    (ends.windows(2).map(|ends| &lengths[ends[0]..ends[1]]).collect(), crowd)
}

/// Choices of round numbers inside a range.
fn round_numbers(range: &Range<f64>) -> Vec<Vec<(f64, String)>> {
    let labelled = |values: Vec<f64>| {
        let inside = values.into_iter().filter(|value| range.contains(value));
        inside.map(|value| (value, short(value, 4))).collect::<Vec<_>>()
    };
    let decades = exponent(range.start, f64::floor)..=exponent(range.end, f64::floor);
    let times = |digits: &[f64]| {
        let decade = |e| digits.iter().map(move |digit| digit * 10f64.powi(e));
        labelled(decades.clone().flat_map(decade).collect())
    };
    let mut choices =
        vec![times(&[1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0]), times(&[1.0, 2.0, 5.0])];
    // Even steps, up to a hundred of them, where the range is short.
    let span = range.end - range.start;
    if range.end < 10.0 * range.start {
        let least = exponent(span, f64::floor) - 2;
        for step in (least..least + 3).flat_map(|e| [1.0, 2.0, 5.0].map(|m| m * 10f64.powi(e))) {
            let first = (range.start / step).ceil();
            let steps = (0..1000u32).map(|i| (first + f64::from(i)) * step);
            choices.push(labelled(steps.take_while(|value| *value < range.end).collect()));
        }
    }
    choices.extend(powers(range).map(|ticks| labelled(ticks.into_iter().map(|t| t.0).collect())));
    choices
}

/// A length in two or three digits: `8.8M`.
fn about(flops: f64) -> String {
    let one_digit = short(flops, 0);
    let is_one = one_digit.chars().nth(1).is_none_or(|c| !c.is_ascii_digit());
    if is_one { short(flops, 1) } else { one_digit }
}

/// A length in thousands, millions, … with at most as many decimals: `1.5M`.
fn short(flops: f64, decimals: usize) -> String {
    const UNITS: [&str; 7] = ["", "k", "M", "G", "T", "P", "E"];
    let number = |value: f64| {
        let text = format!("{value:.decimals$}");
        if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text
        }
    };
    // A hair more, so that a rounded 999.99 k is 1 M.
    let large = exponent(flops * 1.0005, f64::floor);
    let unit = usize::try_from(large.div_euclid(3)).unwrap_or_default();
    // What is below a thousandth has no unit either: its decimals would all be 0.
    if let Some(name) = UNITS.get(unit).filter(|_| large >= -3) {
        return format!("{}{name}", number(flops / 1000f64.powi(large.div_euclid(3).max(0))));
    }
    match number(flops / 10f64.powi(large)).as_str() {
        "1" => format!("10{}", raised(large)),
        digits => format!("{digits}·10{}", raised(large)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crowd_is_the_largest_group_and_close_panels_are_merged() {
        let lengths = [1.0, 4.9, 10.0, 15.0, 20.0, 100.0, 250.0, 1e6];
        let (all, crowd) = groups(&lengths, 9);
        assert_eq!((all.len(), all[crowd]), (6, &lengths[2..5]));
        let (some, crowd) = groups(&lengths, 3);
        let expected = [&lengths[..2], &lengths[2..5], &lengths[5..7], &lengths[7..]];
        assert_eq!((&some[..], crowd), (&expected[..], 1));
        let (two, crowd) = groups(&lengths, 0);
        assert_eq!((two.len(), crowd), (3, 1), "one panel on either side is the least");
        assert_eq!(groups(&[3.0], 2), (vec![&[3.0][..]], 0));
        assert_eq!(groups(&[1.0, 9.0], 2).1, 0);
    }

    #[test]
    fn lengths_are_short_and_ticks_are_round() {
        let about = [8.82e6, 850_571_296_768.0, 9.99e6, 999_999.0, 40.0, 8.71e41, 1e-5].map(about);
        assert_eq!(about, ["8.8M", "851G", "10M", "1M", "40", "8.7·10⁴¹", "10⁻⁵"]);
        let labels = |lengths: &[f64], width| {
            let ticks = Lengths::crowd(lengths.to_vec(), width, 3).axis.ticks;
            ticks.into_iter().map(|(_, label)| label).collect::<Vec<_>>()
        };
        let k4 = [1.05e6, 1.5e6, 2e6, 3.4e6, 8.82e6, 8.5e11];
        assert_eq!(labels(&k4, 560.0), ["1M", "1.5M", "2M", "2.5M", "3M", "3.5M", "8.8M", "850G"]);
        assert_eq!(labels(&k4, 230.0), ["1M", "2M", "3M", "8.8M", "850G"]);
        assert!(labels(&[1e6, 1.001e6], 500.0).len() > 3);
    }
}
