use super::prove::write_canonical;
use super::verify::Reading;
use super::{print_table, progress_bar, read_file, without_part, write_file};
use crate::sampling::{Drawing, Method, Plan, Sampled, SampledCertificate};
use crate::tasks::group_operations::GroupOperation;
use crate::tasks::max_of_k::MaxOfK;
use crate::tasks::max_of_k::residual::{
    self, Drawn, ResidualBound, ResidualCertificate, ResidualPlan,
};
use crate::tasks::{Covering, Kind, Sampling, Task, confirmed_sample, starting_proof};
use std::error::Error;
use std::path::PathBuf;

/// Bound the accuracy by running the network on inputs that coins choose; the bound holds with a
/// probability of at least 1 − δ over the coins
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Weights: safetensors, torch .pt/.pth, .npz or JSON
    file: PathBuf,
    /// How inputs are drawn: `clopper-pearson`, `stratified`, `anytime`, `bernstein` or `hoeffding`
    #[arg(long, default_value = "clopper-pearson")]
    method: Method,
    /// How many inputs are drawn; at most, with `--until` [default: 1e4; with `--residual` 128
    /// signs, 300 rows, 2e4 entries]
    #[arg(long, value_name = "NUMBER", value_parser = samples)]
    samples: Option<u64>,
    /// Draw no inputs: let coins bound what rank-1 attention scores leave, for a sub-cubic proof
    /// that need not multiply it out. `signs` (products with random signs; costs the bound
    /// nothing), `rows` or `entries`
    #[arg(long, value_name = "WHAT", conflicts_with_all = ["method", "proof", "until"])]
    residual: Option<Drawn>,
    /// The probability with which the bound may fail
    #[arg(long, value_name = "δ", default_value_t = 1e-3)]
    delta: f64,
    /// A text that chooses the coins; without one, they depend on the weights and these arguments
    /// alone
    #[arg(long, value_name = "TEXT", default_value = "")]
    seed: String,
    /// A strategy to start from: only inputs that its proof leaves are drawn
    #[arg(long, value_name = "STRATEGY")]
    proof: Option<String>,
    /// Stop as soon as the bound is that high, a fraction of all inputs such as 0.99; needs
    /// `--method anytime`
    #[arg(long, value_name = "B")]
    until: Option<f64>,
    /// Certificate to write. If the weights are not a safetensors file, the network is also written
    /// as one, beside the certificate, which is then about that file
    #[arg(long, short)]
    output: Option<PathBuf>,
    /// Print one JSON object instead of a table
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reading: Reading,
}

type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
fn samples(text: &str) -> Result<u64, String> {
    let number = text.parse::<f64>().ok().filter(|n| (1.0..=Plan::MAX_SAMPLES as f64).contains(n));
    let number = number.map(|number| number as u64);
    number.ok_or_else(|| format!("expected a number of inputs from 1 to {}", Plan::MAX_SAMPLES))
}

pub(super) fn run(arguments: &Arguments) -> super::CommandResult {
    let Arguments { file, reading, .. } = arguments;
    let (name, bytes) = (file.display().to_string(), read_file(file)?);
    let kind = reading.kind(&bytes);
    if kind == Kind::MaxOfK {
        let (task, facts) = MaxOfK::load(&name, &bytes)?;
        let canonical = facts.canonical_sha256.as_ref().map(|_| task.model().canonical());
        let sha256 = facts.certified_sha256();
        return match arguments.residual {
            Some(what) => of_residual(arguments, what, &task, sha256, canonical),
            None => drawn(arguments, &task, sha256, canonical),
        };
    }
    if kind != Kind::GroupOperations {
        return without_part("sample", kind);
    }
    if arguments.residual.is_some() {
        return Err(
            "--residual: expected a network for Max-of-K, whose attention has scores".into()
        );
    }
    let (task, facts) = GroupOperation::load(&name, &bytes, &reading.options()?)?;
    let canonical = match &facts.canonical_sha256 {
        None => None,
        Some(_) => Some(GroupOperation::canonical(&name, &bytes)?.0),
    };
    drawn(arguments, &task, facts.certified_sha256(), canonical)
}

/// Carries out what the arguments say. `canonical` is the network as a safetensors file, where its
/// file is none.
fn drawn(
    arguments: &Arguments,
    task: &(impl Task + Sampling + Covering),
    sha256: &str,
    canonical: Option<Vec<u8>>,
) -> super::CommandResult {
    /// Inputs that are drawn unless someone asks for another number.
    const USUAL: u64 = 10_000;
    let &Arguments { method, samples, delta, ref seed, ref proof, until, .. } = arguments;
    if until.is_some() && !method.facts().optional_stopping {
        return Err(
            format!("--until: a bound of the method {method} may not be looked at early").into()
        );
    }
    let proof = proof.as_ref().map(|strategy| starting_proof(task, strategy)).transpose()?;
    let samples = samples.unwrap_or(USUAL);
    let plan = Plan { method, samples, delta, seed: seed.clone(), proof };
    let mut drawing = task.drawing(sha256, plan)?;
    if let (Some(output), Some(bytes)) = (&arguments.output, canonical) {
        write_canonical(&output.with_extension("safetensors"), output, &bytes, sha256)?;
    }
    draw(&mut drawing, until);
    let outcome = drawing.outcome().ok_or("nothing was drawn")?;
    if let (Some(output), Some(certificate)) = (&arguments.output, drawing.certificate()) {
        write_file(output, certificate.to_json().as_bytes())?;
    }
    outcome.print(arguments.json)?;
    match until.filter(|&until| outcome.bound < until) {
        Some(until) => Err(format!("no bound of {until} was reached").into()),
        None => Ok(()),
    }
}

