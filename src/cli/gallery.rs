use super::trained::TrainedModel;
use super::verify::verify;
use super::{group_gallery, json, progress_bar, without_part, write_file};
use crate::frontier::{LinearBaseline, Metrics, Point};
use crate::plot::{self, Figure, Options, Scale, Zoom};
use crate::proof::{Outcome, ShownOutcome};
use crate::tasks::Kind;
use crate::tasks::max_of_k::train::Recipe;
use crate::tasks::max_of_k::{MaxOfK, ModelFacts, Pruning, Strategy, sha256};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Train every model that the page offers of a task, and write them with a manifest and what the
/// page shows first
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Folder to write into
    folder: PathBuf,
    /// Task of the models, `max-of-k` or `group-operations`
    #[arg(long, value_name = "TASK", default_value_t = Kind::MaxOfK)]
    task: Kind,
    /// Leave the models alone and only prove again what the page shows first, from the models'
    /// files
    #[arg(long)]
    first_paint_only: bool,
}

/// The 151 seeds of the published Max-of-4 models; the first 20 for other K.
const SEEDS: [u64; 151] = [
    50, 104, 123, 519, 742, 913, 1185, 1283, 1412, 1490, 1681, 1696, 1895, 1951, 2236, 2306, 2345,
    2549, 2743, 2773, 3175, 3254, 3284, 4157, 4305, 4430, 4647, 4729, 4800, 4810, 5358, 5615, 5781,
    5928, 6082, 6155, 6159, 6204, 6532, 6549, 6589, 6910, 7098, 7238, 7310, 7467, 7790, 7884, 8048,
    8299, 8721, 8745, 8840, 8893, 9132, 9134, 9504, 9816, 10248, 11124, 11130, 11498, 11598, 11611,
    12141, 12287, 12457, 12493, 12552, 12561, 13036, 13293, 13468, 13654, 13716, 14095, 14929,
    15043, 15399, 15622, 15662, 16069, 16149, 16197, 16284, 17080, 17096, 17194, 17197, 18146,
    18289, 18668, 19004, 19093, 19451, 19488, 19538, 19917, 20013, 20294, 20338, 20415, 20539,
    20751, 20754, 20976, 21317, 21598, 22261, 22286, 22401, 22545, 23241, 23367, 23447, 23633,
    23696, 24144, 24173, 24202, 24262, 24438, 24566, 25516, 26278, 26374, 26829, 26932, 27300,
    27484, 27584, 27671, 27714, 28090, 28716, 28778, 29022, 29052, 29110, 29195, 29565, 29725,
    29726, 30371, 30463, 30684, 30899, 31308, 32103, 32374, 32382,
];
/// K and how many seeds of it.
const MODELS: [(usize, usize); 4] = [(4, SEEDS.len()), (5, 20), (10, 20), (20, 20)];
/// The model that the page begins with.
const DEFAULT: (usize, u64) = (4, 123);

#[derive(Serialize)]
struct Manifest {
    default: String,
    recipe: String,
    models: Vec<Entry>,
}

/// What the page needs to offer a model: each file states its loss and accuracy itself.
#[derive(Serialize)]
struct Entry {
    file: String,
    k: usize,
    seed: u64,
}

/// What the page shows before any WebAssembly has run.
#[derive(Serialize)]
pub(super) struct FirstPaint<F> {
    pub(super) facts: F,
    outcomes: Vec<ShownOutcome>,
    pub(super) metrics: Metrics,
    figure: Figure,
}

impl<F> FirstPaint<F> {
    /// A model's `facts`, and the frontier of `points` that its outcomes are.
    pub(super) fn new(
        facts: F,
        outcomes: Vec<Outcome>,
        points: &[Point],
        baseline: LinearBaseline,
    ) -> Self {
        Self {
            figure: plot::frontier(points, baseline, FIGURE),
            metrics: Metrics::new(points, baseline),
            outcomes: outcomes.into_iter().map(Outcome::shown).collect(),
            facts,
        }
    }
}

