//! A part of a proof, verified in shares: a caller can stop between two.

use super::proof::Plan;
use super::prover::Prover;
use super::strategy::Additive;
use super::verify::{Tested, Verification, Verified};
use crate::proof::Tally;
use std::cell::LazyCell;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock};

/// A largest token with some of its queries, which are tested together. Each share verifies some of these queries.
#[derive(Debug)]
pub struct Part {
    m: usize,
    queries: Range<usize>,
    /// What tests leave of it; forgotten when all shares have been counted.
    left: Mutex<Arc<Left>>,
    /// What each share proves, once it has been counted.
    verified: Vec<OnceLock<Verified>>,
}

/// What counting some of a proof has taken, or may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spent {
    /// FLOPs of the proof.
    pub flops: u64,
    /// All there was to do, see [`Verified::work`].
    pub work: u64,
}

/// What tests leave of a part, found for the first share that is counted.
#[derive(Debug, Default)]
struct Left {
    proof: OnceLock<Tested<f64>>,
    /// If float64 were exact.
    ignoring_rounding: OnceLock<Tested<f64>>,
}

impl Part {
    /// With more shares the longer its cells may take.
    pub(super) fn new(strategy: Additive, m: usize, queries: Range<usize>) -> Self {
        let queries_a_share = match strategy {
            Additive::Cell | Additive::Chernoff => 4,
            Additive::Convolution { bins } => 4 * Additive::BINS.start() / bins,
            Additive::Exact | Additive::Best(_) => 1,
        };
        Self::with_shares(m, queries, queries_a_share.max(1) as usize)
    }

    /// With shares of so many queries.
    pub(super) fn with_shares(m: usize, queries: Range<usize>, queries_a_share: usize) -> Self {
        let shares = queries.len().div_ceil(queries_a_share);
        Self { m, queries, left: Mutex::default(), verified: vec![OnceLock::new(); shares] }
    }

    /// How many shares it has.
    #[must_use]
    pub fn shares(&self) -> usize {
        self.verified.len()
    }

    /// What a share decides. As `lost`, query by query, what float64 alone would say is right beside; of a plan for an exact count all
    /// that is not decided. Cells that take more than is left are given up.
    ///
    /// # Panics
    /// If there is no such share, or the plan does not fit the model.
    pub fn count(&self, share: usize, prover: &Prover, plan: &Plan, left: Spent) -> (Tally, Spent) {
        let tested = Arc::clone(&self.left.lock().expect("no verification panics"));
        let is_exact = plan.strategy == Additive::Exact;
        let of_proof = self.tested(&prover.verification, plan, &tested.proof);
        let ignoring_rounding = LazyCell::new(|| {
            self.tested(prover.ignoring_rounding(), plan, &tested.ignoring_rounding)
        });
        let (mut verified, mut lost, mut work) = (Verified::default(), 0, 0);
        for q in self.queries.clone().skip(share).step_by(self.shares()) {
            let size = prover.verification.size(q, self.m);
            let of_query = of_proof
                .as_ref()
                .map_or_else(Verified::default, |of_proof| of_proof(q, left.flops));
            verified += of_query;
            work += of_query.work();
            let Tally { right, wrong, .. } = of_query.tally();
            if is_exact {
                lost += size - right - wrong;
            } else if of_proof.is_some()
                && right + wrong < size
                && let Some(of_float64) = &*ignoring_rounding
            {
                let of_float64 = of_float64(q, left.work);
                work += of_float64.work();
                lost += of_float64.tally().right.saturating_sub(right);
            }
        }
        self.verified[share].get_or_init(|| verified);
        if self.verified.iter().all(|share| share.get().is_some()) {
            *self.left.lock().expect("no verification panics") = Arc::default();
        }
        (Tally { lost, ..verified.tally() }, Spent { flops: verified.flops(), work })
    }

    /// What is proven of each query, once tests have left what they do; none where nothing is to be proven.
    fn tested<'a>(
        &self,
        verification: &'a Verification,
        plan: &'a Plan,
        left: &'a OnceLock<Tested<f64>>,
    ) -> Option<impl Fn(usize, u64) -> Verified + 'a> {
        let column = verification.column(plan, self.m, self.queries.clone())?;
        let largest = verification.largest(self.m, column.boxes);
        let tested =
            left.get_or_init(|| verification.part_tested(&largest, column, self.queries.clone()));
        Some(move |q, most_flops| verification.share(&largest, column, tested, [q], most_flops))
    }

    /// What has been counted of it proves.
    #[must_use]
    pub fn verified(&self) -> Verified {
        self.verified.iter().filter_map(OnceLock::get).copied().sum()
    }
}
