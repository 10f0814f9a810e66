use super::terms::Deficits;
use crate::cost::Scalar;

/// An upper bound on the number of sequences of a cell with `F_o ≥ 0`, by exponential tilting
/// (Chernoff's bound). Their deficits `d` add up to at most the excess `W`, so
/// `1 ≤ e^{κ (1 − Σ d / W)}` for any `κ ≥ 0`, and their number is at most
///
/// > `Σ e^{κ (1 − Σ_p d(p, t_p) / W)} = e^κ Π_p Σ_t e^{−κ d(p, t) / W}`.
///
/// Where the query `q` is not the largest token `m`, the sum is taken over the position of the
/// first `m`: tokens below `m` before it, any tokens after it. Nothing cancels, as all terms are
/// positive.
pub(super) fn at_most<S: Scalar>(terms: &Deficits<S>, m: usize, kappa: f64) -> f64 {
    let kappa = S::from_f64(kappa);
    let rate = -(kappa / terms.excess);
    let (mut before, mut after) = (kappa.exp(), S::from_f64(0.0));
    let rows = || terms.deficits.chunks_exact(m + 1);
    if terms.first.is_empty() {
        for deficits in rows() {
            before = before * S::exp_sum(rate, deficits);
        }
        return enlarged(before, terms, kappa);
    }
    let tilted = |deficits: &mut dyn Iterator<Item = S>| {
        let mut tilted: Vec<S> = deficits.map(|deficit| rate * deficit).collect();
        S::exp_all(&mut tilted);
        tilted
    };
    let (of_m, first) =
        (tilted(&mut rows().map(|deficits| deficits[m])), tilted(&mut terms.first.iter().copied()));
    for ((deficits, of_m), first) in rows().zip(of_m).zip(first) {
        let below = S::exp_sum(rate, &deficits[..m]);
        after = after * (below + of_m) + before * first;
        before = before * below;
    }
    enlarged(after, terms, kappa)
}

/// FLOPs of [`at_most`].
pub(super) fn flops(n: usize, q: usize, m: usize) -> u64 {
    let of_position =
        if q == m { 2 * (m + 1) + m + 1 } else { 2 * m + (m - 1) + 2 + 2 + 1 + 2 + 1 + 1 };
    (2 + (n - 1) * of_position + 8) as u64
}

/// Enlarges a count by what rounding may take off it, which depends on the scale `M` of the terms.
///
/// The sum of deficits and the excess are sums of at most 256 numbers up to `M`, so each is off by
/// less than `2⁻³⁶ M`, and the exponent of a sequence that counts by less than `Δ = κ 2⁻³⁵ M / W`;
/// `e^Δ ≤ 1 + 2 Δ` for `Δ ≤ ½`. Apart from that, an exponent that matters is at most 745 in size
/// and has a relative error of a few `2⁻⁵³`, so its exponential has one of less than `2⁻⁴¹`, and a
/// product of at most 128 sums of such exponentials (there are no more positions where `v^n` fits a
/// `u128`) one of less than `2⁻³⁰`. Exponentials that vanish would add less than one sequence.
fn enlarged<S: Scalar>(count: S, terms: &Deficits<S>, kappa: S) -> f64 {
    let number = S::from_f64;
    let delta = kappa * number(2.0_f64.powi(-35)) * (terms.scale / terms.excess);
    let enlarged =
        (count * (number(1.0 + 2.0_f64.powi(-30)) + number(2.0) * delta) + number(1.0)).to_f64();
    // `κ = 0` times an infinite `M / W` is NaN, and so are `Δ` and the enlarged count: nothing is
    // excluded then.
    let is_number = !delta.to_f64().is_nan() && !enlarged.is_nan();
    if number(0.5).less(delta) || !is_number { f64::INFINITY } else { enlarged }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deficits(excess: f64, scale: f64, deficits: Vec<f64>) -> Deficits<f64> {
        Deficits { excess, deficits, first: Vec::new(), scale, slack: 0.0 }
    }

    /// All 4 sequences of two tokens at two positions, where they may be told; never fewer than
    /// there are.
    #[test]
    fn what_is_no_number_excludes_nothing() {
        for kappa in [0.0, 1.0, 500.0] {
            for (excess, scale) in [
                (1.0, f64::INFINITY),
                (1e-300, 1e300),
                (f64::NAN, 1.0),
                (1.0, f64::NAN),
                (0.0, 1.0),
            ] {
                let counted = at_most(&deficits(excess, scale, vec![0.0; 4]), 1, kappa);
                assert_eq!(counted, f64::INFINITY, "tilt {kappa}, excess {excess}, scale {scale}");
            }
        }
        for of_token in [f64::NAN, f64::INFINITY] {
            let counted = at_most(&deficits(1.0, 1.0, vec![0.0, of_token, 0.0, 0.0]), 1, 0.0);
            assert!(counted >= 4.0, "a deficit {of_token}: {counted}");
        }
        let counted = at_most(&deficits(1.0, 1.0, vec![0.0; 4]), 1, 0.0);
        assert!((4.0..6.0).contains(&counted), "{counted}");
    }
}
