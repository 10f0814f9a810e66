//! Networks beside a fine-tuned one: with noise in their weights, and with another residual of
//! attention.

use super::measured::Measured;
use crate::models::transformer::Transformer;
use crate::tasks::max_of_k::tune::{Residual, with_noise, with_residual};
use crate::tasks::max_of_k::{Class, MaxOfK, TaskError};

/// Standard deviations of the noise that is added to weights.
pub(super) const NOISE: [f64; 6] = [0.0, 0.003, 0.01, 0.02, 0.03, 0.05];

/// Accuracies and bounds of the networks that are compared with one: with noise in its weights, and
/// with another residual.
pub(super) struct Beside {
    /// The accuracy, estimated, and the best bound of a quadratic QK & EU proof, for each of
    /// [`NOISE`].
    pub(super) noisy: Vec<(f64, f64)>,
    /// The first singular direction of attention alone.
    pub(super) alone: Measured,
    /// The first singular direction of attention with a structured residual.
    pub(super) structured: Measured,
}

impl Beside {
    pub(super) fn new(model: &Transformer) -> Result<Self, TaskError> {
        let noisy = NOISE.map(|sigma| {
            let task = MaxOfK::new(with_noise(model, sigma, 0))?;
            let measured =
                Measured::by(&task, |strategy| strategy.class() == Class::QuadraticQkEu)?;
            Ok((measured.accuracy(), measured.best(Class::QuadraticQkEu)))
        });
        // Additive proofs of networks that have not learned their task are long.
        let other = |residual| {
            let task = MaxOfK::new(with_residual(model, residual))?;
            Measured::by(&task, |strategy| {
                !matches!(strategy.class(), Class::BruteForce | Class::Additive)
            })
        };
        Ok(Self {
            noisy: noisy.into_iter().collect::<Result<_, _>>()?,
            alone: other(Residual::Nothing)?,
            structured: other(Residual::Identity)?,
        })
    }
}
