use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A proven bound as a file: what is claimed, of which weights, and all that is needed to check it. Nothing in it is trusted.
///
/// JSON; unknown fields are refused. `README.md` documents the format for those who write other checkers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// The format's version.
    pub certificate: Version,
    /// What the model should compute.
    pub task: String,
    /// What is claimed, for a person; it follows from the other fields.
    pub theorem: String,
    /// SHA-256 of the weights' file, hexadecimal.
    pub sha256: String,
    /// Vocabulary.
    pub v: usize,
    /// Context.
    pub n: usize,
    /// The strategy's name.
    pub strategy: String,
    /// At least so many inputs are answered right, decimal.
    pub correct: String,
    /// All inputs, decimal.
    pub sequences: String,
    /// FLOPs of the verification by the convention of [`crate::cost`]: the proof's length, no part of the theorem.
    pub flops: f64,
    /// The proof object; null of a strategy that needs none.
    pub proof: Value,
    /// What is proven of each case, where no proof object says so; null otherwise.
    pub cases: Value,
}

/// What a certificate holds beside its claim: see [`Certificate::proof`] and [`Certificate::cases`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    /// The proof object.
    pub proof: Value,
    /// The table of cases.
    pub cases: Value,
}

/// The format's version, 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Version;

impl TryFrom<u32> for Version {
    type Error = String;
    fn try_from(version: u32) -> Result<Self, String> {
        if version == 1 { Ok(Self) } else { Err(format!("format version {version}, expected 1")) }
    }
}

impl From<Version> for u32 {
    fn from(_: Version) -> Self {
        1
    }
}

impl Certificate {
    /// As JSON.
    ///
    /// # Panics
    /// Never: all its parts have a JSON form.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a certificate is JSON")
    }
}
