//! What every proof has in common, whatever its task.
//!
//! A proof is a case analysis: it counts, case by case, inputs on which the model is proven right.
//! Counts are exact integers, so they may be taken in any order, by any number of workers.
//!
//! Three words, everywhere in this crate:
//!
//! * A **run** ([`Run`]) carries out one proof: it searches for a proof object, if the proof needs
//!   one, and counts.
//! * A **chunk** is the least that is counted at a time ([`CaseAnalysis::count`]).
//! * A **part** ([`Run::part`]) is what one of several workers counts of a proof that they share:
//!   part k of n, some of its chunks.

mod bound;
mod certainty;
mod certificate;
mod envelope;
mod margin;
mod meter;
mod object;
mod outcome;
mod run;
mod strict;
mod tally;
mod target;

pub use bound::Bound;
pub use certainty::Certainty;
use certificate::json_text;
pub use certificate::{
    Certificate, Evidence, MAX_CERTIFICATE_BYTES, ParseCertificateError, quoted_json,
};
pub(crate) use envelope::field;
pub use envelope::{Envelope, Mismatch, Second};
pub use margin::Margin;
pub use meter::{GivenUp, MAX_WORK, Meter};
pub use object::{Version, json_bytes};
pub use outcome::{About, Outcome, ShownOutcome, UpperBound};
#[cfg(test)]
pub(crate) use run::count_all;
pub use run::{Claimed, NoSuchPart, Run, Unproven};
pub use strict::{MAX_ARRAY, from_json};
pub use tally::{ParseTallyError, Tally};
pub use target::Target;
pub(crate) use target::power_of_ten;

use serde::Serialize;
use thiserror::Error;

/// A proof split into chunks that can be counted independently, in any order, on any thread.
pub trait CaseAnalysis: Send + Sync {
    /// How many chunks there are.
    fn chunks(&self) -> u64;

    /// Does a little of the search for a proof object; returns the fraction of the search that is
    /// done.
    /// Whatever is left of the search, the first call of [`Self::count`] does.
    fn search(&self) -> f64 {
        1.0
    }

    /// Counts the inputs that one chunk decides. A chunk takes less than 50 ms (but for cells on
    /// grids of 2048 bins and more), so that a caller can stop between two.
    ///
    /// # Panics
    /// If `chunk` is not below [`Self::chunks`].
    fn count(&self, chunk: u64) -> Tally;

    /// Bounds on the least margin of the inputs that a chunk decides; `None` where the proof bounds
    /// no margins. The lower bound takes as many FLOPs as [`Self::count`]: a minimum in place of
    /// each comparison.
    ///
    /// # Panics
    /// If there is no such chunk.
    fn margin(&self, _chunk: u64) -> Option<Margin> {
        None
    }

    /// What verifying the proof costs, once every chunk has been counted.
    fn cost(&self) -> Cost;

    /// What another program needs to check the proof, once every chunk has been counted.
    ///
    /// # Errors
    /// If nothing was found that could be checked: see [`Cost::failure`].
    fn evidence(&self) -> Result<Evidence, Failure>;

    /// Why the verification of a stranger's proof has been given up, if it has: then nothing is
    /// proven, and [`Self::count`] returns at once. A proof of our own is never given up.
    fn given_up(&self) -> Option<GivenUp> {
        None
    }
}

/// Why there is no proof object that its verifier accepts: nothing is proven then, and there is no
/// certificate. The sentence holds no numbers: code that prints them is large, and tells little
/// more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("nothing is proven: {0}")]
pub struct Failure(pub &'static str);

impl Failure {
    /// Evidence was asked for too early.
    pub(crate) const NOT_COUNTED: Self = Self("not all of its chunks have been counted");
}

/// What a proof costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Cost {
    /// The proof's length: FLOPs of its verification by the convention of [`crate::cost`].
    pub flops: f64,
    /// What every comparison leaves for rounding, in logits.
    pub slack: f64,
    /// Size of the proof object as JSON, in bytes; `None` where verification needs no proof object.
    pub proof_bytes: Option<usize>,
    /// Inputs that the proof leaves out of the cases it proves; `None` where it cannot.
    pub left_out: Option<u128>,
    /// FLOPs of verifying how many inputs are proven wrong, beside [`Self::flops`].
    pub upper_flops: f64,
    /// What each method of the proof contributes; empty where there is only one.
    pub contributions: Vec<Contribution>,
    /// Why nothing is proven, where a search found no proof object.
    pub failure: Option<Failure>,
}

/// What one method contributes to a proof that uses several.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Contribution {
    /// What the method does, for a person.
    pub what: &'static str,
    /// Cases that the method settles.
    pub cases: u64,
    /// Inputs that the method proves right, decimal.
    pub correct: String,
    /// FLOPs of the method.
    pub flops: f64,
}

impl Cost {
    /// The cost of a proof without a proof object, `flops` long, whose comparisons leave `slack`
    /// logits for rounding.
    #[must_use]
    pub fn new(flops: f64, slack: f64) -> Self {
        Self {
            flops,
            slack,
            proof_bytes: None,
            left_out: None,
            upper_flops: 0.0,
            contributions: Vec::new(),
            failure: None,
        }
    }
}
