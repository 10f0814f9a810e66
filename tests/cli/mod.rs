//! The native program, run as a user runs it.

mod certificates;
mod embed;
mod inspect;
mod sample;
mod sweep;
mod train;
mod verify;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Runs the program in the folder of the fixtures.
fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_compact-proofs"))
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures"))
        .output()
        .expect("the program starts")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// An empty folder for one test.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
