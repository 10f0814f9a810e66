//! Softmaxes of two summands, many at a time.

use super::exp::vector as exp;
use super::{lanes, last};
use crate::kernels::vector::{LANES, Vector};

/// The same steps as [`crate::cost::Scalar::shares`].
#[inline(always)]
fn share<V: Vector>(x: V, ratio: V) -> V {
    let one = V::splat(1.0);
    one.div(one.add(ratio.mul(exp(x))))
}

#[inline(always)]
pub(crate) fn shares<V: Vector>(x: &mut [f64], ratios: &[f64]) {
    let length = x.len().min(ratios.len());
    let ((x, x_rest), (ratios, ratios_rest)) = (x[..length].as_chunks_mut::<LANES>(), lanes(&ratios[..length]));
    for (x, ratio) in x.iter_mut().zip(ratios) {
        share(V::load(x), V::load(ratio)).store(x);
    }
    if !x_rest.is_empty() {
        let mut padded = [0.0; LANES];
        share(last::<V>(x_rest, 0.0), last(ratios_rest, 0.0)).store(&mut padded);
        x_rest.copy_from_slice(&padded[..x_rest.len()]);
    }
}
