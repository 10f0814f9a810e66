use super::additive::{Plan, PlanError};
use super::claimed_cubic::ClaimedCubic;
use super::object::{AdditiveProof, SubcubicProof};
use super::subcubic::{Proof, ProofError};
use super::{BruteForce, Cubic, MaxOfK, Pruning, Strategy, TaskError, UnknownStrategy};
use crate::proof::{
    CaseAnalysis, Certificate, Evidence, Failure, GivenUp, MAX_WORK, Outcome, Tally, Version,
    from_json, quoted_json,
};
use crate::transformer::{AttnScale, Shape};
use crate::weights::text::clipped;
use serde::Deserialize;
use serde_json::value::RawValue;
use thiserror::Error;

/// The task's name in certificates.
const TASK: &str = "max-of-k";

/// Why a certificate is not one of this model, or does not hold.
#[derive(Debug, Error)]
pub enum CertificateError {
    /// A field is not what the model, or the claim itself, asks for.
    #[error("the certificate's `{field}` is {found}, expected {expected}")]
    Field {
        /// Which.
        field: &'static str,
        /// What it says.
        found: String,
        /// What it should.
        expected: String,
    },
    /// It is about other weights.
    #[error(
        "the certificate is about the weights file with the SHA-256 {found}, this one has {expected}: open that file first"
    )]
    Weights {
        /// The certificate's.
        found: String,
        /// This model's.
        expected: String,
    },
    /// There is no such strategy.
    #[error(transparent)]
    Strategy(#[from] UnknownStrategy),
    /// It cannot be verified in reasonable time.
    #[error(transparent)]
    Task(#[from] TaskError),
    /// A proof object, or the table of cases, is not JSON of the right form.
    #[error("the certificate's `{field}`: {}", quoted_json(.error))]
    Json {
        /// Which.
        field: &'static str,
        /// What is wrong with it.
        error: serde_json::Error,
    },
    /// A sub-cubic proof object is not one of this model.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// An additive one is not.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// It claims too much.
    #[error("the certificate claims {claimed} right sequences, its proof proves {proven}")]
    Claim {
        /// So many.
        claimed: u128,
        /// Only so many.
        proven: u128,
    },
    /// Its proof is one of nothing.
    #[error("the certificate's proof does not hold: {0}")]
    Failure(#[from] Failure),
    /// Its verification was not run to the end.
    #[error(transparent)]
    GivenUp(#[from] GivenUp),
}

impl MaxOfK {
    /// The certificate of a finished proof about the weights file with this SHA-256 (hexadecimal), see
    /// [`super::ModelFacts::certified_sha256`].
    #[must_use]
    pub fn certificate(&self, sha256: &str, outcome: &Outcome, evidence: Evidence) -> Certificate {
        let Shape { v, n, .. } = self.shape();
        let (correct, sequences) =
            (outcome.bound.correct().to_string(), self.sequences.to_string());
        Certificate {
            certificate: Version,
            task: TASK.into(),
            theorem: theorem(v, n, sha256, &correct, &sequences),
            sha256: sha256.into(),
            network: Some(self.model.network()),
            v,
            n,
            strategy: outcome.strategy.clone(),
            correct,
            sequences,
            flops: outcome.flops,
            proof: evidence.proof,
            cases: evidence.cases,
        }
    }

    /// [`Self::claimed_within`] a limit on the work that a stranger's certificate may be verified with.
    ///
    /// # Errors
    /// As there.
    pub fn claimed(
        &self,
        sha256s: &[&str],
        certificate: &Certificate,
    ) -> Result<(Strategy, Box<dyn CaseAnalysis>), CertificateError> {
        self.claimed_within(sha256s, certificate, MAX_WORK)
    }

    /// The verification of what a certificate claims of a weights file with one of these SHA-256, all of which are of this
    /// model's files ([`super::ModelFacts::sha256s`]); run it, and then [`Self::confirmed`]. It gives itself up where it takes more than `most_work`, or is longer than it states.
    ///
    /// # Errors
    /// If the certificate is about other weights, contradicts itself, its proof object is not one of this model, or it states
    /// that it is longer than it may be.
    pub fn claimed_within(
        &self,
        sha256s: &[&str],
        certificate: &Certificate,
        most_work: u64,
    ) -> Result<(Strategy, Box<dyn CaseAnalysis>), CertificateError> {
        let Shape { v, n, .. } = self.shape();
        let Some(sha256) = sha256s.iter().find(|&sha256| *sha256 == certificate.sha256) else {
            let (found, expected) = (shortened(&certificate.sha256), sha256s.join(" or "));
            return Err(CertificateError::Weights { found, expected });
        };
        let field = |field: &'static str, found: String, expected: String| {
            let error = || CertificateError::Field {
                field,
                found: shortened(&found),
                expected: shortened(&expected),
            };
            if found == expected { Ok(()) } else { Err(error()) }
        };
        field("task", certificate.task.clone(), TASK.into())?;
        field("v", certificate.v.to_string(), v.to_string())?;
        field("n", certificate.n.to_string(), n.to_string())?;
        // Older certificates do not say it, and were all about models whose scores are divided by the root.
        if certificate.network.is_some() || self.model.attn_scale != AttnScale::RootOfDHead {
            let found = certificate.network.clone().unwrap_or_else(|| "absent".into());
            field("network", found, self.model.network())?;
        }
        field("sequences", certificate.sequences.clone(), self.sequences.to_string())?;
        certificate_count(certificate)?;
        field(
            "theorem",
            certificate.theorem.clone(),
            theorem(v, n, sha256, &certificate.correct, &certificate.sequences),
        )?;
        let strategy: Strategy = certificate.strategy.parse()?;
        let name =
            |found: Strategy| field("proof.strategy", found.to_string(), strategy.to_string());
        let none = |name: &'static str, part: &Option<Box<RawValue>>| match part {
            None => Ok(()),
            Some(json) => Err(CertificateError::Field {
                field: name,
                found: shortened(json.get()),
                expected: "null".into(),
            }),
        };
        // The length of brute force is a nominal one, which tells nothing of its work.
        if strategy != Strategy::BruteForce && certificate.flops > most_work as f64 {
            return Err(GivenUp::Work { most: most_work as f64 }.into());
        }
        if strategy != Strategy::Cubic {
            none("cases", &certificate.cases)?;
        }
        let analysis: Box<dyn CaseAnalysis> = match strategy {
            Strategy::BruteForce => {
                none("proof", &certificate.proof)?;
                self.feasible(strategy)?;
                Box::new(BruteForce::new(&self.model, Pruning::On).within(most_work))
            }
            Strategy::Cubic => {
                none("proof", &certificate.proof)?;
                Box::new(ClaimedCubic::new(
                    Cubic::new(&self.model),
                    part("cases", &certificate.cases)?,
                )?)
            }
            Strategy::Subcubic(_) => {
                let proof: Proof = part("proof", &certificate.proof)?;
                name(Strategy::Subcubic(proof.strategy))?;
                proof.check(&self.model)?;
                Box::new(SubcubicProof::given(self.clone(), proof))
            }
            Strategy::Additive(_) => {
                let plan: Plan = part("proof", &certificate.proof)?;
                name(Strategy::Additive(plan.strategy))?;
                plan.check(self.shape())?;
                Box::new(AdditiveProof::given(self, plan, certificate.flops, most_work))
            }
        };
        Ok((strategy, analysis))
    }

    /// What a certificate proves, once its verification has run to the end and found this.
    ///
    /// # Errors
    /// If that is less than it claims, takes another number of FLOPs, or was given up.
    pub fn confirmed(
        &self,
        certificate: &Certificate,
        (strategy, analysis): (Strategy, &dyn CaseAnalysis),
        tally: Tally,
        seconds: f64,
    ) -> Result<Outcome, CertificateError> {
        if let Some(why) = analysis.given_up() {
            return Err(why.into());
        }
        let outcome = self.outcome(strategy, tally, analysis.cost(), seconds);
        if let Some(failure) = outcome.failure {
            return Err(failure.into());
        }
        let (proven, claimed) = (outcome.bound.correct(), certificate_count(certificate)?);
        if claimed > proven {
            return Err(CertificateError::Claim { claimed, proven });
        }
        if certificate.flops.to_bits() != outcome.flops.to_bits() {
            let (found, expected) = (certificate.flops.to_string(), outcome.flops.to_string());
            return Err(CertificateError::Field { field: "flops", found, expected });
        }
        Ok(outcome)
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

/// How many right sequences a certificate claims.
fn certificate_count(Certificate { correct, .. }: &Certificate) -> Result<u128, CertificateError> {
    let number = correct.parse::<u128>().ok().filter(|number| number.to_string() == *correct);
    let (found, expected) = (|| shortened(correct), || "a whole number".into());
    number.ok_or_else(|| CertificateError::Field {
        field: "correct",
        found: found(),
        expected: expected(),
    })
}

/// A part of a certificate that has to be there.
fn part<'a, T: Deserialize<'a>>(
    field: &'static str,
    json: &'a Option<Box<RawValue>>,
) -> Result<T, CertificateError> {
    let missing = || {
        let (found, expected) = ("null".into(), "what a proof by this strategy has there".into());
        CertificateError::Field { field, found, expected }
    };
    let json = json.as_ref().ok_or_else(missing)?;
    from_json(json.get().as_bytes()).map_err(|error| CertificateError::Json { field, error })
}

/// The beginning of a text that may be as long as a file, and of anyone, for an error.
pub(super) fn shortened(text: &str) -> String {
    const MOST: usize = 300;
    clipped(text, MOST)
}
