use super::proof::{Column, Method, Plan};
use super::strategy::Additive;
use super::verify::{Undecided, Verification};
use super::{Prover, split};
use crate::tasks::max_of_k::MaxOfK;
use crate::tasks::max_of_k::covered::{Counted, Coverage};

/// What a proof by additivity counts: cells as a whole, parts of them, or numbers of inputs.
pub(in crate::tasks::max_of_k) struct PlanCoverage {
    task: MaxOfK,
    plan: Plan,
}

impl PlanCoverage {
    /// Searches for the proof.
    pub(in crate::tasks::max_of_k) fn new(task: &MaxOfK, strategy: Additive) -> Self {
        Self { plan: task.prover().prove(strategy), task: task.clone() }
    }
}

impl Coverage for PlanCoverage {
    fn column(&self, m: usize) -> Vec<Counted> {
        let Prover { verifier, .. } = self.task.prover();
        let verification = &verifier.verification;
        let mut counted = vec![Counted::Nothing; m + 1];
        for queries in verifier.queries_in_blocks(m) {
            let Some(column) = verification.column(&self.plan, m, queries.clone()) else {
                continue;
            };
            counted[queries.clone()].fill(Counted::All);
            let largest = verification.largest(m, column.boxes);
            let (_, open) = verification.tested(&largest, queries, column.boxes);
            for (cell, outputs) in open {
                let (q, method) = (cell.q, method(column, cell.q));
                counted[q] = if *method == Method::Leave {
                    Counted::Nothing
                } else {
                    let (undecided, _) = verification.undecided(&largest, &cell, &outputs);
                    counted_of(verification, &undecided, (verifier.shape.n, m), method)
                };
            }
        }
        counted
    }
}

fn method(column: &Column, q: usize) -> &Method {
    column.methods().nth(q).expect("there is a method for each query")
}

/// What a method counts of a cell that boxes leave undecided.
fn counted_of(
    verification: &Verification,
    undecided: &Undecided<f64>,
    (n, m): (usize, usize),
    method: &Method,
) -> Counted {
    let Undecided { q, terms, .. } = undecided;
    if terms.is_empty() {
        return Counted::All;
    }
    match method {
        Method::Leave => Counted::Nothing,
        Method::Split(sets) => {
            let others = n - usize::from(*q != m);
            let set = |i: usize| {
                let tokens = sets.get(i)?;
                let decided = |terms| split::decided(terms, m, i, tokens).0;
                let has_inputs = i == 0 || !tokens.is_empty();
                (has_inputs && terms.iter().all(decided)).then(|| tokens.clone())
            };
            Counted::Among((0..others).map(set).collect())
        }
        Method::Count(_) => {
            let right = verification.apply(undecided, m, method, 0).tally().right;
            match right {
                0 => Counted::Nothing,
                _ if right == verification.size(*q, m) => Counted::All,
                _ => Counted::Some(right),
            }
        }
        Method::Enumerate => {
            let tally = verification.apply(undecided, m, method, 0).tally();
            match tally.right + tally.wrong {
                0 => Counted::Nothing,
                _ => Counted::Right(Some(tally.right)),
            }
        }
    }
}
