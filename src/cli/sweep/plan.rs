//! What a sweep will take, before it starts: from the FLOPs that formulas give for every strategy
//! on every network, and the rate that this machine does such proofs at.

use super::inputs::{Input, inputs};
use super::proofs::Network;
use super::spread::count;
use crate::cli::provenance::{Program, Shard};
use crate::cli::results::Failure;
use crate::cli::{CommandResult, json, print_table, progress_bar, write_file};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Sizes of networks of which one is timed, those with the most networks first.
const TIMED: usize = 4;
/// Seconds after which no further strategy is timed on a network.
const ENOUGH_SECONDS: f64 = 5.0;
/// Most seconds that a shard should take, unless the user says how many there are.
const SHARD_SECONDS: f64 = 3600.0;
/// About the bytes of a row.
const ROW_BYTES: u64 = 260;
/// Memory of a process before it proves.
const BASE_BYTES: u64 = 32 << 20;

/// A plan, as its file has it.
#[derive(Serialize, Deserialize)]
pub(super) struct Plan {
    program: Program,
    models: usize,
    /// Files that are no networks.
    unread: usize,
    bytes: u64,
    core_seconds: f64,
    result_bytes: u64,
    classes: Vec<Class>,
    shards: Vec<Job>,
    /// The files, in the order of their hashes.
    pub(super) inputs: Vec<Input>,
}

/// The strategies of a class.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Class {
    class: String,
    proofs: usize,
    flops: f64,
    core_seconds: f64,
}

/// What a shard will take.
#[derive(Serialize, Deserialize)]
struct Job {
    shard: Shard,
    models: usize,
    bytes: u64,
    core_seconds: f64,
    /// Memory of a process, beside that of its threads.
    base_bytes: u64,
    /// Memory of each thread.
    thread_bytes: u64,
}

impl Class {
    fn named(name: &str) -> Self {
        Self { class: name.into(), ..Self::default() }
    }
}

/// Seconds for a FLOP, by class.
type Rates = BTreeMap<&'static str, f64>;

/// A file of the sweep. Networks themselves are not kept: there may be many.
struct Known {
    input: Input,
    /// None for a file that is no network.
    network: Option<About>,
}

/// What is known of a network.
struct About {
    size: String,
    tokens: usize,
    /// For each class, its proofs and their FLOPs.
    classes: BTreeMap<&'static str, (usize, f64)>,
}

impl Known {
    fn read(input: Input, most_sequences: u64) -> Self {
        let network = Network::read(&input, most_sequences).map(|network| {
            let mut classes = BTreeMap::new();
            for facts in &network.strategies {
                let (proofs, flops) = classes.entry(facts.class).or_insert((0, 0.0));
                *proofs += 1;
                *flops += facts.flops;
            }
            About { size: network.size, tokens: network.tokens, classes }
        });
        Self { input, network }
    }
}

impl Plan {
    /// Plans the sweep of all files of some folders, in `shards` parts if that is given.
    pub(super) fn new(
        folders: &[PathBuf],
        most_sequences: u64,
        shards: Option<u32>,
    ) -> Result<Self, Failure> {
        let inputs = inputs(folders)?;
        let bar = progress_bar(inputs.len() as u64, "planning");
        let known: Vec<_> = inputs
            .par_iter()
            .map(|input| Known::read(input.clone(), most_sequences))
            .inspect(|_| bar.inc(1))
            .collect();
        bar.finish_and_clear();
        let rates = Measured::new(&known, most_sequences);

        let mut classes: BTreeMap<&str, Class> = BTreeMap::new();
        let mut cost = |about: &About| -> f64 {
            let of_class = |(&name, &(proofs, flops)): (&&'static str, &(usize, f64))| {
                let core_seconds = flops * rates.of(&about.size, name);
                let class = classes.entry(name).or_insert_with(|| Class::named(name));
                class.proofs += proofs;
                class.flops += flops;
                class.core_seconds += core_seconds;
                core_seconds
            };
            about.classes.iter().map(of_class).sum()
        };
        let costs: Vec<f64> =
            known.iter().map(|file| file.network.as_ref().map_or(0.0, &mut cost)).collect();
        let core_seconds: f64 = costs.iter().sum();
        let of = shards.unwrap_or_else(|| worthwhile(core_seconds, known.len()));
        let proofs: usize = classes.values().map(|class| class.proofs).sum();
        let unread = known.iter().filter(|model| model.network.is_none()).count();
        Ok(Self {
            program: Program::this(),
            models: known.len() - unread,
            unread,
            bytes: inputs.iter().map(|input| input.bytes).sum(),
            core_seconds,
            result_bytes: ROW_BYTES * (proofs + unread) as u64,
            classes: classes.into_values().collect(),
            shards: (1..=of).map(|number| job(Shard { number, of }, &known, &costs)).collect(),
            inputs,
        })
    }

