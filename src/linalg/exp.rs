use crate::kernels::{LN_2_HIGH, LN_2_LOW, ROUND, TAYLOR};

/// `exp(x) = 0` for `x < LEAST`.
const LEAST: f64 = -745.2;
/// `exp(x) = ∞` for `x > MOST`.
const MOST: f64 = 709.8;

/// Relative error of [`exp`], for results that are normal numbers: `2⁻⁵¹`.
pub const EXP_ERROR: f64 = 1.0 / (1_u64 << 51) as f64;

/// Absolute error of [`exp`] below −708: `2⁻¹⁰⁷¹`.
pub const EXP_UNDERFLOW: f64 = f64::MIN_POSITIVE / (1_u64 << 49) as f64;

/// The exponential function, with the same bits on every target.
///
/// ```text
/// n   = round(x / ln 2)
/// r   = x − n ln 2                           |r| ≤ 0.35
/// e_r = 1 + r (1 + r/2 (1 + … (1 + r/13)))   Taylor's polynomial of degree 13, by Horner
/// e^x = e_r · 2^n                            2^n from its exponent bits
/// ```
///
/// `ln 2` is split so that `n · LN_2_HIGH` is exact for every `n` that occurs.
/// [`crate::kernels::exp`] gives the same bits for every number of a slice.
///
/// # Theorem
///
/// For every float64 `x`:
///
/// 1. if `−708 ≤ x ≤ 709.7`, then `|exp(x) − e^x| ≤ EXP_ERROR · e^x` (indeed `2.1 · 2⁻⁵³ · e^x`);
/// 2. if `x < −708`, then `|exp(x) − e^x| ≤ EXP_ERROR · e^x + 2⁻¹⁰⁷⁵ ≤ EXP_UNDERFLOW`, and
///    `exp(x) ≤ 2⁻¹⁰²¹`;
/// 3. if `x > 709.7`, then `exp(x)` is infinite or as near to `e^x` as in 1, and infinite for
///    `x > 709.8`;
/// 4. `exp(x)` is never negative; it is positive for `x ≥ −708`, 1 for `x = ±0`, and NaN only for
///    NaN.
///
/// # Proof
///
/// Let `u = 2⁻⁵³`. Rounding to nearest moves a number in `[2^k, 2^{k+1})` by at most `2^k u`.
/// Numbers in bounds are rounded up. Let `−745.2 ≤ x ≤ 709.8`.
///
/// *`n`.* `x · LOG2_E` is below 1076 in magnitude. The constant is off by at most `2⁻⁵³` and the
/// product is rounded by at most `2⁻⁴³`, so it is off from `x / ln 2` by less than `2⁻⁴²`. Adding
/// `ROUND`, which is even, to a number of magnitude below `2⁵¹` gives `ROUND` plus the nearest
/// integer `n` (the even one of two), as numbers near `ROUND` are one apart; subtracting `ROUND`
/// again is exact. So `|x − n ln 2| ≤ (½ + 2⁻⁴²) ln 2 < 0.3466` and `−1075 ≤ n ≤ 1024`; if
/// `x ≥ −708`, then `n ≥ −1021`.
///
/// *`r`.* `LN_2_HIGH` has 32 bits and `n` has 11, so `n · LN_2_HIGH` is exact. If `n ≠ 0`, then
/// `x / (n · LN_2_HIGH)` is between ½ and 2: the worst case is `n = ±1`, where the rounded
/// `|x · LOG2_E|` is between ½ and 1.5, so `|x| ≥ (1 − 2⁻⁵¹) ½ ln 2`, which is more than
/// `½ LN_2_HIGH = ½ ln 2 − 0.95·10⁻¹⁰`. So the difference `x − n · LN_2_HIGH` is exact (Sterbenz),
/// as it is for `n = 0`. `LN_2_LOW` is `ln 2 − LN_2_HIGH` to within `2⁻⁸⁶`, half a unit in its last
/// place; `|n · LN_2_LOW| < 2⁻²²` is rounded by at most `2⁻⁷⁶`, and the last difference, below ½,
/// by at most `2⁻⁵⁵`. So `|r − (x − n ln 2)| ≤ 2⁻⁵⁵ + 1075 · 2⁻⁸⁶ + 2⁻⁷⁶ < 0.2501 u` and
/// `|r| < 0.3466`, and `e^r` is off from `e^{x − n ln 2}` by a factor within `1 ± 0.251 u`.
///
/// *Truncation.* By Lagrange, `e^r − Σ_{j ≤ 13} r^j / j! = e^θ r^14 / 14!` for a `θ` between 0 and
/// `r`. Relative to `e^r` this is at most `e^{0.3466} · 0.3466¹⁴ / 14! < 5.9·10⁻¹⁸ < 0.054 u`.
///
/// *Horner.* Let `P_k = Σ_{k ≤ j ≤ 13} r^{j−k} / j!`, let `p_k` be the computed value of `P_k`, and
/// `E_k` a bound on `|p_k − P_k|`. `p_k = p_{k+1} · r + c_k`, where the product, the sum and (for
/// `k ≥ 3`) the constant are rounded, so
///
/// > `E_k ≤ 0.3466 E_{k+1} + (product) + (sum) + (constant)`.
///
/// `k! P_k` is between 0.7 and 1.42. So for `k ≥ 4` every rounded number is below `2⁻⁴` in
/// magnitude, each of the three roundings is by at most `2⁻⁵ u`, and
/// `E_4 ≤ 3 · 2⁻⁵ u / (1 − 0.3466) < 0.15 u`. For smaller `k`, each product, sum and constant is
/// bounded by a power of two of its own:
///
/// | `k` | product below | sum below | `E_k` for `r ≥ 0`, at most | `E_k` for `r < 0`, at most |
/// |---|---|---|---|---|
/// | 3 | ¹⁄₃₂ | ¼ | `(0.053 + ¹⁄₆₄ + ⅛ + ⅛) u < 0.32 u` | `0.32 u` |
/// | 2 | ⅛ | 1, ½ | `(0.111 + ¹⁄₁₆ + ½) u < 0.68 u` | `(0.111 + ¹⁄₁₆ + ¼) u < 0.43 u` |
/// | 1 | ¼ | 2, 1 | `(0.236 + ⅛ + 1) u < 1.37 u` | `(0.150 + ⅛ + ½) u < 0.78 u` |
/// | 0 | ½ | 2, 1 | `(0.475 + ¼ + 1) u < 1.73 u` | `(0.271 + ¼ + ½) u < 1.03 u` |
///
/// (Two bounds on a sum are for `r ≥ 0` and `r < 0`. `P_1 = (e^r − 1)/r` is below 1.2, `P_2` below
/// 0.57, `P_3` below 0.19, and for `r < 0` they are below 1, ½, ¹⁄₆. A sum that rounds up to the
/// power of two is no exception.) `e^r` is at least 1 for `r ≥ 0` and at least 0.707 for `r < 0`,
/// so relative to `e^r` these errors are at most `1.73 u` and `1.46 u`. If `r` is tiny, products
/// may fall below the range of normal numbers and are then off by another `2⁻¹⁰⁷⁵`, which is
/// negligible here. Together with the errors of `r` and of truncation, `e_r` is within
/// `(1.73 + 0.054 + 0.251) u + 2⁻¹⁰⁰ < 2.1 u`, half of `EXP_ERROR`, and it is between 0.7 and 1.42.
///
/// *Scaling.* `n >> 1` and `n − (n >> 1)` are between −538 and 512, so both factors are normal
/// powers of two, and the first product is exact. The second product is exact if it is normal and
/// finite, which it is for `−708 ≤ x ≤ 709.7`: it is near `e^x`, and `e^−708 > 1.3 · 2⁻¹⁰²²`,
/// `e^709.7 < 0.93 · 2¹⁰²⁴`. For larger `x` it is exact or infinite. For `x < −708` it is exact or
/// rounded by at most half the least positive number, `2⁻¹⁰⁷⁵`; and `e^x < 2⁻¹⁰²¹·⁴`, so
/// `EXP_ERROR · e^x + 2⁻¹⁰⁷⁵ < 2⁻¹⁰⁷¹`. For `x < −745.2` the result is 0, and `e^x < 2⁻¹⁰⁷⁵`. Every
/// factor is positive, so no result is negative. If `x = ±0`, then `n = 0`, `r = ±0`, every product
/// is ±0 and every sum is exact. ∎
///
/// `tests/exp.rs` compares `exp` with the exact value for every float32 in this range: the largest
/// relative error there is `1.69 · 2⁻⁵³`.
#[must_use]
#[inline]
pub fn exp(x: f64) -> f64 {
    if x < LEAST {
        return 0.0;
    }
    if x > MOST {
        return f64::INFINITY;
    }
    let shifted = x * std::f64::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (x - n * LN_2_HIGH) - n * LN_2_LOW;
    let mut e_r = TAYLOR[0];
    for c in &TAYLOR[1..] {
        e_r = e_r * r + c;
    }
    // Two factors, because 2^n itself leaves the range of normal numbers before e^x does.
    let n = shifted.to_bits() as i64 - ROUND.to_bits() as i64;
    e_r * power_of_two(n >> 1) * power_of_two(n - (n >> 1))
}

