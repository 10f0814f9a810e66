use super::verify::{Row, print_rows};
use super::{read_file, write_file};
use crate::proof::{Cost, Tally};
use crate::tasks::max_of_k::additive::{self, Additive, Plan, Target};
use crate::tasks::max_of_k::subcubic::{self, Proof};
use crate::tasks::max_of_k::{MaxOfK, Strategy, UnknownStrategy};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Search a proof object and write it as JSON: of a strategy, or the best proof there is
#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("goal").required(true))]
pub(super) struct Arguments {
    /// Weights: safetensors, torch .pt/.pth, .npz or JSON
    file: PathBuf,
    /// The name of a strategy (brute force and cubic need no proof object)
    #[arg(long, group = "goal", value_parser = searched)]
    strategy: Option<Strategy>,
    /// The highest bound that can be checked with so many FLOPs: 2.5e6, say
    #[arg(long, group = "goal", value_name = "FLOPS", value_parser = flops)]
    budget: Option<u64>,
    /// The shortest proof of this bound, a part of all sequences: 0.999, say
    #[arg(long, group = "goal", value_name = "B", value_parser = millionths)]
    bound: Option<u32>,
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

fn searched(name: &str) -> Result<Strategy, String> {
    match name.parse().map_err(|e: UnknownStrategy| e.to_string())? {
        strategy @ (Strategy::Subcubic(_) | Strategy::Additive(_)) => Ok(strategy),
        other => Err(format!("`{other}` needs no proof object: run `verify`")),
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
fn flops(text: &str) -> Result<u64, String> {
    let flops = text.parse::<f64>().ok().filter(|flops| (1.0..=1e18).contains(flops));
    flops.map(|flops| flops as u64).ok_or_else(|| "expected a number of FLOPs from 1 to 1e18".into())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
fn millionths(text: &str) -> Result<u32, String> {
    let bound = text.parse::<f64>().ok().filter(|bound| (0.0..=1.0).contains(bound));
    // Up to the next millionth: never less than what is asked for.
    bound.map(|bound| (bound * 1e6).ceil() as u32).ok_or_else(|| "expected a part of all sequences, from 0 to 1".into())
}

/// A proof object of either form; which it is, its strategy says.
enum Object {
    Subcubic(Box<Proof>),
    Additive(Plan),
}

impl Object {
    fn read(name: &str, bytes: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Head {
            strategy: String,
        }
        let named = |e: serde_json::Error| format!("{name}: {e}");
        let Head { strategy } = serde_json::from_slice(bytes).map_err(named)?;
        match strategy.parse::<Additive>() {
            Ok(_) => serde_json::from_slice(bytes).map(Self::Additive).map_err(named),
            Err(()) => serde_json::from_slice(bytes).map(|proof| Self::Subcubic(Box::new(proof))).map_err(named),
        }
    }

    fn strategy(&self) -> Strategy {
        match self {
            Self::Subcubic(proof) => Strategy::Subcubic(proof.strategy),
            Self::Additive(plan) => Strategy::Additive(plan.strategy),
        }
    }

    fn to_json(&self) -> String {
        match self {
            Self::Subcubic(proof) => proof.to_json(),
            Self::Additive(plan) => plan.to_json(),
        }
    }

    fn verify(&self, task: &MaxOfK, bytes: usize) -> Result<(Tally, Cost), Box<dyn std::error::Error + Send + Sync>> {
        Ok(match self {
            Self::Subcubic(proof) => {
                let cases = subcubic::verify(task.model(), proof)?;
                let cost = Cost {
                    proof_bytes: Some(bytes),
                    left_out: Some(cases.left_out()),
                    ..Cost::of_flops(subcubic::flops(proof.strategy, task.shape(), &proof.gaps))
                };
                (Tally::right(cases.proven()), cost)
            }
            Self::Additive(plan) => {
                let verified = additive::verify(task.model(), plan)?;
                (verified.tally(), verified.cost(Some(bytes)))
            }
        })
    }
}

pub(super) fn run(Arguments { file, strategy, budget, bound, output }: &Arguments) -> super::Outcome {
    let (task, _) = MaxOfK::load(&file.display().to_string(), &read_file(file)?)?;
    let best = |target| Strategy::Additive(Additive::Best(target));
    let strategy = match (strategy, budget, bound) {
        (Some(strategy), ..) => *strategy,
        (_, Some(flops), _) => best(Target::Flops(*flops)),
        (.., bound) => best(Target::Bound(bound.ok_or("no goal")?)),
    };
    task.feasible(strategy)?;
    let object = match strategy {
        Strategy::Subcubic(strategy) => Object::Subcubic(Box::new(task.prove(strategy)?)),
        Strategy::Additive(strategy) => Object::Additive(task.prover().prove(strategy)),
        other => return Err(format!("`{other}` needs no proof object").into()),
    };
    let json = object.to_json();
    write_file(output, json.as_bytes())?;
    println!("{}: {} bytes", output.display(), json.len());
    explain(&task, &object, json.len())
}

/// Verifies what was found, and says what its parts do.
fn explain(task: &MaxOfK, object: &Object, bytes: usize) -> super::Outcome {
    let start = Instant::now();
    let (tally, cost) = object.verify(task, bytes)?;
    let outcome = task.outcome(object.strategy(), tally, cost, start.elapsed().as_secs_f64());
    for step in &outcome.steps {
        println!("{}: {} cases, {} sequences right, {:.3e} FLOPs", step.what, step.cases, step.correct, step.flops);
    }
    let proven = outcome.bound;
    print_rows(&[Row { outcome, published_count: None, on_frontier: true }]);
    match object.strategy() {
        Strategy::Additive(Additive::Best(target @ Target::Bound(millionths))) if !target.is_reached(proven) => {
            let wanted = f64::from(millionths) / 1e4;
            Err(format!("no proof that was found reaches {wanted} %: this is the highest").into())
        }
        _ => Ok(()),
    }
}

pub(super) fn check(CheckArguments { file, proof, json }: &CheckArguments) -> super::Outcome {
    let (task, _) = MaxOfK::load(&file.display().to_string(), &read_file(file)?)?;
    let row = checked(&task, proof)?;
    if *json {
        println!("{}", serde_json::to_string_pretty(&[row])?);
    } else {
        print_rows(&[row]);
    }
    Ok(())
}

fn checked(task: &MaxOfK, proof: &Path) -> Result<Row, Box<dyn std::error::Error + Send + Sync>> {
    let (name, bytes) = (proof.display().to_string(), read_file(proof)?);
    let object = Object::read(&name, &bytes)?;
    let start = Instant::now();
    let (tally, cost) = object.verify(task, bytes.len()).map_err(|e| format!("{name}: {e}"))?;
    let seconds = start.elapsed().as_secs_f64();
    let strategy = object.strategy();
    let published_count = task.published_count(strategy)?.map(|count| count.to_string());
    Ok(Row { outcome: task.outcome(strategy, tally, cost, seconds), published_count, on_frontier: true })
}
