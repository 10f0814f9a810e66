//! The entries of a state dict: each is read, or harmless by its name and kind, or refused.

use super::kinds::{Kind, describe, kind};
use crate::weights::pickle::{Pickle, Ref, Value};
use crate::weights::text::quoted;
use crate::weights::{ReadError, names};

/// Names under which training scripts keep single numbers and texts that do not concern the
/// network.
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

/// Names of lists, dictionaries and objects that are not part of the network.
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

/// Names of configurations. `beside` looks at their fields.
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
/// If an entry is neither a tensor nor harmless.
pub(super) fn tensors<'a>(pickle: &Pickle<'a>, dict: Ref) -> Result<Vec<(String, Ref)>, ReadError> {
    let mut tensors = Vec::new();
    for (key, value) in pickle.entries(dict).unwrap_or_default() {
        let name = name(pickle, key)?;
        match kind(pickle, value) {
            kind if kind.is_tensor() => tensors.push((name, value)),
            Kind::Scalar if HARMLESS_SCALARS.contains(&&*name) || CONFIGS.contains(&&*name) => {}
            Kind::Other if HARMLESS_CONTAINERS.contains(&&*name) || CONFIGS.contains(&&*name) => {}
            // `None` is nothing, unless it stands for a weight.
            Kind::Scalar if pickle.value(value) == Value::None && !names::is_weight(&name) => {}
            // An attribute of `state_dict()`, which copies of the dictionary write as an entry.
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

/// The names of the model's modules, which a state dict lists in its attribute or entry
/// `_metadata`.
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

/// The name of an entry, which must be a string.
fn name(pickle: &Pickle<'_>, key: Ref) -> Result<String, ReadError> {
    /// Longest string of protocol 0 that is decoded: however it is escaped, a longer one is too
    /// long.
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

/// The error for the entry `name`, which is `what`.
pub(super) fn refused(name: &str, what: &str, advice: &'static str) -> ReadError {
    ReadError::Entry { name: quoted(name), found: what.into(), advice }
}
