use super::Recipe;
use super::gradient::{loss_and_gradient, weights_mut};
use crate::models::transformer::Transformer;
use crate::training::random::{generator, normal, token};
use crate::training::{Adam, InTraining, Trained, WeightDecay};
use crate::weights::to_safetensors;
use rand_pcg::Pcg64;

/// A model in training, step by step.
pub struct Trainer {
    recipe: Recipe,
    model: Transformer,
    batches: Pcg64,
    optimizer: Adam,
    sequences: Vec<Vec<usize>>,
}

impl Trainer {
    /// The initial weights of a recipe.
    #[must_use]
    pub fn new(recipe: Recipe) -> Self {
        let mut weights = generator(recipe.seed, u64::from_be_bytes(*b" weights"));
        let deviation = 0.8 / (recipe.shape.d as f64).sqrt();
        Self {
            model: Transformer::from_entries(recipe.shape, || deviation * normal(&mut weights)),
            batches: generator(recipe.seed, u64::from_be_bytes(*b" batches")),
            optimizer: Adam::new(recipe.betas),
            sequences: vec![vec![0; recipe.shape.n]; recipe.batch],
            recipe,
        }
    }

    /// The model as a file stores it: its weights rounded to float32.
    #[must_use]
    pub fn model(&self) -> Transformer {
        in_float32(self.model.clone())
    }
}

impl InTraining for Trainer {
    /// Takes a step on fresh sequences.
    fn step(&mut self) -> f64 {
        let Recipe { shape, learning_rate, weight_decay, .. } = self.recipe;
        self.sequences.iter_mut().flatten().for_each(|t| *t = token(&mut self.batches, shape.v));
        let (loss, gradient) = loss_and_gradient(&self.model, &self.sequences);
        let decay = WeightDecay::Decoupled(weight_decay);
        optimise(&mut self.optimizer, learning_rate, decay, &mut self.model, gradient);
        loss
    }

    fn file(&self) -> Vec<u8> {
        to_safetensors(&self.model().state_dict(), &self.recipe.metadata())
    }
}

/// Moves the weights of a model by their gradient.
pub(in crate::tasks::max_of_k) fn optimise(
    optimizer: &mut Adam,
    learning_rate: f64,
    decay: WeightDecay,
    model: &mut Transformer,
    mut gradient: Transformer,
) {
    let pairs = weights_mut(model).into_iter().zip(weights_mut(&mut gradient));
    let trained = pairs.map(|(weights, gradient)| Trained { weights, gradient, decay });
    optimizer.step(learning_rate, trained);
}

/// A model with its weights rounded to float32.
pub(in crate::tasks::max_of_k) fn in_float32(mut model: Transformer) -> Transformer {
    #[expect(clippy::cast_possible_truncation, reason = "the file's numbers are float32")]
    weights_mut(&mut model).into_iter().for_each(|w| w.mapv_inplace(|x| f64::from(x as f32)));
    model
}
