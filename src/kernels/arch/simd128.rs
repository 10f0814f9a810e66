//! WebAssembly's 128-bit vectors, in pairs. None of the relaxed instructions, whose results differ
//! between machines.

use crate::kernels::vector::{LANES, Vector};
use core::arch::wasm32::{
    f64x2_add, f64x2_div, f64x2_extract_lane, f64x2_lt, f64x2_mul, f64x2_pmax, f64x2_pmin,
    f64x2_splat, f64x2_sub, i64x2_shl, i64x2_shuffle, i64x2_sub, u64x2_shr, v128, v128_bitselect,
    v128_load, v128_store,
};

#[derive(Clone, Copy)]
pub(crate) struct Simd128([v128; 2]);

impl Simd128 {
    /// [`Vector::powers_of_two`] of one pair of lanes.
    #[inline(always)]
    fn powers(shifted: v128) -> (v128, v128) {
        let half = u64x2_shr(shifted, 1);
        (i64x2_shl(half, 52), i64x2_shl(i64x2_sub(shifted, half), 52))
    }
}

impl Vector for Simd128 {
    type Mask = [v128; 2];
    const TILE: usize = 1;

    #[inline(always)]
    fn splat(x: f64) -> Self {
        Self([f64x2_splat(x); 2])
    }
    #[inline(always)]
    fn load(from: &[f64; LANES]) -> Self {
        let from: *const v128 = from.as_ptr().cast();
        // SAFETY: four numbers are there, and the loads ask for no alignment.
        unsafe { Self([v128_load(from), v128_load(from.add(1))]) }
    }
    #[inline(always)]
    fn store(self, to: &mut [f64; LANES]) {
        let to: *mut v128 = to.as_mut_ptr().cast();
        // SAFETY: there is room for four numbers, and the stores ask for no alignment.
        unsafe {
            v128_store(to, self.0[0]);
            v128_store(to.add(1), self.0[1]);
        }
    }
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self([f64x2_add(self.0[0], other.0[0]), f64x2_add(self.0[1], other.0[1])])
    }
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self([f64x2_sub(self.0[0], other.0[0]), f64x2_sub(self.0[1], other.0[1])])
    }
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self([f64x2_mul(self.0[0], other.0[0]), f64x2_mul(self.0[1], other.0[1])])
    }
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        Self([f64x2_div(self.0[0], other.0[0]), f64x2_div(self.0[1], other.0[1])])
    }
    /// `pmax(b, a)` is `b < a ? a : b`.
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self([f64x2_pmax(other.0[0], self.0[0]), f64x2_pmax(other.0[1], self.0[1])])
    }
    /// `pmin(b, a)` is `a < b ? a : b`.
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        Self([f64x2_pmin(other.0[0], self.0[0]), f64x2_pmin(other.0[1], self.0[1])])
    }
    #[inline(always)]
    fn largest(self) -> f64 {
        let larger = f64x2_pmax(self.0[1], self.0[0]);
        f64x2_extract_lane::<0>(f64x2_pmax(i64x2_shuffle::<1, 0>(larger, larger), larger))
    }
    #[inline(always)]
    fn less(self, other: Self) -> [v128; 2] {
        [f64x2_lt(self.0[0], other.0[0]), f64x2_lt(self.0[1], other.0[1])]
    }
    #[inline(always)]
    fn select(mask: [v128; 2], yes: Self, no: Self) -> Self {
        Self([
            v128_bitselect(yes.0[0], no.0[0], mask[0]),
            v128_bitselect(yes.0[1], no.0[1], mask[1]),
        ])
    }
    #[inline(always)]
    fn powers_of_two(shifted: Self) -> [Self; 2] {
        let ((a, b), (c, d)) = (Self::powers(shifted.0[0]), Self::powers(shifted.0[1]));
        [Self([a, c]), Self([b, d])]
    }
}
