use super::{Matrix, dot, matmul, sorted};

/// At most this many sweeps over all pairs of columns: eight are enough for any matrix so far.
const SWEEPS: usize = 40;
/// Two columns are orthogonal if the cosine between them is at most this.
const ORTHOGONAL: f64 = 1e-14;
/// Singular values below this part of the first are rounding: a sum of 512 products of float64 is
/// off by at most `512 · 2⁻⁵³ < 10⁻¹³` of its size.
const NOISE: f64 = 1e-12;

/// The singular values of `a bᵀ` for `a` `[m, k]` and `b` `[n, k]`, the largest first: `min(m, n,
/// k)` of them. For people: no proof depends on their precision.
///
/// ```text
/// a = Q R and b = P S with orthogonal columns of Q and P: a bᵀ has the singular values of R Sᵀ
/// repeat until all columns of it are orthogonal: rotate each pair of columns to be orthogonal
/// the singular values are the lengths of the columns
/// ```
///
/// # Panics
/// If the numbers of columns differ, or a matrix is empty.
#[must_use]
pub fn singular_values_of_product(a: &Matrix<f64>, b: &Matrix<f64>) -> Vec<f64> {
    assert_eq!(a.ncols(), b.ncols(), "columns of the factors of a product");
    let [r, s] = [a, b].map(upper_factor);
    let product = matmul(r.view(), s.t());
    let mut values: Vec<_> =
        orthogonal_columns(&product).iter().map(|column| dot(column, column).sqrt()).collect();
    values.sort_by(|x, y| y.total_cmp(x));
    values.truncate(a.nrows().min(b.nrows()).min(a.ncols()));
    values
}

/// The singular values of `a` `[m, n]` that are more than rounding, the largest first, each with
/// its left unit vector `[m]`. For people and their experiments: no proof depends on their
/// precision.
///
/// # Panics
/// If `a` is empty.
#[must_use]
pub fn left_singular_vectors(a: &Matrix<f64>) -> Vec<(f64, Vec<f64>)> {
    let all: Vec<_> = orthogonal_columns(a)
        .into_iter()
        .map(|mut column| {
            let length = dot(&column, &column).sqrt();
            column.iter_mut().for_each(|x| *x /= length);
            (length, column)
        })
        .collect();
    let mut all = sorted(all, |(length, _)| -length);
    let most = all[0].0;
    all.retain(|&(value, _)| value > NOISE * most);
    all
}

/// The columns of `a` times an orthogonal matrix, so that they are orthogonal: left singular
/// vectors, as long as their singular values.
fn orthogonal_columns(a: &Matrix<f64>) -> Vec<Vec<f64>> {
    let mut columns: Vec<Vec<f64>> =
        a.columns().into_iter().map(|column| column.to_vec()).collect();
    for _ in 0..SWEEPS {
        let mut rotated = false;
        for j in 1..columns.len() {
            let (left, right) = columns.split_at_mut(j);
            for x in left {
                rotated |= rotate(x, &mut right[0]);
            }
        }
        if !rotated {
            break;
        }
    }
    columns
}

/// Makes two columns orthogonal by rotating them in their plane; returns whether they were not.
fn rotate(x: &mut [f64], y: &mut [f64]) -> bool {
    let (xx, yy, xy) = (dot(x, x), dot(y, y), dot(x, y));
    if xy.abs() <= ORTHOGONAL * (xx * yy).sqrt() {
        return false;
    }
    let zeta = (yy - xx) / (2.0 * xy);
    let tangent = zeta.signum() / (zeta.abs() + (1.0 + zeta * zeta).sqrt());
    let cosine = 1.0 / (1.0 + tangent * tangent).sqrt();
    let sine = cosine * tangent;
    for (x, y) in x.iter_mut().zip(y) {
        (*x, *y) = (cosine * *x - sine * *y, sine * *x + cosine * *y);
    }
    true
}

