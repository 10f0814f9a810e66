use super::verify::{Named, Reading, Row, finish_with_bar, named, print_rows};
use super::{group_operations, read_file, read_file_within, sample, without_part, write_file};
use crate::proof::{Contribution, MAX_CERTIFICATE_BYTES, MAX_WORK, Target};
use crate::sampling::SampledCertificate;
use crate::tasks::group_operations::Strategy as GroupStrategy;
use crate::tasks::max_of_k::additive::Additive;
use crate::tasks::max_of_k::residual::ResidualCertificate;
use crate::tasks::max_of_k::{MaxOfK, Strategy};
use crate::tasks::{Confirmation, Kind};
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Prove a bound and write its certificate: by a strategy, or by the best proof there is
#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("goal").required(true))]
pub(super) struct Arguments {
    /// Weights: safetensors, torch .pt/.pth, .npz or JSON
    file: PathBuf,
    /// The name of a strategy
    #[arg(long, group = "goal", value_parser = named)]
    strategy: Option<Named>,
    /// Find the highest bound that can be checked with at most this many FLOPs, such as 2.5e6
    #[arg(long, group = "goal", value_name = "FLOPS", value_parser = flops)]
    budget: Option<u64>,
    /// Find the shortest proof of this bound, a fraction of all sequences such as 0.999
    #[arg(long, group = "goal", value_name = "B", value_parser = millionths)]
    bound: Option<u32>,
    /// Certificate to write. If the weights are not a safetensors file, the network is also written
    /// as one, beside the certificate, which is then about that file
    #[arg(long, short)]
    output: PathBuf,
    #[command(flatten)]
    reading: Reading,
}

