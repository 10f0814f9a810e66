//! The kernels, each on the sizes that it meets at a vocabulary of `v = 64`, and the peak FLOP rate
//! of each backend's registers.

#[path = "../../common/random.rs"]
#[allow(dead_code, reason = "tests use more of it")]
mod random;

use compact_proofs::kernels::{Backend, Kink};
use random::Random;
use std::hint::black_box;

/// The length of a row, and the outer dimensions of `matmul`.
const LENGTH: usize = 64;
/// The inner dimension of `matmul`, `[64, 32]` by `[32, 64]`; also the number of rows of
/// `largest_sums`.
const INNER: usize = 32;
/// Operations of one exponential: two to round, four to reduce, thirteen terms, two powers.
/// Comparisons are not counted.
const EXP: f64 = 35.0;

/// A kernel to time.
pub(crate) struct Kernel {
    pub(crate) name: &'static str,
    /// Additions, subtractions, products, quotients and maxima of one call.
    pub(crate) flops: f64,
    /// Calls the kernel the given number of times; returns some number of its result.
    pub(crate) run: fn(&Backend, u32) -> f64,
}

/// Random numbers from −0.5 to 0.5.
fn numbers(length: usize, seed: u64) -> Vec<f64> {
    let mut random = Random::mixed(seed);
    (0..length).map(|_| random.fraction() - 0.5).collect()
}

/// Declares [`ALL`]: `name: flops, |backend, x, y, z, out| call`. The inputs are hidden from the
/// optimiser before each call, so that it leaves out no call.
macro_rules! kernels {
    (
        $($name:ident: $flops:expr,
            |$backend:ident, $x:ident, $y:ident, $z:ident, $out:ident| $call:expr;)*
    ) => {
        pub(crate) const ALL: &[Kernel] = &[$(Kernel {
            name: stringify!($name),
            flops: $flops,
            run: |$backend, calls| {
                let size = LENGTH * INNER;
                let ($x, $y, $z) = (numbers(size, 1), numbers(size, 2), numbers(size, 3));
                let mut $out = vec![0.0; LENGTH * LENGTH];
                let mut found = 0.0;
                for _ in 0..calls {
                    let ($x, $y, $z, $out) = black_box((&$x[..], &$y[..], &$z[..], &mut $out[..]));
                    let _ = (&$y, &$z);
                    found = $call;
                }
                black_box($out[0]) + found
            },
        }),*];
    };
}

const ROW: f64 = LENGTH as f64;
const LONG: f64 = ROW * INNER as f64;
kernels! {
    exp: ROW * EXP, |backend, x, _y, _z, out| {
        out[..LENGTH].copy_from_slice(&x[..LENGTH]);
        (backend.exp)(&mut out[..LENGTH]);
        0.0
    };
    matmul: 2.0 * ROW * ROW * INNER as f64, |backend, x, y, _z, out| {
        (backend.matmul)(x, y, out, INNER, LENGTH);
        0.0
    };
    largest: ROW, |backend, x, _y, _z, _out| (backend.largest)(&x[..LENGTH]);
    // On short rows the time of the call itself shows, so some kernels are timed on long rows too.
    largest_of_2048: LONG, |backend, x, _y, _z, _out| (backend.largest)(x);
    largest_sum: 2.0 * ROW, |backend, x, y, _z, _out| (backend.largest_sum)(&x[..LENGTH], y);
    largest_sum_of_2048: 2.0 * LONG, |backend, x, y, _z, _out| (backend.largest_sum)(x, y);
    largest_scaled_sum: 3.0 * ROW, |backend, x, y, _z, _out| (backend.largest_scaled_sum)(&x[..LENGTH], 0.7, y);
    spread: 2.0 * ROW, |backend, x, _y, _z, _out| (backend.spread)(&x[..LENGTH]);
    range: 2.0 * ROW, |backend, x, _y, _z, _out| (backend.range)(&x[..LENGTH]).1;
    largest_sums: 2.0 * ROW * INNER as f64, |backend, x, y, _z, out| {
        let terms: [(usize, f64); INNER] = std::array::from_fn(|row| (row, y[row]));
        (backend.largest_sums)(&mut out[..LENGTH], &terms, x, LENGTH);
        0.0
    };
    running_max: ROW, |backend, x, _y, _z, out| {
        (backend.running_max)(&mut out[..LENGTH], x);
        0.0
    };
    running_max_of_2048: LONG, |backend, x, _y, _z, out| {
        (backend.running_max)(&mut out[..LENGTH * INNER], x);
        0.0
    };
    add_scaled: 2.0 * ROW, |backend, x, _y, _z, out| {
        (backend.add_scaled)(&mut out[..LENGTH], 0.7, x);
        0.0
    };
    scaled_differences: 3.0 * ROW, |backend, x, y, z, out| {
        (backend.scaled_differences)(&mut out[..LENGTH], &x[..LENGTH], [&y[..LENGTH], &z[..LENGTH]], 0.5);
        0.0
    };
    worst_ends: 8.0 * ROW, |backend, x, y, z, out| {
        let kink = Kink { centre: 0.1, at_centre: -0.2, below: -1.0, above: 0.5 };
        (backend.worst_ends)(&kink, [&x[..LENGTH], &y[..LENGTH]], &z[..LENGTH], &mut out[..LENGTH]);
        0.0
    };
    exp_sum: ROW * (EXP + 2.0), |backend, x, _y, _z, _out| (backend.exp_sum)(0.7, &x[..LENGTH]);
    shares: ROW * (EXP + 3.0), |backend, x, y, _z, out| {
        out[..LENGTH].copy_from_slice(&x[..LENGTH]);
        (backend.shares)(&mut out[..LENGTH], y);
        0.0
    };
}

