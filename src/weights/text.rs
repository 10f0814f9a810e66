//! Text of untrusted files, made fit for messages: nothing that is shown is long or controls a
//! terminal.

use std::borrow::Borrow;
use std::fmt::Display;

use super::limits::{MAX_NAME_BYTES, MAX_NAMES_SHOWN, MAX_QUOTED_CHARS};

/// `text` without control characters, cut after [`MAX_QUOTED_CHARS`].
pub(crate) fn quoted(text: &str) -> String {
    clipped(text, MAX_QUOTED_CHARS)
}

/// `text` without control characters, cut after `most_chars`; an ellipsis marks the cut.
pub(crate) fn clipped(text: &str, most_chars: usize) -> String {
    let mut chars = text.chars();
    // Characters that change the direction of writing can make text read as another one.
    let turns =
        |c: char| matches!(u32::from(c), 0x200e | 0x200f | 0x2028..=0x202e | 0x2066..=0x2069);
    let clean = |c: char| if c.is_control() || turns(c) { '\u{fffd}' } else { c };
    let mut out: String = chars.by_ref().take(most_chars).map(clean).collect();
    if chars.next().is_some() {
        out.push('…');
    }
    out
}

/// Like [`quoted`], for bytes that may not be UTF-8. Copies no more of them than it shows.
pub(super) fn quoted_bytes(bytes: &[u8]) -> String {
    /// Longest character in UTF-8.
    const CHAR_BYTES: usize = 4;
    // One character more than is shown, so that `quoted` marks the cut.
    let start = &bytes[..bytes.len().min(CHAR_BYTES * (MAX_QUOTED_CHARS + 1))];
    quoted(&String::from_utf8_lossy(start))
}

/// The complaint about a name of more than [`MAX_NAME_BYTES`]. The numbers come first, as the end
/// of a long message may be cut.
pub(super) fn long_name(name: &str) -> String {
    format!("a name of {} bytes, the limit is {MAX_NAME_BYTES}: `{}`", name.len(), quoted(name))
}

/// "a, b and 7 more": the first [`MAX_NAMES_SHOWN`] of `items`, written by `show`.
pub(crate) fn list<T>(items: impl IntoIterator<Item = T>, show: impl Fn(T) -> String) -> String {
    let mut items = items.into_iter();
    let shown: Vec<_> = items.by_ref().take(MAX_NAMES_SHOWN).map(show).collect();
    match items.count() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// A name in backquotes.
pub(crate) fn name(name: impl AsRef<str>) -> String {
    format!("`{}`", quoted(name.as_ref()))
}

/// "an object with the keys `a`, `b` and 7 more", `kind` being "an object".
pub(super) fn key_list<'k>(kind: &str, keys: impl Iterator<Item = &'k str>) -> String {
    let mut keys = keys.peekable();
    match keys.peek() {
        None => format!("{kind} without keys"),
        Some(_) => format!("{kind} with the keys {}", list(keys, name)),
    }
}

/// The keys that lead to a place in a file, joined by dots, or "the root".
pub(super) fn place<K: Borrow<str>>(keys: &[K]) -> String {
    match keys {
        [] => "the root".into(),
        keys => name(keys.join(".")),
    }
}

/// A shape as "64×32", or "scalar" if it has no dimensions.
pub(super) fn dimensions<T: Display>(shape: &[T]) -> String {
    match shape {
        [] => "scalar".into(),
        _ => shape.iter().map(T::to_string).collect::<Vec<_>>().join("×"),
    }
}

/// `bytes` without the byte order mark of UTF-8 that some editors write first.
pub(super) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}
