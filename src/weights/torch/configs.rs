//! The configurations of a checkpoint: objects and dictionaries beside the weights, attributes of modules.

use std::collections::BTreeSet;

use super::kinds::describe;
use super::numpy;
use crate::weights::config::{Config, ConfigValue};
use crate::weights::error::quoted;
use crate::weights::limits::{MAX_CONFIG_FIELDS, MAX_QUOTED_CHARS};
use crate::weights::pickle::{Pickle, Ref, Value};
use crate::weights::{ReadError, within};

/// A longer list of texts is no value of a configuration: there is one for each layer at most.
const MAX_TEXTS: usize = 64;

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
            Value::Dict(entries) => {
                // Attributes of a dictionary: of a state dict, whatever its owner put there.
                if let Some(state) = pickle.extra(at).and_then(|extra| extra.state) {
                    self.at(state, path)?;
                }
                (None, entries.to_vec())
            }
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
                let attributes = pickle.attributes(&object);
                if let (None, Some(state)) = (&attributes, object.state) {
                    self.at(state, path)?;
                }
                let mut entries = attributes.unwrap_or_default();
                entries.extend(pickle.entries(at).unwrap_or_default());
                for &argument in object.arguments {
                    self.at(argument, path)?;
                }
                let class = format!("{}.{}", object.module, object.class);
                let is_value = ["numpy", "torch", "_codecs", "builtins", "__builtin__", "pathlib", "datetime"];
                let is_value = is_value.contains(&object.module.split('.').next().unwrap_or_default());
                if entries.is_empty() && !object.arguments.is_empty() && !is_value && is_config(path, object.class) {
                    return Err(super::entries::refused(
                        &path.join("."),
                        &format!(
                            "a Python object of the class `{}`, whose fields have no names in the file",
                            quoted(&class)
                        ),
                        "save the configuration as a dictionary: vars(config), dataclasses.asdict(config) or config._asdict()",
                    ));
                }
                (Some(class), entries)
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

/// Whether an object is a configuration by its class or by where it is.
fn is_config(path: &[String], class: &str) -> bool {
    let last = path.last().map_or("", String::as_str);
    [last, class].iter().any(|name| {
        let name = name.to_ascii_lowercase();
        name.contains("config") || name.contains("hparams") || name == "cfg" || name == "hyper_parameters"
    })
}

/// What a field holds.
fn value(pickle: &Pickle<'_>, at: Ref) -> ConfigValue {
    match pickle.value(at) {
        Value::None => ConfigValue::None,
        Value::Bool(value) => ConfigValue::Bool(value),
        Value::Int(number) => ConfigValue::Number(number as f64),
        Value::Float(number) => ConfigValue::Number(number),
        Value::Str(text) => ConfigValue::Text(text.chars().take(MAX_QUOTED_CHARS).collect()),
        Value::List(items) | Value::Tuple(items) if (1..=MAX_TEXTS).contains(&items.len()) => {
            let texts: Option<Vec<_>> = items.iter().map(|&item| pickle.str(item).map(quoted)).collect();
            texts.map_or_else(|| ConfigValue::Other(describe(pickle, at)), ConfigValue::Texts)
        }
        _ => numpy::scalar(pickle, at).map_or_else(|| ConfigValue::Other(describe(pickle, at)), ConfigValue::Number),
    }
}
