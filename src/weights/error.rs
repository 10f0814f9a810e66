//! What can be wrong with a file, in words for the person who chose it.

use thiserror::Error;

use super::tensor::TensorError;
use super::text::quoted;

const EXPECTED: &str = "safetensors, a torch .pt/.pth, .npz or JSON";

/// Why a file is not read. The message says what was expected, what was found, and what to do where
/// something can be done.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum ReadError {
    /// The file has no bytes.
    #[error("the file is empty; expected {EXPECTED}")]
    Empty,
    /// The file starts like no known format.
    #[error("not a weights file: starts with {start}; expected {EXPECTED}")]
    UnknownFormat {
        /// The first bytes, in hexadecimal and as text.
        start: String,
    },
    /// The file is of a known kind that is not read.
    #[error("the file is {what}; expected {EXPECTED}: {advice}")]
    Foreign {
        /// The kind of file.
        what: String,
        /// What to do instead.
        advice: &'static str,
    },
    /// A program took the binary file for text and changed its bytes; the original cannot be
    /// restored.
    #[error(
        "the file is damaged, it was saved, copied or committed as text: {found}. Copy or download \
         the original again, as binary data; if it is kept in Git, put `*.pt binary` (the end of \
         its name) into .gitattributes first"
    )]
    SavedAsText {
        /// The trace that the change of bytes left.
        found: String,
    },
    /// The file exceeds one of the [limits](super::limits).
    #[error("{what}: {found}, the limit is {limit}")]
    TooLarge {
        /// What is counted, with its unit.
        what: String,
        /// The amount that the file has, or claims to have.
        found: u64,
        /// The largest amount that is accepted.
        limit: usize,
    },
    /// The file ends before a part that it announces.
    #[error(
        "{what} is cut short: {needed} more bytes should follow byte {at}, only {available} do ({} \
         are missing); copy or download the file again",
        needed.saturating_sub(*available as u64)
    )]
    Truncated {
        /// The part that is incomplete.
        what: String,
        /// Where the missing bytes should start, counted from the start of `what`.
        at: usize,
        /// The bytes that should follow `at`.
        needed: u64,
        /// The bytes that do follow.
        available: usize,
    },
    /// The file uses a feature of its format that is not read.
    #[error("{what}: {found} is not supported; {advice}")]
    Unsupported {
        /// The part of the file.
        what: String,
        /// The feature.
        found: String,
        /// What to do instead.
        advice: &'static str,
    },
    /// An entry among the weights, or beside them, is not read although it could be part of the
    /// network.
    #[error(
        "entry `{name}` is {found}: it could be a part of the network, so it is not left out \
         without a word; {advice}"
    )]
    Entry {
        /// The entry's name.
        name: String,
        /// What the entry is.
        found: String,
        /// What to do instead.
        advice: &'static str,
    },
    /// A part of the file contradicts its format.
    #[error("{what}: {problem}")]
    Malformed {
        /// The part of the file.
        what: String,
        /// What is wrong with it, and where.
        problem: String,
    },
    /// There is no dictionary of tensors where one is looked for.
    #[error(
        "no weights found: the file holds {found}; expected a dictionary from names to tensors, at \
         the root or under `state_dict`, `model` or `model_state_dict` (save `model.state_dict()`)"
    )]
    NoTensors {
        /// What is there instead, with its top-level keys.
        found: String,
    },
    /// The file describes a tensor that cannot be.
    #[error("tensor `{name}`: {problem}")]
    Tensor {
        /// The tensor's name.
        name: String,
        /// What is wrong with it.
        problem: TensorError,
    },
}

impl ReadError {
    pub(super) fn malformed(what: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Malformed { what: what.into(), problem: problem.into() }
    }

    pub(crate) fn unsupported(
        what: impl Into<String>,
        found: impl Into<String>,
        advice: &'static str,
    ) -> Self {
        Self::Unsupported { what: what.into(), found: found.into(), advice }
    }

    /// Adds the tensor's name to its problem.
    pub(super) fn tensor(name: &str) -> impl FnOnce(TensorError) -> Self + '_ {
        move |problem| Self::Tensor { name: quoted(name), problem }
    }
}
