//! What every proof has in common, whatever its task.
//!
//! A proof is a case analysis: it counts, case by case, inputs on which the model is proven right. Counts are exact
//! integers, so they may be taken in any order, by any number of workers.

mod bound;
mod certificate;
mod meter;
mod object;
mod strict;

pub use bound::Bound;
pub use certificate::{Certificate, Evidence, MAX_CERTIFICATE_BYTES, NoCertificate, quoted_json};
pub use meter::{GivenUp, MAX_WORK, Meter};
pub use object::{Version, json_bytes};
pub use strict::{MAX_ARRAY, from_json};

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use std::fmt;
use std::iter::Sum;
use std::ops::Add;
use std::str::FromStr;
use thiserror::Error;

/// Inputs that a proof, or a part of one, decides.
///
/// As text, four decimal numbers in this order: workers tell each other what their chunks gave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Proven right.
    pub right: u128,
    /// Proven wrong.
    pub wrong: u128,
    /// Neither proven right nor wrong: of a proof that decides all others, all that is left; of other proofs what float64 alone would
    /// have said is right, where too little room is left for its rounding.
    pub lost: u128,
    /// Looked at one by one, whatever was found; none where the proof looks at cases.
    pub visited: u128,
}

/// A text that is no [`Tally`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("no tally, expected four whole numbers")]
pub struct NoTally;

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { right, wrong, lost, visited } = self;
        write!(f, "{right} {wrong} {lost} {visited}")
    }
}

impl FromStr for Tally {
    type Err = NoTally;
    fn from_str(text: &str) -> Result<Self, NoTally> {
        let numbers: Result<Vec<_>, _> = text.split(' ').map(str::parse).collect();
        match numbers.as_deref() {
            Ok(&[right, wrong, lost, visited]) => Ok(Self { right, wrong, lost, visited }),
            _ => Err(NoTally),
        }
    }
}

impl Tally {
    /// Of a proof that only tells of inputs that are right.
    #[must_use]
    pub fn right(right: u128) -> Self {
        Self { right, ..Self::default() }
    }
}

impl Add for Tally {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let Self { right, wrong, lost, visited } = other;
        Self {
            right: self.right + right,
            wrong: self.wrong + wrong,
            lost: self.lost + lost,
            visited: self.visited + visited,
        }
    }
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), Add::add)
    }
}

/// A proof split into chunks that can be counted independently, in any order, on any thread.
pub trait CaseAnalysis: Send + Sync {
    /// How many chunks there are.
    fn chunks(&self) -> u64;

    /// One small step of the search for a proof object; the part of the search that is done. What is left of it when the first
    /// chunk is counted, that does.
    fn search(&self) -> f64 {
        1.0
    }

    /// The inputs decided in one chunk. A chunk takes less than 50 ms (but for cells on grids of 2048 bins and more), so that a
    /// caller can stop between two.
    ///
    /// # Panics
    /// If `chunk` is not below [`Self::chunks`].
    fn count(&self, chunk: u64) -> Tally;

    /// What checking the proof costs, once every chunk has been counted.
    fn cost(&self) -> Cost;

    /// What another program needs to check it, once every chunk has been counted.
    ///
    /// # Errors
    /// If nothing was found that could be checked: see [`Cost::failure`].
    fn evidence(&self) -> Result<Evidence, Failure>;

    /// Why the proof, being a stranger's, has been given up, if it has: [`Self::count`] then does nothing any more, and nothing is
    /// proven. Of one of our own, never.
    fn given_up(&self) -> Option<GivenUp> {
        None
    }
}

/// Why there is no proof object that its verifier accepts: nothing is proven then, and there is no certificate. A sentence without
/// numbers, which cost more in a module for workers than they tell.
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
    /// What every comparison leaves for the rounding of its two sides, in logits.
    pub slack: f64,
    /// Size of the proof object as JSON; none where the verification needs no hints.
    pub proof_bytes: Option<usize>,
    /// Inputs that the proof leaves out of the cases it proves; none where it cannot.
    pub left_out: Option<u128>,
    /// FLOPs of the other side, beside: of verifying how many inputs are proven wrong.
    pub upper_flops: f64,
    /// What its parts contribute; none where it has no parts of different kinds.
    pub steps: Vec<Step>,
    /// Why nothing is proven, where a search found no proof object.
    pub failure: Option<Failure>,
}

