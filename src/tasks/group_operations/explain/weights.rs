use crate::linalg::{Matrix, centred};
use crate::tasks::group_operations::GroupOperation;
use serde::Serialize;

/// The network's matrices, row by row.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Weights {
    /// Neurons `m`.
    pub neurons: usize,
    /// What each neuron reads of `x`, `[x, m]`.
    pub left: Vec<f64>,
    /// What it reads of `y`, `[y, m]`.
    pub right: Vec<f64>,
    /// What it writes to the logit of `z`, the mean of all `z` aside, `[z, m]`.
    pub out: Vec<f64>,
}

impl GroupOperation {
    /// The network's matrices.
    #[must_use]
    pub fn weights(&self) -> Weights {
        let rows = |matrix: &Matrix<f64>| matrix.iter().copied().collect();
        let [left, right] = self.reads();
        let (_, out) = centred(self.network.unembed());
        let neurons = out.ncols();
        Weights { neurons, left: rows(&left), right: rows(&right), out: rows(&out) }
    }
}
