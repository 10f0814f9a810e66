//! Bounds what the direct path, from the query's embedding straight to the logits, adds to the
//! logit differences.
//!
//! `q` is the query token, `m` the largest token, `o` an output token; `μ` is a row of logits that
//! stands for the direct path of every query, `γ[q]` bounds what `μ` leaves of query `q`.

use super::common::Common;
use super::strategy::DirectPath;
use crate::cost::Scalar;
use crate::linalg::{Matrix, map, mean_row, row_diffs, times, times_left};
use crate::models::transformer::Shape;

/// A summary of the direct path: `EUPU[q, o] − EUPU[q, m] ≤ μ[o] − μ[m] + γ[q]`.
#[derive(Debug)]
pub(super) struct Direct<S> {
    /// `μ`, `[v]`; `None` if `μ` is zero.
    pub(super) centre: Option<Vec<S>>,
    /// `γ`, `[v]`.
    pub(super) spread: Vec<S>,
    /// The absolute values of the direction `s` that the proof object gives, `[d]`; `None` for
    /// strategies other than [`DirectPath::SvdQuery`]. The slack for rounding depends on it.
    pub(super) direction: Option<Vec<S>>,
}

impl<S: Scalar> Direct<S> {
    /// Summarises the direct path as `direct` says; `direction` is `s`, `[d]`, for
    /// [`DirectPath::SvdQuery`].
    pub(super) fn new(direct: DirectPath, common: &Common<S>, direction: Option<&[f64]>) -> Self {
        let Common { E_q, W_U, EUPU, .. } = common;
        // The row-difference trick: `diff((E_q W_U)[q, :]) ≤ Σ_j |E_q[q, j]| diff(W_U[j, :])`.
        let trick = |E_q: &Matrix<S>| times(&map(E_q, S::abs), &row_diffs(W_U));
        // `μ = centre W_U` exactly, and the trick on what `centre` leaves of each query.
        let around = |centre: Vec<S>| {
            let rest = Matrix::from_shape_fn(E_q.dim(), |(q, j)| E_q[[q, j]] - centre[j]);
            (Some(times_left(&centre, W_U)), trick(&rest))
        };
        let (centre, spread) = match (direct, direction) {
            (DirectPath::MeanQuery, _) => around(mean_row(E_q)),
            (DirectPath::SvdQuery, Some(direction)) => {
                around(direction.iter().map(|&x| S::from_f64(x)).collect())
            }
            (DirectPath::SvdQuery | DirectPath::MaxDiff, _) => (None, trick(E_q)),
            (DirectPath::MaxDiffExact, _) => (None, row_diffs(EUPU)),
            (DirectPath::GlobalMaxDiffExact, _) => {
                (None, vec![S::spread(EUPU.as_slice().expect("row-major")); E_q.nrows()])
            }
        };
        let direction =
            direction.map(|direction| direction.iter().map(|&x| S::from_f64(x).abs()).collect());
        Self { centre, spread, direction }
    }

    /// FLOPs of [`Self::new`].
    pub(super) fn flops(direct: DirectPath, Shape { v, d, .. }: Shape) -> f64 {
        let trick = (d * (2 * v - 1) + v * d + v * (2 * d - 1)) as f64;
        match direct {
            DirectPath::MeanQuery => (2 * v * d + v * (2 * d - 1)) as f64 + trick,
            DirectPath::SvdQuery => (v * d + v * (2 * d - 1) + d) as f64 + trick,
            DirectPath::MaxDiff => trick,
            DirectPath::MaxDiffExact => (v * (2 * v - 1)) as f64,
            DirectPath::GlobalMaxDiffExact => (2 * v * v - 1) as f64,
        }
    }

    /// Whether the summary has a `μ` that is not zero.
    pub(super) fn is_centred(direct: DirectPath) -> bool {
        matches!(direct, DirectPath::MeanQuery | DirectPath::SvdQuery)
    }
}
