//! What is written beside the CSV file of a shard.

use super::entry::{Entries, Swept, csv_of, entries_of};
use crate::cli::json;
use crate::cli::provenance::{Host, MANIFEST, Program, Shard, Times, replace_file};
use crate::cli::results::Failure;
use crate::tasks::max_of_k::sha256;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// All that decides the rows of a file. Shards that were made in other ways are not merged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Made {
    pub(super) program: Program,
    /// Brute force was left out on models with more sequences.
    pub(super) most_sequences: u64,
}

/// The content of the manifest. It is written last: a shard that has one is finished.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub(super) shard: Shard,
    #[serde(flatten)]
    pub(super) made: Made,
    /// The name of the CSV file.
    pub(super) table: String,
    /// SHA-256 of the CSV file.
    pub(super) sha256: String,
    pub(super) inputs: Vec<Swept>,
    /// Files whose rows an earlier run of the shard has left.
    pub(super) resumed: usize,
    /// What the last run took.
    #[serde(flatten)]
    pub(super) times: Times,
    pub(super) host: Host,
}

/// The place of the manifest of a CSV file.
pub(super) fn manifest_of(table: &Path) -> PathBuf {
    let stem = table.file_stem().unwrap_or_default().to_string_lossy();
    table.with_file_name(format!("{stem}{MANIFEST}"))
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    /// If it cannot be read, or is none.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let named = |e: &dyn std::fmt::Display| format!("{}: {e}", path.display());
        let text = std::fs::read(path).map_err(|e| named(&e))?;
        Ok(serde_json::from_slice(&text).map_err(|e| named(&e))?)
    }

    /// The CSV file that a manifest at `path` is about.
    pub(super) fn table(&self, path: &Path) -> PathBuf {
        path.with_file_name(&self.table)
    }

    /// Writes a finished shard: its CSV file, then the manifest.
    pub(super) fn write(
        output: &Path,
        entries: &Entries,
        (shard, made): (Shard, Made),
        (resumed, times): (usize, Times),
    ) -> Result<(), Failure> {
        let csv = csv_of(entries);
        replace_file(output, csv.as_bytes())?;
        let table = output.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let inputs = entries.values().map(|entry| entry.of.clone()).collect();
        let (sha256, host) = (sha256(csv.as_bytes()), Host::this());
        let manifest = Self { shard, made, table, sha256, inputs, resumed, times, host };
        replace_file(&manifest_of(output), &json(&manifest)?)
    }
}

/// The entries of a shard that is finished; none where it is not, or is damaged.
///
/// # Errors
/// If it was made in another way.
pub(super) fn finished(output: &Path, made: &Made) -> Result<Option<Entries>, Failure> {
    let path = manifest_of(output);
    if !path.exists() {
        return Ok(None);
    }
    let shown = output.display();
    let read =
        Manifest::read(&path).and_then(|manifest| Ok((std::fs::read_to_string(output)?, manifest)));
    let Ok((csv, manifest)) = read else {
        eprintln!("{shown}: the shard cannot be read, and is swept again");
        return Ok(None);
    };
    if manifest.made != *made {
        return Err(format!(
            "{shown} is of {}, at most {} sequences, but this is {}, at most {}: remove it, or \
             name another file",
            manifest.made.program, manifest.made.most_sequences, made.program, made.most_sequences
        )
        .into());
    }
    if sha256(csv.as_bytes()) != manifest.sha256 {
        eprintln!("{shown}: the shard is damaged (its SHA-256 is another), and is swept again");
        return Ok(None);
    }
    entries_of(&csv, manifest.inputs).map(Some)
}
