//! Trains a model by the published recipe. A seed determines every bit of the weights.
//!
//! The gradient is written by hand. Each sequence of a batch only changes the gradients of the five
//! circuits, which are small; once a step the chain rule turns them into gradients of the weights.

use crate::linalg::{Matrix, exp, matmul};
use crate::models::transformer::{Circuits, Shape, Transformer};
use crate::training::random::{generator, normal, token};
use crate::training::{Adam, Trained, WeightDecay};
use ndarray::{Axis, s};

/// How to train a model. [`Recipe::published`] is the literature's recipe.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    /// The sizes of the model.
    pub shape: Shape,
    /// The seed of the initial weights and of the batches.
    pub seed: u64,
    /// The number of optimizer steps, each on fresh uniform sequences.
    pub steps: u32,
    /// The number of sequences in a step.
    pub batch: usize,
    /// AdamW's step size.
    pub learning_rate: f64,
    /// AdamW's decay rates of the two moments.
    pub betas: (f64, f64),
    /// AdamW's decoupled weight decay.
    pub weight_decay: f64,
}

impl Recipe {
    /// The recipe of arXiv 2406.11779, appendix A, for `k` tokens: AdamW, learning rate 0.001,
    /// betas 0.9 and 0.999, weight decay 0.01, 3000 steps of 128 sequences, weights from N(0,
    /// 0.8/√d), `v = 64`, `d = h = 32`.
    #[must_use]
    pub fn published(k: usize, seed: u64) -> Self {
        Self {
            shape: Shape { v: 64, d: 32, h: 32, n: k },
            seed,
            steps: 3000,
            batch: 128,
            learning_rate: 1e-3,
            betas: (0.9, 0.999),
            weight_decay: 0.01,
        }
    }
}

impl std::fmt::Display for Recipe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { steps, batch, learning_rate, betas, weight_decay, .. } = self;
        write!(
            f,
            "AdamW, learning rate {learning_rate}, betas {} and {}, weight decay {weight_decay}, \
             {steps} steps of {batch} uniform sequences, cross-entropy at the last position, \
             weights from N(0, 0.8/√d), no biases",
            betas.0, betas.1
        )
    }
}

/// Trains a model. Returns it, its weights rounded to float32 as a file stores them, and the loss
/// of the last batch. After each step calls `progress` with the number of finished steps and the
/// batch's loss.
pub fn train(recipe: &Recipe, mut progress: impl FnMut(u32, f64)) -> (Transformer, f64) {
    let mut model = initial(recipe);
    let mut random = generator(recipe.seed, u64::from_be_bytes(*b" batches"));
    let mut optimizer = Adam::new(recipe.betas);
    let mut sequences = vec![vec![0; recipe.shape.n]; recipe.batch];
    let mut last_loss = f64::NAN;
    for step in 1..=recipe.steps {
        sequences.iter_mut().flatten().for_each(|t| *t = token(&mut random, recipe.shape.v));
        let (loss, mut gradient) = loss_and_gradient(&model, &sequences);
        let decay = WeightDecay::Decoupled(recipe.weight_decay);
        let pairs = weights_mut(&mut model).into_iter().zip(weights_mut(&mut gradient));
        let trained = pairs.map(|(weights, gradient)| Trained { weights, gradient, decay });
        optimizer.step(recipe.learning_rate, trained);
        progress(step, loss);
        last_loss = loss;
    }
    #[expect(clippy::cast_possible_truncation, reason = "the file's numbers are float32")]
    weights_mut(&mut model).into_iter().for_each(|w| w.mapv_inplace(|x| f64::from(x as f32)));
    (model, last_loss)
}

fn initial(recipe: &Recipe) -> Transformer {
    let mut random = generator(recipe.seed, u64::from_be_bytes(*b" weights"));
    let deviation = 0.8 / (recipe.shape.d as f64).sqrt();
    Transformer::from_entries(recipe.shape, || deviation * normal(&mut random))
}

fn weights_mut(model: &mut Transformer) -> [&mut Matrix<f64>; 7] {
    let Transformer { W_E, W_pos, W_Q, W_K, W_V, W_O, W_U, .. } = model;
    [W_E, W_pos, W_Q, W_K, W_V, W_O, W_U]
}

/// The mean cross-entropy of a batch at the last position, in nats, and its gradient with respect
/// to every weight.
fn loss_and_gradient(model: &Transformer, sequences: &[Vec<usize>]) -> (f64, Transformer) {
    let circuits = Circuits::new(model);
    let (loss, by_circuits) =
        loss_and_circuit_gradient(&circuits, model.score_divisor(), sequences);
    (loss, chain_rule(model, &by_circuits))
}

/// The loss, and its gradient with respect to every entry of the circuits.
fn loss_and_circuit_gradient(
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
        let (attention, _) = softmax(scores.collect());
        let mut logits = EUPU.row(q).to_vec();
        for ((p, &t), a) in tokens.iter().enumerate().zip(&attention) {
            for ((logit, x), y) in logits.iter_mut().zip(EVOU.row(t)).zip(PVOU.row(p)) {
                *logit += a * (x + y);
            }
        }
        let (mut by_logits, log_denominator) = softmax(logits.clone());
        loss += share * (log_denominator - logits[largest]);

        by_logits[largest] -= 1.0;
        by_logits.iter_mut().for_each(|x| *x *= share);
        let accumulate = |mut row: ndarray::ArrayViewMut1<f64>, scale: f64| {
            row.iter_mut().zip(&by_logits).for_each(|(sum, x)| *sum += scale * x);
        };
        accumulate(gradient.EUPU.row_mut(q), 1.0);
        let mut by_attention = Vec::with_capacity(tokens.len());
        for ((p, &t), &a) in tokens.iter().enumerate().zip(&attention) {
            accumulate(gradient.EVOU.row_mut(t), a);
            accumulate(gradient.PVOU.row_mut(p), a);
            let writes = EVOU.row(t).into_iter().zip(PVOU.row(p));
            by_attention
                .push(by_logits.iter().zip(writes).map(|(g, (x, y))| g * (x + y)).sum::<f64>());
        }
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
fn chain_rule(model: &Transformer, by: &Circuits<f64>) -> Transformer {
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

/// The softmax of `x`, and `log Σ e^x`.
fn softmax(mut x: Vec<f64>) -> (Vec<f64>, f64) {
    let largest = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    x.iter_mut().for_each(|x| *x = exp(*x - largest));
    let sum: f64 = x.iter().sum();
    x.iter_mut().for_each(|x| *x /= sum);
    (x, largest + libm::log(sum))
}

#[cfg(test)]
mod tests {
    use super::*;
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
        let (probabilities, _) = softmax(model.logits(&[1, 3, 0]).to_vec());
        assert!((loss + libm::log(probabilities[3])).abs() < 1e-12);
    }

    #[test]
    fn training_is_deterministic_and_learns() {
        let shape = Shape { v: 6, d: 8, h: 8, n: 2 };
        let recipe =
            Recipe { shape, steps: 300, batch: 32, learning_rate: 1e-2, ..Recipe::published(2, 9) };
        let mut losses = Vec::new();
        let (model, last) = train(&recipe, |_, loss| losses.push(loss));
        assert_eq!(train(&recipe, |_, _| ()), (model, last));
        assert!(last < 0.2 * losses[0], "from {} to {last}", losses[0]);
    }
}
