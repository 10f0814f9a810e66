//! The first weight of softmaxes with two summands, many at a time.
//!
//! ```text
//! for each i (8 at a time, filled up with zeros):
//!     x[i] = 1 / (1 + ratios[i] · e^x[i])
//! ```

use super::exp::vectors as exp;
use super::{PAIR, load_pair, store_pair};
use crate::kernels::vector::Vector;

/// Takes the steps of [`crate::cost::Scalar::shares`].
#[inline(always)]
pub(crate) fn shares<V: Vector>(x: &mut [f64], ratios: &[f64]) {
    let one = V::splat(1.0);
    for (x, ratios) in x.chunks_mut(PAIR).zip(ratios.chunks(PAIR)) {
        let (mut shares, of) = (exp(load_pair::<V>(x)), load_pair::<V>(ratios));
        for i in 0..2 {
            shares[i] = one.div(one.add(of[i].mul(shares[i])));
        }
        let length = x.len().min(ratios.len());
        store_pair(shares, &mut x[..length]);
    }
}
