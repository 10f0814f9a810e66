use super::additive::PlanError;
use super::subcubic::ProofError;
use super::{MaxOfK, Strategy, TaskError, UnknownStrategy};
use crate::models::transformer::{AttnScale, Shape};
use crate::proof::{
    Certificate, Claimed, Evidence, Failure, GivenUp, MAX_WORK, Run, Version, from_json,
    quoted_json,
};
use crate::weights::text::clipped;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use thiserror::Error;

/// The task's name in certificates.
const TASK: &str = "max-of-k";

/// Why a certificate is not one of this model.
#[derive(Debug, Error)]
pub enum CertificateError {
    /// A field is not what the model, or the claim itself, asks for.
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
        "the certificate is about the weights file with the SHA-256 {found}, this one has {expected}: open that file first"
    )]
    Weights {
        /// The SHA-256 that the certificate names.
        found: String,
        /// The SHA-256 of the model's files.
        expected: String,
    },
    /// There is no such strategy.
    #[error(transparent)]
    Strategy(#[from] UnknownStrategy),
    /// The certificate cannot be verified in reasonable time.
    #[error(transparent)]
    Task(#[from] TaskError),
    /// A proof object, or the table of cases, is not JSON of the right form.
    #[error("the certificate's `{field}`: {}", quoted_json(.error))]
    Json {
        /// The field's name.
        field: &'static str,
        /// What is wrong with its JSON.
        error: serde_json::Error,
    },
    /// A sub-cubic proof object is not one of this model.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// An additive proof object is not one of this model.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// Its verification takes more work than is allowed, or its table of cases has the wrong size.
    #[error(transparent)]
    GivenUp(#[from] GivenUp),
}

impl MaxOfK {
    /// The certificate of a finished run about the weights file with the SHA-256 `sha256`
    /// (hexadecimal), see [`super::ModelFacts::certified_sha256`].
    ///
    /// # Errors
    /// If the run found no proof object.
    ///
    /// # Panics
    /// If the run is not finished.
    pub fn certificate(&self, sha256: &str, run: &Run) -> Result<Certificate, Failure> {
        let Shape { v, n, .. } = self.shape();
        let (Evidence { proof, cases }, outcome) = (run.evidence()?, run.outcome());
        let (correct, sequences) =
            (outcome.bound.correct().to_string(), self.sequences.to_string());
        Ok(Certificate {
            certificate: Version,
            task: TASK.into(),
            theorem: theorem(v, n, sha256, &correct, &sequences),
            sha256: sha256.into(),
            network: Some(self.model.network()),
            v,
            n,
            strategy: outcome.strategy,
            correct,
            sequences,
            flops: outcome.flops,
            proof,
            cases,
        })
    }

    /// Prepares the run that confirms a stranger's certificate, [`Self::claimed_within`] the work
    /// [`MAX_WORK`].
    ///
    /// # Errors
    /// See [`Self::claimed_within`].
    pub fn claimed(
        &self,
        sha256s: &[&str],
        certificate: &Certificate,
    ) -> Result<Run, CertificateError> {
        self.claimed_within(sha256s, certificate, MAX_WORK)
    }

    /// Prepares the run that confirms what a certificate claims, see [`Run::confirmed`]. The
    /// certificate has to be about a weights file with one of `sha256s`, which are those of this
    /// model's files ([`super::ModelFacts::sha256s`]). The run gives itself up where it takes more
    /// work than `most_work`, or more FLOPs than the certificate states.
    ///
    /// # Errors
    /// If the certificate is about other weights, contradicts itself, has a proof object that is
    /// not one of this model, or states more FLOPs than `most_work`.
    pub fn claimed_within(
        &self,
        sha256s: &[&str],
        certificate: &Certificate,
        most_work: u64,
    ) -> Result<Run, CertificateError> {
        let Shape { v, n, .. } = self.shape();
        let Some(sha256) = sha256s.iter().find(|&sha256| *sha256 == certificate.sha256) else {
            let (found, expected) = (shortened(&certificate.sha256), sha256s.join(" or "));
            return Err(CertificateError::Weights { found, expected });
        };
        field("task", certificate.task.clone(), TASK.into())?;
        field("v", certificate.v.to_string(), v.to_string())?;
        field("n", certificate.n.to_string(), n.to_string())?;
        // Older certificates have no such field, and were all about models whose scores are divided
        // by the square root of d_head.
        if certificate.network.is_some() || self.model.attn_scale != AttnScale::RootOfDHead {
            let found = certificate.network.clone().unwrap_or_else(|| "absent".into());
            field("network", found, self.model.network())?;
        }
        field("sequences", certificate.sequences.clone(), self.sequences.to_string())?;
        let correct = certificate_count(certificate)?;
        field(
            "theorem",
            certificate.theorem.clone(),
            theorem(v, n, sha256, &certificate.correct, &certificate.sequences),
        )?;
        let strategy: Strategy = certificate.strategy.parse()?;
        let claim = Claim { task: self, strategy, certificate, most_work };
        let analysis = strategy.claimed(&claim)?;
        let claimed = Claimed { correct, flops: certificate.flops };
        Ok(Run::new(self.about(strategy), analysis).claiming(claimed))
    }
}

/// A certificate of a model whose theorem fits the model and itself, for the strategy's family to
/// take the evidence out of it.
pub(super) struct Claim<'a> {
    /// The model, for the task.
    pub(super) task: &'a MaxOfK,
    /// The strategy that the certificate names.
    pub(super) strategy: Strategy,
    /// The certificate.
    pub(super) certificate: &'a Certificate,
    /// The verification is to give itself up where it takes more work than this.
    pub(super) most_work: u64,
}

impl Claim<'_> {
    /// Checks that the certificate has neither a proof object nor a table of cases.
    pub(super) fn no_evidence(&self) -> Result<(), CertificateError> {
        absent("cases", &self.certificate.cases)?;
        absent("proof", &self.certificate.proof)
    }

    /// The proof object, the only evidence.
    pub(super) fn object<T: DeserializeOwned>(&self) -> Result<T, CertificateError> {
        self.is_within_work()?;
        absent("cases", &self.certificate.cases)?;
        present("proof", &self.certificate.proof)
    }

    /// The table of cases, the only evidence.
    pub(super) fn cases<T: DeserializeOwned>(&self) -> Result<T, CertificateError> {
        self.is_within_work()?;
        absent("proof", &self.certificate.proof)?;
        present("cases", &self.certificate.cases)
    }

    /// Checks that the proof object is one of the strategy that the certificate names.
    pub(super) fn is_of(&self, strategy: Strategy) -> Result<(), CertificateError> {
        field("proof.strategy", strategy.to_string(), self.strategy.to_string())
    }

    /// Checks the length that the certificate states. (The length of brute force is nominal, and
    /// tells nothing of its work.)
    fn is_within_work(&self) -> Result<(), CertificateError> {
        if self.certificate.flops > self.most_work as f64 {
            return Err(GivenUp::Work { most: self.most_work as f64 }.into());
        }
        Ok(())
    }
}

