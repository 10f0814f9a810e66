//! Real numbers near a pair of float64 (double-double arithmetic, some 100 bits): for the few
//! sequences that float64 leaves undecided.
//!
//! As for intervals, nothing is assumed but correct rounding: an operation is off by at most `ε/2`
//! of its result, `ε = 2⁻⁵²`, and by another `2⁻¹⁰⁷⁵` if the result is below the normal numbers.
//! Each operation adds its errors up, counts each rounding twice (`ε` in place of `ε/2`), and
//! rounds the sum up:
//!
//! ```text
//! a + b: sum, rest  = a.high + b.high, exactly         (two_sum)
//!        result     = sum + (rest + (a.low + b.low))   two roundings
//! a · b: prod, rest = a.high · b.high, exactly         (two_product)
//!        result     = prod + (rest + (a.high · b.low + a.low · b.high))
//!                     four roundings; a.low · b.low is dropped and counted as an error
//! ```

use super::interval::{Real, up};
use std::ops::{Add, Mul, Sub};

/// All real numbers within `error` of `high + low`.
#[derive(Clone, Copy, Debug)]
pub struct Ball {
    high: f64,
    low: f64,
    /// Infinite where nothing is known; never NaN.
    error: f64,
}

/// The sum of non-negative numbers, rounded up.
fn total(errors: &[f64]) -> f64 {
    errors.iter().fold(0.0, |sum, &error| up(sum + error))
}

/// `a + b` rounded, and the exact rest (Knuth).
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let part = sum - a;
    (sum, (a - (sum - part)) + (b - part))
}

/// `a b` rounded, and the rest (Veltkamp and Dekker). The rest is exact if `a` and `b` are 0 or
/// from `2⁻⁴⁸⁰` to `2⁹⁹⁵` in size and the product does not overflow. If one is larger, or the
/// product overflows, the rest is not a finite number.
fn two_product(a: f64, b: f64) -> (f64, f64) {
    let halves = |x: f64| {
        let scaled = 134_217_729.0 * x; // 2²⁷ + 1
        let high = scaled - (scaled - x);
        (high, x - high)
    };
    let (product, (a, a_rest), (b, b_rest)) = (a * b, halves(a), halves(b));
    (product, ((a * b - product) + a * b_rest + a_rest * b) + a_rest * b_rest)
}

impl Ball {
    /// A number smaller than this, `2⁻⁴⁸⁰`, is replaced by 0, and its size is added to the error.
    const LEAST: f64 = 1.0
        / (1_u128 << 120) as f64
        / (1_u128 << 120) as f64
        / (1_u128 << 120) as f64
        / (1_u128 << 120) as f64;

    /// The numbers within `error` of `a + b`; all real numbers if `a + b` is not finite.
    fn new(a: f64, b: f64, error: f64) -> Self {
        let (high, low) = two_sum(a, b);
        if !(high.is_finite() && low.is_finite()) {
            return Self { high: 0.0, low: 0.0, error: f64::INFINITY };
        }
        match high.abs() < Self::LEAST {
            true => Self { high: 0.0, low: 0.0, error: total(&[error, high.abs(), low.abs()]) },
            false => Self { high, low, error: up(error) },
        }
    }

    /// An upper bound on the absolute values of the numbers in the ball.
    pub(super) fn size(self) -> f64 {
        total(&[self.high.abs(), self.low.abs(), self.error])
    }

    /// An upper bound on the numbers in the ball.
    #[must_use]
    pub fn most(self) -> f64 {
        up(up(self.high + self.low) + self.error)
    }

    /// The centre of the ball, as a ball without error.
    #[must_use]
    pub fn centre(self) -> Self {
        Self { error: 0.0, ..self }
    }

    /// The ball with the larger centre.
    #[must_use]
    pub fn larger(self, other: Self) -> Self {
        if (self.high, self.low) < (other.high, other.low) { other } else { self }
    }

