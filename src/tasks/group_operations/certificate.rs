use super::active_sets::{ActiveSets, WalksError};
use super::best::{Best, Chosen};
use super::brute_force::BruteForce;
use super::coset::{ByCosets, CosetsError};
use super::group::{Group, name, natural};
use super::irrep::{CircuitsError, Irrep};
use super::low_rank::{FactorsError, LowRank};
use super::{Facts, GroupOperation, Options, Problem, Refused, Strategy, UnknownStrategy};
use crate::proof::{
    CaseAnalysis, Envelope, Evidence, Failure, GivenUp, Mismatch, ParseCertificateError, Run,
    Unproven, field, from_json, quoted_json,
};
use crate::tasks::task::to_json;
use crate::tasks::{Kind, LoadError};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use thiserror::Error;

/// What a certificate of this task says beside what every certificate says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The group whose products are right.
    pub group: Named,
    /// How the weights file is read, for all that its tensors cannot say.
    pub read: Options,
    /// The proof object as JSON; `None` for a strategy that needs none.
    pub proof: Option<Box<RawValue>>,
}

/// A group with numbered elements.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Named {
    /// The group of that name, its elements in the usual order.
    Name(String),
    /// The opposite of the group of that name, `x · y` there being `y · x` here.
    Opposite(String),
    /// The group with that Cayley table, row `x` holding the products `x · y`.
    Table(Vec<Vec<usize>>),
}

impl Claim {
    /// Reads the network that the claim is about: with the group that the file says or that the
    /// network computes, if it is the claim's, else with the claim's.
    fn network(
        &self,
        file: &str,
        bytes: &[u8],
    ) -> Result<(GroupOperation, Facts), LoadError<Problem>> {
        let found = GroupOperation::load(file, bytes, &self.read);
        match (&self.group, &found) {
            (group, Ok((task, _))) if Named::of(task.group()) == *group => found,
            (Named::Name(name) | Named::Opposite(name), _) => {
                let options = Options { group: Some(name.clone()), ..self.read.clone() };
                GroupOperation::load(file, bytes, &options)
            }
            (Named::Table(rows), _) => {
                let options = Options { cayley: Some(rows.clone()), ..self.read.clone() };
                GroupOperation::load(file, bytes, &options)
            }
        }
    }
}

/// The proof object in a JSON text.
fn object<T: DeserializeOwned>(json: &str) -> Result<T, CertificateError> {
    from_json(json.as_bytes())
        .map_err(|error| CertificateError::Json { field: "claim.proof", error })
}

impl Named {
    /// Names a group in the shortest way.
    #[must_use]
    pub fn of(group: &Group) -> Self {
        let named = name(group).and_then(|name| Some((natural(&name).ok()?, name)));
        match named {
            Some((usual, name)) if usual == *group => Self::Name(name),
            Some((usual, name)) if usual.opposite() == *group => Self::Opposite(name),
            _ => Self::Table(group.rows()),
        }
    }
}

