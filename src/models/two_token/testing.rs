//! A small network for tests.

use super::{Folded, TwoToken, Weights};
use crate::linalg::Matrix;

/// A matrix of multiples of 1/8 from −1 to 1.75, which `seed` tells apart.
pub(crate) fn matrix(rows: usize, columns: usize, seed: usize) -> Matrix<f64> {
    Matrix::from_shape_fn((rows, columns), |(i, j)| {
        ((i * 31 + j * 17 + seed) % 23) as f64 / 8.0 - 1.0
    })
}

/// A network of six tokens on each side, with direct paths or without.
pub(crate) fn network(neurons: usize, outputs: usize, with_paths: bool) -> TwoToken {
    let exact = |rows, columns, seed| Folded::exact(matrix(rows, columns, seed));
    TwoToken::new(Weights {
        left: exact(6, neurons, 1),
        right: exact(6, neurons, 2),
        hidden_bias: exact(1, neurons, 3),
        unembed: exact(outputs, neurons, 4),
        direct: with_paths.then(|| (exact(6, outputs, 5), exact(6, outputs, 6))),
        bias: exact(1, outputs, 7),
        heads: Vec::new(),
        attention_flops: 0.0,
    })
    .unwrap()
}
