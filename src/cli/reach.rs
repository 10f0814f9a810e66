use super::verify::{Reading, finish_with_bar};
use super::{print_table, read_file, without_part};
use crate::proof::Outcome;
use crate::sampling::{Method, Plan, Planned, Sampled, StartingProof};
use crate::tasks::group_operations::GroupOperation;
use crate::tasks::max_of_k::MaxOfK;
use crate::tasks::{Covering, Kind, Sampling, StrategyFacts, Task, Theorem};
use serde::Serialize;
use std::error::Error;
use std::path::PathBuf;

/// Find how many FLOPs bounds of 90, 99 and 99.9 % take: the shortest proof, and the shortest bound
/// that may fail with probability δ, which extends a proof, or none, by samples
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Weights: safetensors, torch .pt/.pth, .npz or JSON
    file: PathBuf,
    /// The probability with which each bound with coins may fail
    #[arg(long, value_name = "δ", default_value_t = 1e-3)]
    delta: f64,
    /// Print one JSON array instead of a table
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reading: Reading,
}

/// The bounds that are looked for.
const TARGETS: [f64; 3] = [0.9, 0.99, 0.999];
/// How often samples are drawn for one bound, each time twice as many. Each attempt may fail with
/// half the probability of the one before, all together with less than δ.
const ATTEMPTS: u32 = 6;

/// The shortest ways to a part `target` of all inputs.
#[derive(Serialize)]
struct Reached {
    target: f64,
    /// Without coins.
    proof: Option<Found>,
    /// With coins.
    pac: Option<Found>,
}

#[derive(Serialize)]
struct Found {
    strategy: String,
    flops: f64,
    bound: f64,
    /// The sum of the probabilities of all attempts; 0 of a proof.
    delta: f64,
    samples: u64,
}

type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

pub(super) fn run(Arguments { file, delta, json, reading }: &Arguments) -> super::CommandResult {
    let (name, bytes) = (file.display().to_string(), read_file(file)?);
    let kind = reading.kind(&bytes);
    let reached = if kind == Kind::MaxOfK {
        let (task, facts) = MaxOfK::load(&name, &bytes)?;
        reached(&task, &facts.strategies, facts.certified_sha256(), *delta)?
    } else if kind == Kind::GroupOperations {
        let (task, facts) = GroupOperation::load(&name, &bytes, &reading.options()?)?;
        reached(&task, &facts.strategies, facts.certified_sha256(), *delta)?
    } else {
        return without_part("reach", kind);
    };
    if *json {
        println!("{}", serde_json::to_string_pretty(&reached)?);
        return Ok(());
    }
    let row = |target: f64, kind: &str, found: &Option<Found>| match found {
        None => vec![
            format!("{} %, {kind}", 100.0 * target),
            "–".into(),
            "not reached".into(),
            "–".into(),
        ],
        Some(Found { strategy, flops, samples, .. }) => vec![
            format!("{} %, {kind}", 100.0 * target),
            format!("{flops:.3e}"),
            strategy.clone(),
            samples.to_string(),
        ],
    };
    let mut rows = vec![["bound", "FLOPs", "by", "samples"].map(String::from).to_vec()];
    for Reached { target, proof, pac } in &reached {
        rows.extend([row(*target, "a proof", proof), row(*target, "with coins", pac)]);
    }
    print_table(&rows);
    Ok(())
}

fn reached<T: Task + Sampling + Covering>(
    task: &T,
    strategies: &[StrategyFacts],
    sha256: &str,
    delta: f64,
) -> Fallible<Vec<Reached>> {
    let frontier = frontier(task, strategies)?;
    let reach = |target| {
        let shortest = frontier.iter().find(|outcome| outcome.bound.ratio() >= target);
        let proof = shortest.map(|outcome| Found {
            strategy: outcome.strategy.clone(),
            flops: outcome.flops,
            bound: outcome.bound.ratio(),
            delta: 0.0,
            samples: 0,
        });
        Ok(Reached { target, proof, pac: with_coins(task, &frontier, sha256, (target, delta))? })
    };
    TARGETS.into_iter().map(reach).collect()
}

/// The proofs that no other beats, the shortest first.
fn frontier(task: &impl Task, strategies: &[StrategyFacts]) -> Fallible<Vec<Outcome>> {
    let possible = strategies
        .iter()
        .filter(|of| of.refused.is_none() && of.family.theorem == Theorem::Accuracy);
    let mut outcomes = Vec::new();
    for StrategyFacts { strategy, .. } in possible {
        let mut run = task.run(strategy, &[])?;
        finish_with_bar(&mut run, strategy);
        outcomes.push(run.outcome());
    }
    outcomes.sort_by(|a, b| a.flops.total_cmp(&b.flops));
    let mut best = 0;
    outcomes.retain(|outcome| {
        let is_better = outcome.bound.correct() > best;
        best = best.max(outcome.bound.correct());
        is_better
    });
    Ok(outcomes)
}

/// The bound from samples with the fewest FLOPs that reaches the target.
fn with_coins<T: Task + Sampling + Covering>(
    task: &T,
    frontier: &[Outcome],
    sha256: &str,
    (target, delta): (f64, f64),
) -> Fallible<Option<Found>> {
    let mut starts = vec![None];
    for outcome in frontier {
        let strategy = outcome.strategy.clone();
        // Brute force, for one, leaves nothing to sample.
        if let Ok(covered) = task.covered_inputs(&strategy) {
            starts.push(Some(StartingProof { strategy, flops: outcome.flops, covered }));
        }
    }
    let mut spent = 0.0;
    for attempt in 0..ATTEMPTS {
        let delta = delta / f64::from(2 << attempt);
        spent += delta;
        let plan = |proof: &Option<StartingProof>, samples| Plan {
            method: Method::ClopperPearson,
            samples,
            delta,
            seed: String::new(),
            proof: proof.clone(),
        };
        let cheapest = starts.iter().filter_map(|proof| {
            let (samples, planned) =
                fewest(|samples| task.planned(sha256, &plan(proof, samples)).ok(), target)?;
            // Room for samples that are wrong, more with each attempt.
            let samples = (samples << attempt).min(Plan::MAX_SAMPLES);
            Some((
                planned.proof_flops + planned.start_flops + samples as f64 * planned.sample_flops,
                proof,
                samples,
            ))
        });
        let Some((_, proof, samples)) = cheapest.min_by(|a, b| a.0.total_cmp(&b.0)) else {
            return Ok(None);
        };
        let mut drawing = task.drawing(sha256, plan(proof, samples))?;
        while drawing.advance() {}
        let outcome = drawing.outcome().ok_or("nothing was drawn")?;
        if outcome.bound >= target {
            let Sampled { planned, bound, .. } = outcome;
            let Planned { strategy, flops, .. } = planned;
            return Ok(Some(Found { strategy, flops, bound, delta: spent, samples }));
        }
    }
    Ok(None)
}

/// The fewest samples that may reach a bound, if each is right.
fn fewest(planned: impl Fn(u64) -> Option<Planned>, target: f64) -> Option<(u64, Planned)> {
    let (mut low, mut high) = (0, 1);
    while planned(high)?.most < target {
        (low, high) = (high, high * 2);
        if high > Plan::MAX_SAMPLES {
            return None;
        }
    }
    while high - low > 1 {
        let middle = u64::midpoint(low, high);
        *if planned(middle)?.most < target { &mut low } else { &mut high } = middle;
    }
    Some((high, planned(high)?))
}
