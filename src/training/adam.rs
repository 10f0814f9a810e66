use crate::linalg::Matrix;
use ndarray::Zip;

/// The guard against division by zero.
const EPSILON: f64 = 1e-8;

/// What draws weights to zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum WeightDecay {
    /// Each step shrinks the weights by this times the learning rate, whatever their gradient is.
    Decoupled(f64),
    /// The gradient of half this times the sum of squares is added to that of the loss.
    L2(f64),
}

/// A matrix of weights with its gradient.
pub(crate) struct Trained<'a> {
    pub(crate) weights: &'a mut Matrix<f64>,
    pub(crate) gradient: &'a Matrix<f64>,
    pub(crate) decay: WeightDecay,
}

/// Adam (Kingma and Ba 2015), with decoupled weight decay AdamW (Loshchilov and Hutter 2019), in
/// PyTorch's order of operations.
pub(crate) struct Adam {
    betas: (f64, f64),
    /// `β₁^t` and `β₂^t`.
    powers: (f64, f64),
    /// The first and second moments of each matrix.
    moments: Vec<(Matrix<f64>, Matrix<f64>)>,
}

impl Adam {
    /// Has the decay rates `betas` of the two moments.
    pub(crate) fn new(betas: (f64, f64)) -> Self {
        Self { betas, powers: (1.0, 1.0), moments: Vec::new() }
    }

    /// Takes a step, with the matrices in the same order each time.
    pub(crate) fn step<'a>(
        &mut self,
        learning_rate: f64,
        matrices: impl IntoIterator<Item = Trained<'a>>,
    ) {
        let (beta_1, beta_2) = self.betas;
        self.powers = (self.powers.0 * beta_1, self.powers.1 * beta_2);
        let (correction_1, correction_2) = (1.0 - self.powers.0, (1.0 - self.powers.1).sqrt());
        for (place, Trained { weights, gradient, decay }) in matrices.into_iter().enumerate() {
            if self.moments.len() == place {
                let zeros = || Matrix::zeros(gradient.dim());
                self.moments.push((zeros(), zeros()));
            }
            let (first, second) = &mut self.moments[place];
            Zip::from(weights).and(gradient).and(first).and(second).for_each(|w, &g, m1, m2| {
                let g = match decay {
                    WeightDecay::Decoupled(rate) => {
                        *w *= 1.0 - learning_rate * rate;
                        g
                    }
                    WeightDecay::L2(rate) => g + rate * *w,
                };
                *m1 = beta_1 * *m1 + (1.0 - beta_1) * g;
                *m2 = beta_2 * *m2 + (1.0 - beta_2) * g * g;
                *w -= learning_rate / correction_1 * *m1 / (m2.sqrt() / correction_2 + EPSILON);
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    /// The first step moves every weight by the learning rate, whatever the gradient's size.
    #[test]
    fn the_two_kinds_of_decay_differ_in_what_they_shrink() {
        let moved = |decay, gradient: f64| {
            let (mut weights, gradient) = (array![[2.0]], array![[gradient]]);
            let trained = Trained { weights: &mut weights, gradient: &gradient, decay };
            Adam::new((0.9, 0.98)).step(0.1, [trained]);
            weights[[0, 0]]
        };
        let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-6, "{found}");
        near(moved(WeightDecay::L2(0.0), 3.0), 1.9);
        near(moved(WeightDecay::Decoupled(0.5), 3.0), 2.0 * 0.95 - 0.1);
        // The decay's gradient of 0.5 · 2 outweighs the loss's.
        near(moved(WeightDecay::L2(0.5), -0.5), 1.9);
        near(moved(WeightDecay::L2(0.5), -1.5), 2.1);
    }
}