/// Products and sums that need no memory: the most that a backend's registers can do.
#[derive(Clone, Copy)]
pub(crate) struct Peak {
    pub(crate) backend: &'static str,
    /// Runs the given number of rounds of [`Self::FLOPS`] each.
    pub(crate) run: fn(u32) -> f64,
}

/// The number of chains of operations that do not wait for each other. With two constants they
/// leave two of sixteen registers.
const CHAINS: usize = 12;

impl Peak {
    /// FLOPs of a round, on every backend.
    pub(crate) const FLOPS: f64 = 2.0 * CHAINS as f64 * 4.0;
}

/// Declares the function `name`, which runs rounds in vectors of `lanes` numbers by the operations
/// `splat`, `add` and `mul`.
macro_rules! peak {
    ($(#[$feature:meta])* $name:ident, $lanes:literal, $splat:expr, $add:path, $mul:path) => {
        $(#[$feature])*
        fn $name(rounds: u32) -> f64 {
            let (by, plus) = ($splat(black_box(0.5)), $splat(black_box(1.0)));
            let mut chains = [$splat(black_box(1.0)); CHAINS];
            for _ in 0..rounds * (4 / $lanes) {
                for chain in &mut chains {
                    *chain = $add($mul(*chain, by), plus);
                }
            }
            black_box(chains);
            0.0
        }
    };
}

peak!(scalar, 1, std::convert::identity::<f64>, std::ops::Add::add, std::ops::Mul::mul);
#[cfg(target_arch = "x86_64")]
use core::arch::x86_64::*;
#[cfg(target_arch = "x86_64")]
peak!(
    #[target_feature(enable = "sse2")]
    sse2,
    2,
    _mm_set1_pd,
    _mm_add_pd,
    _mm_mul_pd
);
#[cfg(target_arch = "x86_64")]
peak!(
    #[target_feature(enable = "avx2")]
    avx2,
    4,
    _mm256_set1_pd,
    _mm256_add_pd,
    _mm256_mul_pd
);
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use core::arch::wasm32::*;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
peak!(simd128, 2, f64x2_splat, f64x2_add, f64x2_mul);

/// The peaks of the backends that this machine has.
pub(crate) fn peaks() -> Vec<Peak> {
    let mut all = vec![Peak { backend: "scalar", run: scalar }];
    #[cfg(target_arch = "x86_64")]
    {
        // SAFETY: every x86-64 machine has SSE2.
        all.push(Peak { backend: "SSE2", run: |rounds| unsafe { sse2(rounds) } });
        if std::is_x86_feature_detected!("avx2") {
            // SAFETY: the machine has AVX2.
            all.push(Peak { backend: "AVX2", run: |rounds| unsafe { avx2(rounds) } });
        }
    }
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    all.push(Peak { backend: "SIMD128", run: simd128 });
    all
}
