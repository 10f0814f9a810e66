//! What a proof costs in FLOPs: scalars that count their operations.
//!
//! The convention makes that of the compact-proofs literature precise. Each scalar addition,
//! subtraction, multiplication, division, comparison, minimum, maximum, absolute value, square
//! root, exponential and rounding to a whole number counts 1. Moving data, negating and integer
//! bookkeeping count 0. So the product of `[a, b]` with `[b, c]` counts `a c (2b − 1)`, and a sort
//! of `n` numbers, which a verifier only has to check, counts `n − 1`.
//!
//! Verifiers are generic over [`Scalar`]. The program runs them on `f64` and reports a closed
//! formula; tests run the same code on [`Counted`] and compare the formula with the count:
//!
//! ```
//! use compact_proofs::cost::{Counted, Scalar, matmul_flops};
//! use compact_proofs::linalg::{Matrix, matmul};
//!
//! let ones = |rows, columns| Matrix::from_elem((rows, columns), Counted::from_f64(1.0));
//! let (flops, _) = Counted::during(|| matmul(ones(2, 3).view(), ones(3, 4).view()));
//! assert_eq!(flops as f64, matmul_flops(2, 3, 4));
//! ```
//!
//! Operations on whole slices are methods of [`Scalar`]. `f64` implements them by
//! [`crate::kernels`]; other scalars do the same operations one by one, in the same order.

