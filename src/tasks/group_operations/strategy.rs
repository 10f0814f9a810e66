use super::active_sets::ActiveSets;
use super::best::Best;
use super::brute_force::{BruteForce, Symmetry};
use super::coset::ByCosets;
use super::irrep::{Irrep, Method};
use super::{GroupOperation, low_rank};
use crate::frontier::Point;
use crate::proof::{CaseAnalysis, Certainty, Target};
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
    /// All logits through this many numbers, found by sums over the active neurons.
    ActiveSets(usize),
    /// Compare the neurons with ideal ones.
    Irrep(Method),
    /// Compare the neurons with ones that watch cosets.
    Coset,
    /// The best one of all that are listed.
    Best(Target),
}

/// The name of [`Strategy::Coset`].
const COSET: &str = "coset";
/// The start of the names of [`Strategy::LowRankUnembed`].
const LOW_RANK: &str = "low-rank-unembed-";
/// The start of the names of [`Strategy::ActiveSets`].
const ACTIVE_SETS: &str = "active-sets-";
const BRUTE_FORCE: [(Symmetry, &str); 2] =
    [(Symmetry::Ignored, "brute-force"), (Symmetry::Used, "brute-force-symmetric")];

const IRREP: [(Method, &str); 3] =
    [(Method::Pairs, "irrep"), (Method::Linear, "irrep-linear"), (Method::Absolute, "irrep-abs")];

/// A name that no strategy has.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "unknown strategy `{}`; expected brute-force, brute-force-symmetric, irrep, irrep-linear, \
     irrep-abs, coset, best-within-FLOPS, best-of-MILLIONTHS, or low-rank-unembed-R or active-sets-R with a whole \
     number R from 1 on",
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
    /// The neurons' inputs are no sums.
    #[error("sums over active neurons are for networks without softmax attention")]
    NoSums,
    /// The numbers of all inputs do not fit into memory.
    #[error("the numbers of all inputs do not fit into memory: use `low-rank-unembed-R`")]
    TooLarge,
    /// The network is not one that circuits of representations describe.
    #[error(
        "proofs by irreps and cosets are for networks without paths around the neurons, with as many outputs \
         as the group has elements, at least two: use `low-rank-unembed-R`"
    )]
    NoCircuits,
    /// No proof is that short.
    #[error("no proof that is listed takes less than {least} FLOPs, which is more than {flops}")]
    Budget {
        /// What a proof may take.
        flops: u64,
        /// What the shortest one takes, at least.
        least: u64,
    },
    /// The network is not one that integrals describe.
    #[error(
        "proofs about integrals are for cyclic groups of at least three elements, and for networks \
         without softmax attention"
    )]
    NotCyclic,
}

