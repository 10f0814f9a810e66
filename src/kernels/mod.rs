//! Inner loops in vectors: verifiers and searches spend most of their time here.
//!
//! | module | contents |
//! |---|---|
//! | `vector` | four float64 side by side: the operations that every backend offers |
//! | `generic` | the algorithms, each written once, over such vectors |
//! | `arch` | the backends: plain Rust, WebAssembly's SIMD128, SSE2 and AVX2 |
//!
//! `tests/kernels.rs` has one specification for each kernel and tests every backend against it.
//!
//! Native code, WebAssembly with SIMD128 and WebAssembly without it give the same bits: a vector
//! has four lanes whatever the width of a machine's registers, every sum has one order, and nothing
//! is fused. On x86-64 the backend is chosen at run time. A WebAssembly module with one unknown
//! instruction does not even compile, so there the build decides.
//!
//! Code that also has to count its operations calls the kernels through [`crate::cost::Scalar`].

mod arch;
mod generic;
mod vector;

pub(crate) use generic::exp::{LN_2_HIGH, LN_2_LOW, ROUND, TAYLOR};

/// A convex function of one variable, linear on both sides of a kink.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kink<S> {
    /// Position of the kink.
    pub centre: S,
    /// Value at the kink.
    pub at_centre: S,
    /// Slope left of the kink.
    pub below: S,
    /// Slope right of the kink, no smaller than `below`.
    pub above: S,
}

/// Defines each kernel: a function that calls the machine's best backend.
macro_rules! kernels {
    ($(
        $(#[$doc:meta])*
        fn $name:ident in $module:ident ($($argument:ident: $type:ty),*) $(-> $result:ty)?;
    )*) => {
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
                #[cfg(not(any(
                    target_arch = "x86_64",
                    all(target_arch = "wasm32", target_feature = "simd128")
                )))]
                {
                    generic::$module::$name::<arch::scalar::Scalar4>($($argument),*)
                }
            }
        )*

        /// The kernels compiled for AVX2. Only code compiled for AVX2 can inline its instructions.
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
            /// The backends that run on this machine, plain Rust first.
            #[must_use]
            pub fn all() -> Vec<Self> {
                let all = vec![Self {
                    name: "scalar",
                    $($name: generic::$module::$name::<arch::scalar::Scalar4>),*
                }];
                #[cfg(target_arch = "x86_64")]
                let all = {
                    let sse2 = Self {
                        name: "SSE2",
                        $($name: generic::$module::$name::<arch::x86_64::Sse2>),*
                    };
                    let avx2 = Self {
                        name: "AVX2",
                        // SAFETY: `has_avx2` below leaves this out on machines without AVX2.
                        $($name: |$($argument),*| unsafe { avx2::$name($($argument),*) }),*
                    };
                    let has_avx2 = std::is_x86_feature_detected!("avx2");
                    all.into_iter().chain([sse2]).chain(has_avx2.then_some(avx2)).collect()
                };
                #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
                let all = [all, vec![Self {
                    name: "SIMD128",
                    $($name: generic::$module::$name::<arch::simd128::Simd128>),*
                }]]
                .concat();
                all
            }
        }
    };
}

kernels! {
    /// Replaces each number `x` by `e^x`: [`crate::linalg::exp`], bit for bit.
    fn exp in exp (x: &mut [f64]);
    /// `product = a b` for `a` `[m, k]`, `b` `[k, n]` and `product` `[m, n]`, row-major, `k > 0`.
    /// Each entry is `((a₀b₀ + a₁b₁) + a₂b₂) + …` in that order.
    fn matmul in matmul (a: &[f64], b: &[f64], product: &mut [f64], k: usize, n: usize);
    /// `max_i x_i`; −∞ for an empty slice.
    fn largest in extremes (x: &[f64]) -> f64;
    /// `max_i (a_i + b_i)`, the product of two vectors in max-plus arithmetic; −∞ for empty slices.
    ///
    /// # Panics
    /// If `b` is shorter than `a`.
    fn largest_sum in extremes (a: &[f64], b: &[f64]) -> f64;
    /// `max_i (a_i + scale · b_i)`; −∞ for empty slices.
    ///
    /// # Panics
    /// If `b` is shorter than `a`.
    fn largest_scaled_sum in extremes (a: &[f64], scale: f64, b: &[f64]) -> f64;
    /// `max x − min x`; −∞ for an empty slice.
    fn spread in extremes (x: &[f64]) -> f64;
    /// `(min x, max x)`; `(∞, −∞)` for an empty slice.
    fn range in extremes (x: &[f64]) -> (f64, f64);
    /// `peaks_i = max (term + rows[row · stride + i])` over the pairs `(row, term)` in `terms`: the
    /// product of a vector and some rows of a matrix in max-plus arithmetic; −∞ for no terms.
    ///
    /// # Panics
    /// If a row has fewer numbers than `peaks`.
    fn largest_sums in extremes (
        peaks: &mut [f64], terms: &[(usize, f64)], rows: &[f64], stride: usize
    );
    /// `so_far_i = max(x_i, so_far_i)` for every `i` that both slices have: adds a row to the
    /// running maxima of the columns.
    fn running_max in extremes (so_far: &mut [f64], x: &[f64]);
    /// `sums_i = sums_i + scale · x_i` for every `i` that both slices have.
    fn add_scaled in sums (sums: &mut [f64], scale: f64, x: &[f64]);
    /// `scaled_i = scale_i · ((x_i − y_i) + constant)` for `of = [x, y]`; all slices have one
    /// length.
    fn scaled_differences in sums (
        scaled: &mut [f64], scales: &[f64], of: [&[f64]; 2], constant: f64
    );
    /// `Σ_i e^{rate · x_i}`. Lane `j` sums the terms `j, j + 4, …` in that order, starting from 0;
    /// the result is `(s₀ + s₁) + (s₂ + s₃)`.
    fn exp_sum in sums (rate: f64, x: &[f64]) -> f64;
    /// For each interval `[low_i, high_i]` with `ends = [low, high]`, and the function `f` that
    /// `kink` describes: `to_i = f(low_i) + summand_i` if that is not negative, else
    /// `f(high_i) + summand_i`. So `to_i` is negative if and only if the sum is negative at both
    /// ends, hence in between.
    ///
    /// # Panics
    /// If `ends` or `summands` are shorter than `to`.
    fn worst_ends in kink (kink: &Kink<f64>, ends: [&[f64]; 2], summands: &[f64], to: &mut [f64]);
    /// `x_i = 1 / (1 + ratio_i · e^{x_i})` for every `i` that both slices have: the first of two
    /// weights in a softmax, if the second is `ratio_i · e^{x_i}` times the first.
    fn shares in share (x: &mut [f64], ratios: &[f64]);
}