/// Verify a certificate; nothing in it is trusted
#[derive(clap::Args)]
pub(super) struct CheckArguments {
    /// Weights: safetensors, torch .pt/.pth, .npz or JSON
    file: PathBuf,
    /// Certificate, as `prove` writes it
    certificate: PathBuf,
    /// Print one JSON array instead of a table
    #[arg(long)]
    json: bool,
    /// Give up if checking takes more operations than this
    #[arg(long, value_name = "OPERATIONS", value_parser = flops, default_value_t = MAX_WORK)]
    most_operations: u64,
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
fn flops(text: &str) -> Result<u64, String> {
    let flops = text.parse::<f64>().ok().filter(|flops| (1.0..=1e18).contains(flops));
    flops
        .map(|flops| flops as u64)
        .ok_or_else(|| "expected a number of FLOPs from 1 to 1e18".into())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
fn millionths(text: &str) -> Result<u32, String> {
    let bound = text.parse::<f64>().ok().filter(|bound| (0.0..=1.0).contains(bound));
    // Rounded up to the next millionth, so that the bound is never less than what was asked for.
    bound
        .map(|bound| (bound * 1e6).ceil() as u32)
        .ok_or_else(|| "expected a part of all sequences, from 0 to 1".into())
}

pub(super) fn run(
    Arguments { file, strategy, budget, bound, output, reading }: &Arguments,
) -> super::CommandResult {
    let (name, bytes) = (file.display().to_string(), read_file(file)?);
    let target = budget.map(Target::Flops).or(bound.map(Target::Bound));
    let kind = reading.kind(&bytes);
    if kind == Kind::GroupOperations {
        let strategy = match (strategy, target) {
            (Some(named), _) => {
                named.group_operations.ok_or_else(|| named.not_of(Kind::GroupOperations))?
            }
            (None, target) => GroupStrategy::Best(target.ok_or("no goal")?),
        };
        return group_operations::prove(&name, &bytes, &reading.options()?, strategy, output);
    }
    if kind != Kind::MaxOfK {
        return without_part("prove", kind);
    }
    let (task, facts) = MaxOfK::load(&name, &bytes)?;
    let strategy = match (strategy, target) {
        (Some(named), _) => named.max_of_k.ok_or_else(|| named.not_of(Kind::MaxOfK))?,
        (None, target) => Strategy::Additive(Additive::Best(target.ok_or("no goal")?)),
    };
    let start = Instant::now();
    let mut run = task.run(strategy)?;
    if let Some(sha256) = &facts.canonical_sha256 {
        write_canonical(
            &output.with_extension("safetensors"),
            output,
            &task.model().canonical(),
            sha256,
        )?;
    }
    finish_with_bar(&mut run, &strategy.to_string());
    run.add_seconds(start.elapsed().as_secs_f64());
    let certificate = task
        .certificate(facts.certified_sha256(), &run)
        .map_err(|failure| format!("{strategy}: {failure}; no certificate is written"))?;
    let (json, outcome) = (certificate.to_json(), run.outcome());
    write_file(output, json.as_bytes())?;
    println!("{}: {} bytes", output.display(), json.len());
    if outcome.flops > MAX_WORK as f64 && !strategy.family().visits_inputs {
        eprintln!(
            "checking it takes more than the {MAX_WORK} operations that `check` allows: \
             use `--most-operations`"
        );
    }
    for Contribution { what, cases, correct, flops } in &outcome.contributions {
        println!("{what}: {cases} cases, {correct} sequences right, {flops:.3e} FLOPs");
    }
    let proven = outcome.bound;
    print_rows(&[Row { outcome, published_count: None, on_frontier: true }]);
    match strategy {
        Strategy::Additive(Additive::Best(target @ Target::Bound(millionths)))
            if !target.is_reached(proven) =>
        {
            let wanted = f64::from(millionths) / 1e4;
            Err(format!("no proof that was found reaches {wanted} %: this is the highest").into())
        }
        _ => Ok(()),
    }
}

/// Writes the canonical weights file that the certificate is about, beside the certificate. This
/// happens before the search, and never overwrites another file.
pub(super) fn write_canonical(
    path: &Path,
    certificate: &Path,
    bytes: &[u8],
    sha256: &str,
) -> super::CommandResult {
    let shown = path.display();
    if path == certificate {
        return Err(format!(
            "{shown}: the certificate is JSON, and the network goes to the same name with \
             .safetensors"
        )
        .into());
    }
    let named = |error: std::io::Error| format!("{shown}: {error}");
    match File::create_new(path) {
        Ok(mut file) => file.write_all(bytes).map_err(named)?,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            if read_file(path)? != bytes {
                let problem = "is another file, and the network that the certificate is about \
                               would be written there";
                return Err(format!("{shown}: {problem}: name another output").into());
            }
        }
        Err(error) => return Err(named(error).into()),
    }
    println!(
        "{shown}: {} bytes, sha-256 {sha256}: the network, and the file that the certificate \
         is about",
        bytes.len()
    );
    Ok(())
}

pub(super) fn check(
    CheckArguments { file, certificate, json, most_operations }: &CheckArguments,
) -> super::CommandResult {
    let (weights, bytes) = (file.display().to_string(), read_file(file)?);
    let name = certificate.display();
    let certificate = read_file_within(certificate, MAX_CERTIFICATE_BYTES)?;
    if SampledCertificate::is_one(&certificate) {
        let confirmed = sample::confirmed(&weights, &bytes, &certificate, *most_operations);
        return confirmed.map_err(|e| format!("{name}: {e}"))?.print(*json);
    }
    if ResidualCertificate::is_one(&certificate) {
        let confirmed =
            sample::confirmed_residual(&weights, &bytes, &certificate, *most_operations);
        return confirmed.map_err(|e| format!("{name}: {e}"))?.print(*json);
    }
    let brought = Kind::read(&weights, &bytes)?;
    let start = Instant::now();
    let claimed = brought.claimed(&certificate, *most_operations);
    let Confirmation { mut run, theorem, network, .. } =
        claimed.map_err(|e| format!("{name}: {e}"))?;
    let what = format!("check {}", run.about().strategy);
    finish_with_bar(&mut run, &what);
    run.add_seconds(start.elapsed().as_secs_f64());
    let outcome = run.confirmed().map_err(|e| format!("{name}: {e}"))?;
    let row = Row { outcome, published_count: None, on_frontier: true };
    if *json {
        println!("{}", serde_json::to_string_pretty(&[row])?);
    } else {
        println!("{theorem}");
        println!("What no weights file says, and is assumed: {network}");
        print_rows(&[row]);
    }
    Ok(())
}
