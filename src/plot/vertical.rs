//! The vertical axis: proven accuracies, linear or by what is missing, or unexplained dimensions.

use super::axis::{Axis, LABEL, choose, exponent, powers, raised};
use super::compared::Proof;
use serde::Deserialize;

/// What the vertical axis shows of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scale {
    /// The proven accuracy, from 0 to 100 %.
    Accuracy,
    /// `1 − accuracy` on a logarithmic axis, smaller values higher; exact proofs have a row of
    /// their own at the top.
    Missing,
    /// The unexplained dimension on a logarithmic axis; what is less than one lies at one.
    Unexplained,
}

impl Scale {
    /// The value of a proof.
    pub(super) fn of(self, proof: &Proof) -> f64 {
        match self {
            Self::Accuracy | Self::Missing => proof.bound,
            Self::Unexplained => proof.unexplained_dimension,
        }
    }

    /// Whether the axis is one of accuracies, on which frontiers and baselines are lines.
    pub(super) fn is_of_accuracies(self) -> bool {
        self != Self::Unexplained
    }

    /// The name of the axis.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Accuracy => "Proven accuracy",
            Self::Missing => "Missing accuracy (less is higher)",
            Self::Unexplained => "Unexplained dimension (log scale)",
        }
    }
}

/// An axis `height` CSS pixels high for proofs with these values, see [`Scale::of`].
pub(super) fn vertical(scale: Scale, values: impl Iterator<Item = f64>, height: f64) -> Axis {
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
        Scale::Missing => missing(values, height, room),
        Scale::Unexplained => unexplained(values, height, room),
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

/// The axis of [`Scale::Unexplained`]: whole decades around all values.
fn unexplained(values: impl Iterator<Item = f64>, height: f64, room: impl Fn(&str) -> f64) -> Axis {
    let ends = values.map(|value| value.max(1.0)).fold(None, |ends: Option<(f64, f64)>, value| {
        let (low, high) = ends.unwrap_or((value, value));
        Some((low.min(value), high.max(value)))
    });
    let (low, high) = ends.unwrap_or((1e3, 1e9));
    let (start, end) = (exponent(low, f64::floor), exponent(high, f64::floor) + 1);
    let range = 10f64.powi(start)..10f64.powi(end);
    let margin = 0.03 * f64::from(end - start);
    let knots = vec![(f64::from(start) - margin, 0.0), (f64::from(end) + margin, 1.0)];
    let scale = |value: f64| value.max(1.0).log10();
    let mut axis = Axis { scale, knots, ticks: vec![] };
    axis.ticks = choose(powers(&range), |value| height * axis.place(value), room);
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
        let axis = vertical(Scale::Missing, [0.0, 0.9, 0.9999, 1.0].into_iter(), 300.0);
        let labels: Vec<_> = axis.ticks.iter().map(|(_, label)| label.as_str()).collect();
        assert_eq!(labels, ["100%", "10%", "1%", "0.1%", "0.01%", "all"]);
        let places = [0.0, 0.9, 0.99, 0.9999, 1.0].map(|bound| axis.place(bound));
        assert!(places.is_sorted() && places[0] > 0.0 && places[4] < 1.0, "{places:?}");
        let even = 2.0 * places[1] - places[0] - places[2];
        assert!(even.abs() < 1e-9, "a factor of ten is the same anywhere: {places:?}");
        let none = vertical(Scale::Missing, [0.5].into_iter(), 300.0);
        assert_eq!(none.ticks.iter().map(|t| t.1.as_str()).collect::<Vec<_>>(), ["100%", "10%"]);
    }

    #[test]
    fn unexplained_dimensions_are_logarithmic_and_none_is_one() {
        let values = [4290.0, 14848.0, 16_777_216.0];
        let axis = vertical(Scale::Unexplained, values.into_iter(), 300.0);
        let labels: Vec<_> = axis.ticks.iter().map(|(_, label)| label.as_str()).collect();
        assert_eq!(labels, ["10³", "10⁴", "10⁵", "10⁶", "10⁷", "10⁸"]);
        let places = [1e3, 1e4, 1e5, 1e8].map(|value| axis.place(value));
        assert!(places.is_sorted() && places[0] > 0.0 && places[3] < 1.0, "{places:?}");
        assert!((2.0 * places[1] - places[0] - places[2]).abs() < 1e-9, "{places:?}");
        let none = vertical(Scale::Unexplained, [0.0].into_iter(), 300.0);
        assert!(none.place(0.0) > 0.0 && (none.place(0.0) - none.place(1.0)).abs() < 1e-12);
        assert!(vertical(Scale::Unexplained, [].into_iter(), 300.0).ticks.len() > 2);
    }
}
