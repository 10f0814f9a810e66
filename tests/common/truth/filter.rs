//! Most signs by float64, with a margin that makes them sure.

use super::dyadic::{power_of_two, rounded};
use super::exponentials::{Exponential, Exponentials};
use compact_proofs::models::transformer::Shape;
use num_bigint::{BigInt, Sign};

/// Decides most signs by float64, or says that it cannot.
///
/// With `δ` the difference to the highest score of the query, `e^{−δ}` is stored as
/// `weight · 2^{−halvings}`. Differences of outputs are scaled so that all are at most 1. Both have
/// relative errors below `2⁻⁵⁰`, or are below `2⁻⁹⁰⁰` (in units of the largest exponential of a
/// sequence, too) and taken for zero. So a sum of up to 64 products, each rounded once and added,
/// is off by less than `(2 · 2⁻⁵⁰ + 65 · 2⁻⁵³) Σ |product| + 64 · 2⁻⁸⁹⁹`, which is less than a
/// sixteenth of the margin that [`Filter::sign`] asks for.
pub(super) struct Filter {
    /// `(weight, halvings)`, `[q][p][t]`; weight 0 if `δ ≥ Exponentials::FAR`.
    exponentials: Vec<(f64, i64)>,
    /// Output `o` minus output `m`, `[q][p][t][m][o]`.
    differences: Vec<f64>,
}

impl Filter {
    pub(super) fn new(
        Shape { v, n, .. }: Shape,
        scores: &[BigInt],
        outputs: &[BigInt],
        exponentials: &Exponentials,
    ) -> Self {
        let of_queries = scores.chunks_exact(n * v).flat_map(|scores| {
            let highest = scores.iter().max().expect("at least one token");
            scores.iter().map(move |score| match exponentials.of(&(highest - score)) {
                Some(Exponential { halvings, number }) => {
                    (rounded(&number, -exponentials.bits), halvings)
                }
                None => (0.0, Exponentials::FAR),
            })
        });
        let pairs = || {
            outputs
                .chunks_exact(v)
                .flat_map(|row| row.iter().flat_map(move |y| row.iter().map(move |x| x - y)))
        };
        let bits = pairs().map(|difference| difference.bits()).max().expect("at least one token");
        let differences = pairs().map(|difference| rounded(&difference, -(bits as i64)));
        Self { exponentials: of_queries.collect(), differences: differences.collect() }
    }

    /// The weight of each position of a sequence, scaled so that the largest is between ½ and 1.
    /// `None` if all scores are too far below the query's highest.
    pub(super) fn weights(&self, shape: Shape, tokens: &[usize]) -> Option<Vec<f64>> {
        let exponentials = || cells(shape, tokens).map(|cell| self.exponentials[cell]);
        let least = exponentials()
            .map(|(_, halvings)| halvings)
            .min()
            .filter(|&least| least < Exponentials::FAR - 1000)?;
        let scaled = |(weight, halvings)| {
            if halvings > least + 899 { 0.0 } else { weight * power_of_two(least - halvings) }
        };
        Some(exponentials().map(scaled).collect())
    }

    pub(super) fn sign(
        &self,
        shape: Shape,
        tokens: &[usize],
        weights: &[f64],
        m: usize,
        o: usize,
    ) -> Option<Sign> {
        let v = shape.v;
        let (mut sum, mut magnitudes) = (0.0, 0.0);
        for (cell, weight) in cells(shape, tokens).zip(weights) {
            let product = weight * self.differences[(cell * v + m) * v + o];
            sum += product;
            magnitudes += product.abs();
        }
        let enough = magnitudes * power_of_two(-40) + power_of_two(-800);
        match sum {
            _ if sum > enough => Some(Sign::Plus),
            _ if sum < -enough => Some(Sign::Minus),
            _ => None,
        }
    }
}

/// The index of each token of a sequence in tables `[q][p][t]`.
pub(super) fn cells(Shape { v, n, .. }: Shape, tokens: &[usize]) -> impl Iterator<Item = usize> {
    let q = tokens[n - 1];
    tokens.iter().enumerate().map(move |(p, t)| (q * n + p) * v + t)
}
