//! SSE2, which every x86-64 machine has, in pairs of registers; and AVX2 for machines that have it:
//! the same bits in half the time. No fused multiply-add, which rounds once instead of twice.

use crate::kernels::vector::{LANES, Vector};
use core::arch::x86_64::*;

#[derive(Clone, Copy)]
pub(crate) struct Sse2([__m128d; 2]);

/// May be used only inside functions compiled for AVX2, on machines that have it: see
/// [`crate::kernels`].
#[derive(Clone, Copy)]
pub(crate) struct Avx2([__m256d; 1]);

/// Implements [`Vector`] for a type of `LANES / $lanes` registers. Contains no closure: a closure
/// would be compiled without the backend's instructions, and then not always inlined.
macro_rules! backend {
    ($vector:ident, [$($i:literal)*], $lanes:literal, $tile:literal, $float:ty,
     $splat:ident, $load:ident, $store:ident, $add:ident, $sub:ident, $mul:ident, $div:ident,
     $max:ident, $min:ident, $less:ident,
     $largest:ident, $select:ident, $powers:ident) => {
        // SAFETY of each block below: the type is used only where its instructions exist; loads and
        // stores need no alignment and touch the four numbers of an array.
        impl Vector for $vector {
            type Mask = [$float; LANES / $lanes];
            const TILE: usize = $tile;

            #[inline(always)]
            fn splat(x: f64) -> Self {
                // SAFETY: see above.
                Self([unsafe { $splat(x) }; LANES / $lanes])
            }
            #[inline(always)]
            fn load(from: &[f64; LANES]) -> Self {
                // SAFETY: see above.
                unsafe { Self([$($load(from.as_ptr().add($i * $lanes))),*]) }
            }
            #[inline(always)]
            fn store(self, to: &mut [f64; LANES]) {
                // SAFETY: see above.
                unsafe { $($store(to.as_mut_ptr().add($i * $lanes), self.0[$i]);)* }
            }
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                // SAFETY: see above.
                unsafe { Self([$($add(self.0[$i], other.0[$i])),*]) }
            }
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                // SAFETY: see above.
                unsafe { Self([$($sub(self.0[$i], other.0[$i])),*]) }
            }
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                // SAFETY: see above.
                unsafe { Self([$($mul(self.0[$i], other.0[$i])),*]) }
            }
            #[inline(always)]
            fn div(self, other: Self) -> Self {
                // SAFETY: see above.
                unsafe { Self([$($div(self.0[$i], other.0[$i])),*]) }
            }
            /// The instruction returns its second operand unless the first is larger.
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                // SAFETY: see above.
                unsafe { Self([$($max(self.0[$i], other.0[$i])),*]) }
            }
            /// The instruction returns its second operand unless the first is smaller.
            #[inline(always)]
            fn min(self, other: Self) -> Self {
                // SAFETY: see above.
                unsafe { Self([$($min(self.0[$i], other.0[$i])),*]) }
            }
            #[inline(always)]
            fn largest(self) -> f64 {
                // SAFETY: see above.
                unsafe { $largest(self.0) }
            }
            #[inline(always)]
            fn less(self, other: Self) -> Self::Mask {
                // SAFETY: see above.
                unsafe { [$($less(self.0[$i], other.0[$i])),*] }
            }
            #[inline(always)]
            fn select(mask: Self::Mask, yes: Self, no: Self) -> Self {
                // SAFETY: see above.
                unsafe { Self([$($select(mask[$i], yes.0[$i], no.0[$i])),*]) }
            }
            #[inline(always)]
            fn powers_of_two(shifted: Self) -> [Self; 2] {
                // SAFETY: see above.
                unsafe {
                    let powers = [$($powers(shifted.0[$i])),*];
                    [Self([$(powers[$i].0),*]), Self([$(powers[$i].1),*])]
                }
            }
        }
    };
}

/// [`Vector::powers_of_two`] and [`Vector::select`] for one register.
macro_rules! of_register {
    ($powers:ident, $select:ident, $float:ty, $to_integer:ident, $to_float:ident, $sub:ident,
     $left:ident, $right:ident, |$mask:ident, $yes:ident, $no:ident| $choice:expr) => {
        /// # Safety
        /// The machine has the instructions.
        #[inline(always)]
        unsafe fn $powers(shifted: $float) -> ($float, $float) {
            // SAFETY: as the caller says.
            unsafe {
                let bits = $to_integer(shifted);
                let half = $right::<1>(bits);
                ($to_float($left::<52>(half)), $to_float($left::<52>($sub(bits, half))))
            }
        }

        /// # Safety
        /// The machine has the instructions.
        #[inline(always)]
        unsafe fn $select($mask: $float, $yes: $float, $no: $float) -> $float {
            // SAFETY: as the caller says.
            unsafe { $choice }
        }
    };
}

of_register! {
    powers_sse2, select_sse2, __m128d, _mm_castpd_si128, _mm_castsi128_pd, _mm_sub_epi64,
    _mm_slli_epi64, _mm_srli_epi64,
    |mask, yes, no| _mm_or_pd(_mm_and_pd(mask, yes), _mm_andnot_pd(mask, no))
}
of_register! {
    powers_avx2, select_avx2, __m256d, _mm256_castpd_si256, _mm256_castsi256_pd, _mm256_sub_epi64,
    _mm256_slli_epi64, _mm256_srli_epi64, |mask, yes, no| _mm256_blendv_pd(no, yes, mask)
}
/// # Safety
/// The machine has SSE2.
#[inline(always)]
unsafe fn largest_sse2([low, high]: [__m128d; 2]) -> f64 {
    // SAFETY: as the caller says.
    unsafe {
        let larger = _mm_max_pd(low, high);
        _mm_cvtsd_f64(_mm_max_sd(larger, _mm_unpackhi_pd(larger, larger)))
    }
}

/// # Safety
/// The machine has AVX.
#[inline(always)]
unsafe fn largest_avx2([x]: [__m256d; 1]) -> f64 {
    // SAFETY: as the caller says.
    unsafe { largest_sse2([_mm256_castpd256_pd128(x), _mm256_extractf128_pd::<1>(x)]) }
}

/// # Safety
/// The machine has AVX.
#[inline(always)]
unsafe fn less_avx2(a: __m256d, b: __m256d) -> __m256d {
    // SAFETY: as the caller says.
    unsafe { _mm256_cmp_pd::<_CMP_LT_OQ>(a, b) }
}

backend! {
    Sse2, [0 1], 2, 1, __m128d,
    _mm_set1_pd, _mm_loadu_pd, _mm_storeu_pd, _mm_add_pd, _mm_sub_pd, _mm_mul_pd, _mm_div_pd,
    _mm_max_pd, _mm_min_pd, _mm_cmplt_pd, largest_sse2, select_sse2, powers_sse2
}
backend! {
    Avx2, [0], 4, 2, __m256d,
    _mm256_set1_pd, _mm256_loadu_pd, _mm256_storeu_pd, _mm256_add_pd, _mm256_sub_pd, _mm256_mul_pd,
    _mm256_div_pd, _mm256_max_pd, _mm256_min_pd, less_avx2, largest_avx2, select_avx2, powers_avx2
}
