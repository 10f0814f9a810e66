//! JSON as text, read one value at a time, so that it takes little memory beside the text.

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// An object: the names of its fields and the texts of their values. An array is refused, and so is
/// a name that occurs twice.
pub(super) struct Object<'a>(BTreeMap<String, &'a RawValue>);

/// More fields than any model or certificate has: each takes some hundred bytes beside its text.
const MAX_FIELDS: usize = 1024;

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Object<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut fields = BTreeMap::new();
                while let Some((name, value)) = map.next_entry::<String, _>()? {
                    if fields.len() == MAX_FIELDS {
                        return Err(A::Error::custom(format!("more than {MAX_FIELDS} fields")));
                    }
                    if fields.contains_key(&name) {
                        return Err(A::Error::custom(format!("`{}` is there twice", shown(&name))));
                    }
                    fields.insert(name, value);
                }
                Ok(Object(fields))
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

impl<'a> Object<'a> {
    pub(super) fn read(text: &'a str) -> Result<Self, String> {
        read(text)
    }

    /// Takes out a field that is no text; `None` if it is missing or `null`.
    pub(super) fn optional<T: Deserialize<'a>>(&mut self, name: &str) -> Result<Option<T>, String> {
        self.taken(name, read)
    }

    /// Takes out a text; `None` if it is missing or `null`.
    pub(super) fn optional_text(&mut self, name: &str) -> Result<Option<String>, String> {
        self.taken(name, parse)
    }

    /// Takes out any value, as JSON; `None` if it is missing or `null`.
    pub(super) fn optional_json(&mut self, name: &str) -> Option<&'a str> {
        self.0.remove(name).map(RawValue::get).filter(|value| *value != "null")
    }

    fn taken<T>(
        &mut self,
        name: &str,
        read: fn(&'a str) -> Result<T, String>,
    ) -> Result<Option<T>, String> {
        self.optional_json(name)
            .map(read)
            .transpose()
            .map_err(|problem| format!("`{name}`: {problem}"))
    }

    /// Takes out a text.
    pub(super) fn text(&mut self, name: &str) -> Result<String, String> {
        self.optional_text(name)?.ok_or_else(|| format!("`{name}` is missing"))
    }

    /// Takes out any value, as JSON.
    pub(super) fn json(&mut self, name: &str) -> Result<&'a str, String> {
        self.optional_json(name).ok_or_else(|| format!("`{name}` is missing"))
    }

    /// Takes out a field that is no text.
    pub(super) fn take<T: Deserialize<'a>>(&mut self, name: &str) -> Result<T, String> {
        self.optional(name)?.ok_or_else(|| format!("`{name}` is missing"))
    }

    /// Refuses fields that have not been taken out.
    pub(super) fn nothing_else(self) -> Result<(), String> {
        self.0
            .keys()
            .next()
            .map_or(Ok(()), |name| Err(format!("the field `{}` is unknown", shown(name))))
    }

    /// All fields: names, and values as JSON.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&str, &'a str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.get()))
    }
}

/// Reads anything but a text: serde's error about an unexpected text would repeat it whole, several
/// times.
fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, String> {
    match text.starts_with('"') {
        true => Err(format!("unexpected text {}", shown(text))),
        false => parse(text),
    }
}

fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| shown(&error.to_string()))
}

/// The values of an array, or the words of a text, read one after the other.
pub(super) struct Values<'a> {
    pub(super) text: Cow<'a, str>,
    /// The byte up to which `text` has been read.
    pub(super) at: usize,
}

impl<'a> Values<'a> {
    pub(super) fn none() -> Self {
        Self { text: "[]".into(), at: 1 }
    }

    /// The values of a JSON array; an error if `text` is no array.
    pub(super) fn of(text: impl Into<Cow<'a, str>>) -> Result<Self, String> {
        let text = text.into();
        match text.starts_with('[') {
            true => Ok(Self { text, at: 1 }),
            false => Err(format!("`{}` is no array", shown(&text))),
        }
    }

    /// The next value, as JSON; an error if there is none left.
    pub(super) fn next(&mut self) -> Result<&str, String> {
        self.next_if_any().ok_or_else(|| "there are fewer values than cells".into())
    }

    /// The next value, as JSON; `None` if there is none left.
    pub(super) fn next_if_any(&mut self) -> Option<&str> {
        let bytes = self.text.as_bytes();
        let is_between = |byte: &&u8| byte.is_ascii_whitespace() || **byte == b',';
        let start = self.at + bytes.get(self.at..)?.iter().take_while(is_between).count();
        let (mut end, mut depth, mut in_text) = (start, 0_usize, false);
        loop {
            match bytes.get(end)? {
                b'\\' if in_text => end += 1,
                b'"' => in_text = !in_text,
                _ if in_text => {}
                b'[' | b'{' => depth += 1,
                b',' | b']' | b'}' if depth == 0 => break,
                b']' | b'}' => depth -= 1,
                _ => {}
            }
            end += 1;
        }
        self.at = end;
        Some(self.text.get(start..end)?.trim_end()).filter(|value| !value.is_empty())
    }

    /// The next word; `None` if there is none left.
    pub(super) fn next_word(&mut self) -> Option<&str> {
        let rest = self.text.get(self.at..)?.trim_ascii_start();
        let word = rest.split_ascii_whitespace().next()?;
        self.at = self.text.len() - rest.len() + word.len();
        Some(word)
    }
}

/// The beginning of a text from a file, for people to read. The file may be hostile, so characters
/// that steer a terminal or change the direction of writing are replaced.
pub(super) fn shown(text: &str) -> String {
    /// The number of characters shown.
    const MOST: usize = 200;
    let steers = |c: char| {
        c.is_control()
            || matches!(
                c,
                '\u{61c}'
                    | '\u{200b}'..='\u{200f}'
                    | '\u{2028}'..='\u{202e}'
                    | '\u{2060}'..='\u{206f}'
                    | '\u{feff}'
            )
    };
    let mut chars = text.chars();
    let mut shown: String =
        chars.by_ref().take(MOST).map(|c| if steers(c) { '\u{fffd}' } else { c }).collect();
    if chars.next().is_some() {
        shown.push('…');
    }
    shown
}
