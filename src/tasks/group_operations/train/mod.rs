//! Trains a network by the published recipes. A seed determines every bit of the weights, on every
//! machine.
//!
//! The gradient is written by hand. An input only changes the gradients of the multiplied-out
//! network's rows; once a step the chain rule turns them into gradients of the factors.

mod factored;
mod loss;
mod trained;
mod trainer;

pub use crate::training::WeightDecay;
pub use trained::Trained;
pub use trainer::Trainer;

use super::group::{Group, UnknownGroup, natural};
use crate::tasks::Kind;
use crate::training::InTraining;
use std::collections::BTreeMap;
use std::fmt;

/// How to train a network. [`Recipe::published`] is the literature's recipe for a group.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    group: Group,
    /// The group's name.
    pub name: String,
    /// The seed of the initial weights and of the part of the inputs that is trained on.
    pub seed: u64,
    /// Neurons.
    pub neurons: usize,
    /// The width of the embeddings, which are trained as factors.
    pub width: usize,
    /// The number of optimizer steps, each on all inputs of the part.
    pub steps: u32,
    /// The part of all inputs that is trained on.
    pub fraction: f64,
    /// Adam's step size.
    pub learning_rate: f64,
    /// Adam's decay rates of the two moments.
    pub betas: (f64, f64),
    /// What draws all weights but the bias of the logits to zero.
    pub decay: WeightDecay,
    /// Steps until the step size has risen linearly from 0.
    pub warm_up: u32,
    /// The part of the steps, at the end, in which the step size falls linearly to 0.
    pub decline: f64,
}

impl Recipe {
    /// The literature's recipe for a group of that name, see [`natural`].
    ///
    /// Commutative groups: that of modular addition (arXiv 2306.17844; with a shorter training
    /// whose step size declines), where both tokens share an embedding. Others: that of arXiv
    /// 2410.07476.
    ///
    /// # Errors
    /// If no group has the name.
    pub fn published(name: &str, seed: u64) -> Result<Self, UnknownGroup> {
        let group = natural(name)?;
        let order = group.order();
        let name = name.into();
        if group.is_abelian() {
            let (neurons, width, steps) =
                if order < 48 { (256, 64, 12_000) } else { (512, 128, 8_000) };
            return Ok(Self {
                group,
                name,
                seed,
                neurons,
                width,
                steps,
                fraction: 0.8,
                learning_rate: 1e-3,
                betas: (0.9, 0.98),
                decay: WeightDecay::Decoupled(2.0),
                warm_up: 10,
                decline: 0.3,
            });
        }
        let (width, fraction) = if order < 48 { (64, 1.0) } else { (128, 0.4) };
        Ok(Self {
            group,
            name,
            seed,
            neurons: width,
            width,
            steps: 4_000,
            fraction,
            learning_rate: 1e-2,
            betas: (0.9, 0.98),
            decay: WeightDecay::L2(2e-4),
            warm_up: 0,
            decline: 0.2,
        })
    }

    /// How many elements the group has.
    #[must_use]
    pub fn order(&self) -> usize {
        self.group.order()
    }

    /// What a weights file says of how its network was trained.
    #[must_use]
    pub fn metadata(&self) -> BTreeMap<String, String> {
        let said = [
            ("task", Kind::GroupOperations.to_string()),
            ("group", self.name.clone()),
            ("seed", self.seed.to_string()),
            ("recipe", self.to_string()),
        ];
        said.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
    }

    /// Whether both tokens share their weights: the operation then makes no difference between
    /// them.
    fn is_tied(&self) -> bool {
        self.group.is_abelian()
    }

    /// How many inputs are trained on.
    #[expect(clippy::cast_possible_truncation, reason = "a part of a whole number")]
    fn samples(&self) -> usize {
        let all = self.group.order().pow(2);
        ((self.fraction * all as f64) as usize).clamp(1, all)
    }

    /// The step size of a step, from 1 on.
    fn learning_rate(&self, step: u32) -> f64 {
        let rising = f64::from(step) / f64::from(self.warm_up.max(1));
        let falling = f64::from(self.steps + 1 - step) / (self.decline * f64::from(self.steps));
        self.learning_rate * rising.min(falling).min(1.0)
    }
}

