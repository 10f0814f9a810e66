use super::search::loss_of;
use super::{Derived, Hints, Malformed, Method, Statement, derive};
use crate::proof::{MAX_CERTIFICATE_BYTES, ParseCertificateError};
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// What a method proves of a network, as a file that holds all that is needed to check it: the
/// network, the tokens and the hints. Nothing in it is trusted.
///
/// JSON; unknown fields are refused. `src/checker/FORMAT.md` documents the format.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// The format's version.
    pub certificate: Third,
    /// `superposition`.
    pub task: String,
    /// What is claimed, for a person; it follows from the other fields.
    pub theorem: String,
    /// How it is proven.
    pub method: Method,
    /// At least this number of tokens is answered right.
    pub certified: usize,
    /// Upper bound on the mean squared error of a token's outputs, in units of 2⁻³²; the largest
    /// `u64` claims nothing.
    pub loss: u64,
    /// Upper bounds, like `loss`, on the mean squared distance of hidden vectors to what their
    /// codes say and, of a crosscoder, of outputs. None are claimed by brute force, nor by older
    /// certificates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<u64>,
    /// The proof's length, which the theorem does not mention.
    pub flops: u64,
    /// The network and the tokens.
    pub statement: Statement,
    /// The proof object; empty for brute force.
    pub hints: Hints,
}

/// The format's version, 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Third;

impl TryFrom<u32> for Third {
    type Error = String;
    fn try_from(version: u32) -> Result<Self, String> {
        if version == 3 { Ok(Self) } else { Err(format!("format version {version}, expected 3")) }
    }
}

impl From<Third> for u32 {
    fn from(_: Third) -> Self {
        3
    }
}

/// What task certificates name.
const TASK: &str = "superposition";

/// The verdict on a certificate.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verified {
    /// Whether the claim is proven.
    pub accepted: bool,
    /// What is claimed.
    pub theorem: String,
    /// How.
    pub method: Method,
    /// The claimed number of tokens that are answered right.
    pub certified: usize,
    /// The number of tokens.
    pub tokens: usize,
    /// The claimed bound on the loss; none if nothing is claimed of it.
    pub loss: Option<f64>,
    /// The claimed bounds on the mean squared distance of each layer to what codes say of it; none
    /// where nothing is claimed.
    pub errors: Vec<Option<f64>>,
    /// Why the claim is not proven.
    pub reasons: Vec<String>,
}

/// What is claimed, in words.
fn theorem(certified: usize, tokens: usize, loss: u64, errors: &[u64]) -> String {
    let mut theorem = format!(
        "For at least {certified} of the {tokens} tokens, the network's largest output, without a tie, is \
         that of the token's largest feature (the first of several). The mean squared error of a \
         token's outputs is at most {loss} / 2^32."
    );
    for (layer, error) in ["hidden vectors", "outputs"].into_iter().zip(errors) {
        let _ = write!(
            theorem,
            " The mean squared distance of {layer} to what the codes say of them is at most {error} / 2^32."
        );
    }
    theorem
}

impl Certificate {
    /// The certificate of what `method` proves.
    ///
    /// # Panics
    /// If the statement or the hints do not pass their `check`.
    #[must_use]
    pub fn new(statement: Statement, hints: Hints, method: Method) -> Self {
        let hints = if method == Method::BruteForce { Hints::none() } else { hints };
        let Derived { certified, loss, errors, flops, .. } = derive(&statement, &hints, method);
        Self {
            certificate: Third,
            task: TASK.into(),
            theorem: theorem(certified, statement.tokens.len(), loss, &errors),
            method,
            certified,
            loss,
            errors,
            flops,
            statement,
            hints,
        }
    }

    /// What the certificate claims, in words: what its field `theorem` should say.
    #[must_use]
    pub fn claim(&self) -> String {
        theorem(self.certified, self.statement.tokens.len(), self.loss, &self.errors)
    }

    /// Reads a certificate from JSON.
    ///
    /// # Errors
    /// If the text is too long, or not a certificate of this version.
    pub fn read(json: &[u8]) -> Result<Self, ParseCertificateError> {
        if json.len() > MAX_CERTIFICATE_BYTES {
            return Err(ParseCertificateError::Long(json.len()));
        }
        Ok(serde_json::from_slice(json)?)
    }

    /// Writes the certificate as JSON.
    ///
    /// # Panics
    /// Never: every field has a JSON form.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a certificate is JSON")
    }

    /// Proves the claim again, and says what is wrong with it if that fails.
    #[must_use]
    pub fn verify(&self) -> Verified {
        let reasons = match self.check() {
            Ok(()) => self.reasons(),
            Err(malformed) => vec![malformed.to_string()],
        };
        Verified {
            accepted: reasons.is_empty(),
            theorem: self.claim(),
            method: self.method,
            certified: self.certified,
            tokens: self.statement.tokens.len(),
            loss: loss_of(self.loss),
            errors: self.errors.iter().copied().map(loss_of).collect(),
            reasons,
        }
    }

    /// Checks what the proof relies on.
    fn check(&self) -> Result<(), Malformed> {
        self.statement.check()?;
        match self.method {
            Method::BruteForce => Ok(()),
            _ => self.hints.check(&self.statement),
        }
    }

    /// What of the claim does not follow.
    fn reasons(&self) -> Vec<String> {
        let derived = derive(&self.statement, &self.hints, self.method);
        let mut reasons = Vec::new();
        let mut expect = |holds: bool, reason: String| {
            if !holds {
                reasons.push(reason);
            }
        };
        let expected = self.claim();
        expect(self.task == TASK, format!("`task` is not {TASK}"));
        expect(self.theorem == expected, format!("`theorem` does not say: {expected}"));
        expect(
            derived.certified >= self.certified,
            format!("`certified` is {}, proven are {}", self.certified, derived.certified),
        );
        expect(
            derived.loss <= self.loss,
            format!("`loss` is {}, proven is {}", self.loss, derived.loss),
        );
        let is_proven = self.errors.len() <= derived.errors.len()
            && derived.errors.iter().zip(&self.errors).all(|(proven, claimed)| proven <= claimed);
        expect(
            is_proven,
            format!("`errors` are {:?}, proven are {:?}", self.errors, derived.errors),
        );
        expect(
            derived.flops == self.flops,
            format!("`flops` is {}, the proof takes {}", self.flops, derived.flops),
        );
        reasons
    }
}
