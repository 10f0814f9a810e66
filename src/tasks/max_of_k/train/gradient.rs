//! The gradient of the training loss, written by hand. Each sequence of a batch only changes the
//! gradients of the five circuits, which are small; once a step the chain rule turns them into
//! gradients of the weights.

use crate::kernels;
use crate::linalg::{Matrix, dot, matmul};
use crate::models::transformer::{Circuits, Transformer};
use ndarray::{Axis, s};

/// The matrices of a model, always in this order.
pub(in crate::tasks::max_of_k) fn weights_mut(model: &mut Transformer) -> [&mut Matrix<f64>; 7] {
    let Transformer { W_E, W_pos, W_Q, W_K, W_V, W_O, W_U, .. } = model;
    [W_E, W_pos, W_Q, W_K, W_V, W_O, W_U]
}

/// The mean cross-entropy of a batch at the last position, in nats, and its gradient with respect
/// to every weight.
pub(super) fn loss_and_gradient(
    model: &Transformer,
    sequences: &[Vec<usize>],
) -> (f64, Transformer) {
    let circuits = Circuits::new(model);
    let (loss, by_circuits) =
        loss_and_circuit_gradient(&circuits, model.score_divisor(), sequences);
    (loss, chain_rule(model, &by_circuits))
}

/// The loss, and its gradient with respect to every entry of the circuits.
pub(in crate::tasks::max_of_k) fn loss_and_circuit_gradient(
    circuits: &Circuits<f64>,
    divisor: f64,
    sequences: &[Vec<usize>],
) -> (f64, Circuits<f64>) {
    let Circuits { EUPU, EVOU, PVOU, EQKE, EQKP } = circuits;
    let zeros = |m: &Matrix<f64>| Matrix::zeros(m.dim());
    let mut gradient = Circuits {
        EUPU: zeros(EUPU),
        EVOU: zeros(EVOU),
        PVOU: zeros(PVOU),
        EQKE: zeros(EQKE),
        EQKP: zeros(EQKP),
    };
    let share = 1.0 / sequences.len() as f64;
    let mut loss = 0.0;
    for tokens in sequences {
        let q = tokens[tokens.len() - 1];
        let largest = tokens.iter().copied().max().expect("a sequence has at least one token");
        let scores =
            tokens.iter().enumerate().map(|(p, &t)| (EQKE[[q, t]] + EQKP[[q, p]]) / divisor);
        let mut attention: Vec<_> = scores.collect();
        softmax(&mut attention);
        let writes = tokens.iter().enumerate().map(|(p, &t)| {
            row(EVOU, t).iter().zip(row(PVOU, p)).map(|(x, y)| x + y).collect::<Vec<_>>()
        });
        let writes: Vec<_> = writes.collect();
        let mut logits = row(EUPU, q).to_vec();
        for (&a, write) in attention.iter().zip(&writes) {
            kernels::add_scaled(&mut logits, a, write);
        }
        let right = logits[largest];
        loss += share * (softmax(&mut logits) - right);

        let mut by_logits = logits;
        by_logits[largest] -= 1.0;
        by_logits.iter_mut().for_each(|x| *x *= share);
        let accumulate = |sums: &mut Matrix<f64>, row, scale| {
            let sums = sums.row_mut(row).into_slice().expect("row-major");
            kernels::add_scaled(sums, scale, &by_logits);
        };
        accumulate(&mut gradient.EUPU, q, 1.0);
        for ((p, &t), &a) in tokens.iter().enumerate().zip(&attention) {
            accumulate(&mut gradient.EVOU, t, a);
            accumulate(&mut gradient.PVOU, p, a);
        }
        let by_attention = writes.iter().map(|write| dot(&by_logits, write));
        let by_attention: Vec<f64> = by_attention.collect();
        let mean: f64 = attention.iter().zip(&by_attention).map(|(a, g)| a * g).sum();
        for ((p, &t), (a, g)) in tokens.iter().enumerate().zip(attention.iter().zip(by_attention)) {
            let by_score = a * (g - mean) / divisor;
            gradient.EQKE[[q, t]] += by_score;
            gradient.EQKP[[q, p]] += by_score;
        }
    }
    (loss, gradient)
}

