use super::{Drawn, ResidualBound, ResidualPlan, verify};
use crate::proof::{MAX_CERTIFICATE_BYTES, ParseCertificateError, from_json};
use crate::sampling::{Differs, certificate_version};
use crate::tasks::max_of_k::MaxOfK;
use crate::tasks::max_of_k::subcubic::Proof;
use crate::tasks::{Kind, Refusal};
use crate::weights::text::clipped;
use serde::{Deserialize, Serialize};

/// A bound for which coins bound a residual, as a file. Whoever checks it tosses the coins again
/// and goes through the proof.
///
/// JSON; unknown fields are refused. `src/checker/FORMAT.md` documents the format.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResidualCertificate {
    /// The format's version.
    pub certificate: Fifth,
    /// `pac`.
    pub certainty: String,
    /// `max-of-k`.
    pub task: String,
    /// What is claimed, for a person; it follows from the other fields.
    pub theorem: String,
    /// SHA-256 of the weights' file, hexadecimal.
    pub sha256: String,
    /// What is assumed of the network beside its weights.
    pub network: String,
    /// What was drawn of the residual.
    pub drawn: Drawn,
    /// How many.
    pub samples: u64,
    /// The probability with which the bound may fail, decimal.
    pub delta: String,
    /// What was entered to choose the coins.
    pub seed: String,
    /// The proof object.
    pub proof: Proof,
    /// At least this many inputs are answered right, decimal.
    pub correct: String,
    /// The number of all inputs, decimal.
    pub total: String,
    /// FLOPs of checking it, rounded up.
    pub flops: u64,
}

/// The format's version, 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Fifth;

impl TryFrom<u32> for Fifth {
    type Error = String;
    fn try_from(version: u32) -> Result<Self, String> {
        if version == 5 { Ok(Self) } else { Err(format!("format version {version}, expected 5")) }
    }
}

impl From<Fifth> for u32 {
    fn from(_: Fifth) -> Self {
        5
    }
}

/// What certificates of this kind say of their certainty.
const PAC: &str = "pac";

impl ResidualCertificate {
    /// The certificate of what was proven.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at least 0")]
    pub fn new(
        task: &MaxOfK,
        sha256: &str,
        plan: &ResidualPlan,
        (found, proof): (&ResidualBound, Proof),
    ) -> Self {
        let (correct, total) = (found.bound.correct(), found.bound.total());
        let ResidualBound { key, delta, .. } = found;
        let theorem = format!(
            "Except with a probability of at most {delta} over coins, here those of ChaCha20 with the key {key}: of the {total} \
             sequences, the one-layer transformer whose weights file has the SHA-256 {sha256} answers at least {correct} with \
             their largest token, in exact real arithmetic."
        );
        Self {
            certificate: Fifth,
            certainty: PAC.into(),
            task: Kind::MaxOfK.id().into(),
            theorem,
            sha256: sha256.into(),
            network: task.model().network(),
            drawn: plan.drawn,
            samples: plan.samples,
            delta: plan.delta.to_string(),
            seed: plan.seed.clone(),
            proof,
            correct: correct.to_string(),
            total: total.to_string(),
            flops: found.flops.ceil() as u64,
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
        certificate_version(json) == Some(5)
    }

    /// Writes the certificate as JSON.
    ///
    /// # Panics
    /// Never: every field has a JSON form.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a certificate is JSON")
    }

    /// Draws again, and proves the claim again, about a network whose file has one of `sha256s`.
    ///
    /// # Errors
    /// If it is about another file, takes more FLOPs than `most_work`, or something else comes out.
    pub fn confirmed(
        &self,
        task: &MaxOfK,
        sha256s: &[&str],
        most_work: u64,
    ) -> Result<ResidualBound, Refusal> {
        let differs = |field, found: &str, expected: String| {
            Refusal::new(Differs { field, found: clipped(found, 300), expected })
        };
        if !sha256s.contains(&self.sha256.as_str()) {
            return Err(differs("sha256", &self.sha256, sha256s.join(" or ")));
        }
        let delta = self.delta.parse();
        let delta = delta.map_err(|_| differs("delta", &self.delta, "a number".into()))?;
        let (drawn, samples, seed) = (self.drawn, self.samples, self.seed.clone());
        let plan = ResidualPlan { drawn, samples, delta, seed };
        let work = plan.work(task).map_err(Refusal::new)?;
        if work > most_work as f64 {
            return Err(Refusal::new(crate::proof::GivenUp::Work { most: most_work as f64 }));
        }
        let found = verify(task, &self.sha256, &plan, &self.proof).map_err(Refusal::new)?;
        let expected = Self::new(task, &self.sha256, &plan, (&found, self.proof.clone()));
        let fields = [
            ("certainty", &self.certainty, expected.certainty),
            ("task", &self.task, expected.task),
            ("network", &self.network, expected.network),
            ("delta", &self.delta, expected.delta),
            ("correct", &self.correct, expected.correct),
            ("total", &self.total, expected.total),
            ("flops", &self.flops.to_string(), expected.flops.to_string()),
            ("theorem", &self.theorem, expected.theorem),
        ];
        let wrong = fields.into_iter().find(|(_, found, expected)| *found != expected);
        match wrong {
            Some((field, found, expected)) => Err(differs(field, found, clipped(&expected, 300))),
            None => Ok(found),
        }
    }
}
