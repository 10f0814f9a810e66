//! What a family of strategies is. Each family's folder has one implementation, and the list in
//! `strategy.rs` names it.

use super::certificate::Claim;
use super::explain::{ExplainError, Explaining};
use super::subcubic::ProofError;
use super::{CertificateError, Class, MaxOfK, Pruning, Strategy, TaskError};
use crate::proof::CaseAnalysis;
use crate::transformer::Shape;
use serde::Serialize;
use std::fmt;

/// A strategy of some family: its names, what is known of it before it runs, and its proofs,
/// started here or claimed by a stranger.
///
/// [`fmt::Display`] writes the identifier, by which [`Self::named`] finds the strategy again.
pub(super) trait Family: fmt::Display {
    /// The strategies that a table of all lists.
    fn listed() -> Vec<Strategy>
    where
        Self: Sized;

    /// The strategy with the identifier `name`, listed or not.
    fn named(name: &str) -> Option<Strategy>
    where
        Self: Sized,
    {
        Self::listed().into_iter().find(|strategy| strategy.to_string() == name)
    }

    /// The identifiers of the family, for the error about an identifier that nobody has.
    fn names() -> String
    where
        Self: Sized;

    /// What the strategies of the family are, where there are many: a sentence.
    fn about() -> Option<String>
    where
        Self: Sized,
    {
        None
    }

    /// What all strategies of the family have in common.
    fn family(&self) -> &'static FamilyFacts;

    /// A short name for a person.
    fn label(&self) -> String;

    /// What the proof assumes of the model, for a student.
    fn idea(&self) -> String;

    /// How the cost of verification grows.
    fn class(&self) -> Class;

    /// Strategies of one group share what is searched for: one worker should prove them one after
    /// the other.
    fn group(&self) -> &'static str {
        self.family().name
    }

    /// What the strategy can be filtered by, beside its family and class. All strategies of a family
    /// have the same properties in the same order; no two have the same values.
    fn tags(&self) -> Vec<Tag> {
        Vec::new()
    }

    /// FLOPs of the proof's verification by the convention of [`crate::cost`], as exact as
    /// [`FamilyFacts::flops_are`] says.
    fn flops(&self, shape: Shape) -> f64;

    /// How many numbers the proof treats as arbitrary (arXiv 2406.11779, section 5).
    fn unexplained_dimension(&self, shape: Shape) -> f64;

    /// Whether the strategy can be run on the model of `task`.
    fn feasible(&self, _task: &MaxOfK) -> Result<(), TaskError> {
        Ok(())
    }

    /// Prepares a proof about the model of `task`.
    fn start(&self, task: &MaxOfK, pruning: Pruning) -> Box<dyn CaseAnalysis>;

    /// Prepares the verification of what a stranger's certificate claims. Not in the table of a
    /// `dyn Family`, so that a program that reads no certificates contains no verification of them.
    fn claimed(&self, claim: &Claim<'_>) -> Result<Box<dyn CaseAnalysis>, CertificateError>
    where
        Self: Sized;

    /// Proves, and keeps what is proven of each case. Not in the table of a `dyn Family`, so that a
    /// program that only proves contains no explanations.
    fn explained(&self, task: &MaxOfK) -> Result<Explaining, ExplainError>
    where
        Self: Sized;

    /// What the published formula claims, where [`FamilyFacts::has_published_count`].
    fn published_count(&self, _task: &MaxOfK) -> Result<Option<u128>, ProofError> {
        Ok(None)
    }
}

/// What all strategies of a family have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct FamilyFacts {
    /// The family's name: strategies with one name stand together in tables.
    #[serde(rename = "family")]
    pub name: &'static str,
    /// What filters call all strategies of the family, where they are of several classes.
    #[serde(skip)]
    pub wider: Option<&'static str>,
    /// Whether the family has many strategies, which are named only where they are pointed at; a
    /// strategy that is alone has a card of its own.
    pub one_of_many: bool,
    /// Whether the literature has the family.
    pub published: bool,
    /// Whether chunks of one proof may be counted by different workers: the proof's length does not
    /// depend on what they find.
    pub divisible: bool,
    /// How [`Family::flops`] compares with the FLOPs of the finished proof.
    pub flops_are: Limit,
    /// Whether the proof may look at every input, one by one. Its FLOPs are then nominal, and tell
    /// nothing of its time.
    pub visits_inputs: bool,
    /// Whether the authors' formula claims another count than is proven, which can be asked for.
    pub has_published_count: bool,
    /// What a user can choose.
    pub options: &'static [Switch],
}

/// How a number that is known beforehand compares with the number that is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Limit {
    Exact,
    AtMost,
    AtLeast,
}

/// A choice between on and off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Switch {
    /// The identifier.
    pub name: &'static str,
    /// What is on, for a person.
    pub label: &'static str,
    /// Whether it is on unless the user turns it off.
    pub default: bool,
}

/// A property of a strategy, for filters and for tables with a row or a column for each value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Tag {
    /// Which property.
    pub name: &'static str,
    /// Its value, for a person.
    pub value: &'static str,
    /// Where the value stands among all that the property may have: those that usually prove most
    /// come first.
    pub place: u8,
    /// What the value assumes of the model, for a student: a clause.
    pub idea: &'static str,
}
