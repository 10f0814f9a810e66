use super::verify::{Row, print_rows};
use super::{read_file, write_file};
use crate::proof::Cost;
use crate::tasks::max_of_k::subcubic::{Proof, Subcubic, flops, verify};
use crate::tasks::max_of_k::{MaxOfK, Strategy};
use std::path::PathBuf;
use std::time::Instant;

/// Search a proof object and write it as JSON
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Weights: safetensors, torch .pt/.pth, .npz or JSON
    file: PathBuf,
    /// The name of a sub-cubic strategy (brute force and cubic need no proof object)
    #[arg(long, value_parser = subcubic)]
    strategy: Subcubic,
    /// File to write
    #[arg(long, short)]
    output: PathBuf,
}

/// Verify a proof object; nothing in it is trusted
#[derive(clap::Args)]
pub(super) struct CheckArguments {
    /// Weights: safetensors, torch .pt/.pth, .npz or JSON
    file: PathBuf,
    /// Proof object, as `prove` writes it
    proof: PathBuf,
    /// Print one JSON array instead of a table
    #[arg(long)]
    json: bool,
}

fn subcubic(name: &str) -> Result<Subcubic, String> {
    match name.parse().map_err(|e: crate::tasks::max_of_k::UnknownStrategy| e.to_string())? {
        Strategy::Subcubic(strategy) => Ok(strategy),
        other => Err(format!("`{other}` needs no proof object: run `verify`")),
    }
}

pub(super) fn run(Arguments { file, strategy, output }: &Arguments) -> super::Outcome {
    let (task, _) = MaxOfK::load(&file.display().to_string(), &read_file(file)?)?;
    let proof = task.prove(*strategy)?.to_json();
    write_file(output, proof.as_bytes())?;
    println!("{}: {} bytes", output.display(), proof.len());
    Ok(())
}

pub(super) fn check(CheckArguments { file, proof, json }: &CheckArguments) -> super::Outcome {
    let (task, _) = MaxOfK::load(&file.display().to_string(), &read_file(file)?)?;
    let (name, bytes) = (proof.display(), read_file(proof)?);
    let object: Proof = serde_json::from_slice(&bytes).map_err(|e| format!("{name}: {e}"))?;
    let start = Instant::now();
    let cases = verify(task.model(), &object).map_err(|e| format!("{name}: {e}"))?;
    let seconds = start.elapsed().as_secs_f64();
    let cost = Cost {
        flops: flops(object.strategy, task.shape(), &object.gaps),
        proof_bytes: Some(bytes.len()),
        left_out: Some(cases.left_out()),
    };
    let strategy = Strategy::Subcubic(object.strategy);
    let outcome = task.outcome(strategy, cases.proven(), cost, seconds);
    let published_count = task.published_count(strategy)?.map(|count| count.to_string());
    let rows = [Row { outcome, published_count, on_frontier: true }];
    if *json {
        println!("{}", serde_json::to_string_pretty(&rows)?)
    } else {
        print_rows(&rows)
    }
    Ok(())
}
