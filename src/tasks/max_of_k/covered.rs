//! Which inputs a proof counts as right.

use super::additive::{PlanCoverage, Tokens};
use super::answers::{Answers, Judge};
use super::brute_force::EveryInput;
use super::subcubic::{CaseCoverage, ProofError};
use super::{Cubic, InputError, MaxOfK, Strategy, TaskError, grouped};
use crate::rounding::Arithmetic;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Whether a proof counts an input as right, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Covered {
    /// Whether the proof counts this very input.
    pub covered: bool,
    /// By which case, or why not: for a student.
    pub because: String,
}

/// Why it cannot be told what a proof counts.
#[derive(Clone, Debug, PartialEq, Error)]
#[expect(missing_docs, reason = "the errors say it")]
pub enum CoveredError {
    #[error(transparent)]
    Input(#[from] InputError),
    #[error(transparent)]
    Task(#[from] TaskError),
    #[error("{}", .0.gist())]
    Proof(#[from] ProofError),
}

/// What a proof counts of the inputs with one last token `q` and one largest token `m`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Counted {
    /// All of them.
    All,
    /// None of them.
    Nothing,
    /// By the number of tokens before the last that are not `m`: the inputs whose smaller tokens
    /// before the last are all in a set; none of them where there is no set.
    Among(Vec<Option<Tokens>>),
    /// Exactly the right ones: each is decided. Their number, where it is known.
    Right(Option<u128>),
    /// This number of them; the proof does not tell which.
    Some(u128),
}

/// What a proof counts, for each last token `q ≤ m`, of the inputs with the largest token `m`.
pub(super) trait Coverage {
    fn column(&self, m: usize) -> Vec<Counted>;
}

impl MaxOfK {
    /// Whether the proof by `strategy` counts an input as right. Searches for the proof first, if
    /// that has not been done.
    ///
    /// # Errors
    /// If `tokens` are no input of the model, or the strategy cannot be run on it.
    pub fn covered(&self, strategy: Strategy, tokens: &[usize]) -> Result<Covered, CoveredError> {
        self.example(tokens)?;
        Ok(self.covered_by(self.coverage(strategy)?.as_ref(), tokens))
    }

    /// Whether a proof counts an input of the model, and why.
    pub(super) fn covered_by(&self, coverage: &dyn Coverage, tokens: &[usize]) -> Covered {
        let input = Input::new(tokens);
        let counted = &coverage.column(input.m)[input.q];
        let covered = |covered: bool, because| Covered { covered, because };
        let Input { q, m, .. } = input;
        let these = format!("inputs that end with {q} and have the largest token {m}");
        match counted {
            Counted::All => covered(
                true,
                format!("The proof settles all {these} together: no other output wins on any."),
            ),
            Counted::Nothing => covered(false, format!("The proof counts none of the {these}.")),
            Counted::Some(right) => covered(
                false,
                format!(
                    "The proof counts {} of the {} {these}, without telling which: this one may be \
                     among them.",
                    grouped(*right),
                    grouped(self.inputs_of_cell(q, m))
                ),
            ),
            Counted::Right(_) => {
                let decided = Decider::new(self).decide(tokens);
                let found = match decided {
                    Some(true) => "is right, so it is counted",
                    Some(false) => "is wrong, so it is not counted",
                    None => "is too close to a tie to decide, so it is not counted",
                };
                covered(
                    decided == Some(true),
                    format!("The proof decides the {these} one by one: this one {found}."),
                )
            }
            Counted::Among(sets) => {
                covered(input.is_among(sets), input.because(sets[input.others.len()].as_ref()))
            }
        }
    }

    /// What the proof by `strategy` counts.
    pub(super) fn coverage(&self, strategy: Strategy) -> Result<Box<dyn Coverage>, CoveredError> {
        self.feasible(strategy)?;
        Ok(match strategy {
            Strategy::BruteForce => Box::new(EveryInput),
            Strategy::Cubic => Box::new(Cubic::new(self.model())),
            Strategy::Additive(strategy) => Box::new(PlanCoverage::new(self, strategy)),
            Strategy::Subcubic(strategy) => Box::new(CaseCoverage::new(self, strategy)?),
        })
    }

    /// The number of inputs with the last token `q` and the largest token `m`.
    pub(super) fn inputs_of_cell(&self, q: usize, m: usize) -> u128 {
        let others = self.shape().n - 1;
        let power = |choices: usize| std::iter::repeat_n(choices as u128, others).product::<u128>();
        power(m + 1) - if q == m { 0 } else { power(m) }
    }
}

/// An input as proofs see it.
pub(super) struct Input {
    /// The last token.
    pub(super) q: usize,
    /// The largest token.
    pub(super) m: usize,
    /// The tokens before the last that are not the largest.
    others: Vec<usize>,
}

impl Input {
    /// # Panics
    /// If there is no token.
    pub(super) fn new(tokens: &[usize]) -> Self {
        let (&q, before) = tokens.split_last().expect("an input has tokens");
        let m = before.iter().fold(q, |m, &t| m.max(t));
        Self { q, m, others: before.iter().copied().filter(|&t| t != m).collect() }
    }

    /// Whether the smaller tokens are all in the set that [`Counted::Among`] has for their number.
    pub(super) fn is_among(&self, sets: &[Option<Tokens>]) -> bool {
        let set = sets[self.others.len()].as_ref();
        set.is_some_and(|set| self.others.iter().all(|&t| set.contains(t)))
    }

    /// Why the input is counted, or is not, where `set` decides.
    fn because(&self, set: Option<&Tokens>) -> String {
        let Self { q, m, others } = self;
        let smaller = match others.len() {
            0 => {
                let found = if set.is_some() { "proves it" } else { "cannot prove it" };
                return format!("The proof has a case for this input alone, and {found}.");
            }
            1 => "1 smaller token".into(),
            count => format!("{count} smaller tokens"),
        };
        let these = format!(
            "inputs that end with {q}, have the largest token {m} and {smaller} before the end"
        );
        let Some(set) = set.filter(|set| !set.is_empty()) else {
            return format!("The proof counts none of the {these}.");
        };
        let found = match others.iter().find(|&&t| !set.contains(t)) {
            Some(bad) => format!("{bad} is not"),
            None if others.len() == 1 => format!("{} is", others[0]),
            None => "they are".into(),
        };
        let each = if others.len() == 1 { "it is" } else { "they are all" };
        format!("The proof counts {these} where {each} {}: here {found}.", described(set))
    }
}

/// A set of tokens in words: `at most 52`, `among 0 to 9, 12 and 14 to 20`.
pub(super) fn described(set: &Tokens) -> String {
    let range = |&(from, to): &(usize, usize)| {
        if to - from == 1 { from.to_string() } else { format!("{from} to {}", to - 1) }
    };
    match &set.0[..] {
        [(0, to)] => format!("at most {}", to - 1),
        [ranges @ .., last] if !ranges.is_empty() => {
            let ranges: Vec<_> = ranges.iter().map(range).collect();
            format!("among {} and {}", ranges.join(", "), range(last))
        }
        [(from, to)] if to - from > 1 => format!("among {from} to {}", to - 1),
        ranges => ranges.iter().map(range).collect(),
    }
}

/// Decides whether inputs are right, in real numbers: in float64 and, where that cannot tell, in
/// wider arithmetic.
pub(super) struct Decider {
    pub(super) answers: Answers<f64>,
    judge: Judge,
}

impl Decider {
    pub(super) fn new(task: &MaxOfK) -> Self {
        let model = task.model();
        Self { answers: Answers::new(model, Arithmetic::DOUBLE), judge: Judge::new(model) }
    }

    /// Whether the network answers right; `None` if it is too close to a tie to tell.
    pub(super) fn decide(&self, tokens: &[usize]) -> Option<bool> {
        self.answers.decide(tokens).or_else(|| self.judge.decide(tokens))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::models::transformer::Shape;
    use crate::models::transformer::tests::random;
    use crate::proof::count_all;
    use crate::tasks::max_of_k::Pruning;

    /// Every input of `v` tokens at `n` positions.
    pub(in crate::tasks::max_of_k) fn inputs(
        v: usize,
        n: usize,
    ) -> impl Iterator<Item = Vec<usize>> {
        let all = v.pow(u32::try_from(n).unwrap());
        (0..all).map(move |i| {
            let digit = |i: &usize| Some(i / v);
            std::iter::successors(Some(i), digit).take(n).map(|i| i % v).collect()
        })
    }

    #[test]
    fn what_is_covered_is_right_and_is_as_much_as_is_proven() {
        let mut partly = 0;
        for (v, n, scale, seed) in
            [(2, 1, 1.0, 1), (5, 2, 3.0, 4), (5, 3, 1.0, 5), (4, 4, 2.0, 6), (6, 3, 4.0, 7)]
        {
            let task = MaxOfK::new(random(Shape { v, d: 3, h: 2, n }, scale, seed)).unwrap();
            let decider = Decider::new(&task);
            for strategy in Strategy::all() {
                let coverage = task.coverage(strategy).unwrap();
                let mut covered: u128 = 0;
                let columns: Vec<_> = (0..v).map(|m| coverage.column(m)).collect();
                for tokens in inputs(v, n) {
                    let input = Input::new(&tokens);
                    let is_covered = match &columns[input.m][input.q] {
                        Counted::All => true,
                        Counted::Nothing | Counted::Some(_) => false,
                        Counted::Among(sets) => input.is_among(sets),
                        Counted::Right(_) => decider.decide(&tokens) == Some(true),
                    };
                    let is_right = decider.decide(&tokens) == Some(true);
                    assert!(is_right || !is_covered, "{strategy}: {tokens:?}");
                    covered += u128::from(is_covered);
                }
                for counted in columns.iter().flatten() {
                    if let Counted::Some(right) = counted {
                        (covered, partly) = (covered + right, partly + 1);
                    }
                }
                let analysis = strategy.implementation().start(&task, Pruning::On);
                assert_eq!(covered, count_all(&*analysis).right, "{strategy} v = {v}, n = {n}");
            }
        }
        assert!(partly > 10, "{partly}");
    }

    #[test]
    fn a_sentence_says_why() {
        let set = |ranges: &[(usize, usize)]| Some(Tokens(ranges.to_vec()));
        for (tokens, set, expected) in [
            (
                vec![3, 1, 9, 0],
                set(&[(0, 4)]),
                "The proof counts inputs that end with 0, have the largest token 9 and 2 smaller \
                 tokens before the end where they are all at most 3: here they are.",
            ),
            (
                vec![9, 4, 9, 9],
                set(&[(0, 4), (6, 7)]),
                "The proof counts inputs that end with 9, have the largest token 9 and 1 smaller \
                 token before the end where it is among 0 to 3 and 6: here 4 is not.",
            ),
            (
                vec![9, 4, 9, 9],
                set(&[(4, 5)]),
                "The proof counts inputs that end with 9, have the largest token 9 and 1 smaller \
                 token before the end where it is 4: here 4 is.",
            ),
            (
                vec![9, 4, 9, 2],
                set(&[]),
                "The proof counts none of the inputs that end with 2, have the largest token 9 \
                 and 1 smaller token before the end.",
            ),
            (vec![9, 2], None, "The proof has a case for this input alone, and cannot prove it."),
        ] {
            assert_eq!(Input::new(&tokens).because(set.as_ref()), expected);
        }
    }

    #[test]
    fn what_cannot_be_told_is_an_error() {
        let task = MaxOfK::new(random(Shape { v: 64, d: 1, h: 1, n: 9 }, 1.0, 7)).unwrap();
        let error = |strategy, tokens| task.covered(strategy, tokens).unwrap_err().to_string();
        assert!(error(Strategy::Cubic, &[64; 9]).starts_with("64 is not in the vocabulary"));
        assert!(error(Strategy::BruteForce, &[0; 9]).starts_with("Brute force would go through"));
    }
}
