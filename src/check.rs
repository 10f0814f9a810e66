//! The independent checker as a program, see [`compact_proofs::checker`].

#![expect(clippy::disallowed_methods, reason = "native programs have clocks and threads")]

use compact_proofs::checker::{Checker, MAX_BYTES, MAX_FILE_BYTES, Verdict, superposition};
use std::fs::File;
use std::io::Read;
use std::process::ExitCode;
use std::time::Instant;

const USAGE: &str = "Usage: compact-proofs-check WEIGHTS.safetensors CERTIFICATE
       compact-proofs-check CERTIFICATE    (of the lab superposition, which holds its network)

Derives the certificate's theorem about the network by itself.
Exit code 0: accepted; 1: rejected; 2: something cannot be read.";

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os()
        .skip(1)
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    let outcome = match arguments.as_slice() {
        [weights, certificate] => check(weights, certificate),
        [certificate] if !certificate.starts_with('-') => check_alone(certificate),
        _ => Err(USAGE.into()),
    };
    match outcome {
        Ok(accepted) => ExitCode::from(u8::from(!accepted)),
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(2)
        }
    }
}

fn check(weights: &str, certificate: &str) -> Result<bool, String> {
    let start = Instant::now();
    let bytes = read(weights, MAX_FILE_BYTES)?;
    let text = text(certificate)?;
    let mut checker = Checker::new(weights, &bytes, &text)?;
    while checker.step() {}
    let verdict = checker.verdict().ok_or("the check did not come to its end")?;
    Ok(print(&verdict, "sequences", start))
}

/// Checks a certificate that holds the network it is about.
fn check_alone(certificate: &str) -> Result<bool, String> {
    let start = Instant::now();
    Ok(print(&superposition::check(&text(certificate)?)?, "tokens", start))
}

fn text(certificate: &str) -> Result<String, String> {
    String::from_utf8(read(certificate, MAX_BYTES)?)
        .map_err(|error| format!("{certificate}: {error}"))
}

/// Prints a verdict about `inputs`; returns whether the claim is accepted.
fn print(verdict: &Verdict, inputs: &str, start: Instant) -> bool {
    println!("{}", if verdict.accepted { "ACCEPTED" } else { "REJECTED" });
    verdict.reasons.iter().for_each(|reason| println!("  {reason}"));
    println!("theorem   {}", verdict.theorem);
    println!("network   {}", verdict.network);
    println!("claimed   {} right {inputs}", verdict.claimed);
    println!("derived   at least {} right {inputs} of {}", verdict.derived, verdict.sequences);
    println!("FLOPs     {} as stated, not checked", verdict.flops);
    println!("seconds   {:.2}", start.elapsed().as_secs_f64());
    verdict.accepted
}

/// Reads a file of at most `limit` bytes.
fn read(path: &str, limit: usize) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| format!("{path}: {error}"))?;
    file.take(limit as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("{path}: {error}"))?;
    if bytes.len() > limit { Err(format!("{path}: more than {limit} bytes")) } else { Ok(bytes) }
}
