//! Low-rank token attention scores, and bounds on the error of each query's row of them.
//!
//! `q` is the query token, `k` a key token, `m` the largest token; `u`, `w`, `b`, `c` are
//! directions of a proof object. The spread of a row, `diff(x)`, is its largest entry less its
//! smallest.

use super::common::Common;
use super::proof::{Family, FourFactors, LowRank, ProofError};
use super::strategy::AttentionError;
use crate::cost::{Scalar, matmul_flops};
use crate::linalg::{
    Matrix, centred, cholesky, cholesky_flops, diff, dot, largest, map, matmul, row_diffs, times,
    times_left,
};
use crate::models::transformer::{Shape, Transformer};
use crate::rounding::{Arithmetic, Rounding};

/// Token attention scores up to an error: for each query `q` the spread of the row
/// `(EQKE' − approx)[q, :]` is at most `error[q]`, where `EQKE' = E_q W_Q W_Kᵀ E_kᵀ` and
/// `E_k = W_E + mean_p W_pos`, the mean over positions `p`.
///
/// Some factors are split into their projections on given directions and a residual. `approx` is
/// the sum of the terms with a projection: whatever the directions are, `EQKE' − approx` is exactly
/// the product of the residuals and of the factors that are not split.
#[derive(Debug)]
pub(super) struct Scores<S> {
    /// The least and the greatest score of the largest token, `(approx[q, m] − error[q]) / scale`
    /// and `(approx[q, m] + error[q]) / scale`, each `[v, v]` by `m` and `q`: the queries of one
    /// `m` lie side by side. Attention to `m` is least at the first of these and the first of
    /// `others`.
    pub(super) largest: [Matrix<S>; 2],
    /// The highest and the lowest score of the tokens up to `k`, `max_{j ≤ k} approx[q, j] / scale`
    /// and `min_{j ≤ k} approx[q, j] / scale`, each `[v, v]` by `k` and `q`.
    pub(super) others: [Matrix<S>; 2],
    /// `error`, before the division by `scale`, `[v]`.
    pub(super) error: Vec<S>,
}

impl<S: Scalar> Scores<S> {
    /// The scores by the model's factors and the `directions` of a proof object.
    ///
    /// # Errors
    /// If the claimed singular value of [`AttentionError::Svd`] cannot be confirmed.
    pub(super) fn new(
        strategy: AttentionError,
        common: &Common<S>,
        model: &Transformer,
        directions: &LowRank,
        rounding: Rounding,
    ) -> Result<Self, ProofError> {
        let (approx, error) = Self::rounded(strategy, common, model, directions, rounding)?;
        Ok(Self::of((strategy, directions), common, model, (approx, error), rounding))
    }

    /// The scores by two sides of the model's factors, with a bound on the error from elsewhere:
    /// `bound` says by how much rows of a product of two rests spread at most.
    pub(super) fn bounded(
        common: &Common<S>,
        model: &Transformer,
        directions: &LowRank,
        bound: impl FnOnce(&Matrix<S>, &Matrix<S>) -> Vec<S>,
        rounding: Rounding,
    ) -> Self {
        let (terms, A, B) = two_sides(common, model, directions);
        let found = (sum_of_outer_products(&terms), bound(&A, &B));
        Self::of((AttentionError::MaxDiffExact, directions), common, model, found, rounding)
    }

    /// Leaves room for rounding in the error, and looks up what cases ask for.
    fn of(
        (strategy, directions): (AttentionError, &LowRank),
        common: &Common<S>,
        model: &Transformer,
        (approx, mut error): (Matrix<S>, Vec<S>),
        rounding: Rounding,
    ) -> Self {
        if rounding == Rounding::Enclosed {
            let (relative, slack) = slack::<S>(strategy, model, directions);
            error.iter_mut().for_each(|error| *error = *error * relative + slack);
        }
        let approx = map(&approx.reversed_axes(), |x| x / common.score_divisor);
        let others = [running_max(&approx), negated(&running_max(&negated(&approx)))];
        let errors: Vec<_> = error.iter().map(|&error| error / common.score_divisor).collect();
        let least = Matrix::from_shape_fn(approx.dim(), |(m, q)| approx[[m, q]] - errors[q]);
        let most = Matrix::from_shape_fn(approx.dim(), |(m, q)| approx[[m, q]] + errors[q]);
        Self { largest: [least, most], others, error }
    }

