//! What a family of strategies is. Each family's folder has one implementation, and the list in
//! `strategy.rs` names it.

use super::certificate::Claim;
use super::explain::{ExplainError, Explaining};
use super::subcubic::ProofError;
use super::{CertificateError, Class, MaxOfK, Pruning, Strategy, TaskError};
use crate::models::transformer::Shape;
use crate::proof::CaseAnalysis;
use crate::tasks::{FamilyFacts, Tag};
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

    /// What the strategy can be filtered by, beside its family and class. All strategies of a
    /// family have the same properties in the same order; no two have the same values.
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
