use super::{Bound, Contribution, Cost, Failure, Tally};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

/// What a task says of one of its proofs before any chunk is counted.
#[derive(Clone, Debug, PartialEq)]
pub struct About {
    /// The strategy's identifier.
    pub strategy: String,
    /// The strategy's complexity class.
    pub class: String,
    /// The number of all inputs, at least 1.
    pub inputs: u128,
    /// How many numbers the proof treats as arbitrary.
    pub unexplained_dimension: f64,
    /// Whether the proof runs the model on inputs, which [`Tally::visited`] then counts.
    pub visits_inputs: bool,
    /// Whether several runs may each count a part of the proof: its cost does not depend on what
    /// its chunks find.
    pub is_divisible: bool,
}

/// An upper bound on the accuracy, beside the lower one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UpperBound {
    /// At most this many inputs are answered right.
    pub most: Bound,
    /// FLOPs of proving it, beside those of the lower bound.
    pub flops: f64,
}

/// What a finished run gave: a row of every table, in the words of the command line's `--json`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// The strategy's identifier.
    pub strategy: String,
    /// The strategy's complexity class.
    pub class: String,
    /// Inputs proven right, all inputs and their ratio.
    #[serde(flatten)]
    pub bound: Bound,
    /// The proof's length: FLOPs of its verification by the convention of [`crate::cost`].
    pub flops: f64,
    /// How many numbers the proof treats as arbitrary.
    pub unexplained_dimension: f64,
    /// Size of the proof object in bytes; `None` where verification needs no proof object.
    pub proof_bytes: Option<usize>,
    /// Wall time of search and verification.
    pub seconds: f64,
    /// The upper bound; `None` where the proof gives none.
    #[serde(flatten, serialize_with = "upper_bound")]
    pub upper: Option<UpperBound>,
    /// What every comparison leaves for rounding, in logits.
    pub slack: f64,
    /// Inputs that are not proven because of rounding, see [`Tally::lost`].
    #[serde(serialize_with = "decimal")]
    pub lost: u128,
    /// Inputs that the model was run on; `None` for a proof that does not run it.
    #[serde(serialize_with = "optional_decimal")]
    pub visited: Option<u128>,
    /// What each method of the proof contributes; empty where there is only one.
    #[serde(rename = "steps")]
    pub contributions: Vec<Contribution>,
    /// Inputs that the proof leaves out of the cases it proves; `None` where it cannot.
    #[serde(skip)]
    pub left_out: Option<u128>,
    /// Why nothing is proven, where the search found no proof object.
    #[serde(skip)]
    pub failure: Option<Failure>,
}

impl Outcome {
    /// Puts together what a task says of a proof, what its chunks counted, what it costs and how
    /// long it took.
    ///
    /// # Panics
    /// If more inputs are decided than there are.
    #[must_use]
    pub fn new(about: About, tally: Tally, cost: Cost, seconds: f64) -> Self {
        let About { strategy, class, inputs, unexplained_dimension, visits_inputs, .. } = about;
        let Tally { right, wrong, lost, visited } = tally;
        let upper = (wrong > 0 || right == inputs).then(|| UpperBound {
            most: Bound::new(inputs - wrong, inputs),
            flops: cost.upper_flops,
        });
        Self {
            strategy,
            class,
            bound: Bound::new(right, inputs),
            flops: cost.flops,
            unexplained_dimension,
            proof_bytes: cost.proof_bytes,
            seconds,
            upper,
            slack: cost.slack,
            lost,
            visited: visits_inputs.then_some(visited),
            contributions: cost.contributions,
            left_out: cost.left_out,
            failure: cost.failure,
        }
    }

    /// Adds what only a page shows.
    #[must_use]
    pub fn shown(self) -> ShownOutcome {
        let left_out = self.left_out.map(|count| count.to_string());
        let percent_above = self.upper.map(|upper| upper.most.percent_above(4));
        ShownOutcome { percent: self.bound.percent(4), percent_above, left_out, outcome: self }
    }
}

/// An exact integer as a decimal string: numbers of JSON and of JavaScript are floats.
fn decimal<S: Serializer>(count: &u128, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(count)
}

/// An exact integer as a decimal string, or null.
fn optional_decimal<S: Serializer>(count: &Option<u128>, serializer: S) -> Result<S::Ok, S::Error> {
    count.map(|count| count.to_string()).serialize(serializer)
}

/// Writes `most_correct` (decimal), `upper_bound` (rounded up) and `upper_flops`; all null where
/// there is no upper bound.
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
