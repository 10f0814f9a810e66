//! Figures that show people how well attention scores are approximated by a few directions.

use super::common::Common;
use super::directions::rest;
use super::proof::{Family, LowRank, ProofError};
use super::scores::four_factors;
use super::strategy::{AttentionError, DirectPath, Subcubic};
use super::{Attention, Search};
use crate::linalg::{
    Matrix, first_singular_direction, first_singular_direction_of_product, matmul, row_diffs,
};
use crate::models::transformer::Transformer;
use crate::rounding::Rounding;
use serde::Serialize;

/// How well a model's attention scores are approximated by a few directions. The figures leave no
/// room for rounding; no proof uses them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AttentionFacts {
    /// `σ₁ / σ₂` of `EQKE'`, the ratio of its first two singular values: how faithful a rank-1 view
    /// of attention is. Infinite if the rank is 1; JSON then has `null`.
    pub sigma_ratio: f64,
    /// Bounds on the largest spread of a row of the error, the smallest first: the literature's
    /// table of compounding errors.
    pub errors: Vec<ErrorBound>,
}

/// A way to bound the error of low-rank attention scores, and its bound.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ErrorBound {
    /// The name of the way, for people.
    pub name: String,
    /// The bound, in units of attention scores before the division by `scale`.
    pub value: f64,
}

impl Search {
    /// `σ₁ / σ₂` of `EQKE'`, see [`AttentionFacts::sigma_ratio`].
    #[must_use]
    pub fn sigma_ratio(&self) -> f64 {
        let (Common { E_q, E_k, .. }, Transformer { W_Q, W_K, .. }) =
            (self.common.as_ref(), &self.model);
        let A = matmul(E_q.view(), matmul(W_Q.view(), W_K.t()).view());
        let first = first_singular_direction_of_product(&A, E_k);
        // Without its first singular direction, the product has `σ₂` as its first singular value.
        first.value / first_singular_direction_of_product(&rest(&A, &first.left), E_k).value
    }

    /// Works out the figures of the model.
    ///
    /// # Errors
    /// If the model's products leave the range of float64.
    pub fn attention_facts(&self) -> Result<AttentionFacts, ProofError> {
        let (Common { E_q, E_k, .. }, Transformer { W_Q, W_K, .. }) =
            (self.common.as_ref(), &self.model);
        let sigma = |matrix: &Matrix<f64>| first_singular_direction(matrix).value;

        let LowRank::FourFactors(directions) = &self.four_factors else {
            unreachable!("built by Search::new")
        };
        let (_, residuals) = four_factors(E_q, E_k, W_Q, W_K, directions);
        let [R1, R2, R3, R4] = &residuals;
        let before_keys = matmul(matmul(R1.view(), R2.view()).view(), R3.view());
        let product = matmul(before_keys.view(), R4.view());
        let keys = R4.t().as_standard_layout().into_owned();
        let largest =
            |numbers: &[f64]| numbers.iter().fold(0.0_f64, |largest, x| largest.max(x.abs()));
        let frobenius = |matrix: &Matrix<f64>| matrix.iter().map(|x| x * x).sum::<f64>().sqrt();
        let root_two = std::f64::consts::SQRT_2;
        let entries: Vec<f64> = product.iter().copied().collect();

        let mut errors: Vec<ErrorBound> = Vec::new();
        // Keeps the smallest first.
        let mut add = |name: String, value: f64| {
            let at = errors.partition_point(|other| other.value.total_cmp(&value).is_le());
            errors.insert(at, ErrorBound { name, value });
        };
        add(
            "four factors, multiplied out: exact row differences".into(),
            largest(&row_diffs(&product)),
        );
        add("four factors, multiplied out: 2 max |entry|".into(), 2.0 * largest(&entries));
        add(
            "four factors, multiplied out: √2 σ₁".into(),
            root_two * first_singular_direction_of_product(&before_keys, &keys).value,
        );
        for &error in AttentionError::ALL.iter().filter(|&&error| error != AttentionError::Exact) {
            let strategy = Subcubic::new(DirectPath::MaxDiff, Attention::Drop, error);
            let tables = self.tables(strategy, 0, Rounding::Ignored)?;
            let rows = &tables.scores.error;
            let rank_one = error.family() == Family::RankOne;
            let name = format!("{}{}", if rank_one { "rank 1: " } else { "" }, error.label());
            add(name, largest(rows));
        }
        let of_norms = |norm: &dyn Fn(&Matrix<f64>) -> f64| {
            root_two * residuals.iter().map(norm).product::<f64>()
        };
        add("four factors: √2 × product of σ₁".into(), of_norms(&sigma));
        add("four factors: √2 × product of Frobenius norms".into(), of_norms(&frobenius));
        Ok(AttentionFacts { sigma_ratio: self.sigma_ratio(), errors })
    }
}
