//! A head of softmax attention: what it adds depends on both tokens.

use super::Folded;
use crate::linalg::{Matrix, exp, largest, map};

/// A head of softmax attention over the two positions, read at the second one. It adds `p(x, y)
/// (A[x] − B[y])`, where `p` is the attention to `x`; what it adds without attention to `x` is part
/// of `R` and `D_R`.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    /// `p`, `[x, y]`.
    pub attention: Folded,
    /// `A`, `[x, m]` and `[x, z]`: what `x` adds to neurons and to logits.
    pub left: [Folded; 2],
    /// `B`, `[y, m]` and `[y, z]`.
    pub right: [Folded; 2],
}

/// `1 / (1 + e^(−t))` of scores `t`, which are differences of what both positions get.
///
/// The slope is at most 1/4. So if a score is off by `γ_k T`, the attention is off by `γ_k T / 4`,
/// by a quarter of the exponential's relative error (`2⁻⁵¹`), and by its own two roundings: by less
/// than `γ_{k+8} (1 + T)`. An exponential that overflows or vanishes changes it by `2⁻¹⁰⁰⁰`.
pub(super) fn attention(scores: &Folded) -> Folded {
    let most = 1.0 + largest(scores.absolute.iter().copied());
    Folded {
        value: map(&scores.value, |t| 1.0 / (1.0 + exp(-t))),
        absolute: Matrix::from_elem(scores.value.dim(), most),
        roundings: scores.roundings + 8,
    }
}

/// FLOPs of the attention to one input: two scores by vectors of `d_head` numbers (those of the
/// second token are one for all `x`, but are counted), their difference, its root, and `p`.
pub(super) fn flops(d_head: usize) -> f64 {
    (2 * (2 * d_head - 1) + 5) as f64
}
