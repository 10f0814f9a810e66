//! What it costs to account for rounding: time and FLOPs of verifications that leave room for it,
//! over those of the same proofs that do not. `cargo bench -p bench --bench rounding`, on the
//! oracle models.

#![expect(clippy::disallowed_methods, reason = "native programs have clocks and threads")]

#[path = "../common/mod.rs"]
mod common;

use compact_proofs::models::transformer::Magnitudes;
use compact_proofs::rounding::Rounding;
use compact_proofs::tasks::max_of_k::MaxOfK;
use compact_proofs::tasks::max_of_k::additive::{Additive, Verification};
use compact_proofs::tasks::max_of_k::subcubic::{self, Subcubic};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// The shortest of some runs, of either: in turns, as the machine's load changes.
fn shortest(times: usize, mut plain: impl FnMut(), mut rigorous: impl FnMut()) -> [Duration; 2] {
    let mut shortest = [Duration::MAX; 2];
    for _ in 0..times {
        for (shortest, run) in
            shortest.iter_mut().zip([&mut plain as &mut dyn FnMut(), &mut rigorous])
        {
            let start = Instant::now();
            run();
            *shortest = start.elapsed().min(*shortest);
        }
    }
    shortest
}

fn subcubic_strategy(task: &MaxOfK, strategy: Subcubic) -> [Duration; 2] {
    let proof = task.prove(strategy).expect("an oracle model has proofs");
    shortest(
        5,
        || drop(black_box(subcubic::verify_ignoring_rounding(task.model(), &proof))),
        || drop(black_box(subcubic::verify(task.model(), &proof))),
    )
}

fn additive_strategy(task: &MaxOfK, strategy: Additive) -> [Duration; 2] {
    let plan = task.prover().prove(strategy);
    let run = |rounding| {
        let verification = Verification::<f64>::new(task.model(), &plan.queries, rounding);
        for (m, queries) in Verification::<f64>::blocks(&plan) {
            black_box(verification.block(&plan, m, queries));
        }
    };
    shortest(5, || run(Rounding::Ignored), || run(Rounding::Enclosed))
}

fn main() {
    println!(
        "| model | strategy | ignoring rounding, ms | rigorous, ms | ratio |\n|---|---|---|---|---|"
    );
    let mut largest: f64 = 0.0;
    for (name, task, _) in common::oracle() {
        let mut row = |strategy: &str, [plain, rigorous]: [Duration; 2]| {
            let ratio = rigorous.as_secs_f64() / plain.as_secs_f64();
            largest = largest.max(ratio);
            let ms = |time: Duration| time.as_secs_f64() * 1e3;
            println!(
                "| {name} | {strategy} | {:.3} | {:.3} | {ratio:.2} |",
                ms(plain),
                ms(rigorous)
            );
        };
        for strategy in Subcubic::all().step_by(13) {
            row(&strategy.to_string(), subcubic_strategy(&task, strategy));
        }
        for strategy in ["cell", "chernoff", "convolution-64", "best-within-3000000"] {
            row(strategy, additive_strategy(&task, strategy.parse().expect("a strategy")));
        }
    }
    let flops = Magnitudes::<f64>::flops(common::oracle()[0].1.shape());
    println!(
        "\nlargest ratio {largest:.2}; the magnitudes that slack is made of take {flops} FLOPs at v = 64, d = h = 32, n = 4"
    );
}
