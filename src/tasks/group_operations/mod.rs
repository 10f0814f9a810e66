//! Group operations, modular addition among them: for tokens `x` and `y`, the largest logit must
//! be, strictly, that of `x · y` in a finite group.
//!
//! The theorem: `accuracy = (inputs x, y answered right) / order² ≥ bound`. A tie counts as wrong.
//!
//! The theorem holds for the real numbers that the weights' file stores: arithmetic is float64, and
//! every comparison leaves room for what its rounding can amount to (theorem 7 of
//! [`crate::rounding`]). FLOPs count from the network's two-token form on
//! ([`TwoToken`]): multiplying a file's factors out is part of reading it.
//!
//! | module | what it holds |
//! |---|---|
//! | [`group`] | finite groups: Cayley tables, names, what a table is called |
//! | `load` | files to networks |
//! | `brought` | files that people bring |
//! | `find` | which group a network computes |
//! | `strategy` | what can be proven, by name |
//! | `certificate` | what certificates say, and the runs that confirm them |
//! | `task`, `facts`, `questions` | what pages and command lines know and ask |
//! | `brute_force` | the exact count |
//! | `sampling` | bounds from samples of what a proof leaves |
//! | `mean_field` | a prediction that nothing guarantees |
//! | [`active_sets`] | wrong and right logits through few numbers, which running sums give |
//! | [`low_rank`] | exact neurons, and wrong logits through few numbers |
//! | `margin` | the least margin, from margins that a proof computes |
//! | `best` | the best of all these for a target |
//! | [`coset`] | neurons compared with ideal ones, each of which watches a coset |
//! | [`irrep`] | neurons compared with ideal ones, whose logits one input tells |
//! | [`train`] | networks by the literature's recipes |
//! | `explain` | what a network does, and why a proof proves what it does |
//! | [`quadrature`] | another theorem: how well the neurons of a cyclic group integrate |

pub mod active_sets;
mod best;
mod brought;
mod brute_force;
mod certificate;
pub mod coset;
pub mod explain;
mod facts;
mod find;
pub mod group;
pub mod irrep;
mod load;
pub mod low_rank;
mod margin;
mod mean_field;
mod options;
mod problem;
pub mod quadrature;
mod questions;
mod sampling;
mod strategy;
mod task;
pub mod train;

pub use certificate::{CertificateError, Claim, Named};
pub use facts::{Facts, OwnFacts, Reading};
pub use load::FileFacts;
pub use options::Options;
pub use problem::Problem;
pub use strategy::{Refused, Strategy, UnknownStrategy};

use crate::models::two_token::{Shape, TwoToken};
use crate::proof::{About, Run};
use group::Group;
use std::sync::{Arc, OnceLock};
use thiserror::Error;

/// A network and a group that do not fit each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "the network has {} left tokens, {} right tokens and {} outputs, expected {order} tokens on \
     either side and at least {order} outputs for a group of {order} elements",
    shape.left, shape.right, shape.outputs
)]
pub struct TaskError {
    /// The network's sizes.
    pub shape: Shape,
    /// The group's order.
    pub order: usize,
}

/// A network that can be asked for products in a group.
///
/// Cheap to clone: clones share the network and what has been found out about it.
#[derive(Clone, Debug)]
pub struct GroupOperation {
    network: Arc<TwoToken>,
    group: Arc<Group>,
    /// How the network was read from its file.
    read: Options,
    /// Singular vectors of the unembedding, found when the first strategy asks.
    low_rank: Arc<OnceLock<low_rank::Search>>,
    /// What searches for walks have in common, found when the first strategy asks.
    active_sets: Arc<active_sets::Search>,
    /// What brute force needs, found when a proof first runs the network.
    exact: Arc<OnceLock<brute_force::Exact<f64>>>,
}

impl GroupOperation {
    /// Takes a network for the operation of a group. Tokens and outputs have the numbers of the
    /// group's elements; further outputs are always wrong.
    ///
    /// # Errors
    /// If the network has other tokens than the group has elements, or fewer outputs.
    pub fn new(network: TwoToken, group: Group) -> Result<Self, TaskError> {
        let (shape, order) = (network.shape(), group.order());
        if shape.left != order || shape.right != order || shape.outputs < order {
            return Err(TaskError { shape, order });
        }
        Ok(Self {
            network: Arc::new(network),
            group: Arc::new(group),
            read: Options::default(),
            low_rank: Arc::default(),
            active_sets: Arc::default(),
            exact: Arc::default(),
        })
    }

    /// The network.
    #[must_use]
    pub fn network(&self) -> &TwoToken {
        &self.network
    }

    /// The group.
    #[must_use]
    pub fn group(&self) -> &Group {
        &self.group
    }

    /// The number of inputs, `order²`.
    #[must_use]
    pub fn inputs(&self) -> u128 {
        (self.group.order() as u128).pow(2)
    }

    /// The search for factors of the unembedding.
    #[must_use]
    pub fn low_rank(&self) -> &low_rank::Search {
        self.low_rank.get_or_init(|| low_rank::Search::new(&self.network))
    }

    /// What searches for walks have in common.
    fn active_sets(&self) -> &active_sets::Search {
        &self.active_sets
    }

    /// The network, ready to be run.
    fn exact(&self) -> &brute_force::Exact<f64> {
        self.exact.get_or_init(|| brute_force::Exact::new(&self.network))
    }

    /// Whether the network is one that circuits of representations describe: nothing goes around
    /// its neurons but a bias, and its outputs are the group's elements.
    fn may_have_circuits(&self) -> bool {
        let shape = self.network.shape();
        self.network.bias().is_some() && shape.outputs == self.group.order()
    }

    /// Whether a search finds circuits of representations, so that a table lists their proofs.
    fn has_circuits(&self) -> bool {
        self.may_have_circuits() && irrep::are_found(&self.network, &self.group)
    }

    /// Whether a search finds neurons that watch cosets, so that a table lists their proof.
    fn has_cosets(&self) -> bool {
        self.may_have_circuits() && coset::are_found(&self.network, &self.group)
    }

    /// Prepares the run of a proof.
    ///
    /// # Errors
    /// If the strategy cannot be run on this network.
    pub fn run(&self, strategy: Strategy) -> Result<Run, Refused> {
        strategy.feasible(self)?;
        Ok(Run::new(self.about(strategy), strategy.start(self)))
    }

    /// What is known of a proof before it runs.
    #[must_use]
    pub fn about(&self, strategy: Strategy) -> About {
        About {
            strategy: strategy.to_string(),
            class: strategy.class().into(),
            inputs: self.inputs(),
            unexplained_dimension: strategy.unexplained_dimension(self),
            visits_inputs: strategy.family().visits_inputs,
            is_divisible: strategy.family().divisible,
        }
    }
}
