//! When samples of a product of matrices pay: `cargo bench -p bench --bench samples`. The product
//! is what is left of attention scores of made models once one direction is taken off, which proofs
//! take for noise. Prints a table in Markdown: FLOPs of the whole product, and of what samples tell
//! of it instead.

#![expect(clippy::disallowed_methods, reason = "native programs have clocks and threads")]

#[path = "workloads/model.rs"]
mod model;

use compact_proofs::cost::matmul_flops;
use compact_proofs::linalg::matmul;
use compact_proofs::sampling::products::{Product, accuracy_but_for};
use compact_proofs::sampling::{Coins, Key};
use std::time::Instant;

const DELTA: f64 = 1e-3;
const ENTRIES: u64 = 20_000;
const SIGNS: u32 = 128;

fn main() {
    println!(
        "δ = {DELTA}; a Max-of-4 proof with a bound of 1 if no entry were above the largest of the first row\n"
    );
    println!(
        "| tokens | whole product, FLOPs | seconds | {ENTRIES} entries | seconds | bound that is left | {SIGNS} signs | seconds | lengths, times the exact ones |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for v in [64, 256, 1024, 4096] {
        row(v);
    }
}

fn row(v: usize) {
    let (left, right) = model::residual(v);
    let sizes = [v, left.ncols(), v];
    let (whole_seconds, whole) = timed(|| matmul(left.view(), right.view()));
    let threshold = whole.row(0).iter().fold(0.0_f64, |most, x| most.max(x.abs()));
    let product = Product::new(left, &right);
    let coins = || Coins::new(Key::of(&v.to_string()));
    let (entries_seconds, above) =
        timed(|| product.entries_above(&mut coins(), ENTRIES, &[threshold], DELTA)[0]);
    let (signs_seconds, lengths) = timed(|| product.row_lengths(&mut coins(), SIGNS, DELTA));
    let lengths = lengths.expect("signs enough");
    let exact = whole.rows().into_iter().map(|row| row.dot(&row).sqrt());
    let ratio =
        lengths.iter().zip(exact).map(|(bound, exact)| bound / exact).sum::<f64>() / v as f64;
    println!(
        "| {v} | {:.2e} | {whole_seconds:.4} | {:.2e} | {entries_seconds:.4} | {:.4} | {:.2e} | {signs_seconds:.4} | {ratio:.2} |",
        matmul_flops(sizes[0], sizes[1], sizes[2]),
        Product::<f64>::entries_flops(sizes, ENTRIES, 1),
        accuracy_but_for(1.0, 3, above),
        Product::<f64>::row_lengths_flops(sizes, SIGNS),
    );
}

fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let result = work();
    (start.elapsed().as_secs_f64(), result)
}
