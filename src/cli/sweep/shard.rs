//! Sweeps one shard. Whenever it ends, the next run goes on from there.

use super::entry::{Entries, Entry};
use super::inputs::{Input, inputs};
use super::journal::{self, Journal};
use super::manifest::{Made, Manifest, finished};
use super::proofs::prove;
use crate::cli::provenance::{Clock, Program, Shard};
use crate::cli::results::Failure;
use crate::cli::{CommandResult, progress_bar};
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Sweeps those files that belong to a shard, into the CSV file `output` and its manifest.
pub(super) fn run(
    folders: &[PathBuf],
    shard: Shard,
    most_sequences: u64,
    output: &Path,
) -> CommandResult {
    let clock = Clock::start();
    let made = Made { program: Program::this(), most_sequences };
    let mine: Vec<_> = inputs(folders)?.into_iter().filter(|input| input.is_in(shard)).collect();
    let before = finished(output, &made)?;
    let is_finished = before.as_ref().is_some_and(|entries| entries.len() == mine.len());
    let mut entries = before.unwrap_or_default();
    for journal in journal::left(output)? {
        entries.extend(journal::read(&journal, &made));
    }
    let is_of = |entry: &Entry, input: &Input| entry.of.file == input.file;
    let missing: Vec<_> = mine
        .iter()
        .filter(|input| !entries.get(input.key()).is_some_and(|entry| is_of(entry, input)))
        .collect();
    let resumed = mine.len() - missing.len();
    if !(is_finished && missing.is_empty()) {
        entries.retain(|key, _| mine.binary_search_by(|input| input.key().cmp(key)).is_ok());
        entries.extend(swept_now(&missing, most_sequences, Journal::new(output, &made))?);
        Manifest::write(output, &entries, (shard, made), (resumed, clock.times()))?;
    }
    for journal in journal::left(output)? {
        std::fs::remove_file(&journal).map_err(|e| format!("{}: {e}", journal.display()))?;
    }
    let (output, all) = (output.display(), mine.len());
    println!("{output}: shard {shard}, {all} models, {resumed} of them swept before");
    Ok(())
}

/// Proves all of some files, side by side, and keeps each in the journal as soon as it is done.
fn swept_now(files: &[&Input], most_sequences: u64, journal: Journal) -> Result<Entries, Failure> {
    let journal = Mutex::new(journal);
    let bar = progress_bar(files.len() as u64, "models");
    let sweep = |input: &&Input| {
        let entry = prove(input, most_sequences)?;
        journal.lock().expect("no thread panics").add(&entry)?;
        Ok((input.key().to_owned(), entry))
    };
    let entries = files.par_iter().map(sweep).inspect(|_| bar.inc(1)).collect();
    bar.finish_and_clear();
    entries
}
