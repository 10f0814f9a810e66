//! What brute force counts in each case.

use super::search::ChunkSearch;
use super::{BruteForce, Pruning};
use crate::models::transformer::{Shape, Transformer};
use crate::proof::{CaseAnalysis, Tally};
use crate::tasks::max_of_k::Strategy;
use crate::tasks::max_of_k::explain::{
    Details, ExplainError, Explained, ExplainedCase, Explaining, Inputs, MAX_INPUTS, MAX_WORK, Why,
    case_size,
};
use std::ops::Range;

/// A finished count.
struct ExplainedBruteForce {
    inputs: Inputs,
}

/// The most positions of a chunk whose tokens are told apart by where the largest stands: each
/// doubles the number of blocks.
const MAX_TOLD_APART: usize = 8;

/// Counts, if that does not take too long.
pub(super) fn explained(model: &Transformer) -> Result<Explaining, ExplainError> {
    let brute = BruteForce::new(model, Pruning::On).within(MAX_WORK);
    let Shape { v, n, .. } = model.shape();
    let (mut cases, mut visited) = (Vec::new(), 0);
    for (m, q) in (0..v).flat_map(|m| (0..=m).map(move |q| (m, q))) {
        let together = || brute.chunks_of(q, m).map(|chunk| brute.count(chunk)).sum();
        let tallies = brute.by_number(q, m).map_or_else(
            || vec![(None, together())],
            |tallies| {
                tallies.into_iter().enumerate().map(|(others, t)| (Some(others), t)).collect()
            },
        );
        for (others, Tally { right, wrong, visited: of_case, .. }) in tallies {
            visited += of_case;
            let (total, reasons) = (case_size(n, (m, q, others)), [(Why::Wrong, wrong)]);
            if total > 0 {
                let place = (m, q, others);
                cases.push(ExplainedCase::new(place, total, right, &reasons, Why::Rounding));
            }
        }
        if visited > MAX_INPUTS || brute.given_up().is_some() {
            let (strategy, limit) = (Strategy::BruteForce, MAX_INPUTS);
            return Err(ExplainError::TooLong { strategy, limit });
        }
    }
    Ok((cases, Box::new(ExplainedBruteForce { inputs: Inputs::new(model) })))
}

impl BruteForce {
    /// The chunks with the query `q` and the largest token `m`.
    fn chunks_of(&self, q: usize, m: usize) -> Range<u64> {
        let of_query: u64 = std::iter::repeat_n(m as u64 + 1, self.fixed).product();
        let first = self.chunks_below[m] + q as u64 * of_query;
        first..first + of_query
    }

    /// What is decided of the sequences with the query `q` and the largest token `m`, by the number
    /// of tokens that are not the largest, `[n]`: the counts of all chunks of the two, told apart.
    /// `None` where that takes too long, or would decide other sequences.
    pub(in crate::tasks::max_of_k) fn by_number(&self, q: usize, m: usize) -> Option<Vec<Tally>> {
        let n = self.shape.n;
        if n - 1 - self.fixed > MAX_TOLD_APART {
            return None;
        }
        let mut sums = vec![Tally::default(); n];
        for chunk in self.chunks_of(q, m) {
            let (_, _, prefix) = self.chunk(chunk);
            let of_chunk = self.counted(q, m, |cell| ChunkSearch::by_number(self, cell, &prefix));
            if self.meter.is_over() {
                return None;
            }
            let both = sums.into_iter().zip(of_chunk?);
            sums = both.map(|(sum, of_chunk)| sum + of_chunk).collect();
        }
        Some(sums)
    }
}

impl Explained for ExplainedBruteForce {
    fn details(&self, case: &ExplainedCase) -> Details {
        let &ExplainedCase { m, q, others, .. } = case;
        let worst = self.inputs.worst((m, q, others));
        let sentences = vec![
            "Brute force runs the network on every input and counts the right answers; inputs whose first tokens decide \
             the answer are counted together."
                .into(),
            format!("The terms are those of the input that helps a wrong output most, {}.", worst.output),
        ];
        let example = |right| self.inputs.example((m, q, others), right);
        Details {
            sentences,
            terms: self.inputs.terms(&worst.tokens, worst.output),
            proven_input: (case.proven > 0).then(|| example(true)).flatten(),
            unproven_input: (case.proven < case.total).then(|| example(false)).flatten(),
        }
    }

    fn covers(&self, _: &ExplainedCase, tokens: &[usize]) -> Option<bool> {
        Some(self.inputs.decide(tokens) == Some(true))
    }
}
