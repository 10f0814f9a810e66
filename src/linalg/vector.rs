//! Sums and extremes of rows, each in one fixed order.

use super::Matrix;
use crate::cost::Scalar;
use ndarray::ArrayView1;

/// `Σ x_i y_i`, starting from the first term; `2n − 1` FLOPs.
///
/// # Panics
/// If the lengths differ or are 0.
#[must_use]
pub fn dot<S: Scalar>(x: &[S], y: &[S]) -> S {
    assert_eq!(x.len(), y.len(), "lengths in a dot product");
    let products = x.iter().zip(y).map(|(&x, &y)| x * y);
    products.reduce(|sum, product| sum + product).expect("an empty sum has no first term")
}

/// `A x`, `[m]`; `m (2n − 1)` FLOPs.
#[must_use]
pub fn times<S: Scalar>(a: &Matrix<S>, x: &[S]) -> Vec<S> {
    a.rows().into_iter().map(|row| dot(row.as_slice().expect("row-major"), x)).collect()
}

/// `xᵀ A`, `[n]`; `n (2m − 1)` FLOPs.
///
/// # Panics
/// If the lengths differ or are 0.
#[must_use]
pub fn times_left<S: Scalar>(x: &[S], a: &Matrix<S>) -> Vec<S> {
    assert_eq!(x.len(), a.nrows(), "lengths in a product");
    let mut rows = a.rows().into_iter().zip(x);
    let (first, &scale) = rows.next().expect("an empty sum has no first term");
    let mut sums: Vec<S> = first.iter().map(|&y| scale * y).collect();
    for (row, &scale) in rows {
        sums.iter_mut().zip(row).for_each(|(sum, &y)| *sum = *sum + scale * y);
    }
    sums
}

/// The largest of at least one number; one comparison less than there are numbers.
///
/// # Panics
/// If there is none.
pub fn largest<S: Scalar>(numbers: impl IntoIterator<Item = S>) -> S {
    numbers.into_iter().reduce(S::max).expect("at least one number")
}

/// The smallest of at least one number; one comparison less than there are numbers.
///
/// # Panics
/// If there is none.
pub fn smallest<S: Scalar>(numbers: impl IntoIterator<Item = S>) -> S {
    -largest(numbers.into_iter().map(|x| -x))
}

/// `diff(x) = max x − min x`; `2n − 1` FLOPs.
///
/// # Panics
/// If there are no numbers.
#[must_use]
pub fn diff<S: Scalar>(x: ArrayView1<S>) -> S {
    largest(x.iter().copied()) - smallest(x.iter().copied())
}

/// `diff` of every row of `a` `[m, n]`: `[m]`, `m (2n − 1)` FLOPs.
#[must_use]
pub fn row_diffs<S: Scalar>(a: &Matrix<S>) -> Vec<S> {
    let a = a.as_standard_layout();
    a.rows().into_iter().map(|row| S::spread(row.to_slice().expect("row-major"))).collect()
}

/// The mean row of `a` `[m, n]`: `[n]`, `m n` FLOPs.
///
/// # Panics
/// If there are no rows.
#[must_use]
pub fn mean_row<S: Scalar>(a: &Matrix<S>) -> Vec<S> {
    let rows = S::from_f64(a.nrows() as f64);
    let sums = a.rows().into_iter().map(|row| row.to_vec()).reduce(|mut sums, row| {
        sums.iter_mut().zip(row).for_each(|(sum, x)| *sum = *sum + x);
        sums
    });
    sums.expect("a matrix has rows").into_iter().map(|sum| sum / rows).collect()
}

/// The mean row of `a` `[m, n]`, and `a` less that row in every row; `2 m n` FLOPs.
///
/// # Panics
/// If there are no rows.
#[must_use]
pub fn centred<S: Scalar>(a: &Matrix<S>) -> (Vec<S>, Matrix<S>) {
    let mean = mean_row(a);
    let rest = Matrix::from_shape_fn(a.dim(), |(i, j)| a[[i, j]] - mean[j]);
    (mean, rest)
}
