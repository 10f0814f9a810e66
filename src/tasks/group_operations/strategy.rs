use super::brute_force::{BruteForce, Symmetry};
use super::irrep::{Irrep, Method};
use super::{GroupOperation, low_rank};
use crate::frontier::Point;
use crate::proof::CaseAnalysis;
use crate::weights::text::quoted;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// The ways to prove a bound for group operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Strategy {
    /// Run the network on every input.
    BruteForce(Symmetry),
    /// Exact neurons, wrong logits through this many numbers.
    LowRankUnembed(usize),
    /// Compare the neurons with ideal ones.
    Irrep(Method),
}

/// The start of the names of [`Strategy::LowRankUnembed`].
const LOW_RANK: &str = "low-rank-unembed-";
const BRUTE_FORCE: [(Symmetry, &str); 2] =
    [(Symmetry::Ignored, "brute-force"), (Symmetry::Used, "brute-force-symmetric")];

const IRREP: [(Method, &str); 3] =
    [(Method::Pairs, "irrep"), (Method::Linear, "irrep-linear"), (Method::Absolute, "irrep-abs")];

/// A name that no strategy has.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "unknown strategy `{}`; expected brute-force, brute-force-symmetric, irrep, irrep-linear, \
     irrep-abs or low-rank-unembed-R with a whole number R from 1 on",
    quoted(name)
)]
pub struct UnknownStrategy {
    name: String,
}

/// Why a strategy cannot be run on a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    /// The network treats its tokens differently.
    #[error(
        "the network is not symmetric: it has other weights for x than for y, or the group is not \
         commutative. `brute-force` needs no symmetry"
    )]
    NotSymmetric,
    /// The rank is no smaller than that of any unembedding of this size.
    #[error("the unembedding has rank {most} at most, so R is from 1 to {most}, not {rank}")]
    Rank {
        /// The rank asked for.
        rank: usize,
        /// The largest rank that there is.
        most: usize,
    },
    /// The network is not one that circuits of representations describe.
    #[error(
        "proofs by irreps are for networks without paths around the neurons, with as many outputs \
         as the group has elements, at least two: use `low-rank-unembed-R`"
    )]
    NoCircuits,
    /// The network is not one that integrals describe.
    #[error(
        "proofs about integrals are for cyclic groups of at least three elements, and for networks \
         without softmax attention"
    )]
    NotCyclic,
}

impl Strategy {
    /// The strategies that a table of all lists for a network: those that can be run, and of
    /// low-rank ones those up to two ranks beyond where the unembedding's singular values fall.
    #[must_use]
    pub fn listed(task: &GroupOperation) -> Vec<Self> {
        let brute_force = BRUTE_FORCE.map(|(symmetry, _)| Self::BruteForce(symmetry));
        let ranks = 1..=task.low_rank().worthwhile_rank() + 2;
        let irreps = IRREP.map(|(method, _)| Self::Irrep(method));
        let irreps = irreps.into_iter().filter(|_| task.has_circuits());
        let all = brute_force.into_iter().chain(irreps).chain(ranks.map(Self::LowRankUnembed));
        all.filter(|strategy| strategy.feasible(task).is_ok()).collect()
    }

    /// Whether the strategy can be run on a network.
    ///
    /// # Errors
    /// If it cannot.
    pub fn feasible(self, task: &GroupOperation) -> Result<(), Refused> {
        match self {
            Self::BruteForce(Symmetry::Used)
                if !(task.network.is_symmetric() && task.group.is_abelian()) =>
            {
                Err(Refused::NotSymmetric)
            }
            Self::LowRankUnembed(rank) => {
                let most = low_rank::most_rank(&task.network);
                match (1..=most).contains(&rank) {
                    true => Ok(()),
                    false => Err(Refused::Rank { rank, most }),
                }
            }
            Self::Irrep(_) if !task.may_have_circuits() => Err(Refused::NoCircuits),
            Self::BruteForce(_) | Self::Irrep(_) => Ok(()),
        }
    }

