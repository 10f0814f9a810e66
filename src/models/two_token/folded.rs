//! Matrices that are computed from a file's numbers, with what their rounding can amount to.

use crate::linalg::{Matrix, map, matmul};
use ndarray::s;

/// A matrix that is computed from a file's numbers by sums and products, with what bounds its
/// rounding: an entry is off by at most `γ_roundings` times the same entry of `absolute` (theorem 7
/// of [`crate::rounding`]).
#[derive(Clone, Debug, PartialEq)]
pub struct Folded {
    /// The computed numbers.
    pub value: Matrix<f64>,
    /// The same sums and products of absolute numbers, at least as large as `value`.
    pub absolute: Matrix<f64>,
    /// The most roundings that a number of the file passes on its way to `value`.
    pub roundings: usize,
}

impl Folded {
    /// Numbers as a file stores them: nothing is rounded.
    #[must_use]
    pub fn exact(value: Matrix<f64>) -> Self {
        Self { absolute: map(&value, f64::abs), value, roundings: 0 }
    }

    /// One row that a file stores.
    #[must_use]
    pub fn exact_row(row: &[f64]) -> Self {
        Self::exact(Matrix::from_shape_fn((1, row.len()), |(_, j)| row[j]))
    }

    /// The matrix product `self · other`.
    pub(super) fn times(&self, other: &Self) -> Self {
        Self {
            value: matmul(self.value.view(), other.value.view()),
            absolute: matmul(self.absolute.view(), other.absolute.view()),
            roundings: self.roundings + other.roundings + self.value.ncols(),
        }
    }

    /// The sum with a matrix of the same shape, or with one row that is added to every row.
    pub(super) fn plus(&self, other: &Self) -> Self {
        self.with(other, |a, b| a + b)
    }

    /// `self · 2^exponent` for a small exponent, which rounds nothing above `2⁻¹⁰²²`.
    pub(super) fn scaled(&self, exponent: i32) -> Self {
        let factor = 2.0_f64.powi(exponent);
        let scale = |matrix: &Matrix<f64>| map(matrix, |x| factor * x);
        Self { value: scale(&self.value), absolute: scale(&self.absolute), ..*self }
    }

    /// The difference to one row, taken from every row.
    pub(super) fn minus_row(&self, row: &Self) -> Self {
        self.with(row, |a, b| a - b)
    }

    /// The sum or the difference with a matrix of the same shape, or with one row for every row.
    fn with(&self, other: &Self, sum: impl Fn(f64, f64) -> f64) -> Self {
        let last = other.value.nrows() - 1;
        let entries = |a: &Matrix<f64>, b: &Matrix<f64>, sum: &dyn Fn(f64, f64) -> f64| {
            Matrix::from_shape_fn(a.dim(), |(i, j)| sum(a[[i, j]], b[[i.min(last), j]]))
        };
        Self {
            value: entries(&self.value, &other.value, &sum),
            absolute: entries(&self.absolute, &other.absolute, &|a, b| a + b),
            roundings: self.roundings.max(other.roundings) + 1,
        }
    }

    /// `self / √n`.
    pub(super) fn over_root(&self, n: usize) -> Self {
        let root = (n as f64).sqrt();
        let divided = |matrix: &Matrix<f64>| map(matrix, |x| x / root);
        Self {
            value: divided(&self.value),
            absolute: divided(&self.absolute),
            roundings: self.roundings + 2,
        }
    }

    /// The diagonal as a row.
    pub(super) fn diagonal(&self) -> Self {
        let row = |matrix: &Matrix<f64>| {
            Matrix::from_shape_fn((1, matrix.nrows()), |(_, j)| matrix[[j, j]])
        };
        Self { value: row(&self.value), absolute: row(&self.absolute), ..*self }
    }

    /// Rows `from..to`.
    pub(super) fn rows(&self, from: usize, to: usize) -> Self {
        let rows = |matrix: &Matrix<f64>| matrix.slice(s![from..to, ..]).to_owned();
        Self { value: rows(&self.value), absolute: rows(&self.absolute), ..*self }
    }

    /// The transpose.
    pub(super) fn transposed(&self) -> Self {
        let turn = |matrix: &Matrix<f64>| matrix.t().as_standard_layout().into_owned();
        Self { value: turn(&self.value), absolute: turn(&self.absolute), ..*self }
    }

    /// The largest entry of `absolute`.
    pub(super) fn largest(&self) -> f64 {
        self.absolute.iter().copied().fold(0.0, f64::max)
    }
}
