//! Sums over sets of active neurons: `active-sets-R`.
//!
//! As [`low_rank`](super::low_rank), but what the neurons give for an input, `a`, is never written
//! down. Only the `R` numbers `B a` are, and
//!
//! > `B a = Σ_{i active} B[·, i] L[x, i] + Σ_{i active} B[·, i] R[y, i]`.
//!
//! Neuron `i` is active for the tokens `y` with `R[y, i] > −L[x, i]`. Walk through all `y` in an
//! order in which what the neuron reads goes up and down but once or twice, such as around the
//! circle of its frequency: then the neuron comes and goes but once or twice. So for each `x`, the
//! first sum changes by a few additions of `B[·, i] L[x, i]`, and running sums give it for all `y`;
//! the second likewise, walking through `x`. Neurons share a few orders. Nothing is approximated,
//! and no term grows as `n² m`:
//!
//! > `O(n² R (o + orders) + n m R · changes)`.
//!
//! `‖a‖` is bounded by `‖L[x]‖ + ‖R[y]‖` or, where that does not prove all inputs, by the lengths
//! of the same vectors without the neurons that are not active, whose squares running sums give as
//! well.
//!
//! The right logit goes through the `R` numbers too, so that an input costs no `m`. The orders are
//! a proof object: any orders make a sound proof; good ones a short one.

mod orders;
mod search;
mod sets;
mod verify;
mod walks;

pub use search::Search;
pub use walks::{Walks, WalksError};

use super::GroupOperation;
use super::group::Group;
use super::low_rank::Lengths;
use super::margin::least;
use crate::proof::{CaseAnalysis, Cost, Evidence, Failure, Margin, Tally, json_bytes};
use std::sync::OnceLock;
use verify::Verifier;

/// FLOPs of a proof of this rank, at least: those of one in which no neuron comes or goes.
pub(super) fn least_flops(task: &GroupOperation, rank: usize) -> f64 {
    verify::flops(&task.network, task.group.order(), rank, Lengths::Sums, verify::Work::default())
}

/// A proof by orders of tokens. A chunk is a left token.
pub struct ActiveSets {
    task: GroupOperation,
    rank: usize,
    given: Option<Walks>,
    /// The proof object and what the verifier makes of it, when first used.
    started: OnceLock<(Walks, Verifier<f64>)>,
}

impl ActiveSets {
    /// A proof of this rank by the best factors and orders that the search finds.
    #[must_use]
    pub fn searched(task: &GroupOperation, rank: usize) -> Self {
        Self { task: task.clone(), rank, given: None, started: OnceLock::new() }
    }

    /// A proof by factors and orders that someone gives, which are not trusted.
    ///
    /// # Errors
    /// If they do not fit the network and its group.
    pub fn given(task: &GroupOperation, walks: Walks) -> Result<Self, WalksError> {
        walks.fit(&task.network, task.group.order())?;
        let (rank, given) = (walks.factors().rank(), Some(walks));
        Ok(Self { task: task.clone(), rank, given, started: OnceLock::new() })
    }

    /// The rank `R`.
    pub(super) fn rank(&self) -> usize {
        self.rank
    }

    fn started(&self) -> &(Walks, Verifier<f64>) {
        self.started.get_or_init(|| match &self.given {
            Some(given) => self.verifier(given.clone()),
            None => self.search(),
        })
    }

    fn verifier(&self, walks: Walks) -> (Walks, Verifier<f64>) {
        let verifier = Verifier::new(&self.task.network, &walks);
        (walks, verifier)
    }

    /// The proof by the lengths that prove the most, the shorter one of equals.
    fn search(&self) -> (Walks, Verifier<f64>) {
        let search = self.task.active_sets();
        let sums = search.walks(&self.task, self.rank, Lengths::Sums);
        let order = self.group().order();
        let right = |verifier: &Verifier<f64>| -> u128 {
            (0..order).map(|x| verifier.count(self.group(), x).right).sum()
        };
        let found = |walks: Walks| {
            let found = self.verifier(walks);
            if let Some(walked) = search.walked(&self.task, self.rank) {
                found.1.take(walked);
            }
            found
        };
        let by_sums = found(sums.clone());
        let proven = right(&by_sums.1);
        if proven == self.task.inputs() {
            return by_sums;
        }
        let by_active = found(sums.with_lengths(Lengths::Active));
        if right(&by_active.1) > proven { by_active } else { by_sums }
    }

    /// What the margins that the proof shows are sums of: the margin through `R` numbers, and what
    /// the factors leave of the unembedding.
    pub(super) const PARTS: &[&str] = &["factors", "rest"];

    /// At least the margin of `x` and each `y`, but for [`Self::slack`].
    pub(super) fn margins(&self, x: usize) -> Vec<f64> {
        self.parts(x).into_iter().map(|[factors, rest]| factors + rest).collect()
    }

    /// The same margins as sums of [`Self::PARTS`].
    pub(super) fn parts(&self, x: usize) -> Vec<[f64; 2]> {
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

    fn group(&self) -> &Group {
        &self.task.group
    }
}

impl CaseAnalysis for ActiveSets {
    fn chunks(&self) -> u64 {
        self.group().order() as u64
    }

    fn count(&self, chunk: u64) -> Tally {
        let x = usize::try_from(chunk).expect("a token");
        self.started().1.count(self.group(), x)
    }

    fn margin(&self, chunk: u64) -> Option<Margin> {
        let x = usize::try_from(chunk).expect("a token");
        let margins = self.margins(x).into_iter().zip(0..);
        let margins = margins.map(|(margin, y)| ((x, y), margin));
        Some(least(&self.task, margins, self.slack()))
    }

    fn cost(&self) -> Cost {
        let (walks, verifier) = self.started();
        let order = self.group().order();
        let lengths = walks.factors().lengths();
        let flops = verify::flops(&self.task.network, order, self.rank, lengths, verifier.work());
        let proof_bytes = Some(json_bytes(walks));
        Cost { proof_bytes, ..Cost::new(flops, verifier.slack()) }
    }

    fn evidence(&self) -> Result<Evidence, Failure> {
        Ok(Evidence::object(&self.started().0))
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
                for lengths in [Lengths::Sums, Lengths::Active] {
                    let walks = task.active_sets().walks(&task, rank, lengths);
                    let given = ActiveSets::given(&task, walks).unwrap();
                    let shared = given.verifier(given.started().0.clone()).1;
                    shared.take(task.active_sets().walked(&task, rank).expect("few numbers"));
                    for x in 0..6 {
                        let group = given.group();
                        assert_eq!(shared.parts(group, x), given.parts(x), "rank {rank}");
                    }
                }
            }
        }
    }
}
