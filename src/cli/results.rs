//! The CSV file of a sweep: one row for each model and strategy.

use super::write_file;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

/// Why a sweep failed, in words for the user; sent between threads.
pub(super) type Failure = Box<dyn Error + Send + Sync>;

/// What one strategy proves about one model: one row, its fields in the order of [`COLUMNS`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Row {
    /// SHA-256 of the weights file.
    pub(super) sha256: String,
    /// Path of the weights file.
    pub(super) file: String,
    /// Tokens in a sequence.
    pub(super) k: usize,
    /// Tokens in the vocabulary.
    pub(super) v: usize,
    /// Width of the residual stream.
    pub(super) d: usize,
    /// Width of the head.
    pub(super) h: usize,
    /// Name of the strategy.
    pub(super) strategy: String,
    /// Complexity class of the strategy.
    pub(super) class: String,
    /// Sequences proven right.
    pub(super) correct: u128,
    /// All sequences, `v^k`.
    pub(super) total: u128,
    /// `correct / total`, rounded down.
    pub(super) bound: f64,
    /// Length of the proof.
    pub(super) flops: f64,
    /// Numbers that the proof treats as arbitrary.
    pub(super) unexplained_dimension: f64,
    /// Size of the proof object; none where the strategy needs none.
    pub(super) proof_bytes: Option<usize>,
    /// Wall time of search and verification.
    pub(super) seconds: f64,
    /// What every comparison leaves for rounding, in logits.
    pub(super) slack: f64,
    /// Sequences that are not proven because of rounding.
    pub(super) lost: u128,
    /// Sequences that brute force ran the model on.
    pub(super) visited: Option<u128>,
    /// Upper bound on the number of right sequences, where one is proven.
    pub(super) most_correct: Option<u128>,
    /// Sequences proven right with gaps and centres searched one after the other, as published.
    pub(super) plain_correct: Option<u128>,
    /// What the authors' formula claims (not sound).
    pub(super) published_count: Option<u128>,
}

/// The head of the file.
const COLUMNS: [&str; 21] = [
    "sha256",
    "file",
    "k",
    "v",
    "d",
    "h",
    "strategy",
    "class",
    "correct",
    "total",
    "bound",
    "flops",
    "unexplained_dimension",
    "proof_bytes",
    "seconds",
    "slack",
    "lost",
    "visited",
    "most_correct",
    "plain_correct",
    "published_count",
];

/// Rows of each model, by the SHA-256 of its weights file.
pub(super) type Models = BTreeMap<String, Vec<Row>>;

/// Reads the file; no models if there is none.
///
/// # Errors
/// If the file cannot be read or is not a sweep of this version.
pub(super) fn read(path: &Path) -> Result<Models, Failure> {
    let mut models = Models::new();
    if !path.exists() {
        return Ok(models);
    }
    let named = |problem: csv::Error| format!("{}: {problem}", path.display());
    let mut reader = csv::Reader::from_path(path).map_err(named)?;
    if *reader.headers().map_err(named)? != COLUMNS[..] {
        let path = path.display();
        return Err(format!(
            "{path} is not a sweep of this version: remove it or name another file"
        )
        .into());
    }
    for row in reader.deserialize() {
        let row: Row = row.map_err(named)?;
        models.entry(row.sha256.clone()).or_default().push(row);
    }
    Ok(models)
}

/// Writes the file beside its place, then moves it there in one step: it never holds a part of a
/// model.
///
/// # Errors
/// If the file cannot be written.
pub(super) fn replace(path: &Path, models: &Models) -> super::CommandResult {
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for row in models.values().flatten() {
        writer.serialize(row)?;
    }
    let part = path.with_extension("csv.part");
    write_file(&part, &writer.into_inner()?)?;
    std::fs::rename(&part, path).map_err(|e| format!("{}: {e}", path.display()).into())
}
