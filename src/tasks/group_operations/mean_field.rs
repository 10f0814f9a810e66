//! A heuristic argument: what the accuracy would be if neurons were independent of each other.

use super::GroupOperation;
use crate::linalg::{Matrix, map};
use crate::models::two_token::{Logits, Shape};
use crate::sampling::{Estimate, MeanField};

const IDEA: &str = "Takes of each neuron the mean and variance over all inputs with one product, and adds them up as if \
                    neurons were independent of each other, sums normal, and outputs rivals that win or lose \
                    independently: nothing guarantees any of that.";

impl GroupOperation {
    /// Predicts the accuracy.
    #[must_use]
    pub fn mean_field(&self) -> Estimate {
        let (order, Shape { neurons, outputs, .. }) = (self.group.order(), self.network.shape());
        let products = Products::new(self);
        let unembed = &self.network.unembed.value;
        let mut flops = products.flops;
        let mut right = 0.0;
        for product in 0..order {
            let mut answer = MeanField::new();
            for rival in (0..outputs).filter(|&z| z != product) {
                let around =
                    products.around[[product, product]] - products.around[[product, rival]];
                let (mut mean, mut variance) = (around, 0.0);
                for j in 0..neurons {
                    let weight = unembed[[product, j]] - unembed[[rival, j]];
                    mean += weight * products.means[[product, j]];
                    variance += weight * weight * products.variances[[product, j]];
                }
                answer.rival(mean, variance);
            }
            flops += answer.flops + ((outputs - 1) * (6 * neurons + 1)) as f64;
            right += answer.probability;
        }
        Estimate::mean_field(IDEA, right / order as f64, flops)
    }
}

/// Means over the inputs with each product.
struct Products {
    /// What neurons give, and how much it varies, `[product, neuron]`.
    means: Matrix<f64>,
    variances: Matrix<f64>,
    /// What goes around the neurons, `[product, output]`.
    around: Matrix<f64>,
    flops: f64,
}

impl Products {
    fn new(task: &GroupOperation) -> Self {
        let (order, network) = (task.group.order(), &task.network);
        let Shape { neurons, outputs, .. } = network.shape();
        let logits = Logits::<f64>::new(network);
        let [mut means, mut squares] = [(); 2].map(|()| Matrix::<f64>::zeros((order, neurons)));
        let mut around = Matrix::zeros((order, outputs));
        for x in 0..order {
            let active = logits.active(x, 0..order);
            for (y, active) in active.chunks_exact(neurons).enumerate() {
                let product = task.group.product(x, y);
                for (j, &active) in active.iter().enumerate() {
                    means[[product, j]] += active;
                    squares[[product, j]] += active * active;
                }
                for z in 0..outputs {
                    around[[product, z]] += logits.with_direct(0.0, x, y, z);
                }
            }
        }
        let count = order as f64;
        let [means, squares, around] =
            [means, squares, around].map(|sums| map(&sums, |x| x / count));
        let variance = |place| squares[place] - means[place] * means[place];
        let variances = Matrix::from_shape_fn(means.dim(), variance);
        let of_input = Logits::<f64>::active_flops(network) + (3 * neurons) as f64;
        let direct = (Logits::<f64>::direct_flops(network) + 1.0) * outputs as f64;
        let flops =
            (order * order) as f64 * (of_input + direct) + (order * (4 * neurons + outputs)) as f64;
        Self { means, variances, around, flops }
    }
}
