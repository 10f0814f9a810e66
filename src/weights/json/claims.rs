//! Finds the configurations in a JSON file: all of its objects and texts, also those in arrays.
//! This is a pass of its own, because the reader of tensors skips what is not a tensor.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::words::{Words, word};
use crate::weights::config::{Config, ConfigValue, meaning};
use crate::weights::limits::{MAX_CONFIG_FIELDS, MAX_NAME_BYTES};
use crate::weights::text::quoted;
use crate::weights::{ReadError, within};

/// The configurations in the JSON text `bytes`, which the reader of tensors has accepted.
pub(super) fn configs(bytes: &[u8]) -> Result<Vec<Config>, ReadError> {
    let mut claims = Claims::default();
    let mut json = serde_json::Deserializer::from_reader(Words::new(bytes));
    let read = Item(&mut claims).deserialize(&mut json);
    match (claims.problem, read) {
        (Some(problem), _) => Err(problem),
        (None, Err(error)) => Err(ReadError::malformed("JSON", quoted(&error.to_string()))),
        (None, Ok(_)) => Ok(claims.found),
    }
}

#[derive(Default)]
struct Claims {
    /// The keys that lead to the value that is being read.
    names: Vec<String>,
    found: Vec<Config>,
    /// Why the reading stopped; an error of `serde` cannot hold it.
    problem: Option<ReadError>,
}

impl Claims {
    /// Adds `found`; an error is kept in `problem` and stops the reading.
    fn add<E: Error>(
        &mut self,
        found: Result<impl IntoIterator<Item = Config>, ReadError>,
    ) -> Result<(), E> {
        let added = found.and_then(|found| {
            self.found.extend(found);
            within("configurations in the file", self.found.len() as u64, MAX_CONFIG_FIELDS)
        });
        added.map_err(|problem| {
            self.problem = Some(problem);
            E::custom("a configuration")
        })
    }

    fn place(&self) -> String {
        if self.names.is_empty() { "the root".into() } else { self.names.join(".") }
    }
}

/// Reads one value, and adds the configurations in it.
struct Item<'c>(&'c mut Claims);

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = ConfigValue;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<ConfigValue, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Item<'_> {
    type Value = ConfigValue;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ConfigValue, A::Error> {
        let Self(claims) = self;
        let (mut fields, mut count) = (BTreeMap::new(), 0);
        while let Some(name) = map.next_key::<String>()? {
            claims.names.push(name.clone());
            let value = map.next_value_seed(Item(&mut *claims))?;
            claims.names.pop();
            count += 1;
            // Fields without a meaning count only if TransformerLens wrote the object, and it
            // writes fewer than this limit.
            if meaning(&name).is_some()
                || (count <= MAX_CONFIG_FIELDS && name.len() <= MAX_NAME_BYTES)
            {
                fields.insert(name, value);
            }
        }
        let named = || fields.iter().map(|(name, value)| (name.as_str(), || value.clone()));
        claims.add(Config::of(&claims.place(), None, named))?;
        Ok(ConfigValue::Other(format!("an object of {count} entries")))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<ConfigValue, A::Error> {
        let (mut count, mut texts) = (0_u64, Vec::new());
        while let Some(item) = seq.next_element_seed(Item(&mut *self.0))? {
            count += 1;
            match item {
                ConfigValue::Text(text)
                    if texts.len() + 1 == usize::try_from(count).unwrap_or(0) && count <= 64 =>
                {
                    texts.push(text)
                }
                _ => {}
            }
        }
        let are_texts = count > 0 && texts.len() as u64 == count;
        Ok(if are_texts {
            ConfigValue::Texts(texts)
        } else {
            ConfigValue::Other("an array".into())
        })
    }
    fn visit_f64<E: Error>(self, number: f64) -> Result<ConfigValue, E> {
        Ok(ConfigValue::Number(number))
    }
    fn visit_i64<E: Error>(self, number: i64) -> Result<ConfigValue, E> {
        Ok(ConfigValue::Number(number as f64))
    }
    fn visit_u64<E: Error>(self, number: u64) -> Result<ConfigValue, E> {
        Ok(ConfigValue::Number(number as f64))
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<ConfigValue, E> {
        if let Some(number) = word(text) {
            return Ok(ConfigValue::Number(number));
        }
        let place = self.0.place();
        self.0.add(Config::of_text(text, &place))?;
        Ok(ConfigValue::Text(quoted(text)))
    }
    fn visit_bool<E: Error>(self, is_so: bool) -> Result<ConfigValue, E> {
        Ok(ConfigValue::Bool(is_so))
    }
    fn visit_unit<E: Error>(self) -> Result<ConfigValue, E> {
        Ok(ConfigValue::None)
    }
}
