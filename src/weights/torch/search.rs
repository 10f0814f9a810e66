//! Where in a checkpoint the weights are: the dictionary, or the module, that holds the tensors of the model.

use std::collections::BTreeSet;

use super::kinds::{describe, kind};
use super::module;
use crate::weights::error::{list, quoted};
use crate::weights::limits::{MAX_NAMES_SHOWN, MAX_NESTING};
use crate::weights::pickle::{Pickle, Ref, Value};
use crate::weights::{ReadError, names};

/// A dictionary of tensors, or a module, and the keys that lead to it.
#[derive(Clone, PartialEq)]
pub(super) struct Found {
    pub(super) at: Ref,
    pub(super) path: Vec<String>,
    pub(super) is_module: bool,
    /// How many tensors it holds.
    tensors: usize,
    /// Whether some of them have names of weights.
    is_model: bool,
}

impl Found {
    fn new(at: Ref, path: &[String], is_module: bool, names: &[String]) -> Self {
        let is_model = names.iter().any(|name| names::is_weight(name));
        Self { at, path: path.to_vec(), is_module, tensors: names.len(), is_model }
    }

    fn name(&self) -> String {
        match self.path.is_empty() {
            true => "the root".into(),
            false => format!("`{}`", quoted(&self.path.join("."))),
        }
    }
}

/// Finds the weights: under the usual keys, else in the dictionary that is searched, else under the only other key that holds tensors.
/// What else holds tensors is told in `notes`.
///
/// # Errors
/// If there are none, or several of which any could be meant.
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
        let names: Vec<_> = unread
            .iter()
            .map(|other| format!("{} ({} tensors)", other.name(), other.tensors))
            .collect();
        notes.push(format!("Not read, as it is not part of that dictionary: {}.", list(&names)));
    }
    Ok(found)
}

struct Search<'p, 'a> {
    pickle: &'p Pickle<'a>,
    /// What was looked at, so that sharing and cycles cost nothing.
    seen: BTreeSet<Ref>,
    unread: &'p mut Vec<Found>,
}

impl Search<'_, '_> {
    /// The weights in a value; those that could be, if there are several.
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

        // What is meant: a model under a usual key, this dictionary, a model under another key, any other dictionary of tensors.
        let wrapped: Vec<_> = inner.iter().filter(|found| is_wrapped(found)).cloned().collect();
        let models: Vec<_> = inner.iter().filter(|found| found.is_model).cloned().collect();
        let own = own.filter(|_| wrapped.is_empty());
        let is_here = own.as_ref().is_some_and(|own| own.is_model || models.is_empty());
        let chosen = match (&wrapped[..], &models[..], &inner[..]) {
            _ if is_here => own,
            (several @ [_, _, ..], ..) => Some(only_model(several)?),
            ([one], ..) => Some(one.clone()),
            // Of what lies under other keys, none may be in doubt.
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

/// Of dictionaries under several usual keys the only one that holds weights by name.
fn only_model(several: &[Found]) -> Result<Found, Vec<Found>> {
    match several.iter().filter(|found| found.is_model).collect::<Vec<_>>()[..] {
        [one] => Ok(one.clone()),
        _ => Err(several.to_vec()),
    }
}

fn ambiguous(several: &[Found]) -> ReadError {
    let names: Vec<_> = several
        .iter()
        .map(|found| format!("{} ({} tensors)", found.name(), found.tensors))
        .collect();
    ReadError::unsupported(
        "the checkpoint",
        format!("several dictionaries of tensors, {},", list(&names)),
        "save the one that is meant, by itself: torch.save(checkpoint[key], …)",
    )
}

/// What the root is, for the message that it holds no tensors: with its keys, and what is under them.
fn root(pickle: &Pickle<'_>) -> String {
    if kind(pickle, pickle.root).is_tensor() {
        return "one tensor without a name".into();
    }
    let Some(entries) = pickle.entries(pickle.root) else { return describe(pickle, pickle.root) };
    if entries.is_empty() {
        return "an empty dictionary".into();
    }
    let shown: Vec<_> = entries
        .iter()
        .take(MAX_NAMES_SHOWN)
        .map(|&(key, value)| format!("`{}` ({})", pickle.key(key), describe(pickle, value)))
        .collect();
    let more = match entries.len().saturating_sub(MAX_NAMES_SHOWN) {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    let class = pickle.object(pickle.root).filter(|object| object.module != "collections");
    let what = class.map_or_else(|| "a dictionary".into(), |_| describe(pickle, pickle.root));
    format!("{what} with the keys {}{more}", shown.join(", "))
}
