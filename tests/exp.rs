//! Tests the theorem of [`exp`] on float32s in its range (all of them, with `npm run test:all`) and
//! on float64 numbers between them.
//!
//! The reference is a double-double product of two table entries, without any `exp` of a library;
//! see [`Double`] for its error.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "exponents, bit patterns and indices, in range"
)]

use crate::common;
use compact_proofs::linalg::{EXP_ERROR, EXP_UNDERFLOW, exp};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Smaller arguments are compared with `1 + x + x²/2`, others with tables.
const SMALL: f32 = 1.0 / (1 << 30) as f32;

/// Parts into which the float32s of one sign below `SMALL` are divided. Each has as many numbers as
/// a binade.
const PARTS_OF_SMALL: u32 = 97;

/// An unevaluated sum `high + low` times `2^exponent`, with `1 ≤ high < 2` and `|low| ≤ 2⁻⁵³`.
///
/// All errors are relative. A product is off by `(1 + δ₁)(1 + δ₂)(1 + ε) − 1`, where `δ₁`, `δ₂` are
/// the errors of its factors and `|ε| < 2⁻¹⁰¹` is its own. Of the four partial products, the
/// largest is exact as `p + e`; the smallest, below `2⁻¹⁰⁶`, is left out; the other two and their
/// sums, all below `2⁻⁵¹`, are rounded four times, by `2⁻¹⁰⁴` each.
///
/// `e^{2^k}` is within `2⁻¹¹¹` in fixed point, and within `2⁻¹⁰⁵` as `high + low`. For `k > 0` it
/// is the result of at most 9 squarings, so within `2⁹ (2⁻¹⁰⁵ + 2⁻¹⁰¹) < 2⁻⁹¹`. A table entry is
/// the product of at most 12 such numbers, and a float32 is compared with the product of two
/// entries. That product is within `24 · 2⁻⁹¹ + 23 · 2⁻¹⁰¹ < 2⁻⁸⁶`, a thousand-millionth of the
/// errors that are measured.
#[derive(Clone, Copy)]
struct Double {
    high: f64,
    low: f64,
    exponent: i32,
}

impl Double {
    const ONE: Self = Self { high: 1.0, low: 0.0, exponent: 0 };

    fn new(high: f64, low: f64, exponent: i32) -> Self {
        let sum = high + low;
        let rest = low - (sum - high);
        let by = (sum.to_bits() >> 52) as i32 - 1023; // the sum is positive and normal
        let scale = power_of_two(-by);
        Self { high: sum * scale, low: rest * scale, exponent: exponent + by }
    }

    fn times(self, other: Self) -> Self {
        let p = self.high * other.high;
        let ((a, b), (c, d)) = (split(self.high), split(other.high));
        let e = ((a * c - p) + a * d + b * c) + b * d;
        Self::new(
            p,
            e + (self.high * other.low + self.low * other.high),
            self.exponent + other.exponent,
        )
    }

    /// `e^{±2^k}`.
    fn exp_of_power_of_two(negative: bool, k: i32) -> Self {
        if k > 0 {
            let root = Self::exp_of_power_of_two(negative, k - 1);
            return root.times(root);
        }
        // Taylor's series in units of 2⁻¹²⁰. Each of 35 terms is too small by less than 2 units,
        // which makes an error of less than 2⁻¹¹³.
        let one = 1_u128 << 120;
        let (mut term, mut sum) = (one, one);
        for j in 1..=35_u128 {
            term = term.checked_shr(k.unsigned_abs()).unwrap_or(0) / j;
            sum = if negative && j % 2 == 1 { sum - term } else { sum + term };
        }
        // The leading 53 bits, exact as float64, and the next 53. The rest is below 2⁻¹⁰⁵ of them.
        let below = 128 - sum.leading_zeros() - 53;
        let (high, rest) = (sum >> below, sum & ((1 << below) - 1));
        Self::new(high as f64, rest as f64 * power_of_two(-(below as i32)), below as i32 - 120)
    }

    /// `e^{±i 2^k}` for all `i` below `2^bits`.
    fn table(negative: bool, k: i32, bits: i32) -> Vec<Self> {
        let mut table = vec![Self::ONE];
        for bit in 0..bits {
            let factor = Self::exp_of_power_of_two(negative, k + bit);
            table.extend_from_within(..);
            let half = table.len() / 2;
            table[half..].iter_mut().for_each(|entry| *entry = entry.times(factor));
        }
        table
    }
}

/// `2^n` for `−1022 ≤ n ≤ 1023`.
fn power_of_two(n: i32) -> f64 {
    f64::from_bits(((n + 1023) as u64) << 52)
}

/// Splits a number into two of 26 bits each, whose products are exact.
fn split(x: f64) -> (f64, f64) {
    let t = x * 134_217_729.0;
    let high = t - (t - x);
    (high, x - high)
}

