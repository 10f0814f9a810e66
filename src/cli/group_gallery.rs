//! The gallery of networks for groups, and what is proven of each.

use super::gallery::FirstPaint;
use super::group_operations::all_proven;
use super::trained_group::TrainedGroup;
use super::{json, progress_bar, read_file, write_file};
use crate::proof::Outcome;
use crate::tasks::group_operations::irrep::{Diagnosis, Fault, Method, diagnosis};
use crate::tasks::group_operations::train::Recipe;
use crate::tasks::group_operations::{Facts, GroupOperation, Options, Strategy};
use rayon::prelude::*;
use serde::Serialize;
use std::error::Error;
use std::path::Path;

/// Groups, and the seeds of their networks.
const TRAINED: [(&str, std::ops::Range<u64>); 6] =
    [("S4", 0..20), ("A5", 0..3), ("S5", 0..10), ("Z31", 0..3), ("Z59", 0..2), ("Z113", 0..1)];
/// The network that the page begins with.
const DEFAULT: &str = "S4_s0";
/// Networks of others, whose files are kept.
const PUBLISHED: [Published; 1] = [Published {
    id: "pizza_p99zdpze5l",
    source: "Run p99zdpze5l of Zhong, Liu, Tegmark and Andreas, The Clock and the Pizza \
             (arXiv 2306.17844), from github.com/fjzzq2002/pizza",
    licence: "MIT",
}];

/// A network that others have published.
struct Published {
    id: &'static str,
    source: &'static str,
    licence: &'static str,
}

/// Lists the networks for the page's menus.
#[derive(Serialize)]
struct Manifest {
    /// The `id` of the network that the page begins with.
    default: &'static str,
    models: Vec<Entry>,
}

/// A network of the gallery.
#[derive(Serialize)]
struct Entry {
    /// The name of its file without the ending; its results are `results/ID.json`.
    id: String,
    file: String,
    /// The first 16 digits of the file's SHA-256.
    sha256: String,
    bytes: usize,
    group: String,
    /// Elements of the group.
    order: usize,
    neurons: usize,
    /// The seed of its training here; `None` for a network of others.
    seed: Option<u64>,
    /// Where a network of others is from.
    source: Option<&'static str>,
    licence: Option<&'static str>,
    /// Inputs that it answers right, by brute force, decimal.
    correct: String,
    /// All inputs, decimal.
    total: String,
    /// The proofs on the frontier.
    frontier: Vec<Proven>,
    /// The proofs that prove less than brute force; of a family of many, its best one, if all do.
    failures: Vec<Failure>,
}

/// The count and the length of a strategy's proof.
#[derive(Serialize)]
struct Proven {
    strategy: String,
    /// Inputs proven right, decimal.
    correct: String,
    flops: f64,
}

/// A proof that proves less than brute force, and why.
#[derive(Serialize)]
struct Failure {
    #[serde(flatten)]
    proven: Proven,
    /// Reasons why the network is not as the proof supposes, a few words each, the most telling
    /// first; empty for a proof that supposes nothing but a rank.
    reasons: Vec<&'static str>,
}

/// What the page shows of a network before any WebAssembly has run, and why irreps fail.
#[derive(Serialize)]
struct Results {
    #[serde(flatten)]
    first_paint: FirstPaint<Facts>,
    /// Differences between the network and ideal circuits, for each method by irreps.
    irreps: Vec<OfMethod>,
}

/// How a network differs from the ideal circuits of one method.
#[derive(Serialize)]
struct OfMethod {
    strategy: String,
    #[serde(flatten)]
    diagnosis: Diagnosis,
    /// All of that in sentences.
    said: Vec<String>,
}

/// Trains the networks that have no file, unless they should be left alone, and proves what is
/// known of each. Networks that are left alone and have no file are left out.
pub(super) fn run(folder: &Path, is_proved_only: bool) -> super::CommandResult {
    let trained =
        TRAINED.iter().flat_map(|(group, seeds)| seeds.clone().map(move |seed| (*group, seed)));
    let trained: Vec<_> = trained.collect();
    if !is_proved_only {
        let bar = progress_bar(trained.len() as u64, "training the gallery");
        trained.par_iter().try_for_each(|&(group, seed)| {
            bar.inc(1);
            let path = folder.join(file_name(&id(group, seed)));
            if path.exists() {
                return Ok(());
            }
            let model = TrainedGroup::new(&Recipe::published(group, seed)?, |_, _| ())?;
            write_file(&path, &model.file)
        })?;
        bar.finish_and_clear();
    }
    let results = folder.join("results");
    std::fs::create_dir_all(&results).map_err(|e| format!("{}: {e}", results.display()))?;
    let ids = trained.iter().map(|&(group, seed)| (id(group, seed), Some(seed), None));
    let published = PUBLISHED.iter().map(|model| (model.id.to_string(), None, Some(model)));
    let ids: Vec<_> = ids.chain(published).collect();
    let bar = progress_bar(ids.len() as u64, "proving the gallery");
    let mut models = Vec::new();
    for (id, seed, published) in ids {
        bar.inc(1);
        let path = folder.join(file_name(&id));
        if is_proved_only && !path.exists() {
            continue;
        }
        let bytes = read_file(&path)?;
        let shown = Shown::new(&id, &bytes)?;
        write_file(&results.join(format!("{id}.json")), &json(&shown.results)?)?;
        if id == DEFAULT {
            write_file(&folder.join("first-paint.json"), &json(&shown.results.first_paint)?)?;
        }
        models.push(shown.entry(id, &bytes, seed, published));
    }
    bar.finish_and_clear();
    write_file(&folder.join("manifest.json"), &json(&Manifest { default: DEFAULT, models })?)
}

