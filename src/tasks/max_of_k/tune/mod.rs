//! Fine-tunes a network so that it is easier to prove: the noise that the shortest proofs must
//! bound becomes part of the loss. The result is another network, which proofs are then about.
//!
//! ```text
//! for each step, on a fresh batch of uniform sequences:
//!     loss = task + ramp · Σ weight · noise            the task's loss always counts
//!     take a step of Adam, without weight decay
//!     every CHECK steps, on a fixed sample:
//!         keep the network if it errs about as often as the one at the start
//!         go on if it errs a little more often: it may learn anew what the noise did
//!         otherwise take the last one that was kept, and go on at half the learning rate
//! ```
//!
//! Beside it are networks that differ from one in another way: with noise in their weights, and
//! with another residual of attention.

mod loss;
mod margins;
mod noise;
mod tuner;
mod variants;

pub use loss::Terms;
pub use tuner::{Checked, Tuner, TuningError};
pub use variants::{Residual, with_noise, with_residual};

use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error;

/// The weights of the noise terms in the loss of fine-tuning, beside the task's own, which has
/// weight 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weights {
    /// Of [`Terms::attention`].
    pub attention: f64,
    /// Of [`Terms::ov`].
    pub ov: f64,
    /// Of [`Terms::positions`].
    pub positions: f64,
    /// Of [`Terms::direct`].
    pub direct: f64,
    /// Of [`Terms::bound`].
    pub bound: f64,
}

/// How to fine-tune a network.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tuning {
    /// The seed of the batches.
    pub seed: u64,
    /// The number of optimizer steps.
    pub steps: u32,
    /// The number of sequences in a step.
    pub batch: usize,
    /// Adam's step size at the start; it falls to 0 over the second half of the steps.
    pub learning_rate: f64,
    /// The weights of the noise terms; they rise from 0 over the first 30 % of the steps.
    pub weights: Weights,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            seed: 0,
            steps: 1500,
            batch: 128,
            learning_rate: 2e-3,
            weights: Weights {
                attention: 0.02,
                ov: 0.02,
                positions: 0.02,
                direct: 0.02,
                bound: 0.1,
            },
        }
    }
}

impl Tuning {
    /// Checks numbers that somebody gives.
    ///
    /// # Errors
    /// If there is no step or no sequence in one, or a weight or the step size is negative or not
    /// finite.
    pub fn check(&self) -> Result<(), BadTuning> {
        let Weights { attention, ov, positions, direct, bound } = self.weights;
        let named = [
            ("learning rate", self.learning_rate),
            ("weight of attention", attention),
            ("weight of OV", ov),
            ("weight of positions", positions),
            ("weight of the direct path", direct),
            ("weight of the bound", bound),
        ];
        let bad = named.into_iter().find(|(_, x)| !(x.is_finite() && *x >= 0.0));
        if let Some((what, value)) = bad {
            return Err(BadTuning::Number { what, value });
        }
        if self.steps == 0 || self.batch == 0 { Err(BadTuning::Nothing) } else { Ok(()) }
    }
}

/// Numbers by which nothing can be fine-tuned.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum BadTuning {
    /// A number that should be finite and not negative.
    #[error("the {what} is {value}, expected a number from 0 on")]
    Number {
        /// What it is.
        what: &'static str,
        /// The number.
        value: f64,
    },
    /// No step, or no sequence in one.
    #[error("fine-tuning needs at least one step, with at least one sequence")]
    Nothing,
}

impl fmt::Display for Tuning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, steps, batch, learning_rate, weights } = self;
        let Weights { attention, ov, positions, direct, bound } = weights;
        write!(
            f,
            "Adam, learning rate {learning_rate}, {steps} steps of {batch} uniform sequences, seed {seed}; weights of noise: \
             attention {attention}, OV {ov}, positions {positions}, direct path {direct}, bound {bound}"
        )
    }
}
