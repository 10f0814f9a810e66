//! The native program, see `compact-proofs --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    compact_proofs::cli::run()
}
