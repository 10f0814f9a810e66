#![doc = include_str!("theorems.md")]

mod wide;

pub use wide::Wide;

use crate::cost::Scalar;
use crate::linalg::EXP_ERROR;

/// Whether a verification adds slack for the rounding of its arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// It does: what it proves is true of the real numbers that the weights are.
    Enclosed,
    /// It does not, as in the literature, to show how much the slack costs. Proves nothing.
    Ignored,
}

/// The two properties of an arithmetic that the theorems use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arithmetic {
    /// `u`, the largest relative error of a sum, difference, product, quotient or square root.
    pub unit: f64,
    /// `ε`, the largest relative error of an exponential that is a normal number.
    pub exp_error: f64,
}

/// Slack is at least this large, in logits. That is far more than needed for terms that vanish
/// (theorem 2) and for products below the range of normal numbers (theorem 1).
pub const LEAST_SLACK: f64 = 1.0 / (1_u128 << 100) as f64;

/// If the weights of a sum may have a larger relative error than this, nothing is proven.
const MAX_WEIGHT_ERROR: f64 = 1.0 / (1 << 10) as f64;

/// Makes slack usable in a comparison: infinite, if it is NaN (an infinite error times zero). A
/// maximum would drop NaN.
#[must_use]
pub fn usable<S: Scalar>(slack: S) -> S {
    if slack.to_f64().is_nan() { S::from_f64(f64::INFINITY) } else { slack }
}

impl Arithmetic {
    /// float64, rounded to nearest, with [`crate::linalg::exp`].
    pub const DOUBLE: Self = Self { unit: f64::EPSILON / 2.0, exp_error: EXP_ERROR };

    /// Pairs of float64, see [`Wide`].
    pub const WIDE: Self = Self { unit: Wide::UNIT, exp_error: Wide::EXP_ERROR };

    /// `(n + 1) u`, which is at least `γ_n = n u / (1 − n u)` as long as `n (n + 1) u ≤ 1`. `γ_n`
    /// is the largest relative change by `n` roundings one after another.
    #[must_use]
    pub fn gamma(self, n: usize) -> f64 {
        (n + 1) as f64 * self.unit
    }

    /// `φ` of theorems 2 and 3, the largest relative error of the weight of a term, including the
    /// rounding of the sum of `n` terms, if the exponents are off by at most `exponent`. Infinite
    /// if that error is too large to reason about. Costs 2 operations.
    #[must_use]
    pub fn weight_error<S: Scalar>(self, exponent: S, n: usize) -> S {
        let error = S::from_f64(2.0) * exponent
            + S::from_f64(n as f64 * (4.0 * self.exp_error + 40.0 * self.unit));
        if error.to_f64() <= MAX_WEIGHT_ERROR { error } else { S::from_f64(f64::INFINITY) }
    }
}
