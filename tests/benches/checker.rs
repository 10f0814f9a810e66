//! How long certificates take to check: `cargo bench -p bench --bench checker` prints a table in
//! Markdown, of kinds of certificates of the oracle models; `cargo bench -p bench --bench checker
//! -- --all` one of every strategy on the page's first model of each K.
//!
//! A certificate that is not accepted ends it with an error.

#![expect(clippy::disallowed_methods, reason = "native programs have clocks and threads")]

use compact_proofs::checker::{Checker, Verdict};
use compact_proofs::tasks::max_of_k::subcubic::Subcubic;
use compact_proofs::tasks::max_of_k::{MaxOfK, Strategy};
use std::time::Instant;

const ORACLE: [&str; 4] = ["max4_v64_s123", "max5_v64_s50", "max10_v64_s50", "max20_v64_s50"];
const OURS: [&str; 6] = ["brute-force", "cubic", "cell", "chernoff", "convolution-64", "exact"];

fn main() {
    let all = std::env::args().any(|argument| argument == "--all");
    let folder = if all { "www/models/max-of-k" } else { "tests/fixtures/oracle" };
    let strategies: Vec<Strategy> = if all {
        Strategy::all().collect()
    } else {
        let ours = OURS.map(|name| name.parse().expect("a strategy"));
        ours.into_iter().chain(Subcubic::all().step_by(33).map(Strategy::Subcubic)).collect()
    };
    println!(
        "| model | strategy | bytes | claimed | derived | proven in s | checked in s |\n|---|---|---|---|---|---|---|"
    );
    let (start, mut certificates, mut refused, mut checking) = (Instant::now(), 0, Vec::new(), 0.0);
    for model in ORACLE {
        let path = format!("{}/../../{folder}/{model}.safetensors", env!("CARGO_MANIFEST_DIR"));
        let bytes = std::fs::read(&path).expect("the model is there");
        let (task, facts) = MaxOfK::load(model, &bytes).expect("a model");
        // Those that count all sequences are not made of large models.
        for strategy in
            strategies.iter().copied().filter(|strategy| task.feasible(*strategy).is_ok())
        {
            let before = Instant::now();
            let mut run = task.run(strategy).expect("it is feasible");
            run.finish();
            let proven = before.elapsed().as_secs_f64();
            let text = task
                .certificate(&facts.sha256, &run)
                .expect("every search about these models finds a proof")
                .to_json();

            let before = Instant::now();
            let Verdict { accepted, claimed, derived, reasons, .. } = check(model, &bytes, &text);
            let checked = before.elapsed().as_secs_f64();
            println!(
                "| {model} | {strategy} | {} | {claimed} | {derived} | {proven:.2} | {checked:.2} |",
                text.len()
            );
            (certificates, checking) = (certificates + 1, checking + checked);
            if !accepted {
                refused.push(format!("{model}, {strategy}: {}", reasons.join("; ")));
            }
        }
    }
    let total = start.elapsed().as_secs_f64();
    println!(
        "\n{certificates} certificates, {} not accepted: {checking:.0} s of checking, {total:.0} s in all",
        refused.len()
    );
    assert!(refused.is_empty(), "{refused:#?}");
}

fn check(name: &str, bytes: &[u8], certificate: &str) -> Verdict {
    let mut checker = Checker::new(name, bytes, certificate).expect("readable");
    while checker.step() {}
    checker.verdict().expect("all cells are checked")
}
