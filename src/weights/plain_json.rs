//! Reads JSON of texts and whole numbers: headers of files, how files are read, questions about
//! networks. A module of the page that reads no other JSON is a tenth smaller without
//! `serde_json`'s reader, which reads and prints floats.

use serde::de::value::{CowStrDeserializer, MapAccessDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, Expected, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;
use std::borrow::Cow;
use std::fmt::{self, Display};

/// The most objects and arrays within each other.
const MAX_NESTING: usize = 128;

/// What is wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PlainJsonError(String);

impl Display for PlainJsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for PlainJsonError {}

impl Error for PlainJsonError {
    fn custom<T: Display>(problem: T) -> Self {
        Self(problem.to_string())
    }

    /// In the words of `serde`, but without what texts say, and without floats.
    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let found = match found {
            Unexpected::Bool(_) => "boolean".into(),
            Unexpected::Unsigned(number) => format!("integer `{number}`"),
            Unexpected::Signed(number) => format!("integer `{number}`"),
            Unexpected::Str(_) => "string".into(),
            Unexpected::Unit => "null".into(),
            Unexpected::Seq => "sequence".into(),
            Unexpected::Map => "map".into(),
            Unexpected::Other(what) => what.into(),
            _ => "another value".into(),
        };
        Self(format!("invalid type: {found}, expected {expected}"))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }
}

/// Reads the value that is the whole of a text.
///
/// # Errors
/// If the text is not JSON, has more than 128 objects and arrays within each other, is another
/// value, or has a number that is not whole where one is read.
pub(crate) fn from_slice<T: DeserializeOwned>(text: &[u8]) -> Result<T, PlainJsonError> {
    let mut reader = Reader { text, at: 0, nested: 0, ignored: 0 };
    let value = T::deserialize(&mut reader).and_then(|value| match reader.peek() {
        None => Ok(value),
        Some(_) => problem("expected the end"),
    });
    value.map_err(|PlainJsonError(problem)| {
        PlainJsonError(format!("{problem} at byte {}", reader.at))
    })
}

fn problem<T>(problem: &str) -> Result<T, PlainJsonError> {
    Err(PlainJsonError(problem.into()))
}

/// A text, and how far it is read.
struct Reader<'t> {
    text: &'t [u8],
    at: usize,
    /// The objects and arrays around this place.
    nested: usize,
    /// The values around this place, and of it, that are passed over.
    ignored: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        let is_space = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        self.at += self.rest().iter().take_while(is_space).count();
        self.rest().first().copied()
    }

    /// Passes `byte`, if it is next.
    fn takes(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, byte: u8) -> Result<(), PlainJsonError> {
        match self.takes(byte) {
            true => Ok(()),
            false => Err(PlainJsonError(format!("expected `{}`", char::from(byte)))),
        }
    }

    /// The letters, digits and signs that come next.
    fn word(&mut self) -> &'t [u8] {
        let rest = self.rest();
        let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
        let word = &rest[..rest.iter().take_while(is_part).count()];
        self.at += word.len();
        word
    }

    /// A text, in the quotes that come next.
    fn string(&mut self) -> Result<Cow<'t, str>, PlainJsonError> {
        self.expect(b'"')?;
        let (mut made, mut start) = (String::new(), self.at);
        loop {
            let byte = self.rest().first().copied();
            match byte {
                None => return problem("expected the end of a text"),
                Some(0..b' ') => return problem("expected no control characters in a text"),
                Some(b'"' | b'\\') => {
                    let Ok(passed) = std::str::from_utf8(&self.text[start..self.at]) else {
                        return problem("expected UTF-8");
                    };
                    self.at += 1;
                    if byte == Some(b'"') && made.is_empty() {
                        return Ok(passed.into());
                    }
                    made.push_str(passed);
                    if byte == Some(b'"') {
                        return Ok(made.into());
                    }
                    made.push(self.escaped()?);
                    start = self.at;
                }
                Some(_) => self.at += 1,
            }
        }
    }

    /// The character that an escape stands for, its backslash passed.
    fn escaped(&mut self) -> Result<char, PlainJsonError> {
        let byte = self.rest().first().copied();
        self.at += 1;
        let code = match byte {
            Some(byte @ (b'"' | b'\\' | b'/')) => u32::from(byte),
            Some(b'b') => 0x8,
            Some(b'f') => 0xc,
            Some(b'n') => 0xa,
            Some(b'r') => 0xd,
            Some(b't') => 0x9,
            Some(b'u') => match self.hexadecimal()? {
                // The first half of a character that takes two.
                high @ 0xd800..0xdc00 if self.rest().starts_with(b"\\u") => {
                    self.at += 2;
                    match self.hexadecimal()? {
                        low @ 0xdc00..0xe000 => 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00),
                        _ => high,
                    }
                }
                code => code,
            },
            _ => return problem("expected an escape"),
        };
        char::from_u32(code).map_or_else(|| problem("expected a whole character"), Ok)
    }

    fn hexadecimal(&mut self) -> Result<u32, PlainJsonError> {
        let digits = self.rest().get(..4).unwrap_or_default();
        self.at += digits.len();
        let code = digits
            .iter()
            .try_fold(0, |code, &digit| Some(16 * code + char::from(digit).to_digit(16)?));
        match code {
            Some(code) if !digits.is_empty() => Ok(code),
            _ => problem("expected four hexadecimal digits"),
        }
    }

    /// Shows a visitor what is within the brackets that come next.
    fn within<T>(
        &mut self,
        end: u8,
        visit: impl FnOnce(Entries<'_, 't>) -> Result<T, PlainJsonError>,
    ) -> Result<T, PlainJsonError> {
        self.at += 1;
        self.nested += 1;
        if self.nested > MAX_NESTING {
            return problem("expected fewer objects and arrays within each other");
        }
        let value = visit(Entries { reader: self, end, is_first: true })?;
        self.nested -= 1;
        self.expect(end)?;
        Ok(value)
    }
}