impl Strategy {
    /// The strategies that a table of all lists for a network: those that can be run, of low-rank
    /// ones those up to two ranks beyond where the unembedding's singular values fall, and of sums
    /// over active neurons those from there on.
    #[must_use]
    pub fn listed(task: &GroupOperation) -> Vec<Self> {
        let brute_force = BRUTE_FORCE.map(|(symmetry, _)| Self::BruteForce(symmetry));
        let (worthwhile, most) = (task.low_rank().worthwhile_rank(), task.low_rank().most_listed());
        let ranks = (1..=most).map(Self::LowRankUnembed);
        let sums = (worthwhile..=most).map(Self::ActiveSets);
        let irreps = IRREP.map(|(method, _)| Self::Irrep(method));
        let irreps = irreps.into_iter().filter(|_| task.has_circuits());
        let cosets = task.has_cosets().then_some(Self::Coset);
        let all = brute_force.into_iter().chain(irreps).chain(cosets).chain(ranks).chain(sums);
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
            Self::LowRankUnembed(rank) | Self::ActiveSets(rank)
                if !(1..=low_rank::most_rank(&task.network)).contains(&rank) =>
            {
                Err(Refused::Rank { rank, most: low_rank::most_rank(&task.network) })
            }
            Self::ActiveSets(_) if task.network.has_softmax() => Err(Refused::NoSums),
            Self::ActiveSets(rank) if !low_rank::fits(task.group.order(), rank) => {
                Err(Refused::TooLarge)
            }
            Self::Irrep(_) | Self::Coset if !task.may_have_circuits() => Err(Refused::NoCircuits),
            Self::Best(Target::Flops(flops)) => {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "FLOPs"
                )]
                let least = |of: &Self| of.least_flops(task) as u64;
                match Self::listed(task).iter().map(least).min() {
                    Some(least) if least > flops => Err(Refused::Budget { flops, least }),
                    _ => Ok(()),
                }
            }
            Self::BruteForce(_)
            | Self::Best(Target::Bound(_))
            | Self::Irrep(_)
            | Self::Coset
            | Self::LowRankUnembed(_)
            | Self::ActiveSets(_) => Ok(()),
        }
    }

    /// What the strategy's proofs have in common, in a word or two.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::BruteForce(_) => "brute force",
            Self::LowRankUnembed(_) => "low-rank unembedding",
            Self::ActiveSets(_) => "active sets",
            Self::Irrep(Method::Pairs | Method::Linear) => "irreps",
            Self::Coset => "cosets",
            Self::Best(_) => "best",
            Self::Irrep(Method::Absolute) => "irreps (ours)",
        }
    }

    /// The proof of `bound` (an accuracy from 0 to 1) with `flops` as a point of a frontier.
    #[must_use]
    pub fn point(self, task: &GroupOperation, bound: f64, flops: f64) -> Point {
        let (class, family) = (self.class_facts(), self.family());
        Point {
            certainty: Certainty::Proof,
            delta: 0.0,
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
            Self::ActiveSets(rank) => format!(
                "Finds all logits through {rank} numbers, which change little from one token to the \
                 next, as few neurons come and go, and bounds the rest by the inequality of Cauchy \
                 and Schwarz."
            ),
            Self::Best(_) => "Tries all proofs that are listed, and keeps the best.".into(),
            Self::Irrep(Method::Pairs) => {
                "Compares what the neurons give on every input with ideal neurons, whose logits \
                 one input tells."
                    .into()
            }
            Self::Coset => {
                "Compares what the neurons give on every input with ideal neurons, each of which \
                 tells whether the product is in one coset."
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
            Self::ActiveSets(rank) => inputs * rank as f64,
            Self::Irrep(Method::Pairs) => 2.0 * inputs,
            Self::Coset => 3.0 * inputs,
            // At most, as brute force is listed.
            Self::Best(_) => Self::BruteForce(Symmetry::Ignored).unexplained_dimension(task),
            Self::Irrep(Method::Linear) => 2.0 * task.group.order() as f64,
            Self::Irrep(Method::Absolute) => 4.0 * inputs,
        }
    }

    /// Prepares a proof.
    pub(super) fn start(self, task: &GroupOperation) -> Box<dyn CaseAnalysis> {
        match self {
            Self::BruteForce(symmetry) => Box::new(BruteForce::new(task, symmetry)),
            Self::LowRankUnembed(rank) => Box::new(low_rank::LowRank::searched(task, rank)),
            Self::ActiveSets(rank) => Box::new(ActiveSets::searched(task, rank)),
            Self::Irrep(method) => Box::new(Irrep::searched(task, method)),
            Self::Best(target) => Box::new(Best::searched(task, target)),
            Self::Coset => Box::new(ByCosets::searched(task)),
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
            Self::Coset => f.write_str(COSET),
            Self::Best(target) => target.fmt(f),
            Self::LowRankUnembed(rank) => write!(f, "{LOW_RANK}{rank}"),
            Self::ActiveSets(rank) => write!(f, "{ACTIVE_SETS}{rank}"),
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
        let rank = |start| name.strip_prefix(start)?.parse().ok().filter(|&rank: &usize| rank > 0);
        brute_force
            .map(|(symmetry, _)| Self::BruteForce(*symmetry))
            .or_else(|| irrep.map(|(method, _)| Self::Irrep(*method)))
            .or_else(|| (name == COSET).then_some(Self::Coset))
            .or_else(|| Target::named(name).map(Self::Best))
            .or_else(|| rank(LOW_RANK).map(Self::LowRankUnembed))
            .or_else(|| rank(ACTIVE_SETS).map(Self::ActiveSets))
            .filter(|strategy| strategy.to_string() == name)
            .ok_or_else(|| UnknownStrategy { name: name.into() })
    }
}
