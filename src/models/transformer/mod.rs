//! The model: a one-layer, one-head, attention-only decoder without layer norm, with learned
//! positions and logits read at the last position.
//!
//! Weights have TransformerLens' names: `W_E`, `W_pos`, `W_Q`, `W_K`, `W_V`, `W_O`, `W_U`.
//! Attention is causal, but that makes no difference: the last position, the only one that is read,
//! sees all positions.

mod ablation;
mod attn_scale;
mod biases;
mod canonical;
mod circuits;
mod claims;
mod configuration;
mod float32;
mod load;
mod magnitudes;

pub use ablation::{Ablation, AblationError};
pub use attn_scale::{AttnScale, NoAttnScale};
pub use biases::Biases;
pub use circuits::Circuits;
pub use configuration::Contradiction;
pub use load::ModelError;
pub use magnitudes::Magnitudes;

use crate::linalg::{Matrix, exp, map, matmul};
use ndarray::{Array1, s};
use serde::{Deserialize, Serialize};

/// Largest vocabulary, in tokens.
pub const MAX_V: usize = 512;
/// Longest context, in positions.
pub const MAX_N: usize = 64;
/// Widest residual stream.
pub const MAX_D: usize = 256;
/// Widest attention head.
pub const MAX_H: usize = 256;

/// The four sizes of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Tokens in the vocabulary, `d_vocab`.
    pub v: usize,
    /// Width of the residual stream, `d_model`.
    pub d: usize,
    /// Width of the attention head, `d_head`.
    pub h: usize,
    /// Positions in the context, `n_ctx`.
    pub n: usize,
}

impl Shape {
    /// The number of sequences, `v^n`; `None` if a `u128` cannot hold it.
    #[must_use]
    pub fn sequences(self) -> Option<u128> {
        std::iter::repeat_n(self.v as u128, self.n).try_fold(1_u128, u128::checked_mul)
    }
}

/// A one-layer, one-head, attention-only transformer. Its weights are the exact numbers that its
/// file stores.
///
/// Biases other than zero are folded into the weights exactly (see [`Biases`]), which widens `d`
/// and `h` by one.
#[derive(Clone, Debug, PartialEq)]
pub struct Transformer {
    /// Token embedding, `[v, d]`.
    pub W_E: Matrix<f64>,
    /// Position embedding, `[n, d]`.
    pub W_pos: Matrix<f64>,
    /// Query map, `[d, h]`.
    pub W_Q: Matrix<f64>,
    /// Key map, `[d, h]`.
    pub W_K: Matrix<f64>,
    /// Value map, `[d, h]`.
    pub W_V: Matrix<f64>,
    /// Output map, `[h, d]`.
    pub W_O: Matrix<f64>,
    /// Unembedding, `[d, v_out]`.
    pub W_U: Matrix<f64>,
    /// The `d_head` of the model's file: `h`, or `h − 1` if biases were folded in.
    pub d_head: usize,
    /// What attention scores are divided by.
    pub attn_scale: AttnScale,
}

impl Transformer {
    /// A model without biases whose entries come from `entry`, in the order `W_E`, `W_pos`, `W_Q`,
    /// `W_K`, `W_V`, `W_O`, `W_U`, each row by row.
    pub fn from_entries(Shape { v, d, h, n }: Shape, mut entry: impl FnMut() -> f64) -> Self {
        let mut matrix = |rows, columns| Matrix::from_shape_simple_fn((rows, columns), &mut entry);
        Self {
            W_E: matrix(v, d),
            W_pos: matrix(n, d),
            W_Q: matrix(d, h),
            W_K: matrix(d, h),
            W_V: matrix(d, h),
            W_O: matrix(h, d),
            W_U: matrix(d, v),
            d_head: h,
            attn_scale: AttnScale::RootOfDHead,
        }
    }

    /// The sizes of the weights. If biases were folded in, `d` and `h` are one more than in the
    /// model's file.
    #[must_use]
    pub fn shape(&self) -> Shape {
        Shape {
            v: self.W_E.nrows(),
            d: self.W_E.ncols(),
            h: self.W_Q.ncols(),
            n: self.W_pos.nrows(),
        }
    }

