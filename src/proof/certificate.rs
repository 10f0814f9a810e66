use super::{Version, from_json};
use crate::weights::text::clipped;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use thiserror::Error;

/// A proven bound as a file: what is claimed, about which weights, and all that is needed to check
/// it. Nothing in it is trusted.
///
/// JSON; unknown fields are refused. `src/checker/FORMAT.md` documents the format for those who
/// write other checkers.
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
    /// [`Transformer::network`](crate::models::transformer::Transformer::network): what is assumed
    /// of the network beside its weights. Older certificates do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
    /// Vocabulary.
    pub v: usize,
    /// Context.
    pub n: usize,
    /// The strategy's name.
    pub strategy: String,
    /// At least this many inputs are answered right, decimal.
    pub correct: String,
    /// The number of all inputs, decimal.
    pub sequences: String,
    /// FLOPs of the verification by the convention of [`crate::cost`]: the proof's length, which
    /// the theorem does not mention.
    pub flops: f64,
    /// The proof object as JSON; `None` for a strategy that needs no proof object.
    pub proof: Option<Box<RawValue>>,
    /// What is proven of each case as JSON, where no proof object says it.
    pub cases: Option<Box<RawValue>>,
}

/// What a certificate holds beside its claim: [`Certificate::proof`] and [`Certificate::cases`].
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The proof object.
    pub proof: Option<Box<RawValue>>,
    /// The table of cases.
    pub cases: Option<Box<RawValue>>,
}

/// Size of the longest certificate that is read, in bytes: hundreds of times those of the gallery.
pub const MAX_CERTIFICATE_BYTES: usize = 16 << 20;

/// Why a text is not a certificate.
#[derive(Debug, Error)]
pub enum ParseCertificateError {
    /// The text is too long.
    #[error("a certificate of {0} bytes, expected at most {MAX_CERTIFICATE_BYTES}")]
    Long(usize),
    /// The text is not JSON of the right form.
    #[error("not a certificate: {}", quoted_json(.0))]
    Form(#[from] serde_json::Error),
}

impl Evidence {
    /// No evidence: anyone can make the proof anew from the model alone.
    #[must_use]
    pub fn none() -> Self {
        Self { proof: None, cases: None }
    }

    /// The evidence of a proof that is given by a proof object.
    #[must_use]
    pub fn object(proof: &impl Serialize) -> Self {
        Self { proof: Some(json_text(proof)), cases: None }
    }

    /// The evidence of a proof that is given by a table of cases.
    #[must_use]
    pub fn cases(cases: &impl Serialize) -> Self {
        Self { proof: None, cases: Some(json_text(cases)) }
    }
}

/// What is wrong with a JSON text, made fit for a terminal: serde's message may repeat any passage
/// of the text.
#[must_use]
pub fn quoted_json(error: &serde_json::Error) -> String {
    /// Characters; enough for the names of all fields that were expected.
    const MOST: usize = 400;
    let whole = error.to_string();
    let text = clipped(&whole, MOST);
    if whole.chars().nth(MOST).is_none() {
        text
    } else {
        format!("{text} at line {} column {}", error.line(), error.column())
    }
}

/// A value as JSON.
pub(super) fn json_text(value: &impl Serialize) -> Box<RawValue> {
    serde_json::value::to_raw_value(value)
        .unwrap_or_else(|_| unreachable!("numbers, names and lists have a JSON form"))
}

impl Certificate {
    /// Reads a certificate from JSON.
    ///
    /// # Errors
    /// If the text is too long, or not a certificate.
    pub fn read(json: &[u8]) -> Result<Self, ParseCertificateError> {
        if json.len() > MAX_CERTIFICATE_BYTES {
            return Err(ParseCertificateError::Long(json.len()));
        }
        Ok(from_json(json)?)
    }

    /// Writes the certificate as JSON.
    ///
    /// # Panics
    /// Never: every field has a JSON form.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a certificate is JSON")
    }
}
