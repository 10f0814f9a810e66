use super::verify::index;
use super::{Gaps, ProofError, Subcubic};
use crate::models::transformer::Shape;
use crate::tasks::max_of_k::MaxOfK;
use crate::tasks::max_of_k::additive::Tokens;
use crate::tasks::max_of_k::covered::{Counted, Coverage};

/// What a sub-cubic proof counts: of each case that it proves, the inputs whose smaller tokens are
/// all at most the largest less the case's gap.
pub(in crate::tasks::max_of_k) struct CaseCoverage {
    shape: Shape,
    gaps: Gaps,
    /// By [`index`]: whether inputs of the case are proven.
    proven: Vec<bool>,
}

impl CaseCoverage {
    /// Searches for the proof, if that has not been done, and verifies it.
    pub(in crate::tasks::max_of_k) fn new(
        task: &MaxOfK,
        strategy: Subcubic,
    ) -> Result<Self, ProofError> {
        let proof = task.prove(strategy)?;
        let (cases, ..) = task.search().verify(&proof)?;
        let shape @ Shape { v, n, .. } = task.shape();
        let mut proven = vec![false; v * v * n];
        for case in cases.iter() {
            proven[index(shape, case.q, case.m, case.c)] = case.proven > 0;
        }
        Ok(Self { shape, gaps: proof.gaps, proven })
    }
}

impl Coverage for CaseCoverage {
    fn column(&self, m: usize) -> Vec<Counted> {
        let of_case = |q: usize, c: usize| {
            let gap = usize::from(self.gaps.queries(m, c)[q]);
            // Where no token is smaller, there is no gap.
            let end = if c == 0 { 0 } else { (m + 1).saturating_sub(gap) };
            self.proven[index(self.shape, q, m, c)].then(|| (0..end).collect::<Tokens>())
        };
        let of_query = |q: usize| {
            Counted::Among((usize::from(q < m)..self.shape.n).map(|c| of_case(q, c)).collect())
        };
        (0..=m).map(of_query).collect()
    }
}
