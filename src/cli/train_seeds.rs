//! Trains models for many seeds, each on one thread: a folder of weights files, which machines may
//! fill together.

use super::provenance::{Clock, Host, MANIFEST, Program, Shard, Times, replace_file};
use super::results::Failure;
use super::trained::TrainedModel;
use super::trained_group::TrainedGroup;
use super::{CommandResult, json, progress_bar, read_file};
use crate::tasks::max_of_k::sha256;
use crate::tasks::{group_operations, max_of_k};
use crate::weights;
use rayon::prelude::*;
use serde::Serialize;
use std::path::Path;
use std::str::FromStr;
use thiserror::Error;

/// Seeds from the first up to, but without, the last.
#[derive(Clone, Debug)]
pub(super) struct Seeds(std::ops::Range<u64>);

/// A text that is no range of seeds.
#[derive(Debug, Error)]
#[error("expected seeds such as 0..10000: from the first up to, but without, the last")]
pub(super) struct NoSeeds;

impl FromStr for Seeds {
    type Err = NoSeeds;
    fn from_str(text: &str) -> Result<Self, NoSeeds> {
        let (first, end) = text.split_once("..").ok_or(NoSeeds)?;
        let (first, end) = (first.parse().map_err(|_| NoSeeds)?, end.parse().map_err(|_| NoSeeds)?);
        if first < end { Ok(Self(first..end)) } else { Err(NoSeeds) }
    }
}

impl Seeds {
    /// The seeds of a shard, or all.
    pub(super) fn of(&self, shard: Option<Shard>) -> impl Iterator<Item = u64> + use<> {
        self.0.clone().filter(move |&seed| shard.is_none_or(|shard| shard.has(seed)))
    }
}

/// How to train a model of any task.
#[derive(Clone)]
pub(super) enum Recipe {
    MaxOfK(max_of_k::train::Recipe),
    Group(group_operations::train::Recipe),
}

impl Recipe {
    fn seed(&self) -> u64 {
        match self {
            Self::MaxOfK(recipe) => recipe.seed,
            Self::Group(recipe) => recipe.seed,
        }
    }

    /// The name of the model's file, as galleries have it.
    fn file(&self) -> String {
        match self {
            Self::MaxOfK(recipe) => {
                format!("max{}_v{}_s{}.safetensors", recipe.shape.n, recipe.shape.v, recipe.seed)
            }
            Self::Group(recipe) => format!("{}_s{}.safetensors", recipe.name, recipe.seed),
        }
    }

    /// What the file says of how it was trained.
    fn said(&self) -> String {
        match self {
            Self::MaxOfK(recipe) => recipe.to_string(),
            Self::Group(recipe) => recipe.to_string(),
        }
    }

    /// Trains the model.
    fn train(&self) -> Result<Vec<u8>, Failure> {
        Ok(match self {
            Self::MaxOfK(recipe) => TrainedModel::new(recipe.clone(), |_, _| ())?.file,
            Self::Group(recipe) => TrainedGroup::new(recipe, |_, _| ())?.file,
        })
    }
}

/// What is written beside the models of a shard.
#[derive(Serialize)]
struct Manifest {
    shard: Shard,
    program: Program,
    models: Vec<Model>,
    #[serde(flatten)]
    times: Times,
    host: Host,
}

#[derive(Serialize)]
struct Model {
    file: String,
    seed: u64,
    sha256: String,
    /// Whether an earlier run had trained it.
    was_there: bool,
}

/// Trains those models that a folder does not have, and writes the manifest of the shard.
pub(super) fn run(recipes: &[Recipe], shard: Option<Shard>, folder: &Path) -> CommandResult {
    let clock = Clock::start();
    std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let bar = progress_bar(recipes.len() as u64, "models");
    let all = recipes.par_iter().map(|recipe| model(recipe, folder)).inspect(|_| bar.inc(1));
    let models = all.collect::<Result<Vec<_>, Failure>>()?;
    bar.finish_and_clear();
    let there = models.iter().filter(|model| model.was_there).count();
    println!("{}: {} models, {there} of them trained before", folder.display(), models.len());
    let shard = shard.unwrap_or(Shard { number: 1, of: 1 });
    let (program, host, times) = (Program::this(), Host::this(), clock.times());
    let name = format!("seeds-{}-of-{}{MANIFEST}", shard.number, shard.of);
    let manifest = Manifest { shard, program, models, times, host };
    replace_file(&folder.join(name), &json(&manifest)?)
}

/// The model of a recipe: the one that is there, or else a new one.
fn model(recipe: &Recipe, folder: &Path) -> Result<Model, Failure> {
    let (file, seed) = (recipe.file(), recipe.seed());
    let path = folder.join(&file);
    let was_there = path.exists();
    let bytes = if was_there { read_file(&path)? } else { recipe.train()? };
    if was_there {
        let weights = weights::read(&bytes).map_err(|e| format!("{}: {e}", path.display()))?;
        let said = weights.metadata.get("recipe");
        if said != Some(&recipe.said()) {
            return Err(format!(
                "{} was trained by another recipe: name another folder. It says `{}`, expected `{}`",
                path.display(),
                said.map_or("nothing", String::as_str),
                recipe.said()
            )
            .into());
        }
    } else {
        replace_file(&path, &bytes)?;
    }
    Ok(Model { file, seed, sha256: sha256(&bytes), was_there })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_shared_by_shards() {
        for bad in ["", "3", "3..3", "4..3", "a..b", "-1..3"] {
            assert!(bad.parse::<Seeds>().is_err(), "{bad}");
        }
        let seeds: Seeds = "5..12".parse().unwrap();
        let mut all: Vec<_> = (1..=3)
            .flat_map(|number| seeds.of(Some(Shard { number, of: 3 })).collect::<Vec<_>>())
            .collect();
        all.sort_unstable();
        assert_eq!(all, seeds.of(None).collect::<Vec<_>>());
        // Further seeds move none.
        let more: Seeds = "0..100".parse().unwrap();
        let shard = Some(Shard { number: 2, of: 3 });
        assert!(seeds.of(shard).all(|seed| more.of(shard).any(|other| other == seed)));
    }
}
