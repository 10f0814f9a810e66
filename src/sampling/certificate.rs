use super::{Drawing, Key, Method, Plan, Sampled, StartingProof, Subject};
use crate::proof::{Certainty, MAX_CERTIFICATE_BYTES, ParseCertificateError, from_json};
use crate::weights::text::clipped;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A bound from samples as a file: all that was chosen, and what came out. Whoever checks it tosses
/// the coins again, runs the network on the inputs that they choose, and believes nothing else in
/// it.
///
/// JSON; unknown fields are refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampledCertificate {
    /// The format's version.
    pub certificate: Fourth,
    /// Always [`Certainty::Pac`].
    pub certainty: Certainty,
    /// What the network should compute.
    pub task: String,
    /// What is claimed, for a person; it follows from the other fields.
    pub theorem: String,
    /// SHA-256 of the weights' file, hexadecimal.
    pub sha256: String,
    /// What is assumed of the network beside its weights, and how its file is read.
    pub network: String,
    /// The strategy of the proof that is extended.
    pub proof: Option<String>,
    /// How inputs were drawn.
    pub method: Method,
    /// How many; at most, where the method may be stopped at any time.
    pub samples: u64,
    /// The probability with which the bound may fail, decimal.
    pub delta: String,
    /// What was entered to choose the coins.
    pub seed: String,
    /// Samples that were drawn, and those on which the network was right.
    pub drawn: u64,
    /// Samples on which the network was right.
    pub right: u64,
    /// At least this many inputs are answered right, decimal.
    pub correct: String,
    /// The number of all inputs, decimal.
    pub total: String,
    /// FLOPs of checking it.
    pub flops: u64,
}

/// The format's version, 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Fourth;

impl TryFrom<u32> for Fourth {
    type Error = String;
    fn try_from(version: u32) -> Result<Self, String> {
        if version == 4 { Ok(Self) } else { Err(format!("format version {version}, expected 4")) }
    }
}

impl From<Fourth> for u32 {
    fn from(_: Fourth) -> Self {
        4
    }
}

/// Why a certificate does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the certificate's `{field}` is {found}, expected {expected}")]
pub struct Differs {
    /// The field.
    pub field: &'static str,
    /// What the certificate says.
    pub found: String,
    /// What comes out.
    pub expected: String,
}

impl SampledCertificate {
    /// The certificate of a bound about a network.
    #[must_use]
    pub fn new(subject: &Subject, plan: &Plan, outcome: &Sampled) -> Self {
        let Sampled { planned, count, correct, .. } = outcome;
        Self {
            certificate: Fourth,
            certainty: Certainty::Pac,
            task: subject.task.into(),
            theorem: theorem(subject, outcome),
            sha256: subject.sha256.clone(),
            network: subject.network.clone(),
            proof: outcome.proof.clone(),
            method: plan.method,
            samples: plan.samples,
            delta: plan.delta.to_string(),
            seed: plan.seed.clone(),
            drawn: count.samples,
            right: count.right,
            correct: correct.clone(),
            total: planned.total.clone(),
            flops: whole(planned.flops),
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

    /// Whether a text says that it is a certificate of this version.
    #[must_use]
    pub fn is_one(json: &[u8]) -> bool {
        certificate_version(json) == Some(4)
    }

    /// Writes the certificate as JSON.
    ///
    /// # Panics
    /// Never: every field has a JSON form.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a certificate is JSON")
    }

    /// The plan that the certificate carries out, from the proof that it names.
    ///
    /// # Errors
    /// If its δ is no number.
    pub fn plan(&self, proof: Option<StartingProof>) -> Result<Plan, Differs> {
        let Self { method, samples, seed, .. } = self.clone();
        let delta = self.delta.parse().map_err(|_| Differs {
            field: "delta",
            found: clipped(&self.delta, 100),
            expected: "a number".into(),
        })?;
        Ok(Plan { method, samples, delta, seed, proof })
    }

    /// Draws again what the certificate says was drawn; `drawing` is new, and carries out its
    /// [`Self::plan`].
    ///
    /// # Errors
    /// If something else comes out.
    pub fn confirmed(&self, subject: &Subject, mut drawing: Drawing) -> Result<Sampled, Differs> {
        drawing.end_after(self.drawn);
        while drawing.advance() {}
        let drawn = drawing.count().samples;
        field("drawn", &self.drawn, &drawn)?;
        let outcome = drawing.outcome().ok_or_else(|| Differs {
            field: "drawn",
            found: drawn.to_string(),
            expected: self.samples.to_string(),
        })?;
        let expected = Self::new(subject, drawing.plan(), &outcome);
        field("task", &self.task, &expected.task)?;
        field("network", &self.network, &expected.network)?;
        field("right", &self.right, &expected.right)?;
        field("correct", &self.correct, &expected.correct)?;
        field("total", &self.total, &expected.total)?;
        field("delta", &self.delta, &expected.delta)?;
        field("flops", &self.flops, &expected.flops)?;
        field("theorem", &self.theorem, &expected.theorem)?;
        match self.certainty {
            Certainty::Pac => Ok(outcome),
            Certainty::Proof | Certainty::Estimate => Err(Differs {
                field: "certainty",
                found: "another one".into(),
                expected: "pac".into(),
            }),
        }
    }
}

/// The version of certificates that a text says it is of.
pub(crate) fn certificate_version(json: &[u8]) -> Option<u32> {
    #[derive(Deserialize)]
    struct Version {
        certificate: u32,
    }
    serde_json::from_slice(json).ok().map(|Version { certificate }| certificate)
}

/// Checks that a field says what comes out.
fn field<T: PartialEq + ToString>(
    field: &'static str,
    found: &T,
    expected: &T,
) -> Result<(), Differs> {
    if found == expected {
        return Ok(());
    }
    let [found, expected] = [found, expected].map(|x| clipped(&x.to_string(), 300));
    Err(Differs { field, found, expected })
}

/// A number of FLOPs, which is whole, up to `u64::MAX`. Numbers of the certificate are whole, so
/// that what writes them need not print floats, which takes much code.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at least 0")]
fn whole(flops: f64) -> u64 {
    flops.ceil() as u64
}

/// What is claimed, in words.
fn theorem(Subject { task, sha256, .. }: &Subject, outcome: &Sampled) -> String {
    let Sampled { planned, count, correct, .. } = outcome;
    let key = Key::of(&planned.statement).hex();
    let (total, delta, drawn) = (&planned.total, planned.delta, count.samples);
    format!(
        "Except with a probability of at most {delta} over coins, here those of ChaCha20 with the key {key}, which choose \
         {drawn} inputs: of the {total} inputs of the task {task}, the network whose weights file has the SHA-256 {sha256} \
         answers at least {correct} right, in exact real arithmetic."
    )
}
