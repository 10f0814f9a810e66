//! The tasks: what a model should compute, and how that is proven. Each task has a module. This
//! file is the list of them, as [`Kind`]; the others beside it hold what tasks share.

mod brought;
mod facts;
pub mod group_operations;
mod listed;
pub mod max_of_k;
mod problem;
mod sampling;
mod task;

pub use brought::{Brought, Confirmation};
pub use facts::{
    ClassFacts, FamilyFacts, Limit, StrategyFacts, Switch, Tag, TaskFacts, Theorem, sha256,
};
pub use problem::{LoadError, Problem};
pub use sampling::{Covering, ReadAs, Sampling, confirmed_sample, starting_proof};
pub use task::{Answers, Question, Refusal, Task};

use crate::weights::{self, WeightsFile};
use listed::Listed;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Makes the list of tasks: the variant of each, and the type that is it.
macro_rules! tasks {
    ($($(#[doc = $about:literal])* $kind:ident: $task:ty,)*) => {
        /// What a network should compute.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind {
            $($(#[doc = $about])* $kind,)*
        }

        impl Kind {
            /// All tasks.
            pub const ALL: [Self; [$(<$task as Listed>::ID),*].len()] = [$(Self::$kind),*];

            /// The task's name in certificates, addresses and on the command line.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self {
                    $(Self::$kind => <$task as Listed>::ID,)*
                }
            }

            fn recognises(self, weights: &WeightsFile<'_>) -> bool {
                match self {
                    $(Self::$kind => <$task as Listed>::recognises(weights),)*
                }
            }

            fn brought(self, file: &str, bytes: &[u8]) -> Result<Box<dyn Brought>, Refusal> {
                match self {
                    $(Self::$kind => <$task as Listed>::brought(file, bytes),)*
                }
            }

            /// Reads a file that says how another one is read, as JSON that the task's module
            /// takes.
            ///
            /// # Errors
            /// If the task has no such files, or this is none.
            pub fn reading(self, file: &str, bytes: &[u8]) -> Result<String, Refusal> {
                match self {
                    $(Self::$kind => <$task as Listed>::reading(file, bytes),)*
                }
            }

            /// Reads a network to sample from, of a safetensors file, as the module that proves
            /// does: `read` is what that module takes, if it takes anything.
            ///
            /// # Errors
            /// If the task samples nothing, or the file is no network of it.
            pub fn sampling(
                self,
                file: &str,
                bytes: &[u8],
                read: Option<&dyn ReadAs>,
            ) -> Result<Box<dyn Sampling>, Refusal> {
                match self {
                    $(Self::$kind => <$task as Listed>::sampling(file, bytes, read),)*
                }
            }
        }
    };
}

tasks! {
    /// The largest of K tokens, see [`max_of_k`].
    MaxOfK: max_of_k::MaxOfK,
    /// The product of two elements of a group, see [`group_operations`].
    GroupOperations: group_operations::GroupOperation,
}

/// A name that no task has.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("expected {}", Kind::ALL.map(Kind::id).join(" or "))]
pub struct UnknownTask;

impl Kind {
    /// The task whose networks have such tensors: the first one if no task has, for its messages
    /// say what a network should look like.
    #[must_use]
    pub fn of(weights: &WeightsFile<'_>) -> Self {
        let [first, others @ ..] = Self::ALL;
        others.into_iter().find(|kind| kind.recognises(weights)).unwrap_or(first)
    }

    /// The task of the network in a weights file of any format, as [`Self::of`]; the first one if
    /// the file cannot be read.
    #[must_use]
    pub fn of_file(bytes: &[u8]) -> Self {
        weights::read(bytes).map_or(Self::ALL[0], |weights| Self::of(&weights))
    }

    /// Reads a weights file of any format that someone brought; `file` names it in errors.
    ///
    /// # Errors
    /// If the file is damaged, or no network of the task that its tensors are taken for.
    pub fn read(file: &str, bytes: &[u8]) -> Result<Box<dyn Brought>, Refusal> {
        Self::of_file(bytes).brought(file, bytes)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for Kind {
    type Err = UnknownTask;
    fn from_str(id: &str) -> Result<Self, UnknownTask> {
        Self::ALL.into_iter().find(|kind| kind.id() == id).ok_or(UnknownTask)
    }
}