/// Takes the gradient by the circuits to the weights they are products of.
pub(in crate::tasks::max_of_k) fn chain_rule(
    model: &Transformer,
    by: &Circuits<f64>,
) -> Transformer {
    let Transformer { W_E, W_pos, W_Q, W_K, W_V, W_O, W_U, .. } = model;
    let product = |a: &Matrix<f64>, b: &Matrix<f64>| matmul(a.view(), b.view());
    // For C = A B: the gradient by A is (by C) Bᵀ, that by B is Aᵀ (by C).
    let by_left = |by_c: &Matrix<f64>, b: &Matrix<f64>| matmul(by_c.view(), b.t());
    let by_right = |a: &Matrix<f64>, by_c: &Matrix<f64>| matmul(a.t(), by_c.view());

    let E_q = W_E + &W_pos.slice(s![-1, ..]);
    let (queries, keys, positions) = (product(&E_q, W_Q), product(W_E, W_K), product(W_pos, W_K));
    let VO = product(W_V, W_O);
    let VOU = product(&VO, W_U);

    let by_VOU = by_right(W_E, &by.EVOU) + by_right(W_pos, &by.PVOU);
    let by_VO = by_left(&by_VOU, W_U);
    let by_queries = product(&by.EQKE, &keys) + product(&by.EQKP, &positions);
    let (by_keys, by_positions) = (by_right(&by.EQKE, &queries), by_right(&by.EQKP, &queries));
    let by_E_q = by_left(&by.EUPU, W_U) + by_left(&by_queries, W_Q);

    let mut by_W_pos = by_left(&by.PVOU, &VOU) + by_left(&by_positions, W_K);
    let mut last = by_W_pos.slice_mut(s![-1, ..]);
    last += &by_E_q.sum_axis(Axis(0));
    Transformer {
        W_E: by_left(&by.EVOU, &VOU) + by_left(&by_keys, W_K) + &by_E_q,
        W_pos: by_W_pos,
        W_Q: by_right(&E_q, &by_queries),
        W_K: by_right(W_E, &by_keys) + by_right(W_pos, &by_positions),
        W_V: by_left(&by_VO, W_O),
        W_O: by_right(W_V, &by_VO),
        W_U: by_right(&E_q, &by.EUPU) + by_right(&VO, &by_VOU),
        d_head: model.d_head,
        attn_scale: model.attn_scale,
    }
}

fn row(matrix: &Matrix<f64>, row: usize) -> &[f64] {
    matrix.row(row).to_slice().expect("row-major")
}

/// Replaces `x` by its softmax. Returns `log Σ e^x`.
fn softmax(x: &mut [f64]) -> f64 {
    let largest = kernels::largest(x);
    x.iter_mut().for_each(|x| *x -= largest);
    kernels::exp(x);
    let sum: f64 = x.iter().sum();
    x.iter_mut().for_each(|x| *x /= sum);
    largest + libm::log(sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::transformer::Shape;
    use crate::models::transformer::tests::random;

    #[test]
    fn the_gradient_agrees_with_finite_differences() {
        const STEP: f64 = 1e-5;
        let model = random(Shape { v: 5, d: 4, h: 3, n: 3 }, 1.0, 3);
        let sequences = vec![vec![0, 4, 1], vec![2, 2, 3], vec![1, 0, 0], vec![3, 1, 4]];
        let (_, mut gradient) = loss_and_gradient(&model, &sequences);
        for (index, by_weights) in weights_mut(&mut gradient).into_iter().enumerate() {
            for (at, &found) in by_weights.indexed_iter() {
                let loss = |step: f64| {
                    let mut moved = model.clone();
                    weights_mut(&mut moved)[index][at] += step;
                    loss_and_gradient(&moved, &sequences).0
                };
                let expected = (loss(STEP) - loss(-STEP)) / (2.0 * STEP);
                assert!(
                    (found - expected).abs() < 1e-7,
                    "weight {index} at {at:?}: {found} and {expected}"
                );
            }
        }
    }

    #[test]
    fn the_loss_is_that_of_the_forward_pass() {
        let model = random(Shape { v: 5, d: 4, h: 3, n: 3 }, 1.0, 5);
        let (loss, _) = loss_and_gradient(&model, &[vec![1, 3, 0]]);
        let mut probabilities = model.logits(&[1, 3, 0]).to_vec();
        softmax(&mut probabilities);
        assert!((loss + libm::log(probabilities[3])).abs() < 1e-12);
    }
}
