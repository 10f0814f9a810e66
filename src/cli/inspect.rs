use super::read_file;
use crate::tasks::max_of_k::{MaxOfK, sha256};
use crate::weights;
use crate::weights::error::{clipped, quoted};
use std::path::PathBuf;

/// Print the tensors and the metadata of a weights file, and whether it is a model this program can prove things about
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Weights: safetensors, torch .pt/.pth, .npz or JSON
    file: PathBuf,
}

/// What is shown of a text beside the tensors, which may be as long as a header.
const MAX_VALUE_CHARS: usize = 2000;

pub(super) fn run(Arguments { file }: &Arguments) -> super::Outcome {
    let (name, bytes) = (file.display().to_string(), read_file(file)?);
    let weights = weights::read(&bytes).map_err(|e| format!("{name}: {e}"))?;
    println!("{name}: {}, {} bytes, sha-256 {}", weights.format, bytes.len(), sha256(&bytes));
    for (key, value) in &weights.metadata {
        println!("  {}: {}", quoted(key), clipped(value, MAX_VALUE_CHARS));
    }
    let names = weights.tensors.keys().map(|name| quoted(name));
    let width = names.clone().map(|name| name.chars().count()).max().unwrap_or(0);
    for (tensor, values) in names.zip(weights.tensors.values()) {
        println!("  {tensor:width$}  {} {:?}", values.dtype(), values.shape());
    }
    match MaxOfK::load(&name, &bytes) {
        Ok((_, facts)) => {
            let shape = facts.shape;
            println!(
                "Max-of-{}: v = {}, d = {}, h = {}, {} sequences",
                shape.n, shape.v, shape.d, shape.h, facts.sequences
            );
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}
