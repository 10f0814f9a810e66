//! Why a proof proves what it does: its cases, how much of each it proves, and what keeps the rest
//! from being proven.
//!
//! Each family says so of its own proofs, in its file `explain.rs`; here is what they have in
//! common. The counts are those of the proof, to the last input.

mod facts;
mod inputs;
mod map;
mod way;
mod what_if;
mod why;

pub use facts::{CaseFacts, Term};
pub use map::{CaseLayer, CaseMap, Part, Verdict};
pub use way::Way;
pub use what_if::WhatIf;
pub use why::Why;

pub(super) use facts::{Details, percents};
pub(super) use inputs::{Inputs, case_size};

use super::weighted::Distribution;
use super::{MaxOfK, Strategy, TaskError};
use crate::proof::Failure;
use thiserror::Error;

/// What tells cases apart: the largest token, the last token, and how many tokens are not the
/// largest; `None` where all numbers are decided together.
pub(super) type Place = (usize, usize, Option<usize>);

/// A case of a proof: the inputs with the last token `q` and the largest token `m`, and how many of
/// them are proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedCase {
    /// The largest token.
    pub m: usize,
    /// The last token, the query, `q ≤ m`.
    pub q: usize,
    /// The number of tokens that are not `m`, the query among them; `None` where the proof decides
    /// all numbers together.
    pub others: Option<usize>,
    /// All inputs of the case, at least one.
    pub total: u128,
    /// Inputs proven right.
    pub proven: u128,
    /// Why the other inputs are not proven, and how many each reason keeps out; none are 0.
    pub unproven: Vec<(Why, u128)>,
    /// How the proof decides the case, where its family has several ways.
    pub way: Option<Way>,
}

impl ExplainedCase {
    /// A case of `total` inputs. `reasons` say of some of the unproven ones why they are that,
    /// `rest` of all others.
    pub(super) fn new(
        (m, q, others): Place,
        total: u128,
        proven: u128,
        reasons: &[(Why, u128)],
        rest: Why,
    ) -> Self {
        let mut left = total - proven;
        let mut unproven = Vec::new();
        for &(why, inputs) in reasons {
            let inputs = inputs.min(left);
            left -= inputs;
            unproven.push((why, inputs));
        }
        unproven.push((rest, left));
        unproven.retain(|&(_, inputs)| inputs > 0);
        Self { m, q, others, total, proven, unproven, way: None }
    }

    /// The case, decided in a way.
    pub(super) fn by(self, way: Way) -> Self {
        Self { way: Some(way), ..self }
    }

    /// Says of `wrong` inputs, which the network gets wrong, that no proof can cover them, and no
    /// longer another reason: rounding last, since what float64 alone would prove is right.
    fn set_wrong(&mut self, wrong: u128) {
        let known = self.known_wrong();
        let mut left = wrong.saturating_sub(known);
        self.unproven.sort_by_key(|&(why, _)| why == Why::Rounding);
        for (why, inputs) in &mut self.unproven {
            let taken = if *why == Why::Wrong { 0 } else { left.min(*inputs) };
            *inputs -= taken;
            left -= taken;
        }
        let all = wrong.saturating_sub(left).max(known);
        self.unproven.retain(|&(why, inputs)| inputs > 0 && why != Why::Wrong);
        if all > 0 {
            self.unproven.push((Why::Wrong, all));
        }
    }

    /// How many of its inputs are known to be answered wrong.
    #[must_use]
    pub fn known_wrong(&self) -> u128 {
        self.unproven.iter().filter(|(why, _)| *why == Why::Wrong).map(|(_, inputs)| inputs).sum()
    }

    /// What is most to be said of the case: what keeps out most of its inputs, if anything does.
    #[must_use]
    pub fn verdict(&self) -> Why {
        let most = self.unproven.iter().max_by_key(|&&(_, inputs)| inputs);
        most.map_or(Why::Proven, |&(why, _)| why)
    }
}

/// What a family says of the cases of one of its proofs.
pub(super) trait Explained {
    /// What the proof does in one of its cases.
    fn details(&self, case: &ExplainedCase) -> Details;

    /// Whether an input of a case is one of those that the proof proves; `None` where it only
    /// counts how many are.
    fn covers(&self, case: &ExplainedCase, tokens: &[usize]) -> Option<bool>;

    /// What terms of the proof's test would gain if they were exact, beyond the `proven` inputs.
    fn what_ifs(&self, _proven: u128) -> Vec<WhatIf> {
        Vec::new()
    }
}

/// The cases of a proof, and what its family says of them.
pub(super) type Explaining = (Vec<ExplainedCase>, Box<dyn Explained>);

/// A proof, case by case.
pub struct Explanation {
    task: MaxOfK,
    strategy: Strategy,
    /// In the order of [`place`].
    cases: Vec<ExplainedCase>,
    /// The verdicts that occur, in the order of [`Why::ALL`].
    verdicts: Vec<Why>,
    explained: Box<dyn Explained>,
}

fn place(case: &ExplainedCase) -> Place {
    (case.m, case.q, case.others)
}

