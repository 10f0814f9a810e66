use crate::proof::Certainty;
use serde::Serialize;

/// A prediction of the accuracy that nothing guarantees, from a heuristic argument about the
/// weights.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// Always [`Certainty::Estimate`].
    pub certainty: Certainty,
    /// The identifier of the argument.
    pub method: &'static str,
    /// A short name for a person.
    pub label: &'static str,
    /// The argument, for a student.
    pub idea: &'static str,
    /// The predicted accuracy, from 0 to 1.
    pub accuracy: f64,
    /// In percent with four decimals.
    pub percent: String,
    /// FLOPs of the argument.
    pub flops: f64,
    /// Wall time; 0 until whoever asks has measured it.
    pub seconds: f64,
}

impl Estimate {
    /// A mean-field argument, see [`MeanField`].
    #[must_use]
    pub fn mean_field(idea: &'static str, accuracy: f64, flops: f64) -> Self {
        let accuracy = accuracy.clamp(0.0, 1.0);
        Self {
            certainty: Certainty::Estimate,
            method: "mean-field",
            label: "Mean field",
            idea,
            accuracy,
            percent: percent(accuracy),
            flops,
            seconds: 0.0,
        }
    }
}

/// A part in percent with four decimals, rounded down.
fn percent(part: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 10⁶")]
    let units = (part * 1e6) as u32;
    format!("{}.{:04}", units / 10_000, units % 10_000)
}

/// The probability that an answer is right, if the margins to all rivals were normal and
/// independent of each other.
pub struct MeanField {
    /// The product over the rivals so far.
    pub probability: f64,
    /// FLOPs so far.
    pub flops: f64,
}

impl MeanField {
    /// No rival yet.
    #[must_use]
    pub fn new() -> Self {
        Self { probability: 1.0, flops: 0.0 }
    }

    /// Adds a rival over which the margin has this mean and variance. A margin that does not vary
    /// decides.
    pub fn rival(&mut self, mean: f64, variance: f64) {
        let deviation = variance.max(0.0).sqrt();
        self.flops += 5.0;
        self.probability *= match deviation > 0.0 {
            true => 0.5 * libm::erfc(-mean / (deviation * std::f64::consts::SQRT_2)),
            false => f64::from(u8::from(mean > 0.0)),
        };
    }
}

impl Default for MeanField {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_written_in_percent() {
        assert_eq!(
            [0.0, 0.5, 0.012_345_67, 1.0].map(percent),
            ["0.0000", "50.0000", "1.2345", "100.0000"]
        );
    }

    #[test]
    fn rivals_multiply() {
        let mut right = MeanField::new();
        right.rival(0.0, 4.0);
        assert_eq!(right.probability, 0.5);
        right.rival(1.959_963_984_540_054 * 3.0, 9.0);
        assert!((right.probability - 0.5 * 0.975).abs() < 1e-12, "{}", right.probability);
        right.rival(1.0, 0.0);
        assert!(right.probability > 0.0 && right.flops > 0.0);
        right.rival(0.0, 0.0);
        assert_eq!(right.probability, 0.0);
    }
}
