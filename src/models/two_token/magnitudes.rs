//! Bounds on a network's numbers, and the slack for rounding that follows from them.

use super::{Direct, Head, Shape, TwoToken};
use crate::cost::Scalar;
use crate::linalg::{Matrix, dot, largest, map};
use crate::rounding::{Arithmetic, LEAST_SLACK, usable};

/// More than what products below the normal numbers can amount to in a sum of squares: `2⁻¹⁰⁰⁰`.
const LEAST_SQUARE: f64 = f64::from_bits(23 << 52);

/// Sums of absolute values behind a network's numbers, which rounding is proportional to (theorem 7
/// of [`crate::rounding`]).
#[derive(Clone, Debug)]
pub struct Magnitudes<S> {
    /// `P`, `[m]`: at least the magnitude of each neuron's input, whatever the two tokens are.
    pub neurons: Vec<S>,
    /// `|U|`, `[o, m]`.
    pub unembed: Matrix<S>,
    /// At least what the direct paths add to any logit.
    pub direct: S,
    /// `M`, at least the magnitude of any logit.
    pub logits: S,
    /// The most roundings that a number of the file passes on its way to a logit.
    roundings: usize,
}

impl<S: Scalar> Magnitudes<S> {
    /// Costs [`Self::flops`].
    #[must_use]
    pub fn new(network: &TwoToken) -> Self {
        let absolute = |matrix: &Matrix<f64>| map(matrix, |x| S::from_f64(x).abs());
        let columns = |matrix: &Matrix<S>| -> Vec<S> {
            matrix.columns().into_iter().map(|column| largest(column.iter().copied())).collect()
        };
        let [left, right] =
            [&network.left, &network.right].map(|side| columns(&absolute(&side.absolute)));
        let mut neurons: Vec<S> = left.iter().zip(&right).map(|(&l, &r)| l + r).collect();
        let unembed = absolute(&network.unembed.absolute);
        let most = |matrix: &Matrix<f64>| largest(absolute(matrix).iter().copied());
        let (mut direct, mut path_roundings) = match &network.direct {
            Direct::Bias(bias) => (most(&bias.absolute), bias.roundings),
            Direct::Paths(left, right) => {
                (most(&left.absolute) + most(&right.absolute), left.roundings.max(right.roundings))
            }
        };
        let mut hidden = network.left.roundings.max(network.right.roundings) + 1;
        for Head { attention, left, right } in &network.heads {
            let most_attention = most(&attention.absolute);
            let [l, r] = [&left[0], &right[0]].map(|side| columns(&absolute(&side.absolute)));
            for (neuron, (l, r)) in neurons.iter_mut().zip(l.into_iter().zip(r)) {
                *neuron = *neuron + most_attention * (l + r);
            }
            direct = direct + most_attention * (most(&left[1].absolute) + most(&right[1].absolute));
            let added = |part: usize| {
                attention.roundings + left[part].roundings.max(right[part].roundings) + 2
            };
            hidden = hidden.max(added(0)) + 1;
            path_roundings = path_roundings.max(added(1)) + 1;
        }
        let through = hidden + network.unembed.roundings + neurons.len();
        let mut magnitudes = Self {
            neurons,
            unembed,
            direct,
            logits: direct,
            roundings: through.max(path_roundings) + 3 + network.heads.len(),
        };
        magnitudes.logits = magnitudes.logits + magnitudes.read_out(&magnitudes.unembed);
        magnitudes
    }

    /// `max_z Σ_i matrix[z, i] P_i` for a matrix `[o, m]` without negative numbers; costs
    /// `2 o m − 1` FLOPs.
    #[must_use]
    pub fn read_out(&self, matrix: &Matrix<S>) -> S {
        let rows = matrix.rows().into_iter();
        largest(rows.map(|row| dot(row.as_slice().expect("row-major"), &self.neurons)))
    }

    /// `κ` of theorem 7: a computed difference of two numbers, of which each is off by at most `γ`
    /// of `magnitude` after `more` roundings beyond those of a logit, has the sign of the true one
    /// if it is larger than `κ`. Infinite where numbers are too large. Costs 2 FLOPs.
    #[must_use]
    pub fn slack(&self, magnitude: S, more: usize) -> S {
        let gamma = Arithmetic::DOUBLE.gamma(self.roundings + more);
        usable(S::from_f64(4.0 * gamma) * magnitude + S::from_f64(LEAST_SLACK))
    }

    /// What rounding can amount to in a sum of squares of absolute expression `magnitude`, after
    /// `more` roundings beyond those of a logit; unlike [`Self::slack`] so small without a
    /// magnitude that its root is nothing, too. Costs 2 FLOPs.
    #[must_use]
    pub fn squares_slack(&self, magnitude: S, more: usize) -> S {
        let gamma = Arithmetic::DOUBLE.gamma(self.roundings + more);
        usable(S::from_f64(4.0 * gamma) * magnitude + S::from_f64(LEAST_SQUARE))
    }

    /// FLOPs of [`Self::new`].
    #[must_use]
    pub fn flops(network: &TwoToken) -> f64 {
        let Shape { left, right, outputs, neurons } = network.shape();
        let tokens = (2 * (left + right) - 2) * neurons;
        let direct = match network.direct {
            Direct::Bias(_) => 2 * outputs - 1,
            Direct::Paths(..) => 2 * (left + right) * outputs - 1,
        };
        let head = 2 * left * right + 2 * (left + right) * (neurons + outputs) + neurons;
        let heads = network.heads.len() * head;
        (tokens + neurons + outputs * neurons + direct + 1 + 2 * outputs * neurons - 1 + heads)
            as f64
    }
}
