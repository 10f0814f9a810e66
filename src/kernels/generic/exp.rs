//! The exponential of every number of a slice: that of [`crate::linalg::exp`], bit for bit, without its branches.

use super::last;
use crate::kernels::vector::{LANES, Vector};

/// 1.5 · 2⁵²: adding it rounds a small number to the nearest integer, which is then in the low mantissa bits.
pub(crate) const ROUND: f64 = 6_755_399_441_055_744.0;
/// The leading 32 bits of ln 2 …
pub(crate) const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
/// … and the rest.
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
/// Below this the result is 0 …
pub(crate) const LEAST: f64 = -745.2;
/// … and above this it is infinite.
pub(crate) const MOST: f64 = 709.8;

/// `e^x` of each lane. Every step is one of [`crate::linalg::exp`]'s: out of its range the result is replaced at the end, where
/// that returns at the start.
#[inline(always)]
pub(super) fn vector<V: Vector>(x: V) -> V {
    let number = V::splat;
    let shifted = x.mul(number(std::f64::consts::LOG2_E)).add(number(ROUND));
    let n = shifted.sub(number(ROUND));
    let r = x.sub(n.mul(number(LN_2_HIGH))).sub(n.mul(number(LN_2_LOW)));
    let mut e_r = number(TAYLOR[0]);
    for &c in &TAYLOR[1..] {
        e_r = e_r.mul(r).add(number(c));
    }
    let [first, second] = V::powers_of_two(shifted);
    let scaled = e_r.mul(first).mul(second);
    let scaled = V::select(x.less(number(LEAST)), number(0.0), scaled);
    V::select(number(MOST).less(x), number(f64::INFINITY), scaled)
}

#[inline(always)]
pub(crate) fn exp<V: Vector>(x: &mut [f64]) {
    let (chunks, rest) = x.as_chunks_mut::<LANES>();
    for chunk in chunks {
        vector(V::load(chunk)).store(chunk);
    }
    if !rest.is_empty() {
        let mut padded = [0.0; LANES];
        vector(last::<V>(rest, 0.0)).store(&mut padded);
        rest.copy_from_slice(&padded[..rest.len()]);
    }
}
