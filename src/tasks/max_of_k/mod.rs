//! Max-of-K: the logits at the last position must peak, strictly, at the largest of the K tokens.
//!
//! The theorem: `accuracy = (sequences in [v]^n answered right) / v^n ≥ bound`. A tie counts as
//! wrong.
//!
//! The theorem holds for the real numbers that the weights' file stores: arithmetic is float64, and
//! every comparison leaves room for what its rounding can amount to ([`crate::rounding`]).
//!
//! Each family of strategies is a folder: `brute_force`, `cubic`, [`additive`], [`subcubic`]. Its
//! `family.rs` says what the strategies are called, what is known of them, and how their proofs
//! start and are verified, its `explain.rs` what they prove of each case and why no more; the list
//! in `strategy.rs` names the families.

pub mod additive;
mod answers;
mod brought;
mod brute_force;
mod cases;
mod certificate;
mod class;
mod covered;
mod cubic;
mod example;
mod explain;
mod facts;
mod faithfulness;
mod family;
mod find;
mod fingerprint;
mod look;
mod matrices;
mod positions;
mod questions;
pub mod residual;
mod sample;
mod sampling;
mod strategy;
pub mod subcubic;
mod task;
pub mod train;
pub mod tune;
mod weighted;

pub use crate::tasks::sha256;
pub use brute_force::{BruteForce, Pruning};
pub use cases::{Case, Cases};
pub use certificate::CertificateError;
pub use class::Class;
pub use covered::{Covered, CoveredError};
pub use cubic::Cubic;
pub use example::{Example, InputError};
pub use explain::{
    CaseFacts, CaseLayer, CaseMap, ExplainError, ExplainedCase, Explanation, Part, Term, Verdict,
    Way, WhatIf, Why,
};
pub use facts::{ModelFacts, OwnFacts};
pub use faithfulness::{Faithfulness, Scrubbing};
pub use find::{Found, Sought};
pub use fingerprint::FingerprintError;
pub use look::Look;
pub use matrices::MatrixFacts;
pub use sample::{QUICK_SAMPLE, SampledAccuracy};
pub use strategy::{Strategy, UnknownStrategy};
pub use weighted::{
    By, CaseCounts, Distribution, DistributionError, DistributionFacts, Share, WeightedBound,
    Weights,
};

use crate::frontier::LinearBaseline;
use crate::models::transformer::{Shape, Transformer};
use crate::proof::{About, Outcome, Run};
use additive::Prover;
use find::WrongInputs;
use std::sync::{Arc, OnceLock};
use subcubic::{Proof, ProofError, Search, Subcubic};
use thiserror::Error;

/// Why a model cannot be proven anything about here.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TaskError {
    /// The model does not answer with a token.
    #[error(
        "the model has {outputs} outputs for {v} tokens: Max-of-K needs one output for each token"
    )]
    Outputs {
        /// Columns of `W_U`.
        outputs: usize,
        /// Rows of `W_E`.
        v: usize,
    },
    /// More sequences than an exact count can hold.
    #[error(
        "{v} tokens at {n} positions make {v}^{n} sequences, more than the 2^128 an exact count can hold"
    )]
    TooManySequences {
        /// Vocabulary.
        v: usize,
        /// Context.
        n: usize,
    },
    /// Too many sequences to run one by one, or to enumerate.
    #[error(
        "{} would go through {v}^{n} sequences, more than the 2^{} this program starts on; a convolution of 256 bins \
         (`convolution-256`) proves almost as much",
        strategy.label(),
        limit.ilog2()
    )]
    Infeasible {
        /// The strategy that would.
        strategy: Strategy,
        /// Vocabulary.
        v: usize,
        /// Context.
        n: usize,
        /// The largest number of sequences this program starts on.
        limit: u128,
    },
    /// Someone gave the directions of the proof, and only its proof object has them.
    #[error(
        "`{strategy}` has directions that someone gave; they are in its certificate alone: open that file to prove it again"
    )]
    GivenDirections {
        /// The strategy.
        strategy: Strategy,
    },
    /// A proof shorter than what every proof of its kind begins with.
    #[error(
        "a proof of at most {} FLOPs is too short: multiplying the model's circuits out takes {} already",
        crate::proof::power_of_ten(*flops),
        grouped(*least)
    )]
    Budget {
        /// The FLOPs that the proof may take.
        flops: u64,
        /// The FLOPs that every proof takes before it proves anything.
        least: u64,
    },
}

/// A transformer that can be asked for the largest token: one output for each token.
///
/// Cheap to clone: clones share the model and what has been found out about it.
#[derive(Clone, Debug)]
pub struct MaxOfK {
    model: Arc<Transformer>,
    sequences: u128,
    /// Directions that all sub-cubic strategies share, found when the first of them asks.
    search: Arc<OnceLock<Search>>,
    /// What can be done with each cell, found when the first additive strategy asks.
    prover: Arc<OnceLock<Prover>>,
    /// What the network gets wrong, found when the first explanation asks.
    wrong: Arc<OnceLock<Option<WrongInputs>>>,
}

impl MaxOfK {
    /// Takes a model for this task.
    ///
    /// # Errors
    /// If the model does not have one output for each token, or there are too many sequences to
    /// count.
    pub fn new(model: Transformer) -> Result<Self, TaskError> {
        let (outputs, Shape { v, n, .. }) = (model.W_U.ncols(), model.shape());
        if outputs != v {
            return Err(TaskError::Outputs { outputs, v });
        }
        let sequences = model.shape().sequences().ok_or(TaskError::TooManySequences { v, n })?;
        Ok(Self {
            model: Arc::new(model),
            sequences,
            search: Arc::default(),
            prover: Arc::default(),
            wrong: Arc::default(),
        })
    }

