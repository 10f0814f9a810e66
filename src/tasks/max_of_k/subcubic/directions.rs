//! Finds directions on which the factors of `EQKE' = A Bᵀ` are projected, where `A = E_q W_Q W_Kᵀ`
//! and `B = E_k`. No proof trusts them: any directions give a true bound.
//!
//! ```text
//! for each direction `u` of queries and `w` of keys, of those asked for:
//!     svd      the first singular direction of what is left of A Bᵀ
//!     mean     the first time: w is along the mean row of A Bᵀ, u is along A Bᵀ w; then as svd
//!     query    w is along the longest row of what is left of A Bᵀ, u is along (what is left) w
//!     take u out of A, and w out of B
//! ```

use super::built::Directions;
use super::embeddings::attention_factors;
use super::proof::FourFactors;
use crate::linalg::{
    Matrix, SingularDirection, dot, first_singular_direction, first_singular_direction_of_product,
    matmul, mean_row, times, times_left,
};
use crate::models::transformer::Transformer;

/// Directions of queries and of keys, `[v]` each, as many of these as of those.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sides {
    pub(super) queries: Vec<Vec<f64>>,
    pub(super) keys: Vec<Vec<f64>>,
}

impl Sides {
    /// Finds `rank` directions on either side of `a bᵀ`, `a` and `b` `[v, d]`.
    /// [`Directions::Given`] finds none.
    pub(super) fn find(how: Directions, rank: usize, a: &Matrix<f64>, b: &Matrix<f64>) -> Self {
        let (mut sides, mut a, mut b) =
            (Self { queries: Vec::new(), keys: Vec::new() }, a.clone(), b.clone());
        let rank = if how == Directions::Given { 0 } else { rank };
        for i in 0..rank {
            let (u, w) = match how {
                Directions::Mean if i == 0 => along(&a, &b, &mean_row(&a)),
                Directions::Query => along(&a, &b, &longest_row(&a, &b)),
                _ => {
                    let SingularDirection { left, right, .. } =
                        first_singular_direction_of_product(&a, &b);
                    (left, right)
                }
            };
            (a, b) = (rest(&a, &u), rest(&b, &w));
            sides.queries.push(u);
            sides.keys.push(w);
        }
        sides
    }

    /// The first `rank` directions of either side.
    pub(super) fn first(&self, rank: usize) -> Self {
        let first = |side: &[Vec<f64>]| side.iter().take(rank).cloned().collect();
        Self { queries: first(&self.queries), keys: first(&self.keys) }
    }

    /// What is left of `a` and of `b` without the directions.
    pub(super) fn rests(&self, a: &Matrix<f64>, b: &Matrix<f64>) -> [Matrix<f64>; 2] {
        let left = |matrix: &Matrix<f64>, side: &[Vec<f64>]| {
            side.iter().fold(matrix.clone(), |matrix, x| rest(&matrix, x))
        };
        [left(a, &self.queries), left(b, &self.keys)]
    }
}

impl FourFactors {
    /// The directions of the published proofs of `model`.
    pub(in crate::tasks::max_of_k) fn of(model: &Transformer) -> Self {
        let [E_q, A, E_k, _] = attention_factors(model);
        let SingularDirection { left, right, .. } = first_singular_direction_of_product(&A, &E_k);
        Self::around(model, [&E_q, &E_k], left, right)
    }

    /// The directions of the published proofs, where `query` and `key` are those of the product of
    /// all factors.
    pub(super) fn around(
        model: &Transformer,
        [E_q, E_k]: [&Matrix<f64>; 2],
        query: Vec<f64>,
        key: Vec<f64>,
    ) -> Self {
        let first = |matrix: &Matrix<f64>| first_singular_direction(matrix).left;
        Self {
            query_rest: first(&rest(E_q, &query)),
            key_rest: first(&rest(E_k, &key)),
            W_Q: first(&model.W_Q),
            W_K: first(&model.W_K),
            query,
            key,
        }
    }
}

/// `M − u uᵀM`.
pub(in crate::tasks::max_of_k) fn rest(M: &Matrix<f64>, u: &[f64]) -> Matrix<f64> {
    let kept = times_left(u, M);
    Matrix::from_shape_fn(M.dim(), |(i, j)| M[[i, j]] - u[i] * kept[j])
}

