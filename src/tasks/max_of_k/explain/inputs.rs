use super::{Place, Term};
use crate::models::transformer::{Shape, Transformer};
use crate::rounding::Arithmetic;
use crate::tasks::max_of_k::answers::{Answers, Judge};
use crate::tasks::max_of_k::cases::Arrangements;

/// Finds inputs with one last token `q` and one largest token `m` that the network is right or
/// wrong about.
pub(in crate::tasks::max_of_k) struct Inputs {
    shape: Shape,
    answers: Answers<f64>,
    judge: Judge,
}

/// An input, and the wrong output that comes closest to the right one, or exceeds it most.
pub(in crate::tasks::max_of_k) struct Close {
    pub(in crate::tasks::max_of_k) tokens: Vec<usize>,
    pub(in crate::tasks::max_of_k) output: usize,
}

/// How many inputs are tried beside extreme ones.
const TRIED: usize = 4096;

impl Inputs {
    pub(in crate::tasks::max_of_k) fn new(model: &Transformer) -> Self {
        Self {
            shape: model.shape(),
            answers: Answers::new(model, Arithmetic::DOUBLE),
            judge: Judge::new(model),
        }
    }

    /// Whether the network answers an input right; `None` if that cannot be told.
    pub(in crate::tasks::max_of_k) fn decide(&self, tokens: &[usize]) -> Option<bool> {
        self.answers.decide(tokens).or_else(|| self.judge.decide(tokens))
    }

    /// The input of a case that helps a wrong output most, or nearly: found position by position
    /// for each output.
    pub(in crate::tasks::max_of_k) fn worst(&self, place: Place) -> Close {
        let close = |output| {
            let tokens = self.extreme(place, output, 1.0);
            (self.terms(&tokens, output).iter().map(|term| term.value).sum(), tokens, output)
        };
        let worst = self
            .wrong_outputs(place.0)
            .map(close)
            .reduce(|best: (f64, _, _), next| if next.0 > best.0 { next } else { best });
        let (_, tokens, output) = worst.expect("a model has two outputs");
        Close { tokens, output }
    }

