//! What a proof costs: scalars that count their operations.
//!
//! The convention (the compact-proofs literature's, made precise): every scalar addition, subtraction, multiplication,
//! division, comparison, minimum or maximum, absolute value, square root, exponential and rounding to a whole number counts 1; moving data, negating
//! and integer bookkeeping count 0. So a product of `[a, b]` with `[b, c]` counts `a c (2b − 1)`, and a sort of length
//! `n` that the verifier only checks counts `n − 1`.
//!
//! Verifiers are generic over [`Scalar`]. The product runs them on `f64` and reports a closed formula; tests run the same
//! code on [`Counted`] and compare.

use std::cell::Cell;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A real number as the verifiers use it: `f64`, or one that counts.
pub trait Scalar:
    Copy + Neg<Output = Self> + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> + 'static
{
    /// The number itself, free of cost.
    fn from_f64(x: f64) -> Self;
    /// Its value, free of cost: for tests and for choosing an order, never for a decision of a proof.
    fn to_f64(self) -> f64;
    /// e to the power of `self`, by [`crate::linalg::exp`]: the same bits on every target.
    fn exp(self) -> Self;
    /// The square root, correctly rounded.
    fn sqrt(self) -> Self;
    /// The absolute value.
    fn abs(self) -> Self;
    /// The largest whole number not above.
    fn floor(self) -> Self;
    /// The larger of the two; one comparison.
    fn max(self, other: Self) -> Self;
    /// Whether `self < other`; one comparison.
    fn less(self, other: Self) -> bool;
}

impl Scalar for f64 {
    #[inline(always)]
    fn from_f64(x: f64) -> Self {
        x
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        self
    }
    #[inline(always)]
    fn exp(self) -> Self {
        crate::linalg::exp(self)
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        self.sqrt()
    }
    #[inline(always)]
    fn abs(self) -> Self {
        self.abs()
    }
    #[inline(always)]
    fn floor(self) -> Self {
        self.floor()
    }
    /// Written as a comparison and not as `f64::max`: one vector instruction on every target.
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        if self > other { self } else { other }
    }
    #[inline(always)]
    fn less(self, other: Self) -> bool {
        self < other
    }
}

thread_local! {
    static OPERATIONS: Cell<u64> = const { Cell::new(0) };
}

/// An `f64` that counts every operation on it, in a counter of its thread.
#[derive(Clone, Copy, Debug)]
pub struct Counted(f64);

impl Counted {
    /// The FLOPs that `work` does on this thread, and its result.
    pub fn during<T>(work: impl FnOnce() -> T) -> (u64, T) {
        let before = OPERATIONS.get();
        let result = work();
        (OPERATIONS.get() - before, result)
    }

    fn new(x: f64) -> Self {
        OPERATIONS.set(OPERATIONS.get() + 1);
        Self(x)
    }
}

impl Neg for Counted {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}
impl Add for Counted {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self::new(self.0 + other.0)
    }
}
impl Sub for Counted {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self::new(self.0 - other.0)
    }
}
impl Mul for Counted {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self::new(self.0 * other.0)
    }
}
impl Div for Counted {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        Self::new(self.0 / other.0)
    }
}

impl Scalar for Counted {
    fn from_f64(x: f64) -> Self {
        Self(x)
    }
    fn to_f64(self) -> f64 {
        self.0
    }
    fn exp(self) -> Self {
        Self::new(Scalar::exp(self.0))
    }
    fn sqrt(self) -> Self {
        Self::new(Scalar::sqrt(self.0))
    }
    fn abs(self) -> Self {
        Self::new(self.0.abs())
    }
    fn floor(self) -> Self {
        Self::new(self.0.floor())
    }
    fn max(self, other: Self) -> Self {
        Self::new(Scalar::max(self.0, other.0))
    }
    fn less(self, other: Self) -> bool {
        Self::new(0.0);
        self.0 < other.0
    }
}

/// FLOPs of the product of `[a, b]` with `[b, c]`.
#[must_use]
pub fn matmul_flops(a: usize, b: usize, c: usize) -> f64 {
    a as f64 * c as f64 * (2.0 * b as f64 - 1.0)
}
