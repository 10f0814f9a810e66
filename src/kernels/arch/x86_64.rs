//! SSE2, which every x86-64 machine has, in pairs of registers; and AVX2 where it is there: the same bits in half the time.
//! No fused multiply-add, which rounds once where others round twice.

use crate::kernels::generic::exp::ROUND;
use crate::kernels::vector::{BIAS, HALVING, LANES, Vector};
use core::arch::x86_64::*;

#[derive(Clone, Copy)]
pub(crate) struct Sse2([__m128d; 2]);

/// Only in functions that are compiled for AVX2, and called only where it is there: see [`crate::kernels`].
#[derive(Clone, Copy)]
pub(crate) struct Avx2([__m256d; 1]);

/// A backend of registers side by side.
macro_rules! backend {
    ($vector:ident, $registers:literal, $lanes:literal, $tile:literal, $float:ty, $integer:ty,
     $splat:ident, $load:ident, $store:ident, $add:ident, $sub:ident, $mul:ident, $div:ident, $max:ident, $less:expr, $select:expr,
     $splat_integer:ident, $to_integer:ident, $to_float:ident, $add_integer:ident, $sub_integer:ident, $left:ident, $right:ident) => {
        impl $vector {
            #[inline(always)]
            fn zip(self, other: Self, f: impl Fn($float, $float) -> $float) -> Self {
                Self(std::array::from_fn(|i| f(self.0[i], other.0[i])))
            }
        }

        // SAFETY of each block below: the instructions are there, as the types say; loads and stores, which ask for no alignment,
        // are of the four numbers of an array.
        impl Vector for $vector {
            type Mask = [$float; $registers];
            const TILE: usize = $tile;

            #[inline(always)]
            fn splat(x: f64) -> Self {
                // SAFETY: see above.
                Self([unsafe { $splat(x) }; $registers])
            }
            #[inline(always)]
            fn load(from: &[f64; LANES]) -> Self {
                // SAFETY: see above.
                Self(std::array::from_fn(|i| unsafe { $load(from.as_ptr().add(i * $lanes)) }))
            }
            #[inline(always)]
            fn store(self, to: &mut [f64; LANES]) {
                for i in 0..$registers {
                    // SAFETY: see above.
                    unsafe { $store(to.as_mut_ptr().add(i * $lanes), self.0[i]) }
                }
            }
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                // SAFETY: see above.
                self.zip(other, |a, b| unsafe { $add(a, b) })
            }
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                // SAFETY: see above.
                self.zip(other, |a, b| unsafe { $sub(a, b) })
            }
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                // SAFETY: see above.
                self.zip(other, |a, b| unsafe { $mul(a, b) })
            }
            #[inline(always)]
            fn div(self, other: Self) -> Self {
                // SAFETY: see above.
                self.zip(other, |a, b| unsafe { $div(a, b) })
            }
            /// The instruction gives its second operand unless the first is larger.
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                // SAFETY: see above.
                self.zip(other, |a, b| unsafe { $max(a, b) })
            }
            #[inline(always)]
            fn less(self, other: Self) -> Self::Mask {
                // SAFETY: see above.
                self.zip(other, |a, b| unsafe { $less(a, b) }).0
            }
            #[inline(always)]
            fn select(mask: Self::Mask, yes: Self, no: Self) -> Self {
                // SAFETY: see above.
                Self(std::array::from_fn(|i| unsafe { $select(mask[i], yes.0[i], no.0[i]) }))
            }
            #[inline(always)]
            fn powers_of_two(shifted: Self) -> [Self; 2] {
                // SAFETY: see above.
                unsafe {
                    let number = |n: i64| $splat_integer(n);
                    let n = shifted.0.map(|x| $sub_integer($to_integer(x), number(ROUND.to_bits().cast_signed())));
                    let half =
                        n.map(|n| $sub_integer($right::<1>($add_integer(n, number(HALVING))), number(HALVING / 2)));
                    let rest = std::array::from_fn(|i| $sub_integer(n[i], half[i]));
                    [half, rest].map(|n: [$integer; $registers]| {
                        Self(n.map(|n| $to_float($left::<52>($add_integer(n, number(BIAS))))))
                    })
                }
            }
        }
    };
}

backend! {
    Sse2, 2, 2, 1, __m128d, __m128i,
    _mm_set1_pd, _mm_loadu_pd, _mm_storeu_pd, _mm_add_pd, _mm_sub_pd, _mm_mul_pd, _mm_div_pd, _mm_max_pd, _mm_cmplt_pd,
    |mask, yes, no| _mm_or_pd(_mm_and_pd(mask, yes), _mm_andnot_pd(mask, no)),
    _mm_set1_epi64x, _mm_castpd_si128, _mm_castsi128_pd, _mm_add_epi64, _mm_sub_epi64, _mm_slli_epi64, _mm_srli_epi64
}

backend! {
    Avx2, 1, 4, 2, __m256d, __m256i,
    _mm256_set1_pd, _mm256_loadu_pd, _mm256_storeu_pd, _mm256_add_pd, _mm256_sub_pd, _mm256_mul_pd, _mm256_div_pd, _mm256_max_pd,
    _mm256_cmp_pd::<_CMP_LT_OQ>, |mask, yes, no| _mm256_blendv_pd(no, yes, mask),
    _mm256_set1_epi64x, _mm256_castpd_si256, _mm256_castsi256_pd, _mm256_add_epi64, _mm256_sub_epi64, _mm256_slli_epi64, _mm256_srli_epi64
}
