use super::map::index_of;
use super::{ExplainedCase, Explanation};
use serde::Serialize;

/// One case of a proof, closely. Counts are decimal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CaseFacts {
    /// The largest token.
    pub m: usize,
    /// The last token.
    pub q: usize,
    /// The number of tokens that are not the largest; `None` where all numbers are decided
    /// together.
    pub others: Option<usize>,
    /// All inputs of the case.
    pub total: String,
    /// Inputs proven right.
    pub proven: String,
    /// What is said of the case, as an index into [`super::CaseMap::verdicts`].
    pub verdict: u8,
    /// What the proof does in this case.
    pub sentences: Vec<String>,
    /// The terms of the inequality that decides, where there is one: it holds if they add up to
    /// less than 0.
    pub terms: Vec<Term>,
    /// An input of the case that is proven, where one is and is known.
    pub proven_input: Option<Vec<usize>>,
    /// An input of the case that is not proven, where there is one.
    pub unproven_input: Option<Vec<usize>>,
}

/// A term of an inequality.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Term {
    /// What it bounds.
    pub label: &'static str,
    /// In logits: how much it helps the most helped wrong output against the right one.
    pub value: f64,
}

/// What a family says of a case.
pub(in crate::tasks::max_of_k) struct Details {
    pub(in crate::tasks::max_of_k) sentences: Vec<String>,
    pub(in crate::tasks::max_of_k) terms: Vec<Term>,
    pub(in crate::tasks::max_of_k) proven_input: Option<Vec<usize>>,
    pub(in crate::tasks::max_of_k) unproven_input: Option<Vec<usize>>,
}

impl CaseFacts {
    pub(super) fn new(explanation: &Explanation, case: &ExplainedCase, details: Details) -> Self {
        let Details { sentences, terms, proven_input, unproven_input } = details;
        Self {
            m: case.m,
            q: case.q,
            others: case.others,
            total: case.total.to_string(),
            proven: case.proven.to_string(),
            verdict: index_of(&explanation.verdicts, case.verdict()),
            sentences,
            terms,
            proven_input,
            unproven_input,
        }
    }
}

/// An interval of parts from 0 to 1 in percent, with one decimal, rounded outwards.
pub(in crate::tasks::max_of_k) fn percents([least, most]: [f64; 2]) -> String {
    let (least, most) = ((least * 1e3).floor() / 10.0, (most * 1e3).ceil() / 10.0);
    format!("between {least:.1} % and {most:.1} %")
}
