//! Training, whatever the network: an optimizer, and seeded random numbers. Equal on every machine.

mod adam;
pub(crate) mod random;

pub use adam::WeightDecay;
pub(crate) use adam::{Adam, Trained};
