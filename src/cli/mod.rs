//! The native program: `verify`, `prove`, `check`, `sample`, `reach`, `sweep`, `inspect`, `embed`,
//! `train`, `fine-tune`, `gallery`, `formal` and `superposition`.
//!
//! Results go to stdout, everything else to stderr. The exit code is 1 for errors and 2 for wrong
//! usage.

#![expect(clippy::disallowed_methods, reason = "native programs have clocks and threads")]

mod accuracies;
mod embed;
mod fine_tune;
mod formal;
mod frontiers;
mod gallery;
mod group_gallery;
mod group_operations;
mod inspect;
mod prove;
mod provenance;
mod ratios;
mod reach;
mod results;
mod sample;
mod summary;
mod superposition;
mod sweep;
mod theorems;
mod train;
mod train_seeds;
mod trained;
mod trained_group;
mod verify;

use crate::tasks::Kind;
use crate::weights::limits::MAX_FILE_BYTES;
use clap::{Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

/// Guaranteed lower bounds on the accuracy of small transformers.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Verify(verify::Arguments),
    Prove(prove::Arguments),
    Check(prove::CheckArguments),
    Sample(sample::Arguments),
    Reach(reach::Arguments),
    Sweep(sweep::Arguments),
    Inspect(inspect::Arguments),
    Embed(embed::Arguments),
    Train(train::Arguments),
    FineTune(fine_tune::Arguments),
    Gallery(gallery::Arguments),
    Formal(formal::Arguments),
    Superposition(superposition::Arguments),
}

/// What a command ends with: an error is for the user.
type CommandResult = Result<(), Box<dyn Error + Send + Sync>>;

/// Runs the program with the arguments of this process.
#[must_use]
pub fn run() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Prove(arguments) => prove::run(&arguments),
        Command::Check(arguments) => prove::check(&arguments),
        Command::Sample(arguments) => sample::run(&arguments),
        Command::Reach(arguments) => reach::run(&arguments),
        Command::Sweep(arguments) => sweep::run(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Embed(arguments) => embed::run(&arguments),
        Command::Train(arguments) => train::run(&arguments),
        Command::FineTune(arguments) => fine_tune::run(&arguments),
        Command::Gallery(arguments) => gallery::run(&arguments),
        Command::Formal(arguments) => formal::run(&arguments),
        Command::Superposition(arguments) => superposition::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Refuses a task that has no part in a command.
fn without_part<T>(command: &str, task: Kind) -> Result<T, Box<dyn Error + Send + Sync>> {
    Err(format!("`{command}` does nothing for networks of the task {task}").into())
}

/// Reads a weights file. An error names the file.
fn read_file(path: &Path) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
    read_file_within(path, MAX_FILE_BYTES)
}

/// Reads a file. An error names the file. A file longer than `most_bytes` is refused unread.
fn read_file_within(
    path: &Path,
    most_bytes: usize,
) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
    let named = |e: std::io::Error| format!("{}: {e}", path.display());
    let bytes = std::fs::metadata(path).map_err(named)?.len();
    if bytes > most_bytes as u64 {
        return Err(
            format!("{}: {bytes} bytes, expected at most {most_bytes}", path.display()).into()
        );
    }
    Ok(std::fs::read(path).map_err(named)?)
}

/// Writes a file. An error names the file.
fn write_file(path: &Path, bytes: &[u8]) -> CommandResult {
    std::fs::write(path, bytes).map_err(|e| format!("{}: {e}", path.display()).into())
}

/// JSON with a newline at its end.
fn json(value: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let mut text = serde_json::to_vec(value)?;
    text.push(b'\n');
    Ok(text)
}

/// A progress bar on stderr that begins with `what`; invisible if stderr is no terminal.
fn progress_bar(length: u64, what: &str) -> ProgressBar {
    let style =
        ProgressStyle::with_template("{prefix:>24} {wide_bar} {percent:>3} % {eta:>4} left {msg}");
    ProgressBar::new(length)
        .with_style(style.expect("the template is well-formed"))
        .with_prefix(what.to_owned())
}

/// Prints rows as a table, the first column aligned left and the others right.
fn print_table(rows: &[Vec<String>]) {
    let width =
        |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<_> = (0..rows[0].len()).map(width).collect();
    for row in rows {
        let cells = row.iter().zip(&widths).enumerate();
        let cells = cells.map(
            |(i, (cell, &w))| if i == 0 { format!("{cell:<w$}") } else { format!("{cell:>w$}") },
        );
        println!("{}", cells.collect::<Vec<_>>().join("  "));
    }
}