    /// `1/x` for a float64 `x ≥ 1`. If `y` is about that and `e = 1 − x y`, then
    /// `1/x = y / (1 − e) = y + y e + y e² / (1 − e)`.
    fn inverse(x: f64) -> Self {
        let y = Self::exactly(1.0 / x);
        let e = Self::exactly(1.0) - Self::exactly(x) * y;
        let rest = (y * e * e).size();
        (y + y * e).within(2.0 * rest)
    }

    /// The ball with `error` added to its radius.
    pub(super) fn within(self, error: f64) -> Self {
        Self { error: total(&[self.error, error]), ..self }
    }

    /// `e^x`.
    ///
    /// `e^x = (e^r)^(2^k)` with `r = x / 2^k` of at most `2⁻⁸` in size, and
    /// `e^r = 1 + r (1 + r/2 (1 + r/3 (… (1 + r/11))))` but for a remainder of at most
    /// `r¹² e^r / 12! < 2⁻¹²⁴` (Taylor's theorem).
    #[must_use]
    pub fn exp(self) -> Self {
        if self.most() < -700.0 {
            return Self::exactly(0.0).within(1e-300); // e^−700 < 10⁻³⁰⁴
        }
        let (mut size, mut scale, mut squarings) = (self.size(), 1.0, 0);
        if size > 700.0 {
            return Self { high: 0.0, low: 0.0, error: f64::INFINITY };
        }
        while size > 1.0 / 256.0 {
            (size, scale, squarings) = (size / 2.0, scale / 2.0, squarings + 1);
        }
        let (r, one) = (self * Self::exactly(scale), Self::exactly(1.0));
        let series =
            (1..=11).rev().map(f64::from).fold(one, |sum, k| one + r * Self::inverse(k) * sum);
        (0..squarings).fold(series.within(1.0 / (1_u128 << 124) as f64), |power, _| power * power)
    }
}

impl Real for Ball {
    fn exactly(x: f64) -> Self {
        Self::new(x, 0.0, 0.0)
    }

    /// With `y` about `1/√x` and `e = 1 − x y²`, `1/√x = y / √(1 − e) = y + y e / 2` but for at
    /// most `y e²`, where `|e| ≤ ½`.
    fn inverse_root(x: usize) -> Self {
        let x = x as f64;
        let y = Self::exactly(1.0 / x.sqrt());
        let e = Self::exactly(1.0) - Self::exactly(x) * y * y;
        let rest = (y * e * e).size();
        (y + y * e * Self::exactly(0.5)).within(rest)
    }

    fn inverse_near(x: f64) -> Self {
        let y = Self::exactly(1.0 / x);
        // The quotient is off by less than 2⁻⁵² of itself, and by as much again at either neighbour
        // of x.
        y.within(up(4.0 * f64::EPSILON * y.high.abs()))
    }
}

impl Add for Ball {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let (sum, rest) = two_sum(self.high, other.high);
        let lows = self.low + other.low;
        let rests = rest + lows;
        let rounding = f64::EPSILON * (lows.abs() + rests.abs());
        Self::new(sum, rests, total(&[self.error, other.error, rounding]))
    }
}

impl Sub for Ball {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + Self { high: -other.high, low: -other.low, ..other }
    }
}

impl Mul for Ball {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let (product, rest) = two_product(self.high, other.high);
        let (left, right) = (self.high * other.low, self.low * other.high);
        let cross = left + right;
        let rests = rest + cross;
        let rounding = f64::EPSILON * (left.abs() + right.abs() + cross.abs() + rests.abs());
        let dropped = up((self.low * other.low).abs());
        // The factors' errors: |a b − a′ b′| ≤ |a − a′| |b| + |a′| |b − b′|, and `size` includes
        // the errors.
        let factors = [up(self.error * other.size()), up(self.size() * other.error)];
        Self::new(
            product,
            rests,
            total(&[factors[0], factors[1], rounding, dropped, f64::MIN_POSITIVE]),
        )
    }
}