/// `found · 2^{−exponent}`. It is exact, since the result is either 0 or between about 1 and 4.
fn scaled(found: f64, exponent: i32) -> f64 {
    let half = exponent / 2;
    found * power_of_two(-half) * power_of_two(half - exponent)
}

/// The largest of `numbers`, none of which has a sign; NaN if one of them is. Such numbers have the
/// order of their bits.
fn largest_or_nan(numbers: impl Iterator<Item = f64>) -> f64 {
    f64::from_bits(numbers.fold(0, |largest, x| largest.max(x.to_bits())))
}

/// The largest relative error of [`exp`] over the float32s `±m · 2^k` with `2²³ ≤ m < 2²⁴` for
/// which the theorem claims `EXP_ERROR · e^x`. Panics if the theorem is wrong for one of them.
fn largest_error_of_binade(negative: bool, k: i32) -> f64 {
    const LOW_BITS: i32 = 12;
    // e^x = e^{±i 2^{k + 12}} e^{±j 2^k} with m = i 2^12 + j.
    let coarse = Double::table(negative, k + LOW_BITS, 12);
    let fine = Double::table(negative, k, LOW_BITS);
    // The table without exponents, which are small here, and with its numbers split beforehand.
    let fine = fine.iter().map(|&Double { high, low, exponent }| {
        let scale = power_of_two(exponent); // between e^−¼ and e^¼
        (high * scale, split(high * scale), low * scale)
    });
    let fine: Vec<_> = fine.collect();
    let first = (((k + 23 + 127) as u32) << 23) | (u32::from(negative) << 31);
    let mut largest = 0.0_f64;
    for (i, &Double { high, low, exponent }) in
        coarse.iter().enumerate().skip(1 << 11).step_by(common::every(7, 7))
    {
        let bits = first + ((i as u32 - (1 << 11)) << LOW_BITS);
        let (a, b) = split(high);
        // The exact value `p` (scaled), and the found value minus the exact one. The exact one is
        // `p + e`; the sum is never rounded, as `p` and `e` are subtracted one after the other.
        let compare = |j: usize| {
            let (other, (c, d), other_low) = fine[j];
            let p = high * other;
            let e = ((a * c - p) + a * d + b * c) + b * d + (high * other_low + low * other);
            let found = exp(f64::from(f32::from_bits(bits + j as u32)));
            (p, (scaled(found, exponent) - p) - e, found)
        };
        let ends = [0, (1 << LOW_BITS) - 1].map(|j| f64::from(f32::from_bits(bits + j)));
        if ends.iter().all(|x| (-708.0..=709.7).contains(x)) {
            let errors = (0..1 << LOW_BITS).map(|j| {
                let (p, off, _) = compare(j);
                off.abs() / p
            });
            let error = largest_or_nan(errors);
            assert!(error <= EXP_ERROR, "{error:e} relative between {ends:?}");
            largest = largest.max(error);
        } else if ends.iter().any(|x| (-746.0..=710.0).contains(x)) {
            for j in 0..1 << LOW_BITS {
                let x = f64::from(f32::from_bits(bits + j as u32));
                let (p, off, found) = compare(j);
                if x < -708.0 {
                    assert!(
                        off.abs() <= EXP_ERROR * p + power_of_two(-1075 - exponent),
                        "exp({x:?}) = {found:e}"
                    );
                    assert!(
                        (0.0..=2.0 * f64::MIN_POSITIVE).contains(&found),
                        "exp({x:?}) = {found:e}"
                    );
                } else if x > 709.8 {
                    assert_eq!(found, f64::INFINITY, "exp({x:?})");
                } else if found == f64::INFINITY {
                    let overflow = p >= (1.0 - EXP_ERROR) * scaled(f64::MAX, exponent);
                    assert!(x > 709.7 && overflow, "exp({x:?}) = {found:e}");
                } else {
                    assert!(off.abs() <= EXP_ERROR * p, "exp({x:?}) = {found:e}");
                }
            }
        }
    }
    largest
}

/// The largest absolute error of [`exp`] over the float32s with `bits`, all of which are below
/// `SMALL`.
///
/// `e^x − 1 = x + x²/2 + x³ e^θ/6`, where the last term is below `2⁻⁹²`. Subtracting 1 from
/// `exp(x)` is exact (Sterbenz); subtracting `x` and `x²/2` rounds twice, by at most `2⁻⁸³`.
fn largest_error_of_small(bits: std::ops::Range<u32>) -> f64 {
    let error = largest_or_nan(bits.map(|bits| {
        let x = f64::from(f32::from_bits(bits));
        ((exp(x) - 1.0) - x - 0.5 * x * x).abs()
    }));
    assert!(error <= 0.75 * EXP_ERROR, "{error:e} for small numbers");
    error
}

