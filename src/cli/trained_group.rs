use super::trained::Accuracy;
use super::verify::finish;
use crate::proof::{Bound, Tally};
use crate::tasks::group_operations::train::{Recipe, train};
use crate::tasks::group_operations::{GroupOperation, Options, Strategy};
use crate::weights::to_safetensors;
use std::error::Error;

/// A freshly trained network for a group and its weights file.
pub(super) struct TrainedGroup {
    /// Cross-entropy before the last step, in nats.
    pub(super) loss: f64,
    pub(super) accuracy: Accuracy,
    /// The bytes of a safetensors file with metadata.
    pub(super) file: Vec<u8>,
}

impl TrainedGroup {
    /// Trains a network and counts the inputs that it answers right. Calls `progress` with the
    /// number of finished steps and the loss before the last of them.
    pub(super) fn new(
        recipe: &Recipe,
        progress: impl FnMut(u32, f64),
    ) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let (trained, loss) = train(recipe, progress);
        let tensors = trained.state_dict();
        let mut metadata = recipe.metadata();
        metadata.insert("final_loss".into(), loss.to_string());
        let file = to_safetensors(&tensors, &metadata);
        let (task, _) = GroupOperation::load(&recipe.name, &file, &Options::default())?;
        let accuracy = Accuracy::counted(&task)?;
        metadata.insert("accuracy".into(), accuracy.to_string());
        Ok(Self { loss, accuracy, file: to_safetensors(&tensors, &metadata) })
    }
}

impl Accuracy {
    /// Counts by brute force.
    fn counted(task: &GroupOperation) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let mut run = task.run("brute-force".parse::<Strategy>()?)?;
        finish(&mut run, || ());
        let (Tally { right, wrong, .. }, all) = (run.tally(), task.inputs());
        Ok(Self::between(Bound::new(right, all), Bound::new(all - wrong, all)))
    }
}
