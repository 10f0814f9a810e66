//! The configurations of a checkpoint: objects and dictionaries beside the weights, attributes of modules.

use std::collections::BTreeSet;

use super::kinds::describe;
use super::numpy;
use crate::weights::config::{Config, ConfigValue};
use crate::weights::limits::{MAX_CONFIG_FIELDS, MAX_QUOTED_CHARS};
use crate::weights::pickle::{Pickle, Ref, Value};
use crate::weights::{ReadError, within};

/// How deep in a checkpoint a configuration is looked for.
const MAX_DEPTH: usize = 8;

/// All configurations but what the dictionary of weights, `weights`, holds as tensors.
pub(super) fn find(pickle: &Pickle<'_>) -> Result<Vec<Config>, ReadError> {
    let mut search = Search { pickle, seen: BTreeSet::new(), found: Vec::new() };
    search.at(pickle.root, &mut Vec::new())?;
    within("configurations in the file", search.found.len() as u64, MAX_CONFIG_FIELDS)?;
    Ok(search.found)
}

struct Search<'p, 'a> {
    pickle: &'p Pickle<'a>,
    /// What was looked at, so that sharing and cycles cost nothing.
    seen: BTreeSet<Ref>,
    found: Vec<Config>,
}

impl Search<'_, '_> {
    fn at(&mut self, at: Ref, path: &mut Vec<String>) -> Result<(), ReadError> {
        let pickle = self.pickle;
        let is_container =
            matches!(pickle.value(at), Value::Dict(_) | Value::List(_) | Value::Tuple(_) | Value::Call(..));
        if is_container && (path.len() > MAX_DEPTH || !self.seen.insert(at)) {
            return Ok(());
        }
        let (class, entries) = match pickle.value(at) {
            Value::Dict(entries) => (None, entries.to_vec()),
            Value::List(items) | Value::Tuple(items) => {
                return items.iter().try_for_each(|&item| self.at(item, path));
            }
            Value::Str(text) => {
                self.found.extend(Config::of_text(text, &path.join("."))?);
                return Ok(());
            }
            Value::Call(..) => {
                let Some(object) = pickle.object(at) else { return Ok(()) };
                // Of an object, what it is restored with, what it is given, and what it is made from.
                let mut entries = pickle.attributes(&object).unwrap_or_default();
                entries.extend(pickle.entries(at).unwrap_or_default());
                for &argument in object.arguments {
                    self.at(argument, path)?;
                }
                (Some(format!("{}.{}", object.module, object.class)), entries)
            }
            _ => return Ok(()),
        };
        let class = class.filter(|class| !class.starts_with("collections."));
        let named = || entries.iter().filter_map(|&(key, value)| Some((pickle.str(key)?, value)));
        let fields = named().map(|(name, at)| (name, move || value(pickle, at)));
        self.found.extend(Config::of(&path.join("."), class, || fields.clone())?);
        within("configurations in the file", self.found.len() as u64, MAX_CONFIG_FIELDS)?;
        for (key, value) in entries {
            path.push(pickle.key(key));
            self.at(value, path)?;
            path.pop();
        }
        Ok(())
    }
}

/// What a field holds.
fn value(pickle: &Pickle<'_>, at: Ref) -> ConfigValue {
    match pickle.value(at) {
        Value::None => ConfigValue::None,
        Value::Bool(value) => ConfigValue::Bool(value),
        Value::Int(number) => ConfigValue::Number(number as f64),
        Value::Float(number) => ConfigValue::Number(number),
        Value::Str(text) => ConfigValue::Text(text.chars().take(MAX_QUOTED_CHARS).collect()),
        _ => numpy::scalar(pickle, at).map_or_else(|| ConfigValue::Other(describe(pickle, at)), ConfigValue::Number),
    }
}