/// Runs `job(0)`, `job(1)`, … on all cores; returns the largest result.
fn largest_of(jobs: usize, job: impl Fn(usize) -> f64 + Sync) -> f64 {
    let next = AtomicUsize::new(0);
    let run = || {
        let indices =
            std::iter::from_fn(|| Some(next.fetch_add(1, Ordering::Relaxed)).filter(|&i| i < jobs));
        indices.map(&job).fold(0.0, f64::max)
    };
    std::thread::scope(|scope| {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(run)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("no error above the bound"))
            .fold(0.0, f64::max)
    })
}

/// Goes through a seventh of all float32s, in pieces of 4096 and of 8 million, or through all
/// (`common::every`).
#[test]
fn float32s_are_within_the_proven_error() {
    // The binades from 2⁻³⁰ to 2⁹, of both signs: 671 million numbers.
    let binades: Vec<_> = (-53..=-14).rev().flat_map(|k| [(false, k), (true, k)]).collect();
    let large = largest_of(binades.len(), |i| largest_error_of_binade(binades[i].0, binades[i].1));
    // The smaller numbers, down to zero: 1627 million.
    let part = SMALL.to_bits() / PARTS_OF_SMALL;
    assert_eq!(part, 1 << 23);
    let step = common::every(7, 7);
    let small = largest_of((2 * PARTS_OF_SMALL as usize).div_ceil(step), |i| {
        let i = (i * step) as u32; // the step is odd: parts of both signs take turns
        let start = (i / 2 * part) | ((i % 2) << 31);
        largest_error_of_small(start..start + part)
    });
    let unit = f64::EPSILON / 2.0;
    println!(
        "largest relative error: {:.4} · 2^−53, {:.4} · 2^−53 below 2^−30",
        large / unit,
        small / unit
    );
    // Errors are found at all: even a correctly rounded function would have errors of up to 1 in
    // this unit.
    assert!((1.0..=2.1).contains(&(large / unit)) && (0.5..=2.1).contains(&(small / unit)));
}

/// `e^x = e^{i 2^−14} e^δ` with `|δ| ≤ 2⁻¹⁵`. Four terms of the series of `e^δ − 1` are off by less
/// than `2⁻⁶⁶`.
#[test]
fn float64s_between_them_are_too() {
    let tables = [false, true].map(|negative| [-14, -2].map(|k| Double::table(negative, k, 12)));
    let largest = largest_of(2, |job| {
        let mut entry = common::uniform(job as u64 + 1);
        // Arguments of all sizes, and small ones, which need next to no reduction.
        let arguments = (0..1 << 20).flat_map(|_| [0.85 + 708.85 * entry(), 0.7 * entry()]);
        largest_or_nan(arguments.map(|x| {
            let nearest = (x * 16384.0).round();
            let delta = x - nearest / 16384.0;
            let (i, [fine, coarse]) = (nearest.abs() as usize, &tables[usize::from(nearest < 0.0)]);
            let Double { high, low, exponent } = fine[i % 4096].times(coarse[i / 4096]);
            let d = delta * (1.0 + delta / 2.0 * (1.0 + delta / 3.0 * (1.0 + delta / 4.0)));
            let error =
                (((scaled(exp(x), exponent) - high) - high * d) - low * (1.0 + d)).abs() / high;
            assert!(error * (1.0 - d) <= EXP_ERROR, "exp({x:?}) = {:e}", exp(x));
            error
        }))
    });
    println!(
        "largest relative error of other float64s: {:.4} · 2^−53",
        largest / (f64::EPSILON / 2.0)
    );
}

#[test]
fn beyond_the_range() {
    let above = (710_f32.to_bits()..=f32::INFINITY.to_bits()).step_by(1009);
    assert!(above.into_iter().all(|bits| exp(f64::from(f32::from_bits(bits))) == f64::INFINITY));
    let below = ((-746_f32).to_bits()..=f32::NEG_INFINITY.to_bits()).step_by(1009);
    assert!(below.into_iter().all(|bits| exp(f64::from(f32::from_bits(bits))) == 0.0));
    for bits in (f32::INFINITY.to_bits() + 1..=u32::MAX >> 1).step_by(1009) {
        assert!(
            [bits, bits | 1 << 31]
                .iter()
                .all(|&bits| exp(f64::from(f32::from_bits(bits))).is_nan())
        );
    }
    assert_eq!([exp(0.0), exp(-0.0)], [1.0; 2]);
    assert_eq!(EXP_UNDERFLOW, f64::from_bits(8));
    assert_eq!([exp(-745.2_f64.next_up()), exp(709.8_f64.next_up())], [0.0, f64::INFINITY]);
    assert!(
        [-745.2, -745.1, -708.0].iter().all(|&x| (0.0..=2.0 * f64::MIN_POSITIVE).contains(&exp(x)))
    );
}
