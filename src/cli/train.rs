use super::provenance::Shard;
use super::train_seeds::{self, Recipe, Seeds};
use super::trained::TrainedModel;
use super::trained_group::TrainedGroup;
use super::{progress_bar, without_part, write_file};
use crate::tasks::Kind;
use crate::tasks::{group_operations, max_of_k};
use std::path::PathBuf;

/// Train a model by the published recipe; one seed gives the same bytes on every machine
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// What the model should compute, `max-of-k` or `group-operations`
    #[arg(long, value_name = "TASK", default_value_t = Kind::MaxOfK)]
    task: Kind,
    /// Max-of-K: numbers in a sequence
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=21))]
    k: u16,
    #[command(flatten)]
    group: OfGroup,
    /// Seed of all that is random
    #[arg(long, default_value_t = 123)]
    seed: u64,
    /// Train a model for each of these seeds, such as 0..10000 (without the last), on all cores,
    /// into a folder; models that are there are not trained again
    #[arg(long, conflicts_with = "seed")]
    seeds: Option<Seeds>,
    /// Train one part of the seeds, such as 3/100
    #[arg(long, requires = "seeds")]
    shard: Option<Shard>,
    /// Optimizer steps; as in the recipe if not given
    #[arg(long)]
    steps: Option<u32>,
    /// File to write; with --seeds, a folder
    #[arg(long, short)]
    output: PathBuf,
}

/// What only recipes for groups have.
#[derive(clap::Args)]
struct OfGroup {
    /// Group operations: the group, such as Z31, S4 or A5
    #[arg(long, required_if_eq("task", "group-operations"), conflicts_with = "k")]
    group: Option<String>,
    /// Group operations: neurons; as in the recipe if not given
    #[arg(long, requires = "group", value_parser = clap::value_parser!(u16).range(1..=4096))]
    neurons: Option<u16>,
    /// Group operations: width of the embeddings, which are trained as factors; as in the recipe if
    /// not given
    #[arg(long, requires = "group", value_parser = clap::value_parser!(u16).range(1..=4096))]
    width: Option<u16>,
    /// Group operations: percentage of the inputs to train on; as in the recipe if not given
    #[arg(long, requires = "group", value_parser = clap::value_parser!(u8).range(1..=100))]
    percent: Option<u8>,
}

impl OfGroup {
    /// The literature's recipe with what was asked for.
    fn recipe(
        &self,
        name: &str,
        seed: u64,
        steps: Option<u32>,
    ) -> Result<group_operations::train::Recipe, group_operations::group::UnknownGroup> {
        let mut recipe = group_operations::train::Recipe::published(name, seed)?;
        recipe.neurons = self.neurons.map_or(recipe.neurons, usize::from);
        recipe.width = self.width.map_or(recipe.width, usize::from);
        recipe.steps = steps.unwrap_or(recipe.steps);
        recipe.fraction = self.percent.map_or(recipe.fraction, |part| f64::from(part) / 100.0);
        Ok(recipe)
    }
}

impl Arguments {
    /// The recipe for a seed.
    fn recipe(&self, seed: u64) -> Result<Recipe, Box<dyn std::error::Error + Send + Sync>> {
        let name = self.group.group.as_deref();
        if self.task == Kind::GroupOperations {
            return Ok(Recipe::Group(self.group.recipe(
                name.unwrap_or_default(),
                seed,
                self.steps,
            )?));
        }
        if self.task != Kind::MaxOfK {
            return without_part("train", self.task);
        }
        if name.is_some() {
            return Err("--group is for --task group-operations".into());
        }
        let recipe = max_of_k::train::Recipe::published(usize::from(self.k), seed);
        let steps = self.steps.unwrap_or(recipe.steps);
        Ok(Recipe::MaxOfK(max_of_k::train::Recipe { steps, ..recipe }))
    }
}

pub(super) fn run(arguments: &Arguments) -> super::CommandResult {
    let Arguments { seed, seeds, shard, output, .. } = arguments;
    if let Some(seeds) = seeds {
        let recipes = seeds.of(*shard).map(|seed| arguments.recipe(seed));
        return train_seeds::run(&recipes.collect::<Result<Vec<_>, _>>()?, *shard, output);
    }
    let (file, loss, accuracy) = match arguments.recipe(*seed)? {
        Recipe::MaxOfK(recipe) => {
            let all = recipe.steps;
            let trained = watched(all, |progress| TrainedModel::new(recipe, progress))?;
            (trained.file, trained.loss, trained.accuracy.to_string())
        }
        Recipe::Group(recipe) => {
            let trained = watched(recipe.steps, |progress| TrainedGroup::new(&recipe, progress))?;
            (trained.file, trained.loss, trained.accuracy.to_string())
        }
    };
    write_file(output, &file)?;
    println!("{}: final loss {loss:.4}, accuracy {accuracy}", output.display());
    Ok(())
}

/// What `train` gives, whose progress is shown.
fn watched<T>(steps: u32, train: impl FnOnce(&mut dyn FnMut(u32, f64)) -> T) -> T {
    let bar = progress_bar(u64::from(steps), "training");
    let trained = train(&mut |step, loss| {
        bar.set_position(u64::from(step));
        bar.set_message(format!("loss {loss:.4}"));
    });
    bar.finish_and_clear();
    trained
}
