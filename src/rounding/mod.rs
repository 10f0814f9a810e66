#![doc = include_str!("theorems.md")]

mod wide;

pub use wide::Wide;

use crate::cost::Scalar;
use crate::linalg::EXP_ERROR;

/// Whether a verification leaves slack for the rounding of its arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// It does: what it proves is true of the real numbers that the weights are.
    Enclosed,
    /// It does not, as the literature's: to tell how much the slack costs. Proves nothing.
    Ignored,
}

/// What the theorems use of an arithmetic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arithmetic {
    /// `u`: a sum, difference, product, quotient or square root is off by at most this part of itself.
    pub unit: f64,
    /// `ε`: an exponential that is a normal number is off by at most this part of itself.
    pub exp_error: f64,
}

/// Slack is at least this large, in logits: terms that vanish (theorem 2) and products below the range of normal numbers
/// (theorem 1) are far smaller than it makes up for.
pub const LEAST_SLACK: f64 = 1.0 / (1_u128 << 100) as f64;

/// Weights of a sum may be off by at most this part of themselves; if they may be more, nothing is proven.
const MAX_WEIGHT_ERROR: f64 = 1.0 / (1 << 10) as f64;

/// Slack that a comparison can use: infinite errors of nothing are no number, which maxima would lose; they are made infinite.
#[must_use]
pub fn usable<S: Scalar>(slack: S) -> S {
    if slack.to_f64().is_nan() { S::from_f64(f64::INFINITY) } else { slack }
}

impl Arithmetic {
    /// float64, rounded to nearest, with [`crate::linalg::exp`].
    pub const DOUBLE: Self = Self { unit: f64::EPSILON / 2.0, exp_error: EXP_ERROR };

    /// Pairs of float64, see [`Wide`].
    pub const WIDE: Self = Self { unit: Wide::UNIT, exp_error: Wide::EXP_ERROR };

    /// At least `γ_n = n u / (1 − n u)`, by which `n` roundings one after another change a number at most: `(n + 1) u`, as
    /// `n (n + 1) u ≤ 1`.
    #[must_use]
    pub fn gamma(self, n: usize) -> f64 {
        (n + 1) as f64 * self.unit
    }

    /// `φ` of theorems 2 and 3: at most this part of itself may the weight of a term be off by, and the rounding of the sum, where
    /// exponents are off by at most `exponent`; infinite if that is too much to reason about. 2 operations.
    #[must_use]
    pub fn weight_error<S: Scalar>(self, exponent: S, n: usize) -> S {
        let error = S::from_f64(2.0) * exponent
            + S::from_f64(n as f64 * (4.0 * self.exp_error + 40.0 * self.unit));
        if error.to_f64() <= MAX_WEIGHT_ERROR { error } else { S::from_f64(f64::INFINITY) }
    }
}
