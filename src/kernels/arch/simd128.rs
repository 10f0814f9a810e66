//! WebAssembly's 128-bit vectors, in pairs. None of the relaxed instructions, whose results differ between machines.

use crate::kernels::generic::exp::ROUND;
use crate::kernels::vector::{BIAS, HALVING, LANES, Vector};
use core::arch::wasm32::{
    f64x2_add, f64x2_div, f64x2_lt, f64x2_mul, f64x2_pmax, f64x2_splat, f64x2_sub, i64x2_add, i64x2_shl, i64x2_splat,
    i64x2_sub, u64x2_shr, v128, v128_bitselect, v128_load, v128_store,
};

#[derive(Clone, Copy)]
pub(crate) struct Simd128([v128; 2]);

impl Simd128 {
    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(v128, v128) -> v128) -> Self {
        Self([f(self.0[0], other.0[0]), f(self.0[1], other.0[1])])
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
        self.zip(other, f64x2_add)
    }
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.zip(other, f64x2_sub)
    }
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.zip(other, f64x2_mul)
    }
    #[inline(always)]
    fn div(self, other: Self) -> Self {
        self.zip(other, f64x2_div)
    }
    /// `pmax(b, a)` is `b < a ? a : b`.
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        self.zip(other, |a, b| f64x2_pmax(b, a))
    }
    #[inline(always)]
    fn less(self, other: Self) -> [v128; 2] {
        self.zip(other, f64x2_lt).0
    }
    #[inline(always)]
    fn select(mask: [v128; 2], yes: Self, no: Self) -> Self {
        Self([v128_bitselect(yes.0[0], no.0[0], mask[0]), v128_bitselect(yes.0[1], no.0[1], mask[1])])
    }
    #[inline(always)]
    fn powers_of_two(shifted: Self) -> [Self; 2] {
        let power = |n: v128| i64x2_shl(i64x2_add(n, i64x2_splat(BIAS)), 52);
        let n = shifted.0.map(|x| i64x2_sub(x, i64x2_splat(ROUND.to_bits().cast_signed())));
        let half = n.map(|n| i64x2_sub(u64x2_shr(i64x2_add(n, i64x2_splat(HALVING)), 1), i64x2_splat(HALVING / 2)));
        [Self(half.map(power)), Self([power(i64x2_sub(n[0], half[0])), power(i64x2_sub(n[1], half[1]))])]
    }
}
