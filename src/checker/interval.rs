//! Real numbers between two float64 ends.
//!
//! IEEE 754 requires that `+ − × ÷ √` return the float64 nearest to the true result. The true
//! result therefore lies between the two neighbours of what is returned: [`up`] and [`down`] step
//! to them. Nothing else is assumed of the machine. A result that is no number (`∞ − ∞`, `0 · ∞`)
//! becomes the interval of all real numbers, about which nothing can be proven.

use std::ops::{Add, Mul, Sub};

/// An enclosure of real numbers: the result of an operation encloses every result that enclosed
/// numbers can have.
pub trait Real: Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> {
    /// The enclosure of exactly the number that `x` is.
    #[must_use]
    fn exactly(x: f64) -> Self;

    /// `1/√x` for a whole number `x` from 1 to 2⁵³.
    #[must_use]
    fn inverse_root(x: usize) -> Self;

    /// `1/y` for every `y` between the two neighbours of `x`, a positive float64 far from the ends
    /// of its range. This covers both `x` itself and the decimal number that was read as `x`.
    #[must_use]
    fn inverse_near(x: f64) -> Self;
}

/// All real numbers from `low` to `high`.
#[derive(Clone, Copy, Debug)]
pub struct Interval {
    /// A lower end. Never NaN.
    pub low: f64,
    /// An upper end, infinite if nothing is known. Never NaN, which `f64::max` would drop.
    pub high: f64,
}

/// A float64 above the exact result of the operation that returned `x`; never NaN.
#[must_use]
pub fn up(x: f64) -> f64 {
    if x.is_nan() { f64::INFINITY } else { x.next_up() }
}

/// A float64 below the exact result of the operation that returned `x`; never NaN.
#[must_use]
pub fn down(x: f64) -> f64 {
    if x.is_nan() { f64::NEG_INFINITY } else { x.next_down() }
}

impl Interval {
    /// The interval of all real numbers.
    const UNKNOWN: Self = Self { low: f64::NEG_INFINITY, high: f64::INFINITY };

    /// `e^x` for all `x` in the interval: `e^x` is increasing, so its ends are those of the
    /// argument's ends.
    #[must_use]
    pub fn exp(self) -> Self {
        Self { low: exp(self.low).low, high: exp(self.high).high }
    }

    /// `1 / (1 + e^−x)` for all `x` in the interval: it is increasing, and between 0 and 1.
    #[must_use]
    pub fn logistic(self) -> Self {
        let one = Self::exactly(1.0);
        let denominator = one + Self { low: -self.high, high: -self.low }.exp();
        Self {
            low: down(1.0 / denominator.high).max(0.0),
            high: up(1.0 / denominator.low).min(1.0),
        }
    }
}

impl Real for Interval {
    fn exactly(x: f64) -> Self {
        if x.is_finite() { Self { low: x, high: x } } else { Self::UNKNOWN }
    }

    fn inverse_root(x: usize) -> Self {
        let root = (x as f64).sqrt();
        Self { low: down(1.0 / up(root)), high: up(1.0 / down(root)) }
    }

    fn inverse_near(x: f64) -> Self {
        Self { low: down(1.0 / up(x)), high: up(1.0 / down(x)) }
    }
}

impl Add for Interval {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { low: down(self.low + other.low), high: up(self.high + other.high) }
    }
}

impl Sub for Interval {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self { low: down(self.low - other.high), high: up(self.high - other.low) }
    }
}

impl Mul for Interval {
    type Output = Self;
    /// A product is linear in either factor, so its extremes are at ends of both.
    fn mul(self, Self { low, high }: Self) -> Self {
        let products = [self.low * low, self.low * high, self.high * low, self.high * high];
        if products.iter().any(|x| x.is_nan()) {
            return Self::UNKNOWN;
        }
        Self {
            low: down(products.into_iter().fold(f64::INFINITY, f64::min)),
            high: up(products.into_iter().fold(f64::NEG_INFINITY, f64::max)),
        }
    }
}

/// `e^x` for one float64.
///
/// ```text
/// |x| = 2^k r,  r ≤ ½                        halve until small
/// e^r = 1 + r (1 + r/2 (1 + … (1 + r/16)))   Horner, from the innermost bracket
/// e^|x| = (e^r)^(2^k)                        square k times
/// e^x = 1 / e^|x|                            if x is negative
/// ```
///
/// The remainder of the series is at most `r¹⁷ e^r / 17! < 10⁻¹⁹` (Taylor's theorem). All numbers
/// are positive and every operation is increasing in them, so rounding every operation down (up)
/// gives a lower (an upper) bound.
pub(super) fn exp(x: f64) -> Interval {
    // Arguments of this size need no better bound: e^700 ≈ 10^304.
    if x.is_nan() {
        return Interval::UNKNOWN;
    }
    if x.abs() > 700.0 {
        let (low, high) = if x < 0.0 { (0.0, 1e-300) } else { (1e300, f64::INFINITY) };
        return Interval { low, high };
    }
    // Halving is exact: `r` stays above ¼.
    let (mut r, mut squarings) = (x.abs(), 0);
    while r > 0.5 {
        (r, squarings) = (r / 2.0, squarings + 1);
    }
    let (mut low, mut high) = (1.0, 1.0);
    for k in (1..=16).map(f64::from).rev() {
        low = down(1.0 + down(down(low * r) / k));
        high = up(1.0 + up(up(high * r) / k));
    }
    high = up(high + 1e-19);
    for _ in 0..squarings {
        (low, high) = (down(low * low), up(high * high));
    }
    if x < 0.0 {
        Interval { low: down(1.0 / high), high: up(1.0 / low) }
    } else {
        Interval { low, high }
    }
}
