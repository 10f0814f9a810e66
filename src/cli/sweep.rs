use super::verify::{Notices, published_count, verify_alone};
use super::{progress_bar, read_file, write_file};
use crate::tasks::max_of_k::subcubic::verify;
use crate::tasks::max_of_k::{MaxOfK, ModelFacts, Strategy, sha256};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Run every strategy on every model of some folders, on all cores, into one CSV file
///
/// An interrupted sweep continues where it was: models whose rows are in the file are not run again. The file is
/// replaced as a whole after each model, so it never holds a part of a row or of a model.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Folders with weights files
    #[arg(required = true)]
    folders: Vec<PathBuf>,
    /// File to write
    #[arg(long, short)]
    output: PathBuf,
    /// Leave brute force out where there are more sequences than this
    #[arg(long, default_value_t = 1 << 25)]
    most_sequences: u64,
    /// Print a summary in Markdown: the tables of the README
    #[arg(long)]
    summary: bool,
}

const HEADER: &str = "sha256,file,k,v,d,h,strategy,class,correct,total,bound,flops,unexplained_dimension,proof_bytes,seconds,slack,lost,visited,most_correct,plain_correct,published_count";

/// Files that may be weights; what they are is told by content.
const ENDINGS: [&str; 5] = ["safetensors", "pt", "pth", "npz", "json"];

type Failure = Box<dyn Error + Send + Sync>;

pub(super) fn run(
    Arguments { folders, output, most_sequences, summary }: &Arguments,
) -> super::Outcome {
    let mut files = Vec::new();
    for folder in folders {
        let named = |e: std::io::Error| format!("{}: {e}", folder.display());
        for entry in std::fs::read_dir(folder).map_err(named)? {
            files.push(entry.map_err(named)?.path());
        }
    }
    files
        .retain(|file| file.extension().is_some_and(|ending| ENDINGS.iter().any(|e| ending == *e)));
    files.sort();

    let done = Mutex::new(finished(output)?);
    let bar = progress_bar(files.len() as u64, "models");
    let sweep = |file: &PathBuf| -> Result<(), Failure> {
        let left_out = |why: Failure| {
            bar.suspend(|| eprintln!("left out: {why}"));
            Ok(())
        };
        let bytes = match read_file(file) {
            Ok(bytes) => bytes,
            Err(why) => return left_out(why),
        };
        let hash = sha256(&bytes);
        if done.lock().expect("no thread panics").contains_key(&hash) {
            return Ok(());
        }
        match MaxOfK::load(&file.display().to_string(), &bytes) {
            Ok((task, facts)) => {
                let mut notices = Notices::default();
                let rows = rows(&task, &facts, u128::from(*most_sequences), &mut notices);
                bar.suspend(|| notices.say_of(&facts.file));
                let mut done = done.lock().expect("no thread panics");
                done.insert(hash, rows);
                replace(output, &done)
            }
            Err(why) => left_out(why.into()),
        }
    };
    files.par_iter().map(sweep).inspect(|_| bar.inc(1)).collect::<Result<(), _>>()?;
    bar.finish_and_clear();
    let done = done.into_inner().expect("no thread panics");
    if *summary {
        print!("{}", super::summary::summary(done.values().flat_map(|rows| rows.lines())));
    } else {
        println!("{}: {} models", output.display(), done.len());
    }
    Ok(())
}

/// The rows of models that are in the file already, by the hash of their weights.
fn finished(output: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let mut done: BTreeMap<String, String> = BTreeMap::new();
    if !output.exists() {
        return Ok(done);
    }
    let text = std::fs::read_to_string(output).map_err(|e| format!("{}: {e}", output.display()))?;
    let mut lines = text.lines();
    if lines.next() != Some(HEADER) {
        return Err(format!(
            "{} is not a sweep of this version: remove it or name another file",
            output.display()
        )
        .into());
    }
    for line in lines {
        let hash = line.split(',').next().unwrap_or_default();
        writeln!(done.entry(hash.into()).or_default(), "{line}")
            .expect("writing to a string does not fail");
    }
    Ok(done)
}

/// Writes the file beside its place, then moves it there in one step.
fn replace(output: &Path, done: &BTreeMap<String, String>) -> super::Outcome {
    let part = output.with_extension("csv.part");
    let text: String =
        std::iter::once(format!("{HEADER}\n")).chain(done.values().cloned()).collect();
    write_file(&part, text.as_bytes())?;
    std::fs::rename(&part, output).map_err(|e| format!("{}: {e}", output.display()).into())
}

/// All rows of one model, on this thread. A strategy for which no proof object is found proves nothing, in a row like the others.
fn rows(task: &MaxOfK, facts: &ModelFacts, most_sequences: u128, notices: &mut Notices) -> String {
    let mut rows = String::new();
    // Quoted, as a name may hold a comma.
    let file = format!("\"{}\"", facts.file.replace('"', "\"\""));
    for strategy in Strategy::all() {
        let too_long = strategy.family().visits_inputs && task.sequences() > most_sequences;
        if too_long || task.feasible(strategy).is_err() {
            continue;
        }
        let outcome = match verify_alone(task, strategy) {
            Ok(outcome) => outcome,
            Err(why) => {
                notices.add(strategy, why);
                continue;
            }
        };
        if let Some(failure) = outcome.failure {
            notices.add(strategy, failure);
        }
        let plain = match strategy {
            Strategy::Subcubic(s) => {
                task.search().plain(s).and_then(|proof| verify(task.model(), &proof)).ok()
            }
            _ => None,
        };
        let plain = plain.map(|cases| cases.proven().to_string()).unwrap_or_default();
        let published =
            published_count(strategy, task.published_count(strategy), notices).unwrap_or_default();
        let most = outcome.upper.map(|upper| upper.most.correct().to_string()).unwrap_or_default();
        let visited = outcome.visited.map(|visited| visited.to_string()).unwrap_or_default();
        let bytes = outcome.proof_bytes.map(|bytes| bytes.to_string()).unwrap_or_default();
        writeln!(
            rows,
            "{},{file},{},{},{},{},{},{},{},{},{},{},{},{bytes},{:.3},{},{},{visited},{most},{plain},{published}",
            facts.sha256,
            facts.shape.n,
            facts.shape.v,
            facts.shape.d,
            facts.shape.h,
            outcome.strategy,
            outcome.class,
            outcome.bound.correct(),
            outcome.bound.total(),
            outcome.bound.ratio(),
            outcome.flops,
            outcome.unexplained_dimension,
            outcome.seconds,
            outcome.slack,
            outcome.lost,
        )
        .expect("writing to a string does not fail");
    }
    rows
}