    /// An input of a case that the network answers right, if `right`, or wrong: an extreme one, or
    /// one of a few thousand others. A wrong one is found wherever float64 can tell one.
    pub(in crate::tasks::max_of_k) fn example(
        &self,
        place: Place,
        right: bool,
    ) -> Option<Vec<usize>> {
        let (m, q, others) = place;
        let sign = if right { -1.0 } else { 1.0 };
        let extremes = self.wrong_outputs(m).map(|output| self.extreme(place, output, sign));
        let mut state = 1_u64;
        let mut random = move |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let high = usize::try_from(state >> 40).expect("24 bits");
            high % below
        };
        let before = self.shape.n - 1;
        let tried = (0..TRIED).map(|_| {
            let most = before - usize::from(q < m);
            let smaller = match others {
                Some(others) => others - usize::from(q < m),
                None => random(most + 1),
            };
            let mut tokens = vec![m; before];
            let smaller = if m > 0 { smaller } else { 0 };
            tokens[..smaller].iter_mut().for_each(|token| *token = random(m));
            (1..before).rev().for_each(|place| tokens.swap(place, random(place + 1)));
            tokens.push(q);
            tokens
        });
        extremes.chain(tried).find(|tokens| self.decide(tokens) == Some(right))
    }

    /// What the parts of the network add to the logit of `output` over that of the largest token:
    /// they add up to the difference of the two.
    pub(in crate::tasks::max_of_k) fn terms(&self, tokens: &[usize], output: usize) -> Vec<Term> {
        let circuits = &self.answers.circuits;
        let (q, m) = self.ends(tokens);
        let scores: Vec<_> = tokens.iter().enumerate().map(|(p, &t)| self.score(q, p, t)).collect();
        let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<_> = scores.iter().map(|score| crate::linalg::exp(score - top)).collect();
        let sum: f64 = weights.iter().sum();
        let (mut largest, mut others, mut positions) = (0.0, 0.0, 0.0);
        for (p, (&t, weight)) in tokens.iter().zip(&weights).enumerate() {
            let attention = weight / sum;
            let of_token = circuits.EVOU[[t, output]] - circuits.EVOU[[t, m]];
            *(if t == m { &mut largest } else { &mut others }) += attention * of_token;
            positions += attention * (circuits.PVOU[[p, output]] - circuits.PVOU[[p, m]]);
        }
        let direct = circuits.EUPU[[q, output]] - circuits.EUPU[[q, m]];
        vec![
            Term { label: "Direct path of the last token", value: direct },
            Term { label: "Attention to the largest token writes", value: largest },
            Term { label: "Attention to other tokens writes", value: others },
            Term { label: "Attention to positions writes", value: positions },
        ]
    }

    /// The input of a case that helps a wrong output most, if `sign` is 1, or least, if it is −1.
    fn extreme(&self, (m, q, others): Place, output: usize, sign: f64) -> Vec<usize> {
        let circuits = &self.answers.circuits;
        let before = self.shape.n - 1;
        let scores = (0..before).flat_map(|p| (0..=m).map(move |t| self.score(q, p, t)));
        let top = scores.fold(f64::NEG_INFINITY, f64::max);
        let direct = circuits.EUPU[[q, output]] - circuits.EUPU[[q, m]];
        let gain = |p: usize, t: usize| {
            let of_token = circuits.EVOU[[t, output]] - circuits.EVOU[[t, m]];
            let of_position = circuits.PVOU[[p, output]] - circuits.PVOU[[p, m]];
            let weight = crate::linalg::exp(self.score(q, p, t) - top);
            sign * weight * (direct + of_token + of_position)
        };
        // Of each position, the best token below m, and what it gains over m.
        let best = |p: usize| {
            let gains = (0..m).map(|t| (gain(p, t), t));
            let best = gains.reduce(|best, next| if next.0 > best.0 { next } else { best });
            best.map(|(of_other, t)| (of_other - gain(p, m), p, t))
        };
        let mut found: Vec<_> = (0..before).filter_map(best).collect();
        found.sort_by(|(a, ..), (b, ..)| b.total_cmp(a));
        let smaller = match others {
            Some(others) => others - usize::from(q < m),
            None => {
                let gaining = found.iter().filter(|(gained, ..)| *gained > 0.0).count();
                gaining.min(before.saturating_sub(usize::from(q < m)))
            }
        };
        let mut tokens = vec![m; before];
        found[..smaller].iter().for_each(|&(_, p, t)| tokens[p] = t);
        tokens.push(q);
        tokens
    }

    fn wrong_outputs(&self, m: usize) -> impl Iterator<Item = usize> {
        (0..m).chain(m + 1..self.shape.v)
    }

    fn ends(&self, tokens: &[usize]) -> (usize, usize) {
        (tokens[self.shape.n - 1], tokens.iter().copied().max().expect("an input has tokens"))
    }

    fn score(&self, q: usize, p: usize, t: usize) -> f64 {
        self.answers.token_scores[[q, t]] + self.answers.position_scores[[q, p]]
    }
}

/// The number of inputs of `n` tokens in a case.
pub(in crate::tasks::max_of_k) fn case_size(n: usize, (m, q, others): Place) -> u128 {
    let power = |choices: usize| std::iter::repeat_n(choices as u128, n - 1).product::<u128>();
    let Some(others) = others else {
        return power(m + 1) - if q == m { 0 } else { power(m) };
    };
    // One of the tokens before the query is m, unless the query is.
    let is_other = usize::from(q < m);
    let before = others.checked_sub(is_other).filter(|before| before + is_other < n);
    before.map_or(0, |before| Arrangements::new(n).sequences(before, m))
}
