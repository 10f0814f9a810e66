//! Sums, each in the order that its kernel says.

use super::exp::vectors as exp;
use super::{lanes, last};
use crate::kernels::vector::{LANES, Vector};

#[inline(always)]
pub(crate) fn add_scaled<V: Vector>(sums: &mut [f64], scale: f64, x: &[f64]) {
    let length = sums.len().min(x.len());
    let ((sums, sums_rest), (x, x_rest)) = (sums[..length].as_chunks_mut::<LANES>(), lanes(&x[..length]));
    let vector = V::splat(scale);
    for (sums, x) in sums.iter_mut().zip(x) {
        V::load(sums).add(vector.mul(V::load(x))).store(sums);
    }
    for (sum, &x) in sums_rest.iter_mut().zip(x_rest) {
        *sum += scale * x;
    }
}

#[inline(always)]
pub(crate) fn scaled_differences<V: Vector>(scaled: &mut [f64], scales: &[f64], [x, y]: [&[f64]; 2], constant: f64) {
    let ((scaled, scaled_rest), (scales, scales_rest)) = (scaled.as_chunks_mut::<LANES>(), lanes(scales));
    let ((x, x_rest), (y, y_rest)) = (lanes(x), lanes(y));
    let vector = V::splat(constant);
    for (((to, scale), x), y) in scaled.iter_mut().zip(scales).zip(x).zip(y) {
        V::load(scale).mul(V::load(x).sub(V::load(y)).add(vector)).store(to);
    }
    for (((to, &scale), &x), &y) in scaled_rest.iter_mut().zip(scales_rest).zip(x_rest).zip(y_rest) {
        *to = scale * ((x - y) + constant);
    }
}

#[inline(always)]
pub(crate) fn exp_sum<V: Vector>(rate: f64, x: &[f64]) -> f64 {
    let (chunks, rest) = lanes(x);
    let rate = V::splat(rate);
    let mut sums = V::splat(0.0);
    let (pairs, single) = chunks.as_chunks::<2>();
    for [x, y] in pairs {
        let [e_x, e_y] = exp([rate.mul(V::load(x)), rate.mul(V::load(y))]);
        sums = sums.add(e_x).add(e_y);
    }
    for x in single {
        let [e_x] = exp([rate.mul(V::load(x))]);
        sums = sums.add(e_x);
    }
    let mut lanes = [0.0; LANES];
    if !rest.is_empty() {
        let [e_x] = exp([rate.mul(last::<V>(rest, 0.0))]);
        e_x.store(&mut lanes);
        lanes[rest.len()..].fill(0.0);
        sums = sums.add(V::load(&lanes));
    }
    sums.store(&mut lanes);
    let [a, b, c, d] = lanes;
    (a + b) + (c + d)
}