/// `R` `[k, k]` of `a = Q R` for `a` `[m, k]`, by the modified Gram–Schmidt process.
fn upper_factor(a: &Matrix<f64>) -> Matrix<f64> {
    let mut columns: Vec<Vec<f64>> =
        a.columns().into_iter().map(|column| column.to_vec()).collect();
    let mut factor = Matrix::zeros((columns.len(), columns.len()));
    for i in 0..columns.len() {
        let (done, rest) = columns.split_at_mut(i + 1);
        let direction = &mut done[i];
        let length = dot(direction, direction).sqrt();
        factor[[i, i]] = length;
        if length > 0.0 {
            direction.iter_mut().for_each(|x| *x /= length);
        }
        for (column, j) in rest.iter_mut().zip(i + 1..) {
            let part = dot(direction, column);
            factor[[i, j]] = part;
            column.iter_mut().zip(&*direction).for_each(|(x, &y)| *x -= part * y);
        }
    }
    factor
}

#[cfg(test)]
mod tests {
    use super::super::first_singular_direction_of_product;
    use super::*;
    use ndarray::array;

    #[test]
    fn values_by_hand() {
        // 5 · (0.6, −0.8)ᵀ(1, 0) + 2 · (0.8, 0.6)ᵀ(0, 1)
        let found = singular_values_of_product(&array![[3.0, 1.6], [-4.0, 1.2]], &Matrix::eye(2));
        assert!((found[0] - 5.0).abs() < 1e-14 && (found[1] - 2.0).abs() < 1e-14, "{found:?}");
        assert_eq!(singular_values_of_product(&Matrix::zeros((3, 2)), &Matrix::eye(2)), [0.0; 2]);
        // More columns than the product has.
        let found = singular_values_of_product(&array![[3.0, 0.0, 4.0]], &array![[3.0, 0.0, 4.0]]);
        assert!(found.len() == 1 && (found[0] - 25.0).abs() < 1e-13, "{found:?}");
    }

    #[test]
    fn left_vectors_are_directions_of_their_values_and_noise_has_none() {
        let a = Matrix::from_shape_fn((6, 3), |(i, j)| ((5 * i + 3 * j) % 11) as f64 - 4.0);
        let product = matmul(a.view(), a.t());
        let found = left_singular_vectors(&product);
        let values = singular_values_of_product(&a, &a);
        assert_eq!(found.len(), 3);
        for ((value, vector), expected) in found.iter().zip(values) {
            assert!((value / expected - 1.0).abs() < 1e-13, "{value} is not {expected}");
            // The product is symmetric and positive: its vectors are eigenvectors.
            let image = crate::linalg::times(&product, vector);
            for (x, y) in image.iter().zip(vector) {
                assert!((x - value * y).abs() < 1e-13 * values_scale(&found), "{x}");
            }
        }
        assert!(left_singular_vectors(&Matrix::zeros((3, 2))).is_empty());
    }

    fn values_scale(found: &[(f64, Vec<f64>)]) -> f64 {
        10.0 * found[0].0
    }

    #[test]
    fn values_agree_with_the_first_direction_and_with_the_sum_of_squares() {
        let a = Matrix::from_shape_fn((9, 4), |(i, j)| ((5 * i + 3 * j) % 11) as f64 - 4.0);
        let b = Matrix::from_shape_fn((7, 4), |(i, j)| ((4 * i + 7 * j) % 9) as f64 - 2.0);
        let found = singular_values_of_product(&a, &b);
        let first = first_singular_direction_of_product(&a, &b).value;
        assert!((found[0] / first - 1.0).abs() < 1e-13, "{found:?}, first {first}");
        let squares: f64 = matmul(a.view(), b.t()).iter().map(|x| x * x).sum();
        let sum: f64 = found.iter().map(|x| x * x).sum();
        assert!((sum / squares - 1.0).abs() < 1e-13, "{sum} and {squares}");
        assert!(found.windows(2).all(|pair| pair[0] >= pair[1]), "{found:?}");
    }
}
