//! When samples of a product of matrices pay: `cargo bench -p bench --bench samples`. The product
//! is what is left of attention scores of made models once one direction is taken off, which proofs
//! take for noise. Prints a table in Markdown: FLOPs of the whole product, and of what samples tell
//! of it instead; then whole proofs with it and without, of networks on which they say something.

#![expect(clippy::disallowed_methods, reason = "native programs have clocks and threads")]

#[path = "workloads/model.rs"]
mod model;

use compact_proofs::cost::matmul_flops;
use compact_proofs::linalg::matmul;
use compact_proofs::models::transformer::{Shape, Transformer};
use compact_proofs::proof::Version;
use compact_proofs::sampling::products::{Product, accuracy_but_for};
use compact_proofs::sampling::{Coins, Key};
use compact_proofs::tasks::max_of_k::MaxOfK;
use compact_proofs::tasks::max_of_k::residual::{self, Drawn, ResidualPlan};
use compact_proofs::tasks::max_of_k::subcubic::{
    Attention, AttentionError, DirectPath, Gaps, Proof, Search, Subcubic, flops, verify,
};
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
    for v in [64, 256, 1000, 2000] {
        row(v);
    }
    println!(
        "\nWhole proofs, at 4 positions: sub-cubic with rank-1 scores, their residual multiplied out or bounded by coins\n"
    );
    println!("| tokens | residual | bound | δ | FLOPs | of these as with the product | seconds |");
    println!("|---|---|---|---|---|---|---|");
    for v in [64, 256, 1000, 2000] {
        proofs(v);
    }
}

/// What a proof proves with the residual multiplied out, and with coins. Other tokens are to be at
/// least two below the largest one: to search for a gap of each case would take minutes, and change
/// little.
fn proofs(v: usize) {
    let (task, strategy) = (
        sharp(v, 4),
        Subcubic::new(DirectPath::MaxDiffExact, Attention::Drop, AttentionError::MaxDiffExact),
    );
    let low_rank = Search::new(task.model()).rank_one().clone();
    let gaps = Gaps::uniform(v, 4, 2);
    let proof = Proof { version: Version, strategy, low_rank, direct: None, centres: None, gaps };
    let (seconds, cases) = timed(|| verify(task.model(), &proof).expect("its own directions"));
    let part = cases.proven() as f64 / task.sequences() as f64;
    let exact = flops(strategy, task.shape(), &proof.gaps);
    println!("| {v} | multiplied out | {part:.4} | 0 | {exact:.3e} | 1 | {seconds:.2} |");
    for drawn in Drawn::ALL {
        let (samples, seed) = (drawn.usual(), String::new());
        let plan = ResidualPlan { drawn, samples, delta: DELTA, seed };
        let check = || residual::verify(&task, &v.to_string(), &plan, &proof).expect("a plan");
        let (seconds, found) = timed(check);
        println!(
            "| {v} | {samples} {} | {:.4} | {DELTA} | {:.3e} | {:.2} | {seconds:.2} |",
            drawn.name(),
            found.bound.ratio(),
            found.flops,
            found.flops / found.exact_flops,
        );
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

/// A network that attends sharply and copies tokens as nearly orthogonal directions, so that proofs
/// say something at any size; random numbers are added to all weights.
fn sharp(v: usize, n: usize) -> MaxOfK {
    const COPIED: usize = 30;
    const GAP: f64 = 4.0;
    const LOGIT: f64 = 60.0;
    let shape = Shape { v, d: 2 + 2 * COPIED, h: 2 + COPIED, n };
    let mut state = 7_u64;
    let mut random = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    };
    let mut model = Transformer::from_entries(shape, || 1e-4 * random());
    for token in 0..v {
        let direction: Vec<f64> = (0..COPIED).map(|_| random()).collect();
        let length = direction.iter().map(|x| x * x).sum::<f64>().sqrt();
        model.W_E[[token, 0]] += token as f64 / v as f64;
        model.W_E[[token, 1]] += 1.0;
        for (i, x) in direction.into_iter().enumerate() {
            model.W_E[[token, 2 + i]] += x / length;
            model.W_U[[2 + COPIED + i, token]] += LOGIT * x / length;
        }
    }
    // Each token scores so much more than the one before it.
    model.W_Q[[1, 0]] += GAP * v as f64 * model.score_divisor();
    model.W_K[[0, 0]] += 1.0;
    for i in 0..COPIED {
        model.W_V[[2 + i, 2 + i]] += 1.0;
        model.W_O[[2 + i, 2 + COPIED + i]] += 1.0;
    }
    MaxOfK::new(model).expect("a token for each output")
}

fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let result = work();
    (start.elapsed().as_secs_f64(), result)
}
