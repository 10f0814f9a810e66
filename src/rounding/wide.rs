use crate::cost::Scalar;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A pair of float64, `high + low` with `|low| ≤ ulp(high)/2`: about 100 bits, for the few sums
/// that float64 cannot decide.
///
/// The operations are the accurate ones of Joldes, Muller and Popescu, "Tight and rigorous error
/// bounds for basic building blocks of double-word arithmetic" (ACM TOMS 44, 2017). The article
/// proves relative errors below `3.1 u²` (sum), `8 u²` (product, with Dekker's exact product) and
/// `16 u²` (quotient), with `u = 2⁻⁵³`. All are below [`Wide::UNIT`], as long as nothing leaves the
/// range of normal numbers or exceeds `2⁹⁹⁶`. ([`super::LEAST_SLACK`] makes up for what vanishes,
/// and what overflows decides nothing.)
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wide {
    high: f64,
    low: f64,
}

/// `a + b` as the nearest float64 and the exact rest (Knuth).
fn two_sum(a: f64, b: f64) -> Wide {
    let high = a + b;
    let b_part = high - a;
    Wide { high, low: (a - (high - b_part)) + (b - b_part) }
}

/// `a + b` as the nearest float64 and the exact rest, for `|a| ≥ |b|` or `a = 0` (Dekker).
fn fast_two_sum(a: f64, b: f64) -> Wide {
    let high = a + b;
    Wide { high, low: b - (high - a) }
}

/// `a b` as the nearest float64 and the exact rest (Dekker, Veltkamp), without a fused operation.
fn two_product(a: f64, b: f64) -> Wide {
    let high = a * b;
    let ((a, a_rest), (b, b_rest)) = (split(a), split(b));
    Wide { high, low: a_rest * b_rest - (((high - a * b) - a_rest * b) - a * b_rest) }
}

/// The leading 26 bits of `x`, and the rest.
fn split(x: f64) -> (f64, f64) {
    /// `2²⁷ + 1`.
    const SPLITTER: f64 = 134_217_729.0;
    let scaled = SPLITTER * x;
    let high = scaled - (scaled - x);
    (high, x - high)
}

impl Wide {
    /// Larger than the relative error of a sum, product or quotient.
    pub const UNIT: f64 = 1.0 / (1_u128 << 100) as f64;

    /// Larger than the relative error of an exponential; [`Scalar::exp`] of this type has the
    /// derivation.
    pub const EXP_ERROR: f64 = 1.0 / (1_u128 << 84) as f64;

    /// ln 2 to 107 bits: off by less than `2⁻¹⁰⁸`.
    const LN_2: Self = Self { high: std::f64::consts::LN_2, low: 2.319_046_813_846_299_6e-17 };

    const fn new(x: f64) -> Self {
        Self { high: x, low: 0.0 }
    }

    /// `self · 2^n`, exact unless it vanishes.
    fn scaled(self, n: i32) -> Self {
        let factor = |n: i32| 2.0_f64.powi(n);
        let by = |x: f64| x * factor(n / 2) * factor(n - n / 2);
        Self { high: by(self.high), low: by(self.low) }
    }
}

impl Neg for Wide {
    type Output = Self;
    fn neg(self) -> Self {
        Self { high: -self.high, low: -self.low }
    }
}
impl Add for Wide {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let (high, low) = (two_sum(self.high, other.high), two_sum(self.low, other.low));
        let sum = fast_two_sum(high.high, high.low + low.high);
        fast_two_sum(sum.high, sum.low + low.low)
    }
}
impl Sub for Wide {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}
impl Mul for Wide {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let product = two_product(self.high, other.high);
        fast_two_sum(product.high, product.low + (self.high * other.low + self.low * other.high))
    }
}
impl Div for Wide {
    type Output = Self;
    /// Long division in two steps. The second step divides the rest of the first, `2⁻⁵²` of the
    /// whole, so its relative error counts only `2⁻⁵²` as much.
    fn div(self, other: Self) -> Self {
        let first = self.high / other.high;
        let rest = self - other * Self::new(first);
        let second = rest.high / other.high;
        let rest = rest - other * Self::new(second);
        fast_two_sum(first, second) + Self::new(rest.high / other.high)
    }
}

