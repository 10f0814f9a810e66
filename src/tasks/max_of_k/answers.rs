use crate::cost::Scalar;
use crate::linalg::{Matrix, largest, map};
use crate::rounding::{Arithmetic, Rounding, Wide};
use crate::transformer::{Circuits, Magnitudes, Shape, Transformer};
use std::sync::OnceLock;

/// A model's answers, sequence by sequence, from its circuits.
#[derive(Debug)]
pub(super) struct Answers<S> {
    pub(super) circuits: Circuits<S>,
    /// `EQKE / scale`, `[v(q), v(k)]`.
    pub(super) token_scores: Matrix<S>,
    /// `EQKP / scale`, `[v(q), n(p)]`.
    pub(super) position_scores: Matrix<S>,
    /// Margins above this, times the sum of the weights, are those of real numbers: see [`Magnitudes::slack`].
    pub(super) slack: S,
}

impl<S: Scalar> Answers<S> {
    pub(super) fn new(model: &Transformer, arithmetic: Arithmetic) -> Self {
        let circuits = Circuits::new(model);
        let divisor: S = model.attn_scale.divisor(model.d_head);
        let scores = |products: &Matrix<S>| map(products, |x| x / divisor);
        let (token_scores, position_scores) = (scores(&circuits.EQKE), scores(&circuits.EQKP));
        let slack = Magnitudes::new(model).slack(arithmetic, Rounding::Enclosed);
        Self { circuits, token_scores, position_scores, slack }
    }

    /// Whether the logits peak strictly at the largest token, if this arithmetic can tell.
    pub(super) fn decide(&self, tokens: &[usize]) -> Option<bool> {
        let (margin, slack) = self.margin(tokens);
        if slack.less(margin) {
            Some(true)
        } else if margin.less(-slack) {
            Some(false)
        } else {
            None
        }
    }

    /// By how much the logit of the largest token exceeds every other one, times the softmax denominator relative to its
    /// largest term, and the slack that rounding asks for.
    pub(super) fn margin(&self, tokens: &[usize]) -> (S, S) {
        let Circuits { EUPU, EVOU, PVOU, .. } = &self.circuits;
        let q = tokens[tokens.len() - 1];
        let score = |p: usize| self.token_scores[[q, tokens[p]]] + self.position_scores[[q, p]];
        let top = largest((0..tokens.len()).map(score));
        let mut logits = vec![S::from_f64(0.0); EUPU.ncols()];
        let mut weights = S::from_f64(0.0);
        for (p, &t) in tokens.iter().enumerate() {
            let weight = (score(p) - top).exp();
            weights = weights + weight;
            let terms = EUPU.row(q).into_iter().zip(EVOU.row(t)).zip(PVOU.row(p));
            for (logit, ((&direct, &token), &position)) in logits.iter_mut().zip(terms) {
                *logit = *logit + weight * (direct + (token + position));
            }
        }
        let m = tokens.iter().copied().max().expect("a sequence has at least one token");
        let wrong = largest((0..logits.len()).filter(|&o| o != m).map(|o| logits[o]));
        (logits[m] - wrong, self.slack * weights)
    }
}

/// Decides in wider arithmetic what float64 leaves undecided.
#[derive(Debug)]
pub(super) struct Judge {
    model: Transformer,
    answers: OnceLock<Answers<Wide>>,
}

impl Judge {
    pub(super) fn new(model: &Transformer) -> Self {
        Self { model: model.clone(), answers: OnceLock::new() }
    }

    /// Some 20 operations of float64 for each wide one: of each position four for each output and an exponential of 60; the
    /// largest wrong logit, its margin.
    pub(super) fn flops(Shape { v, n, .. }: Shape) -> u64 {
        (20 * (n * (4 * v + 60) + v + 4)) as u64
    }

    /// Whether the model is right, if that can be told.
    pub(super) fn decide(&self, tokens: &[usize]) -> Option<bool> {
        self.answers.get_or_init(|| Answers::new(&self.model, Arithmetic::WIDE)).decide(tokens)
    }
}
