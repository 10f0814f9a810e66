//! What people bring, whatever the task: weights files of any format, and what they say about them.

use super::{Kind, Refusal};
use crate::proof::Run;
use crate::sampling::SampledCertificate;

/// A weights file that someone brought, read as far as no module that proves can: those read
/// safetensors only. Nor do they contain what reads proof objects, so it is here that a claim is
/// checked.
pub trait Brought {
    /// The task of its network.
    fn kind(&self) -> Kind;

    /// What is known of the file, and of the network if it was read for that, as JSON: fields of
    /// [`TaskFacts`](super::TaskFacts).
    fn facts(&self) -> String;

    /// The network as a safetensors file, which the module of its task takes. Certificates are
    /// about that file if the one that was brought has another format.
    fn canonical(&self) -> Vec<u8>;

    /// Prepares the run that confirms a certificate about this file, see [`Run::confirmed`]. The
    /// run gives itself up where it takes more work than `most_work`.
    ///
    /// # Errors
    /// If the text is no certificate of the task, is about another file, contradicts itself, or has
    /// a proof object that is none of the network.
    fn claimed(&self, certificate: &[u8], most_work: u64) -> Result<Confirmation, Refusal>;

    /// Confirms a certificate of a bound with a residual that coins bound (version 5) about this
    /// file: tosses the coins again. What it proves, as JSON, see
    /// [`ResidualBound`](super::max_of_k::residual::ResidualBound).
    ///
    /// # Errors
    /// If it is no such certificate, takes more than `most_work`, or does not hold.
    fn tossed(&self, certificate: &[u8], most_work: u64) -> Result<String, Refusal> {
        let _ = (certificate, most_work);
        Err(Refusal::new("coins bound the residual of attention scores, which only Max-of-K has"))
    }

    /// Answers a question about the file, both in JSON.
    ///
    /// # Errors
    /// If it is no question of this task, or has no answer.
    fn ask(&self, question: &str) -> Result<String, Refusal>;
}

/// What confirms the claim of a certificate.
pub struct Confirmation {
    /// The run that confirms it.
    pub run: Run,
    /// The claim in words.
    pub theorem: String,
    /// What is assumed of the network because no file states it.
    pub network: String,
    /// How the file is read for the claim, in JSON; `None` of a task whose files are read in one
    /// way.
    pub read: Option<String>,
}

/// Refuses the certificate of a bound from samples, which is no run of a proof.
pub(super) fn refuse_sampled(certificate: &[u8]) -> Result<(), Refusal> {
    match SampledCertificate::is_one(certificate) {
        true => Err(Refusal::new(
            "the certificate is about a bound from samples: the page and `compact-proofs check` verify it by drawing again",
        )),
        false => Ok(()),
    }
}
