//! What every proof has in common, whatever its task.
//!
//! A proof is a case analysis: it counts, case by case, inputs on which the model is proven right. Counts are exact
//! integers, so they may be taken in any order, by any number of workers.

mod bound;

pub use bound::Bound;

use serde::Serialize;

/// A proof split into chunks that can be counted independently, in any order, on any thread.
pub trait CaseAnalysis: Send + Sync {
    /// How many chunks there are.
    fn chunks(&self) -> u64;

    /// The inputs proven right in one chunk. A chunk takes well under 100 ms, so that a caller can stop between two.
    ///
    /// # Panics
    /// If `chunk` is not below [`Self::chunks`].
    fn count(&self, chunk: u64) -> u128;

    /// What checking the proof costs, once every chunk has been counted.
    fn cost(&self) -> Cost;
}

/// What a proof costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// The proof's length: FLOPs of its verification by the convention of [`crate::cost`].
    pub flops: f64,
    /// Size of the proof object as JSON; none where the verification needs no hints.
    pub proof_bytes: Option<usize>,
    /// Inputs that the proof leaves out of the cases it proves; none where it cannot.
    pub left_out: Option<u128>,
}

/// What running a proof gave: a row of every table, in the words of the command line's `--json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// The strategy's identifier.
    pub strategy: String,
    /// Its complexity class.
    pub class: String,
    /// Correct inputs, all inputs and their ratio.
    #[serde(flatten)]
    pub bound: Bound,
    /// The proof's length: FLOPs of its verification by the convention of [`crate::cost`].
    pub flops: f64,
    /// How many numbers the proof treats as arbitrary.
    pub unexplained_dimension: f64,
    /// Size of the proof object, bytes; none where the verification needs no hints.
    pub proof_bytes: Option<usize>,
    /// Wall time of search and verification.
    pub seconds: f64,
    /// Inputs that the proof leaves out of the cases it proves.
    #[serde(skip)]
    pub left_out: Option<u128>,
}

impl Outcome {
    /// The same with what only a page wants.
    #[must_use]
    pub fn shown(self) -> ShownOutcome {
        let left_out = self.left_out.map(|count| count.to_string());
        ShownOutcome { percent: self.bound.percent(4), left_out, outcome: self }
    }
}

/// An outcome as a page shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShownOutcome {
    #[serde(flatten)]
    outcome: Outcome,
    /// The bound in percent with four decimals, rounded down.
    percent: String,
    /// Inputs that the proof leaves out of the cases it proves, decimal.
    left_out: Option<String>,
}
