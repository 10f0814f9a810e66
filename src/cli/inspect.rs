use super::read_file;
use crate::tasks::max_of_k::{MaxOfK, sha256};
use crate::weights;
use std::path::PathBuf;

/// Print the tensors and the metadata of a weights file, and whether it is a model this program can prove things about
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Weights: safetensors, torch .pt/.pth, .npz or JSON
    file: PathBuf,
}

pub(super) fn run(Arguments { file }: &Arguments) -> super::Outcome {
    let (name, bytes) = (file.display().to_string(), read_file(file)?);
    let weights = weights::read(&bytes).map_err(|e| format!("{name}: {e}"))?;
    println!("{name}: {}, {} bytes, sha-256 {}", weights.format, bytes.len(), sha256(&bytes));
    for (key, value) in &weights.metadata {
        println!("  {key}: {value}");
    }
    let width = weights.tensors.keys().map(String::len).max().unwrap_or(0);
    for (tensor, values) in &weights.tensors {
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
