//! What additive proofs prove of each cell, and how.

use super::Additive;
use super::block::{Block, Spent};
use super::numbers::Apart;
use super::proof::Tokens;
use super::verified::Settled;
use crate::proof::Tally;
use crate::tasks::max_of_k::covered::described;
use crate::tasks::max_of_k::explain::{
    Details, ExplainError, Explained, ExplainedCase, Explaining, Inputs, MAX_INPUTS, Way, Why,
    case_size,
};
use crate::tasks::max_of_k::{MaxOfK, Strategy};
use std::cell::LazyCell;
use std::collections::BTreeMap;

/// An additive proof, verified.
struct ExplainedAdditive {
    n: usize,
    inputs: Inputs,
    /// How each cell is settled, `[m][q]`.
    settled: Vec<Vec<Option<Settled>>>,
    /// The sets that splits prove, by `m` and `q`.
    splits: BTreeMap<(usize, usize), Vec<Option<Tokens>>>,
}

/// The most FLOPs of enumeration: some for each of the most inputs that are looked at.
const MAX_FLOPS: u64 = 1 << 32;

/// Proves and verifies.
pub(super) fn explained(task: &MaxOfK, strategy: Additive) -> Result<Explaining, ExplainError> {
    let prover = task.prover();
    let (plan, n) = (prover.prove(strategy), task.shape().n);
    let apart = Apart::new(task.model(), &prover.verifier.verification, &plan);
    let mut settled: Vec<_> = (0..task.shape().v).map(|m| vec![None; m + 1]).collect();
    let (mut cases, mut enumerated, mut splits) = (Vec::new(), 0, BTreeMap::new());
    for block in Block::all_of_small_chunks(&prover.verifier) {
        let m = block.m();
        let of_block = LazyCell::new(|| apart.splits(m, block.queries()));
        for (chunk, q) in block.queries().enumerate() {
            let total = case_size(n, (m, q, None));
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
            let split = (how == Some(Settled::Split)).then(|| of_block[&q].clone());
            let parts = apart.parts((m, q), how, tally, split.as_deref());
            for (place, Tally { right, wrong, lost, .. }) in parts {
                let reasons = [(Why::Wrong, wrong), (Why::Rounding, lost)];
                let total = case_size(n, place);
                if total > 0 {
                    let case = ExplainedCase::new(place, total, right, &reasons, rest(how));
                    cases.push(case.by(way(how)));
                }
            }
            splits.extend(split.map(|sets| ((m, q), sets)));
        }
    }
    let inputs = Inputs::new(task.model());
    Ok((cases, Box::new(ExplainedAdditive { n, inputs, settled, splits })))
}

/// Why what is not proven of a cell, is not, unless it is wrong or rounding decides.
fn rest(how: Option<Settled>) -> Why {
    match how {
        Some(Settled::Split) => Why::Tokens,
        Some(Settled::Count) => Why::NotExcluded,
        _ => Why::Left,
    }
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
        let &ExplainedCase { m, q, others, total, proven, .. } = case;
        let worst = self.inputs.worst((m, q, others));
        let beats = format!(
            "Whether {} beats {m} is the sign of a sum with one term for each position, so the input that helps it \
             most is found position by position.",
            worst.output
        );
        let sentences = vec![beats, self.sentence(case)];
        let terms = self.inputs.terms(&worst.tokens, worst.output);
        let is_exact = self.settled[m][q] == Some(Settled::Enumerate);
        let example = |right| self.inputs.example((m, q, others), right);
        let set = self.set(case);
        let proven_input = match set {
            _ if proven == total => Some(worst.tokens.clone()),
            _ if proven == 0 => None,
            _ if is_exact => example(true),
            Some(set) => Some(self.filled(case, set.iter().last())),
            None => None,
        };
        let unproven_input = match set {
            _ if proven == total => None,
            _ if is_exact => example(false),
            Some(set) => Some(self.filled(case, (0..m).rev().find(|&token| !set.contains(token)))),
            None => Some(worst.tokens).filter(|tokens| self.covers(case, tokens) != Some(true)),
        };
        Details { sentences, terms, proven_input, unproven_input }
    }

    fn covers(&self, case: &ExplainedCase, tokens: &[usize]) -> Option<bool> {
        match self.settled[case.m][case.q] {
            Some(Settled::Enumerate) => Some(self.inputs.decide(tokens) == Some(true)),
            Some(Settled::Split) => {
                let before = || tokens[..tokens.len() - 1].iter().filter(|&&token| token != case.m);
                let set = self.splits[&(case.m, case.q)][before().count()].as_ref();
                Some(set.is_some_and(|set| before().all(|&token| set.contains(token))))
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
            Some(Settled::Split) => match self.set(case) {
                Some(set) if set.is_empty() => "The proof shows this one input to be right.".into(),
                Some(set) => format!(
                    "The worst input is not shown to be right. The proof shows it where the smaller tokens before the \
                     last are {}.",
                    described(set)
                ),
                None => "The worst input is not shown to be right, and the proof shows it of no others.".into(),
            },
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

    /// The set of tokens that the proof proves in a case of a split.
    fn set(&self, &ExplainedCase { m, q, others, .. }: &ExplainedCase) -> Option<&Tokens> {
        let before = others? - usize::from(q < m);
        self.splits.get(&(m, q))?[before].as_ref()
    }

    /// The input of a case whose smaller tokens before the last are all `token`.
    fn filled(&self, case: &ExplainedCase, token: Option<usize>) -> Vec<usize> {
        let &ExplainedCase { m, q, others, .. } = case;
        let mut input = vec![m; self.n];
        let before = others.map_or(0, |others| others - usize::from(q < m));
        input[..before].fill(token.unwrap_or(m));
        input[self.n - 1] = q;
        input
    }
}
