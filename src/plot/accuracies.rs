//! The axis of proven accuracies: linear, or by what is missing, on a logarithmic axis.

use super::axis::{Axis, LABEL, choose, raised};
use serde::Deserialize;

/// The scale of the axis of accuracies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scale {
    /// From 0 to 100 %.
    Accuracy,
    /// `1 − accuracy` on a logarithmic axis, smaller values higher; exact proofs have a row of
    /// their own at the top.
    Missing,
}

/// An axis `height` CSS pixels high for proofs of `bounds`.
pub(super) fn accuracies(scale: Scale, bounds: impl Iterator<Item = f64>, height: f64) -> Axis {
    let room = |_: &str| f64::from(LABEL) + 4.0;
    match scale {
        Scale::Accuracy => {
            let mut axis = Axis {
                scale: |bound| bound,
                knots: vec![(-0.03, 0.0), (1.03, 1.0)],
                ticks: vec![],
            };
            let steps = |n: u32| {
                (0..=n).map(|i| f64::from(i) / f64::from(n)).map(|b| (b, percent(b, 0))).collect()
            };
            axis.ticks = choose([2, 4, 5].map(steps), |bound| height * axis.place(bound), room);
            axis
        }
        Scale::Missing => missing(bounds, height, room),
    }
}

/// The axis of [`Scale::Missing`].
fn missing(bounds: impl Iterator<Item = f64>, height: f64, room: impl Fn(&str) -> f64) -> Axis {
    let scale = |bound: f64| if bound < 1.0 { -(1.0 - bound).log10() } else { f64::INFINITY };
    let (mut is_exact, mut top) = (false, 1.0f64);
    for bound in bounds {
        if bound < 1.0 { top = top.max(scale(bound)) } else { is_exact = true }
    }
    // The row of what misses nothing takes the room of a label.
    let row = if is_exact { (24.0 / height).min(0.4) } else { 0.0 };
    let mut knots = vec![(-0.03 * top, 0.0), (1.05 * top, 1.0 - row)];
    if is_exact {
        // All that is nearer to 1 lies on the row.
        knots.push((1.05 * top + 1e-9, 1.0 - row / 2.0));
    }
    let mut axis = Axis { scale, knots, ticks: vec![] };
    let choice = |every: i32| {
        let powers = (0i32..16).filter(move |k| k % every == 0 && f64::from(*k) <= 1.02 * top);
        powers.map(|k| (1.0 - 10f64.powi(-k), part(k))).collect::<Vec<_>>()
    };
    axis.ticks = choose((1..9).map(choice), |bound| height * axis.place(bound), room);
    if is_exact {
        axis.ticks.push((1.0, "all".into()));
    }
    axis
}

/// The k-th negative power of ten in percent.
fn part(k: i32) -> String {
    match k {
        0 => "100%".into(),
        1..6 => percent(10f64.powi(-k), usize::try_from(k - 2).unwrap_or_default()),
        _ => format!("10{}%", raised(2 - k)),
    }
}

fn percent(part: f64, decimals: usize) -> String {
    format!("{:.decimals$}%", 100.0 * part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_logarithmic_with_a_row_for_nothing() {
        let axis = accuracies(Scale::Missing, [0.0, 0.9, 0.9999, 1.0].into_iter(), 300.0);
        let labels: Vec<_> = axis.ticks.iter().map(|(_, label)| label.as_str()).collect();
        assert_eq!(labels, ["100%", "10%", "1%", "0.1%", "0.01%", "all"]);
        let places = [0.0, 0.9, 0.99, 0.9999, 1.0].map(|bound| axis.place(bound));
        assert!(places.is_sorted() && places[0] > 0.0 && places[4] < 1.0, "{places:?}");
        let even = 2.0 * places[1] - places[0] - places[2];
        assert!(even.abs() < 1e-9, "a factor of ten is the same anywhere: {places:?}");
        let none = accuracies(Scale::Missing, [0.5].into_iter(), 300.0);
        assert_eq!(none.ticks.iter().map(|t| t.1.as_str()).collect::<Vec<_>>(), ["100%", "10%"]);
    }
}