    /// `approx`, `[v, v]` by `q` and `k`, and `error` without room for rounding, `[v]`.
    fn rounded(
        strategy: AttentionError,
        common: &Common<S>,
        model: &Transformer,
        directions: &LowRank,
        rounding: Rounding,
    ) -> Result<(Matrix<S>, Vec<S>), ProofError> {
        let Common { E_q, E_k, .. } = common;
        let (W_Q, W_K) = (map(&model.W_Q, S::from_f64), map(&model.W_K, S::from_f64));
        match directions {
            LowRank::None => {
                let A = matmul(E_q.view(), matmul(W_Q.view(), W_K.t()).view());
                let zero = S::from_f64(0.0);
                Ok((matmul(A.view(), E_k.t()), vec![zero; E_q.nrows()]))
            }
            LowRank::RankOne { singular_value, ridge, .. }
            | LowRank::Several { singular_value, ridge, .. } => {
                let (terms, A, B) = two_sides(common, model, directions);
                let error = match strategy {
                    AttentionError::Svd => {
                        root_two_sigma(&A, &B, *singular_value, *ridge, rounding)?
                    }
                    AttentionError::MaxDiffExact => row_diffs(&matmul(A.view(), B.view())),
                    AttentionError::MeanMaxDiff => mean_and_spread(&A, &B),
                    _ => spread(&A, &row_diffs(&B)),
                };
                Ok((sum_of_outer_products(&terms), error))
            }
            LowRank::FourFactors(directions) => {
                let (terms, residuals) = four_factors(E_q, E_k, &W_Q, &W_K, directions);
                Ok((sum_of_outer_products(&terms), four_factor_error(strategy, &residuals)))
            }
        }
    }

    /// FLOPs of [`Self::new`] with `rank` directions on either side, where two factors are split.
    pub(super) fn flops(strategy: AttentionError, rank: usize, shape: Shape) -> f64 {
        use AttentionError as E;
        let Shape { v, d, h, .. } = shape;
        let project =
            |rows: usize, columns: usize| (columns * (2 * rows - 1) + 2 * rows * columns) as f64;
        let times = |rows: usize, columns: usize| (rows * (2 * columns - 1)) as f64;
        let outer = |terms: usize| ((2 * terms - 1) * v * v) as f64;
        let spread = |columns: usize| (v * columns) as f64 + times(v, columns);
        let centred = |rows: usize, columns: usize| (2 * rows * columns) as f64;
        let diffs = |rows: usize| (rows * (2 * v - 1)) as f64;
        // Takes the mean row's error exactly: centres the factor, multiplies the mean row by the
        // factors behind it, takes the spread of the product, and adds it to every row's error.
        let mean = |columns: usize| centred(v, columns) + times(v, columns) + diffs(1) + v as f64;

        let A = matmul_flops(d, h, d) + matmul_flops(v, d, d);
        let r = rank as f64;
        let two_sides = A + 2.0 * r * project(v, d) + 2.0 * r * times(v, d) + outer(2 * rank);
        let residuals = 4.0 * project(v, d) + 2.0 * project(d, h);
        let rows = 2.0 * (times(h, d) + times(d, h) + times(v, d))
            + times(d, h)
            + times(v, d)
            + times(v, d);
        let columns = times(v, d)
            + (times(d, h) + times(v, d))
            + 2.0 * (times(h, d) + times(d, h) + times(v, d));
        let four = residuals + rows + columns + outer(6);
        let products = matmul_flops(v, d, h)
            + matmul_flops(v, h, d)
            + matmul_flops(h, d, v)
            + matmul_flops(d, h, v);
        let breaks = |mean: &dyn Fn(usize) -> f64| {
            let one = |columns: usize| diffs(columns) + spread(columns) + mean(columns);
            products + one(d) + one(h) + one(d) + (2 * v) as f64
        };
        let recursive = diffs(d)
            + (2 * h * d - h) as f64
            + (h * d) as f64
            + (d * h) as f64
            + times(d, h)
            + spread(d);
        let chain = times(h, d) + times(d, h) + times(v, d);
        let of_strategy = match strategy {
            E::Exact => A + matmul_flops(v, d, v),
            E::Svd => {
                let grams = 2.0 * matmul_flops(d, v, d) + d as f64;
                let slack = (2 * (d - 1) + 2 + 5) as f64;
                two_sides
                    + grams
                    + 2.0 * cholesky_flops(d)
                    + 2.0 * matmul_flops(d, d, d)
                    + (d + 1) as f64
                    + 2.0
                    + slack
            }
            E::MaxDiffExact => two_sides + matmul_flops(v, d, v) + diffs(v),
            E::MaxDiff => two_sides + diffs(d) + spread(d),
            E::MeanMaxDiff => two_sides + diffs(d) + spread(d) + mean(d),
            E::MaxDiffSubproduct => four + breaks(&|_| 0.0),
            E::MeanMaxDiffSubproduct => four + breaks(&mean),
            E::MaxDiffSubproductRecursive => four + recursive,
            E::MeanMaxDiffSubproductRecursive => {
                four + recursive + centred(v, d) + chain + diffs(1) + v as f64
            }
            E::MeanRecursiveMaxDiffSubproductRecursive => {
                let first = centred(v, d) + chain + diffs(1) + v as f64;
                let second = centred(d, h) + times(d, h) + times(v, d) + diffs(1) + d as f64;
                let third = centred(h, d) + times(v, d) + diffs(1) + h as f64;
                four + recursive + first + second + third
            }
        };
        let (running, ends) = (2 * v * (v - 1), 3 * v * v + v);
        of_strategy + slack_flops(strategy, rank, shape) + (2 * v + running + ends) as f64
    }
}

