//! What additive proofs prove of each cell, and how.

use super::block::{Block, Spent};
use super::proof::{Column, Method, Plan, Tokens};
use super::verified::Settled;
use super::{Additive, Prover};
use crate::proof::Tally;
use crate::tasks::max_of_k::explain::{
    Details, ExplainError, Explained, ExplainedCase, Explaining, Inputs, MAX_INPUTS, Way, Why,
    cell_size,
};
use crate::tasks::max_of_k::{MaxOfK, Strategy};

/// An additive proof, verified.
struct ExplainedAdditive {
    task: MaxOfK,
    plan: Plan,
    inputs: Inputs,
    /// How each cell is settled, `[m][q]`.
    settled: Vec<Vec<Option<Settled>>>,
}

/// The most FLOPs of enumeration: some for each of the most inputs that are looked at.
const MAX_FLOPS: u64 = 1 << 32;

/// Proves and verifies.
pub(super) fn explained(task: &MaxOfK, strategy: Additive) -> Result<Explaining, ExplainError> {
    let prover = task.prover();
    let (plan, n) = (prover.prove(strategy), task.shape().n);
    let mut settled: Vec<_> = (0..task.shape().v).map(|m| vec![None; m + 1]).collect();
    let (mut cases, mut enumerated) = (Vec::new(), 0);
    for block in Block::all_of_small_chunks(&prover.verifier) {
        let m = block.m();
        for (chunk, q) in block.queries().enumerate() {
            let total = cell_size(n, q, m);
            if total == 0 {
                continue;
            }
            let left = Spent { flops: u64::MAX, work: u64::MAX };
            let (tally, spent) = block.count(chunk, &prover.verifier, &plan, left);
            let how = block.settled(chunk);
            settled[m][q] = how;
            if how == Some(Settled::Enumerate) {
                enumerated += spent.flops;
            }
            if enumerated > MAX_FLOPS {
                let (strategy, limit) = (Strategy::Additive(strategy), MAX_INPUTS);
                return Err(ExplainError::TooLong { strategy, limit });
            }
            let Tally { right, wrong, lost, .. } = tally;
            let reasons = [(Why::Wrong, wrong), (Why::Rounding, lost)];
            let rest = match how {
                Some(Settled::Split) => Why::Tokens,
                Some(Settled::Count) => Why::NotExcluded,
                _ => Why::Left,
            };
            let case = ExplainedCase::new((m, q, None), total, right, &reasons, rest);
            cases.push(case.by(way(how)));
        }
    }
    let (task, inputs) = (task.clone(), Inputs::new(task.model()));
    Ok((cases, Box::new(ExplainedAdditive { task, plan, inputs, settled })))
}

/// How a cell is settled, as the map shows it.
fn way(how: Option<Settled>) -> Way {
    match how {
        Some(Settled::Boxes) => Way::Block,
        Some(Settled::Terms) => Way::Position,
        Some(Settled::Split) => Way::Sets,
        Some(Settled::Count) => Way::Count,
        Some(Settled::Enumerate) => Way::Each,
        Some(Settled::Left) | None => Way::Untried,
    }
}

impl Explained for ExplainedAdditive {
    fn details(&self, case: &ExplainedCase) -> Details {
        let &ExplainedCase { m, q, .. } = case;
        let worst = self.inputs.worst(q, m);
        let mut sentences = vec![format!(
            "Whether {} beats {m} is the sign of a sum with one term for each position, so the input that helps it \
             most is found position by position.",
            worst.output
        )];
        sentences.push(self.sentence(case));
        let is_whole = case.proven == case.total;
        let is_exact = self.settled[m][q] == Some(Settled::Enumerate);
        let proven_input = if is_whole {
            Some(worst.tokens.clone())
        } else if case.proven == 0 {
            None
        } else if is_exact {
            self.inputs.example(q, m, true)
        } else {
            self.decided_sets(case).last().map(|(others, tokens)| self.input(case, *others, tokens))
        };
        let unproven_input = if is_whole {
            None
        } else if is_exact {
            self.inputs.example(q, m, false)
        } else {
            Some(worst.tokens.clone()).filter(|tokens| self.covers(case, tokens) != Some(true))
        };
        let terms = self.inputs.terms(&worst.tokens, worst.output);
        Details { sentences, terms, proven_input, unproven_input }
    }

