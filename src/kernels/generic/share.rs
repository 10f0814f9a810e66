//! Softmaxes of small rows, many rows at a time.

use super::exp::vector as exp;
use super::{lanes, last};
use crate::kernels::Rows;
use crate::kernels::vector::{LANES, Vector};

/// One vector of rows: the same steps as [`crate::cost::Scalar::shares`].
#[inline(always)]
fn share<V: Vector>([x, y, z]: [V; 3], [x_count, y_count]: [V; 2], z_joins_x: bool) -> V {
    let top = x.max(z).max(y);
    let (x, y, z) = (exp(x.sub(top)).mul(x_count), exp(y.sub(top)).mul(y_count), exp(z.sub(top)));
    let (part, rest) = if z_joins_x { (x.add(z), y) } else { (x, y.add(z)) };
    part.div(part.add(rest))
}

#[inline(always)]
pub(crate) fn shares<V: Vector>(rows: &Rows<'_, f64>, shares: &mut [f64]) {
    let &Rows { scores: [x, y, z], counts: [x_count, y_count], z_joins_x } = rows;
    let length = shares.len();
    let ((x, x_rest), (y, y_rest), (z, z_rest)) = (lanes(&x[..length]), lanes(&y[..length]), lanes(&z[..length]));
    let ((x_count, x_count_rest), (y_count, y_count_rest)) = (lanes(&x_count[..length]), lanes(&y_count[..length]));
    let (chunks, rest) = shares.as_chunks_mut::<LANES>();
    for (i, to) in chunks.iter_mut().enumerate() {
        let counts = [V::load(&x_count[i]), V::load(&y_count[i])];
        share([V::load(&x[i]), V::load(&y[i]), V::load(&z[i])], counts, z_joins_x).store(to);
    }
    if !rest.is_empty() {
        let counts = [last::<V>(x_count_rest, 1.0), last(y_count_rest, 1.0)];
        let mut padded = [0.0; LANES];
        share([last(x_rest, 1.0), last(y_rest, 1.0), last(z_rest, 1.0)], counts, z_joins_x).store(&mut padded);
        rest.copy_from_slice(&padded[..rest.len()]);
    }
}
