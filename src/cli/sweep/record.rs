//! The rows of a sweep in shards: what one strategy proves about one network of any task. They hold
//! nothing that differs from run to run, such as times and folders.

use crate::cli::results::{Failure, Row};
use crate::proof::Outcome;
use crate::tasks::Kind;
use crate::tasks::group_operations::Facts as GroupFacts;
use serde::Serialize;

/// A row; its fields in the order of [`COLUMNS`]. What a task does not have is empty, and where a
/// file is no network, all but its name and the problem.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Record {
    pub(super) task: &'static str,
    pub(super) sha256: String,
    pub(super) file: String,
    pub(super) k: Option<usize>,
    pub(super) v: Option<usize>,
    pub(super) d: Option<usize>,
    pub(super) h: Option<usize>,
    pub(super) group: String,
    pub(super) order: Option<usize>,
    pub(super) neurons: Option<usize>,
    pub(super) strategy: String,
    pub(super) class: String,
    pub(super) correct: Option<u128>,
    pub(super) total: Option<u128>,
    pub(super) bound: Option<f64>,
    pub(super) flops: Option<f64>,
    pub(super) unexplained_dimension: Option<f64>,
    pub(super) proof_bytes: Option<usize>,
    pub(super) slack: Option<f64>,
    pub(super) lost: Option<u128>,
    pub(super) visited: Option<u128>,
    pub(super) most_correct: Option<u128>,
    pub(super) plain_correct: Option<u128>,
    pub(super) published_count: Option<u128>,
    pub(super) problem: String,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// Text, and counts up to 2^128, which few readers take as numbers.
    Text,
    /// Small whole numbers.
    Whole,
    Real,
}

/// The columns of the file.
pub(super) const COLUMNS: [(&str, Holds); 25] = [
    ("task", Holds::Text),
    ("sha256", Holds::Text),
    ("file", Holds::Text),
    ("k", Holds::Whole),
    ("v", Holds::Whole),
    ("d", Holds::Whole),
    ("h", Holds::Whole),
    ("group", Holds::Text),
    ("order", Holds::Whole),
    ("neurons", Holds::Whole),
    ("strategy", Holds::Text),
    ("class", Holds::Text),
    ("correct", Holds::Text),
    ("total", Holds::Text),
    ("bound", Holds::Real),
    ("flops", Holds::Real),
    ("unexplained_dimension", Holds::Real),
    ("proof_bytes", Holds::Whole),
    ("slack", Holds::Real),
    ("lost", Holds::Text),
    ("visited", Holds::Text),
    ("most_correct", Holds::Text),
    ("plain_correct", Holds::Text),
    ("published_count", Holds::Text),
    ("problem", Holds::Text),
];

/// The place of a column.
pub(super) fn column(name: &str) -> usize {
    COLUMNS.iter().position(|(column, _)| *column == name).expect("a column of the file")
}

/// The first line of the file.
pub(super) fn head() -> String {
    COLUMNS.map(|(name, _)| name).join(",") + "\n"
}

/// The lines of rows.
pub(super) fn lines<R: Serialize>(rows: &[R]) -> Result<String, Failure> {
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    rows.iter().try_for_each(|row| writer.serialize(row))?;
    Ok(String::from_utf8(writer.into_inner()?)?)
}

impl Record {
    /// What a file that is no network, or cannot be read, has in place of rows.
    pub(super) fn unread(file: &str, sha256: Option<&str>, problem: &str) -> Self {
        let (file, sha256) = (file.into(), sha256.unwrap_or_default().into());
        Self { file, sha256, problem: problem.into(), ..Self::default() }
    }

    /// A row about a network for a group.
    pub(super) fn of_group(
        GroupFacts { file, sha256, own, .. }: &GroupFacts,
        outcome: Outcome,
    ) -> Self {
        Self {
            task: Kind::GroupOperations.id(),
            sha256: sha256.clone(),
            file: file.clone(),
            group: own.group.clone().unwrap_or_default(),
            order: Some(own.order),
            neurons: Some(own.neurons),
            correct: Some(outcome.bound.correct()),
            total: Some(outcome.bound.total()),
            bound: Some(outcome.bound.ratio()),
            flops: Some(outcome.flops),
            unexplained_dimension: Some(outcome.unexplained_dimension),
            proof_bytes: outcome.proof_bytes,
            slack: Some(outcome.slack),
            lost: Some(outcome.lost),
            visited: outcome.visited,
            most_correct: outcome.upper.map(|upper| upper.most.correct()),
            problem: outcome.failure.map_or_else(String::new, |failure| failure.to_string()),
            strategy: outcome.strategy,
            class: outcome.class,
            ..Self::default()
        }
    }
}

impl From<Row> for Record {
    /// A row about a Max-of-K model.
    fn from(row: Row) -> Self {
        Self {
            task: Kind::MaxOfK.id(),
            sha256: row.sha256,
            file: row.file,
            k: Some(row.k),
            v: Some(row.v),
            d: Some(row.d),
            h: Some(row.h),
            strategy: row.strategy,
            class: row.class,
            correct: Some(row.correct),
            total: Some(row.total),
            bound: Some(row.bound),
            flops: Some(row.flops),
            unexplained_dimension: Some(row.unexplained_dimension),
            proof_bytes: row.proof_bytes,
            slack: Some(row.slack),
            lost: Some(row.lost),
            visited: row.visited,
            most_correct: row.most_correct,
            plain_correct: row.plain_correct,
            published_count: row.published_count,
            ..Self::default()
        }
    }
}
