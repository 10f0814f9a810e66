use crate::cost::Scalar;
use crate::linalg::{Matrix, centred, map, matmul};
use crate::models::transformer::Transformer;
use ndarray::s;

/// `E_k = W_E + mean_p W_pos` `[v, d]`, and `W_pos` less its mean `[n, d]`.
pub(super) fn split_positions<S: Scalar>(model: &Transformer) -> (Matrix<S>, Matrix<S>) {
    let (mean, rest) = centred(&map(&model.W_pos, S::from_f64));
    let E_k =
        Matrix::from_shape_fn(model.W_E.dim(), |(k, j)| S::from_f64(model.W_E[[k, j]]) + mean[j]);
    (E_k, rest)
}

/// `E_q = W_E + W_pos[n−1]`, `[v, d]`.
pub(super) fn queries<S: Scalar>(model: &Transformer) -> Matrix<S> {
    let last = model.W_pos.slice(s![-1, ..]);
    Matrix::from_shape_fn(model.W_E.dim(), |(q, j)| {
        S::from_f64(model.W_E[[q, j]]) + S::from_f64(last[j])
    })
}

/// The factors of attention scores, before the division by `scale`: queries `E_q`, what they look
/// for `E_q W_Q W_Kᵀ`, and the keys of tokens and of positions that it is multiplied with, `E_k`
/// and `W_pos` less its mean; each `[rows, d]`.
pub(in crate::tasks::max_of_k) fn attention_factors(model: &Transformer) -> [Matrix<f64>; 4] {
    let E_q = queries(model);
    let (E_k, W_pos) = split_positions(model);
    let read = matmul(E_q.view(), matmul(model.W_Q.view(), model.W_K.t()).view());
    [E_q, read, E_k, W_pos]
}
