//! A model of any size that nobody trained.

use compact_proofs::linalg::{Matrix, first_singular_direction_of_product, matmul};
use compact_proofs::models::transformer::{Shape, Transformer};
use compact_proofs::tasks::max_of_k::MaxOfK;
use std::f64::consts::PI;

/// The number of frequencies of the waves that tell tokens apart.
const FREQUENCIES: usize = 7;
/// The dimension of the residual stream at which the copied half starts. The half below it holds a
/// token's size, a constant, and a cosine and a sine of each frequency.
const COPIED: usize = 2 + 2 * FREQUENCIES;
/// How far the attention score of the largest token is above that of token 0.
const SCORE: f64 = 60.0;
/// The logit of a token that is copied.
const LOGIT: f64 = 60.0;
/// The magnitude of random numbers added to all weights, as training would leave them.
const NOISE: f64 = 0.01;

/// A model that does Max-of-K by construction, of any size: the attention score grows with the
/// token, and attention copies waves from which the output reads the token. Bounds about it say
/// little; it serves to measure time.
pub(super) fn constructed(v: usize, n: usize) -> MaxOfK {
    let shape = Shape { v, d: 2 * COPIED, h: 2 * COPIED, n };
    let mut state = 1_u64;
    let mut model = Transformer::from_entries(shape, || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        NOISE * ((state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0)
    });
    let wave = |token: usize, i: usize| {
        let angle = PI * (i / 2 + 1) as f64 * token as f64 / v as f64;
        if i.is_multiple_of(2) { angle.cos() } else { angle.sin() }
    };
    for token in 0..v {
        model.W_E[[token, 0]] += token as f64 / v as f64;
        model.W_E[[token, 1]] += 1.0;
        for i in 2..COPIED {
            model.W_E[[token, i]] += wave(token, i - 2);
            model.W_U[[COPIED + i, token]] += LOGIT / FREQUENCIES as f64 * wave(token, i - 2);
        }
    }
    model.W_Q[[1, 0]] += SCORE * model.score_divisor();
    model.W_K[[0, 0]] += 1.0;
    for i in 2..COPIED {
        model.W_V[[i, i]] += 1.0;
        model.W_O[[i, COPIED + i]] += 1.0;
    }
    MaxOfK::new(model).expect("a token for each output")
}

/// What is left of the attention scores of a made model once their first direction is taken off, as
/// two factors.
pub(super) fn residual(v: usize) -> (Matrix<f64>, Matrix<f64>) {
    let task = constructed(v, 4);
    let model = task.model();
    let queries = matmul(model.W_E.view(), model.W_Q.view());
    let keys = matmul(model.W_E.view(), model.W_K.view());
    let direction = first_singular_direction_of_product(&queries, &keys);
    let width = queries.ncols();
    let with = |factor: &Matrix<f64>, last: &dyn Fn(usize) -> f64| {
        let entry = |(i, j)| if j < width { factor[[i, j]] } else { last(i) };
        Matrix::from_shape_fn((v, width + 1), entry)
    };
    let left = with(&queries, &|i| -direction.value * direction.left[i]);
    let right = with(&keys, &|i| direction.right[i]);
    (left, right.t().as_standard_layout().into_owned())
}
