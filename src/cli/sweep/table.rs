//! The table of one machine: every strategy on every Max-of-K model of some folders.

use super::inputs::files_of;
use crate::cli::frontiers::Frontiers;
use crate::cli::ratios::Ratios;
use crate::cli::results::{self, Failure, Row};
use crate::cli::verify::{Notices, published_count, verify_alone};
use crate::cli::{CommandResult, accuracies, progress_bar, read_file, summary, write_file};
use crate::tasks::max_of_k::subcubic::verify;
use crate::tasks::max_of_k::{MaxOfK, ModelFacts, Strategy, sha256};
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// What else is written of a sweep on one machine.
#[derive(clap::Args)]
#[group(multiple = true, conflicts_with_all = ["shard", "dry_run"])]
pub(super) struct Tables {
    /// Also write the rows, summed up as tables, to this Markdown file
    #[arg(long)]
    summary: Option<PathBuf>,
    /// Also write what is proven of the accuracy of each model to this JSON file
    #[arg(long)]
    accuracies: Option<PathBuf>,
    /// Also write every model's frontier, and their spread for each K, to this JSON file
    #[arg(long)]
    frontiers: Option<PathBuf>,
    /// Also write `σ₁/σ₂` of every model's attention, with all its bounds, to this JSON file
    #[arg(long)]
    ratios: Option<PathBuf>,
}

/// Sweeps the models of some folders that `output` does not have.
pub(super) fn run(
    folders: &[PathBuf],
    output: &Path,
    most_sequences: u64,
    Tables { summary, accuracies, frontiers, ratios }: &Tables,
) -> CommandResult {
    let files = files_of(folders)?;
    let done = Mutex::new(results::read(output)?);
    let bar = progress_bar(files.len() as u64, "models");
    let sweep = |file: &PathBuf| -> Result<(), Failure> {
        let left_out = |why: Failure| {
            bar.suspend(|| eprintln!("left out: {why}"));
            Ok(())
        };
        let bytes = match read_file(file) {
            Ok(bytes) => bytes,
            Err(why) => return left_out(why),
        };
        let hash = sha256(&bytes);
        if done.lock().expect("no thread panics").contains_key(&hash) {
            return Ok(());
        }
        match MaxOfK::load(&file.display().to_string(), &bytes) {
            Ok((task, facts)) => {
                let mut notices = Notices::default();
                let rows = rows(&task, &facts, u128::from(most_sequences), &mut notices);
                bar.suspend(|| notices.say_of(&facts.file));
                let mut done = done.lock().expect("no thread panics");
                done.insert(hash, rows);
                results::replace(output, &done)
            }
            Err(why) => left_out(why.into()),
        }
    };
    files.par_iter().map(sweep).inspect(|_| bar.inc(1)).collect::<Result<(), _>>()?;
    bar.finish_and_clear();
    let done = done.into_inner().expect("no thread panics");
    if let Some(file) = summary {
        write_file(file, summary::summary(&done).as_bytes())?;
    }
    if let Some(file) = accuracies {
        write_file(file, accuracies::accuracies(&done).as_bytes())?;
    }
    if let Some(frontiers) = frontiers {
        let mut text = serde_json::to_vec(&Frontiers::new(&done))?;
        text.push(b'\n');
        write_file(frontiers, &text)?;
    }
    if let Some(ratios) = ratios {
        let mut text = serde_json::to_vec(&Ratios::new(&done)?)?;
        text.push(b'\n');
        write_file(ratios, &text)?;
    }
    println!("{}: {} models", output.display(), done.len());
    Ok(())
}

/// Runs all strategies on one model, on this thread. A strategy whose search finds no proof object
/// has a row that proves 0. Leaves out brute force on more than `most_sequences` sequences.
pub(super) fn rows(
    task: &MaxOfK,
    facts: &ModelFacts,
    most_sequences: u128,
    notices: &mut Notices,
) -> Vec<Row> {
    let mut rows = Vec::new();
    for strategy in Strategy::all() {
        let too_long = strategy.family().visits_inputs && task.sequences() > most_sequences;
        if too_long || task.feasible(strategy).is_err() {
            continue;
        }
        let outcome = match verify_alone(task, strategy) {
            Ok(outcome) => outcome,
            Err(why) => {
                notices.add(strategy, why);
                continue;
            }
        };
        if let Some(failure) = outcome.failure {
            notices.add(strategy, failure);
        }
        let plain = match strategy {
            Strategy::Subcubic(s) => {
                task.search().plain(s).and_then(|proof| verify(task.model(), &proof)).ok()
            }
            _ => None,
        };
        rows.push(Row {
            sha256: facts.sha256.clone(),
            file: facts.file.clone(),
            k: facts.own.shape.n,
            v: facts.own.shape.v,
            d: facts.own.shape.d,
            h: facts.own.shape.h,
            strategy: outcome.strategy,
            class: outcome.class,
            correct: outcome.bound.correct(),
            total: outcome.bound.total(),
            bound: outcome.bound.ratio(),
            flops: outcome.flops,
            unexplained_dimension: outcome.unexplained_dimension,
            proof_bytes: outcome.proof_bytes,
            seconds: (outcome.seconds * 1e3).round() / 1e3,
            slack: outcome.slack,
            lost: outcome.lost,
            visited: outcome.visited,
            most_correct: outcome.upper.map(|upper| upper.most.correct()),
            plain_correct: plain.map(|cases| cases.proven()),
            published_count: published_count(strategy, task.published_count(strategy), notices),
        });
    }
    rows
}
