//! The algorithms, each once, generic over the [`super::vector::Vector`] of a backend.

pub(super) mod exp;
pub(super) mod extremes;
pub(super) mod kink;
pub(super) mod matmul;
pub(super) mod share;
pub(super) mod sums;

use super::vector::{LANES, Vector};

/// A slice as vectors, and the rest of it.
#[inline(always)]
fn lanes(x: &[f64]) -> (&[[f64; LANES]], &[f64]) {
    x.as_chunks()
}

/// The rest of a slice, up to three numbers, as one vector, filled up with `filler`. One by one: copying a slice is a call.
#[inline(always)]
fn last<V: Vector>(rest: &[f64], filler: f64) -> V {
    let number = |i: usize| rest.get(i).copied().unwrap_or(filler);
    V::load(&[number(0), number(1), number(2), filler])
}

/// The first numbers of a vector, for the rest of a slice, up to three.
#[inline(always)]
fn store_last<V: Vector>(x: V, rest: &mut [f64]) {
    let mut lanes = [0.0; LANES];
    x.store(&mut lanes);
    for (i, x) in lanes.into_iter().enumerate().take(LANES - 1) {
        if let Some(to) = rest.get_mut(i) {
            *to = x;
        }
    }
}
