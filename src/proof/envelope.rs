use super::{Claimed, MAX_CERTIFICATE_BYTES, Outcome, ParseCertificateError, from_json, json_text};
use crate::weights::text::clipped;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use thiserror::Error;

/// A proven bound as a file, format version 2: what every task's certificates say, around what only
/// its own say. Nothing in it is trusted.
///
/// JSON; unknown fields are refused. `src/checker/FORMAT.md` documents the format for those who
/// write other checkers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// The format's version.
    pub certificate: Second,
    /// What the network should compute.
    pub task: String,
    /// What is claimed, for a person; it follows from the other fields.
    pub theorem: String,
    /// SHA-256 of the weights' file, hexadecimal.
    pub sha256: String,
    /// The strategy's name.
    pub strategy: String,
    /// At least this many inputs are answered right, decimal.
    pub correct: String,
    /// The number of all inputs, decimal.
    pub total: String,
    /// FLOPs of the verification by the convention of [`crate::cost`]: the proof's length, which
    /// the theorem does not mention.
    pub flops: f64,
    /// What the task's own certificates say, as JSON: the proof object among it.
    pub claim: Box<RawValue>,
}

/// Why a certificate is not one of a network.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Mismatch {
    /// A field is not what the network, or the certificate itself, asks for.
    #[error("the certificate's `{field}` is {found}, expected {expected}")]
    Field {
        /// The field's name.
        field: &'static str,
        /// What the field says.
        found: String,
        /// What the field should say.
        expected: String,
    },
    /// The certificate is about other weights.
    #[error(
        "the certificate is about the weights file with the SHA-256 {found}, this one has \
         {expected}: open that file first"
    )]
    Weights {
        /// The SHA-256 that the certificate names.
        found: String,
        /// The SHA-256 of the network's files.
        expected: String,
    },
}

/// The format's version, 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Second;

impl TryFrom<u32> for Second {
    type Error = String;
    fn try_from(version: u32) -> Result<Self, String> {
        if version == 2 { Ok(Self) } else { Err(format!("format version {version}, expected 2")) }
    }
}

impl From<Second> for u32 {
    fn from(_: Second) -> Self {
        2
    }
}

impl Envelope {
    /// The certificate of what a run gave about the weights file with the SHA-256 `sha256`;
    /// `theorem` says in words what is claimed of the counts `correct` and `total`.
    pub(crate) fn new(
        task: &str,
        sha256: &str,
        outcome: &Outcome,
        theorem: impl Fn(&str, &str) -> String,
        claim: &impl Serialize,
    ) -> Self {
        let [correct, total] =
            [outcome.bound.correct(), outcome.bound.total()].map(|count| count.to_string());
        Self {
            certificate: Second,
            task: task.into(),
            theorem: theorem(&correct, &total),
            sha256: sha256.into(),
            strategy: outcome.strategy.clone(),
            correct,
            total,
            flops: outcome.flops,
            claim: json_text(claim),
        }
    }

    /// Reads a certificate from JSON.
    ///
    /// # Errors
    /// If the text is too long, or not a certificate of this version.
    pub fn read(json: &[u8]) -> Result<Self, ParseCertificateError> {
        if json.len() > MAX_CERTIFICATE_BYTES {
            return Err(ParseCertificateError::Long(json.len()));
        }
        Ok(from_json(json)?)
    }

    /// What the certificate claims, if it is about a task, a weights file with one of `sha256s`,
    /// and a network with `total` inputs, and if its text is the `theorem` about these.
    ///
    /// # Errors
    /// If it is not.
    pub(crate) fn claimed(
        &self,
        task: &str,
        sha256s: &[&str],
        total: u128,
        theorem: &str,
    ) -> Result<Claimed, Mismatch> {
        if !sha256s.contains(&self.sha256.as_str()) {
            let (found, expected) = (shortened(&self.sha256), sha256s.join(" or "));
            return Err(Mismatch::Weights { found, expected });
        }
        field("task", &self.task, task)?;
        field("total", &self.total, &total.to_string())?;
        let correct = self.correct.parse::<u128>().ok();
        let correct = correct.filter(|number| number.to_string() == self.correct);
        let correct = correct.ok_or_else(|| Mismatch::Field {
            field: "correct",
            found: shortened(&self.correct),
            expected: "a whole number".into(),
        })?;
        field("theorem", &self.theorem, theorem)?;
        Ok(Claimed { correct, flops: self.flops })
    }

    /// Writes the certificate as JSON.
    ///
    /// # Panics
    /// Never: every field has a JSON form.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| unreachable!("a certificate is JSON"))
    }
}

/// Checks that a field says what it should.
pub(crate) fn field(name: &'static str, found: &str, expected: &str) -> Result<(), Mismatch> {
    if found == expected {
        return Ok(());
    }
    let (found, expected) = (shortened(found), shortened(expected));
    Err(Mismatch::Field { field: name, found, expected })
}

/// The beginning of a stranger's text, which may be as long as a file, for an error.
fn shortened(text: &str) -> String {
    const MOST: usize = 300;
    clipped(text, MOST)
}