/// Projects the directions of either side out of `A = E_q W_Q W_Kᵀ` and `B = E_kᵀ`: the terms of
/// the projections, and what is left of `A` and of `B`.
fn two_sides<S: Scalar>(
    Common { E_q, E_k, .. }: &Common<S>,
    model: &Transformer,
    directions: &LowRank,
) -> (OuterProducts<S>, Matrix<S>, Matrix<S>) {
    let (W_Q, W_K) = (map(&model.W_Q, S::from_f64), map(&model.W_K, S::from_f64));
    let A = matmul(E_q.view(), matmul(W_Q.view(), W_K.t()).view());
    let (queries, keys) = directions.sides();
    let (of_A, A) = project_all_out(A, queries);
    let (of_B, B) = project_all_out(E_k.clone(), keys);
    let B = B.reversed_axes().as_standard_layout().into_owned();
    let of_queries = of_A.into_iter().map(|(u, of_A)| (u, times(E_k, &of_A)));
    let of_keys = of_B.into_iter().map(|(w, of_B)| (times(&A, &of_B), w));
    (of_queries.chain(of_keys).collect(), A, B)
}

/// A factor and a summand that enlarge `error`, so that it bounds the error in spite of all
/// rounding, by theorem 4 of [`crate::rounding`]. Costs [`slack_flops`].
fn slack<S: Scalar>(strategy: AttentionError, model: &Transformer, directions: &LowRank) -> (S, S) {
    let Shape { v, d, h, n } = model.shape();
    let number = S::from_f64;
    let squares = |matrix: &Matrix<f64>| -> Vec<S> {
        let row =
            |row: ndarray::ArrayView1<f64>| row.iter().map(|&x| number(x)).collect::<Vec<_>>();
        matrix.rows().into_iter().map(row).map(|row| dot(&row, &row)).collect()
    };
    let sum = |squares: &[S]| {
        squares.iter().copied().reduce(|sum, x| sum + x).expect("a matrix has rows").sqrt()
    };
    let most = |squares: &[S]| largest(squares.iter().copied()).sqrt();
    let (of_tokens, of_positions) = (squares(&model.W_E), most(&squares(&model.W_pos)));
    let row = most(&of_tokens) + of_positions;
    let all = sum(&of_tokens) + number((v as f64).sqrt()) * of_positions;

    // Bounds the length of the rows of what projections on `directions` leave of `E_q` or `E_k`, as
    // if nothing cancelled.
    let rows = |directions: &[Vec<f64>]| {
        let (mut row, mut all) = (row, all);
        for direction in directions {
            let (square, peak): (S, S) =
                (square_of(direction), largest(direction.iter().map(|&x| number(x).abs())));
            row = row + peak * square.sqrt() * all;
            all = all * (number(1.0) + square);
        }
        row
    };
    let (W_Q, W_K) = (sum(&squares(&model.W_Q)), sum(&squares(&model.W_K)));
    let (W_Q, W_K, of_queries, of_keys) = match directions {
        LowRank::None => (W_Q, W_K, row, row),
        LowRank::RankOne { .. } | LowRank::Several { .. } => {
            let (queries, keys) = directions.sides();
            (W_Q, W_K, rows(queries), rows(keys))
        }
        LowRank::FourFactors(directions) => {
            let FourFactors { query, query_rest, W_Q: b, W_K: c, key, key_rest } = &**directions;
            let left = |norm: S, direction: &[f64]| norm * (number(1.0) + square_of(direction));
            let [queries, keys] =
                [[query, query_rest], [key, key_rest]].map(|side| rows(&side.map(Vec::clone)));
            (left(W_Q, b), left(W_K, c), queries, keys)
        }
    };
    let more = directions.sides().0.len().saturating_sub(1);
    let gamma = Arithmetic::DOUBLE.gamma(2 * d + h + n + 16 + 6 * more);
    let times = if strategy.takes_means() { 32.0 } else { 20.0 } + 4.0 * more as f64;
    (number(1.0 + 2.0 * gamma), number(times * gamma) * of_queries * W_Q * W_K * of_keys)
}

