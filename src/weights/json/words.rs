//! `NaN` and infinities in JSON, as Python writes them.

use std::io;

/// Python's words for numbers that JSON lacks, the string that replaces each, and the number.
///
/// A string is as long as its word, so that positions in errors stay right. It starts with the
/// character DEL, with which no name or text of a model starts.
pub(super) const WORDS: [(&[u8], &[u8], f64); 3] = [
    (b"NaN", b"\"\x7f\"", f64::NAN),
    (b"Infinity", b"\"\x7fnfini\"", f64::INFINITY),
    (b"-Infinity", b"\"\x7f-nfini\"", f64::NEG_INFINITY),
];

/// The number whose word was replaced by the string `text`.
pub(super) fn word(text: &str) -> Option<f64> {
    let is_text = |string: &[u8]| {
        string.len() == text.len() + 2 && string[1..=text.len()] == *text.as_bytes()
    };
    WORDS.iter().find(|(_, string, _)| is_text(string)).map(|&(.., number)| number)
}

/// Reads JSON text with each of [`WORDS`] replaced by its string.
pub(super) struct Words<'a> {
    rest: &'a [u8],
    in_string: bool,
    escaped: bool,
    /// The rest of a replacement, which comes before `rest`.
    string: &'static [u8],
}

impl<'a> Words<'a> {
    pub(super) fn new(rest: &'a [u8]) -> Self {
        Self { rest, in_string: false, escaped: false, string: b"" }
    }

    fn next(&mut self) -> Option<u8> {
        if let Some(&byte) = self.string.split_off_first() {
            return Some(byte);
        }
        let byte = *self.rest.first()?;
        if self.in_string {
            self.in_string = self.escaped || byte != b'"';
            self.escaped = !self.escaped && byte == b'\\';
        } else if byte == b'"' {
            self.in_string = true;
        } else if matches!(byte, b'N' | b'I' | b'-')
            && let Some((word, string, _)) =
                WORDS.iter().find(|(word, ..)| self.rest.starts_with(word))
        {
            (self.rest, self.string) = (&self.rest[word.len()..], &string[1..]);
            return string.first().copied();
        }
        self.rest = &self.rest[1..];
        Some(byte)
    }
}

impl io::Read for Words<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut length = 0;
        for place in buffer {
            let Some(byte) = self.next() else { break };
            *place = byte;
            length += 1;
        }
        Ok(length)
    }
}