/// The shipped figure: legible when it is scaled down to a narrow screen, and up to a wide page.
const FIGURE: Options<'_> = Options {
    width: 640,
    height: 400,
    zoom: Zoom::Crowd,
    scale: Scale::Accuracy,
    delta: 0.0,
    budget: None,
    selected: None,
    others: &[],
    spread: &[],
};

pub(super) fn run(
    Arguments { folder, task, first_paint_only }: &Arguments,
) -> super::CommandResult {
    std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    if *task == Kind::MaxOfK {
        max_of_k(folder, *first_paint_only)
    } else if *task == Kind::GroupOperations {
        group_gallery::run(folder, *first_paint_only)
    } else {
        without_part("gallery", *task)
    }
}

fn max_of_k(folder: &Path, is_first_paint_only: bool) -> super::CommandResult {
    if !is_first_paint_only {
        let recipes =
            MODELS.iter().flat_map(|&(k, seeds)| SEEDS[..seeds].iter().map(move |&seed| (k, seed)));
        let recipes: Vec<_> = recipes.map(|(k, seed)| Recipe::published(k, seed)).collect();
        let bar = progress_bar(recipes.len() as u64, "training the gallery");
        let train = |recipe: Recipe| {
            let model = TrainedModel::new(recipe, |_, _| ())?;
            write_file(
                &folder.join(file_name(model.recipe.shape.n, model.recipe.seed)),
                &model.file,
            )?;
            bar.inc(1);
            Ok(model)
        };
        let recipe = recipes[0].to_string();
        let models = recipes
            .into_par_iter()
            .map(train)
            .collect::<Result<Vec<_>, Box<dyn std::error::Error + Send + Sync>>>()?;
        bar.finish_and_clear();
        let hashes: BTreeMap<_, _> = models.iter().map(hash_of).collect();
        write_file(&folder.join("hashes.json"), &json(&hashes)?)?;
        let models = models.iter().map(entry).collect();
        let manifest = Manifest { default: file_name(DEFAULT.0, DEFAULT.1), recipe, models };
        write_file(&folder.join("manifest.json"), &json(&manifest)?)?;
    }
    let name = file_name(DEFAULT.0, DEFAULT.1);
    let first_paint = first_paint(&name, &super::read_file(&folder.join(&name))?)?;
    write_file(&folder.join("first-paint.json"), &json(&first_paint)?)
}

fn file_name(k: usize, seed: u64) -> String {
    format!("max{k}_v64_s{seed}.safetensors")
}

fn entry(model: &TrainedModel) -> Entry {
    let (k, seed) = (model.recipe.shape.n, model.recipe.seed);
    Entry { file: file_name(k, seed), k, seed }
}

/// The model's file and the first 16 digits of its SHA-256, by which the page finds the model of a
/// certificate. All digits would take four times the room.
fn hash_of(model: &TrainedModel) -> (String, String) {
    let mut start = sha256(&model.file);
    start.truncate(16);
    (file_name(model.recipe.shape.n, model.recipe.seed), start)
}

/// Runs every proof on the default model and draws its frontier. Times are left out: they differ
/// from run to run.
fn first_paint(
    file: &str,
    bytes: &[u8],
) -> Result<FirstPaint<ModelFacts>, Box<dyn std::error::Error + Send + Sync>> {
    let (task, facts) = MaxOfK::load(file, bytes)?;
    let proven = Strategy::all().map(|strategy| {
        Ok((strategy, Outcome { seconds: 0.0, ..verify(&task, strategy, Pruning::On)? }))
    });
    let proven = proven.collect::<Result<Vec<_>, crate::tasks::max_of_k::TaskError>>()?;
    let points: Vec<_> = proven
        .iter()
        .map(|(strategy, outcome)| {
            strategy.point(task.shape(), outcome.bound.ratio(), outcome.flops)
        })
        .collect();
    let baseline = task.baseline(proven.iter().map(|(_, outcome)| outcome));
    let outcomes = proven.into_iter().map(|(_, outcome)| outcome).collect();
    Ok(FirstPaint::new(facts, outcomes, &points, baseline))
}
