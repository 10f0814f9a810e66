//! Biases, folded into the weights so that no proof needs to know of them.

use super::{Shape, Transformer};
use crate::linalg::Matrix;
use ndarray::{Array1, s};

/// The biases of an attention-only model of TransformerLens. The literature's Max-of-K models have
/// none.
#[derive(Clone, Debug, PartialEq)]
pub struct Biases {
    /// Query bias, `[h]`.
    pub b_Q: Array1<f64>,
    /// Key bias, `[h]`. It adds one number to all scores of a query, so it cannot change attention;
    /// it is folded in all the same.
    pub b_K: Array1<f64>,
    /// Value bias, `[h]`.
    pub b_V: Array1<f64>,
    /// Output bias, `[d]`.
    pub b_O: Array1<f64>,
    /// Unembedding bias, `[v_out]`.
    pub b_U: Array1<f64>,
}

impl Biases {
    /// Whether every bias is zero.
    #[must_use]
    pub fn are_zero(&self) -> bool {
        [&self.b_Q, &self.b_K, &self.b_V, &self.b_O, &self.b_U]
            .iter()
            .all(|b| b.iter().all(|&x| x == 0.0))
    }

    /// A model without biases that computes what `model` computes with these biases.
    ///
    /// Exact, because numbers are moved and none is computed:
    ///
    /// * The residual stream gets a dimension that `W_pos` sets to 1 at every position. Queries,
    ///   keys, values and logits read their biases from it.
    /// * The head gets a dimension whose value is 1 at every position. Attention sums to 1, so
    ///   `W_O` writes `b_O` from it. Queries and keys are 0 there, so scores do not change, and
    ///   [`Transformer::d_head`] stays that of `model`.
    #[must_use]
    pub fn fold_into(&self, model: &Transformer) -> Transformer {
        let reads = |map: &Matrix<f64>, bias: &Array1<f64>, constant: f64| {
            let mut wide = widened(map);
            wide.slice_mut(s![-1, ..-1]).assign(bias);
            wide[[map.nrows(), map.ncols()]] = constant;
            wide
        };
        let (d, h) = model.W_Q.dim();
        let mut W_pos = Matrix::ones((model.W_pos.nrows(), d + 1));
        W_pos.slice_mut(s![.., ..d]).assign(&model.W_pos);
        let mut W_O = widened(&model.W_O);
        W_O.slice_mut(s![h, ..d]).assign(&self.b_O);
        Transformer {
            W_E: widened(&model.W_E).slice(s![..-1, ..]).to_owned(),
            W_pos,
            W_Q: reads(&model.W_Q, &self.b_Q, 0.0),
            W_K: reads(&model.W_K, &self.b_K, 0.0),
            W_V: reads(&model.W_V, &self.b_V, 1.0),
            W_O,
            W_U: reads(&model.W_U, &self.b_U, 0.0).slice(s![.., ..-1]).to_owned(),
            d_head: model.d_head,
            attn_scale: model.attn_scale,
        }
    }

    /// Undoes [`Self::fold_into`]: the model and the biases; `None` if it did not make `wide`.
    pub(super) fn unfold(wide: &Transformer) -> Option<(Transformer, Self)> {
        let Shape { d, h, .. } = wide.stored_shape();
        if wide.W_Q.dim() != (d + 1, h + 1) {
            return None;
        }
        let model = Transformer {
            W_E: wide.W_E.slice(s![.., ..d]).to_owned(),
            W_pos: wide.W_pos.slice(s![.., ..d]).to_owned(),
            W_Q: wide.W_Q.slice(s![..d, ..h]).to_owned(),
            W_K: wide.W_K.slice(s![..d, ..h]).to_owned(),
            W_V: wide.W_V.slice(s![..d, ..h]).to_owned(),
            W_O: wide.W_O.slice(s![..h, ..d]).to_owned(),
            W_U: wide.W_U.slice(s![..d, ..]).to_owned(),
            d_head: wide.d_head,
            attn_scale: wide.attn_scale,
        };
        let biases = Self {
            b_Q: wide.W_Q.slice(s![d, ..h]).to_owned(),
            b_K: wide.W_K.slice(s![d, ..h]).to_owned(),
            b_V: wide.W_V.slice(s![d, ..h]).to_owned(),
            b_O: wide.W_O.slice(s![h, ..d]).to_owned(),
            b_U: wide.W_U.row(d).to_owned(),
        };
        (biases.fold_into(&model) == *wide).then_some((model, biases))
    }
}

/// `matrix` with a row and a column of zeros appended.
fn widened(matrix: &Matrix<f64>) -> Matrix<f64> {
    let (rows, columns) = matrix.dim();
    let mut wide = Matrix::zeros((rows + 1, columns + 1));
    wide.slice_mut(s![..rows, ..columns]).assign(matrix);
    wide
}
