//! A convex function with one kink, at the two ends of many intervals.
//!
//! ```text
//! f(x) = at_centre + (x − centre) · (below if x < centre, else above)
//! for each i (4 at a time):
//!     to[i] = f(low[i]) + summand[i]    if that is not negative
//!             f(high[i]) + summand[i]   otherwise
//! ```

use super::{lanes, last, store_last};
use crate::kernels::Kink;
use crate::kernels::vector::{LANES, Vector};

/// `f(low) + summand` if that is not negative, else `f(high) + summand`, in each lane.
#[inline(always)]
fn worst<V: Vector>([centre, at_centre, below, above]: [V; 4], [low, high, summand]: [V; 3]) -> V {
    let zero = V::splat(0.0);
    let (of_low, of_high) = (low.sub(centre), high.sub(centre));
    let slope_at_low = V::select(of_low.less(zero), below, above);
    let slope_at_high = V::select(of_high.less(zero), below, above);
    let at_low = at_centre.add(of_low.mul(slope_at_low)).add(summand);
    let at_high = at_centre.add(of_high.mul(slope_at_high)).add(summand);
    V::select(at_low.less(zero), at_high, at_low)
}

#[inline(always)]
pub(crate) fn worst_ends<V: Vector>(
    kink: &Kink<f64>,
    [low, high]: [&[f64]; 2],
    summands: &[f64],
    to: &mut [f64],
) {
    let Kink { centre, at_centre, below, above } = *kink;
    let kink = [V::splat(centre), V::splat(at_centre), V::splat(below), V::splat(above)];
    let length = to.len();
    let ((low, low_rest), (high, high_rest)) = (lanes(&low[..length]), lanes(&high[..length]));
    let (summands, summands_rest) = lanes(&summands[..length]);
    let (chunks, rest) = to.as_chunks_mut::<LANES>();
    for (((low, high), summands), to) in low.iter().zip(high).zip(summands).zip(chunks) {
        worst(kink, [V::load(low), V::load(high), V::load(summands)]).store(to);
    }
    if !rest.is_empty() {
        store_last(
            worst(kink, [last::<V>(low_rest, 0.0), last(high_rest, 0.0), last(summands_rest, 0.0)]),
            rest,
        );
    }
}