/// Checks that a field holds what the model, or the certificate itself, asks for.
fn field(name: &'static str, found: String, expected: String) -> Result<(), CertificateError> {
    if found == expected {
        return Ok(());
    }
    let (found, expected) = (shortened(&found), shortened(&expected));
    Err(CertificateError::Field { field: name, found, expected })
}

/// Checks that the certificate leaves out a kind of evidence.
fn absent(name: &'static str, json: &Option<Box<RawValue>>) -> Result<(), CertificateError> {
    match json {
        None => Ok(()),
        Some(json) => Err(CertificateError::Field {
            field: name,
            found: shortened(json.get()),
            expected: "null".into(),
        }),
    }
}

/// What a certificate claims, in words.
fn theorem(v: usize, n: usize, sha256: &str, correct: &str, sequences: &str) -> String {
    format!(
        "Of the {sequences} sequences of length {n} over {v} tokens, the one-layer transformer whose weights file has the \
         SHA-256 {sha256} answers at least {correct} with their largest token: in exact real arithmetic, its logit at the \
         last position exceeds every other."
    )
}

/// The number of right sequences that a certificate claims.
fn certificate_count(Certificate { correct, .. }: &Certificate) -> Result<u128, CertificateError> {
    let number = correct.parse::<u128>().ok().filter(|number| number.to_string() == *correct);
    let (found, expected) = (|| shortened(correct), || "a whole number".into());
    number.ok_or_else(|| CertificateError::Field {
        field: "correct",
        found: found(),
        expected: expected(),
    })
}

/// The evidence that a certificate must hold in the field `field`.
fn present<T: DeserializeOwned>(
    field: &'static str,
    json: &Option<Box<RawValue>>,
) -> Result<T, CertificateError> {
    let missing = || {
        let (found, expected) = ("null".into(), "what a proof by this strategy has there".into());
        CertificateError::Field { field, found, expected }
    };
    let json = json.as_ref().ok_or_else(missing)?;
    from_json(json.get().as_bytes()).map_err(|error| CertificateError::Json { field, error })
}

/// The beginning of a stranger's text, which may be as long as a file, for an error.
pub(super) fn shortened(text: &str) -> String {
    const MOST: usize = 300;
    clipped(text, MOST)
}