fn id(group: &str, seed: u64) -> String {
    format!("{group}_s{seed}")
}

fn file_name(id: &str) -> String {
    format!("{id}.safetensors")
}

/// A network with all that is proven of it.
struct Shown {
    results: Results,
    outcomes: Vec<Outcome>,
}

impl Shown {
    /// Runs every proof. Times are left out: they differ from run to run.
    fn new(id: &str, bytes: &[u8]) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let (task, facts) = GroupOperation::load(&file_name(id), bytes, &Options::default())?;
        let (outcomes, points, baseline) = all_proven(&task)?;
        let methods = Strategy::listed(&task).into_iter().filter_map(|strategy| match strategy {
            Strategy::Irrep(method @ (Method::Pairs | Method::Absolute)) => Some(method),
            _ => None,
        });
        let irreps = methods.map(|method| {
            let diagnosis = diagnosis(&task, method);
            let faults = diagnosis.faults.iter().map(ToString::to_string);
            let said = std::iter::once(diagnosis.to_string()).chain(faults).collect();
            OfMethod { strategy: Strategy::Irrep(method).to_string(), diagnosis, said }
        });
        let irreps = irreps.collect();
        let first_paint = FirstPaint::new(facts, outcomes.clone(), &points, baseline);
        Ok(Self { results: Results { first_paint, irreps }, outcomes })
    }

    fn entry(
        self,
        id: String,
        bytes: &[u8],
        seed: Option<u64>,
        published: Option<&Published>,
    ) -> Entry {
        let Self { results: Results { first_paint, irreps }, outcomes } = self;
        let (facts, metrics) = (first_paint.facts, first_paint.metrics);
        // Brute force is the first of all strategies.
        let exact = &outcomes[0];
        let right = exact.bound.correct();
        let mut sha256 = crate::tasks::sha256(bytes);
        sha256.truncate(16);
        let on_frontier = |outcome: &&Outcome| {
            metrics.frontier.contains(&outcome.strategy) && outcome.bound.correct() > 0
        };
        let failures = failed(&facts, &outcomes).into_iter();
        let failures = failures.map(|outcome| Failure {
            proven: Proven::new(outcome),
            reasons: reasons(&outcome.strategy, &irreps),
        });
        Entry {
            file: file_name(&id),
            sha256,
            bytes: bytes.len(),
            order: facts.own.order,
            neurons: facts.own.neurons,
            seed,
            source: published.map(|model| model.source),
            licence: published.map(|model| model.licence),
            correct: right.to_string(),
            total: exact.bound.total().to_string(),
            frontier: outcomes.iter().filter(on_frontier).map(Proven::new).collect(),
            failures: failures.collect(),
            group: facts.own.group.unwrap_or_default(),
            id,
        }
    }
}

/// The outcomes that prove less than brute force, the first of all; of a family of many strategies
/// the best one, the shortest of equals, if all of them do.
fn failed<'a>(facts: &Facts, outcomes: &'a [Outcome]) -> Vec<&'a Outcome> {
    let right = outcomes[0].bound.correct();
    let mut best: Vec<(&str, &Outcome)> = Vec::new();
    for (of, outcome) in facts.strategies.iter().zip(outcomes) {
        let name = if of.family.one_of_many { of.family.name } else { &of.strategy };
        let key = |outcome: &Outcome| (outcome.bound.correct(), -outcome.flops);
        match best.iter_mut().find(|(other, _)| *other == name) {
            Some((_, best)) if key(best) < key(outcome) => *best = outcome,
            Some(_) => {}
            None => best.push((name, outcome)),
        }
    }
    let outcomes = best.into_iter().map(|(_, outcome)| outcome);
    outcomes.filter(|outcome| outcome.bound.correct() < right).collect()
}

/// Why a network is not what a strategy supposes, as far as that is known.
fn reasons(strategy: &str, irreps: &[OfMethod]) -> Vec<&'static str> {
    let is_by_irreps = strategy.starts_with("irrep");
    if !is_by_irreps && strategy != "coset" {
        return Vec::new();
    }
    let is_absolute = |strategy: &str| strategy == "irrep-abs";
    let of_method = |of: &&OfMethod| is_absolute(&of.strategy) == is_absolute(strategy);
    let faults =
        irreps.iter().find(of_method).filter(|_| is_by_irreps).map(|of| &of.diagnosis.faults);
    let mut reasons: Vec<_> = faults.into_iter().flatten().map(Fault::name).collect();
    reasons.dedup();
    if reasons.is_empty() {
        reasons.push("weights far from ideal ones");
    }
    reasons
}

impl Proven {
    fn new(outcome: &Outcome) -> Self {
        Self {
            strategy: outcome.strategy.clone(),
            correct: outcome.bound.correct().to_string(),
            flops: outcome.flops,
        }
    }
}