impl fmt::Display for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { neurons, width, steps, learning_rate, betas, warm_up, decline, .. } = self;
        let (optimizer, decay) = match self.decay {
            WeightDecay::Decoupled(rate) => ("AdamW, decoupled", rate),
            WeightDecay::L2(rate) => ("Adam, L2", rate),
        };
        let form = match self.is_tied() {
            true => "both tokens share an embedding; embedding and unembedding trained as factors",
            false => "an embedding for each token, trained as factors; no hidden bias",
        };
        let inputs = self.group.order().pow(2);
        write!(
            f,
            "{optimizer} weight decay {decay}, learning rate {learning_rate}, {} and falling to 0 \
             over the last {} % of {steps} steps, betas {} and {}, each step on {} of {inputs} \
             inputs, cross-entropy, {neurons} neurons, width {width}, {form}",
            match warm_up {
                0 => "constant".into(),
                steps => format!("rising over {steps} steps"),
            },
            100.0 * decline,
            betas.0,
            betas.1,
            self.samples(),
        )
    }
}

/// Trains a network. Returns it and the loss before the last step, in nats. After each step calls
/// `progress` with the number of finished steps and the loss before it.
pub fn train(recipe: &Recipe, mut progress: impl FnMut(u32, f64)) -> (Trained, f64) {
    let mut trainer = Trainer::new(recipe.clone());
    let mut last_loss = f64::NAN;
    for step in 1..=recipe.steps {
        last_loss = trainer.step();
        progress(step, last_loss);
    }
    (trainer.trained(), last_loss)
}

#[cfg(test)]
mod tests {
    use super::factored::Factored;
    use super::loss::{Sample, loss_and_gradient};
    use super::*;
    use crate::tasks::group_operations::GroupOperation;
    use crate::weights::to_safetensors;

    fn tiny(name: &str) -> Recipe {
        Recipe { neurons: 7, width: 3, fraction: 0.7, ..Recipe::published(name, 4).unwrap() }
    }

    #[test]
    fn the_gradient_agrees_with_finite_differences() {
        const STEP: f64 = 1e-5;
        for name in ["Z5", "S3"] {
            let recipe = tiny(name);
            let samples = Sample::all(&recipe);
            let mut factored = Factored::initial(&recipe);
            factored
                .matrices_mut()
                .flatten()
                .zip(1..)
                .for_each(|(w, i)| *w += 0.01 * f64::from(i % 7));
            let loss = |factored: &Factored| loss_and_gradient(&factored.network(), &samples).0;
            let (_, by_network) = loss_and_gradient(&factored.network(), &samples);
            let mut gradient = factored.chain_rule(by_network);
            let found: Vec<_> = gradient.matrices_mut().flatten().map(|x| *x).collect();
            for (place, found) in found.into_iter().enumerate() {
                let moved = |step: f64| {
                    let mut moved = factored.clone();
                    *moved.matrices_mut().flatten().nth(place).unwrap() += step;
                    loss(&moved)
                };
                let expected = (moved(STEP) - moved(-STEP)) / (2.0 * STEP);
                assert!((found - expected).abs() < 1e-7, "{name} {place}: {found}, {expected}");
            }
        }
    }

    #[test]
    fn samples_share_the_loss() {
        for (name, pairs) in [("Z5", 15), ("S3", 36)] {
            let recipe = Recipe { fraction: 1.0, ..tiny(name) };
            assert_eq!(Sample::all(&recipe).len(), pairs, "{name}");
        }
        assert_eq!(Sample::all(&tiny("S3")).len(), 25);
    }

    #[test]
    fn the_step_size_rises_and_falls() {
        let recipe = Recipe { warm_up: 10, steps: 100, decline: 0.2, ..tiny("Z5") };
        let near = |step, expected: f64| {
            let found = recipe.learning_rate(step) / recipe.learning_rate;
            assert!((found - expected).abs() < 1e-12, "{step}: {found}");
        };
        near(1, 0.1);
        near(10, 1.0);
        near(81, 1.0);
        near(100, 0.05);
    }

    #[test]
    fn training_is_deterministic_and_learns_groups() {
        for (name, steps) in [("Z5", 600), ("S3", 400)] {
            let sizes = Recipe { neurons: 32, width: 16, fraction: 1.0, steps, ..tiny(name) };
            let recipe = Recipe { learning_rate: 1e-2, ..sizes };
            let (trained, loss) = train(&recipe, |_, _| ());
            assert_eq!(train(&recipe, |_, _| ()), (trained.clone(), loss));
            let file = to_safetensors(&trained.state_dict(), &BTreeMap::new());
            let (task, facts) = GroupOperation::load(name, &file, &Default::default()).unwrap();
            assert_eq!(facts.own.group.as_deref(), Some(name));
            assert_eq!(facts.own.right as u128, task.inputs(), "{name}: loss {loss}");
        }
    }
}
