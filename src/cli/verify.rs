use super::{progress_bar, read_file};
use crate::proof::{CaseAnalysis, Outcome};
use crate::tasks::max_of_k::{MaxOfK, Strategy, TaskError};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use rayon::prelude::*;
use std::path::PathBuf;
use std::time::Instant;

/// Prove lower bounds on a model's accuracy over every possible input
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Weights: safetensors, torch .pt/.pth, .npz or JSON
    file: PathBuf,
    /// A strategy, or `all`; may be given several times
    #[arg(long, default_value = "all", value_parser = strategies())]
    strategy: Vec<Choice>,
    /// Print one JSON array instead of a table
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy)]
enum Choice {
    All,
    One(Strategy),
}

fn strategies() -> impl TypedValueParser<Value = Choice> {
    let names = std::iter::once("all").chain(Strategy::ALL.map(Strategy::name));
    PossibleValuesParser::new(names).map(|name| name.parse().map_or(Choice::All, Choice::One))
}

pub(super) fn run(Arguments { file, strategy, json }: &Arguments) -> super::Outcome {
    let (task, _) = MaxOfK::load(&file.display().to_string(), &read_file(file)?)?;
    let outcomes = chosen(strategy, &task).into_iter().map(|strategy| verify(&task, strategy));
    let outcomes: Vec<_> = outcomes.collect::<Result<_, _>>()?;
    if *json {
        println!("{}", serde_json::to_string_pretty(&outcomes)?);
    } else {
        print_table(&outcomes);
    }
    Ok(())
}

/// The strategies asked for, each once. `all` leaves out those that cannot be run on this model, and says so.
fn chosen(choices: &[Choice], task: &MaxOfK) -> Vec<Strategy> {
    let mut chosen = Vec::new();
    for choice in choices {
        let strategies = match *choice {
            Choice::One(strategy) => vec![strategy],
            Choice::All => Strategy::ALL
                .into_iter()
                .filter(|&strategy| {
                    task.feasible(strategy).inspect_err(|why| eprintln!("{strategy} is left out: {why}")).is_ok()
                })
                .collect(),
        };
        chosen.extend(strategies.into_iter().filter(|strategy| !chosen.contains(strategy)).collect::<Vec<_>>());
    }
    chosen
}

/// Runs a proof on all cores.
pub(super) fn verify(task: &MaxOfK, strategy: Strategy) -> Result<Outcome, TaskError> {
    let start = Instant::now();
    let verification = task.verification(strategy)?;
    let bar = progress_bar(verification.chunks(), strategy.name());
    let correct = count(verification.as_ref(), || bar.inc(1));
    bar.finish_and_clear();
    Ok(task.outcome(strategy, correct, start.elapsed().as_secs_f64()))
}

/// The sum over all chunks; exact, so the order in which threads finish does not matter.
pub(super) fn count(verification: &dyn CaseAnalysis, progress: impl Fn() + Sync) -> u128 {
    let chunks = (0..verification.chunks()).into_par_iter();
    chunks.map(|chunk| verification.count(chunk)).inspect(|_| progress()).sum()
}

fn print_table(outcomes: &[Outcome]) {
    let mut rows = vec![["strategy", "bound", "correct", "total", "FLOPs", "unexplained", "seconds"].map(String::from)];
    rows.extend(outcomes.iter().map(|outcome| {
        [
            outcome.strategy.clone(),
            format!("{} %", outcome.bound.percent(4)),
            outcome.bound.correct().to_string(),
            outcome.bound.total().to_string(),
            format!("{:.3e}", outcome.flops),
            format!("{:.3e}", outcome.unexplained_dimension),
            format!("{:.3}", outcome.seconds),
        ]
    }));
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let widths: Vec<_> = (0..rows[0].len()).map(width).collect();
    for row in &rows {
        // Names to the left, numbers to the right.
        let cells = row.iter().zip(&widths).enumerate();
        let cells = cells.map(|(i, (cell, &w))| if i == 0 { format!("{cell:<w$}") } else { format!("{cell:>w$}") });
        println!("{}", cells.collect::<Vec<_>>().join("  "));
    }
}
