use crate::linalg::{Matrix, exp};
use crate::transformer::{Circuits, Transformer};

/// A model's answers, sequence by sequence, from its circuits.
pub(super) struct Answers {
    pub(super) circuits: Circuits<f64>,
    /// `EQKE / √h`, `[v(q), v(k)]`.
    pub(super) token_scores: Matrix<f64>,
    /// `EQKP / √h`, `[v(q), n(p)]`.
    pub(super) position_scores: Matrix<f64>,
}

impl Answers {
    pub(super) fn new(model: &Transformer) -> Self {
        let circuits = Circuits::new(model);
        let (token_scores, position_scores) = (&circuits.EQKE / model.sqrt_h(), &circuits.EQKP / model.sqrt_h());
        Self { circuits, token_scores, position_scores }
    }

    /// Whether the logits peak strictly at the largest token.
    pub(super) fn is_right(&self, tokens: &[usize]) -> bool {
        let logits = self.unnormalised_logits(tokens);
        let largest = tokens.iter().copied().max().expect("a sequence has at least one token");
        peak_elsewhere(&logits, largest) < logits[largest]
    }

    /// Logits times the softmax denominator (positive, so it changes no order), the largest exponential being 1. `[v]`.
    fn unnormalised_logits(&self, tokens: &[usize]) -> Vec<f64> {
        let Circuits { EUPU, EVOU, PVOU, .. } = &self.circuits;
        let q = tokens[tokens.len() - 1];
        let score = |p: usize| self.token_scores[[q, tokens[p]]] + self.position_scores[[q, p]];
        let largest = (0..tokens.len()).map(score).fold(f64::NEG_INFINITY, f64::max);
        let mut logits = vec![0.0; EUPU.ncols()];
        for (p, &t) in tokens.iter().enumerate() {
            let weight = exp(score(p) - largest);
            let terms = EUPU.row(q).into_iter().zip(EVOU.row(t)).zip(PVOU.row(p));
            for (logit, ((direct, token), position)) in logits.iter_mut().zip(terms) {
                *logit += weight * (direct + (token + position));
            }
        }
        logits
    }
}

/// The largest entry but that at `index`.
pub(super) fn peak_elsewhere(row: &[f64], index: usize) -> f64 {
    let others = row.iter().enumerate().filter(|&(o, _)| o != index);
    others.fold(f64::NEG_INFINITY, |peak, (_, &x)| peak.max(x))
}
