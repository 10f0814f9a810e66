//! Max-of-K: the logits at the last position must peak, strictly, at the largest of the K tokens.
//!
//! The theorem: `accuracy = (sequences in [v]^n answered right) / v^n ≥ bound`. A tie counts as wrong.
//!
//! It holds for the real numbers that the weights' file stores: arithmetic is float64, and every comparison leaves what its
//! rounding can amount to ([`crate::rounding`]).

pub mod additive;
mod answers;
mod brute_force;
mod cases;
mod certificate;
mod claimed_cubic;
mod cubic;
mod example;
mod facts;
mod figure;
mod fingerprint;
mod object;
mod positions;
mod random;
mod sample;
mod strategy;
pub mod subcubic;
pub mod train;

pub use brute_force::{BruteForce, Pruning};
pub use cases::{Case, Cases};
pub use certificate::CertificateError;
pub use cubic::Cubic;
pub use example::{Example, InputError};
pub use facts::{ModelFacts, StrategyFacts, sha256};
pub use figure::{Proven, frontier_figure, frontier_metrics, frontier_points};
pub use fingerprint::FingerprintError;
pub use sample::{QUICK_SAMPLE, SampledAccuracy};
pub use strategy::{Class, Strategy, UnknownStrategy};

use crate::proof::{Bound, CaseAnalysis, Cost, Outcome, Tally, UpperBound};
use crate::transformer::{Shape, Transformer};
use additive::{Additive, Prover, Target};
use object::{AdditiveProof, SubcubicProof};
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
    #[error("{strategy} would go through {v}^{n} sequences, more than the 2^{} this program starts on; use `convolution-256`", limit.ilog2())]
    Infeasible {
        /// Which.
        strategy: Strategy,
        /// Vocabulary.
        v: usize,
        /// Context.
        n: usize,
        /// The largest number of sequences this program starts on.
        limit: u128,
    },
    /// A proof shorter than what every proof of its kind begins with.
    #[error(
        "{strategy} is asked for, but multiplying the model's circuits out takes {least} FLOPs already"
    )]
    Budget {
        /// Which.
        strategy: Strategy,
        /// What proves nothing yet.
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
}

impl MaxOfK {
    /// Takes a model for this task.
    ///
    /// # Errors
    /// If the model does not have one output for each token, or there are too many sequences to count.
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
    /// If it would take too long to be started, see [`BruteForce::MAX_SEQUENCES`].
    pub fn feasible(&self, strategy: Strategy) -> Result<(), TaskError> {
        let (Shape { v, n, .. }, limit) = (self.shape(), BruteForce::MAX_SEQUENCES);
        match strategy {
            Strategy::BruteForce | Strategy::Additive(Additive::Exact)
                if self.sequences > limit =>
            {
                Err(TaskError::Infeasible { strategy, v, n, limit })
            }
            Strategy::Additive(Additive::Best(Target::Flops(flops)))
                if flops < additive::least_flops(self.shape()) =>
            {
                Err(TaskError::Budget { strategy, least: additive::least_flops(self.shape()) })
            }
            _ => Ok(()),
        }
    }

    /// Prepares a proof; counting its chunks runs it. Brute force prunes.
    ///
    /// # Errors
    /// If the proof is not [`Self::feasible`].
    pub fn verification(&self, strategy: Strategy) -> Result<Box<dyn CaseAnalysis>, TaskError> {
        self.verification_with(strategy, Pruning::On)
    }

    /// The same with or without pruning, which is brute force's alone.
    ///
    /// # Errors
    /// If the proof is not [`Self::feasible`].
    pub fn verification_with(
        &self,
        strategy: Strategy,
        pruning: Pruning,
    ) -> Result<Box<dyn CaseAnalysis>, TaskError> {
        self.feasible(strategy)?;
        Ok(match strategy {
            Strategy::BruteForce => Box::new(BruteForce::new(&self.model, pruning)),
            Strategy::Cubic => Box::new(Cubic::new(&self.model)),
            Strategy::Subcubic(strategy) => {
                Box::new(SubcubicProof::searched(self.clone(), strategy))
            }
            Strategy::Additive(strategy) => {
                Box::new(AdditiveProof::searched(self.clone(), strategy))
            }
        })
    }

    /// What a finished proof says.
    ///
    /// # Panics
    /// If more sequences are decided than there are.
    #[must_use]
    pub fn outcome(&self, strategy: Strategy, tally: Tally, cost: Cost, seconds: f64) -> Outcome {
        let Tally { right, wrong, lost, visited } = tally;
        let upper = (wrong > 0 || right == self.sequences).then(|| UpperBound {
            most: Bound::new(self.sequences - wrong, self.sequences),
            flops: cost.upper_flops,
        });
        Outcome {
            strategy: strategy.to_string(),
            class: strategy.class().name().into(),
            bound: Bound::new(right, self.sequences),
            upper,
            flops: cost.flops,
            slack: cost.slack,
            lost,
            visited: (strategy == Strategy::BruteForce).then_some(visited),
            proof_bytes: cost.proof_bytes,
            left_out: cost.left_out,
            failure: cost.failure,
            steps: cost.steps,
            unexplained_dimension: strategy.unexplained_dimension(self.shape()),
            seconds,
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

    /// What the authors' formula claims to have proven (see [`Search::published_count`]: it is not sound); `None` for
    /// strategies whose published form is the sound one.
    ///
    /// # Errors
    /// If the model's products leave the range of float64.
    pub fn published_count(&self, strategy: Strategy) -> Result<Option<u128>, ProofError> {
        let Strategy::Subcubic(strategy) = strategy else { return Ok(None) };
        self.search().published_count(strategy).map(Some)
    }

    /// A proof object by the better search.
    ///
    /// # Errors
    /// If the model's products leave the range of float64.
    pub fn prove(&self, strategy: Subcubic) -> Result<Proof, ProofError> {
        self.search().joint(strategy)
    }
}
