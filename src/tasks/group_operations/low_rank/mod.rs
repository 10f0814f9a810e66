//! Wrong logits through few numbers: `low-rank-unembed-R`.
//!
//! Let `a` be what the neurons give for an input, and `U′` the unembedding less its mean row, which
//! shifts all logits alike. For any factors `A` `[o, R]` and `B` `[R, m]`, by the inequality of
//! Cauchy and Schwarz,
//!
//! > `U′[z] · a ≤ A[z] · (B a) + ‖U′[z] − A[z] B‖ ‖a‖`.
//!
//! So `R` numbers `B a` and the length of `a` bound all wrong logits; the right logit is exact. The
//! search takes singular vectors, and bounds `‖a‖` by `‖L[x]‖ + ‖R[y]‖` where that proves all
//! inputs right. A network that uses irreps `ρ` of the group has an unembedding of rank `Σ d_ρ²`
//! but for noise, so the count jumps from nothing to everything there.

mod factors;
mod rests;
mod search;
mod verify;

pub use factors::{Factors, FactorsError, Lengths};
pub(super) use rests::{Rests, flops as rests_flops};
pub use search::Search;

use super::GroupOperation;
use super::group::Group;
use super::margin::least;
use crate::models::two_token::TwoToken;
use crate::proof::{CaseAnalysis, Cost, Evidence, Failure, Margin, Tally, json_bytes};
use std::sync::{Arc, OnceLock};
use verify::{Seen, Verifier};

/// Most numbers `B a` of all inputs that are kept.
const MAX_NUMBERS: usize = 1 << 22;

/// Whether the numbers of all inputs fit into memory.
pub(super) fn fits(order: usize, rank: usize) -> bool {
    order * order * rank <= MAX_NUMBERS
}

/// The largest rank that an unembedding of this size has, its mean row taken out.
#[must_use]
pub fn most_rank(network: &TwoToken) -> usize {
    let shape = network.shape();
    (shape.outputs - 1).min(shape.neurons)
}

/// FLOPs of a proof of this rank, at most.
pub(super) fn most_flops(task: &GroupOperation, rank: usize) -> f64 {
    flops(task, rank, Lengths::Exact).max(flops(task, rank, Lengths::Sums))
}

/// FLOPs of a proof of this rank, at least.
pub(super) fn least_flops(task: &GroupOperation, rank: usize) -> f64 {
    flops(task, rank, Lengths::Exact).min(flops(task, rank, Lengths::Sums))
}

fn flops(task: &GroupOperation, rank: usize, lengths: Lengths) -> f64 {
    verify::flops(&task.network, task.group.order(), rank, lengths)
}

/// A proof by factors of the unembedding. A chunk is a left token.
pub struct LowRank {
    task: GroupOperation,
    rank: usize,
    given: Option<Factors>,
    /// The factors and what the verifier makes of them, when first used.
    started: OnceLock<(Factors, Verifier<f64>)>,
}

impl LowRank {
    /// A proof of this rank by the best factors that the search finds.
    #[must_use]
    pub fn searched(task: &GroupOperation, rank: usize) -> Self {
        Self { task: task.clone(), rank, given: None, started: OnceLock::new() }
    }

    /// A proof by factors that someone gives, which are not trusted.
    ///
    /// # Errors
    /// If they do not fit the network.
    pub fn given(task: &GroupOperation, factors: Factors) -> Result<Self, FactorsError> {
        factors.fit(&task.network)?;
        if factors.lengths() == Lengths::Active {
            return Err(FactorsError::Active);
        }
        let (rank, given) = (factors.rank(), Some(factors));
        Ok(Self { task: task.clone(), rank, given, started: OnceLock::new() })
    }

    /// The rank `R`.
    pub(super) fn rank(&self) -> usize {
        self.rank
    }

    fn started(&self) -> &(Factors, Verifier<f64>) {
        self.started.get_or_init(|| {
            let started = |factors: Factors| {
                let verifier = Verifier::new(&self.task.network, &factors);
                (factors, verifier)
            };
            match &self.given {
                Some(given) => started(given.clone()),
                None => {
                    let factors = self.task.low_rank().factors(self.rank);
                    self.short(&factors).unwrap_or_else(|| started(factors))
                }
            }
        })
    }

