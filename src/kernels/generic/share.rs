//! Softmaxes of two summands, many at a time.

use super::exp::vectors as exp;
use super::{lanes, last, store_last};
use crate::kernels::vector::{LANES, Vector};

/// The same steps as [`crate::cost::Scalar::shares`].
#[inline(always)]
fn share<V: Vector, const N: usize>(x: [V; N], ratios: [V; N]) -> [V; N] {
    let (one, mut shares) = (V::splat(1.0), exp(x));
    for i in 0..N {
        shares[i] = one.div(one.add(ratios[i].mul(shares[i])));
    }
    shares
}

#[inline(always)]
pub(crate) fn shares<V: Vector>(x: &mut [f64], ratios: &[f64]) {
    let length = x.len().min(ratios.len());
    let ((x, x_rest), (ratios, ratios_rest)) = (x[..length].as_chunks_mut::<LANES>(), lanes(&ratios[..length]));
    let ((x, x_single), (ratios, ratios_single)) = (x.as_chunks_mut::<2>(), ratios.as_chunks::<2>());
    for ([x, y], [of_x, of_y]) in x.iter_mut().zip(ratios) {
        let [share_x, share_y] = share([V::load(x), V::load(y)], [V::load(of_x), V::load(of_y)]);
        share_x.store(x);
        share_y.store(y);
    }
    for (x, of_x) in x_single.iter_mut().zip(ratios_single) {
        let [share_x] = share([V::load(x)], [V::load(of_x)]);
        share_x.store(x);
    }
    if !x_rest.is_empty() {
        let [share_x] = share([last::<V>(x_rest, 0.0)], [last(ratios_rest, 0.0)]);
        store_last(share_x, x_rest);
    }
}
