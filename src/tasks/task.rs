//! What all that is not about one task knows of a task.

use super::{Kind, StrategyFacts};
use crate::proof::{Failure, Run};
use std::fmt;
use thiserror::Error;

/// Why a task refuses what it is asked for: the text of an error of its own.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct Refusal(String);

impl Refusal {
    /// A refusal with the text of an error.
    pub(super) fn new(why: impl fmt::Display) -> Self {
        Self(why.to_string())
    }
}

/// A network that is to be proven right, and the task that it should do.
///
/// What is proven, and what else can be asked, goes by names and by JSON: a page or a command line
/// shows them and need not understand them. What is known of a network and its file comes with it
/// when it is read, as [`TaskFacts`](super::TaskFacts).
pub trait Task: Send + Sync {
    /// Which task it is.
    fn kind(&self) -> Kind;

    /// What is known of a strategy, also of one that the facts do not list.
    ///
    /// # Errors
    /// If there is no such strategy.
    fn strategy_facts(&self, strategy: &str) -> Result<StrategyFacts, Refusal>;

    /// Prepares the run of a proof. `options` are the identifiers of those of the strategy's
    /// [switches](super::FamilyFacts::options) that are on; a strategy looks at no others.
    ///
    /// # Errors
    /// If there is no such strategy, or it cannot be run on this network.
    fn run(&self, strategy: &str, options: &[String]) -> Result<Run, Refusal>;

    /// The certificate of a finished run about the weights file with the SHA-256 `sha256`
    /// (hexadecimal), as JSON.
    ///
    /// # Errors
    /// If the run found no proof object.
    ///
    /// # Panics
    /// If the run is not finished.
    fn certificate(&self, sha256: &str, run: &Run) -> Result<String, Failure>;
}

/// What answers questions about a network, beside its proofs. A program that only proves contains
/// no answers, which may be larger than all proofs.
pub trait Answers: Send + Sync {
    /// Answers a question of the task's own, in JSON.
    ///
    /// # Errors
    /// If it is no question of this task, or has no answer.
    fn ask(&self, question: &dyn Question) -> Result<String, Refusal>;
}

/// A question: an object whose field `ask` says what is asked for. A task that needs no more than
/// its texts contains no reader of JSON for it, which would be large.
pub trait Question {
    /// The text of a field; `None` if there is no such field, or it holds something else.
    fn text(&self, field: &str) -> Option<String>;

    /// The whole object as JSON.
    fn json(&self) -> String;
}

impl Question for serde_json::Value {
    fn text(&self, field: &str) -> Option<String> {
        self.get(field)?.as_str().map(Into::into)
    }

    fn json(&self) -> String {
        self.to_string()
    }
}

/// An answer as JSON.
///
/// # Panics
/// Never: answers are numbers, names and lists.
pub(super) fn to_json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value)
        .unwrap_or_else(|_| unreachable!("numbers, names and lists have a JSON form"))
}
