//! Sums, each in the order that its kernel documents.
//!
//! ```text
//! add_scaled:          sums[i] = sums[i] + scale · x[i]               4 at a time
//! scaled_differences:  scaled[i] = scales[i] · ((x[i] − y[i]) + c)    4 at a time
//! exp_sum:             s = [0, 0, 0, 0]
//!                      for each 8 numbers (terms past the end are 0):
//!                          s = s + e^(rate · first 4);  s = s + e^(rate · other 4)
//!                      (s[0] + s[1]) + (s[2] + s[3])
//! ```

use super::exp::vectors as exp;
use super::{PAIR, lanes, load_pair, store_pair};
use crate::kernels::vector::{LANES, Vector};

#[inline(always)]
pub(crate) fn add_scaled<V: Vector>(sums: &mut [f64], scale: f64, x: &[f64]) {
    let length = sums.len().min(x.len());
    let ((sums, sums_rest), (x, x_rest)) =
        (sums[..length].as_chunks_mut::<LANES>(), lanes(&x[..length]));
    let vector = V::splat(scale);
    for (sums, x) in sums.iter_mut().zip(x) {
        V::load(sums).add(vector.mul(V::load(x))).store(sums);
    }
    for (sum, &x) in sums_rest.iter_mut().zip(x_rest) {
        *sum += scale * x;
    }
}

#[inline(always)]
pub(crate) fn scaled_differences<V: Vector>(
    scaled: &mut [f64],
    scales: &[f64],
    [x, y]: [&[f64]; 2],
    constant: f64,
) {
    let ((scaled, scaled_rest), (scales, scales_rest)) =
        (scaled.as_chunks_mut::<LANES>(), lanes(scales));
    let ((x, x_rest), (y, y_rest)) = (lanes(x), lanes(y));
    let vector = V::splat(constant);
    for (((to, scale), x), y) in scaled.iter_mut().zip(scales).zip(x).zip(y) {
        V::load(scale).mul(V::load(x).sub(V::load(y)).add(vector)).store(to);
    }
    for (((to, &scale), &x), &y) in scaled_rest.iter_mut().zip(scales_rest).zip(x_rest).zip(y_rest)
    {
        *to = scale * ((x - y) + constant);
    }
}

#[inline(always)]
pub(crate) fn exp_sum<V: Vector>(rate: f64, x: &[f64]) -> f64 {
    let rate = V::splat(rate);
    let mut sums = V::splat(0.0);
    for x in x.chunks(PAIR) {
        let [first, second] = load_pair::<V>(x);
        let mut terms = exp([rate.mul(first), rate.mul(second)]);
        if x.len() < PAIR {
            // Terms past the end become 0, which changes nothing: no sum of exponentials is −0.
            let mut only = [0.0; PAIR];
            store_pair(terms, &mut only[..x.len()]);
            terms = load_pair(&only);
        }
        sums = sums.add(terms[0]).add(terms[1]);
    }
    let mut lanes = [0.0; LANES];
    sums.store(&mut lanes);
    let [a, b, c, d] = lanes;
    (a + b) + (c + d)
}
