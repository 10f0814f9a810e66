//! Searches a checkpoint beside the weights that are read. Every value that can be reached is
//! looked at, because any of them may be a configuration, which may say that the network is another
//! function, or hold a part of the network.

use std::collections::BTreeSet;

use super::entries::refused;
use super::kinds::{Kind, describe, kind};
use super::module;
use super::numpy;
use crate::weights::config::{Config, ConfigValue};
use crate::weights::limits::{MAX_CONFIG_FIELDS, MAX_QUOTED_CHARS};
use crate::weights::pickle::{Pickle, Ref, Value, unescaped};
use crate::weights::text::quoted;
use crate::weights::{ReadError, names, within};

/// Longest list of texts that is the value of a field. Such a list has one text for each layer.
const MAX_TEXTS: usize = 64;

/// Finds the configurations in a checkpoint. The weights that are read lie under the keys `path`,
/// and their values are `read`.
///
/// # Errors
/// If a value that is not read looks like a part of the network, or a configuration cannot be
/// understood.
pub(super) fn configs(
    pickle: &Pickle<'_>,
    read: &BTreeSet<Ref>,
    path: &[String],
) -> Result<Vec<Config>, ReadError> {
    let root = Place { at: pickle.root, from: None, key: None };
    let mut way = BTreeSet::new();
    let mut at = Some(pickle.root);
    for key in path {
        at = at.and_then(|at| pickle.entry(at, key));
        way.extend(at);
    }
    let mut search =
        Search { pickle, read, way, seen: BTreeSet::new(), places: vec![root], found: Vec::new() };
    let mut next = 0;
    while next < search.places.len() {
        search.look(next)?;
        next += 1;
    }
    Ok(search.found)
}

/// A value that was reached.
#[derive(Clone, Copy)]
struct Place {
    at: Ref,
    /// The index of the place it was reached from; `None` for the root.
    from: Option<u32>,
    /// The key it was reached under; `None` for items of lists and arguments.
    key: Option<Ref>,
}

/// A breadth-first search, which needs no recursion however deep the values lie.
struct Search<'p, 'a> {
    pickle: &'p Pickle<'a>,
    read: &'p BTreeSet<Ref>,
    /// The values on the way from the root to the weights.
    way: BTreeSet<Ref>,
    /// The values reached so far, so that shared values and cycles are looked at once.
    seen: BTreeSet<Ref>,
    places: Vec<Place>,
    found: Vec<Config>,
}

impl Search<'_, '_> {
    /// The keys that lead to a place, joined by dots.
    fn path(&self, place: usize) -> String {
        let (mut keys, mut at) = (Vec::new(), Some(place));
        while let Some(place) = at.map(|at| self.places[at]) {
            keys.extend(place.key.map(|key| self.pickle.key(key)));
            at = place.from.map(|from| from as usize);
        }
        keys.reverse();
        keys.join(".")
    }

    /// Looks at the value at a place, and adds the values that can be reached from it.
    fn look(&mut self, place: usize) -> Result<(), ReadError> {
        let (pickle, at) = (self.pickle, self.places[place].at);
        let (class, entries) = match pickle.value(at) {
            Value::Str(text) => return self.text(text, place),
            Value::Escaped(line) => {
                return unescaped(line).map_or(Ok(()), |text| self.text(&text, place));
            }
            Value::Bytes(bytes) => {
                return str::from_utf8(bytes).map_or(Ok(()), |text| self.text(text, place));
            }
            Value::List(items) | Value::Tuple(items) | Value::Set(items) => {
                return items.iter().try_for_each(|&item| self.reach(place, None, item));
            }
            Value::Dict(entries) => (None, entries.to_vec()),
            Value::Call(..) => {
                let Some(object) = pickle.object(at) else { return Ok(()) };
                // Reach the arguments here, the state and the items below.
                object
                    .arguments
                    .iter()
                    .try_for_each(|&argument| self.reach(place, None, argument))?;
                let attributes = pickle.attributes(&object);
                let class = format!("{}.{}", object.module, object.class);
                let is_value = [
                    "_codecs",
                    "numpy",
                    "torch",
                    "builtins",
                    "__builtin__",
                    "pathlib",
                    "datetime",
                    "collections",
                ];
                let is_value =
                    is_value.contains(&object.module.split('.').next().unwrap_or_default());
                let is_bare =
                    attributes.as_ref().is_none_or(Vec::is_empty) && pickle.entries(at).is_none();
                if is_bare
                    && !is_value
                    && object.arguments.iter().any(|&argument| says_something(pickle, argument))
                {
                    return Err(refused(
                        &self.path(place),
                        &format!(
                            "a Python object of the class `{}`, whose fields have no names in \
                             the file",
                            quoted(&class)
                        ),
                        "save a configuration as a dictionary: vars(config), \
                         dataclasses.asdict(config) or config._asdict()",
                    ));
                }
                let mut entries = attributes.unwrap_or_default();
                entries.extend(pickle.entries(at).unwrap_or_default());
                (Some(class), entries)
            }
            _ => return Ok(()),
        };
        if let Some(extra) = pickle.extra(at) {
            extra.state.map_or(Ok(()), |state| self.reach(place, None, state))?;
            extra.items.iter().try_for_each(|&item| self.reach(place, None, item))?;
        }
        let class = class.filter(|class| !class.starts_with("collections."));
        // A module is not the value of a field: it is part of the network, and its tensors decide.
        let named = || {
            let fields = entries.iter().filter(|&&(_, value)| !module::is_module(pickle, value));
            fields.filter_map(|&(key, value)| Some((pickle.str(key)?, value)))
        };
        let fields = named().map(|(name, at)| (name, move || value(pickle, at)));
        if let Some(config) = Config::of(&self.path(place), class, || fields.clone())? {
            self.add([config])?;
        }
        for (key, value) in entries {
            self.entry(place, key, value)?;
        }
        Ok(())
    }

