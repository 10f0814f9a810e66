//! What a training gives, as a file stores it.

use super::Recipe;
use super::factored::Network;
use crate::linalg::Matrix;
use std::collections::BTreeMap;

/// A trained network, its factors multiplied out and rounded to float32 as a file stores them.
#[derive(Clone, Debug, PartialEq)]
pub struct Trained {
    left: Matrix<f64>,
    right: Matrix<f64>,
    hidden_bias: Option<Matrix<f64>>,
    unembed: Matrix<f64>,
    bias: Option<Matrix<f64>>,
}

impl Trained {
    pub(super) fn new(recipe: &Recipe, network: Network) -> Self {
        let Network { left, right, hidden_bias, unembed, bias } = network;
        #[expect(clippy::cast_possible_truncation, reason = "the file's numbers are float32")]
        let single = |matrix: Matrix<f64>| matrix.mapv_into(|x| f64::from(x as f32));
        let is_tied = recipe.is_tied();
        Self {
            left: single(left),
            right: single(right),
            hidden_bias: is_tied.then(|| single(hidden_bias)),
            unembed: single(unembed),
            bias: (!is_tied).then(|| single(bias)),
        }
    }

    /// The tensors by the names of the groups literature, for one network: shapes and row-major
    /// numbers.
    #[must_use]
    pub fn state_dict(&self) -> BTreeMap<&'static str, (Vec<usize>, Vec<f64>)> {
        let matrix = |matrix: &Matrix<f64>| {
            let (rows, columns) = matrix.dim();
            (vec![1, rows, columns], matrix.iter().copied().collect())
        };
        let row = |row: &Matrix<f64>| (vec![1, row.len()], row.iter().copied().collect());
        let biases = [("hidden_bias", &self.hidden_bias), ("unembed_bias", &self.bias)];
        let biases =
            biases.into_iter().filter_map(|(name, bias)| Some((name, row(bias.as_ref()?))));
        let matrices = [
            ("embedding_left", &self.left),
            ("embedding_right", &self.right),
            ("unembedding", &self.unembed),
        ];
        matrices.into_iter().map(|(name, numbers)| (name, matrix(numbers))).chain(biases).collect()
    }
}