/// Why there is no explanation.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ExplainError {
    /// The proof itself is refused.
    #[error(transparent)]
    Refused(#[from] TaskError),
    /// There is no proof.
    #[error(transparent)]
    Unproven(#[from] Failure),
    /// The proof looks at too many inputs for an answer that someone waits for.
    #[error(
        "{} looks at more than 2^{} inputs of this model one by one: prove it instead, which can be stopped",
        strategy.label(),
        limit.ilog2()
    )]
    TooLong {
        /// The strategy.
        strategy: Strategy,
        /// The most inputs that are looked at.
        limit: u128,
    },
    /// No input of the model is in the case.
    #[error("the proof has no case of largest token {m} and last token {q}{}", of_others(*others))]
    NoCase {
        /// The largest token.
        m: usize,
        /// The last token.
        q: usize,
        /// The number of tokens that are not the largest.
        others: Option<usize>,
    },
}

fn of_others(others: Option<usize>) -> String {
    others.map_or_else(String::new, |others| format!(" with {others} other tokens"))
}

/// The most inputs that an explanation looks at one by one: some seconds.
pub(super) const MAX_INPUTS: u128 = 1 << 25;

/// The most work of doing so, in operations as [`crate::proof::MAX_WORK`] counts them: some
/// seconds.
pub(super) const MAX_WORK: u64 = 1 << 33;

impl MaxOfK {
    /// Proves by a strategy, and keeps what that proves of each case.
    ///
    /// # Errors
    /// If the proof would be refused, there is none, or it looks at more than 2²⁵ inputs.
    pub fn explain(&self, strategy: Strategy) -> Result<Explanation, ExplainError> {
        let (mut cases, explained) = strategy.explained(self)?;
        cases.sort_unstable_by_key(place);
        if let Some(wrong) = self.wrong_inputs() {
            cases.iter_mut().for_each(|case| case.set_wrong(wrong.of(case.m, case.q, case.others)));
        }
        let occurs = |why: &Why| cases.iter().any(|case| case.verdict() == *why);
        let verdicts = Why::ALL.into_iter().filter(occurs).collect();
        Ok(Explanation { task: self.clone(), strategy, cases, verdicts, explained })
    }
}

impl Explanation {
    /// The strategy of the proof.
    #[must_use]
    pub fn strategy(&self) -> Strategy {
        self.strategy
    }

    /// All cases that have inputs; each input is in one of them.
    #[must_use]
    pub fn cases(&self) -> &[ExplainedCase] {
        &self.cases
    }

    /// The cases as layers of a picture, and what keeps how many inputs from being proven, all
    /// inputs counting alike.
    #[must_use]
    pub fn map(&self) -> CaseMap {
        self.map_over(&Distribution::uniform(self.task.shape()))
    }

    /// As [`Self::map`], with inputs weighted by a distribution, which has to be one for the
    /// model's shape.
    #[must_use]
    pub fn map_over(&self, over: &Distribution) -> CaseMap {
        CaseMap::new(self, over)
    }

    /// The terms and other steps of the proof, and what each would gain if it were exact, the
    /// largest first; none where the proof loses only what the network gets wrong.
    #[must_use]
    pub fn what_ifs(&self) -> Vec<WhatIf> {
        let proven = self.cases.iter().map(|case| case.proven).sum();
        let mut all = self.explained.what_ifs(proven);
        let steps = Why::ALL.into_iter();
        all.extend(steps.filter_map(|why| WhatIf::instead(why, map::unproven(&self.cases, why))));
        all.retain(|what_if| what_if.inputs > 0);
        all.sort_by_key(|what_if| std::cmp::Reverse(what_if.inputs));
        all
    }

    /// The case with the largest token `m`, the last token `q` and `others` tokens that are not
    /// `m`.
    ///
    /// # Errors
    /// If the proof has no such case.
    pub fn case(
        &self,
        m: usize,
        q: usize,
        others: Option<usize>,
    ) -> Result<&ExplainedCase, ExplainError> {
        let found = self.cases.binary_search_by_key(&(m, q, others), place);
        found.map(|index| &self.cases[index]).map_err(|_| ExplainError::NoCase { m, q, others })
    }

    /// What the proof does in one case.
    ///
    /// # Errors
    /// As [`Self::case`].
    pub fn facts(
        &self,
        m: usize,
        q: usize,
        others: Option<usize>,
    ) -> Result<CaseFacts, ExplainError> {
        let case = self.case(m, q, others)?;
        Ok(CaseFacts::new(self, case, self.explained.details(case)))
    }

    /// The case of an input of the model, and whether the proof proves this input: `None` where it
    /// proves a number of the case's inputs, but none in particular.
    ///
    /// # Panics
    /// If `tokens` are not an input of the model.
    #[must_use]
    pub fn covers(&self, tokens: &[usize]) -> (&ExplainedCase, Option<bool>) {
        let (m, q) = (tokens.iter().max(), tokens.last());
        let (Some(&m), Some(&q)) = (m, q) else { panic!("an input has tokens") };
        let count = tokens.iter().filter(|&&token| token != m).count();
        let case = self.case(m, q, None).or_else(|_| self.case(m, q, Some(count)));
        let case = case.expect("each input is in a case");
        let covered = match case.proven {
            0 => Some(false),
            proven if proven == case.total => Some(true),
            _ => self.explained.covers(case, tokens),
        };
        (case, covered)
    }
}
