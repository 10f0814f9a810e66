use super::terms::Terms;
use crate::cost::Scalar;

/// An upper bound on the sequences of a cell with `F_o ≥ 0`, by exponential tilting (Chernoff's bound): with deficits `d`
/// that add up to at most the excess `W`, `1 ≤ e^{κ (1 − Σ d / W)}` for any `κ ≥ 0`, so they are at most
///
/// > `Σ e^{κ (1 − Σ_p d(p, t_p) / W)} = e^κ Π_p Σ_t e^{−κ d(p, t) / W}`.
///
/// Where `q ≠ m`, the sum is over the position of the first `m`: tokens below `m` before it, any tokens after it. Nothing
/// cancels, as all terms are positive.
pub(super) fn at_most<S: Scalar>(terms: &Terms<S>, m: usize, kappa: f64) -> f64 {
    let (one, kappa) = (S::from_f64(1.0), S::from_f64(kappa));
    let rate = -(kappa / terms.excess);
    let tilted = |&deficit: &S| (rate * deficit).exp();
    let sum = |deficits: &[S]| deficits.iter().map(tilted).reduce(|sum, x| sum + x);
    let (mut before, mut after) = (kappa.exp(), S::from_f64(0.0));
    if terms.first.is_empty() {
        for deficits in terms.deficits.chunks_exact(m + 1) {
            before = before * sum(deficits).unwrap_or(one);
        }
        return enlarged(before.to_f64());
    }
    for (deficits, first) in terms.deficits.chunks_exact(m + 1).zip(&terms.first) {
        let (below, of_m) = (sum(&deficits[..m]).expect("q is below m"), tilted(&deficits[m]));
        after = after * (below + of_m) + before * tilted(first);
        before = before * below;
    }
    enlarged(after.to_f64())
}

/// FLOPs of [`at_most`].
pub(super) fn flops(n: usize, q: usize, m: usize) -> u64 {
    let of_position = if q == m { 2 * (m + 1) + m + 1 } else { 2 * m + (m - 1) + 2 + 2 + 1 + 2 + 1 + 1 };
    (2 + (n - 1) * of_position) as u64
}

/// Room for the rounding of the sum. An exponent `−κ d / W` that matters is at most 745 in size and has a relative error of
/// a few `2⁻⁵³`, so its exponential one of less than `2⁻⁴¹`; a product of at most 128 such sums (there are no more positions
/// where `v^n` fits a `u128`) has one of less than `2⁻³⁰`. Exponentials that vanish would add less than one sequence.
fn enlarged(count: f64) -> f64 {
    count * (1.0 + 1.0 / (1_u64 << 30) as f64) + 1.0
}