/// The square of the Euclidean length of `direction`.
fn square_of<S: Scalar>(direction: &[f64]) -> S {
    let direction: Vec<S> = scalars(direction);
    dot(&direction, &direction)
}

/// FLOPs of [`slack`].
fn slack_flops(strategy: AttentionError, rank: usize, Shape { v, d, h, n }: Shape) -> f64 {
    let squares = v * (2 * d - 1) + n * (2 * d - 1) + 2 * d * (2 * h - 1);
    let sums = (v - 1) + (v - 1) + (n - 1) + 3 + 3 + 2 * d;
    let rows = |length: usize| (2 * length - 1) + (2 * length - 1) + 6;
    let directions = match strategy.family() {
        Family::Exact => 0,
        Family::RankOne => 2 * rank * rows(v),
        Family::FourFactors => 4 * rows(v) + 2 * ((2 * d - 1) + 2),
    };
    (squares + sums + directions + 4) as f64
}

/// The numbers `x` in the scalar type `S`.
fn scalars<S: Scalar>(x: &[f64]) -> Vec<S> {
    x.iter().map(|&x| S::from_f64(x)).collect()
}

/// Each direction `u`, with `uᵀM` of what those before it leave of `M`; and what all of them leave.
fn project_all_out<S: Scalar>(
    M: Matrix<S>,
    directions: &[Vec<f64>],
) -> (OuterProducts<S>, Matrix<S>) {
    let mut left = M;
    let kept = directions.iter().map(|direction| {
        let u = scalars(direction);
        let (kept, rest) = project_out(&left, &u);
        left = rest;
        (u, kept)
    });
    (kept.collect(), left)
}

/// `uᵀM` and the residual `M − u uᵀM`, for any `u`.
fn project_out<S: Scalar>(M: &Matrix<S>, u: &[S]) -> (Vec<S>, Matrix<S>) {
    let kept = times_left(u, M);
    let rest = Matrix::from_shape_fn(M.dim(), |(i, j)| M[[i, j]] - u[i] * kept[j]);
    (kept, rest)
}

/// The largest entry of each column among the rows up to each row.
fn running_max<S: Scalar>(rows: &Matrix<S>) -> Matrix<S> {
    let mut running = rows.clone();
    let columns = rows.ncols();
    let entries = running.as_slice_mut().expect("row-major");
    for k in 1..rows.nrows() {
        let (before, row) = entries.split_at_mut(k * columns);
        S::running_max(&mut row[..columns], &before[(k - 1) * columns..]);
    }
    running
}

/// `Σ x yᵀ` over the terms `(x, y)`, of which there is at least one.
fn sum_of_outer_products<S: Scalar>(terms: &[(Vec<S>, Vec<S>)]) -> Matrix<S> {
    let (x, y) = &terms[0];
    Matrix::from_shape_fn((x.len(), y.len()), |(i, j)| {
        let entry = terms.iter().map(|(x, y)| x[i] * y[j]);
        entry.reduce(|sum, term| sum + term).expect("at least one term")
    })
}

fn negated<S: Scalar>(A: &Matrix<S>) -> Matrix<S> {
    map(A, |x| -x)
}

/// The row-difference trick: `diff((A B)[r, :]) ≤ Σ_k |A[r, k]| diff(B[k, :])` for each row `r`,
/// where `diffs[k]` is `diff(B[k, :])`.
fn spread<S: Scalar>(A: &Matrix<S>, diffs: &[S]) -> Vec<S> {
    times(&map(A, S::abs), diffs)
}

