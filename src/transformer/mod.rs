//! The model: a one-layer, one-head, attention-only decoder without layer norm, learned positions, logits read at the
//! last position.
//!
//! Names are the field's (TransformerLens): `W_E`, `W_pos`, `W_Q`, `W_K`, `W_V`, `W_O`, `W_U`. Attention is causal, but
//! only the last position is read, and that one sees every position.

mod attn_scale;
mod biases;
mod canonical;
mod circuits;
mod claims;
mod configuration;
mod float32;
mod load;
mod magnitudes;

pub use attn_scale::{AttnScale, NoAttnScale};
pub use biases::Biases;
pub use circuits::Circuits;
pub use configuration::Contradiction;
pub use load::ModelError;
pub use magnitudes::Magnitudes;

use crate::linalg::{Matrix, exp, map, matmul};
use ndarray::{Array1, s};
use serde::{Deserialize, Serialize};

/// Largest vocabulary, tokens.
pub const MAX_V: usize = 512;
/// Longest context, positions.
pub const MAX_N: usize = 64;
/// Widest residual stream.
pub const MAX_D: usize = 256;
/// Widest attention head.
pub const MAX_H: usize = 256;

/// The four sizes of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Vocabulary, tokens.
    pub v: usize,
    /// Residual stream, `d_model`.
    pub d: usize,
    /// Attention head, `d_head`.
    pub h: usize,
    /// Context, `n_ctx`.
    pub n: usize,
}

impl Shape {
    /// The number of sequences, `v^n`, if a `u128` can hold it.
    #[must_use]
    pub fn sequences(self) -> Option<u128> {
        std::iter::repeat_n(self.v as u128, self.n).try_fold(1_u128, u128::checked_mul)
    }
}

/// A one-layer, one-head, attention-only transformer, in the exact real numbers that its file stores.
///
/// Non-zero biases are folded into the weights exactly (see [`Biases`]), which widens `d` and `h` by one.
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
    /// The `d_head` that the model's file stores: `h`, or one less where biases were folded in.
    pub d_head: usize,
    /// What attention scores are divided by.
    pub attn_scale: AttnScale,
}

impl Transformer {
    /// A model whose entries come from `entry`, in the order `W_E`, `W_pos`, `W_Q`, `W_K`, `W_V`, `W_O`, `W_U`, each row by row.
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

    /// The model's sizes, as the proofs see them: with one dimension more in `d` and `h` where biases were folded in.
    #[must_use]
    pub fn shape(&self) -> Shape {
        Shape {
            v: self.W_E.nrows(),
            d: self.W_E.ncols(),
            h: self.W_Q.ncols(),
            n: self.W_pos.nrows(),
        }
    }

    /// The sizes that the model's file stores.
    #[must_use]
    pub fn stored_shape(&self) -> Shape {
        let Shape { v, d, h, n } = self.shape();
        Shape { v, d: d - (h - self.d_head), h: self.d_head, n }
    }

    /// The same model with attention scores divided by the number that a configuration gives, see [`AttnScale::of_number`].
    ///
    /// # Errors
    /// If they are not divided by such a number here.
    pub fn with_attn_scale(self, number: f64) -> Result<Self, NoAttnScale> {
        Ok(Self { attn_scale: AttnScale::of_number(number, self.d_head)?, ..self })
    }

    /// The float64 by which attention scores are divided: that of [`Self::attn_scale`], a root rounded. A constant, which counts of
    /// operations leave out.
    #[must_use]
    pub fn score_divisor(&self) -> f64 {
        self.attn_scale.divisor(self.d_head)
    }

    /// What no weights file says of the network that this model is, and what is therefore assumed of it, as one sentence for
    /// whoever opens the file or reads a certificate. Certificates are compared with it, so it stays word for word.
    #[must_use]
    pub fn network(&self) -> String {
        let n = self.W_pos.nrows();
        let divisor = match self.attn_scale {
            AttnScale::RootOfDHead => format!("√d_head = √{}", self.d_head),
            AttnScale::Number(a) => a.to_string(),
        };
        format!(
            "One layer, one head, no layer norm (not even one folded into the weights), attention scores divided by {divisor}, \
             positions added to the residual stream, K = n_ctx = {n} tokens with the answer read at the last position, which \
             attends to all {n} positions, weights applied as x·W."
        )
    }

    /// The logits at the last position, `[v_out]`, straight from the definition: the specification of every proof.
    ///
    /// # Panics
    /// If there are not `n` tokens or one of them is not below `v`.
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

    /// The residual stream that the head reads, `[n, d]`.
    fn residual(&self, tokens: &[usize]) -> Matrix<f64> {
        assert_eq!(tokens.len(), self.W_pos.nrows(), "a sequence has n_ctx tokens");
        Matrix::from_shape_fn((tokens.len(), self.W_E.ncols()), |(p, j)| {
            self.W_E[[tokens[p], j]] + self.W_pos[[p, j]]
        })
    }

    /// How much the last position attends to each, `[1, n]`.
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
pub(crate) mod tests {
    use super::*;

    /// A model with entries uniform in `±scale`, from a small generator of its own.
    pub(crate) fn random(shape: Shape, scale: f64, seed: u64) -> Transformer {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        Transformer::from_entries(shape, || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            f64::from((state >> 40) as i32 - (1 << 23)) / f64::from(1 << 23) * scale
        })
    }
}
