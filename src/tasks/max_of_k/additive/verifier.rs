use super::proof::Boxes;
use super::verify::Verification;
use crate::models::transformer::{Shape, Transformer};
use crate::rounding::Rounding;
use std::ops::Range;
use std::sync::OnceLock;

/// What the search for proof objects about one model and their verification share: both sides test
/// blocks of cells of one size with one set of precomputed numbers.
#[derive(Debug)]
pub(super) struct Verifier {
    /// Sizes of blocks of queries, coarse to fine.
    pub(super) queries: Vec<usize>,
    pub(super) verification: Verification,
    /// Made when first asked for.
    ignoring_rounding: OnceLock<Verification>,
    model: Transformer,
    pub(super) shape: Shape,
    /// The number of all sequences.
    pub(super) sequences: u128,
}

impl Verifier {
    /// Prepares the verification of proof objects about `model`, which has `sequences` inputs, that
    /// test blocks of `queries` queries, coarse to fine.
    pub(super) fn new(model: &Transformer, sequences: u128, queries: &[usize]) -> Self {
        Self {
            queries: queries.to_vec(),
            verification: Verification::new(model, queries, Rounding::Enclosed),
            ignoring_rounding: OnceLock::new(),
            model: model.clone(),
            shape: model.shape(),
            sequences,
        }
    }

    /// The verification as it would be if float64 were exact.
    pub(super) fn ignoring_rounding(&self) -> &Verification {
        self.ignoring_rounding
            .get_or_init(|| Verification::new(&self.model, &self.queries, Rounding::Ignored))
    }

    /// FLOPs that all proofs begin with.
    pub(super) fn flops(&self) -> u64 {
        Verification::<f64>::flops(self.shape, &self.queries)
    }

    /// Boxes of full depth, with blocks of tokens that grow by the factor `tokens`.
    pub(super) fn boxes(&self, tokens: usize) -> Boxes {
        Boxes { depth: self.queries.len(), tokens }
    }

    /// The queries of the largest token `m`, in blocks of the coarsest size.
    pub(super) fn queries_in_blocks(&self, m: usize) -> impl Iterator<Item = Range<usize>> + use<> {
        let size = self.queries.first().copied().unwrap_or(1);
        (0..=m).step_by(size).map(move |q| q..(q + size).min(m + 1))
    }
}
