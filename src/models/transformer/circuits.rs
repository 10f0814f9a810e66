//! The circuits of a one-layer attention-only model: its weights, multiplied along each path.

use super::{Shape, Transformer};
use crate::cost::{Scalar, matmul_flops};
use crate::linalg::{Matrix, map, matmul};
use ndarray::s;

/// The five paths through the model, one matrix each. Their indices are the query token `q` (the
/// last token), a key token `k`, its position `p`, and an output `o`.
///
/// For tokens `t_0, …, t_{n−1}` with `q = t_{n−1}`, attention and logits are
///
/// ```text
/// a_p     = softmax_p((EQKE[q, t_p] + EQKP[q, p]) / scale)
/// logit_o = EUPU[q, o] + Σ_p a_p (EVOU[t_p, o] + PVOU[p, o])
/// ```
///
/// (arXiv 2406.11779, section 3). `scale` is [`Transformer::attn_scale`], `√d_head` for most
/// models.
#[derive(Clone, Debug, PartialEq)]
pub struct Circuits<S> {
    /// Direct path from the query token to the logits, `[v(q), v(o)]`: `E_q W_U`, where row `q` of
    /// `E_q` is the residual stream of `q` at the last position.
    pub EUPU: Matrix<S>,
    /// What the head writes from a token to the logits, `[v(k), v(o)]`: `W_E W_V W_O W_U`.
    pub EVOU: Matrix<S>,
    /// What the head writes from a position to the logits, `[n(p), v(o)]`: `W_pos W_V W_O W_U`.
    pub PVOU: Matrix<S>,
    /// Attention scores of tokens times `scale`, `[v(q), v(k)]`: `E_q W_Q W_Kᵀ W_Eᵀ`.
    pub EQKE: Matrix<S>,
    /// Attention scores of positions times `scale`, `[v(q), n(p)]`: `E_q W_Q W_Kᵀ W_posᵀ`.
    pub EQKP: Matrix<S>,
}

impl<S: Scalar> Circuits<S> {
    /// Multiplies the model's matrices; costs [`Self::flops`].
    #[must_use]
    pub fn new(model: &Transformer) -> Self {
        let scalars = |weights: &Matrix<f64>| map(weights, S::from_f64);
        let (W_E, W_pos) = (scalars(&model.W_E), scalars(&model.W_pos));
        let (W_Q, W_K, W_V) = (scalars(&model.W_Q), scalars(&model.W_K), scalars(&model.W_V));
        let (W_O, W_U) = (scalars(&model.W_O), scalars(&model.W_U));

        let last = W_pos.slice(s![-1, ..]);
        let E_q = Matrix::from_shape_fn(W_E.dim(), |(q, j)| W_E[[q, j]] + last[j]);
        let VOU = matmul(matmul(W_V.view(), W_O.view()).view(), W_U.view());
        let queries = matmul(E_q.view(), W_Q.view());
        Self {
            EUPU: matmul(E_q.view(), W_U.view()),
            EVOU: matmul(W_E.view(), VOU.view()),
            PVOU: matmul(W_pos.view(), VOU.view()),
            EQKE: matmul(queries.view(), matmul(W_E.view(), W_K.view()).t()),
            EQKP: matmul(queries.view(), matmul(W_pos.view(), W_K.view()).t()),
        }
    }

    /// FLOPs of [`Self::new`].
    #[must_use]
    pub fn flops(Shape { v, d, h, n }: Shape) -> f64 {
        let E_q = (v * d) as f64;
        let VOU = matmul_flops(d, h, d) + matmul_flops(d, d, v);
        let outputs = matmul_flops(2 * v + n, d, v);
        let scores = matmul_flops(2 * v + n, d, h) + matmul_flops(v, h, v + n);
        E_q + VOU + outputs + scores
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::Counted;
    use crate::models::transformer::tests::random;

    #[test]
    fn the_closed_formula_counts_what_the_code_does() {
        for shape in
            [(3, 2, 5, 1), (5, 4, 3, 2), (8, 7, 6, 4)].map(|(v, d, h, n)| Shape { v, d, h, n })
        {
            let model = random(shape, 1.0, 7);
            let (flops, _) = Counted::during(|| Circuits::<Counted>::new(&model));
            assert_eq!(flops as f64, Circuits::<Counted>::flops(shape), "{shape:?}");
        }
    }

    #[test]
    fn circuits_compose_to_the_forward_pass() {
        let model = random(Shape { v: 5, d: 4, h: 3, n: 3 }, 1.0, 11);
        let circuits = Circuits::<f64>::new(&model);
        for tokens in [[0, 0, 0], [4, 1, 2], [3, 3, 4], [1, 4, 0]] {
            let q = tokens[2];
            let scores = [0, 1, 2].map(|p| {
                (circuits.EQKE[[q, tokens[p]]] + circuits.EQKP[[q, p]]) / model.score_divisor()
            });
            let weights = scores.map(crate::linalg::exp);
            for (o, &logit) in model.logits(&tokens).iter().enumerate() {
                let head: f64 = (0..3)
                    .map(|p| weights[p] * (circuits.EVOU[[tokens[p], o]] + circuits.PVOU[[p, o]]))
                    .sum();
                let composed = circuits.EUPU[[q, o]] + head / weights.iter().sum::<f64>();
                assert!(
                    (composed - logit).abs() < 1e-12,
                    "{tokens:?}, output {o}: {composed} and {logit}"
                );
            }
        }
    }
}
