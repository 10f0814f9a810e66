//! What proofs about group operations show beside counts: least margins, and errors of integrals.

use super::print_table;
use crate::proof::{Margin, Outcome, Run};
use crate::tasks::group_operations::quadrature::{BASELINE, Integrals};
use rayon::prelude::*;

/// Bounds on the least margin of all inputs; `None` where a proof bounds none.
pub(super) fn margin(run: &Run) -> Option<Margin> {
    let analysis = run.analysis();
    let of_chunks: Option<Vec<_>> =
        (0..analysis.chunks()).into_par_iter().map(|chunk| analysis.margin(chunk)).collect();
    of_chunks?.into_iter().reduce(Margin::of_both)
}

/// Prints bounds on least margins.
pub(super) fn print_margins<'a>(margins: impl Iterator<Item = (&'a Outcome, Option<Margin>)>) {
    let mut table = vec![["strategy", "least margin", "at most"].map(String::from).to_vec()];
    table.extend(margins.filter_map(|(outcome, margin)| {
        let Margin { at_least, at_most } = margin?;
        Some(vec![outcome.strategy.clone(), below(at_least), above(at_most)])
    }));
    if table.len() > 1 {
        println!();
        print_table(&table);
        println!("Margin: the right logit less the largest wrong one, in logits, over all inputs.");
    }
}

/// Prints bounds on the errors of integrals.
pub(super) fn print_integrals(integrals: &[Integrals]) {
    if integrals.is_empty() {
        return;
    }
    let heads = [
        "strategy",
        "frequency",
        "neurons",
        "share",
        "mean error",
        "error",
        "at most",
        "ReLU at most",
        "FLOPs",
        "proof bytes",
    ];
    let mut table = vec![heads.map(String::from).to_vec()];
    table.extend(integrals.iter().flat_map(|proven| {
        proven.frequencies.iter().map(|integral| {
            vec![
                proven.strategy.clone(),
                integral.frequency.to_string(),
                integral.neurons.to_string(),
                format!("{:.1} %", 100.0 * integral.share),
                format!("{:.4}", integral.mean),
                below(integral.absolute.at_least),
                above(integral.absolute.at_most),
                above(integral.relu.at_most),
                format!("{:.3e}", proven.flops),
                proven.proof_bytes.to_string(),
            ]
        })
    }));
    println!();
    print_table(&table);
    println!(
        "Error of the integral that the neurons of a frequency compute, proven for all real tokens: \
         of |cos| against 4/3 cos, and of ReLU against 2/3 cos. Above {BASELINE:.4} it says \
         nothing. The mean is measured."
    );
}

/// A lower bound, rounded down.
fn below(bound: f64) -> String {
    if bound.is_finite() { format!("{:.5}", (bound * 1e5).floor() / 1e5) } else { "–".into() }
}

/// An upper bound, rounded up.
fn above(bound: f64) -> String {
    if bound.is_finite() { format!("{:.5}", (bound * 1e5).ceil() / 1e5) } else { "–".into() }
}
