//! The cross-entropy of a network and its gradient.

use super::Recipe;
use super::factored::Network;
use crate::kernels;
use crate::linalg::{Matrix, matmul};
use crate::training::random::{generator, shuffled};
use ndarray::{Axis, Zip, s};

/// Inputs whose logits are computed together.
const BATCH: usize = 64;
/// The number of columns of a matrix product is a multiple of this: the kernel's tiles are as wide.
const COLUMNS: usize = 8;

/// An input that is trained on.
pub(super) struct Sample {
    x: usize,
    y: usize,
    answer: usize,
    /// Its share of the mean loss.
    share: f64,
}

impl Sample {
    /// A random part of all inputs. Where both tokens share their weights, the inputs `x, y` and
    /// `y, x` are one sample.
    pub(super) fn all(recipe: &Recipe) -> Vec<Self> {
        let order = recipe.group.order();
        let mut random = generator(recipe.seed, u64::from_be_bytes(*b" samples"));
        let mut chosen = shuffled(&mut random, order * order);
        chosen.truncate(recipe.samples());
        let share = 1.0 / chosen.len() as f64;
        let mut shares = Matrix::zeros((order, order));
        for (x, y) in chosen.into_iter().map(|place| (place / order, place % order)) {
            let at = if recipe.is_tied() { [x.min(y), x.max(y)] } else { [x, y] };
            shares[at] += share;
        }
        let samples = shares.indexed_iter().filter(|&(_, &share)| share > 0.0);
        samples
            .map(|((x, y), &share)| Self { x, y, answer: recipe.group.product(x, y), share })
            .collect()
    }
}

/// The mean cross-entropy of samples, in nats, and its gradient by the network's weights.
pub(super) fn loss_and_gradient(network: &Network, samples: &[Sample]) -> (f64, Network) {
    let (neurons, outputs) = network.unembed.dim();
    let mut unembed = Matrix::zeros((neurons, outputs.next_multiple_of(COLUMNS)));
    unembed.slice_mut(s![.., ..outputs]).assign(&network.unembed);
    let back = unembed.t().as_standard_layout().into_owned();
    let right = &network.right + &network.hidden_bias;

    let mut by = Network {
        left: Matrix::zeros(network.left.dim()),
        right: Matrix::zeros(right.dim()),
        hidden_bias: Matrix::zeros((1, neurons)),
        unembed: Matrix::zeros(unembed.dim()),
        bias: Matrix::zeros((1, outputs)),
    };
    let mut loss = 0.0;
    for samples in samples.chunks(BATCH) {
        let mut active = Matrix::zeros((samples.len(), neurons));
        for (mut row, sample) in active.rows_mut().into_iter().zip(samples) {
            let sides = [network.left.row(sample.x), right.row(sample.y)];
            Zip::from(&mut row)
                .and(sides[0])
                .and(sides[1])
                .for_each(|a, l, r| *a = (l + r).max(0.0));
        }
        let mut logits = matmul(active.view(), unembed.view());
        for (row, sample) in logits.rows_mut().into_iter().zip(samples) {
            let row = row.into_slice().expect("row-major");
            let (row, unused) = row.split_at_mut(outputs);
            row.iter_mut().zip(&network.bias).for_each(|(logit, bias)| *logit += bias);
            loss += sample.share * cross_entropy(row, sample.answer);
            row.iter_mut().for_each(|x| *x *= sample.share);
            unused.fill(0.0);
            by.bias.iter_mut().zip(row).for_each(|(sum, x)| *sum += *x);
        }
        by.unembed += &matmul(active.t(), logits.view());
        let by_active = matmul(logits.view(), back.view());
        for ((by_row, active), sample) in
            by_active.rows().into_iter().zip(active.rows()).zip(samples)
        {
            for mut sum in [by.left.row_mut(sample.x), by.right.row_mut(sample.y)] {
                Zip::from(&mut sum).and(by_row).and(active).for_each(|sum, by, &active| {
                    *sum += if active > 0.0 { *by } else { 0.0 };
                });
            }
        }
    }
    by.hidden_bias = by.right.sum_axis(Axis(0)).insert_axis(Axis(0));
    by.unembed = by.unembed.slice_move(s![.., ..outputs]);
    (loss, by)
}

/// The cross-entropy of logits whose largest should be `answer`; they become its gradient by them.
fn cross_entropy(logits: &mut [f64], answer: usize) -> f64 {
    let largest = kernels::largest(logits);
    logits.iter_mut().for_each(|x| *x -= largest);
    let right = logits[answer];
    kernels::exp(logits);
    let sum: f64 = logits.iter().sum();
    logits.iter_mut().for_each(|x| *x /= sum);
    logits[answer] -= 1.0;
    libm::log(sum) - right
}
