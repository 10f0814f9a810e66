use super::{Matrix, matmul, times, times_left};

/// The first singular direction of a matrix. Only searches use it: no proof depends on its
/// precision.
#[derive(Clone, Debug, PartialEq)]
pub struct SingularDirection {
    /// Left unit vector, `[m]`.
    pub left: Vec<f64>,
    /// First singular value.
    pub value: f64,
    /// Right unit vector, `[n]`.
    pub right: Vec<f64>,
}

/// The most squarings that are done: a direction whose singular value is smaller by a factor of
/// `1 − 10⁻⁷` still vanishes.
const SQUARINGS: usize = 28;
/// Squaring ends once it changes no entry by more than this, relative to the largest: the next
/// change would be about the square of this one.
const CONVERGED: f64 = 1e-12;

/// The first singular direction of `a` `[m, n]`; zero vectors for a zero matrix.
///
/// ```text
/// G = a aᵀ or aᵀ a, whichever is smaller      its first eigenvector is a singular vector of a
/// repeat until G does not change: G = G² / (its largest entry)
/// x = the longest column of G                 all columns are multiples of the eigenvector
/// twice: left = a x, x = aᵀ left, normalised  for full precision
/// ```
///
/// The sign makes the largest entry of `left` (the first, if there are several) positive.
///
/// # Panics
/// If `a` is not row-major, or empty.
#[must_use]
pub fn first_singular_direction(a: &Matrix<f64>) -> SingularDirection {
    let right = if a.nrows() < a.ncols() {
        times_left(&dominant(matmul(a.view(), a.t())), a)
    } else {
        dominant(matmul(a.t(), a.view()))
    };
    refined(right, |x| times(a, x), |x| times_left(x, a))
}

/// The first singular direction of `a bᵀ` for `a` `[m, k]` and `b` `[n, k]`. If `k` is smaller than
/// `m` and `n`, it needs only matrices of `[k, k]`: if `(aᵀa)(bᵀb) w = σ² w`, the right vector of
/// the product is `b w`.
///
/// A Gram matrix squares the ratio between the largest and the smallest singular value of its
/// factor. If the factors compensate for ratios of more than about `10⁷`, another direction may be
/// found. If its value is then claimed and too small, the verifier refuses it.
///
/// # Panics
/// If `a` or `b` is not row-major, or empty.
#[must_use]
pub fn first_singular_direction_of_product(a: &Matrix<f64>, b: &Matrix<f64>) -> SingularDirection {
    if a.nrows().min(b.nrows()) < a.ncols() {
        return first_singular_direction(&matmul(a.view(), b.t()));
    }
    let grams = [a, b].map(|factor| scaled(matmul(factor.t(), factor.view())));
    let w = dominant(matmul(grams[0].view(), grams[1].view()));
    refined(times(b, &w), |x| times(a, &times_left(x, b)), |x| times(b, &times_left(x, a)))
}

/// An eigenvector for the largest eigenvalue of a square matrix. The eigenvalue must be real and
/// positive, unless the matrix is zero.
fn dominant(matrix: Matrix<f64>) -> Vec<f64> {
    let mut power = scaled(matrix);
    for _ in 0..SQUARINGS {
        let square = scaled(matmul(power.view(), power.view()));
        let change =
            square.iter().zip(&power).fold(0.0_f64, |change, (x, y)| change.max((x - y).abs()));
        power = square;
        if change <= CONVERGED {
            break;
        }
    }
    // All columns are now multiples of the eigenvector: take the longest.
    let columns = power.columns().into_iter().map(|column| column.to_vec());
    columns.max_by(|x, y| norm(x).total_cmp(&norm(y))).expect("a matrix has columns")
}

/// Divides a matrix by its largest absolute entry, if it is not zero.
fn scaled(mut matrix: Matrix<f64>) -> Matrix<f64> {
    let largest = matrix.iter().fold(0.0_f64, |largest, x| largest.max(x.abs()));
    if largest > 0.0 {
        matrix /= largest;
    }
    matrix
}

/// Multiplies a right vector by the matrix, which gives a left one, and back, twice: for full
/// precision.
fn refined(
    mut right: Vec<f64>,
    to_left: impl Fn(&[f64]) -> Vec<f64>,
    to_right: impl Fn(&[f64]) -> Vec<f64>,
) -> SingularDirection {
    let (mut left, mut value) = (Vec::new(), 0.0);
    for _ in 0..2 {
        normalise(&mut right);
        left = to_left(&right);
        value = normalise(&mut left);
        right = to_right(&left);
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

/// Divides a vector by its length, if that is not zero. Returns the length.
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
        let SingularDirection { left, value, right } =
            first_singular_direction(&array![[3.0, 1.6], [-4.0, 1.2]]);
        let near = |x: f64, y: f64| (x - y).abs() < 1e-14;
        assert!(near(value, 5.0) && near(left[0], -0.6) && near(left[1], 0.8), "{value} {left:?}");
        assert!(near(right[0], -1.0) && near(right[1], 0.0), "{right:?}");
        let zero = first_singular_direction(&Matrix::zeros((3, 2)));
        assert_eq!((zero.left, zero.value, zero.right), (vec![0.0; 3], 0.0, vec![0.0; 2]));
    }

    #[test]
    fn a_product_has_the_direction_that_it_has_multiplied_out() {
        let a = Matrix::from_shape_fn((7, 3), |(i, j)| ((5 * i + 3 * j) % 11) as f64 - 4.0);
        let b = Matrix::from_shape_fn((5, 3), |(i, j)| ((4 * i + 7 * j) % 9) as f64 - 2.0);
        let one = Matrix::from_shape_fn((1, 3), |(_, j)| j as f64 - 1.5);
        for (a, b) in [(&a, &b), (&b, &a), (&a, &one), (&one, &b), (&one, &one)] {
            let product = matmul(a.view(), b.t());
            let (expected, found) =
                (first_singular_direction(&product), first_singular_direction_of_product(a, b));
            let near = |x: &[f64], y: &[f64]| x.iter().zip(y).all(|(x, y)| (x - y).abs() < 1e-14);
            assert!((found.value / expected.value - 1.0).abs() < 1e-14, "{found:?} {expected:?}");
            assert!(
                near(&found.left, &expected.left) && near(&found.right, &expected.right),
                "{found:?} {expected:?}"
            );
            let transposed = first_singular_direction(
                &product.reversed_axes().as_standard_layout().into_owned(),
            );
            assert!(
                (transposed.value / expected.value - 1.0).abs() < 1e-14,
                "{transposed:?} {expected:?}"
            );
        }
        let nothing = first_singular_direction_of_product(&Matrix::zeros((7, 3)), &b);
        assert_eq!((nothing.left, nothing.value, nothing.right), (vec![0.0; 7], 0.0, vec![0.0; 5]));
    }

    #[test]
    fn singular_values_close_to_each_other_are_told_apart() {
        let SingularDirection { left, value, .. } =
            first_singular_direction(&array![[1.0, 0.0], [0.0, 1.0 + 1e-6]]);
        assert!(
            (value - (1.0 + 1e-6)).abs() < 1e-15 && (left[1] - 1.0).abs() < 1e-12,
            "{value} {left:?}"
        );
    }
}