/// Bounds `diff((A B)[r, :])` for each row `r` by `diff(Ā B)`, where `Ā` is the mean row of `A`,
/// and the row-difference trick on `(A − Ā) B`.
fn mean_and_spread<S: Scalar>(A: &Matrix<S>, B: &Matrix<S>) -> Vec<S> {
    let (mean, rest) = centred(A);
    let of_mean = diff((&times_left(&mean, B)[..]).into());
    spread(&rest, &row_diffs(B)).into_iter().map(|error| of_mean + error).collect()
}

/// `√2 σ` for every row of `A B`, where `σ` is `singular_value`, or slightly more; confirms that
/// `σ₁(A B) < σ`, so that this bounds the spread of the row.
///
/// With `P = AᵀA` and any `Q ⪰ B Bᵀ`, `σ₁² ≤ λ₁(P Q)`, where `λ₁` is the largest eigenvalue. Here
/// `Q = B Bᵀ + ridge · I = L Lᵀ`, so `λ₁(P Q) = λ₁(Lᵀ P L)`, and `σ² I − Lᵀ P L` is positive
/// definite if and only if `λ₁(Lᵀ P L) < σ²`. A row `x` of `A B` has
/// `max x − min x ≤ √2 ‖x‖ ≤ √2 σ₁`. Float64 may confirm a `σ` that is a little too small: theorem
/// 5 of [`crate::rounding`] says by how much.
fn root_two_sigma<S: Scalar>(
    A: &Matrix<S>,
    B: &Matrix<S>,
    singular_value: f64,
    ridge: f64,
    rounding: Rounding,
) -> Result<Vec<S>, ProofError> {
    let wrong = ProofError::SingularValue { claimed: singular_value, ridge };
    if !(singular_value >= LEAST_SINGULAR_VALUE && ridge >= LEAST_RIDGE) {
        return Err(wrong);
    }
    let (v, d) = A.dim();
    let (number, gamma) = (S::from_f64, |n: usize| Arithmetic::DOUBLE.gamma(n));
    let trace =
        |matrix: &Matrix<S>| matrix.diag().iter().copied().reduce(|sum, x| sum + x).expect("d > 0");
    let (sigma, ridge) = (number(singular_value), number(ridge));
    let P = matmul(A.t(), A.view());
    let mut Q = matmul(B.view(), B.t());
    Q.diag_mut().iter_mut().for_each(|x| *x = *x + ridge);
    let Some(L) = cholesky(&Q) else { return Err(wrong) };
    let square = sigma * sigma;
    let mut rest = negated(&matmul(matmul(L.t(), P.view()).view(), L.view()));
    rest.diag_mut().iter_mut().for_each(|x| *x = square + *x);
    let Some(_) = cholesky(&rest) else { return Err(wrong) };
    let mut slack = number(0.0);
    if rounding == Rounding::Enclosed {
        let trace_Q = trace(&Q);
        if ridge.less(number(2.0 * gamma(v + d + 8)) * trace_Q) {
            return Err(wrong);
        }
        slack = number(2.0 * gamma(v + 2 * d + 8))
            * (number((d + 1) as f64) * square + trace_Q * trace(&P));
    }
    Ok(vec![(number(2.0) * (square + slack)).sqrt(); v])
}

/// The least singular value that may be claimed: numbers that vanish in float64 do not matter
/// beside it (theorem 5 of [`crate::rounding`]).
pub(super) const LEAST_SINGULAR_VALUE: f64 = 1.0 / (1_u128 << 120) as f64;
/// The least ridge, for the reason of [`LEAST_SINGULAR_VALUE`].
pub(super) const LEAST_RIDGE: f64 = LEAST_SINGULAR_VALUE * LEAST_SINGULAR_VALUE;

/// A matrix of low rank as the sum of `x yᵀ` over its terms `(x, y)`.
pub(super) type OuterProducts<S> = Vec<(Vec<S>, Vec<S>)>;

