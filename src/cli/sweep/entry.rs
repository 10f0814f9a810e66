//! A swept file: its rows as text, and what the manifest says of it.

use super::inputs::Input;
use super::record::{COLUMNS, column, head, lines};
use crate::cli::results::Failure;
use crate::tasks::max_of_k::sha256;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A file of a shard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Swept {
    pub(super) file: String,
    /// None for a file that could not be read.
    pub(super) sha256: Option<String>,
    pub(super) bytes: u64,
    /// The seed that the file says its network was trained with.
    pub(super) seed: Option<String>,
    /// Seconds that its proofs took, on one thread.
    pub(super) seconds: f64,
}

impl Swept {
    /// See [`Input::key`].
    pub(super) fn key(&self) -> &str {
        self.sha256.as_deref().unwrap_or(&self.file)
    }
}

/// A file and its rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) of: Swept,
    /// Lines of CSV, without the head.
    pub(super) rows: String,
    /// SHA-256 of the rows.
    check: String,
}

impl Entry {
    pub(super) fn new(input: &Input, seed: Option<String>, seconds: f64, rows: String) -> Self {
        let Input { file, sha256, bytes, .. } = input.clone();
        Self::whole(Swept { file, sha256, bytes, seed, seconds }, rows)
    }

    fn whole(of: Swept, rows: String) -> Self {
        Self { check: sha256(rows.as_bytes()), of, rows }
    }

    /// Whether the rows are those that were written.
    pub(super) fn is_whole(&self) -> bool {
        sha256(self.rows.as_bytes()) == self.check
    }
}

/// Entries by the keys of their files.
pub(super) type Entries = BTreeMap<String, Entry>;

/// All entries as one CSV file.
pub(super) fn csv_of(entries: &Entries) -> String {
    let rows = entries.values().map(|entry| &entry.rows[..]);
    std::iter::once(&head()[..]).chain(rows).collect()
}

/// The entries of a finished shard, from its CSV file and what its manifest says of the files.
///
/// # Errors
/// If the text is no table of this version.
pub(super) fn entries_of(csv: &str, swept: Vec<Swept>) -> Result<Entries, Failure> {
    let mut rows: BTreeMap<String, Vec<csv::StringRecord>> = BTreeMap::new();
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    if reader.headers()?.iter().ne(COLUMNS.map(|(name, _)| name)) {
        return Err("it has other columns than a sweep of this version".into());
    }
    for row in reader.records() {
        let row = row?;
        rows.entry(key_of(&row).to_owned()).or_default().push(row);
    }
    let entry = |of: Swept| {
        let key = of.key().to_owned();
        let of_file = rows.remove(&key).unwrap_or_default();
        let of_file: Vec<Vec<&str>> = of_file.iter().map(|row| row.iter().collect()).collect();
        Ok((key, Entry::whole(of, lines(&of_file)?)))
    };
    swept.into_iter().map(entry).collect()
}

/// What tells the file of a row from others, see [`Input::key`].
pub(super) fn key_of(row: &csv::StringRecord) -> &str {
    match &row[column("sha256")] {
        "" => &row[column("file")],
        sha256 => sha256,
    }
}
