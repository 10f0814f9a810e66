//! The files of a sweep: those of folders, or those of a plan.

use super::plan::Plan;
use crate::cli::provenance::{MANIFEST, Shard};
use crate::cli::results::Failure;
use crate::cli::{progress_bar, read_file};
use crate::tasks::max_of_k::sha256;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Endings of files to open. Their content, not the ending, then decides what they are.
const ENDINGS: [&str; 5] = ["safetensors", "pt", "pth", "npz", "json"];

/// A file of a sweep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Input {
    /// Its name, without folders: these may differ from machine to machine.
    pub(super) file: String,
    /// Where it is.
    pub(super) path: PathBuf,
    /// What it holds; none if it cannot be read.
    pub(super) sha256: Option<String>,
    /// Its length in bytes.
    pub(super) bytes: u64,
}

impl Input {
    /// What tells the file from others: what it holds or, where that is unknown, its name.
    pub(super) fn key(&self) -> &str {
        self.sha256.as_deref().unwrap_or(&self.file)
    }

    /// Whether the file belongs to a shard.
    pub(super) fn is_in(&self, shard: Shard) -> bool {
        match &self.sha256 {
            Some(sha256) => shard.has_file(sha256),
            None => shard.has_file(&sha256(self.file.as_bytes())),
        }
    }

    fn read(path: &Path) -> Self {
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = std::fs::metadata(path).map_or(0, |about| about.len());
        let sha256 = read_file(path).ok().map(|bytes| sha256(&bytes));
        Self { file, path: path.into(), sha256, bytes }
    }
}

/// The files of folders, in the order of their paths. Manifests of other sweeps are left out.
pub(super) fn files_of(folders: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for folder in folders {
        let named = |e: std::io::Error| format!("{}: {e}", folder.display());
        for entry in std::fs::read_dir(folder).map_err(named)? {
            files.push(entry.map_err(named)?.path());
        }
    }
    files.retain(|file| {
        let is_manifest = file.to_string_lossy().ends_with(MANIFEST);
        !is_manifest && file.extension().is_some_and(|end| ENDINGS.iter().any(|e| end == *e))
    });
    files.sort();
    Ok(files)
}

/// The files of folders or of plans, each content once, under the first of its names: in the order
/// of their keys.
pub(super) fn inputs(folders: &[PathBuf]) -> Result<Vec<Input>, Failure> {
    let (plans, folders): (Vec<_>, Vec<_>) =
        folders.iter().cloned().partition(|path| path.is_file());
    let files = files_of(&folders)?;
    let bar = progress_bar(files.len() as u64, "reading");
    let read = files.par_iter().map(|file| Input::read(file)).inspect(|_| bar.inc(1));
    let mut all: Vec<_> = read.collect();
    bar.finish_and_clear();
    for plan in plans {
        all.extend(Plan::read(&plan)?.inputs);
    }
    let mut by_key = BTreeMap::new();
    for input in all {
        let key = input.key().to_owned();
        let first = by_key.entry(key).or_insert_with(|| input.clone());
        if input.file < first.file {
            *first = input;
        }
    }
    Ok(by_key.into_values().collect())
}
