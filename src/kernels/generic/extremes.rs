//! Largest numbers. A maximum does not depend on the order (except for the sign of a zero and for
//! NaN).
//!
//! `largest_of!`, for `largest`, `largest_sum` and `largest_scaled_sum`; `x`, `y` are vectors of 4
//! numbers:
//!
//! ```text
//! peaks = [−∞, −∞]                          two, so that neither comparison waits for the other
//! for each 8 numbers:  peaks[0] = max(f(x, y), peaks[0])     the first 4
//!                      peaks[1] = max(f(x, y), peaks[1])     the other 4
//! 4 numbers left over: peaks[0] as above
//! 1 to 3 left over:    peaks[1] as above, filled up so that f(x, y) = −∞
//! result = the largest lane of max(peaks[0], peaks[1])
//! ```
//!
//! `largest_sums`, for `peaks` `[c]`, `terms` of pairs `(row, term)` and `rows` `[r, stride]`:
//!
//! ```text
//! for each tile of 16 columns (then of 4, then single columns):   the tile stays in registers
//!     for each (row, term):  tile = max(term + rows[row][columns of the tile], tile)
//! ```

use super::{lanes, last};
use crate::kernels::vector::{LANES, Vector};

/// The largest value of the expression `$vector` over two slices of equal length, each filled up
/// with its own filler. A macro, because a closure would be compiled without the backend's
/// instructions.
macro_rules! largest_of {
    (
        [$a:expr, $b:expr], [$a_filler:expr, $b_filler:expr],
        |$x:pat_param, $y:pat_param| $vector:expr
    ) => {{
        let ((a_chunks, a_rest), (b_chunks, b_rest)) = (lanes($a), lanes($b));
        let mut peaks = [V::splat(f64::NEG_INFINITY); 2];
        let ((a_pairs, a_last), (b_pairs, b_last)) =
            (a_chunks.as_chunks::<2>(), b_chunks.as_chunks::<2>());
        for ([a_first, a_second], [b_first, b_second]) in a_pairs.iter().zip(b_pairs) {
            let ($x, $y) = (V::load(a_first), V::load(b_first));
            peaks[0] = $vector.max(peaks[0]);
            let ($x, $y) = (V::load(a_second), V::load(b_second));
            peaks[1] = $vector.max(peaks[1]);
        }
        for (a, b) in a_last.iter().zip(b_last) {
            let ($x, $y) = (V::load(a), V::load(b));
            peaks[0] = $vector.max(peaks[0]);
        }
        if !a_rest.is_empty() {
            let ($x, $y) = (last::<V>(a_rest, $a_filler), last::<V>(b_rest, $b_filler));
            peaks[1] = $vector.max(peaks[1]);
        }
        peaks[0].max(peaks[1]).largest()
    }};
}

#[inline(always)]
pub(crate) fn largest<V: Vector>(x: &[f64]) -> f64 {
    largest_of!([x, x], [f64::NEG_INFINITY, 0.0], |x, _| x)
}

#[inline(always)]
pub(crate) fn largest_sum<V: Vector>(a: &[f64], b: &[f64]) -> f64 {
    largest_of!([a, &b[..a.len()]], [f64::NEG_INFINITY, 0.0], |x, y| x.add(y))
}

#[inline(always)]
pub(crate) fn largest_scaled_sum<V: Vector>(a: &[f64], scale: f64, b: &[f64]) -> f64 {
    let scale = V::splat(scale);
    largest_of!([a, &b[..a.len()]], [f64::NEG_INFINITY, 0.0], |x, y| x.add(scale.mul(y)))
}

#[inline(always)]
pub(crate) fn spread<V: Vector>(x: &[f64]) -> f64 {
    let (least, most) = range::<V>(x);
    most - least
}

#[inline(always)]
pub(crate) fn range<V: Vector>(x: &[f64]) -> (f64, f64) {
    let zero = V::splat(0.0);
    let (chunks, rest) = lanes(x);
    let [mut least_negated, mut most] = [V::splat(f64::NEG_INFINITY); 2];
    for chunk in chunks {
        let x = V::load(chunk);
        (least_negated, most) = (zero.sub(x).max(least_negated), x.max(most));
    }
    if !rest.is_empty() {
        least_negated = zero.sub(last(rest, f64::INFINITY)).max(least_negated);
        most = last::<V>(rest, f64::NEG_INFINITY).max(most);
    }
    (-least_negated.largest(), most.largest())
}

#[inline(always)]
pub(crate) fn largest_sums<V: Vector>(
    peaks: &mut [f64],
    terms: &[(usize, f64)],
    rows: &[f64],
    stride: usize,
) {
    let (peaks, rest) = peaks.as_chunks_mut::<LANES>();
    // Four vectors of peaks fit in registers: each term is read once for all of them.
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
    let ((so_far, so_far_rest), (x, x_rest)) =
        (so_far[..length].as_chunks_mut::<LANES>(), lanes(&x[..length]));
    for (so_far, x) in so_far.iter_mut().zip(x) {
        V::load(x).max(V::load(so_far)).store(so_far);
    }
    for (so_far, &x) in so_far_rest.iter_mut().zip(x_rest) {
        *so_far = if x > *so_far { x } else { *so_far };
    }
}
