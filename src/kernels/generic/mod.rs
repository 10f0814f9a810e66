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

/// The rest of a slice as one vector, filled up with `filler`.
#[inline(always)]
fn last<V: Vector>(rest: &[f64], filler: f64) -> V {
    let mut padded = [filler; LANES];
    padded[..rest.len()].copy_from_slice(rest);
    V::load(&padded)
}
