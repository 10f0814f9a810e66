//! Fine-tunes networks so that they are easier to prove, and compares what is proven before and
//! after.

mod beside;
mod measured;
mod tables;

use super::{progress_bar, read_file, write_file};
use crate::tasks::max_of_k::tune::{Checked, Tuner, Tuning};
use crate::tasks::max_of_k::{MaxOfK, sha256};
use crate::weights::to_safetensors;
use beside::Beside;
use measured::Measured;
use rayon::prelude::*;
use std::error::Error;
use std::path::{Path, PathBuf};

/// Fine-tune networks for Max-of-K so that they are easier to prove; compares all proofs but brute
/// force before and after. What comes out are other networks
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Weights: safetensors, torch .pt/.pth, .npz or JSON
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Folder to write the fine-tuned networks to, under the names of the files
    #[arg(long, short)]
    output: Option<PathBuf>,
    /// Markdown file to write the comparison to
    #[arg(long)]
    table: Option<PathBuf>,
    #[command(flatten)]
    recipe: Recipe,
}

/// Options that replace values of the recipe.
#[derive(clap::Args)]
struct Recipe {
    /// Seed of the batches
    #[arg(long, default_value_t = Tuning::default().seed)]
    seed: u64,
    /// Optimizer steps
    #[arg(long, default_value_t = Tuning::default().steps, value_parser = clap::value_parser!(u32).range(1..))]
    steps: u32,
    /// Adam's step size at the start
    #[arg(long, default_value_t = Tuning::default().learning_rate)]
    learning_rate: f64,
    /// Weight of the error of low-rank attention scores
    #[arg(long, default_value_t = Tuning::default().weights.attention)]
    attention: f64,
    /// Weight of what the OV circuit lacks
    #[arg(long, default_value_t = Tuning::default().weights.ov)]
    ov: f64,
    /// Weight of what positions add
    #[arg(long, default_value_t = Tuning::default().weights.positions)]
    positions: f64,
    /// Weight of what the direct path adds
    #[arg(long, default_value_t = Tuning::default().weights.direct)]
    direct: f64,
    /// Weight of the bound as a loss
    #[arg(long, default_value_t = Tuning::default().weights.bound)]
    bound: f64,
}

impl Recipe {
    fn tuning(&self) -> Tuning {
        let mut tuning = Tuning {
            seed: self.seed,
            steps: self.steps,
            learning_rate: self.learning_rate,
            ..Tuning::default()
        };
        let weights = &mut tuning.weights;
        (weights.attention, weights.ov, weights.positions) =
            (self.attention, self.ov, self.positions);
        (weights.direct, weights.bound) = (self.direct, self.bound);
        tuning
    }
}

/// A network before and after.
struct Tuned {
    /// The name of its file, without folders.
    name: String,
    before: Measured,
    after: Measured,
    /// Networks beside that before and that after; only for a table.
    beside: Option<[Beside; 2]>,
    /// How far the weights moved, see [`Tuner::distance`].
    distance: f64,
    /// How often steps were undone.
    undone: u32,
    /// The safetensors file of the network after.
    file: Vec<u8>,
}

pub(super) fn run(Arguments { files, output, table, recipe }: &Arguments) -> super::CommandResult {
    let tuning = recipe.tuning();
    tuning.check()?;
    let bar = progress_bar(files.len() as u64, "fine-tuned");
    let tuned =
        files.par_iter().map(|file| tune(file, tuning, table.is_some())).inspect(|_| bar.inc(1));
    let tuned = tuned.collect::<Result<Vec<_>, _>>()?;
    bar.finish_and_clear();
    if let Some(folder) = output {
        std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        for Tuned { name, file, .. } in &tuned {
            write_file(&folder.join(name), file)?;
        }
    }
    if let Some(path) = table {
        write_file(path, tables::text(&tuned, tuning).as_bytes())?;
    }
    print!("{}", tables::of_models(&tuned));
    Ok(())
}

/// Fine-tunes the network in a file.
fn tune(
    path: &Path,
    tuning: Tuning,
    with_beside: bool,
) -> Result<Tuned, Box<dyn Error + Send + Sync>> {
    let said = path.display().to_string();
    let bytes = read_file(path)?;
    let (task, _) = MaxOfK::load(&said, &bytes)?;
    let mut tuner =
        Tuner::new(task.model().clone(), tuning).map_err(|why| format!("{said}: {why}"))?;
    let mut undone = 0;
    while !tuner.is_done() {
        undone += u32::from(tuner.step().1 == Checked::Undone);
    }
    let after = MaxOfK::new(tuner.model())?;
    let beside = match with_beside {
        true => Some([Beside::new(task.model())?, Beside::new(after.model())?]),
        false => None,
    };
    let mut metadata = tuner.metadata();
    metadata.insert("fine_tuned_from".to_owned(), sha256(&bytes));
    let name = path.with_extension("safetensors");
    Ok(Tuned {
        name: name.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        before: Measured::new(&task)?,
        after: Measured::new(&after)?,
        beside,
        distance: tuner.distance(),
        undone,
        file: to_safetensors(&after.model().state_dict(), &metadata),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fine-tuning is deterministic: one row stands for all.
    #[test]
    fn the_table_says_what_this_program_finds() {
        let www = Path::new(env!("CARGO_MANIFEST_DIR")).join("www");
        let network = www.join("models/max-of-k/max4_v64_s123.safetensors");
        let row = tables::of_model(&tune(&network, Tuning::default(), false).unwrap());
        let table = std::fs::read_to_string(www.join("labs/training/RESULTS.md")).unwrap();
        assert!(table.contains(&row), "{row}is not in the table: run `npm run table:fine-tuned`");
    }
}