    /// The number of sequences, `v^n`.
    #[must_use]
    pub fn sequences(&self) -> u128 {
        self.sequences
    }

    /// The model.
    #[must_use]
    pub fn model(&self) -> &Transformer {
        &self.model
    }

    /// The model's sizes, as the proofs see them.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.model.shape()
    }

    /// Whether a proof can be run on this model.
    ///
    /// # Errors
    /// If the proof would take too long to be started (see [`BruteForce::MAX_SEQUENCES`]), or may
    /// take fewer FLOPs than any such proof.
    pub fn feasible(&self, strategy: Strategy) -> Result<(), TaskError> {
        strategy.implementation().feasible(self)
    }

    /// Whether there are few enough sequences for `strategy` to go through them one by one.
    fn can_be_visited(&self, strategy: Strategy) -> Result<(), TaskError> {
        let (Shape { v, n, .. }, limit) = (self.shape(), BruteForce::MAX_SEQUENCES);
        if self.sequences > limit {
            return Err(TaskError::Infeasible { strategy, v, n, limit });
        }
        Ok(())
    }

    /// Prepares the run of a proof. Brute force prunes.
    ///
    /// # Errors
    /// If the proof is not [`Self::feasible`].
    pub fn run(&self, strategy: Strategy) -> Result<Run, TaskError> {
        self.run_with(strategy, Pruning::On)
    }

    /// Prepares the run of a proof. Only brute force looks at `pruning`.
    ///
    /// # Errors
    /// If the proof is not [`Self::feasible`].
    pub fn run_with(&self, strategy: Strategy, pruning: Pruning) -> Result<Run, TaskError> {
        self.feasible(strategy)?;
        let analysis = strategy.implementation().start(self, pruning);
        Ok(Run::new(self.about(strategy), analysis))
    }

    /// Prepares the run of a proof by `strategy`, which someone built, whose directions someone
    /// gives: `queries` and `keys`, each `[rank][v]` numbers of any size. The search for gaps is
    /// done here.
    ///
    /// # Errors
    /// If there are other directions than the strategy and the model ask for, a number is not
    /// finite, or the model's products leave the range of float64.
    pub fn run_with_directions(
        &self,
        strategy: Subcubic,
        queries: &[Vec<f64>],
        keys: &[Vec<f64>],
    ) -> Result<Run, ProofError> {
        let proof = self.search().with_directions(strategy, queries, keys)?;
        Ok(Run::new(self.about(Strategy::Subcubic(strategy)), subcubic::given(self, proof)))
    }

    /// What is known of a proof before it runs.
    #[must_use]
    pub fn about(&self, strategy: Strategy) -> About {
        About {
            strategy: strategy.to_string(),
            class: strategy.class().name().into(),
            inputs: self.sequences,
            unexplained_dimension: strategy.unexplained_dimension(self.shape()),
            visits_inputs: strategy.family().visits_inputs,
            is_divisible: strategy.family().divisible,
        }
    }

    /// The search for proof objects of this model.
    #[must_use]
    pub fn search(&self) -> &Search {
        self.search.get_or_init(|| Search::new(&self.model))
    }

    /// The prover of additive strategies.
    #[must_use]
    pub fn prover(&self) -> &Prover {
        self.prover.get_or_init(|| {
            Prover::new(&self.model, self.sequences, &Prover::QUERIES, &Prover::TOKENS)
        })
    }

    /// What the authors' formula claims to have proven (see [`Search::published_count`]: the
    /// formula is not sound); `None` for strategies whose published form is the sound one.
    ///
    /// # Errors
    /// If the model's products leave the range of float64.
    pub fn published_count(&self, strategy: Strategy) -> Result<Option<u128>, ProofError> {
        strategy.implementation().published_count(self)
    }

    /// The baseline of figures: brute force on a part of the inputs. `proven` holds finished proofs
    /// of this model: the least accuracy that one of them shows not to be exceeded ends the
    /// baseline, which is the exact accuracy where that is known.
    #[must_use]
    pub fn baseline<'a>(&self, proven: impl IntoIterator<Item = &'a Outcome>) -> LinearBaseline {
        let upper = |outcome: &Outcome| outcome.upper.map_or(1.0, |upper| upper.most.ratio_above());
        LinearBaseline {
            flops: Strategy::BruteForce.flops(self.shape()),
            accuracy: proven.into_iter().map(upper).fold(1.0, f64::min),
        }
    }

    /// A proof object by the better search, or by the one that a built strategy names.
    ///
    /// # Errors
    /// If the model's products leave the range of float64.
    pub fn prove(&self, strategy: Subcubic) -> Result<Proof, ProofError> {
        self.search().joint(strategy)
    }
}

/// A whole number with commas between groups of three digits: `1,400,000`.
fn grouped(number: impl Into<u128>) -> String {
    let digits = number.into().to_string();
    let groups = digits.as_bytes().rchunks(3).rev();
    let groups = groups.map(|group| String::from_utf8_lossy(group));
    groups.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    #[test]
    fn digits_are_grouped_by_three() {
        let numbers = [0, 999, 1000, 1_400_000, u64::MAX];
        let expected = ["0", "999", "1,000", "1,400,000", "18,446,744,073,709,551,615"];
        assert_eq!(numbers.map(super::grouped), expected);
    }
}
