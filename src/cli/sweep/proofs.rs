//! One file of a sweep to its rows, whatever its task.

use super::entry::Entry;
use super::inputs::Input;
use super::record::{Record, lines};
use super::table;
use crate::cli::read_file;
use crate::cli::results::Failure;
use crate::cli::verify::Notices;
use crate::tasks::group_operations::{GroupOperation, Options, Strategy};
use crate::tasks::max_of_k::{MaxOfK, sha256};
use crate::tasks::{Kind, StrategyFacts, Task, Theorem};
use std::time::Instant;

/// Runs every strategy on the network in a file, on this thread. A file that is none has one row,
/// which says why.
///
/// # Errors
/// If the file is no longer the one that was listed.
pub(super) fn prove(input: &Input, most_sequences: u64) -> Result<Entry, Failure> {
    let start = Instant::now();
    let path = input.path.display();
    let (records, seed) = match read_file(&input.path) {
        Ok(bytes) => {
            let found = sha256(&bytes);
            if input.sha256.as_deref() != Some(&found) {
                let listed = input.sha256.as_deref().unwrap_or("none, for it could not be read");
                return Err(format!(
                    "{path} has changed since it was listed: its SHA-256 is {found}, and was {listed}"
                )
                .into());
            }
            of_bytes(&input.file, &bytes, most_sequences)
        }
        Err(why) if input.sha256.is_some() => return Err(why),
        Err(why) => {
            // Folders may differ from machine to machine.
            let why = why.to_string().replacen(&path.to_string(), &input.file, 1);
            (vec![Record::unread(&input.file, None, &why)], None)
        }
    };
    Ok(Entry::new(input, seed, start.elapsed().as_secs_f64(), lines(&records)?))
}

/// The rows of a network, and the seed that it says it was trained with.
fn of_bytes(file: &str, bytes: &[u8], most_sequences: u64) -> (Vec<Record>, Option<String>) {
    let unread = |why: String| (vec![Record::unread(file, Some(&sha256(bytes)), &why)], None);
    let kind = Kind::of_file(bytes);
    if kind == Kind::MaxOfK {
        match MaxOfK::load(file, bytes) {
            Err(why) => unread(why.to_string()),
            Ok((task, facts)) => {
                let mut notices = Notices::default();
                let rows = table::rows(&task, &facts, most_sequences.into(), &mut notices);
                let told = |row| {
                    let mut record = Record::from(row);
                    record.problem = notices.about(&record.strategy);
                    record
                };
                (rows.into_iter().map(told).collect(), facts.metadata.get("seed").cloned())
            }
        }
    } else if kind == Kind::GroupOperations {
        match GroupOperation::load(file, bytes, &Options::default()) {
            Err(why) => unread(why.to_string()),
            Ok((task, facts)) => {
                let prove = |strategy| {
                    let mut run = task.run(strategy).expect("a strategy that is listed");
                    run.finish();
                    Record::of_group(&facts, run.outcome())
                };
                let records = Strategy::listed(&task).into_iter().map(prove).collect();
                (records, facts.metadata.get("seed").cloned())
            }
        }
    } else {
        unread(format!("a sweep does nothing for networks of the task {kind}"))
    }
}

/// A network, and the strategies of it that a sweep runs.
pub(super) struct Network {
    task: Box<dyn Task>,
    /// The task and the size of the network.
    pub(super) size: String,
    /// Tokens of the vocabulary.
    pub(super) tokens: usize,
    pub(super) strategies: Vec<StrategyFacts>,
}

impl Network {
    /// Reads a network; none if the file is none.
    pub(super) fn read(input: &Input, most_sequences: u64) -> Option<Self> {
        let bytes = read_file(&input.path).ok()?;
        let kind = Kind::of_file(&bytes);
        let (task, size, tokens, strategies): (Box<dyn Task>, _, _, _) = if kind == Kind::MaxOfK {
            let (task, facts) = MaxOfK::load(&input.file, &bytes).ok()?;
            let shape = facts.own.shape;
            (Box::new(task), format!("{shape:?}"), shape.v, facts.strategies)
        } else if kind == Kind::GroupOperations {
            let options = Options::default();
            let (task, facts) = GroupOperation::load(&input.file, &bytes, &options).ok()?;
            let (order, neurons) = (facts.own.order, facts.own.neurons);
            let size = format!("{order} elements, {neurons} neurons");
            (Box::new(task), size, order, facts.strategies)
        } else {
            return None;
        };
        let is_swept = |facts: &StrategyFacts| {
            let visits = facts.visits.as_ref().and_then(|visits| visits.parse::<u128>().ok());
            facts.family.theorem == Theorem::Accuracy
                && facts.refused.is_none()
                && visits.is_none_or(|visits| visits <= most_sequences.into())
        };
        let strategies = strategies.into_iter().filter(is_swept).collect();
        Some(Self { size: format!("{} {size}", task.kind()), task, tokens, strategies })
    }

    /// Runs strategies on this thread, the shortest first, for some seconds: the class of each, its
    /// FLOPs by the formula, and its seconds.
    pub(super) fn timed(&self, enough_seconds: f64) -> Vec<(&'static str, f64, f64)> {
        let mut shortest_first: Vec<_> = self.strategies.iter().collect();
        shortest_first.sort_by(|a, b| a.flops.total_cmp(&b.flops));
        let begin = Instant::now();
        let is_early = || begin.elapsed().as_secs_f64() < enough_seconds;
        let time = |facts: &StrategyFacts| {
            let start = Instant::now();
            // What a refused proof takes is little, and part of a sweep.
            if let Ok(mut run) = self.task.run(&facts.strategy, &[]) {
                run.finish();
            }
            (facts.class, facts.flops, start.elapsed().as_secs_f64())
        };
        shortest_first.into_iter().take_while(|_| is_early()).map(time).collect()
    }
}