    fn covers(&self, case: &ExplainedCase, tokens: &[usize]) -> Option<bool> {
        match self.settled[case.m][case.q] {
            Some(Settled::Enumerate) => Some(self.inputs.decide(tokens) == Some(true)),
            Some(Settled::Split) => {
                let before = || tokens[..tokens.len() - 1].iter().filter(|&&token| token != case.m);
                let sets = self.decided_sets(case);
                let set = sets.iter().find(|(others, _)| *others == before().count());
                let is_in = |set: &Tokens| before().all(|token| set.iter().any(|t| t == *token));
                Some(set.is_some_and(|(_, set)| is_in(set)))
            }
            _ => None,
        }
    }
}

impl ExplainedAdditive {
    /// What the proof does with a cell.
    fn sentence(&self, case: &ExplainedCase) -> String {
        match self.settled[case.m][case.q] {
            Some(Settled::Boxes) => {
                "Bounds for blocks of last tokens and of other tokens already show that no wrong output beats the \
                 right one."
                    .into()
            }
            Some(Settled::Terms) => {
                "Even the worst input of the case is right, so all of its inputs are.".into()
            }
            Some(Settled::Split) => {
                "The worst input is not shown to be right. The proof shows it where all other tokens are in certain sets.".into()
            }
            Some(Settled::Count) => format!(
                "The worst input is not shown to be right. The proof counts how many inputs may be as bad: at most {} \
                 of {}. It does not say which.",
                case.total - case.proven,
                case.total
            ),
            Some(Settled::Enumerate) => {
                "The inputs are gone through token by token; where the first tokens decide all that begin with them, they \
                 are counted together."
                    .into()
            }
            Some(Settled::Left) | None => "The proof does not try this case.".into(),
        }
    }

    /// The sets of tokens that a split proves, each with the number of other tokens before the query.
    fn decided_sets(&self, case: &ExplainedCase) -> Vec<(usize, Tokens)> {
        let &ExplainedCase { m, q, .. } = case;
        let prover: &Prover = self.task.prover();
        let verification = &prover.verifier.verification;
        let Some(column) = &self.plan.columns[m] else { return Vec::new() };
        let Some(Method::Split(sets)) = column.methods().nth(q) else { return Vec::new() };
        let largest = verification.largest(m, column.boxes);
        let mut blocks = prover.verifier.queries_in_blocks(m);
        let block = blocks.find(|queries| queries.contains(&q)).expect("each query is in a block");
        let tested = verification.block_tested(&largest, column, block);
        // Each set is verified alone, as a proof that splits the cell by this set only.
        let is_decided = |others: usize| {
            let mut alone = vec![Tokens::default(); others + 1];
            alone[others] = sets[others].clone();
            // Where no other token is, every set is as good.
            let method =
                |split: Vec<Tokens>| Column::new(column.boxes, vec![Method::Split(split); m + 1]);
            let proven = |column: &Column| {
                let verified =
                    verification.verify_queries(&largest, column, &tested, [q], u64::MAX);
                verified.tally().right
            };
            let without = if others == 0 { 0 } else { proven(&method(alone[..others].to_vec())) };
            proven(&method(alone)) > without
        };
        let decided = (0..sets.len()).filter(|&others| is_decided(others));
        decided.map(|others| (others, sets[others].clone())).collect()
    }

    /// The input of a cell with `others` other tokens before the query, which are the largest of a
    /// set.
    fn input(&self, case: &ExplainedCase, others: usize, tokens: &Tokens) -> Vec<usize> {
        let n = self.task.shape().n;
        let mut input = vec![case.m; n];
        if let Some(largest) = tokens.iter().last() {
            input[..others].fill(largest);
        }
        input[n - 1] = case.q;
        input
    }
}