/// A part of a proof.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// What is done, for a person.
    pub what: &'static str,
    /// Cases settled so.
    pub cases: u64,
    /// Inputs proven right by it, decimal.
    pub correct: String,
    /// FLOPs of it.
    pub flops: f64,
}

impl Cost {
    /// Of a proof without hints whose comparisons leave so much slack.
    #[must_use]
    pub fn new(flops: f64, slack: f64) -> Self {
        Self {
            flops,
            slack,
            proof_bytes: None,
            left_out: None,
            upper_flops: 0.0,
            steps: Vec::new(),
            failure: None,
        }
    }
}

/// The other side of a bound: no more inputs than this are answered right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UpperBound {
    /// That many, of all.
    pub most: Bound,
    /// FLOPs of proving it, beside those of the bound itself.
    pub flops: f64,
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
    /// What is known of the other side.
    #[serde(flatten, serialize_with = "upper_bound")]
    pub upper: Option<UpperBound>,
    /// What every comparison leaves for rounding, in logits.
    pub slack: f64,
    /// Inputs that are not proven because of that, see [`Tally::lost`].
    #[serde(serialize_with = "decimal")]
    pub lost: u128,
    /// Inputs that the model was run on, of a proof that runs it; the others were counted with what decides them together.
    #[serde(serialize_with = "optional_decimal")]
    pub visited: Option<u128>,
    /// What its parts contribute.
    pub steps: Vec<Step>,
    /// Inputs that the proof leaves out of the cases it proves.
    #[serde(skip)]
    pub left_out: Option<u128>,
    /// Why nothing is proven, where a search found no proof object.
    #[serde(skip)]
    pub failure: Option<Failure>,
}

impl Outcome {
    /// The same with what only a page wants.
    #[must_use]
    pub fn shown(self) -> ShownOutcome {
        let left_out = self.left_out.map(|count| count.to_string());
        let percent_above = self.upper.map(|upper| upper.most.percent_above(4));
        ShownOutcome { percent: self.bound.percent(4), percent_above, left_out, outcome: self }
    }
}

/// An exact integer as a decimal string: those of JSON and of JavaScript are floats.
fn decimal<S: Serializer>(count: &u128, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(count)
}

/// The same, or null.
fn optional_decimal<S: Serializer>(count: &Option<u128>, serializer: S) -> Result<S::Ok, S::Error> {
    count.map(|count| count.to_string()).serialize(serializer)
}

/// As `most_correct` (decimal), `upper_bound` (rounded up) and `upper_flops`; all null where nothing is known.
fn upper_bound<S: Serializer>(
    upper: &Option<UpperBound>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut fields = serializer.serialize_map(Some(3))?;
    fields.serialize_entry("most_correct", &upper.map(|upper| upper.most.correct().to_string()))?;
    fields.serialize_entry("upper_bound", &upper.map(|upper| upper.most.ratio_above()))?;
    fields.serialize_entry("upper_flops", &upper.map(|upper| upper.flops))?;
    fields.end()
}

/// An outcome as a page shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShownOutcome {
    #[serde(flatten)]
    outcome: Outcome,
    /// The bound in percent with four decimals, rounded down.
    percent: String,
    /// The upper bound in percent with four decimals, rounded up.
    percent_above: Option<String>,
    /// Inputs that the proof leaves out of the cases it proves, decimal.
    left_out: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::{NoTally, Tally};

    #[test]
    fn a_tally_is_told_in_decimal_and_read_back() {
        let tally = Tally { wrong: (1 << 53) + 1, ..Tally::right(u128::MAX) };
        let told = tally.to_string();
        assert_eq!(told, "340282366920938463463374607431768211455 9007199254740993 0 0");
        assert_eq!(told.parse(), Ok(tally));
        let damaged = [
            "",
            "1 2 3",
            "1 2 3 4 5",
            "1 2 3 4 ",
            "1  2 3 4",
            "1 2 3 -4",
            "1 2 3 4e3",
            "1 2 3 340282366920938463463374607431768211456",
        ];
        for text in damaged {
            assert_eq!(text.parse::<Tally>(), Err(NoTally), "{text}");
        }
    }
}
