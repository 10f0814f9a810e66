//! Bounds on a model's circuits, and the slack for rounding that follows from them.

use super::{Shape, Transformer};
use crate::cost::{Scalar, matmul_flops};
use crate::linalg::{Matrix, dot, largest, map, times, times_left};
use crate::rounding::{Arithmetic, LEAST_SLACK, Rounding, usable};

/// Bounds on the sums of absolute values behind a model's circuits. Rounding errors are
/// proportional to them (theorem 1 of [`crate::rounding`]).
#[derive(Clone, Debug)]
pub struct Magnitudes<S> {
    shape: Shape,
    /// `max_o |W_U[j, o]|`, `[d]`.
    pub unembedding: Vec<S>,
    /// `M`, at least the sum of the largest magnitudes in `EUPU`, `EVOU` and `PVOU`. So no logit
    /// has a larger magnitude.
    pub outputs: S,
    /// `T`, at least the magnitude of any attention score of a token or a position, after the
    /// division by `scale`.
    pub scores: S,
}

impl<S: Scalar> Magnitudes<S> {
    /// Multiplies matrices of absolute weights with vectors, never with each other; costs
    /// [`Self::flops`], `O(v d + d h)`.
    #[must_use]
    pub fn new(model: &Transformer) -> Self {
        let absolute = |weights: &Matrix<f64>| map(weights, |x| S::from_f64(x).abs());
        let (W_E, W_pos, W_U) =
            (absolute(&model.W_E), absolute(&model.W_pos), absolute(&model.W_U));
        let columns = |matrix: &Matrix<S>| -> Vec<S> {
            matrix.columns().into_iter().map(|column| largest(column.iter().copied())).collect()
        };
        let sums = |x: &[S], y: &[S]| -> Vec<S> { x.iter().zip(y).map(|(&x, &y)| x + y).collect() };

        // For each dimension of the residual stream: the largest magnitude of any token, of any
        // position, and of any weight that reads it for a logit.
        let (tokens, positions) = (columns(&W_E), columns(&W_pos));
        let unembedding = columns(&W_U.reversed_axes());
        let queries = sums(&tokens, &W_pos.row(W_pos.nrows() - 1).to_vec());
        let written = times(&absolute(&model.W_V), &times(&absolute(&model.W_O), &unembedding));
        let outputs = dot(&queries, &unembedding) + dot(&sums(&tokens, &positions), &written);

        // Twice the positions, because the sub-cubic strategies add a mean position to tokens and
        // subtract it from positions.
        let two = S::from_f64(2.0);
        let keys: Vec<S> = tokens
            .iter()
            .zip(&positions)
            .map(|(&token, &position)| token + two * position)
            .collect();
        let asked = times(&absolute(&model.W_Q), &times_left(&keys, &absolute(&model.W_K)));
        let scores = dot(&queries, &asked) / S::from_f64(model.score_divisor());
        Self { shape: model.shape(), unembedding, outputs, scores }
    }

    /// `κ` of theorem 3 of [`crate::rounding`], in logits: the amount by which a verifier that
    /// computes in `arithmetic` must enlarge differences of circuits. Infinite if the weights are
    /// too large for the theorem; 0 if `rounding` is ignored. Costs 7 FLOPs.
    #[must_use]
    pub fn slack(&self, arithmetic: Arithmetic, rounding: Rounding) -> S {
        if rounding == Rounding::Ignored {
            return S::from_f64(0.0);
        }
        let weights = arithmetic.weight_error(self.score_error(arithmetic), self.shape.n);
        let relative = S::from_f64(arithmetic.gamma(Self::roundings(self.shape))) + weights;
        usable(S::from_f64(4.0) * self.outputs * relative + S::from_f64(LEAST_SLACK))
    }

    /// `8 γ T` of theorem 2, an upper bound on the error of a sum of four scores. Costs 1 FLOP.
    #[must_use]
    pub fn score_error(&self, arithmetic: Arithmetic) -> S {
        self.scores * S::from_f64(8.0 * arithmetic.gamma(Self::roundings(self.shape)))
    }

    /// `N = 2 d + h + n + 10`, an upper bound on the roundings behind a number: `2 d + h + 2` in a
    /// circuit, `n` in the mean position of the sub-cubic strategies, and eight for differences and
    /// quotients.
    fn roundings(Shape { d, h, n, .. }: Shape) -> usize {
        2 * d + h + n + 10
    }

    /// FLOPs of [`Self::slack`].
    pub const SLACK_FLOPS: f64 = 7.0;

    /// FLOPs of [`Self::new`].
    #[must_use]
    pub fn flops(Shape { v, d, h, n }: Shape) -> f64 {
        let absolute = 2 * v * d + n * d + 4 * d * h;
        let columns = 2 * d * (v - 1) + d * (n - 1);
        let vectors = 2.0 * matmul_flops(h, d, 1) + 2.0 * matmul_flops(d, h, 1);
        (absolute + columns + 4 * d + 3 * (2 * d - 1) + 2) as f64 + vectors
    }
}
