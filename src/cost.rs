//! What a proof costs: scalars that count their operations.
//!
//! The convention (the compact-proofs literature's, made precise): every scalar addition, subtraction, multiplication,
//! division, comparison, minimum or maximum, absolute value, square root, exponential and rounding to a whole number counts 1; moving data, negating
//! and integer bookkeeping count 0. So a product of `[a, b]` with `[b, c]` counts `a c (2b − 1)`, and a sort of length
//! `n` that the verifier only checks counts `n − 1`.
//!
//! Verifiers are generic over [`Scalar`]. The product runs them on `f64` and reports a closed formula; tests run the same
//! code on [`Counted`] and compare. What runs over whole slices, float64 leaves to [`crate::kernels`]; the other scalars do the same
//! one by one, in the same order.

use crate::kernels;
use std::cell::Cell;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A real number as the verifiers use it: `f64`, or one that counts.
pub trait Scalar:
    Copy
    + Neg<Output = Self>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + 'static
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

    /// Sorts, the least first; free of cost, as it chooses an order.
    fn sort(x: &mut [Self]) {
        x.sort_by(|a, b| a.to_f64().total_cmp(&b.to_f64()));
    }
    /// [`kernels::exp`]; one operation each.
    fn exp_all(x: &mut [Self]) {
        x.iter_mut().for_each(|x| *x = x.exp());
    }
    /// [`kernels::matmul`], the product; [`matmul_flops`] operations.
    fn matmul(a: &[Self], b: &[Self], k: usize, n: usize) -> Vec<Self> {
        let entry = |row: &[Self], j: usize| {
            let products = row.iter().zip(b[j..].iter().step_by(n)).map(|(&x, &y)| x * y);
            products.reduce(|sum, product| sum + product).expect("an empty sum has no first term")
        };
        a.chunks_exact(k).flat_map(|row| (0..n).map(move |j| entry(row, j))).collect()
    }
    /// [`kernels::largest`] of at least one number; one comparison less than there are numbers.
    ///
    /// # Panics
    /// If there is none.
    fn largest(x: &[Self]) -> Self {
        x.iter().copied().reduce(Self::max).expect("at least one number")
    }
    /// [`kernels::largest_sum`] of at least one pair; two operations for each but the first.
    ///
    /// # Panics
    /// If there is none.
    fn largest_sum(a: &[Self], b: &[Self]) -> Self {
        a.iter().zip(b).map(|(&a, &b)| a + b).reduce(Self::max).expect("at least one pair")
    }
    /// [`kernels::largest_scaled_sum`] of at least one pair; three operations for each, one less for the first.
    ///
    /// # Panics
    /// If there is none.
    fn largest_scaled_sum(a: &[Self], scale: Self, b: &[Self]) -> Self {
        a.iter().zip(b).map(|(&a, &b)| a + scale * b).reduce(Self::max).expect("at least one pair")
    }
    /// [`kernels::spread`] of at least one number; two comparisons for each but the first, and a difference.
    ///
    /// # Panics
    /// If there is none.
    fn spread(x: &[Self]) -> Self {
        let least = x.iter().map(|&x| -x).reduce(Self::max).expect("at least one number");
        Self::largest(x) - -least
    }
    /// [`kernels::running_max`]; one comparison each.
    fn running_max(so_far: &mut [Self], x: &[Self]) {
        so_far.iter_mut().zip(x).for_each(|(so_far, &x)| *so_far = x.max(*so_far));
    }
    /// [`kernels::add_scaled`]; two operations each.
    fn add_scaled(sums: &mut [Self], scale: Self, x: &[Self]) {
        sums.iter_mut().zip(x).for_each(|(sum, &x)| *sum = *sum + scale * x);
    }
    /// [`kernels::exp_sum`]: two operations for each number and a sum of all.
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
    /// [`kernels::shares`]; four operations each.
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
    /// Written as a comparison and not as `f64::max`: one vector instruction on every target.
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