use crate::kernels;
use std::cell::Cell;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A real number in a verifier: `f64`, or a type that counts its operations.
pub trait Scalar:
    Copy
    + Neg<Output = Self>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + 'static
{
    /// The number `x`; costs nothing.
    fn from_f64(x: f64) -> Self;
    /// The value; costs nothing. For tests and for choosing an order, never for a decision of a
    /// proof.
    fn to_f64(self) -> f64;
    /// `e^self` by [`crate::linalg::exp`]: the same bits on every target.
    fn exp(self) -> Self;
    /// The square root, correctly rounded.
    fn sqrt(self) -> Self;
    /// The absolute value.
    fn abs(self) -> Self;
    /// The largest whole number that is not above `self`.
    fn floor(self) -> Self;
    /// The larger of the two; one comparison.
    fn max(self, other: Self) -> Self;
    /// Whether `self < other`; one comparison.
    fn less(self, other: Self) -> bool;

    /// Sorts in ascending order. Costs nothing, as it only chooses an order.
    fn sort(x: &mut [Self]) {
        x.sort_by(|a, b| a.to_f64().total_cmp(&b.to_f64()));
    }
    /// [`kernels::exp`]; one operation for each number.
    fn exp_all(x: &mut [Self]) {
        x.iter_mut().for_each(|x| *x = x.exp());
    }
    /// [`kernels::matmul`]; returns the product and costs [`matmul_flops`].
    fn matmul(a: &[Self], b: &[Self], k: usize, n: usize) -> Vec<Self> {
        let entry = |row: &[Self], j: usize| {
            let products = row.iter().zip(b[j..].iter().step_by(n)).map(|(&x, &y)| x * y);
            products.reduce(|sum, product| sum + product).expect("an empty sum has no first term")
        };
        a.chunks_exact(k).flat_map(|row| (0..n).map(move |j| entry(row, j))).collect()
    }
    /// [`kernels::largest`]; one comparison for each number but the first.
    ///
    /// # Panics
    /// If `x` is empty.
    fn largest(x: &[Self]) -> Self {
        x.iter().copied().reduce(Self::max).expect("at least one number")
    }
    /// [`kernels::largest_sum`]; two operations for each pair, one for the first.
    ///
    /// # Panics
    /// If `a` or `b` is empty.
    fn largest_sum(a: &[Self], b: &[Self]) -> Self {
        a.iter().zip(b).map(|(&a, &b)| a + b).reduce(Self::max).expect("at least one pair")
    }
    /// [`kernels::largest_scaled_sum`]; three operations for each pair, two for the first.
    ///
    /// # Panics
    /// If `a` or `b` is empty.
    fn largest_scaled_sum(a: &[Self], scale: Self, b: &[Self]) -> Self {
        a.iter().zip(b).map(|(&a, &b)| a + scale * b).reduce(Self::max).expect("at least one pair")
    }
    /// [`kernels::spread`]; one difference, and two comparisons for each number but the first.
    ///
    /// # Panics
    /// If `x` is empty.
    fn spread(x: &[Self]) -> Self {
        let least = x.iter().map(|&x| -x).reduce(Self::max).expect("at least one number");
        Self::largest(x) - -least
    }
    /// [`kernels::running_max`]; one comparison for each number.
    fn running_max(so_far: &mut [Self], x: &[Self]) {
        so_far.iter_mut().zip(x).for_each(|(so_far, &x)| *so_far = x.max(*so_far));
    }
    /// [`kernels::add_scaled`]; two operations for each number.
    fn add_scaled(sums: &mut [Self], scale: Self, x: &[Self]) {
        sums.iter_mut().zip(x).for_each(|(sum, &x)| *sum = *sum + scale * x);
    }
    /// [`kernels::exp_sum`]; two operations for each number, and one addition for each but the
    /// first.
    fn exp_sum(rate: Self, x: &[Self]) -> Self {
        let add = |a: Option<Self>, b: Option<Self>| match (a, b) {
            (Some(a), Some(b)) => Some(a + b),
            (a, b) => a.or(b),
        };
        let mut sums = [None; 4];
        for (i, &x) in x.iter().enumerate() {
            sums[i % 4] = add(sums[i % 4], Some((rate * x).exp()));
        }
        add(add(sums[0], sums[1]), add(sums[2], sums[3])).unwrap_or(Self::from_f64(0.0))
    }
    /// [`kernels::shares`]; four operations for each number.
    fn shares(x: &mut [Self], ratios: &[Self]) {
        let one = Self::from_f64(1.0);
        x.iter_mut().zip(ratios).for_each(|(x, &ratio)| *x = one / (one + ratio * x.exp()));
    }
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
    /// A comparison instead of `f64::max`, because it is one vector instruction on every target.
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        if self > other { self } else { other }
    }
    #[inline(always)]
    fn less(self, other: Self) -> bool {
        self < other
    }
    fn exp_all(x: &mut [Self]) {
        kernels::exp(x);
    }
    fn matmul(a: &[Self], b: &[Self], k: usize, n: usize) -> Vec<Self> {
        let mut product = vec![0.0; a.len() / k * n];
        kernels::matmul(a, b, &mut product, k, n);
        product
    }
    fn largest(x: &[Self]) -> Self {
        kernels::largest(x)
    }
    fn largest_sum(a: &[Self], b: &[Self]) -> Self {
        kernels::largest_sum(a, b)
    }
    fn largest_scaled_sum(a: &[Self], scale: Self, b: &[Self]) -> Self {
        kernels::largest_scaled_sum(a, scale, b)
    }
    fn spread(x: &[Self]) -> Self {
        kernels::spread(x)
    }
    fn running_max(so_far: &mut [Self], x: &[Self]) {
        kernels::running_max(so_far, x);
    }
    fn add_scaled(sums: &mut [Self], scale: Self, x: &[Self]) {
        kernels::add_scaled(sums, scale, x);
    }
    fn exp_sum(rate: Self, x: &[Self]) -> Self {
        kernels::exp_sum(rate, x)
    }
    fn shares(x: &mut [Self], ratios: &[Self]) {
        kernels::shares(x, ratios);
    }
}

thread_local! {
    static OPERATIONS: Cell<u64> = const { Cell::new(0) };
}

/// An `f64` that counts its operations, in a counter of its thread.
#[derive(Clone, Copy, Debug)]
pub struct Counted(f64);

impl Counted {
    /// Runs `work`; returns the FLOPs it did on this thread, and its result.
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
