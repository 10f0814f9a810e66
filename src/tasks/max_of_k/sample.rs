//! An estimate of the accuracy from random sequences.

use super::MaxOfK;
use super::answers::Answers;
use crate::rounding::Arithmetic;
use crate::training::random::{generator, token};
use serde::Serialize;

/// The number of sequences and the seed of a sample that is fast enough for a user to wait for.
pub const QUICK_SAMPLE: (u32, u64) = (20_000, 0);

/// An accuracy estimated from random sequences: evidence, not a proof.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SampledAccuracy {
    /// Sequences answered right.
    pub correct: u32,
    /// Sequences drawn, uniformly and independently.
    pub samples: u32,
    /// The 95 % Wilson score interval of the accuracy.
    pub interval: (f64, f64),
}

impl MaxOfK {
    /// Estimates the accuracy from `samples` random sequences, drawn by `seed`.
    ///
    /// # Panics
    /// If `samples` is 0.
    #[must_use]
    pub fn sample_accuracy(&self, samples: u32, seed: u64) -> SampledAccuracy {
        assert!(samples > 0, "an estimate needs a sample");
        let (answers, shape) = (Answers::<f64>::new(&self.model, Arithmetic::DOUBLE), self.shape());
        let mut random = generator(seed, u64::from_be_bytes(*b"sampling"));
        let mut tokens = vec![0; shape.n];
        let mut correct = 0;
        for _ in 0..samples {
            tokens.fill_with(|| token(&mut random, shape.v));
            correct += u32::from(answers.margin(&tokens).0 > 0.0);
        }
        SampledAccuracy { correct, samples, interval: wilson(correct, samples) }
    }
}

/// The 95 % score interval of the proportion `successes / trials` (Wilson 1927).
fn wilson(successes: u32, trials: u32) -> (f64, f64) {
    const Z: f64 = 1.959_963_984_540_054;
    let (n, p) = (f64::from(trials), f64::from(successes) / f64::from(trials));
    let centre = p + Z * Z / (2.0 * n);
    let half = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    (((centre - half) / scale).max(0.0), ((centre + half) / scale).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::wilson;

    #[test]
    fn the_interval_of_a_textbook() {
        // 8 of 10: (0.4902, 0.9433), Agresti and Coull 1998.
        let (low, high) = wilson(8, 10);
        assert!((low - 0.4902).abs() < 1e-4 && (high - 0.9433).abs() < 1e-4, "{low}, {high}");
        assert!(wilson(0, 50).0 < 1e-12 && wilson(50, 50).1 > 1.0 - 1e-12);
    }
}