/// Why a certificate is not one of a network.
#[derive(Debug, Error)]
pub enum CertificateError {
    /// The text is not a certificate.
    #[error(transparent)]
    Parse(#[from] ParseCertificateError),
    /// A field is not what the network, or the certificate itself, asks for.
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
    /// The weights file cannot be read in the way that the certificate says.
    #[error("read as the certificate says, {0}")]
    Load(#[from] LoadError<Problem>),
    /// What the task's own certificates say has another form.
    #[error("the certificate's `{field}`: {}", quoted_json(.error))]
    Json {
        /// The field's name.
        field: &'static str,
        /// What is wrong with its JSON.
        error: serde_json::Error,
    },
    /// There is no such strategy.
    #[error(transparent)]
    Strategy(#[from] UnknownStrategy),
    /// The strategy cannot be run on this network.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The factors are no proof object for this network.
    #[error(transparent)]
    Factors(#[from] FactorsError),
    /// The factors or orders are no proof object for this network.
    #[error(transparent)]
    Walks(#[from] WalksError),
    /// The circuits are no proof object for this network.
    #[error(transparent)]
    Circuits(#[from] CircuitsError),
    /// The cosets are no proof object for this network.
    #[error(transparent)]
    Cosets(#[from] CosetsError),
    /// Its verification takes more work than is allowed.
    #[error(transparent)]
    GivenUp(#[from] GivenUp),
    /// The certificate states another length than its proof has.
    #[error(transparent)]
    Length(#[from] Unproven),
}

impl GroupOperation {
    /// Opens the weights file that a certificate is about, in the way that it says, and prepares
    /// the run that confirms what it claims, see [`Run::confirmed`]: that run, what is known of the
    /// network as the certificate has it read, and the claim in words.
    ///
    /// # Errors
    /// If the text is not a certificate, the file cannot be read so, the certificate is about
    /// another file, contradicts itself, or has a proof object that is not one of this network, or
    /// if its verification takes more work than `most_work`.
    pub fn claimed(
        file: &str,
        bytes: &[u8],
        certificate: &[u8],
        most_work: u64,
    ) -> Result<(Run, Facts, String), CertificateError> {
        let certificate = Envelope::read(certificate)?;
        field("task", &certificate.task, Kind::GroupOperations.id())?;
        let claim: Claim = from_json(certificate.claim.get().as_bytes())
            .map_err(|error| CertificateError::Json { field: "claim", error })?;
        field("claim.read.group", &to_json(&claim.read.group), "null")?;
        field("claim.read.cayley", &to_json(&claim.read.cayley), "null")?;
        let (task, facts) = claim.network(file, bytes)?;
        let run = task.claimed_run(&facts.sha256s(), &certificate, &claim, most_work)?;
        Ok((run, facts, certificate.theorem))
    }

    /// Opens the weights file that a bound from samples is about: `network` says how, see
    /// [`Subject::network`](crate::sampling::Subject).
    ///
    /// # Errors
    /// If `network` says nothing of the kind, or the file cannot be read so.
    pub fn sampled(
        file: &str,
        bytes: &[u8],
        network: &str,
    ) -> Result<(Self, Facts), CertificateError> {
        let claim: Claim = from_json(network.as_bytes())
            .map_err(|error| CertificateError::Json { field: "network", error })?;
        field("network.read.group", &to_json(&claim.read.group), "null")?;
        field("network.read.cayley", &to_json(&claim.read.cayley), "null")?;
        Ok(claim.network(file, bytes)?)
    }

    fn claimed_run(
        &self,
        sha256s: &[&str],
        certificate: &Envelope,
        claim: &Claim,
        most_work: u64,
    ) -> Result<Run, CertificateError> {
        let expected = self.claim(None);
        field("claim.group", &to_json(&claim.group), &to_json(&expected.group))?;
        field("claim.read", &to_json(&claim.read), &to_json(&expected.read))?;
        let total = self.inputs();
        let theorem = theorem(claim, &certificate.sha256, &certificate.correct, &total.to_string());
        let kind = Kind::GroupOperations.id();
        let claimed = certificate.claimed(kind, sha256s, total, &theorem)?;
        let strategy: Strategy = certificate.strategy.parse()?;
        strategy.feasible(self)?;
        if claimed.flops > most_work as f64 {
            return Err(GivenUp::Work { most: most_work as f64 }.into());
        }
        let analysis = self.given(strategy, claim.proof.as_deref())?;
        // The length does not depend on what is counted: a proof that is longer than it says is not
        // begun.
        let counted = analysis.cost().flops;
        if counted.to_bits() != claimed.flops.to_bits() {
            return Err(Unproven::Flops { claimed: claimed.flops, counted }.into());
        }
        Ok(Run::new(self.about(strategy), analysis).claiming(claimed))
    }

    /// The proof by this strategy that a certificate gives.
    fn given(
        &self,
        strategy: Strategy,
        proof: Option<&RawValue>,
    ) -> Result<Box<dyn CaseAnalysis>, CertificateError> {
        let json = proof.map_or("null", RawValue::get);
        Ok(match strategy {
            Strategy::BruteForce(symmetry) => {
                field("claim.proof", json, "null")?;
                Box::new(BruteForce::new(self, symmetry))
            }
            Strategy::LowRankUnembed(rank) => {
                let given = LowRank::given(self, object(json)?)?;
                field("rank of the proof", &given.rank().to_string(), &rank.to_string())?;
                Box::new(given)
            }
            Strategy::ActiveSets(rank) => {
                let given = ActiveSets::given(self, object(json)?)?;
                field("rank of the proof", &given.rank().to_string(), &rank.to_string())?;
                Box::new(given)
            }
            Strategy::Best(target) => {
                let Chosen { strategy, proof } = object(json)?;
                let chosen: Strategy = strategy.parse()?;
                if matches!(chosen, Strategy::Best(_)) {
                    field("strategy that is chosen", &strategy, "a proof's own")?;
                }
                chosen.feasible(self)?;
                Box::new(Best::given(self, target, chosen, self.given(chosen, proof.as_deref())?))
            }
            Strategy::Coset => Box::new(ByCosets::given(self, object(json)?)?),
            Strategy::Irrep(method) => Box::new(Irrep::given(self, method, object(json)?)?),
        })
    }

    /// What a certificate says of this network, beside what every certificate says.
    pub(super) fn claim(&self, proof: Option<Box<RawValue>>) -> Claim {
        // The group is named once, and by what it is.
        let read = Options { group: None, cayley: None, ..self.read.clone() };
        Claim { group: Named::of(&self.group), read, proof }
    }

    /// The certificate of a finished run about the weights file with the SHA-256 `sha256`
    /// (hexadecimal).
    ///
    /// # Errors
    /// If the run found no proof object.
    ///
    /// # Panics
    /// If the run is not finished.
    pub fn certificate(&self, sha256: &str, run: &Run) -> Result<Envelope, Failure> {
        let Evidence { proof, .. } = run.evidence()?;
        let claim = self.claim(proof);
        let theorem = |correct: &str, total: &str| theorem(&claim, sha256, correct, total);
        Ok(Envelope::new(Kind::GroupOperations.id(), sha256, &run.outcome(), theorem, &claim))
    }
}

/// What a certificate claims, in words.
fn theorem(claim: &Claim, sha256: &str, correct: &str, total: &str) -> String {
    let group = match &claim.group {
        Named::Name(name) => format!("the group {name}"),
        Named::Opposite(name) => format!("the opposite of the group {name}"),
        Named::Table(table) => {
            format!("the group of {} elements with the given table", table.len())
        }
    };
    format!(
        "Of the {total} pairs x, y of elements of {group}, the network whose weights file has the \
         SHA-256 {sha256}{} answers at least {correct} with x · y: in exact real arithmetic, its \
         logit exceeds every other.",
        claim.read
    )
}
