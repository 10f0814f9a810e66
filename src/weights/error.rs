//! What can be wrong with a file, in words for the person who chose it.

use std::fmt::Display;

use thiserror::Error;

use super::limits::{MAX_NAME_BYTES, MAX_QUOTED_CHARS, MAX_START_BYTES};
use super::tensor::TensorError;

const EXPECTED: &str = "safetensors, a torch .pt/.pth, .npz or JSON";

/// Why a file is not read. The text says what was expected, what was found and, where there is something to do, what.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum ReadError {
    /// No bytes at all.
    #[error("the file is empty; expected {EXPECTED}")]
    Empty,
    /// No format that is read starts like this.
    #[error("not a weights file: starts with {start}; expected {EXPECTED}")]
    UnknownFormat {
        /// The first bytes, in hexadecimal and as text.
        start: String,
    },
    /// A kind of file that is known, and not read.
    #[error("the file is {what}; expected {EXPECTED}: {advice}")]
    Foreign {
        /// The kind.
        what: String,
        /// What to do instead.
        advice: &'static str,
    },
    /// Binary data that a program took for text: what it was is lost.
    #[error(
        "the file is damaged, it was saved, copied or committed as text: {found}. Copy or download the original again, as \
         binary data; if it is kept in Git, put `*.pt binary` (the end of its name) into .gitattributes first"
    )]
    SavedAsText {
        /// What shows it.
        found: String,
    },
    /// A limit of [`super::limits`] is exceeded.
    #[error("{what}: {found}, the limit is {limit}")]
    TooLarge {
        /// What is counted, with its unit.
        what: String,
        /// How much of it the file has, or claims to have.
        found: u64,
        /// How much is accepted.
        limit: usize,
    },
    /// The file ends before something that it announces.
    #[error(
        "{what} is cut short: {needed} more bytes should follow byte {at}, only {available} do ({} are missing); copy or \
         download the file again",
        needed.saturating_sub(*available as u64)
    )]
    Truncated {
        /// The part that is incomplete.
        what: String,
        /// Where the missing piece starts, counted from the start of that part.
        at: usize,
        /// Its bytes.
        needed: u64,
        /// The bytes that are there.
        available: usize,
    },
    /// Well-formed perhaps, but a feature that is not read.
    #[error("{what}: {found} is not supported; {advice}")]
    Unsupported {
        /// The part of the file.
        what: String,
        /// The feature.
        found: String,
        /// What to do instead.
        advice: &'static str,
    },
    /// An entry of the dictionary that holds the weights which is no tensor that is read: leaving it out could change the network.
    #[error(
        "entry `{name}` is {found}: it could be a part of the network, so it is not left out without a word; {advice}"
    )]
    Entry {
        /// Its name.
        name: String,
        /// What it is.
        found: String,
        /// What to do instead.
        advice: &'static str,
    },
    /// Contradicts its own format.
    #[error("{what}: {problem}")]
    Malformed {
        /// The part of the file.
        what: String,
        /// What is wrong with it, and where.
        problem: String,
    },
    /// No dictionary of tensors where one is looked for.
    #[error(
        "no weights found: the file holds {found}; expected a dictionary from names to tensors, at the root or under \
         `state_dict`, `model` or `model_state_dict` (save `model.state_dict()`)"
    )]
    NoTensors {
        /// What is there instead, with the names of the top-level keys if there are any.
        found: String,
    },
    /// One tensor cannot be what the file says it is.
    #[error("tensor `{name}`: {problem}")]
    Tensor {
        /// Its name.
        name: String,
        /// What is wrong.
        problem: TensorError,
    },
}

impl ReadError {
    /// Of a file that starts like none that is known.
    pub(super) fn unknown(bytes: &[u8]) -> Self {
        let start = &bytes[..bytes.len().min(MAX_START_BYTES)];
        let hex: String = start.iter().map(|byte| format!("{byte:02x}")).collect();
        Self::UnknownFormat { start: format!("0x{hex} (\"{}\")", start.escape_ascii()) }
    }
    pub(super) fn malformed(what: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Malformed { what: what.into(), problem: problem.into() }
    }
    pub(super) fn unsupported(
        what: impl Into<String>,
        found: impl Into<String>,
        advice: &'static str,
    ) -> Self {
        Self::Unsupported { what: what.into(), found: found.into(), advice }
    }
    /// Puts the tensor's name to what is wrong with it.
    pub(super) fn tensor(name: &str) -> impl FnOnce(TensorError) -> Self + '_ {
        move |problem| Self::Tensor { name: quoted(name), problem }
    }
}

/// A piece of the file for a message: no control characters, and not longer than [`MAX_QUOTED_CHARS`].
pub(crate) fn quoted(text: &str) -> String {
    clipped(text, MAX_QUOTED_CHARS)
}

/// A piece of any length.
pub(crate) fn clipped(text: &str, most_chars: usize) -> String {
    let mut chars = text.chars();
    // Characters that turn the direction of text around could make it read as another one.
    let turns = |c| matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let clean = |c: char| if c.is_control() || turns(c) { '\u{fffd}' } else { c };
    let mut out: String = chars.by_ref().take(most_chars).map(clean).collect();
    if chars.next().is_some() {
        out.push('…');
    }
    out
}

/// The same of bytes that may be no text, without copying all of them.
pub(super) fn quoted_bytes(bytes: &[u8]) -> String {
    /// Longest character in UTF-8.
    const CHAR_BYTES: usize = 4;
    // One character more than is quoted: that is marked.
    let start = &bytes[..bytes.len().min(CHAR_BYTES * (MAX_QUOTED_CHARS + 1))];
    quoted(&String::from_utf8_lossy(start))
}

/// Of a name of more than [`MAX_NAME_BYTES`], the numbers first: where the message is quoted, its end may be cut.
pub(super) fn long_name(name: &str) -> String {
    format!("a name of {} bytes, the limit is {MAX_NAME_BYTES}: `{}`", name.len(), quoted(name))
}

/// "the keys `a`, `b` and 7 more", for a message.
pub(super) fn key_list<'k>(kind: &str, keys: impl Iterator<Item = &'k str>) -> String {
    let mut keys = keys.peekable();
    if keys.peek().is_none() {
        return format!("{kind} without keys");
    }
    let shown: Vec<_> = keys
        .by_ref()
        .take(super::limits::MAX_NAMES_SHOWN)
        .map(|key| format!("`{}`", quoted(key)))
        .collect();
    let more = match keys.count() {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    format!("{kind} with the keys {}{more}", shown.join(", "))
}

/// "`a`, `b` and 7 more", for a message; the names are fit for one.
pub(super) fn list(names: &[String]) -> String {
    let shown: Vec<_> =
        names.iter().take(super::limits::MAX_NAMES_SHOWN).map(String::as_str).collect();
    match names.len() - shown.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// "64×32", and "scalar" for no dimensions.
pub(super) fn dimensions<T: Display>(shape: &[T]) -> String {
    match shape {
        [] => "scalar".into(),
        _ => shape.iter().map(T::to_string).collect::<Vec<_>>().join("×"),
    }
}
