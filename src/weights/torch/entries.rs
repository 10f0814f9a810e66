//! The entries of the dictionary that holds the weights: each is read, known to be harmless by name and kind, or refused.

use super::kinds::{Kind, describe, kind};
use crate::weights::error::quoted;
use crate::weights::pickle::{Pickle, Ref, Value};
use crate::weights::{ReadError, names};

/// Names of numbers and texts that a training loop keeps beside its weights. With one number or text under them they say nothing
/// of the network.
const HARMLESS_SCALARS: [&str; 27] = [
    "acc",
    "accuracy",
    "best_loss",
    "commit",
    "date",
    "epoch",
    "epochs",
    "global_step",
    "iter",
    "iteration",
    "iterations",
    "k",
    "learning_rate",
    "loss",
    "lr",
    "name",
    "pytorch-lightning_version",
    "seed",
    "step",
    "steps",
    "test_loss",
    "time",
    "timestamp",
    "train_loss",
    "val_loss",
    "version",
    "wandb_id",
];

/// Names of lists, dictionaries and objects that are no part of the network.
const HARMLESS_CONTAINERS: [&str; 21] = [
    "history",
    "log",
    "logs",
    "losses",
    "lr_scheduler",
    "lr_schedulers",
    "metrics",
    "optim",
    "optimizer",
    "optimizer_state",
    "optimizer_state_dict",
    "optimizer_states",
    "rng",
    "rng_state",
    "run_config",
    "scheduler",
    "scheduler_state_dict",
    "test_losses",
    "test_metrics",
    "train_losses",
    "train_metrics",
];

/// Names of configurations, whose fields are looked at.
const CONFIGS: [&str; 12] = [
    "args",
    "cfg",
    "config",
    "experiment",
    "hparams",
    "hyper_parameters",
    "hyperparameters",
    "metadata",
    "model_args",
    "model_cfg",
    "model_config",
    "params",
];

/// The tensors of a dictionary, by name, in the order of the file.
///
/// # Errors
/// If an entry is neither a tensor nor known to be harmless: its name, its kind, and what to do.
pub(super) fn tensors<'a>(pickle: &Pickle<'a>, dict: Ref) -> Result<Vec<(String, Ref)>, ReadError> {
    let mut tensors = Vec::new();
    for (key, value) in pickle.entries(dict).unwrap_or_default() {
        let name = name(pickle, key)?;
        match kind(pickle, value) {
            kind if kind.is_tensor() => tensors.push((name, value)),
            Kind::Scalar if HARMLESS_SCALARS.contains(&&*name) || CONFIGS.contains(&&*name) => {}
            Kind::Other if HARMLESS_CONTAINERS.contains(&&*name) || CONFIGS.contains(&&*name) => {}
            // Nothing, unless it stands for a weight.
            Kind::Scalar if pickle.value(value) == Value::None && !names::is_weight(&name) => {}
            // What `state_dict()` keeps as an attribute, written as an entry by copies of it.
            Kind::Other if name == "_metadata" => {}
            _ => {
                let what = describe(pickle, value);
                return Err(refused(
                    &name,
                    &what,
                    "a state dict holds tensors only: leave it out, or save it as a tensor",
                ));
            }
        }
    }
    Ok(tensors)
}

/// The modules that a state dict says its model has (`_metadata`, an attribute of the dictionary, or an entry of a copy).
pub(super) fn modules(pickle: &Pickle<'_>, dict: Ref) -> Vec<String> {
    let state = pickle.extra(dict).and_then(|extra| extra.state);
    let metadata = state
        .and_then(|state| pickle.entry(state, "_metadata"))
        .or_else(|| pickle.entry(dict, "_metadata"));
    let entries = metadata.and_then(|metadata| pickle.entries(metadata)).unwrap_or_default();
    entries
        .iter()
        .filter_map(|&(name, _)| pickle.str(name))
        .filter(|name| !name.is_empty())
        .map(Into::into)
        .collect()
}

/// The name of an entry: a string that is a key as `state_dict` writes them.
fn name(pickle: &Pickle<'_>, key: Ref) -> Result<String, ReadError> {
    /// A name of this many bytes is too long however it is written.
    const MOST: usize = 8 * crate::weights::limits::MAX_NAME_BYTES;
    if let Value::Escaped(line) = pickle.value(key)
        && line.len() > MOST
    {
        return Err(ReadError::malformed(
            "the state dict",
            format!("a name of {} bytes", line.len()),
        ));
    }
    pickle.text(key).map(Into::into).ok_or_else(|| {
        let what =
            format!("the entry with the key {} ({})", pickle.key(key), describe(pickle, key));
        ReadError::unsupported(
            "the state dict",
            what,
            "save a dictionary from names to tensors: model.state_dict()",
        )
    })
}

/// The refusal of a part of a checkpoint: its name, what it is, and what to do.
pub(super) fn refused(name: &str, what: &str, advice: &'static str) -> ReadError {
    ReadError::Entry { name: quoted(name), found: what.into(), advice }
}