    /// Reads the plan in a file.
    ///
    /// # Errors
    /// If it cannot be read, is none, or of another program.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let named = |e: &dyn std::fmt::Display| format!("{}: {e}", path.display());
        let text = std::fs::read(path).map_err(|e| named(&e))?;
        let expected = "expected a folder with weights files, or the plan of a sweep";
        Ok(serde_json::from_slice(&text).map_err(|e| named(&format!("{expected}: {e}")))?)
    }

    pub(super) fn write(&self, file: &Path) -> CommandResult {
        write_file(file, &json(self)?)
    }

    /// Prints the plan for a person.
    pub(super) fn print(&self) {
        let mut table = vec![["class", "proofs", "FLOPs", "core time"].map(String::from).to_vec()];
        table.extend(self.classes.iter().map(|class| {
            let Class { class, proofs, flops, core_seconds } = class;
            vec![class.clone(), proofs.to_string(), format!("{flops:.2e}"), time(*core_seconds)]
        }));
        print_table(&table);
        let memory = self.shards.iter().map(|job| job.thread_bytes).max().unwrap_or(0);
        println!(
            "{}, {} of cores, {} to read, {} of results; {}, at most {} of memory a core",
            count(self.models, "model"),
            time(self.core_seconds),
            size(self.bytes),
            size(self.result_bytes),
            count(self.shards.len(), "shard"),
            size(memory)
        );
        if self.unread > 0 {
            println!(
                "{} no network: each will have a row that says why",
                match self.unread {
                    1 => "1 file is".into(),
                    unread => format!("{unread} files are"),
                }
            );
        }
    }
}

/// As many shards as let each take [`SHARD_SECONDS`] or less, on average; none without a model.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of shards")]
fn worthwhile(core_seconds: f64, models: usize) -> u32 {
    ((core_seconds / SHARD_SECONDS).ceil() as u32)
        .clamp(1, u32::try_from(models).unwrap_or(u32::MAX).max(1))
}

fn job(shard: Shard, known: &[Known], costs: &[f64]) -> Job {
    let mine = || known.iter().zip(costs).filter(|(model, _)| model.input.is_in(shard));
    Job {
        shard,
        models: mine().count(),
        bytes: mine().map(|(model, _)| model.input.bytes).sum(),
        core_seconds: mine().map(|(_, cost)| cost).sum(),
        base_bytes: BASE_BYTES,
        thread_bytes: mine().map(|(model, _)| memory(model)).max().unwrap_or(0),
    }
}

/// Most bytes of memory that the proofs of a network take: more than was measured, see the README
/// of `tests/cluster`.
fn memory(Known { input, network }: &Known) -> u64 {
    let tokens = network.as_ref().map_or(0, |about| about.tokens as u64);
    (32 << 20) + 6 * input.bytes + 640 * tokens * tokens
}

/// Rates of this machine.
struct Measured<'a> {
    by_size: BTreeMap<&'a str, Rates>,
    /// Over all sizes that were timed.
    overall: Rates,
}

impl<'a> Measured<'a> {
    /// Times the strategies of one network of each of the commonest sizes, side by side.
    fn new(known: &'a [Known], most_sequences: u64) -> Self {
        let mut sizes: BTreeMap<&str, (usize, &Input)> = BTreeMap::new();
        for Known { input, network } in known {
            if let Some(about) = network {
                sizes.entry(&about.size).or_insert((0, input)).0 += 1;
            }
        }
        let mut common: Vec<_> = sizes.into_iter().collect();
        common.sort_by_key(|(_, (models, _))| std::cmp::Reverse(*models));
        common.truncate(TIMED);
        let time = |(size, (_, input)): (&'a str, (usize, &Input))| {
            let network = Network::read(input, most_sequences);
            (size, network.map_or_else(Vec::new, |network| network.timed(ENOUGH_SECONDS)))
        };
        let timed: Vec<_> = common.into_par_iter().map(time).collect();
        let overall = rates(timed.iter().flat_map(|(_, of_size)| of_size));
        Self { by_size: timed.iter().map(|(size, of)| (*size, rates(of))).collect(), overall }
    }

    /// Seconds for a FLOP of a class: of networks as large, or else of others.
    fn of(&self, size: &str, class: &str) -> f64 {
        let own = self.by_size.get(size).and_then(|rates| rates.get(class));
        own.or_else(|| self.overall.get(class)).copied().unwrap_or_else(|| {
            // A class that was too long to time: as slow as the slowest.
            self.overall.values().copied().fold(0.0, f64::max)
        })
    }
}

/// Seconds by FLOPs of each class.
fn rates<'a>(timed: impl IntoIterator<Item = &'a (&'static str, f64, f64)>) -> Rates {
    let mut sums: BTreeMap<&'static str, (f64, f64)> = BTreeMap::new();
    for &(class, flops, seconds) in timed {
        let sum = sums.entry(class).or_default();
        *sum = (sum.0 + flops, sum.1 + seconds);
    }
    let positive = sums.into_iter().filter(|(_, (flops, _))| *flops > 0.0);
    positive.map(|(class, (flops, seconds))| (class, seconds / flops)).collect()
}

/// A time in words: `31 hours`.
fn time(seconds: f64) -> String {
    match seconds {
        s if s < 100.0 => format!("{s:.1} s"),
        s if s < 6000.0 => format!("{:.0} minutes", s / 60.0),
        s => format!("{:.0} hours", s / 3600.0),
    }
}

/// A number of bytes in words: `2.1 GB`.
fn size(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "two digits are shown")]
    let bytes = bytes as f64;
    match bytes {
        b if b < 1e6 => format!("{:.1} kB", b / 1e3),
        b if b < 1e9 => format!("{:.1} MB", b / 1e6),
        b => format!("{:.1} GB", b / 1e9),
    }
}