/// The unit vectors along `a bᵀ w` and along `w = b x`.
fn along(a: &Matrix<f64>, b: &Matrix<f64>, x: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let w = unit(times(b, x));
    (unit(times(a, &times_left(&w, b))), w)
}

/// The row of `a` that is longest in `a bᵀ`.
fn longest_row(a: &Matrix<f64>, b: &Matrix<f64>) -> Vec<f64> {
    let product = matmul(a.view(), b.t());
    let square = |i: &usize| product.row(*i).iter().map(|x| x * x).sum::<f64>();
    let longest = (0..a.nrows()).max_by(|i, j| square(i).total_cmp(&square(j)));
    a.row(longest.expect("a model has tokens")).to_vec()
}

/// The vectors scaled to length 1, and each without its part along those before it; a vector of
/// which then nothing is left is zero. The numbers must be finite, and the lengths equal.
pub(super) fn orthonormal(vectors: &[Vec<f64>]) -> Vec<Vec<f64>> {
    /// Less than this of a unit vector is rounding.
    const NOTHING: f64 = 1e-9;
    let mut found: Vec<Vec<f64>> = Vec::new();
    for vector in vectors {
        let mut left = unit(vector.clone());
        // Twice, as the first time rounding may leave much of what is to go.
        for _ in 0..2 {
            for before in &found {
                let part = dot(before, &left);
                left.iter_mut().zip(before).for_each(|(x, y)| *x -= part * y);
            }
        }
        let length = dot(&left, &left).sqrt();
        found.push(if length > NOTHING { unit(left) } else { vec![0.0; left.len()] });
    }
    found
}

/// Divides a vector by its length, if that is not zero. Numbers of any size may be in it.
fn unit(mut x: Vec<f64>) -> Vec<f64> {
    for divisor in [
        |x: &[f64]| x.iter().fold(0.0_f64, |most, x| most.max(x.abs())),
        |x: &[f64]| dot(x, x).sqrt(),
    ] {
        let length = divisor(&x);
        if length > 0.0 {
            x.iter_mut().for_each(|x| *x /= length);
        }
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn directions_by_hand() {
        // A Bᵀ is A: rows of the lengths 5 and 2, the mean row along (1.5, 3).
        let (a, b) = (array![[3.0, 4.0], [0.0, 2.0]], Matrix::eye(2));
        let Sides { queries, keys } = Sides::find(Directions::Query, 2, &a, &b);
        let near = |x: &[f64], y: [f64; 2]| x.iter().zip(y).all(|(x, y)| (x - y).abs() < 1e-14);
        assert!(near(&keys[0], [0.6, 0.8]), "{keys:?}");
        let length = (25.0_f64 + 1.6 * 1.6).sqrt();
        assert!(near(&queries[0], [5.0 / length, 1.6 / length]), "{queries:?}");
        let mean = Sides::find(Directions::Mean, 1, &a, &b).keys;
        assert!(near(&mean[0], [1.5 / 11.25_f64.sqrt(), 3.0 / 11.25_f64.sqrt()]), "{mean:?}");
        // Two directions leave nothing of two dimensions.
        for how in [Directions::Svd, Directions::Mean, Directions::Query] {
            let rests = Sides::find(how, 2, &a, &b).rests(&a, &b);
            let left = matmul(rests[0].view(), rests[1].t());
            assert!(left.iter().all(|x| x.abs() < 1e-13), "{how:?}: {left}");
        }
        let none = Sides::find(Directions::Given, 2, &a, &b);
        assert!(none.queries.is_empty() && none.keys.is_empty());
    }

    #[test]
    fn vectors_of_any_size_become_orthonormal() {
        let vectors = [vec![3e300, 4e300], vec![3e-300, 4e-300], vec![0.0, 1e308], vec![0.0; 2]];
        let found = orthonormal(&vectors);
        assert!((found[0][0] - 0.6).abs() < 1e-15 && (found[0][1] - 0.8).abs() < 1e-15);
        assert_eq!(found[1], [0.0; 2]);
        assert!(
            (dot(&found[2], &found[2]) - 1.0).abs() < 1e-15 && dot(&found[0], &found[2]) < 1e-15
        );
        assert_eq!(found[3], [0.0; 2]);
    }
}