    /// Looks at an entry of a dictionary or an attribute of an object.
    fn entry(&mut self, place: usize, key: Ref, value: Ref) -> Result<(), ReadError> {
        let pickle = self.pickle;
        let name = pickle.text(key).unwrap_or_default();
        if names::is_other(&name) && !self.way.contains(&value) {
            return Ok(());
        }
        let is_tensor = kind(pickle, value).is_tensor();
        if self.read.contains(&value) {
            return Ok(());
        }
        let items = match pickle.value(value) {
            Value::List(items) | Value::Tuple(items) => items,
            _ => &[],
        };
        let is_weight = names::is_weight(&name) && (is_tensor || !items.is_empty());
        let is_part = names::is_part(&name)
            && (is_tensor || items.iter().any(|&item| kind(pickle, item).is_tensor()));
        if is_weight || is_part || (is_tensor && name.contains('.')) {
            let place = self.path(place);
            let beside = if place.is_empty() {
                "the dictionary of weights".into()
            } else {
                format!("the weights, under `{place}`")
            };
            let what = format!(
                "{} beside {beside}",
                if is_tensor { "a tensor".into() } else { describe(pickle, value) }
            );
            return Err(refused(
                &name,
                &what,
                "put it among the weights as a tensor, or leave it out",
            ));
        }
        self.reach(place, Some(key), value)
    }

    /// Adds the value at `at` to the places, unless it is known or has nothing to look at.
    fn reach(&mut self, from: usize, key: Option<Ref>, at: Ref) -> Result<(), ReadError> {
        let is_leaf = matches!(
            self.pickle.value(at),
            Value::None
                | Value::Bool(_)
                | Value::Int(_)
                | Value::Float(_)
                | Value::Opaque(_)
                | Value::Persistent(_)
                | Value::Global(..)
        );
        // The bytes of an array are not text.
        let is_read = || matches!(kind(self.pickle, at), Kind::Tensor(_) | Kind::Array(_));
        if !is_leaf && !is_read() && self.seen.insert(at) {
            let from = u32::try_from(from).expect("a pickle has less than 2³² values");
            self.places.push(Place { at, from: Some(from), key });
        }
        Ok(())
    }

    fn text(&mut self, text: &str, place: usize) -> Result<(), ReadError> {
        let found = Config::of_text(text, &self.path(place))?;
        self.add(found)
    }

    fn add(&mut self, found: impl IntoIterator<Item = Config>) -> Result<(), ReadError> {
        self.found.extend(found);
        within("configurations in the file", self.found.len() as u64, MAX_CONFIG_FIELDS)
    }
}

/// Whether an argument without a name could be a field that changes the network, by its text.
fn says_something(pickle: &Pickle<'_>, at: Ref) -> bool {
    match pickle.value(at) {
        Value::Str(text) => {
            matches!(
                text,
                "LN" | "LNPre"
                    | "RMS"
                    | "RMSPre"
                    | "alibi"
                    | "rotary"
                    | "shortformer"
                    | "bidirectional"
            )
        }
        Value::Tuple(items) | Value::List(items) => {
            items.iter().any(|&item| says_something(pickle, item))
        }
        _ => false,
    }
}

/// The value of a field.
fn value(pickle: &Pickle<'_>, at: Ref) -> ConfigValue {
    match pickle.value(at) {
        Value::None => ConfigValue::None,
        Value::Bool(value) => ConfigValue::Bool(value),
        Value::Int(number) => ConfigValue::Number(number as f64),
        Value::Float(number) => ConfigValue::Number(number),
        Value::Str(text) => ConfigValue::Text(text.chars().take(MAX_QUOTED_CHARS).collect()),
        Value::List(items) | Value::Tuple(items) if (1..=MAX_TEXTS).contains(&items.len()) => {
            let texts: Option<Vec<_>> =
                items.iter().map(|&item| pickle.str(item).map(quoted)).collect();
            texts.map_or_else(|| ConfigValue::Other(describe(pickle, at)), ConfigValue::Texts)
        }
        _ => numpy::scalar(pickle, at)
            .map_or_else(|| ConfigValue::Other(describe(pickle, at)), ConfigValue::Number),
    }
}
