use super::Matrix;
use crate::cost::Scalar;

/// The lower triangular `L` with `L Lᵀ = a`, for a symmetric `a` `[n, n]`; reads its lower triangle
/// only. `None` if a pivot is not positive, which in exact arithmetic means that `a` is not
/// positive definite.
///
/// Costs [`cholesky_flops`] if it succeeds.
///
/// ```text
/// for each column j:
///     L[j][j] = √(a[j][j] − Σ_{k < j} L[j][k]²)
///     for each row i > j:
///         L[i][j] = (a[i][j] − Σ_{k < j} L[i][k] L[j][k]) / L[j][j]
/// ```
#[must_use]
pub fn cholesky<S: Scalar>(a: &Matrix<S>) -> Option<Matrix<S>> {
    let n = a.nrows();
    let zero = S::from_f64(0.0);
    let mut l = Matrix::from_elem((n, n), zero);
    for j in 0..n {
        let pivot = (0..j).fold(a[[j, j]], |rest, k| rest - l[[j, k]] * l[[j, k]]);
        if !zero.less(pivot) {
            return None;
        }
        let root = pivot.sqrt();
        l[[j, j]] = root;
        for i in j + 1..n {
            let rest = (0..j).fold(a[[i, j]], |rest, k| rest - l[[i, k]] * l[[j, k]]);
            l[[i, j]] = rest / root;
        }
    }
    Some(l)
}

/// FLOPs of a [`cholesky`] that succeeds.
#[must_use]
pub fn cholesky_flops(n: usize) -> f64 {
    let n = n as f64;
    // In column j: 2 j for the sum of each row i ≥ j, in all Σ_j 2 j (n − j); one comparison and
    // one root; and n − 1 − j quotients.
    (n - 1.0) * n * (n + 1.0) / 3.0 + 2.0 * n + n * (n - 1.0) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::Counted;
    use ndarray::array;

    #[test]
    fn a_factor_by_hand_and_its_cost() {
        let a = array![[4.0, 2.0, -2.0], [2.0, 10.0, 5.0], [-2.0, 5.0, 21.0]];
        let l = cholesky(&a).unwrap();
        assert_eq!(l, array![[2.0, 0.0, 0.0], [1.0, 3.0, 0.0], [-1.0, 2.0, 4.0]]);
        let (flops, _) = Counted::during(|| cholesky(&a.mapv(Counted::from_f64)));
        assert_eq!(flops as f64, cholesky_flops(3));
        for indefinite in
            [array![[1.0, 2.0], [2.0, 4.0]], array![[-1.0, 0.0], [0.0, 1.0]], array![[f64::NAN]]]
        {
            assert!(cholesky(&indefinite).is_none(), "{indefinite}");
        }
    }
}
