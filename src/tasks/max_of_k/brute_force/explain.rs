//! What brute force counts in each case.

use super::{BruteForce, Pruning};
use crate::models::transformer::{Shape, Transformer};
use crate::proof::{CaseAnalysis, Tally};
use crate::tasks::max_of_k::Strategy;
use crate::tasks::max_of_k::explain::{
    Details, ExplainError, Explained, ExplainedCase, Explaining, Inputs, MAX_INPUTS, Why, cell_size,
};

/// A finished count.
struct ExplainedBruteForce {
    inputs: Inputs,
}

/// The most work of a count, in operations as [`crate::proof::MAX_WORK`] counts them: some seconds.
const MAX_WORK: u64 = 1 << 33;

/// Counts, if that does not take too long.
pub(super) fn explained(model: &Transformer) -> Result<Explaining, ExplainError> {
    let brute = BruteForce::new(model, Pruning::On).within(MAX_WORK);
    let Shape { v, n, .. } = model.shape();
    let mut tallies = vec![Tally::default(); v * v];
    let mut visited = 0;
    for chunk in 0..brute.chunks() {
        let (q, m, _) = brute.chunk(chunk);
        let tally = brute.count(chunk);
        visited += tally.visited;
        if visited > MAX_INPUTS || brute.given_up().is_some() {
            let (strategy, limit) = (Strategy::BruteForce, MAX_INPUTS);
            return Err(ExplainError::TooLong { strategy, limit });
        }
        tallies[m * v + q] = tallies[m * v + q] + tally;
    }
    let cells = (0..v).flat_map(|m| (0..=m).map(move |q| (m, q)));
    let of_cell = |(m, q): (usize, usize)| {
        let Tally { right, wrong, .. } = tallies[m * v + q];
        let reasons = [(Why::Wrong, wrong)];
        ExplainedCase::new((m, q, None), cell_size(n, q, m), right, &reasons, Why::Rounding)
    };
    let cells = cells.filter(|&(m, q)| cell_size(n, q, m) > 0);
    Ok((cells.map(of_cell).collect(), Box::new(ExplainedBruteForce { inputs: Inputs::new(model) })))
}

impl Explained for ExplainedBruteForce {
    fn details(&self, case: &ExplainedCase) -> Details {
        let &ExplainedCase { m, q, .. } = case;
        let worst = self.inputs.worst(q, m);
        let sentences = vec![
            "Brute force runs the network on every input and counts the right answers; inputs whose first tokens decide \
             the answer are counted together."
                .into(),
            format!("The terms are those of the input that helps a wrong output most, {}.", worst.output),
        ];
        let example = |right| self.inputs.example(q, m, right);
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
