use super::{Matrix, matmul};

/// The first singular direction of a matrix, for searches: nothing that is proven depends on its precision.
#[derive(Clone, Debug, PartialEq)]
pub struct SingularDirection {
    /// Left unit vector, `[m]`.
    pub left: Vec<f64>,
    /// First singular value.
    pub value: f64,
    /// Right unit vector, `[n]`.
    pub right: Vec<f64>,
}

/// Squarings of the Gram matrix: directions whose singular values are smaller by a factor of `1 − 10⁻⁷` still vanish.
const SQUARINGS: usize = 28;

/// The first singular direction of `a` `[m, n]`, by repeated squaring of its Gram matrix; zero vectors for a zero matrix.
///
/// The sign is that which makes the largest entry of `left` (the first of them) positive.
#[must_use]
pub fn first_singular_direction(a: &Matrix<f64>) -> SingularDirection {
    let mut gram = matmul(a.t(), a.view());
    for _ in 0..SQUARINGS {
        let largest = gram.iter().fold(0.0_f64, |largest, x| largest.max(x.abs()));
        if largest > 0.0 {
            gram /= largest;
        }
        gram = matmul(gram.view(), gram.view());
    }
    // All columns are multiples of the direction now: take the longest, and once more through `a` for full precision.
    let columns = gram.columns().into_iter().map(|column| column.to_vec());
    let mut right = columns.max_by(|x, y| norm(x).total_cmp(&norm(y))).expect("a matrix has columns");
    let mut left = vec![0.0; a.nrows()];
    let mut value = 0.0;
    for _ in 0..2 {
        normalise(&mut right);
        left = a.rows().into_iter().map(|row| row.iter().zip(&right).map(|(x, y)| x * y).sum()).collect();
        value = normalise(&mut left);
        right = a.columns().into_iter().map(|column| column.iter().zip(&left).map(|(x, y)| x * y).sum()).collect();
    }
    normalise(&mut right);
    let peak = left.iter().fold(0.0_f64, |peak, &x| if x.abs() > peak.abs() { x } else { peak });
    if peak < 0.0 {
        left.iter_mut().chain(&mut right).for_each(|x| *x = -*x);
    }
    SingularDirection { left, value, right }
}

fn norm(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// Makes a vector one of length 1, if it is not zero; its length.
fn normalise(x: &mut [f64]) -> f64 {
    let norm = norm(x);
    if norm > 0.0 {
        x.iter_mut().for_each(|x| *x /= norm);
    }
    norm
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_direction_by_hand() {
        // 5 · (0.6, −0.8)ᵀ(1, 0) + 2 · (0.8, 0.6)ᵀ(0, 1), its larger left entry made positive
        let SingularDirection { left, value, right } = first_singular_direction(&array![[3.0, 1.6], [-4.0, 1.2]]);
        let near = |x: f64, y: f64| (x - y).abs() < 1e-14;
        assert!(near(value, 5.0) && near(left[0], -0.6) && near(left[1], 0.8), "{value} {left:?}");
        assert!(near(right[0], -1.0) && near(right[1], 0.0), "{right:?}");
        let zero = first_singular_direction(&Matrix::zeros((3, 2)));
        assert_eq!((zero.left, zero.value, zero.right), (vec![0.0; 3], 0.0, vec![0.0; 2]));
    }

    #[test]
    fn singular_values_close_to_each_other_are_told_apart() {
        let SingularDirection { left, value, .. } = first_singular_direction(&array![[1.0, 0.0], [0.0, 1.0 + 1e-6]]);
        assert!((value - (1.0 + 1e-6)).abs() < 1e-15 && (left[1] - 1.0).abs() < 1e-12, "{value} {left:?}");
    }
}
