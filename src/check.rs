//! The independent checker as a program, see `compact_proofs::checker`.

use compact_proofs::checker::{Checker, MAX_BYTES, Verdict};
use compact_proofs::weights::limits::MAX_FILE_BYTES;
use std::fs::File;
use std::io::Read;
use std::process::ExitCode;
use std::time::Instant;

const USAGE: &str = "Usage: compact-proofs-check WEIGHTS CERTIFICATE

Derives the certificate's theorem about the weights file by itself.
Exit code 0: accepted; 1: rejected; 2: something cannot be read.";

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let [weights, certificate] = arguments.as_slice() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let (weights, certificate) = (weights.to_string_lossy(), certificate.to_string_lossy());
    match check(&weights, &certificate) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(problem) => {
            eprintln!("compact-proofs-check: {problem}");
            ExitCode::from(2)
        }
    }
}

fn check(weights: &str, certificate: &str) -> Result<bool, String> {
    let start = Instant::now();
    let bytes = read(weights, MAX_FILE_BYTES)?;
    let text = String::from_utf8(read(certificate, MAX_BYTES)?).map_err(|error| format!("{certificate}: {error}"))?;
    let mut checker = Checker::new(weights, &bytes, &text)?;
    while checker.step() {}
    let (cells, _) = checker.cells();
    let Some(Verdict { accepted, theorem, claimed, derived, sequences, flops, reasons }) = checker.verdict() else {
        return Err("the check did not come to its end".into());
    };
    println!("{}", if accepted { "ACCEPTED" } else { "REJECTED" });
    reasons.iter().for_each(|reason| println!("  {reason}"));
    println!("theorem   {theorem}");
    println!("claimed   {claimed} right sequences");
    println!("derived   {derived} right sequences of {sequences}, in {cells} cells (last token, largest token)");
    println!("FLOPs     {flops} as stated, not checked");
    println!("seconds   {:.2}", start.elapsed().as_secs_f64());
    Ok(accepted)
}

/// A file that is no larger than anything sensible.
fn read(path: &str, limit: usize) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| format!("{path}: {error}"))?;
    file.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(|error| format!("{path}: {error}"))?;
    if bytes.len() > limit { Err(format!("{path}: more than {limit} bytes")) } else { Ok(bytes) }
}
