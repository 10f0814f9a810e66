//! Real numbers between two float64 ends.
//!
//! IEEE 754 asks that `+ − × ÷ √` return the float64 nearest to the true result, which therefore lies between the two
//! neighbours of what is returned: [`up`] and [`down`] step to them. Nothing else is assumed of the machine. What is no
//! number (`∞ − ∞`, `0 · ∞`) becomes the interval of all real numbers, of which nothing can be proven.

use std::ops::{Add, Mul, Sub};

/// What encloses real numbers, and operations whose results enclose the results.
pub trait Real: Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> {
    /// A number that a float64 is.
    #[must_use]
    fn exactly(x: f64) -> Self;

    /// `1/√x` of a whole number from 1 to 2⁵³.
    #[must_use]
    fn inverse_root(x: usize) -> Self;

    /// `1/y` of every `y` between the neighbours of a positive float64, far from the ends of its range: of the decimal number that was
    /// read as this one, and of this one.
    #[must_use]
    fn inverse_near(x: f64) -> Self;
}

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

    /// `e^x` grows with `x`, so the ends' exponentials are the exponential's ends.
    #[must_use]
    pub fn exp(self) -> Self {
        Self { low: exp(self.low).low, high: exp(self.high).high }
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
    // What is as small or as large as this needs no better bound: e^700 ≈ 10^304.
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
