use super::{Version, from_json};
use crate::weights::text::clipped;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use thiserror::Error;

/// A proven bound as a file: what is claimed, of which weights, and all that is needed to check it. Nothing in it is trusted.
///
/// JSON; unknown fields are refused. `src/checker/FORMAT.md` documents the format for those who write
/// other checkers.
#[derive(Clone, Debug, Serialize, Deserialize)]
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
    /// [`Transformer::network`](crate::transformer::Transformer::network): what is assumed of the network beside its weights.
    /// Older certificates do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
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
    /// The proof object as JSON; none of a strategy that needs none.
    pub proof: Option<Box<RawValue>>,
    /// What is proven of each case as JSON, where no proof object says so.
    pub cases: Option<Box<RawValue>>,
}

/// What a certificate holds beside its claim: see [`Certificate::proof`] and [`Certificate::cases`].
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The proof object.
    pub proof: Option<Box<RawValue>>,
    /// The table of cases.
    pub cases: Option<Box<RawValue>>,
}

/// Longer certificates are not read, bytes: hundreds of times what the gallery's take.
pub const MAX_CERTIFICATE_BYTES: usize = 16 << 20;

/// A text that is no certificate.
#[derive(Debug, Error)]
pub enum NoCertificate {
    /// It is too long.
    #[error("a certificate of {0} bytes, expected at most {MAX_CERTIFICATE_BYTES}")]
    Long(usize),
    /// It is not JSON of the right form.
    #[error("not a certificate: {}", quoted_json(.0))]
    Form(#[from] serde_json::Error),
}

impl Evidence {
    /// Of a proof that anyone can make anew from the model alone.
    #[must_use]
    pub fn none() -> Self {
        Self { proof: None, cases: None }
    }

    /// Of a proof that is this object.
    #[must_use]
    pub fn object(proof: &impl Serialize) -> Self {
        Self { proof: Some(json(proof)), cases: None }
    }

    /// Of a proof of these cases.
    #[must_use]
    pub fn cases(cases: &impl Serialize) -> Self {
        Self { proof: None, cases: Some(json(cases)) }
    }
}

/// What is wrong with a JSON text, fit for a terminal: it may repeat any piece of the text.
#[must_use]
pub fn quoted_json(error: &serde_json::Error) -> String {
    /// Names of all fields that were expected have room.
    const MOST: usize = 400;
    let whole = error.to_string();
    let text = clipped(&whole, MOST);
    if whole.chars().nth(MOST).is_none() {
        text
    } else {
        format!("{text} at line {} column {}", error.line(), error.column())
    }
}

fn json(value: &impl Serialize) -> Box<RawValue> {
    serde_json::value::to_raw_value(value).expect("numbers, names and lists have a JSON form")
}

impl Certificate {
    /// From JSON.
    ///
    /// # Errors
    /// If it is too long, or not a certificate.
    pub fn read(json: &[u8]) -> Result<Self, NoCertificate> {
        if json.len() > MAX_CERTIFICATE_BYTES {
            return Err(NoCertificate::Long(json.len()));
        }
        Ok(from_json(json)?)
    }

    /// As JSON.
    ///
    /// # Panics
    /// Never: all its parts have a JSON form.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a certificate is JSON")
    }
}