/// `2^n` for `−1022 ≤ n ≤ 1023`.
fn power_of_two(n: i64) -> f64 {
    f64::from_bits(((n + 1023) as u64) << 52)
}

#[cfg(test)]
mod tests {
    use super::exp;

    #[test]
    fn edges() {
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp(-0.0), 1.0);
        assert_eq!(exp(f64::NEG_INFINITY), 0.0);
        assert_eq!(exp(-746.0), 0.0);
        assert_eq!(exp(f64::INFINITY), f64::INFINITY);
        assert_eq!(exp(709.79), f64::INFINITY);
        assert!(exp(709.78).is_finite());
        assert!(exp(f64::NAN).is_nan() && exp(-f64::NAN).is_nan());
        assert_eq!(exp(-745.0), 5e-324);
    }

    /// Compares with `e^{j/8} = e^{1/8} · e^{(j−1)/8}`, computed by double-double products of a
    /// 32-digit `e^{1/8}`, so the expected values owe nothing to any math library.
    #[test]
    fn within_two_units_in_the_last_place() {
        for (step, high, low) in [
            (0.125_f64, 1.133_148_453_066_826_3, -5.370_737_708_558_031e-18),
            (-0.125, 0.882_496_902_584_595_4, -5.224_526_916_735_663e-17),
        ] {
            let (mut hi, mut lo) = (1.0, 0.0);
            for j in 1..=5000 {
                // (hi + lo)(high + low), the product of the leading parts split exactly.
                let p = hi * high;
                let e = two_product_error(hi, high, p) + (hi * low + lo * high);
                (hi, lo) = (p + e, e - ((p + e) - p));
                let (found, ulp) = (exp(step * f64::from(j)), hi.next_up() - hi);
                assert!(
                    (found - hi).abs() <= 2.0 * ulp,
                    "exp({}) = {found:e}, expected {hi:e}",
                    step * f64::from(j)
                );
            }
        }
    }

    /// The rounding error of `p = a·b`, by Dekker's splitting.
    fn two_product_error(a: f64, b: f64, p: f64) -> f64 {
        let split = |x: f64| {
            let t = x * 134_217_729.0;
            let high = t - (t - x);
            (high, x - high)
        };
        let ((ah, al), (bh, bl)) = (split(a), split(b));
        ((ah * bh - p) + ah * bl + al * bh) + al * bl
    }
}