    /// The sizes in the model's file.
    #[must_use]
    pub fn stored_shape(&self) -> Shape {
        let Shape { v, d, h, n } = self.shape();
        Shape { v, d: d - (h - self.d_head), h: self.d_head, n }
    }

    /// The model with attention scores divided by `number`, see [`AttnScale::of_number`].
    ///
    /// # Errors
    /// If `number` is not between [`AttnScale::LEAST`] and [`AttnScale::MOST`].
    pub fn with_attn_scale(self, number: f64) -> Result<Self, NoAttnScale> {
        Ok(Self { attn_scale: AttnScale::of_number(number, self.d_head)?, ..self })
    }

    /// [`Self::attn_scale`] as a float64; a root is rounded. Counts of operations leave it out,
    /// because it is a constant of the model.
    #[must_use]
    pub fn score_divisor(&self) -> f64 {
        self.attn_scale.divisor(self.d_head)
    }

    /// The assumptions about the network that no weights file states, as one sentence for whoever
    /// opens the file or reads a certificate. Certificates quote it and are compared with it, so
    /// its words must not change.
    #[must_use]
    pub fn network(&self) -> String {
        let n = self.W_pos.nrows();
        let divisor = match self.attn_scale {
            AttnScale::RootOfDHead => format!("√d_head = √{}", self.d_head),
            AttnScale::Number(a) => a.to_string(),
        };
        format!(
            "One layer, one head, no layer norm (not even one folded into the weights), attention \
             scores divided by {divisor}, positions added to the residual stream, K = n_ctx = {n} \
             tokens with the answer read at the last position, which attends to all {n} positions, \
             weights applied as x·W."
        )
    }

    /// The logits at the last position, `[v_out]`, straight from the definition. This is the
    /// specification of every proof.
    ///
    /// # Panics
    /// If there are not `n` tokens, or one of them is not below `v`.
    #[must_use]
    pub fn logits(&self, tokens: &[usize]) -> Array1<f64> {
        let residual = self.residual(tokens);
        let attention = self.attention(&residual);
        let values = matmul(residual.view(), self.W_V.view());
        let head = matmul(matmul(attention.view(), values.view()).view(), self.W_O.view());
        let end = Matrix::from_shape_fn(head.dim(), |(_, j)| {
            residual[[tokens.len() - 1, j]] + head[[0, j]]
        });
        matmul(end.view(), self.W_U.view()).row(0).to_owned()
    }

    /// The attention of the last position to each position, `[n]`; sums to 1.
    ///
    /// # Panics
    /// If there are not `n` tokens, or one of them is not below `v`.
    #[must_use]
    pub fn last_attention(&self, tokens: &[usize]) -> Array1<f64> {
        self.attention(&self.residual(tokens)).row(0).to_owned()
    }

    /// The residual stream that the head reads, `[n, d]`.
    fn residual(&self, tokens: &[usize]) -> Matrix<f64> {
        assert_eq!(tokens.len(), self.W_pos.nrows(), "a sequence has n_ctx tokens");
        Matrix::from_shape_fn((tokens.len(), self.W_E.ncols()), |(p, j)| {
            self.W_E[[tokens[p], j]] + self.W_pos[[p, j]]
        })
    }

    /// The attention of the last position to each position, `[1, n]`.
    fn attention(&self, residual: &Matrix<f64>) -> Matrix<f64> {
        let query = matmul(residual.slice(s![-1.., ..]), self.W_Q.view());
        let keys = matmul(residual.view(), self.W_K.view());
        let divisor = self.score_divisor();
        let scores = map(&matmul(query.view(), keys.t()), |product| product / divisor);
        let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights = map(&scores, |score| exp(score - largest));
        let total: f64 = weights.iter().sum();
        map(&weights, |weight| weight / total)
    }
}

#[cfg(test)]
#[path = "../../../tests/common/random.rs"]
#[expect(dead_code, reason = "other tests use more of it")]
mod random;

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A model with float32 entries uniform in `±scale`.
    pub(crate) fn random(shape: Shape, scale: f64, seed: u64) -> Transformer {
        let mut random = random::Random::new(seed);
        let steps = f64::from(1 << 23);
        Transformer::from_entries(shape, || (random.number() * steps).floor() / steps * scale)
    }
}
