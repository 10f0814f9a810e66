use crate::linalg::Matrix;
use crate::models::two_token::{Shape, TwoToken};
use crate::proof::Version;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A proof object: two factors whose product stands for the unembedding. Any numbers make a sound
/// proof; good ones a good one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Factors {
    version: Version,
    /// How the proof bounds `‖a‖`.
    lengths: Lengths,
    /// `A`, `[o][R]`.
    left: Vec<Vec<f64>>,
    /// `B`, `[R][m]`.
    right: Vec<Vec<f64>>,
}

/// How a proof bounds the length of what the neurons give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lengths {
    /// By the length itself, for every input.
    Exact,
    /// By `‖L[x]‖ + ‖R[y]‖`, which is longer, and takes one addition.
    Sums,
    /// By the same of the neurons that are active, which only walks give
    /// ([`active_sets`](super::super::active_sets)).
    Active,
}

/// The largest magnitude of a number in factors, that of float32.
const MAX_FACTOR: f64 = f32::MAX as f64;

/// Why factors are no proof object for a network.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum FactorsError {
    /// Rows are missing, too many, or of another length.
    #[error(
        "expected `left` of {outputs} rows and `right` of rows of {neurons} numbers, as many as \
         each row of `left` has numbers and at least one; found {rows} rows, and row {row} of \
         `{factor}` with {length} numbers"
    )]
    Form {
        /// Outputs of the network.
        outputs: usize,
        /// Neurons of the network.
        neurons: usize,
        /// Rows of the left factor.
        rows: usize,
        /// The factor with the row.
        factor: &'static str,
        /// The row.
        row: usize,
        /// Its length.
        length: usize,
    },
    /// The network's neurons have inputs that are no sums.
    #[error("`lengths` is not \"exact\", though the network has softmax attention")]
    Lengths,
    /// Lengths are bounded as in a proof by active sets.
    #[error(
        "`lengths` is \"active\", expected \"exact\" or \"sums\": no neurons come and go in this proof"
    )]
    Active,
    /// A number is not finite, or too large.
    #[error("`{factor}` has {value:e} in row {row}, expected finite numbers up to {MAX_FACTOR:e}")]
    Number {
        /// The factor with the number.
        factor: &'static str,
        /// Its row.
        row: usize,
        /// The number.
        value: f64,
    },
}

impl Factors {
    /// A proof object of these factors, `A` `[o][R]` and `B` `[R][m]`.
    #[must_use]
    pub fn new(lengths: Lengths, left: Vec<Vec<f64>>, right: Vec<Vec<f64>>) -> Self {
        Self { version: Version, lengths, left, right }
    }

    /// The same factors with lengths bounded in another way.
    #[must_use]
    pub fn with_lengths(self, lengths: Lengths) -> Self {
        Self { lengths, ..self }
    }

    /// How the proof bounds lengths.
    pub(in super::super) fn lengths(&self) -> Lengths {
        self.lengths
    }

    /// `R`.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.right.len()
    }

    /// Checks that the factors are a proof object for a network.
    ///
    /// # Errors
    /// If they are not.
    pub fn fit(&self, network: &TwoToken) -> Result<(), FactorsError> {
        let Shape { outputs, neurons, .. } = network.shape();
        if self.lengths != Lengths::Exact && network.has_softmax() {
            return Err(FactorsError::Lengths);
        }
        let (rank, rows) = (self.rank(), self.left.len());
        let form = |factor, row, length| {
            Err(FactorsError::Form { outputs, neurons, rows, factor, row, length })
        };
        if rows != outputs || rank == 0 {
            return form("left", 0, self.left.first().map_or(0, Vec::len));
        }
        for (factor, matrix, width) in [("left", &self.left, rank), ("right", &self.right, neurons)]
        {
            for (i, row) in matrix.iter().enumerate() {
                if row.len() != width {
                    return form(factor, i, row.len());
                }
                let is_fine = |x: f64| x.is_finite() && x.abs() <= MAX_FACTOR;
                let wrong = row.iter().find(|&&x| !is_fine(x));
                if let Some(&value) = wrong {
                    return Err(FactorsError::Number { factor, row: i, value });
                }
            }
        }
        Ok(())
    }

    /// `A`, `[o, R]`, of factors that [fit](Self::fit).
    pub(super) fn left(&self) -> Matrix<f64> {
        Matrix::from_shape_fn((self.left.len(), self.rank()), |(z, r)| self.left[z][r])
    }

    /// `B`, `[R, m]`, of factors that [fit](Self::fit).
    pub(in super::super) fn right(&self) -> Matrix<f64> {
        let neurons = self.right.first().map_or(0, Vec::len);
        Matrix::from_shape_fn((self.rank(), neurons), |(r, i)| self.right[r][i])
    }
}
