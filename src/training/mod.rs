//! Training, whatever the network: step by step, with an optimizer and seeded random numbers. Equal
//! on every machine.

mod adam;
pub(crate) mod random;

pub use adam::WeightDecay;
pub(crate) use adam::{Adam, Trained};

/// A network in training.
pub trait InTraining {
    /// Takes a step. Returns the task's loss before it, in nats.
    fn step(&mut self) -> f64;

    /// The present network as a safetensors file that says its recipe.
    fn file(&self) -> Vec<u8>;
}
