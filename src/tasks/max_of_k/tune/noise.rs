//! What the shortest proofs must bound, and its gradients.

use crate::linalg::{Matrix, map, times, times_left};
use crate::models::transformer::Transformer;
use crate::tasks::max_of_k::subcubic::{FourFactors, attention_factors, rest};
use ndarray::{Axis, Zip, s};

/// The error of the low-rank attention scores in the shortest proofs, and its gradient. Each factor
/// of `E_q W_Q W_Kᵀ E_kᵀ` without its part along given directions is a residual, `R1` to `R4`; the
/// error of query `q` is row `q` of `|R1| |R2| |R3| diff(R4)`, where `diff` is a row's largest
/// entry less its smallest.
pub(super) struct AttentionError<'a> {
    directions: &'a FourFactors,
    /// `R1` `[v, d]`, `R2` `[d, h]`, `R3ᵀ` `[d, h]`, `R4ᵀ` `[v, d]`.
    residuals: [Matrix<f64>; 4],
    /// `diff(R4)` `[d]`, `|R3| diff(R4)` `[h]`, `|R2| |R3| diff(R4)` `[d]`.
    behind: [Vec<f64>; 3],
    /// The error of each query `[v]`, before the division by the score divisor.
    pub(super) rows: Vec<f64>,
}

impl<'a> AttentionError<'a> {
    pub(super) fn new(model: &Transformer, directions: &'a FourFactors) -> Self {
        let FourFactors { query, query_rest, W_Q, W_K, key, key_rest } = directions;
        let [E_q, _, E_k, _] = attention_factors(model);
        let R1 = rest(&rest(&E_q, query), query_rest);
        let (R2, R3) = (rest(&model.W_Q, W_Q), rest(&model.W_K, W_K));
        let R4 = rest(&rest(&E_k, key), key_rest);
        let of_keys =
            column_spreads(&R4).into_iter().map(|spread| spread.size()).collect::<Vec<_>>();
        let of_W_K = times_left(&of_keys, &map(&R3, f64::abs));
        let of_W_Q = times(&map(&R2, f64::abs), &of_W_K);
        let rows = times(&map(&R1, f64::abs), &of_W_Q);
        Self { directions, residuals: [R1, R2, R3, R4], behind: [of_keys, of_W_K, of_W_Q], rows }
    }

    /// Adds the gradient of `Σ_q by_rows[q] rows[q]` for fixed directions.
    pub(super) fn add_gradient(&self, by_rows: &[f64], gradient: &mut Transformer) {
        let FourFactors { query, query_rest, W_Q, W_K, key, key_rest } = self.directions;
        let [R1, R2, R3, R4] = &self.residuals;
        let [of_keys, of_W_K, of_W_Q] = &self.behind;
        let by_of_W_Q = times_left(by_rows, &map(R1, f64::abs));
        let by_of_W_K = times_left(&by_of_W_Q, &map(R2, f64::abs));
        let by_of_keys = times(&map(R3, f64::abs), &by_of_W_K);
        let mut by_R4 = Matrix::zeros(R4.dim());
        for ((column, spread), by) in column_spreads(R4).into_iter().enumerate().zip(by_of_keys) {
            by_R4[[spread.most.0, column]] += by;
            by_R4[[spread.least.0, column]] -= by;
        }
        let by_E_q = rest(&rest(&signed(R1, by_rows, of_W_Q), query_rest), query);
        let by_E_k = rest(&rest(&by_R4, key_rest), key);
        gradient.W_Q += &rest(&signed(R2, &by_of_W_Q, of_W_K), W_Q);
        gradient.W_K += &rest(&signed(R3, of_keys, &by_of_W_K), W_K);
        gradient.W_E += &(&by_E_q + &by_E_k);
        let mut last = gradient.W_pos.slice_mut(s![-1, ..]);
        last += &by_E_q.sum_axis(Axis(0));
        let positions = gradient.W_pos.nrows() as f64;
        let by_mean = by_E_k.sum_axis(Axis(0)) / positions;
        gradient.W_pos += &by_mean;
    }
}

/// The direct path of each query around that of the mean query, bounded as in the shortest proofs,
/// and the gradient: row `q` of `|E_q − mean| diff(W_U)`.
pub(super) struct DirectNoise {
    /// `E_q` less its mean row, `[v, d]`.
    around_mean: Matrix<f64>,
    spreads: Vec<Spread>,
    /// In logits, `[v]`.
    pub(super) rows: Vec<f64>,
}

impl DirectNoise {
    /// `E_q` is `[v, d]`.
    pub(super) fn new(model: &Transformer) -> Self {
        let (_, around_mean) = crate::linalg::centred(&model.W_E);
        let spreads = column_spreads(&model.W_U.t().to_owned());
        let sizes: Vec<_> = spreads.iter().map(Spread::size).collect();
        let rows = times(&map(&around_mean, f64::abs), &sizes);
        Self { around_mean, spreads, rows }
    }

    /// Adds the gradient of `Σ_q by_rows[q] rows[q]`.
    pub(super) fn add_gradient(&self, by_rows: &[f64], gradient: &mut Transformer) {
        let sizes: Vec<_> = self.spreads.iter().map(Spread::size).collect();
        let by_around = signed(&self.around_mean, by_rows, &sizes);
        gradient.W_E += &crate::linalg::centred(&by_around).1;
        let by_sizes = times_left(by_rows, &map(&self.around_mean, f64::abs));
        for ((row, spread), by) in self.spreads.iter().enumerate().zip(by_sizes) {
            gradient.W_U[[row, spread.most.0]] += by;
            gradient.W_U[[row, spread.least.0]] -= by;
        }
    }
}

/// The largest and the smallest of some numbers, each with its place.
#[derive(Clone, Copy)]
pub(super) struct Spread {
    pub(super) most: (usize, f64),
    pub(super) least: (usize, f64),
}

impl Spread {
    pub(super) fn of(numbers: impl IntoIterator<Item = f64>) -> Self {
        let (mut most, mut least) = ((0, f64::NEG_INFINITY), (0, f64::INFINITY));
        for (place, x) in numbers.into_iter().enumerate() {
            if x > most.1 {
                most = (place, x);
            }
            if x < least.1 {
                least = (place, x);
            }
        }
        Self { most, least }
    }

    /// The largest less the smallest.
    pub(super) fn size(&self) -> f64 {
        self.most.1 - self.least.1
    }
}

fn column_spreads(matrix: &Matrix<f64>) -> Vec<Spread> {
    matrix.columns().into_iter().map(|column| Spread::of(column.iter().copied())).collect()
}

/// `sign(M[i, j]) x[i] y[j]`.
fn signed(M: &Matrix<f64>, x: &[f64], y: &[f64]) -> Matrix<f64> {
    let mut signed = M.clone();
    Zip::indexed(&mut signed).for_each(|(i, j), entry| {
        let sign = if *entry > 0.0 {
            1.0
        } else if *entry < 0.0 {
            -1.0
        } else {
            0.0
        };
        *entry = sign * x[i] * y[j];
    });
    signed
}
