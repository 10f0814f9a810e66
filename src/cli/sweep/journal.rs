//! What an unfinished shard has so far: a line of JSON for each file, appended when its proofs are
//! done. A process that is killed leaves at most one line unfinished, which is not read.
//!
//! Each process writes a file of its own: one that was given up for lost and then returns does not
//! write into its successor's.

use super::entry::{Entries, Entry};
use super::manifest::Made;
use crate::cli::provenance::{beside, unique};
use crate::cli::results::Failure;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

/// The ending of journals.
const JOURNAL: &str = ".journal";

/// A line.
#[derive(Serialize, Deserialize)]
struct Line {
    made: Made,
    entry: Entry,
}

/// The journal that this process writes.
pub(super) struct Journal {
    made: Made,
    path: PathBuf,
    file: Option<File>,
}

impl Journal {
    /// The journal of a shard whose CSV file is to be `output`. It is made with its first line.
    pub(super) fn new(output: &Path, made: &Made) -> Self {
        let path = beside(output, &format!("{:x}{JOURNAL}", unique()));
        Self { made: made.clone(), path, file: None }
    }

    /// Writes an entry.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(super) fn add(&mut self, entry: &Entry) -> Result<(), Failure> {
        let line = Line { made: self.made.clone(), entry: entry.clone() };
        let text = serde_json::to_string(&line)? + "\n";
        let written = match &mut self.file {
            Some(file) => file.write_all(text.as_bytes()),
            empty => File::create(&self.path)
                .and_then(|file| empty.insert(file).write_all(text.as_bytes())),
        };
        Ok(written.map_err(|e| format!("{}: {e}", self.path.display()))?)
    }
}

/// The journals that unfinished processes have left of a shard.
///
/// # Errors
/// If the folder of the shard cannot be read.
pub(super) fn left(output: &Path) -> Result<Vec<PathBuf>, Failure> {
    let folder = output.parent().filter(|folder| *folder != Path::new(""));
    let folder = folder.unwrap_or(Path::new("."));
    let start = output.file_stem().unwrap_or_default().to_string_lossy().into_owned() + ".";
    let mut found = Vec::new();
    for file in std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))? {
        let path = file?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with(&start) && name.ends_with(JOURNAL) {
            found.push(path);
        }
    }
    Ok(found)
}

/// The whole lines of a journal that were made in the same way.
pub(super) fn read(path: &Path, made: &Made) -> Entries {
    let Ok(file) = File::open(path) else { return Entries::new() };
    let lines = BufReader::new(file).split(b'\n').map_while(Result::ok);
    let whole = lines.filter_map(|line| {
        let Line { made: other, entry } = serde_json::from_slice(&line).ok()?;
        (other == *made && entry.is_whole()).then(|| (entry.of.key().to_owned(), entry))
    });
    whole.collect()
}
