//! Theorems about networks for group operations.

use super::words::{bits, parts};
use super::{Claim, Claimed, Statement, in_certificate, not_float32};
use crate::cli::read_file_within;
use crate::cli::verify::finish_with_bar;
use crate::proof::{Envelope, MAX_CERTIFICATE_BYTES, MAX_WORK};
use crate::tasks::group_operations::{GroupOperation, Options, Strategy};
use crate::weights::{self, Dtype};
use std::borrow::Cow;
use std::error::Error;
use std::path::Path;

/// The tensors of which Coq's `TwoTokenFile.read` makes a network.
const TENSORS: [&str; 5] =
    ["embedding_left", "embedding_right", "unembedding", "hidden_bias", "unembed_bias"];

pub(super) fn statement<'a>(
    name: &str,
    bytes: &'a [u8],
    options: &Options,
    claimed: Claimed<'_>,
) -> Result<Statement<'a>, Box<dyn Error + Send + Sync>> {
    let (task, claim) = match claimed {
        Claimed::Certificate(path) => certified(name, bytes, path)?,
        Claimed::Count(right) => {
            (GroupOperation::load(name, bytes, options)?.0, Claim::at_least(right))
        }
        Claimed::Nothing => {
            let (task, _) = GroupOperation::load(name, bytes, options)?;
            let claim = counted(&task)?;
            (task, claim)
        }
    };
    let file = readable(name, bytes)?;
    let (_, words) = parts(&file);
    let rows = task.group().rows();
    let rows: Vec<_> = rows
        .iter()
        .map(|row| row.iter().map(usize::to_string).collect::<Vec<_>>().join("; "))
        .collect();
    let definitions = format!(
        "(** Row x has the products of x and y, for each y. *)\n\
         Definition the_group : table := [\n  [{}]]%nat.\n\n\
         (** How many binary digits after the point hold all weights. *)\n\
         Definition how : nat := {}.\n",
        rows.join("];\n  ["),
        bits(&words)
    );
    Ok(Statement {
        file,
        inputs: "inputs",
        total: task.inputs(),
        modules: "TwoToken Safetensors TwoTokenFile BruteForce GroupClaim",
        definitions,
        given: "how the_group",
        fitting: "is_group (n W) the_group /\\\n  ",
        accuracy: "accuracy (network_of W) the_group",
        claim,
    })
}

/// The file's bytes if Coq's `TwoTokenFile.read` takes them, else its network's canonical file.
fn readable<'a>(
    name: &str,
    bytes: &'a [u8],
) -> Result<Cow<'a, [u8]>, Box<dyn Error + Send + Sync>> {
    let file = match weights::read_safetensors(bytes) {
        Ok(read) if !read.metadata.contains_key("config") => Cow::Borrowed(bytes),
        _ => Cow::Owned(GroupOperation::canonical(name, bytes)?.0),
    };
    let read = weights::read_safetensors(&file).map_err(|e| format!("{name}: {e}"))?;
    if let Some(other) = read.tensors.keys().find(|tensor| !TENSORS.contains(&tensor.as_str())) {
        return Err(format!(
            "{name}: it has `{other}`, and the theorems in Coq about group operations are for \
             networks with `embedding_left`, `embedding_right`, `unembedding` and biases alone: \
             neither for transformers nor for embeddings in factors"
        )
        .into());
    }
    let instances = read.tensors[TENSORS[0]].shape().iter().rev().nth(2).copied().unwrap_or(1);
    if instances > 1 {
        return Err(format!(
            "{name}: it holds {instances} networks, and the theorems in Coq are about files with \
             one: write one to a file of its own"
        )
        .into());
    }
    if read.tensors.values().any(|tensor| tensor.dtype() != Dtype::F32) {
        return Err(not_float32(name).into());
    }
    Ok(file)
}

/// The network as a certificate has it read, and what it claims.
fn certified(
    name: &str,
    bytes: &[u8],
    path: &Path,
) -> Result<(GroupOperation, Claim), Box<dyn Error + Send + Sync>> {
    let named = |error: &dyn std::fmt::Display| in_certificate(path, error);
    let certificate = read_file_within(path, MAX_CERTIFICATE_BYTES)?;
    GroupOperation::claimed(name, bytes, &certificate, MAX_WORK).map_err(|e| named(&e))?;
    let Envelope { claim, correct, .. } = Envelope::read(&certificate).map_err(|e| named(&e))?;
    let (task, _) = GroupOperation::sampled(name, bytes, claim.get()).map_err(|e| named(&e))?;
    let right = correct.parse().map_err(|_| named(&format_args!("`correct` is {correct}")))?;
    Ok((task, Claim::at_least(right)))
}

/// The exact count, by brute force.
fn counted(task: &GroupOperation) -> Result<Claim, Box<dyn Error + Send + Sync>> {
    let strategy: Strategy = "brute-force".parse()?;
    let mut run = task.run(strategy)?;
    finish_with_bar(&mut run, &strategy.to_string());
    Ok(Claim::found(&run.proven()?))
}
