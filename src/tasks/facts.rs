//! What pages and command lines know of a network and of its strategies, whatever the task.

use crate::frontier::{ClassRole, Marker};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What is known of a network's file before anything is proven. `Own` is what only its task knows:
/// in JSON its fields stand among the others.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TaskFacts<Own> {
    /// The file's name.
    pub file: String,
    /// The file's format.
    pub format: String,
    /// The file's size.
    pub bytes: usize,
    /// The file's SHA-256, hexadecimal.
    pub sha256: String,
    /// The SHA-256 of the network as a canonical safetensors file, which certificates name; none
    /// where the file is safetensors: then certificates name the file's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canonical_sha256: Option<String>,
    /// The number of all inputs, decimal.
    pub inputs: String,
    /// What only the task knows.
    #[serde(flatten)]
    pub own: Own,
    /// Numbers in the weights.
    pub parameters: usize,
    /// What no file says of its network, and is assumed.
    pub network: String,
    /// What the reader did to the file, and what it assumes, a sentence each.
    pub notes: Vec<String>,
    /// What the file says of itself.
    pub metadata: BTreeMap<String, String>,
    /// FLOPs of running the network on every input: the end of the linear baseline.
    pub baseline_flops: f64,
    /// The classes of strategies, in the order of legends.
    pub classes: Vec<ClassFacts>,
    /// What the strategies of a family are, a sentence for each family that has many.
    pub about: Vec<String>,
    /// What can be proven, and at what cost.
    pub strategies: Vec<StrategyFacts>,
}

impl<Own> TaskFacts<Own> {
    /// The SHA-256 that certificates about this network are made with.
    #[must_use]
    pub fn certified_sha256(&self) -> &str {
        self.canonical_sha256.as_ref().unwrap_or(&self.sha256)
    }

    /// Each SHA-256 that a certificate about this network may name. Older certificates name the
    /// file's own, whatever its format: that stands for the network just as well.
    #[must_use]
    pub fn sha256s(&self) -> Vec<&str> {
        self.canonical_sha256.iter().chain([&self.sha256]).map(String::as_str).collect()
    }
}

/// A class of strategies, for legends.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ClassFacts {
    /// The key, by which a strategy names its class.
    pub class: &'static str,
    /// The name as a heading.
    pub label: &'static str,
    /// The shape of the class's marks.
    pub marker: Marker,
    /// The kind of class that figures and legends give one colour.
    pub role: ClassRole,
    /// How the cost of verification grows.
    pub complexity: &'static str,
}

/// A strategy and what it would cost on a network.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StrategyFacts {
    /// The identifier.
    pub strategy: String,
    /// A short name for a person.
    pub label: String,
    /// What the proof assumes of the network, for a student.
    pub idea: String,
    /// What all strategies of the family have in common.
    #[serde(flatten)]
    pub family: FamilyFacts,
    /// Strategies of one group share what is searched for: one worker should prove them one after
    /// the other.
    pub group: &'static str,
    /// The key of the strategy's class.
    pub class: &'static str,
    /// What the strategy belongs to, from wide to narrow: what is published, the family, the class.
    pub categories: Vec<&'static str>,
    /// What else tables filter by.
    pub tags: Vec<Tag>,
    /// FLOPs of the proof's verification, as exact as [`FamilyFacts::flops_are`] says.
    pub flops: f64,
    /// How many numbers the proof treats as arbitrary.
    pub unexplained_dimension: f64,
    /// How many inputs the proof looks at one by one, at most; decimal.
    pub visits: Option<String>,
    /// Why the strategy cannot be run, if it cannot.
    pub refused: Option<String>,
}

/// What all strategies of a family have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct FamilyFacts {
    /// The family's name: strategies with one name stand together in tables.
    #[serde(rename = "family")]
    pub name: &'static str,
    /// What filters call all strategies of the family, where they are of several classes.
    #[serde(skip)]
    pub wider: Option<&'static str>,
    /// What the family's proofs prove.
    #[serde(skip_serializing_if = "Theorem::is_accuracy")]
    pub theorem: Theorem,
    /// Whether the family has many strategies, which are named only where they are pointed at; a
    /// strategy that is alone has a card of its own.
    pub one_of_many: bool,
    /// Whether the literature has the family.
    pub published: bool,
    /// Whether chunks of one proof may be counted by different workers: the proof's length does not
    /// depend on what they find.
    pub divisible: bool,
    /// How [`StrategyFacts::flops`] compare with the FLOPs of the finished proof.
    pub flops_are: Limit,
    /// Whether the proof may look at every input, one by one. Its FLOPs are then nominal, and tell
    /// nothing of its time.
    pub visits_inputs: bool,
    /// Whether the authors' formula claims another count than is proven, which can be asked for.
    pub has_published_count: bool,
    /// What a user can choose.
    pub options: &'static [Switch],
}

/// What a proof proves of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theorem {
    /// How many inputs are answered right, at least.
    Accuracy,
    /// How far the right logit is above every other on each input, at least.
    Margin,
    /// How far sums over neurons are from the integrals that they stand for, at most.
    Integral,
}

impl Theorem {
    /// Whether the theorem is the one that JSON leaves out.
    fn is_accuracy(&self) -> bool {
        *self == Self::Accuracy
    }
}

/// How a number that is known beforehand compares with the number that is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Limit {
    Exact,
    AtMost,
    AtLeast,
}

/// A choice between on and off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Switch {
    /// The identifier.
    pub name: &'static str,
    /// What is on, for a person.
    pub label: &'static str,
    /// Whether it is on unless the user turns it off.
    pub default: bool,
}

/// A property of a strategy, for filters and for tables with a row or a column for each value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Tag {
    /// Which property.
    pub name: &'static str,
    /// Its value, for a person.
    pub value: &'static str,
    /// Where the value stands among all that the property may have: those that usually prove most
    /// come first.
    pub place: u8,
    /// What the value assumes of the network, for a student: a clause.
    pub idea: &'static str,
}

/// The SHA-256 of `bytes` in hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("writing to a string does not fail");
        hex
    })
}
