//! The exponential of every number of a slice: [`crate::linalg::exp`], bit for bit, without its
//! branches.
//!
//! ```text
//! for each pair of vectors x (8 numbers), all steps on both before the next step:
//!     x  = clamp(x, LOW, HIGH)
//!     n  = round(x · log2 e)                      by adding and subtracting SHIFT
//!     r  = (x − n · LN_2_HIGH) − n · LN_2_LOW     |r| ≤ 0.35
//!     e_r = Horner(TAYLOR, r)
//!     result = e_r · 2^⌊n/2⌋ · 2^(n − ⌊n/2⌋)
//! ```

use super::{PAIR, load_pair, store_pair};
use crate::kernels::vector::Vector;

/// 1.5 · 2⁵². Adding it rounds a small number to the nearest whole number, which is then in the low
/// bits of the mantissa.
pub(crate) const ROUND: f64 = 6_755_399_441_055_744.0;
/// The leading 32 bits of ln 2.
pub(crate) const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
/// The rest of ln 2.
pub(crate) const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
/// 1/13!, 1/12!, …, 1/2!, 1, 1.
pub(crate) const TAYLOR: [f64; 14] = [
    1.0 / 6_227_020_800.0,
    1.0 / 479_001_600.0,
    1.0 / 39_916_800.0,
    1.0 / 3_628_800.0,
    1.0 / 362_880.0,
    1.0 / 40_320.0,
    1.0 / 5_040.0,
    1.0 / 720.0,
    1.0 / 120.0,
    1.0 / 24.0,
    1.0 / 6.0,
    0.5,
    1.0,
    1.0,
];
/// [`ROUND`] plus twice the bias of an exponent: an even number, so sums round as they do with
/// `ROUND`.
const SHIFT: f64 = ROUND + 2.0 * 1023.0;
/// For `x ≤ LOW` the powers of two make every result 0.
const LOW: f64 = -746.0;
/// For `x ≥ HIGH` they make every result infinite.
const HIGH: f64 = 710.0;

/// `e^x` of each lane of two vectors. Each step is done on both vectors before the next step, so
/// that neither waits for the other. The steps are those of [`crate::linalg::exp`]. That function
/// returns early for arguments out of range; this one clamps them, after which the last steps give
/// the same results. NaN stays NaN.
#[inline(always)]
pub(super) fn vectors<V: Vector>(x: [V; 2]) -> [V; 2] {
    let number = V::splat;
    let (mut shifted, mut r, mut e_r) = (x, x, [number(TAYLOR[0]); 2]);
    for i in 0..2 {
        let x = number(LOW).max(number(HIGH).min(x[i]));
        shifted[i] = x.mul(number(std::f64::consts::LOG2_E)).add(number(SHIFT));
        let n = shifted[i].sub(number(SHIFT));
        r[i] = x.sub(n.mul(number(LN_2_HIGH))).sub(n.mul(number(LN_2_LOW)));
    }
    for &c in &TAYLOR[1..] {
        for i in 0..2 {
            e_r[i] = e_r[i].mul(r[i]).add(number(c));
        }
    }
    for i in 0..2 {
        let [first, second] = V::powers_of_two(shifted[i]);
        e_r[i] = e_r[i].mul(first).mul(second);
    }
    e_r
}

#[inline(always)]
pub(crate) fn exp<V: Vector>(x: &mut [f64]) {
    for x in x.chunks_mut(PAIR) {
        store_pair(vectors(load_pair::<V>(x)), x);
    }
}
