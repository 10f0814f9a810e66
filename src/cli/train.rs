use super::trained::TrainedModel;
use super::{progress_bar, write_file};
use crate::tasks::max_of_k::train::Recipe;
use std::path::PathBuf;

/// Train a Max-of-K model by the published recipe; one seed gives the same bytes on every machine
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Numbers in a sequence
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=21))]
    k: u16,
    /// Seed of the weights and the batches
    #[arg(long, default_value_t = 123)]
    seed: u64,
    /// Optimizer steps
    #[arg(long, default_value_t = 3000)]
    steps: u32,
    /// File to write
    #[arg(long, short)]
    output: PathBuf,
}

pub(super) fn run(Arguments { k, seed, steps, output }: &Arguments) -> super::CommandResult {
    let recipe = Recipe { steps: *steps, ..Recipe::published(usize::from(*k), *seed) };
    let bar = progress_bar(u64::from(*steps), "training");
    let trained = TrainedModel::new(recipe, |step, loss| {
        bar.set_position(u64::from(step));
        bar.set_message(format!("loss {loss:.4}"));
    })?;
    bar.finish_and_clear();
    write_file(output, &trained.file)?;
    println!("{}: final loss {:.4}, accuracy {}", output.display(), trained.loss, trained.accuracy);
    Ok(())
}
