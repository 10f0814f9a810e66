//! `superposition`: trains dictionaries of toy models with each penalty, and says whose proofs are
//! short.

mod summary;
mod table;

use super::results::Failure;
use super::train_seeds::Seeds;
use super::{CommandResult, progress_bar, read_file_within, write_file};
use crate::labs::superposition::proof::{Certificate, Method, ProofSettings, Proven};
use crate::labs::superposition::{
    DictionarySettings, Kind, Lab, LabSettings, Layer, Measures, Penalty, ToySettings,
};
use crate::proof::MAX_CERTIFICATE_BYTES;
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use table::Row;

/// Train dictionaries of toy models of superposition with each sparsity penalty, measure them, and
/// prove what the toy models answer
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Seeds of toy models, such as 0..3 (without the last)
    #[arg(long, default_value = "0..3")]
    seeds: Seeds,
    /// Optimizer steps of a dictionary
    #[arg(long, default_value_t = summary::USUAL_STEPS, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    steps: u32,
    /// Optimizer steps of a toy model
    #[arg(long, default_value_t = 6000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    toy_steps: u32,
    /// What dictionaries read: `autoencoder`, `crosscoder` (hidden vectors and outputs) or
    /// `matryoshka` (a row for each prefix)
    #[arg(long, default_value = "autoencoder", value_parser = kind)]
    kind: Kind,
    /// Use the toy models with a bilinear layer in place of ReLU
    #[arg(long)]
    bilinear: bool,
    /// CSV file to write, a row for each dictionary
    #[arg(long, short)]
    output: Option<PathBuf>,
    /// Markdown file to write: the rows as tables
    #[arg(long)]
    summary: Option<PathBuf>,
    /// Write the summary of the rows of this CSV file; train nothing
    #[arg(long, requires = "summary", conflicts_with_all = ["output", "certificates", "check"])]
    rows: Option<PathBuf>,
    /// Folder for a certificate of each dictionary's proof from pairs
    #[arg(long)]
    certificates: Option<PathBuf>,
    /// Verify this certificate; train nothing
    #[arg(long, conflicts_with_all = ["output", "summary", "certificates"])]
    check: Option<PathBuf>,
}

fn kind(name: &str) -> Result<Kind, String> {
    let known = [Kind::Autoencoder, Kind::Crosscoder, Kind::Matryoshka];
    let found = known.into_iter().find(|kind| kind.name() == name);
    found.ok_or_else(|| format!("expected one of {}", known.map(Kind::name).join(", ")))
}

/// A penalty to train with: its scale, its `k`, and the strengths to try.
const TRIED: [(Penalty, f64, usize, &[f64]); 7] = [
    (Penalty::L1, 1.0, 1, &[0.2, 0.4, 0.6]),
    (Penalty::Log1p, 1.0, 1, &[0.2, 0.4, 0.6]),
    (Penalty::Log1p, 0.1, 1, &[0.08, 0.15]),
    (Penalty::Prod1p, 1.0, 1, &[0.1, 0.2, 0.3]),
    (Penalty::Tanh, 4.0, 1, &[0.15, 0.3]),
    (Penalty::TopK, 1.0, 1, &[0.0]),
    (Penalty::TopK, 1.0, 2, &[0.0]),
];

/// Tokens of a proof.
const TOKENS: usize = 1000;

impl Arguments {
    /// The lab of a seed: a toy model of 50 features in 10 dimensions, and all dictionaries.
    fn lab(&self, seed: u32) -> LabSettings {
        let toy = ToySettings {
            layer: if self.bilinear { Layer::Bilinear } else { Layer::Relu },
            features: 50,
            hidden: 10,
            probability: 0.01,
            importance: 1.0,
            steps: self.toy_steps,
            seed,
        };
        let (steps, kind) = (self.steps, self.kind);
        let of = |&(penalty, scale, k, strengths): &(Penalty, f64, usize, &[f64])| {
            let new = move |&lambda: &f64| DictionarySettings {
                kind,
                penalty,
                lambda,
                scale,
                k,
                latents: 50,
                steps,
                seed,
            };
            strengths.iter().map(new).collect::<Vec<_>>()
        };
        LabSettings { toy, dictionaries: TRIED.iter().flat_map(of).collect() }
    }
}

pub(super) fn run(arguments: &Arguments) -> CommandResult {
    if let Some(certificate) = &arguments.check {
        return check(certificate);
    }
    let rows = match &arguments.rows {
        Some(path) => table::read(path)?,
        None => train(arguments)?,
    };
    if let Some(path) = &arguments.output {
        table::write(path, &rows)?;
    }
    if let Some(path) = &arguments.summary {
        write_file(path, summary::text(&rows).as_bytes())?;
    }
    print!("{}", summary::text(&rows));
    Ok(())
}

/// Trains and measures all dictionaries of all seeds, on all cores.
fn train(arguments: &Arguments) -> Result<Vec<Row>, Failure> {
    if let Some(folder) = &arguments.certificates {
        std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    let seeds: Vec<u64> = arguments.seeds.of(None).collect();
    let steps = u64::from(arguments.toy_steps) + u64::from(arguments.steps);
    let bar = progress_bar(steps * seeds.len() as u64, "training");
    let rows = |&seed: &u64| -> Result<Vec<Row>, Failure> {
        let mut lab = Lab::new(arguments.lab(u32::try_from(seed)?))?;
        while lab.advance() {
            bar.inc(1);
        }
        let places = 0..lab.settings().dictionaries.len();
        let of = |place| rows_of(&mut lab, place, arguments.certificates.as_deref());
        Ok(places.map(of).collect::<Result<Vec<_>, _>>()?.concat())
    };
    let rows = seeds.par_iter().map(rows).collect::<Result<Vec<_>, _>>();
    bar.finish_and_clear();
    Ok(rows?.into_iter().flatten().collect())
}

/// Measures a trained dictionary and proves what it can: a row for each of its prefixes.
fn rows_of(lab: &mut Lab, place: usize, certificates: Option<&Path>) -> Result<Vec<Row>, Failure> {
    let LabSettings { toy, dictionaries } = lab.settings().clone();
    let of = &dictionaries[place];
    let proof = ProofSettings { tokens: TOKENS, seed: toy.seed, refit: true };
    let missing = "the dictionary is trained";
    let measures: Vec<Measures> = lab.measures(place).ok_or(missing)?;
    let proven: Vec<Proven> = lab.prove(place, &proof).ok_or(missing)??;
    for (prefix, latents) in of.prefixes().into_iter().enumerate() {
        let Some(folder) = certificates else { break };
        let certificate = lab.certificate((place, prefix), &proof, Method::Pairs);
        let DictionarySettings { kind, penalty, lambda, scale, k, seed, .. } = of;
        let (kind, penalty) = (kind.name(), penalty.name());
        let name = format!("{kind}_{penalty}_s{scale}_k{k}_l{lambda}_{latents}_{seed}.json");
        let text = certificate.ok_or(missing)??.to_json();
        write_file(&folder.join(name), text.as_bytes())?;
    }
    Ok(measures
        .iter()
        .zip(&proven)
        .map(|(measured, proven)| Row::new(of, measured, proven))
        .collect())
}

/// Verifies a certificate.
fn check(path: &Path) -> CommandResult {
    let bytes = read_file_within(path, MAX_CERTIFICATE_BYTES)?;
    let verified = Certificate::read(&bytes)?.verify();
    match verified.accepted {
        true => println!("accepted: {}", verified.theorem),
        false => return Err(format!("{}: {}", path.display(), verified.reasons.join("; ")).into()),
    }
    Ok(())
}
