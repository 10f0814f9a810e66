use super::proof::{Column, Method, Plan, Tokens};
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

pub(super) fn method(column: &Column, q: usize) -> &Method {
    column.methods().nth(q).expect("there is a method for each query")
}

/// Which of the sets of a split are proven, by the number of tokens before the last that are not
/// `m`.
pub(super) fn decided_sets(
    Undecided { q, terms, .. }: &Undecided<f64>,
    (n, m): (usize, usize),
    sets: &[Tokens],
) -> Vec<Option<Tokens>> {
    let set = |others: usize| {
        let tokens = sets.get(others)?;
        let decided = |terms| split::decided(terms, m, others, tokens).0;
        let has_inputs = others == 0 || !tokens.is_empty();
        (has_inputs && terms.iter().all(decided)).then(|| tokens.clone())
    };
    (0..n - usize::from(*q != m)).map(set).collect()
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
        Method::Split(sets) => Counted::Among(decided_sets(undecided, (n, m), sets)),
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
