//! Trains a model by the published recipe. A seed determines every bit of the weights.

mod gradient;
mod trainer;

pub(super) use gradient::{chain_rule, loss_and_circuit_gradient, weights_mut};
pub use trainer::Trainer;
pub(super) use trainer::{in_float32, optimise};

use crate::models::transformer::{Shape, Transformer};
use crate::training::InTraining;
use std::collections::BTreeMap;

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

impl Recipe {
    /// What a weights file says of how its model was trained.
    #[must_use]
    pub fn metadata(&self) -> BTreeMap<String, String> {
        let said = [
            ("task", "max-of-k".to_owned()),
            ("k", self.shape.n.to_string()),
            ("seed", self.seed.to_string()),
            ("recipe", self.to_string()),
        ];
        said.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
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
    let mut trainer = Trainer::new(recipe.clone());
    let mut last_loss = f64::NAN;
    for step in 1..=recipe.steps {
        last_loss = trainer.step();
        progress(step, last_loss);
    }
    (trainer.model(), last_loss)
}

#[cfg(test)]
mod tests {
    use super::*;

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