/// Whether a word is a number of JSON.
fn is_number(word: &[u8]) -> bool {
    let digits = |digits: &[u8]| !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    let word = word.strip_prefix(b"-").unwrap_or(word);
    let (number, power) = match word.iter().position(|byte| matches!(byte, b'e' | b'E')) {
        Some(at) => (&word[..at], Some(&word[at + 1..])),
        None => (word, None),
    };
    let (whole, part) = match number.iter().position(|&byte| byte == b'.') {
        Some(at) => (&number[..at], Some(&number[at + 1..])),
        None => (number, None),
    };
    let power = power.map(|power| match power {
        [b'+' | b'-', power @ ..] | power => power,
    });
    digits(whole)
        && (whole == b"0" || whole[0] != b'0')
        && part.is_none_or(digits)
        && power.is_none_or(digits)
}

/// The value of digits; `None` for others, and for more than there is room for.
fn value(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0_u64, |value, digit| {
        value.checked_mul(10)?.checked_add(char::from(*digit).to_digit(10)?.into())
    })
}

impl<'de> Deserializer<'de> for &mut Reader<'_> {
    type Error = PlainJsonError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PlainJsonError> {
        match self.peek() {
            Some(b'{') => self.within(b'}', |entries| visitor.visit_map(entries)),
            Some(b'[') => self.within(b']', |entries| visitor.visit_seq(entries)),
            Some(b'"') => visitor.visit_str(&self.string()?),
            _ => match self.word() {
                b"null" => visitor.visit_unit(),
                b"true" => visitor.visit_bool(true),
                b"false" => visitor.visit_bool(false),
                word if !is_number(word) => problem("expected a value"),
                _ if self.ignored > 0 => visitor.visit_unit(),
                [b'-', digits @ ..] => {
                    match value(digits).and_then(|value| 0_i64.checked_sub_unsigned(value)) {
                        Some(value) => visitor.visit_i64(value),
                        None => problem("expected a whole number of 64 bits"),
                    }
                }
                digits => match value(digits) {
                    Some(value) => visitor.visit_u64(value),
                    None => problem("expected a whole number of 64 bits"),
                },
            },
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PlainJsonError> {
        match self.peek() {
            Some(b'n') => self.deserialize_any(visitor),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, PlainJsonError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, PlainJsonError> {
        if self.peek() == Some(b'{') {
            return self
                .within(b'}', |entries| visitor.visit_enum(MapAccessDeserializer::new(entries)));
        }
        let name: CowStrDeserializer<'_, PlainJsonError> = self.string()?.into_deserializer();
        visitor.visit_enum(name)
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PlainJsonError> {
        self.peek();
        let word = self.word();
        let number = std::str::from_utf8(word).ok().filter(|_| is_number(word));
        match number.and_then(|number| number.parse().ok()) {
            Some(value) => visitor.visit_u128(value),
            None => problem("expected a whole number of 128 bits"),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(
        self,
        visitor: V,
    ) -> Result<V::Value, PlainJsonError> {
        self.ignored += 1;
        let value = self.deserialize_any(visitor);
        self.ignored -= 1;
        value
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct identifier
    }
}

/// What is left between two brackets.
struct Entries<'r, 't> {
    reader: &'r mut Reader<'t>,
    end: u8,
    is_first: bool,
}

impl Entries<'_, '_> {
    /// Whether another entry follows; passes what separates it from the one before.
    fn goes_on(&mut self) -> Result<bool, PlainJsonError> {
        if self.reader.peek() == Some(self.end) {
            return Ok(false);
        }
        if !std::mem::replace(&mut self.is_first, false) {
            self.reader.expect(b',')?;
        }
        Ok(true)
    }
}

impl<'de> SeqAccess<'de> for Entries<'_, '_> {
    type Error = PlainJsonError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, PlainJsonError> {
        if self.goes_on()? { seed.deserialize(&mut *self.reader).map(Some) } else { Ok(None) }
    }
}

impl<'de> MapAccess<'de> for Entries<'_, '_> {
    type Error = PlainJsonError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, PlainJsonError> {
        if !self.goes_on()? {
            return Ok(None);
        }
        let name: CowStrDeserializer<'_, PlainJsonError> =
            self.reader.string()?.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, PlainJsonError> {
        self.reader.expect(b':')?;
        seed.deserialize(&mut *self.reader)
    }
}

#[cfg(test)]
mod tests;
