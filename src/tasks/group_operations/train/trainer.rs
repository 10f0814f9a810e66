use super::factored::Factored;
use super::loss::{Sample, loss_and_gradient};
use super::{Recipe, Trained};
use crate::training::{Adam, InTraining};
use crate::weights::to_safetensors;

/// A network in training, step by step.
pub struct Trainer {
    recipe: Recipe,
    samples: Vec<Sample>,
    factored: Factored,
    optimizer: Adam,
    /// Finished steps.
    steps: u32,
}

impl Trainer {
    /// The initial weights of a recipe.
    #[must_use]
    pub fn new(recipe: Recipe) -> Self {
        Self {
            samples: Sample::all(&recipe),
            factored: Factored::initial(&recipe),
            optimizer: Adam::new(recipe.betas),
            steps: 0,
            recipe,
        }
    }

    /// The network as a file stores it.
    #[must_use]
    pub fn trained(&self) -> Trained {
        Trained::new(&self.recipe, self.factored.network())
    }
}

impl InTraining for Trainer {
    /// Takes a step on all samples; beyond the recipe's steps it changes nothing.
    fn step(&mut self) -> f64 {
        let (loss, by_network) = loss_and_gradient(&self.factored.network(), &self.samples);
        if self.steps < self.recipe.steps {
            self.steps += 1;
            let mut gradient = self.factored.chain_rule(by_network);
            let trained = self.factored.trained(&mut gradient, self.recipe.decay);
            self.optimizer.step(self.recipe.learning_rate(self.steps), trained);
        }
        loss
    }

    fn file(&self) -> Vec<u8> {
        to_safetensors(&self.trained().state_dict(), &self.recipe.metadata())
    }
}
