//! Finds the dictionary or the module in a checkpoint that holds the weights.

use std::collections::BTreeSet;

use super::kinds::{describe, kind};
use super::module;
use crate::weights::limits::MAX_NESTING;
use crate::weights::pickle::{Pickle, Ref, Value};
use crate::weights::text::{self, list};
use crate::weights::{ReadError, names};

/// A dictionary of tensors, or a module.
#[derive(Clone, PartialEq)]
pub(super) struct Found {
    pub(super) at: Ref,
    /// The keys that lead to it.
    pub(super) path: Vec<String>,
    pub(super) is_module: bool,
    /// The number of its tensors.
    tensors: usize,
    /// Whether some of its tensors have names of weights.
    is_model: bool,
}

impl Found {
    fn new(at: Ref, path: &[String], is_module: bool, names: &[String]) -> Self {
        let is_model = names.iter().any(|name| names::is_weight(name));
        Self { at, path: path.to_vec(), is_module, tensors: names.len(), is_model }
    }

    fn name(&self) -> String {
        text::place(&self.path)
    }

    fn name_and_count(&self) -> String {
        format!("{} ({} tensors)", self.name(), self.tensors)
    }
}

/// Finds the weights, and lists other dictionaries of tensors in `notes`.
///
/// At each level of nested dictionaries, the first of these that holds tensors is chosen:
///
/// 1. a dictionary under one of the usual keys (`state_dict`, `model`, …)
/// 2. the dictionary itself, unless only another key has names of weights
/// 3. the only dictionary with names of weights under another key
/// 4. the only dictionary of tensors under another key
///
/// # Errors
/// If there are no tensors, or several dictionaries could be meant.
pub(super) fn find(pickle: &Pickle<'_>, notes: &mut Vec<String>) -> Result<Found, ReadError> {
    let mut unread = Vec::new();
    let mut search = Search { pickle, seen: BTreeSet::new(), unread: &mut unread };
    let found = search.at(pickle.root, &[]).map_err(|several| ambiguous(&several))?;
    let found = found.ok_or_else(|| ReadError::NoTensors { found: root(pickle) })?;
    if !found.path.is_empty() {
        notes.push(format!("Read from {} of the checkpoint.", found.name()));
    }
    unread.retain(|other| other.at != found.at);
    if !unread.is_empty() {
        let others = list(&unread, Found::name_and_count);
        notes.push(format!("Not read, as it is not part of that dictionary: {others}."));
    }
    Ok(found)
}

struct Search<'p, 'a> {
    pickle: &'p Pickle<'a>,
    /// The values looked at so far, so that shared values and cycles are looked at once.
    seen: BTreeSet<Ref>,
    /// Dictionaries of tensors that were not chosen.
    unread: &'p mut Vec<Found>,
}

impl Search<'_, '_> {
    /// The weights in the value at `at`. The error lists several that could be meant.
    fn at(&mut self, at: Ref, path: &[String]) -> Result<Option<Found>, Vec<Found>> {
        let pickle = self.pickle;
        if path.len() > MAX_NESTING || !self.seen.insert(at) {
            return Ok(None);
        }
        if let Some(names) = module::tensors(pickle, at) {
            return Ok(Some(Found::new(at, path, true, &names)));
        }
        let Some(entries) = pickle.entries(at) else { return Ok(None) };
        let (mut inner, mut doubtful) = (Vec::new(), Vec::new());
        for &(key, value) in &entries {
            if let Some(name) = pickle.str(key)
                && !matches!(pickle.value(value), Value::Str(_))
            {
                match self.at(value, &[path, &[name.to_owned()]].concat()) {
                    Ok(found) => inner.extend(found),
                    Err(several) => doubtful.extend(several),
                }
            }
        }
        let is_tensor = |value| kind(pickle, value).is_tensor();
        let names: Vec<_> = entries
            .iter()
            .filter(|&&(_, value)| is_tensor(value))
            .map(|&(key, _)| pickle.key(key))
            .collect();
        let own = (!names.is_empty()).then(|| Found::new(at, path, false, &names));
        let is_wrapped = |found: &Found| {
            found.path.get(path.len()).is_some_and(|key| names::WRAPPERS.contains(&&**key))
        };

        // The order of choice is that of `find`.
        let wrapped: Vec<_> = inner.iter().filter(|found| is_wrapped(found)).cloned().collect();
        let models: Vec<_> = inner.iter().filter(|found| found.is_model).cloned().collect();
        let own = own.filter(|_| wrapped.is_empty());
        let is_here = own.as_ref().is_some_and(|own| own.is_model || models.is_empty());
        let chosen = match (&wrapped[..], &models[..], &inner[..]) {
            _ if is_here => own,
            (several @ [_, _, ..], ..) => Some(only_model(several)?),
            ([one], ..) => Some(one.clone()),
            // A doubt under one of the other keys leaves the choice in doubt.
            _ if !doubtful.is_empty() => return Err([inner, doubtful].concat()),
            (_, [one], _) | (_, [], [one]) => Some(one.clone()),
            (_, several @ [_, _, ..], _) | (_, [], several @ [_, _, ..]) => {
                return Err(several.to_vec());
            }
            _ => own,
        };
        if let Some(chosen) = &chosen {
            self.unread.extend(
                [inner, doubtful].concat().into_iter().filter(|other| other.at != chosen.at),
            );
        }
        Ok(chosen)
    }
}

/// The only one of `several` that has names of weights; all of them as an error if there is no such
/// one.
fn only_model(several: &[Found]) -> Result<Found, Vec<Found>> {
    match several.iter().filter(|found| found.is_model).collect::<Vec<_>>()[..] {
        [one] => Ok(one.clone()),
        _ => Err(several.to_vec()),
    }
}

fn ambiguous(several: &[Found]) -> ReadError {
    let several = list(several, Found::name_and_count);
    ReadError::unsupported(
        "the checkpoint",
        format!("several dictionaries of tensors, {several},"),
        "save the one that is meant, by itself: torch.save(checkpoint[key], …)",
    )
}

/// Describes a root without weights for a message: its keys, and the value of each.
fn root(pickle: &Pickle<'_>) -> String {
    if kind(pickle, pickle.root).is_tensor() {
        return "one tensor without a name".into();
    }
    let Some(entries) = pickle.entries(pickle.root) else { return describe(pickle, pickle.root) };
    if entries.is_empty() {
        return "an empty dictionary".into();
    }
    let keys = list(entries, |(key, value)| {
        format!("`{}` ({})", pickle.key(key), describe(pickle, value))
    });
    let class = pickle.object(pickle.root).filter(|object| object.module != "collections");
    let what = class.map_or_else(|| "a dictionary".into(), |_| describe(pickle, pickle.root));
    format!("{what} with the keys {keys}")
}
