//! All proofs of many models: on one machine as one table, or in shards that machines make apart
//! and that are merged.

mod entry;
mod inputs;
mod journal;
mod manifest;
mod merge;
mod parquet;
mod plan;
mod proofs;
mod record;
mod shard;
mod spread;
mod table;
#[cfg(test)]
mod tests;

use super::provenance::Shard;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// Run every strategy on every model of some folders, on all cores, into one CSV file
///
/// An interrupted sweep continues where it stopped: models whose rows are in the file are not run
/// again. The file is replaced as a whole after each model, so it never holds only some of the rows
/// of a model.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    then: Option<Then>,
    /// Folders with weights files, or the plan of a sweep
    #[arg(required = true)]
    folders: Vec<PathBuf>,
    /// CSV file to write
    #[arg(long, short, required_unless_present = "dry_run")]
    output: Option<PathBuf>,
    /// Leave out brute force on models with more sequences than this
    #[arg(long, default_value_t = 1 << 25)]
    most_sequences: u64,
    /// Sweep one part of the models, such as 3/100, and write a manifest beside the CSV file; the
    /// first digits of a file's SHA-256 tell its part
    #[arg(long)]
    shard: Option<Shard>,
    /// Models that are proven at once; as many as there are cores if not given
    #[arg(long)]
    threads: Option<NonZeroUsize>,
    /// Only say how many models there are, and what their proofs will take
    #[arg(long, conflicts_with = "shard")]
    dry_run: bool,
    /// Also write the plan of --dry-run to this JSON file, which stands for the folders
    #[arg(long, requires = "dry_run")]
    plan: Option<PathBuf>,
    /// Shards to plan for; if not given, each takes an hour of one core or less
    #[arg(long, requires = "dry_run", value_parser = clap::value_parser!(u32).range(1..))]
    shards: Option<u32>,
    #[command(flatten)]
    tables: table::Tables,
}

#[derive(clap::Subcommand)]
enum Then {
    Merge(merge::Arguments),
}

pub(super) fn run(arguments: &Arguments) -> super::CommandResult {
    let Arguments { then, folders, output, most_sequences, shard, threads, .. } = arguments;
    if let Some(Then::Merge(arguments)) = then {
        return merge::run(arguments);
    }
    if let Some(threads) = threads {
        rayon::ThreadPoolBuilder::new().num_threads(threads.get()).build_global()?;
    }
    match (shard, output) {
        (Some(shard), Some(output)) => shard::run(folders, *shard, *most_sequences, output),
        (None, Some(output)) if !arguments.dry_run => {
            table::run(folders, output, *most_sequences, &arguments.tables)
        }
        _ => {
            let plan = plan::Plan::new(folders, *most_sequences, arguments.shards)?;
            plan.print();
            arguments.plan.as_ref().map_or(Ok(()), |file| plan.write(file))
        }
    }
}
