//! The algorithms, each written once, generic over the [`super::vector::Vector`] of a backend.

pub(super) mod exp;
pub(super) mod extremes;
pub(super) mod kink;
pub(super) mod matmul;
pub(super) mod share;
pub(super) mod sums;

use super::vector::{LANES, Vector};

/// Splits a slice into vectors and the up to three numbers left over.
#[inline(always)]
fn lanes(x: &[f64]) -> (&[[f64; LANES]], &[f64]) {
    x.as_chunks()
}

/// Numbers in two vectors.
const PAIR: usize = 2 * LANES;

/// The numbers of a slice, up to [`PAIR`], as two vectors, filled up with zeros. A shorter slice is
/// copied one by one: copying a slice of unknown length is a function call.
#[inline(always)]
fn load_pair<V: Vector>(x: &[f64]) -> [V; 2] {
    let mut padded = [0.0; PAIR];
    let pair = x.first_chunk().unwrap_or_else(|| {
        for (i, number) in padded.iter_mut().enumerate() {
            *number = x.get(i).copied().unwrap_or(0.0);
        }
        &padded
    });
    let [a, b, c, d, e, f, g, h] = *pair;
    [V::load(&[a, b, c, d]), V::load(&[e, f, g, h])]
}

/// Writes two vectors to a slice, as far as it reaches.
#[inline(always)]
fn store_pair<V: Vector>([first, second]: [V; 2], to: &mut [f64]) {
    if let Some(([to_first, to_second], [])) = to.as_chunks_mut().0.split_first_chunk_mut() {
        first.store(to_first);
        second.store(to_second);
        return;
    }
    let mut padded = [[0.0; LANES]; 2];
    first.store(&mut padded[0]);
    second.store(&mut padded[1]);
    for (i, &number) in padded.as_flattened().iter().enumerate() {
        if let Some(to) = to.get_mut(i) {
            *to = number;
        }
    }
}

/// The up to three numbers left over of a slice as one vector, filled up with `filler`. They are
/// copied one by one: copying a slice of unknown length is a function call.
#[inline(always)]
fn last<V: Vector>(rest: &[f64], filler: f64) -> V {
    let number = |i: usize| rest.get(i).copied().unwrap_or(filler);
    V::load(&[number(0), number(1), number(2), filler])
}

/// Writes the first lanes of a vector to the up to three numbers left over of a slice.
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