/// Splits every factor of `E_q W_Q W_Kᵀ E_kᵀ` into its projections on the given directions and a
/// residual: `E_q = P1 + R1`, `W_Q = P2 + R2`, `W_Kᵀ = P3 + R3`, `E_kᵀ = P4 + R4`. Returns the six
/// terms of rank 1 and the residuals.
///
/// ```text
/// E_q W_Q W_Kᵀ E_kᵀ = P1 W_Q W_Kᵀ E_kᵀ    two terms
///                   + R1 P2 W_Kᵀ E_kᵀ     one term
///                   + R1 R2 P3 E_kᵀ       one term
///                   + R1 R2 R3 P4         two terms
///                   + R1 R2 R3 R4         the residual product
/// ```
pub(super) fn four_factors<S: Scalar>(
    E_q: &Matrix<S>,
    E_k: &Matrix<S>,
    W_Q: &Matrix<S>,
    W_K: &Matrix<S>,
    directions: &FourFactors,
) -> (OuterProducts<S>, [Matrix<S>; 4]) {
    let FourFactors { query, query_rest, W_Q: b, W_K: c, key, key_rest } = directions;
    let [query, query_rest, b, c, key, key_rest] =
        [query, query_rest, b, c, key, key_rest].map(|x| scalars(x));
    let (of_query, rest) = project_out(E_q, &query);
    let (of_query_rest, R1) = project_out(&rest, &query_rest);
    let (of_b, R2) = project_out(W_Q, &b);
    let (of_c, rest) = project_out(W_K, &c);
    let R3 = rest.reversed_axes().as_standard_layout().into_owned();
    let (of_key, rest) = project_out(E_k, &key);
    let (of_key_rest, rest) = project_out(&rest, &key_rest);
    let R4 = rest.reversed_axes().as_standard_layout().into_owned();

    // The rows `xᵀ W_Kᵀ E_kᵀ` and `xᵀ W_Q W_Kᵀ E_kᵀ`.
    let from_keys = |x: &[S]| times(E_k, &times(W_K, x));
    let row = |x: &[S]| from_keys(&times_left(x, W_Q));
    // The columns `R1 R2 x` and `R1 R2 R3 x`.
    let before_c = |x: &[S]| times(&R1, &times(&R2, x));
    let column = |x: &[S]| before_c(&times(&R3, x));
    let terms = vec![
        (query, row(&of_query)),
        (query_rest, row(&of_query_rest)),
        (times(&R1, &b), from_keys(&of_b)),
        (before_c(&of_c), times(E_k, &c)),
        (column(&of_key), key),
        (column(&of_key_rest), key_rest),
    ];
    (terms, [R1, R2, R3, R4])
}

/// Bounds the spread of each row of `R1 R2 R3 R4`, the product of the residuals, as `strategy`
/// says.
fn four_factor_error<S: Scalar>(strategy: AttentionError, residuals: &[Matrix<S>; 4]) -> Vec<S> {
    use AttentionError as E;
    let [R1, R2, R3, R4] = residuals;
    match strategy {
        E::MaxDiffSubproductRecursive => recursive(residuals, 0),
        E::MeanMaxDiffSubproductRecursive => recursive(residuals, 1),
        E::MeanRecursiveMaxDiffSubproductRecursive => recursive(residuals, 3),
        _ => {
            // The product is split behind its first, second and third factor; the least bound
            // counts.
            let bound = |left: &Matrix<S>, right: &Matrix<S>| match strategy {
                E::MeanMaxDiffSubproduct => mean_and_spread(left, right),
                _ => spread(left, &row_diffs(right)),
            };
            let R12 = matmul(R1.view(), R2.view());
            let R123 = matmul(R12.view(), R3.view());
            let R34 = matmul(R3.view(), R4.view());
            let R234 = matmul(R2.view(), R34.view());
            let breaks = [bound(R1, &R234), bound(&R12, &R34), bound(&R123, R4)];
            let least = |q: usize| -(-breaks[0][q]).max(-breaks[1][q]).max(-breaks[2][q]);
            (0..R1.nrows()).map(least).collect()
        }
    }
}

/// Bounds the spread of each row of the product of `factors` by the row-difference trick, factor by
/// factor. The error of the mean row of each of the first `means` factors is taken exactly.
fn recursive<S: Scalar>(factors: &[Matrix<S>], means: usize) -> Vec<S> {
    let [first, rest @ ..] = factors else { panic!("a product has factors") };
    if rest.is_empty() {
        return row_diffs(first);
    }
    let of_rest = recursive(rest, means.saturating_sub(1));
    if means == 0 {
        return spread(first, &of_rest);
    }
    let (mean, noise) = centred(first);
    let product = rest.iter().fold(mean, |x, factor| times_left(&x, factor));
    let of_mean = diff((&product[..]).into());
    spread(&noise, &of_rest).into_iter().map(|error| of_mean + error).collect()
}
