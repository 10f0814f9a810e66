//! What a frontier is compared with: other models' frontiers, and the spread over many models.

use crate::frontier::Point;
use serde::Deserialize;

/// A proof of another model.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct Proof {
    /// Proof length.
    pub flops: f64,
    /// Proven accuracy, from 0 to 1.
    pub bound: f64,
    /// How many numbers the proof treats as arbitrary.
    pub unexplained_dimension: f64,
}

impl From<&Point> for Proof {
    fn from(&Point { flops, bound, unexplained_dimension, .. }: &Point) -> Self {
        Self { flops, bound, unexplained_dimension }
    }
}

/// The frontier of another model, from the shortest proof to the longest.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Other {
    /// A short name for a person.
    pub label: String,
    /// The proofs that no other beats.
    pub proofs: Vec<Proof>,
}

/// What many models prove with a number of FLOPs.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct Budget {
    /// Most FLOPs of a proof.
    pub flops: f64,
    /// The best bounds: the least of all models, the lower quartile, the median, the upper
    /// quartile, and the most.
    pub bounds: [f64; 5],
}
