use super::proof::Plan;
use super::strategy::Additive;
use super::verified::{Settled, Verified};
use super::verifier::Verifier;
use super::verify::{Tested, Verification};
use crate::proof::Tally;
use std::cell::LazyCell;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock};

/// The cells of a largest token `m` and a block of queries, which boxes test together. Each chunk
/// verifies some of the queries.
#[derive(Debug)]
pub(super) struct Block {
    m: usize,
    queries: Range<usize>,
    /// What boxes leave undecided; forgotten when all chunks have been counted.
    left: Mutex<Arc<Left>>,
    /// What each chunk proves, once it has been counted.
    verified: Vec<OnceLock<Verified>>,
}

/// What counting a chunk has taken, or may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spent {
    /// FLOPs of the proof.
    pub(super) flops: u64,
    /// All work, see [`Verified::work`].
    pub(super) work: u64,
}

/// What boxes leave undecided of a block, found for the first chunk that is counted.
#[derive(Debug, Default)]
struct Left {
    proof: OnceLock<Tested<f64>>,
    /// What boxes would leave if float64 were exact.
    ignoring_rounding: OnceLock<Tested<f64>>,
}

impl Block {
    /// The blocks of every proof by `strategy`, the longest first.
    pub(super) fn all(verifier: &Verifier, strategy: Additive) -> Vec<Self> {
        Self::all_with(verifier, |m, queries| Self::new(strategy, m, queries))
    }

    /// The blocks of a stranger's proof, which may do anything with any cell: a chunk for each
    /// query.
    pub(super) fn all_of_small_chunks(verifier: &Verifier) -> Vec<Self> {
        Self::all_with(verifier, |m, queries| Self::with_chunks(m, queries, 1))
    }

    fn all_with(verifier: &Verifier, new: impl Fn(usize, Range<usize>) -> Self) -> Vec<Self> {
        let blocks = (0..verifier.shape.v)
            .rev()
            .flat_map(|m| verifier.queries_in_blocks(m).map(move |queries| (m, queries)));
        blocks.map(|(m, queries)| new(m, queries)).collect()
    }

    /// A block of a proof by `strategy`: the longer its cells may take, the more chunks it has.
    fn new(strategy: Additive, m: usize, queries: Range<usize>) -> Self {
        let queries_a_chunk = match strategy {
            Additive::Cell | Additive::Chernoff => 4,
            Additive::Convolution { bins } => 4 * Additive::BINS.start() / bins,
            Additive::Exact | Additive::Best(_) => 1,
        };
        Self::with_chunks(m, queries, queries_a_chunk.max(1) as usize)
    }

    /// A block with chunks of `queries_a_chunk` queries.
    fn with_chunks(m: usize, queries: Range<usize>, queries_a_chunk: usize) -> Self {
        let chunks = queries.len().div_ceil(queries_a_chunk);
        Self { m, queries, left: Mutex::default(), verified: vec![OnceLock::new(); chunks] }
    }

    /// How many chunks the block has.
    pub(super) fn chunks(&self) -> usize {
        self.verified.len()
    }

    /// Counts what a chunk decides, and what that took; cells that take more than `left` are given
    /// up. `lost` are, query by query, the sequences that would be proven right besides if float64
    /// were exact; for a plan of an exact count, all sequences that are not decided.
    ///
    /// # Panics
    /// If there is no such chunk, or the plan does not fit the model.
    pub(super) fn count(
        &self,
        chunk: usize,
        verifier: &Verifier,
        plan: &Plan,
        left: Spent,
    ) -> (Tally, Spent) {
        let tested = Arc::clone(&self.left.lock().expect("no verification panics"));
        let is_exact = plan.strategy == Additive::Exact;
        let of_proof = self.tested(&verifier.verification, plan, &tested.proof);
        let ignoring_rounding = LazyCell::new(|| {
            self.tested(verifier.ignoring_rounding(), plan, &tested.ignoring_rounding)
        });
        let (mut verified, mut lost, mut work) = (Verified::default(), 0, 0);
        for q in self.queries.clone().skip(chunk).step_by(self.chunks()) {
            let size = verifier.verification.size(q, self.m);
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
        self.verified[chunk].get_or_init(|| verified);
        if self.verified.iter().all(|chunk| chunk.get().is_some()) {
            *self.left.lock().expect("no verification panics") = Arc::default();
        }
        (Tally { lost, ..verified.tally() }, Spent { flops: verified.flops(), work })
    }

    /// Tests the block; returns a function that verifies one query with the most FLOPs it may take.
    /// `None` where nothing is to be proven.
    fn tested<'a>(
        &self,
        verification: &'a Verification,
        plan: &'a Plan,
        left: &'a OnceLock<Tested<f64>>,
    ) -> Option<impl Fn(usize, u64) -> Verified + 'a> {
        let column = verification.column(plan, self.m, self.queries.clone())?;
        let largest = verification.largest(self.m, column.boxes);
        let tested =
            left.get_or_init(|| verification.block_tested(&largest, column, self.queries.clone()));
        Some(move |q, most_flops| {
            verification.verify_queries(&largest, column, tested, [q], most_flops)
        })
    }

    /// The largest token.
    pub(super) fn m(&self) -> usize {
        self.m
    }

    /// The queries.
    pub(super) fn queries(&self) -> Range<usize> {
        self.queries.clone()
    }

    /// How the cell of a chunk with one query is settled, once it has been counted; `None` where
    /// nothing is to be proven.
    pub(super) fn settled(&self, chunk: usize) -> Option<Settled> {
        self.verified[chunk].get().and_then(Verified::settled)
    }

    /// What the chunks that have been counted prove.
    pub(super) fn verified(&self) -> Verified {
        self.verified.iter().filter_map(OnceLock::get).copied().sum()
    }
}
