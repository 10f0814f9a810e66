use super::additive::{Plan, PlanError};
use super::object::{AdditiveProof, SubcubicProof};
use super::subcubic::{Proof, ProofError};
use super::{MaxOfK, Strategy, TaskError, UnknownStrategy};
use crate::proof::{CaseAnalysis, Certificate, Evidence, Outcome, Tally, Version};
use crate::transformer::{AttnScale, Shape};
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
    /// A proof object is not JSON of the right form.
    #[error("the certificate's proof object: {0}")]
    Json(#[from] serde_json::Error),
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
}

impl MaxOfK {
    /// The certificate of a finished proof about the weights file with this SHA-256 (hexadecimal), see
    /// [`super::ModelFacts::certified_sha256`].
    #[must_use]
    pub fn certificate(&self, sha256: &str, outcome: &Outcome, evidence: Evidence) -> Certificate {
        let Shape { v, n, .. } = self.shape();
        let (correct, sequences) = (outcome.bound.correct().to_string(), self.sequences.to_string());
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

    /// The verification of what a certificate claims of a weights file with one of these SHA-256, all of which are of this
    /// model's files ([`super::ModelFacts::sha256s`]); run it, and then [`Self::confirmed`].
    ///
    /// # Errors
    /// If the certificate is about other weights, contradicts itself, or its proof object is not one of this model.
    pub fn claimed(
        &self,
        sha256s: &[&str],
        certificate: &Certificate,
    ) -> Result<(Strategy, Box<dyn CaseAnalysis>), CertificateError> {
        let Shape { v, n, .. } = self.shape();
        let Some(sha256) = sha256s.iter().find(|&sha256| *sha256 == certificate.sha256) else {
            let (found, expected) = (shortened(&certificate.sha256), sha256s.join(" or "));
            return Err(CertificateError::Weights { found, expected });
        };
        let field = |field: &'static str, found: String, expected: String| {
            let error = || CertificateError::Field { field, found: shortened(&found), expected: shortened(&expected) };
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
        field(
            "theorem",
            certificate.theorem.clone(),
            theorem(v, n, sha256, &certificate.correct, &certificate.sequences),
        )?;
        let strategy: Strategy = certificate.strategy.parse()?;
        let name = |found: Strategy| field("proof.strategy", found.to_string(), strategy.to_string());
        let text = |part: &Option<Box<RawValue>>| part.as_ref().map_or("null", |json| json.get()).to_owned();
        if !matches!(strategy, Strategy::Cubic) {
            field("cases", text(&certificate.cases), "null".into())?;
        }
        Ok(match strategy {
            Strategy::BruteForce | Strategy::Cubic => {
                field("proof", text(&certificate.proof), "null".into())?;
                let analysis = self.verification(strategy)?;
                // Made anew and compared to the letter: it is for checkers that cannot make it.
                field("cases", text(&certificate.cases), text(&analysis.evidence().cases))?;
                (strategy, analysis)
            }
            Strategy::Subcubic(_) => {
                let proof: Proof = serde_json::from_str(&text(&certificate.proof))?;
                name(Strategy::Subcubic(proof.strategy))?;
                proof.check(&self.model)?;
                (strategy, Box::new(SubcubicProof::given(self.clone(), proof)))
            }
            Strategy::Additive(_) => {
                let plan: Plan = serde_json::from_str(&text(&certificate.proof))?;
                name(Strategy::Additive(plan.strategy))?;
                plan.check(self.shape())?;
                (strategy, Box::new(AdditiveProof::given(self, plan)))
            }
        })
    }

    /// What a certificate proves, once its verification has run to the end and found this.
    ///
    /// # Errors
    /// If that is less than it claims, or takes another number of FLOPs.
    pub fn confirmed(
        &self,
        certificate: &Certificate,
        (strategy, analysis): (Strategy, &dyn CaseAnalysis),
        tally: Tally,
        seconds: f64,
    ) -> Result<Outcome, CertificateError> {
        let outcome = self.outcome(strategy, tally, analysis.cost(), seconds);
        let proven = outcome.bound.correct();
        let number =
            certificate.correct.parse::<u128>().ok().filter(|number| number.to_string() == certificate.correct);
        let claimed = number.ok_or_else(|| CertificateError::Field {
            field: "correct",
            found: shortened(&certificate.correct),
            expected: "a whole number".into(),
        })?;
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

/// The beginning of a text that may be as long as a file, for an error.
fn shortened(text: &str) -> String {
    const MOST: usize = 300;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into(),
    }
}