    /// The proof that bounds lengths by sums, if it proves all inputs.
    fn short(&self, factors: &Factors) -> Option<(Factors, Verifier<f64>)> {
        if self.task.network.has_softmax() {
            return None;
        }
        let factors = factors.clone().with_lengths(Lengths::Sums);
        let verifier = Verifier::new(&self.task.network, &factors);
        let order = self.group().order();
        let right = |x| verifier.count(self.group(), x, &self.seen(&verifier, x)).right;
        let is_right = |x| right(x) == order as u128;
        (0..order).all(is_right).then_some((factors, verifier))
    }

    /// What the margins that the proof shows are sums of: the margin through `R` numbers, what the
    /// factors leave of the unembedding, and what bounding lengths by sums adds to that.
    pub(super) const PARTS: &[&str] = &["factors", "rest", "sums"];

    /// At least the margin of `x` and each `y`, but for [`Self::slack`].
    pub(super) fn margins(&self, x: usize) -> Vec<f64> {
        let (_, verifier) = self.started();
        verifier.margins(self.group(), x, &self.seen(verifier, x))
    }

    /// What the inputs of a left token give. Those of factors that the search finds are shared with
    /// those of other ranks, which are parts of the same ones.
    fn seen(&self, verifier: &Verifier<f64>, x: usize) -> Seen<f64> {
        let shared = match &self.given {
            Some(_) => None,
            None => self.task.low_rank().seen(self.group(), x, self.rank),
        };
        shared.unwrap_or_else(|| verifier.seen(self.group(), x))
    }

    /// The same margins as sums of [`Self::PARTS`].
    pub(super) fn parts(&self, x: usize) -> Vec<Vec<f64>> {
        self.started().1.parts(self.group(), x)
    }

    /// `‖U′[z] − A[z] B‖`, `[o]`.
    pub(super) fn rests(&self) -> Vec<f64> {
        self.started().1.rests().to_vec()
    }

    /// The slack of a comparison.
    pub(super) fn slack(&self) -> f64 {
        self.started().1.slack()
    }

    fn group(&self) -> &Arc<Group> {
        &self.task.group
    }
}

impl CaseAnalysis for LowRank {
    fn chunks(&self) -> u64 {
        self.group().order() as u64
    }

    fn count(&self, chunk: u64) -> Tally {
        let (_, verifier) = self.started();
        let x = usize::try_from(chunk).expect("a token");
        verifier.count(self.group(), x, &self.seen(verifier, x))
    }

    fn margin(&self, chunk: u64) -> Option<Margin> {
        let x = usize::try_from(chunk).expect("a token");
        let margins = self.margins(x).into_iter().zip(0..);
        let margins = margins.map(|(margin, y)| ((x, y), margin));
        Some(least(&self.task, margins, self.slack()))
    }

    fn cost(&self) -> Cost {
        let (factors, verifier) = self.started();
        let lengths = factors.lengths();
        let flops = verify::flops(&self.task.network, self.group().order(), self.rank, lengths);
        let proof_bytes = Some(json_bytes(factors));
        Cost { proof_bytes, ..Cost::new(flops, verifier.slack()) }
    }

    fn evidence(&self) -> Result<Evidence, Failure> {
        let (factors, _) = self.started();
        Ok(Evidence::object(factors))
    }
}

#[cfg(test)]
mod tests {
    use super::super::group::natural;
    use super::*;
    use crate::models::two_token::testing::network;

    #[test]
    fn what_ranks_share_has_the_bits_of_what_each_computes_alone() {
        for with_paths in [false, true] {
            let network = network(5, 7, with_paths);
            let task = GroupOperation::new(network, natural("S3").unwrap()).unwrap();
            for rank in 1..=task.low_rank().most_listed() {
                let searched = LowRank::searched(&task, rank);
                let given = LowRank::given(&task, searched.started().0.clone()).unwrap();
                for x in 0..6 {
                    assert!(task.low_rank().seen(searched.group(), x, rank).is_some());
                    assert_eq!(searched.margins(x), given.margins(x), "rank {rank}");
                }
            }
        }
    }
}