impl Scalar for Wide {
    fn from_f64(x: f64) -> Self {
        Self::new(x)
    }
    fn to_f64(self) -> f64 {
        self.high
    }
    /// `e^x = 2^n (e^r)^256` with `x = n ln 2 + 256 r`, so `|r| < 0.0014`.
    ///
    /// Eleven terms of Taylor's series leave out less than `2⁻¹³⁵`, and their 25 or so operations
    /// are off by less than `2⁻⁹⁸`. Each of the eight squarings doubles the relative error and adds
    /// a unit, which makes `2⁻⁸⁹`. The absolute error of `256 r` is `|n| 2⁻¹⁰⁸ + |x| 2⁻¹⁰⁰`, less
    /// than `2⁻⁸⁹` for `|n| ≤ 1075` and `|x| ≤ 745`. Together this is below [`Wide::EXP_ERROR`].
    #[expect(clippy::cast_possible_truncation, reason = "at most 1075 in size")]
    fn exp(self) -> Self {
        if self.high.is_nan() {
            return self;
        }
        if self.high < -745.2 {
            return Self::new(0.0);
        }
        if self.high > 709.0 {
            return Self::new(f64::INFINITY);
        }
        let n = (self.high * std::f64::consts::LOG2_E).round();
        let r = (self - Self::LN_2 * Self::new(n)).scaled(-8);
        let mut power = Self::new(1.0);
        for k in (1..=11).rev() {
            power = Self::new(1.0) + power * r / Self::new(f64::from(k));
        }
        for _ in 0..8 {
            power = power * power;
        }
        power.scaled(n as i32)
    }
    /// A step of Newton's method from float64's root squares its relative error, `2⁻⁵³`.
    fn sqrt(self) -> Self {
        let root = Self::new(self.high.sqrt());
        if self.high == 0.0 { root } else { (root + self / root) * Self::new(0.5) }
    }
    fn abs(self) -> Self {
        if self.high < 0.0 { -self } else { self }
    }
    fn floor(self) -> Self {
        let high = self.high.floor();
        if high == self.high { fast_two_sum(high, self.low.floor()) } else { Self::new(high) }
    }
    fn max(self, other: Self) -> Self {
        if other.less(self) { self } else { other }
    }
    fn less(self, other: Self) -> bool {
        self.high < other.high || (self.high == other.high && self.low < other.low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(x: Wide, high: f64, low: f64) -> bool {
        let off = x - Wide { high, low };
        (off.high / high).abs() < 2.0_f64.powi(-95)
    }

    /// Digits from an arbitrary-precision calculator.
    #[test]
    fn some_hundred_bits() {
        let number = |x: f64| Wide::new(x);
        let third = number(1.0) / number(3.0);
        assert!(near(third, 0.333_333_333_333_333_3, 1.850_371_707_708_594e-17), "{third:?}");
        let root = number(2.0).sqrt();
        assert!(near(root, std::f64::consts::SQRT_2, -9.667_293_313_452_913e-17), "{root:?}");
        assert!(near(root * root, 2.0, 0.0) && near(third + third + third, 1.0, 0.0));
        let e = number(1.0).exp();
        assert!(near(e, std::f64::consts::E, 1.445_646_891_729_250_2e-16), "{e:?}");
        let eighth = number(0.125).exp();
        assert!(near(eighth, 1.133_148_453_066_826_3, -5.370_737_708_558_031e-18), "{eighth:?}");
        let (a, b) = (number(-650.3).exp(), number(650.3).exp());
        assert!(near(a * b, 1.0, 0.0), "{:?}", a * b);
        assert_eq!((number(0.0).exp(), number(-800.0).exp()), (number(1.0), number(0.0)));
    }

    #[test]
    fn order_and_whole_numbers() {
        let above = Wide { high: 2.0, low: 1e-20 };
        assert!(Wide::new(2.0).less(above) && !above.less(Wide::new(2.0)) && !above.less(above));
        assert_eq!((Wide::new(2.0).max(above), above.max(Wide::new(2.0))), (above, above));
        assert_eq!(above.floor(), Wide::new(2.0));
        assert_eq!(Wide { high: 2.0, low: -1e-20 }.floor(), Wide::new(1.0));
        assert_eq!(Wide::new(-1.5).floor(), Wide::new(-2.0));
        assert_eq!((-above).abs(), above);
        let nan = Wide::new(f64::NAN);
        assert!(!nan.less(above) && !above.less(nan));
    }
}
