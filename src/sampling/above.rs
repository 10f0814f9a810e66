use crate::cost::Scalar;
use std::cmp::Ordering;

/// An upper bound on a real number that is not negative, `mantissa · 2^exponent`: a probability
/// such as `0.9^100000` is far below the range of float64.
///
/// The mantissa is 0, or from 1 to less than 2. Each operation on mantissas is rounded to nearest
/// and then moved up to the next float64, which is at least the true result: so every result is an
/// upper bound on what the same operation gives on the numbers that its arguments bound.
#[derive(Clone, Copy, Debug)]
pub(super) struct Above<S> {
    mantissa: S,
    exponent: i64,
}

impl<S: Scalar> Above<S> {
    /// The number `x` itself.
    ///
    /// # Panics
    /// If `x` is negative, infinite or no number.
    pub(super) fn exactly(x: S) -> Self {
        Self::scaled(x, 0)
    }

    /// `x · 2^exponent`, exactly.
    fn scaled(x: S, exponent: i64) -> Self {
        let value = x.to_f64();
        assert!(value >= 0.0 && value.is_finite(), "{value} is no bound");
        if value < f64::MIN_POSITIVE {
            if value == 0.0 {
                return Self { mantissa: x, exponent: i64::MIN / 4 };
            }
            // Subnormal: exact after a multiplication by a power of two.
            return Self::scaled(S::from_f64(value * TWO_TO_64), exponent - 64);
        }
        const BITS: u64 = f64::MANTISSA_DIGITS as u64 - 1;
        let bits = value.to_bits();
        let own = i64::from((bits >> BITS) as u16) - 1023;
        let mantissa = f64::from_bits(bits & ((1 << BITS) - 1) | (1023 << BITS));
        Self { mantissa: S::from_f64(mantissa), exponent: exponent + own }
    }

    /// The product; 1 FLOP.
    pub(super) fn times(self, other: Self) -> Self {
        if self.is_zero() || other.is_zero() {
            return Self::exactly(S::from_f64(0.0));
        }
        let product = up(self.mantissa * other.mantissa);
        Self::scaled(product, self.exponent + other.exponent)
    }

    /// The sum; 1 FLOP.
    pub(super) fn plus(self, other: Self) -> Self {
        let (large, small) =
            if self.exponent >= other.exponent { (self, other) } else { (other, self) };
        let (distance, sum) = (large.exponent - small.exponent, large.mantissa);
        if small.is_zero() {
            return large;
        }
        let sum = match distance {
            // The next float64 is at least 2⁻⁵² larger, and the smaller number below 2⁻⁵⁹.
            60.. => sum,
            _ => sum + S::from_f64(small.mantissa.to_f64() / (1_u64 << distance) as f64),
        };
        Self::scaled(up(sum), large.exponent)
    }

    /// The power by repeated squaring.
    pub(super) fn power(self, exponent: u64) -> Self {
        let (mut power, mut square, mut left) = (None, self, exponent);
        while left > 0 {
            if left & 1 == 1 {
                power = Some(power.map_or(square, |power: Self| power.times(square)));
            }
            left >>= 1;
            if left > 0 {
                square = square.times(square);
            }
        }
        power.unwrap_or_else(|| Self::exactly(S::from_f64(1.0)))
    }

    /// Whether the bound is at most another number; 1 FLOP.
    pub(super) fn is_at_most(self, other: Self) -> bool {
        match self.exponent.cmp(&other.exponent) {
            Ordering::Less => true,
            Ordering::Equal => !other.mantissa.less(self.mantissa),
            Ordering::Greater => false,
        }
    }

    /// The same bound times `2^exponent`, exactly.
    pub(super) fn shifted(self, exponent: i64) -> Self {
        Self { exponent: self.exponent + exponent, ..self }
    }

    fn is_zero(self) -> bool {
        self.mantissa.to_f64() == 0.0
    }
}

/// `2⁶⁴`.
const TWO_TO_64: f64 = 18_446_744_073_709_551_616.0;

/// The next float64 above; no FLOP.
pub(super) fn up<S: Scalar>(x: S) -> S {
    S::from_f64(x.to_f64().next_up())
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_bigint::BigUint;

    /// The bound as `mantissa · 2^exponent` with a whole mantissa.
    fn whole(x: Above<f64>) -> (BigUint, i64) {
        let scaled = x.mantissa * (1_u64 << 52) as f64;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 2⁵³")]
        let mantissa = scaled as u64;
        (BigUint::from(mantissa), x.exponent - 52)
    }

    #[test]
    fn powers_are_above_the_exact_ones_and_close() {
        for (x, n) in [(0.75_f64, 9_u64), (1.0 / 3.0, 41), (0.999, 1000), (5e-324, 3), (1.5, 0)] {
            let (exact, exponent) = whole(Above::exactly(x));
            let n32 = u32::try_from(n).unwrap();
            let (exact, exponent) = (exact.pow(n32), exponent * i64::from(n32));
            let (found, at) = whole(Above::exactly(x).power(n));
            // Both in units of 2^exponent, the smaller of the two.
            let shift = usize::try_from(at - exponent).unwrap_or(0);
            let (found, exact) = match at >= exponent {
                true => (found << shift, exact),
                false => (found, exact << usize::try_from(exponent - at).unwrap()),
            };
            assert!(found >= exact, "{x}^{n}");
            let excess = (&found - &exact) << 40_usize;
            assert!(excess < exact.clone() + 1_u32, "{x}^{n}: {found} and {exact}");
        }
    }

    #[test]
    fn sums_are_above() {
        let number = |x: f64| Above::exactly(x);
        for (a, b) in [(1.0, 1e-30), (1e-30, 1.0), (0.1, 0.2), (3.0, 5e-324), (0.0, 0.7)] {
            let sum = number(a).plus(number(b));
            assert!(number(a).is_at_most(sum) && number(b).is_at_most(sum));
            assert!(sum.is_at_most(number((a + b) * (1.0 + 1e-15))), "{a} + {b}");
            assert!(number(a + b).is_at_most(sum), "{a} + {b}");
        }
        assert!(number(0.0).times(number(2.0)).is_at_most(number(0.0)));
        assert!(number(1.0).shifted(-3).is_at_most(number(0.125)));
        assert!(!number(1.0).shifted(-3).is_at_most(number(0.124)));
    }
}
