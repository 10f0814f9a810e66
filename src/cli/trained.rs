use super::verify::finish;
use crate::proof::{Bound, Tally};
use crate::tasks::max_of_k::train::{Recipe, train};
use crate::tasks::max_of_k::{MaxOfK, SampledAccuracy, Strategy, TaskError};
use crate::weights::to_safetensors;
use std::error::Error;
use std::fmt;

/// A model with at most this many sequences is evaluated on all of them, a larger one on a sample.
const COUNTED: u128 = 1 << 24;
/// Random sequences of a sample.
const SAMPLES: u32 = 200_000;

/// A freshly trained model and its weights file.
pub(super) struct TrainedModel {
    pub(super) recipe: Recipe,
    /// Cross-entropy of the last batch, in nats.
    pub(super) loss: f64,
    pub(super) accuracy: Accuracy,
    /// The bytes of a safetensors file with metadata.
    pub(super) file: Vec<u8>,
}

/// The accuracy of a model.
#[derive(Clone, Copy)]
pub(super) enum Accuracy {
    Exact(Bound),
    /// Right sequences: at least the first bound, at most the second. The rest is too close to a
    /// tie.
    Between(Bound, Bound),
    Sampled(SampledAccuracy),
}

impl TrainedModel {
    /// Trains a model and measures its accuracy. Calls `progress` with the number of finished steps
    /// and the loss of the last batch.
    pub(super) fn new(
        recipe: Recipe,
        progress: impl FnMut(u32, f64),
    ) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let (model, loss) = train(&recipe, progress);
        let task = MaxOfK::new(model)?;
        let accuracy = Accuracy::new(&task, SAMPLES, recipe.seed)?;
        let mut metadata = recipe.metadata();
        metadata.insert("final_loss".to_owned(), loss.to_string());
        metadata.insert("accuracy".to_owned(), accuracy.to_string());
        let file = to_safetensors(&task.model().state_dict(), &metadata);
        Ok(Self { recipe, loss, accuracy, file })
    }
}

impl Accuracy {
    /// Counts by brute force if that is quick; otherwise samples `samples` random sequences.
    pub(super) fn new(task: &MaxOfK, samples: u32, seed: u64) -> Result<Self, TaskError> {
        let all = task.sequences();
        if all > COUNTED {
            return Ok(Self::Sampled(task.sample_accuracy(samples, seed)));
        }
        let mut run = task.run(Strategy::BruteForce)?;
        finish(&mut run, || ());
        let Tally { right, wrong, .. } = run.tally();
        Ok(Self::between(Bound::new(right, all), Bound::new(all - wrong, all)))
    }

    /// An accuracy of which both bounds were counted.
    pub(super) fn between(least: Bound, most: Bound) -> Self {
        if least == most { Self::Exact(least) } else { Self::Between(least, most) }
    }
}

impl fmt::Display for Accuracy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(bound) => write!(f, "{bound}, exact"),
            Self::Between(least, most) => {
                write!(
                    f,
                    "{least} at least, {} more are too close to a tie",
                    most.correct() - least.correct()
                )
            }
            Self::Sampled(SampledAccuracy { correct, samples, interval: (low, high) }) => {
                write!(
                    f,
                    "{correct} of {samples} random sequences (95 % interval {low:.6} to {high:.6})"
                )
            }
        }
    }
}
