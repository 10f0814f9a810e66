use super::{print_table, progress_bar, read_file};
use crate::frontier::pareto;
use crate::proof::{CaseAnalysis, Outcome, Tally};
use crate::tasks::max_of_k::{MaxOfK, Proven, Pruning, Strategy, TaskError, UnknownStrategy, frontier_points};
use rayon::prelude::*;
use serde::Serialize;
use std::path::PathBuf;
use std::time::Instant;

/// Prove lower bounds on a model's accuracy over every possible input
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Weights: safetensors, torch .pt/.pth, .npz or JSON
    file: PathBuf,
    /// a strategy's name, or `all` of them; may be given several times
    #[arg(long, default_value = "all", value_parser = choice)]
    strategy: Vec<Choice>,
    /// Print one JSON array instead of a table
    #[arg(long)]
    json: bool,
    /// Let brute force visit every sequence, also those that a common prefix decides
    #[arg(long)]
    no_pruning: bool,
}

#[derive(Clone, Copy)]
enum Choice {
    All,
    One(Strategy),
}

fn choice(name: &str) -> Result<Choice, UnknownStrategy> {
    if name == "all" { Ok(Choice::All) } else { name.parse().map(Choice::One) }
}

/// A row of the result: what was proven, beside what the authors' formula claims.
#[derive(Serialize)]
pub(super) struct Row {
    #[serde(flatten)]
    pub(super) outcome: Outcome,
    /// Published, not sound: what the authors' formula claims; null where theirs is the sound one.
    pub(super) published_count: Option<String>,
    /// Whether no proof of this run beats it.
    pub(super) on_frontier: bool,
}

pub(super) fn run(Arguments { file, strategy, json, no_pruning }: &Arguments) -> super::Outcome {
    let (task, _) = MaxOfK::load(&file.display().to_string(), &read_file(file)?)?;
    let pruning = if *no_pruning { Pruning::Off } else { Pruning::On };
    let rows = rows(&task, &chosen(strategy, &task), pruning)?;
    if *json {
        println!("{}", serde_json::to_string_pretty(&rows)?)
    } else {
        print_rows(&rows)
    }
    Ok(())
}

/// The strategies asked for, each once. `all` leaves out those that cannot be run on this model, and says so.
fn chosen(choices: &[Choice], task: &MaxOfK) -> Vec<Strategy> {
    let mut chosen = Vec::new();
    for choice in choices {
        let strategies: Vec<_> = match *choice {
            Choice::One(strategy) => vec![strategy],
            Choice::All => {
                let feasible = |&strategy: &Strategy| {
                    task.feasible(strategy).inspect_err(|why| eprintln!("{strategy} is left out: {why}")).is_ok()
                };
                Strategy::all().filter(feasible).collect()
            }
        };
        for strategy in strategies {
            if !chosen.contains(&strategy) {
                chosen.push(strategy);
            }
        }
    }
    chosen
}

/// Runs proofs on all cores: the chunks of brute force and cubic, then the other strategies side by side.
fn rows(
    task: &MaxOfK,
    strategies: &[Strategy],
    pruning: Pruning,
) -> Result<Vec<Row>, Box<dyn std::error::Error + Send + Sync>> {
    let (alone, together): (Vec<_>, Vec<_>) =
        strategies.iter().partition(|s| !matches!(s, Strategy::Subcubic(_) | Strategy::Additive(_)));
    let mut outcomes: Vec<_> = alone.into_iter().map(|&s| verify(task, s, pruning)).collect::<Result<_, _>>()?;
    let bar = progress_bar(together.len() as u64, "searched proofs");
    let subcubic = together.into_par_iter().map(|&s| verify_alone(task, s)).inspect(|_| bar.inc(1));
    outcomes.extend(subcubic.collect::<Result<Vec<_>, _>>()?);
    bar.finish_and_clear();
    outcomes.sort_by_key(|outcome| strategies.iter().position(|s| s.to_string() == outcome.strategy));

    let proofs = outcomes.iter().zip(strategies).map(|(outcome, &strategy)| Proven {
        strategy,
        bound: outcome.bound.ratio(),
        upper: outcome.upper.map_or(1.0, |upper| upper.most.ratio_above()),
        flops: outcome.flops,
    });
    let points = frontier_points(&proofs.collect::<Vec<_>>());
    let best: Vec<_> = pareto(&points).iter().map(|point| point.strategy.clone()).collect();
    let published = strategies.par_iter().map(|&strategy| task.published_count(strategy));
    let published = published.collect::<Result<Vec<_>, _>>()?;
    let row = |(outcome, published): (Outcome, Option<u128>)| Row {
        published_count: published.map(|count| count.to_string()),
        on_frontier: best.contains(&outcome.strategy),
        outcome,
    };
    Ok(outcomes.into_iter().zip(published).map(row).collect())
}

/// Runs a proof on all cores.
pub(super) fn verify(task: &MaxOfK, strategy: Strategy, pruning: Pruning) -> Result<Outcome, TaskError> {
    let start = Instant::now();
    let verification = task.verification_with(strategy, pruning)?;
    let bar = progress_bar(verification.chunks(), &strategy.to_string());
    let tally = count(verification.as_ref(), || bar.inc(1));
    bar.finish_and_clear();
    Ok(task.outcome(strategy, tally, verification.cost(), start.elapsed().as_secs_f64()))
}

/// Runs a proof on this thread.
pub(super) fn verify_alone(task: &MaxOfK, strategy: Strategy) -> Result<Outcome, TaskError> {
    let start = Instant::now();
    let verification = task.verification(strategy)?;
    let tally = (0..verification.chunks()).map(|chunk| verification.count(chunk)).sum();
    Ok(task.outcome(strategy, tally, verification.cost(), start.elapsed().as_secs_f64()))
}

/// The sum over all chunks; exact, so the order in which threads finish does not matter.
pub(super) fn count(verification: &dyn CaseAnalysis, progress: impl Fn() + Sync) -> Tally {
    let chunks = (0..verification.chunks()).into_par_iter();
    chunks.map(|chunk| verification.count(chunk)).inspect(|_| progress()).sum()
}

/// A table, names to the left and numbers to the right; a star marks the frontier.
pub(super) fn print_rows(rows: &[Row]) {
    let heads = [
        "strategy",
        "bound",
        "at most",
        "correct",
        "total",
        "visited",
        "FLOPs",
        "unexplained",
        "lost",
        "proof bytes",
        "seconds",
        "published",
    ];
    let mut table = vec![heads.map(String::from).to_vec()];
    table.extend(rows.iter().map(|Row { outcome, published_count, on_frontier }| {
        vec![
            format!("{}{}", outcome.strategy, if *on_frontier { " *" } else { "" }),
            format!("{} %", outcome.bound.percent(4)),
            outcome.upper.map_or_else(|| "–".into(), |upper| format!("{} %", upper.most.percent_above(4))),
            outcome.bound.correct().to_string(),
            outcome.bound.total().to_string(),
            outcome.visited.map_or_else(|| "–".into(), |visited| visited.to_string()),
            format!("{:.3e}", outcome.flops),
            format!("{:.3e}", outcome.unexplained_dimension),
            outcome.lost.to_string(),
            outcome.proof_bytes.map_or_else(|| "–".into(), |bytes| bytes.to_string()),
            format!("{:.3}", outcome.seconds),
            published_count.clone().unwrap_or_else(|| "–".into()),
        ]
    }));
    print_table(&table);
    println!("* on the frontier. published: what the authors' formula claims; it is not sound. lost: to rounding.");
}