    /// What the strategy's proofs have in common, in a word or two.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::BruteForce(_) => "brute force",
            Self::LowRankUnembed(_) => "low-rank unembedding",
            Self::Irrep(Method::Pairs | Method::Linear) => "irreps",
            Self::Irrep(Method::Absolute) => "irreps (ours)",
        }
    }

    /// The proof of `bound` (an accuracy from 0 to 1) with `flops` as a point of a frontier.
    #[must_use]
    pub fn point(self, task: &GroupOperation, bound: f64, flops: f64) -> Point {
        let (class, family) = (self.class_facts(), self.family());
        Point {
            id: self.to_string(),
            label: self.label(),
            marker: class.marker,
            role: class.role,
            one_of_many: family.one_of_many,
            published: family.published,
            flops,
            bound,
            unexplained_dimension: self.unexplained_dimension(task),
        }
    }

    /// How the strategy proves, as one sentence.
    #[must_use]
    pub fn idea(self) -> String {
        match self {
            Self::BruteForce(Symmetry::Ignored) => "Runs the network on every input.".into(),
            Self::BruteForce(Symmetry::Used) => {
                "Runs the network on one of x, y and y, x, between which it makes no difference."
                    .into()
            }
            Self::LowRankUnembed(rank) => format!(
                "Runs the neurons on every input, but finds wrong logits through {rank} numbers, \
                 and bounds the rest by the inequality of Cauchy and Schwarz."
            ),
            Self::Irrep(Method::Pairs) => {
                "Compares what the neurons give on every input with ideal neurons, whose logits \
                 one input tells."
                    .into()
            }
            Self::Irrep(Method::Linear) => {
                "Compares the neurons' weights with ideal ones, for all inputs at once.".into()
            }
            Self::Irrep(Method::Absolute) => {
                "Runs the linear half of the network exactly, and compares the other half, of \
                 absolute values, with ideal neurons."
                    .into()
            }
        }
    }

    /// How many numbers the proof treats as arbitrary: of each input the logits, or what stands
    /// for them.
    pub(super) fn unexplained_dimension(self, task: &GroupOperation) -> f64 {
        let inputs = task.inputs() as f64;
        match self {
            Self::BruteForce(Symmetry::Ignored) => inputs * task.network.shape().outputs as f64,
            Self::BruteForce(Symmetry::Used) => {
                Self::BruteForce(Symmetry::Ignored).unexplained_dimension(task) / 2.0
            }
            Self::LowRankUnembed(rank) => inputs * (rank + 2) as f64,
            Self::Irrep(Method::Pairs) => 2.0 * inputs,
            Self::Irrep(Method::Linear) => 2.0 * task.group.order() as f64,
            Self::Irrep(Method::Absolute) => 4.0 * inputs,
        }
    }

    /// Prepares a proof.
    pub(super) fn start(self, task: &GroupOperation) -> Box<dyn CaseAnalysis> {
        match self {
            Self::BruteForce(symmetry) => Box::new(BruteForce::new(task, symmetry)),
            Self::LowRankUnembed(rank) => Box::new(low_rank::LowRank::searched(task, rank)),
            Self::Irrep(method) => Box::new(Irrep::searched(task, method)),
        }
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BruteForce(symmetry) => {
                let named = BRUTE_FORCE.iter().find(|(other, _)| other == symmetry);
                f.write_str(named.map_or("", |(_, name)| name))
            }
            Self::LowRankUnembed(rank) => write!(f, "{LOW_RANK}{rank}"),
            Self::Irrep(method) => {
                let named = IRREP.iter().find(|(other, _)| other == method);
                f.write_str(named.map_or("", |(_, name)| name))
            }
        }
    }
}

impl FromStr for Strategy {
    type Err = UnknownStrategy;
    fn from_str(name: &str) -> Result<Self, UnknownStrategy> {
        let brute_force = BRUTE_FORCE.iter().find(|(_, known)| *known == name);
        let irrep = IRREP.iter().find(|(_, known)| *known == name);
        let rank = || name.strip_prefix(LOW_RANK)?.parse().ok().filter(|&rank: &usize| rank > 0);
        brute_force
            .map(|(symmetry, _)| Self::BruteForce(*symmetry))
            .or_else(|| irrep.map(|(method, _)| Self::Irrep(*method)))
            .or_else(|| rank().map(Self::LowRankUnembed))
            .filter(|strategy| strategy.to_string() == name)
            .ok_or_else(|| UnknownStrategy { name: name.into() })
    }
}