/// Proves with a residual that coins bound.
fn of_residual(
    arguments: &Arguments,
    drawn: Drawn,
    task: &MaxOfK,
    sha256: &str,
    canonical: Option<Vec<u8>>,
) -> super::CommandResult {
    let &Arguments { samples, delta, ref seed, ref output, json, .. } = arguments;
    let samples = samples.unwrap_or(drawn.usual());
    let plan = ResidualPlan { drawn, samples, delta, seed: seed.clone() };
    let (found, proof) = residual::prove(task, sha256, &plan)?;
    if let Some(output) = output {
        if let Some(bytes) = canonical {
            write_canonical(&output.with_extension("safetensors"), output, &bytes, sha256)?;
        }
        let certificate = ResidualCertificate::new(task, sha256, &plan, (&found, proof));
        write_file(output, certificate.to_json().as_bytes())?;
    }
    found.print(json)
}

/// Checks the certificate of a bound with a residual that coins bound, about the weights in
/// `bytes`.
pub(super) fn confirmed_residual(
    file: &str,
    bytes: &[u8],
    certificate: &[u8],
    most_work: u64,
) -> Fallible<ResidualBound> {
    let certificate = ResidualCertificate::read(certificate)?;
    let (task, facts) = MaxOfK::load(file, bytes)?;
    Ok(certificate.confirmed(&task, &facts.sha256s(), most_work)?)
}

impl ResidualBound {
    /// Prints the bound, as JSON or as a table.
    pub(super) fn print(&self, is_json: bool) -> super::CommandResult {
        if is_json {
            println!("{}", serde_json::to_string_pretty(self)?);
            return Ok(());
        }
        let Self { bound, delta, flops, exact_flops, .. } = self;
        let row = |name: &str, value: String| vec![name.to_string(), value];
        let saved = if flops < exact_flops { "fewer" } else { "more: multiply it out instead" };
        let (correct, total, percent) = (bound.correct(), bound.total(), bound.percent(4));
        print_table(&[
            row("bound", format!("{correct} of {total} ({percent} %)")),
            row("probability that it fails, at most", delta.to_string()),
            row("FLOPs", format!("{flops:.3e}")),
            row(
                "with the residual multiplied out",
                format!("{exact_flops:.3e}: these are {saved}"),
            ),
            row("drawn of the residual", format!("{} {}", self.samples, self.drawn.name())),
            row("part of inputs given up for it", format!("{:.6}", self.failing)),
            row("strategy", self.strategy.clone()),
            row("key of the coins", self.key.clone()),
        ]);
        Ok(())
    }
}

/// Draws all samples, or as many as a bound needs.
fn draw(drawing: &mut Drawing, until: Option<f64>) {
    let start = std::time::Instant::now();
    let clock = || start.elapsed().as_secs_f64();
    let bar = progress_bar(1000, &drawing.planned().strategy);
    let is_reached = |drawing: &Drawing| {
        until.is_some_and(|until| drawing.live().bound.is_some_and(|bound| bound >= until))
    };
    while !is_reached(drawing) {
        let done = drawing.advance_for(0.05, clock);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "from 0 to 1000"
        )]
        bar.set_position((1000.0 * done) as u64);
        if done >= 1.0 {
            break;
        }
    }
    bar.finish_and_clear();
}

/// Checks the certificate of a bound from samples, about the weights in `bytes`.
pub(super) fn confirmed(
    file: &str,
    bytes: &[u8],
    certificate: &[u8],
    most_work: u64,
) -> Fallible<Sampled> {
    let certificate = SampledCertificate::read(certificate)?;
    let kind = certificate.task.parse::<Kind>()?;
    if kind == Kind::MaxOfK {
        let (task, facts) = MaxOfK::load(file, bytes)?;
        Ok(confirmed_sample(&task, &facts.sha256s(), &certificate, most_work)?)
    } else if kind == Kind::GroupOperations {
        let (task, facts) = GroupOperation::sampled(file, bytes, &certificate.network)?;
        Ok(confirmed_sample(&task, &facts.sha256s(), &certificate, most_work)?)
    } else {
        without_part("check", kind)
    }
}

impl Sampled {
    /// Prints the bound, as JSON or as a table.
    pub(super) fn print(&self, is_json: bool) -> super::CommandResult {
        if is_json {
            println!("{}", serde_json::to_string_pretty(self)?);
            return Ok(());
        }
        let Self { planned, count, .. } = self;
        let row = |name: &str, value: String| vec![name.to_string(), value];
        let mut rows = vec![
            row("bound", format!("{} of {} ({} %)", self.correct, planned.total, self.percent)),
            row("probability that it fails, at most", planned.delta.to_string()),
            row("FLOPs", format!("{:.3e}", planned.flops)),
            row("inputs drawn", count.samples.to_string()),
            row("of these right", count.right.to_string()),
            row("wrong", count.wrong.to_string()),
            row("too close to a tie", count.undecided.to_string()),
            row("proven without coins", planned.proven.clone()),
            row("left to draw from", planned.left.clone()),
            row("key of the coins", planned.key.clone()),
        ];
        rows.extend(
            planned
                .deltas
                .iter()
                .map(|risk| row(&format!("δ: {}", risk.what), risk.delta.to_string())),
        );
        print_table(&rows);
        Ok(())
    }
}
