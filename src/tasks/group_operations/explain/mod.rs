//! What a network does, and why a proof proves what it does: the answers to what a page asks.
//!
//! Numbers are those of float64, for people. What a proof proves of each input is what its verifier
//! decides: the inputs add up to the bound.
//!
//! | module | what it tells |
//! |---|---|
//! | `margins` | of each input how right it is, and whether a proof proves it |
//! | `split` | where a proof loses the margin of an input |
//! | `irreps` | the representations of a group, and which of them weights use |
//! | `power` | the representation of each neuron |
//! | `cyclic` | neurons as waves, and the integral that they approximate |
//! | `circuits` | orbits and pairs of the neurons of one representation, which [`super::irrep`] finds |
//! | `neuron` | one neuron beside its ideal |
//! | `input` | one input |
//! | `weights` | the matrices |

mod circuits;
mod cyclic;
mod input;
mod irreps;
mod margins;
mod neuron;
mod power;
mod split;
mod weights;

pub use circuits::{CircuitFacts, CircuitsFacts, NeuronPoint, Orbit, Unexplained};
pub use cyclic::{Errors, Frequencies, Frequency, WaveFacts};
pub use input::{Look, Speaker};
pub use irreps::IrrepFacts;
pub(super) use irreps::Irreps;
pub use margins::Margins;
pub use neuron::{NeuronFacts, Rows};
pub use power::Power;
pub use split::{Split, SplitInput};
pub use weights::Weights;

use super::GroupOperation;
use crate::linalg::Matrix;
use crate::models::two_token::Head;

impl GroupOperation {
    /// What each neuron reads of each `x` and of each `y`, `[x, m]` and `[y, m]`; of softmax
    /// attention by its mean over all inputs.
    fn reads(&self) -> [Matrix<f64>; 2] {
        let mut sides = [self.network.left.value.clone(), self.network.right.value.clone()];
        for Head { attention, left, right } in &self.network.heads {
            let mean = attention.value.sum() / attention.value.len() as f64;
            sides[0].scaled_add(mean, &left[0].value);
            sides[1].scaled_add(-mean, &right[0].value);
        }
        sides
    }
}
