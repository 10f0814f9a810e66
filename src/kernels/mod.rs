//! The inner loops, in vectors: what verifiers and searches spend their time in.
//!
//! | part | what it holds |
//! |---|---|
//! | `vector` | four float64 side by side, as every backend offers them |
//! | `generic` | the algorithms, each once, over such vectors |
//! | `arch` | the backends: plain Rust, WebAssembly's SIMD128, SSE2 and AVX2 |
//!
//! `tests/kernels.rs` has one specification for each kernel, and holds every backend against it.
//!
//! Native, WebAssembly with SIMD128 and WebAssembly without give the same bits: whatever a machine's registers hold, lanes are
//! four, sums have one order, nothing is fused. On x86-64 the backend is chosen where the program runs; a WebAssembly module
//! with one unknown instruction does not even compile, so there the build decides.
//!
//! Code that also has to count its operations calls these through [`crate::cost::Scalar`].

mod arch;
mod generic;
mod vector;

pub(crate) use generic::exp::{LN_2_HIGH, LN_2_LOW, ROUND, TAYLOR};

/// A convex function of one variable, linear on both sides of a kink.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kink<S> {
    /// Where the kink is.
    pub centre: S,
    /// The value there.
    pub at_centre: S,
    /// The slope left of it.
    pub below: S,
    /// The slope right of it, no smaller.
    pub above: S,
}

/// Each kernel, by the backend that suits the machine.
macro_rules! kernels {
    ($($(#[$doc:meta])* fn $name:ident in $module:ident ($($argument:ident: $type:ty),*) $(-> $result:ty)?;)*) => {
        $(
            $(#[$doc])*
            #[inline]
            pub fn $name($($argument: $type),*) $(-> $result)? {
                #[cfg(target_arch = "x86_64")]
                {
                    if !cfg!(no_avx2) && std::is_x86_feature_detected!("avx2") {
                        // SAFETY: the machine has AVX2.
                        return unsafe { avx2::$name($($argument),*) };
                    }
                    generic::$module::$name::<arch::x86_64::Sse2>($($argument),*)
                }
                #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
                {
                    generic::$module::$name::<arch::simd128::Simd128>($($argument),*)
                }
                #[cfg(not(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128"))))]
                {
                    generic::$module::$name::<arch::scalar::Scalar4>($($argument),*)
                }
            }
        )*

        /// The kernels compiled for AVX2: only there are its instructions inlined.
        #[cfg(target_arch = "x86_64")]
        mod avx2 {
            use super::{Kink, arch, generic};
            $(
                #[target_feature(enable = "avx2")]
                pub(super) unsafe fn $name($($argument: $type),*) $(-> $result)? {
                    generic::$module::$name::<arch::x86_64::Avx2>($($argument),*)
                }
            )*
        }

        /// One backend, for tests and benchmarks.
        #[derive(Clone, Copy, Debug)]
        #[expect(missing_docs, reason = "the kernels' own names")]
        pub struct Backend {
            pub name: &'static str,
            $(pub $name: fn($($type),*) $(-> $result)?,)*
        }

        impl Backend {
            /// Those that run here, plain Rust first.
            #[must_use]
            pub fn all() -> Vec<Self> {
                let all = vec![Self { name: "scalar", $($name: generic::$module::$name::<arch::scalar::Scalar4>),* }];
                #[cfg(target_arch = "x86_64")]
                let all = {
                    let sse2 = Self { name: "SSE2", $($name: generic::$module::$name::<arch::x86_64::Sse2>),* };
                    // SAFETY: it is asked for below whether the machine has AVX2.
                    let avx2 = Self { name: "AVX2", $($name: |$($argument),*| unsafe { avx2::$name($($argument),*) }),* };
                    let has_avx2 = std::is_x86_feature_detected!("avx2");
                    all.into_iter().chain([sse2]).chain(has_avx2.then_some(avx2)).collect()
                };
                #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
                let all = [all, vec![Self { name: "SIMD128", $($name: generic::$module::$name::<arch::simd128::Simd128>),* }]].concat();
                all
            }
        }
    };
}

kernels! {
    /// `e^x` of each number, in place: [`crate::linalg::exp`], bit for bit.
    fn exp in exp (x: &mut [f64]);
    /// `product = a b`, for `a` `[m, k]`, `b` `[k, n]` and `product` `[m, n]`, row-major, `k > 0`. Each entry is
    /// `((a₀b₀ + a₁b₁) + a₂b₂) + …` in that order.
    fn matmul in matmul (a: &[f64], b: &[f64], product: &mut [f64], k: usize, n: usize);
    /// `max_i x_i`; −∞ of nothing.
    fn largest in extremes (x: &[f64]) -> f64;
    /// `max_i (a_i + b_i)`, a product of two vectors in max-plus arithmetic; −∞ of nothing.
    ///
    /// # Panics
    /// If `b` is shorter than `a`.
    fn largest_sum in extremes (a: &[f64], b: &[f64]) -> f64;
    /// `max_i (a_i + scale · b_i)`; −∞ of nothing.
    ///
    /// # Panics
    /// If `b` is shorter than `a`.
    fn largest_scaled_sum in extremes (a: &[f64], scale: f64, b: &[f64]) -> f64;
    /// `max x − min x`; −∞ of nothing.
    fn spread in extremes (x: &[f64]) -> f64;
    /// `min x` and `max x`; ∞ and −∞ of nothing.
    fn range in extremes (x: &[f64]) -> (f64, f64);
    /// `peaks_i = max (term + rows_{row, i})` over the pairs `(row, term)`, of rows that begin `stride` apart: a product of a vector
    /// and some rows of a matrix in max-plus arithmetic; −∞ of no rows.
    ///
    /// # Panics
    /// If a row has fewer numbers than there are peaks.
    fn largest_sums in extremes (peaks: &mut [f64], terms: &[(usize, f64)], rows: &[f64], stride: usize);
    /// `so_far_i = max(x_i, so_far_i)`, for as many as both have: one more row of running maxima of columns.
    fn running_max in extremes (so_far: &mut [f64], x: &[f64]);
    /// `sums_i = sums_i + scale · x_i`, for as many as both have.
    fn add_scaled in sums (sums: &mut [f64], scale: f64, x: &[f64]);
    /// `scaled_i = scale_i · ((x_i − y_i) + constant)`, all of one length.
    fn scaled_differences in sums (scaled: &mut [f64], scales: &[f64], of: [&[f64]; 2], constant: f64);
    /// `Σ_i e^{rate · x_i}`: numbers `i, i + 4, …` are summed from zero on, then `(s₀ + s₁) + (s₂ + s₃)`.
    fn exp_sum in sums (rate: f64, x: &[f64]) -> f64;
    /// Of each interval `[low, high]` whether a convex function and a summand are negative at both ends: the value at the first end
    /// where they are not, or else that at the other.
    ///
    /// # Panics
    /// If there are fewer intervals or summands than there is room for.
    fn worst_ends in kink (kink: &Kink<f64>, ends: [&[f64]; 2], summands: &[f64], to: &mut [f64]);
    /// `x_i = 1 / (1 + ratio_i · e^{x_i})`, for as many as both have: a share in a softmax, of two summands of which one is
    /// `ratio · e^x` times the other.
    fn shares in share (x: &mut [f64], ratios: &[f64]);
}
