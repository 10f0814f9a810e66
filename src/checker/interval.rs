//! Real numbers between two float64 ends.
//!
//! IEEE 754 asks that `+ − × ÷ √` return the float64 nearest to the true result, which therefore lies between the two
//! neighbours of what is returned: [`up`] and [`down`] step to them. Nothing else is assumed of the machine. What is no
//! number (an overflow, `∞ − ∞`, `0 · ∞`) becomes the interval of all real numbers, of which nothing can be proven.

use std::ops::{Add, Mul, Sub};

/// All real numbers from `low` to `high`.
#[derive(Clone, Copy, Debug)]
pub struct Interval {
    /// No larger than the number that is meant.
    pub low: f64,
    /// No smaller; infinite where nothing is known. Never NaN, of which `f64::max` would lose sight.
    pub high: f64,
}

/// Above the true result of the operation that gave `x`; never NaN.
#[must_use]
pub fn up(x: f64) -> f64 {
    if x.is_nan() { f64::INFINITY } else { x.next_up() }
}

/// Below it; never NaN.
#[must_use]
pub fn down(x: f64) -> f64 {
    if x.is_nan() { f64::NEG_INFINITY } else { x.next_down() }
}

impl Interval {
    /// Nothing is known.
    const UNKNOWN: Self = Self { low: f64::NEG_INFINITY, high: f64::INFINITY };

    /// A number that a float64 is.
    #[must_use]
    pub fn exactly(x: f64) -> Self {
        if x.is_finite() { Self { low: x, high: x } } else { Self::UNKNOWN }
    }

    /// `1/x` of a positive float64.
    #[must_use]
    pub fn inverse(x: f64) -> Self {
        Self { low: down(1.0 / x), high: up(1.0 / x) }
    }

    /// `1/√x` of a float64 from 1 on.
    #[must_use]
    pub fn inverse_root(x: f64) -> Self {
        Self { low: down(1.0 / up(x.sqrt())), high: up(1.0 / down(x.sqrt())) }
    }

    /// `e^x` grows with `x`, so the ends' exponentials are the exponential's ends.
    #[must_use]
    pub fn exp(self) -> Self {
        Self { low: exp(self.low).low, high: exp(self.high).high }
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
    /// A product is linear in either factor, so it is least and greatest where both are at an end.
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

/// `e^x` of one float64.
///
/// With `|x| = 2^k r`, `r ≤ ½`: `e^|x| = (e^r)^(2^k)`, and `e^r = 1 + r (1 + r/2 (1 + r/3 (… (1 + r/16))))` up to a remainder of
/// at most `r¹⁷ e^r / 17! < 10⁻¹⁹` (Taylor's theorem). All of these numbers are positive and every operation is increasing in
/// them, so rounding all operations down (up) gives a lower (an upper) bound. For a negative `x`, one over that.
pub(super) fn exp(x: f64) -> Interval {
    // What is as small as this needs no better bound, and nothing as large is asked for: e^700 ≈ 10^304.
    if x < -700.0 {
        return Interval { low: 0.0, high: 1e-300 };
    }
    if x.is_nan() || x > 700.0 {
        return Interval::UNKNOWN;
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
    if x < 0.0 { Interval { low: down(1.0 / high), high: up(1.0 / low) } } else { Interval { low, high } }
}
