//! Largest numbers: a maximum is the same in any order (but for the sign of a zero, and where there are NaNs).

use super::{lanes, last};
use crate::kernels::vector::{LANES, Vector};

/// The largest lane.
#[inline(always)]
fn across<V: Vector>(x: V) -> f64 {
    let larger = |x: f64, y: f64| if x > y { x } else { y };
    let mut lanes = [0.0; LANES];
    x.store(&mut lanes);
    let [a, b, c, d] = lanes;
    larger(larger(a, b), larger(c, d))
}

/// The larger of two maxima that are kept apart, so that one comparison need not wait for the last.
#[inline(always)]
fn fold<V: Vector>(vectors: usize, vector: impl Fn(usize) -> V) -> V {
    let none = V::splat(f64::NEG_INFINITY);
    let mut peaks = [none; 2];
    for i in 0..vectors / 2 {
        peaks = [vector(2 * i).max(peaks[0]), vector(2 * i + 1).max(peaks[1])];
    }
    if vectors % 2 == 1 {
        peaks[0] = vector(vectors - 1).max(peaks[0]);
    }
    peaks[0].max(peaks[1])
}

#[inline(always)]
pub(crate) fn largest<V: Vector>(x: &[f64]) -> f64 {
    let (chunks, rest) = lanes(x);
    let peak = fold(chunks.len(), |i| V::load(&chunks[i]));
    across(last::<V>(rest, f64::NEG_INFINITY).max(peak))
}

#[inline(always)]
pub(crate) fn largest_sum<V: Vector>(a: &[f64], b: &[f64]) -> f64 {
    let ((a, a_rest), (b, b_rest)) = (lanes(a), lanes(b));
    let b = &b[..a.len()];
    let peak = fold(a.len(), |i| V::load(&a[i]).add(V::load(&b[i])));
    let rest = last::<V>(a_rest, f64::NEG_INFINITY).add(last::<V>(b_rest, 0.0));
    across(rest.max(peak))
}

#[inline(always)]
pub(crate) fn spread<V: Vector>(x: &[f64]) -> f64 {
    let zero = V::splat(0.0);
    let (chunks, rest) = lanes(x);
    let most = fold(chunks.len(), |i| V::load(&chunks[i]));
    let least = fold(chunks.len(), |i| zero.sub(V::load(&chunks[i])));
    let most = across(last::<V>(rest, f64::NEG_INFINITY).max(most));
    most + across(zero.sub(last::<V>(rest, f64::INFINITY)).max(least))
}

#[inline(always)]
pub(crate) fn running_max<V: Vector>(so_far: &mut [f64], x: &[f64]) {
    let ((so_far, so_far_rest), (x, x_rest)) = (so_far.as_chunks_mut::<LANES>(), lanes(x));
    for (so_far, x) in so_far.iter_mut().zip(x) {
        V::load(x).max(V::load(so_far)).store(so_far);
    }
    for (so_far, &x) in so_far_rest.iter_mut().zip(x_rest) {
        *so_far = if x > *so_far { x } else { *so_far };
    }
}
