use crate::cost::Scalar;
use ndarray::{Array2, ArrayView2, CowArray, Ix2};

/// A matrix, row-major.
pub type Matrix<S> = Array2<S>;

/// The matrix product `a b` for `a` `[m, k]` and `b` `[k, n]`, with any strides.
///
/// Each entry is `((a₀b₀ + a₁b₁) + a₂b₂) + …` in that order. Costs `m n (2k − 1)` FLOPs.
///
/// ```
/// use compact_proofs::linalg::matmul;
/// use ndarray::array;
///
/// let (a, b) = (array![[1.0, 2.0], [3.0, 4.0]], array![[1.0, 0.0], [1.0, 1.0]]);
/// assert_eq!(matmul(a.view(), b.view()), array![[3.0, 2.0], [7.0, 4.0]]);
/// ```
///
/// # Panics
/// If the inner dimensions differ or are zero.
#[must_use]
pub fn matmul<S: Scalar>(a: ArrayView2<S>, b: ArrayView2<S>) -> Matrix<S> {
    let (m, k) = a.dim();
    let n = b.ncols();
    assert_eq!(k, b.nrows(), "inner dimensions of a matrix product");
    assert!(k > 0, "an empty sum has no first term");
    let (a, b) = (a.as_standard_layout(), b.as_standard_layout());
    let product = S::matmul(slice(&a), slice(&b), k, n);
    Matrix::from_shape_vec((m, n), product).expect("m rows of n entries")
}

/// Applies `f` to every entry, in row-major order; the result has the shape of `matrix`, `[m, n]`.
/// ndarray's own `mapv` contains a loop for each memory layout, which would add 8 KB to a
/// WebAssembly module before compression.
#[must_use]
pub fn map<S: Scalar, T>(matrix: &Matrix<S>, f: impl FnMut(S) -> T) -> Matrix<T> {
    let entries = slice(&matrix.as_standard_layout()).iter().copied().map(f).collect();
    Matrix::from_shape_vec(matrix.dim(), entries).unwrap_or_else(|_| unreachable!("one of each"))
}

fn slice<'a, S>(matrix: &'a CowArray<'_, S, Ix2>) -> &'a [S] {
    matrix.as_slice().expect("a matrix of standard layout is a slice")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::{Counted, matmul_flops};
    use ndarray::array;

    #[test]
    fn every_length_of_sum_is_taken_in_order() {
        for k in 1..=11 {
            let a = Matrix::from_shape_fn((3, k), |(i, j)| 1.0 / (1 + i + 3 * j) as f64);
            let b = Matrix::from_shape_fn((k, 5), |(i, j)| (i as f64 - 2.5) / (1 + j) as f64);
            let product = matmul(a.view(), b.view());
            for ((i, j), &found) in product.indexed_iter() {
                let sum = (1..k).fold(a[[i, 0]] * b[[0, j]], |sum, p| sum + a[[i, p]] * b[[p, j]]);
                assert_eq!(found.to_bits(), sum.to_bits(), "k = {k}, entry {i}, {j}");
            }
        }
    }

    #[test]
    fn a_product_by_hand_and_its_cost() {
        let (a, b) = (array![[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], array![[1.0, 0.5], [-1.0, 2.0]]);
        assert_eq!(matmul(a.view(), b.view()), array![[-1.0, 4.5], [-1.0, 9.5], [-1.0, 14.5]]);
        assert_eq!(matmul(b.t(), a.t()), matmul(a.view(), b.view()).t());
        let (flops, _) = Counted::during(|| {
            matmul(a.mapv(Counted::from_f64).view(), b.mapv(Counted::from_f64).view())
        });
        assert_eq!(flops as f64, matmul_flops(3, 2, 2));
    }
}
