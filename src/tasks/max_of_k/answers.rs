//! Decides single sequences: whether the model answers them right, in real numbers.

use crate::cost::Scalar;
use crate::linalg::{Matrix, largest, map};
use crate::models::transformer::{Circuits, Magnitudes, Shape, Transformer};
use crate::rounding::{Arithmetic, Rounding, Wide};
use std::sync::OnceLock;

/// A model's circuits, prepared to decide sequences one by one.
#[derive(Debug)]
pub(super) struct Answers<S> {
    pub(super) circuits: Circuits<S>,
    /// `EQKE / scale`, `[v(q), v(k)]`.
    pub(super) token_scores: Matrix<S>,
    /// `EQKP / scale`, `[v(q), n(p)]`.
    pub(super) position_scores: Matrix<S>,
    /// `κ`, see [`Magnitudes::slack`]. The sign of a margin is certain if the margin exceeds `κ`
    /// times the sum of the attention weights.
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

    /// Whether the logits peak strictly at the largest token; `None` if the arithmetic of `S`
    /// cannot tell.
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

    /// The margin by which the logit of the largest token exceeds all others, and the slack for
    /// rounding. Both are multiplied by the sum of the attention weights, the largest of which is
    /// 1.
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

/// Decides in wider arithmetic the sequences that float64 leaves undecided.
#[derive(Debug)]
pub(super) struct Judge {
    model: Transformer,
    answers: OnceLock<Answers<Wide>>,
}

impl Judge {
    pub(super) fn new(model: &Transformer) -> Self {
        Self { model: model.clone(), answers: OnceLock::new() }
    }

    /// Approximate FLOPs of [`Self::decide`]. A wide operation takes some 20 of float64. Each
    /// position takes 4 wide operations for each output and 60 for its exponential, the margin
    /// takes `v + 4`.
    pub(super) fn flops(Shape { v, n, .. }: Shape) -> u64 {
        (20 * (n * (4 * v + 60) + v + 4)) as u64
    }

    /// Whether the model answers right; `None` if the wider arithmetic cannot tell either.
    pub(super) fn decide(&self, tokens: &[usize]) -> Option<bool> {
        self.answers.get_or_init(|| Answers::new(&self.model, Arithmetic::WIDE)).decide(tokens)
    }
}
