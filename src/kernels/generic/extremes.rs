//! Largest numbers: a maximum is the same in any order (but for the sign of a zero, and where there are NaNs).

use super::{lanes, last};
use crate::kernels::vector::{LANES, Vector};

#[inline(always)]
fn larger(x: f64, y: f64) -> f64 {
    if x > y { x } else { y }
}

/// The largest lane.
#[inline(always)]
fn across<V: Vector>(x: V) -> f64 {
    let mut lanes = [0.0; LANES];
    x.store(&mut lanes);
    let [a, b, c, d] = lanes;
    larger(larger(a, b), larger(c, d))
}

/// The largest of `$vector` over the chunks of two slices of one length, and of `$rest`. Two maxima are kept apart, so that one
/// comparison need not wait for the last. A macro, as a closure would be compiled without the backend's instructions.
macro_rules! largest_of {
    ([$a:expr, $b:expr], |$x:pat_param, $y:pat_param| $vector:expr, $rest:expr) => {{
        let mut peaks = [V::splat(f64::NEG_INFINITY); 2];
        let ((a, a_last), (b, b_last)) = ($a.as_chunks::<2>(), $b.as_chunks::<2>());
        for ([a_first, a_second], [b_first, b_second]) in a.iter().zip(b) {
            let ($x, $y) = (a_first, b_first);
            peaks[0] = $vector.max(peaks[0]);
            let ($x, $y) = (a_second, b_second);
            peaks[1] = $vector.max(peaks[1]);
        }
        for ($x, $y) in a_last.iter().zip(b_last) {
            peaks[0] = $vector.max(peaks[0]);
        }
        across($rest.max(peaks[0].max(peaks[1])))
    }};
}

#[inline(always)]
pub(crate) fn largest<V: Vector>(x: &[f64]) -> f64 {
    let (chunks, rest) = lanes(x);
    largest_of!([chunks, chunks], |x, _| V::load(x), last::<V>(rest, f64::NEG_INFINITY))
}

#[inline(always)]
pub(crate) fn largest_sum<V: Vector>(a: &[f64], b: &[f64]) -> f64 {
    let ((a, a_rest), (b, b_rest)) = (lanes(a), lanes(&b[..a.len()]));
    let rest = last::<V>(a_rest, f64::NEG_INFINITY).add(last(b_rest, 0.0));
    largest_of!([a, b], |x, y| V::load(x).add(V::load(y)), rest)
}

#[inline(always)]
pub(crate) fn largest_scaled_sum<V: Vector>(a: &[f64], scale: f64, b: &[f64]) -> f64 {
    let ((a, a_rest), (b, b_rest)) = (lanes(a), lanes(&b[..a.len()]));
    let scale = V::splat(scale);
    let rest = last::<V>(a_rest, f64::NEG_INFINITY).add(scale.mul(last(b_rest, 0.0)));
    largest_of!([a, b], |x, y| V::load(x).add(scale.mul(V::load(y))), rest)
}

#[inline(always)]
pub(crate) fn spread<V: Vector>(x: &[f64]) -> f64 {
    let zero = V::splat(0.0);
    let (chunks, rest) = lanes(x);
    let rest = zero.sub(last::<V>(rest, f64::INFINITY));
    largest::<V>(x) + largest_of!([chunks, chunks], |x, _| zero.sub(V::load(x)), rest)
}

#[inline(always)]
pub(crate) fn range<V: Vector>(x: &[f64]) -> (f64, f64) {
    let zero = V::splat(0.0);
    let (chunks, rest) = lanes(x);
    let (mut least, mut most) = (zero.sub(last::<V>(rest, f64::INFINITY)), last::<V>(rest, f64::NEG_INFINITY));
    for chunk in chunks {
        let x = V::load(chunk);
        (least, most) = (zero.sub(x).max(least), x.max(most));
    }
    (-across(least), across(most))
}

#[inline(always)]
pub(crate) fn largest_sums<V: Vector>(peaks: &mut [f64], terms: &[(usize, f64)], rows: &[f64], stride: usize) {
    let (peaks, rest) = peaks.as_chunks_mut::<LANES>();
    // As many peaks at a time as the registers hold: for all of them each term is read once.
    let mut tiles = peaks.chunks_exact_mut(4);
    let mut column = 0;
    for tile in &mut tiles {
        tile.copy_from_slice(&tile_of::<V, 4>(terms, rows, stride, column));
        column += 4 * LANES;
    }
    for peaks in tiles.into_remainder() {
        [*peaks] = tile_of::<V, 1>(terms, rows, stride, column);
        column += LANES;
    }
    for (column, peak) in (column..).zip(rest) {
        let sums = terms.iter().map(|&(row, term)| term + rows[row * stride + column]);
        *peak = sums.fold(f64::NEG_INFINITY, |peak, sum| if sum > peak { sum } else { peak });
    }
}

#[inline(always)]
fn tile_of<V: Vector, const VECTORS: usize>(
    terms: &[(usize, f64)],
    rows: &[f64],
    stride: usize,
    column: usize,
) -> [[f64; LANES]; VECTORS] {
    let mut peaks = [V::splat(f64::NEG_INFINITY); VECTORS];
    for &(row, term) in terms {
        let row = &rows[row * stride + column..][..VECTORS * LANES];
        let row: &[[f64; LANES]; VECTORS] = lanes(row).0.try_into().expect("as many vectors");
        let term = V::splat(term);
        for i in 0..VECTORS {
            peaks[i] = term.add(V::load(&row[i])).max(peaks[i]);
        }
    }
    let mut found = [[0.0; LANES]; VECTORS];
    for i in 0..VECTORS {
        peaks[i].store(&mut found[i]);
    }
    found
}

#[inline(always)]
pub(crate) fn running_max<V: Vector>(so_far: &mut [f64], x: &[f64]) {
    let length = so_far.len().min(x.len());
    let ((so_far, so_far_rest), (x, x_rest)) = (so_far[..length].as_chunks_mut::<LANES>(), lanes(&x[..length]));
    for (so_far, x) in so_far.iter_mut().zip(x) {
        V::load(x).max(V::load(so_far)).store(so_far);
    }
    for (so_far, &x) in so_far_rest.iter_mut().zip(x_rest) {
        *so_far = if x > *so_far { x } else { *so_far };
    }
}
