//! Shared by the integration tests: fixtures, random models and ways to count.
#![allow(dead_code, reason = "each test program uses some of it")]
#![allow(clippy::cast_possible_truncation, reason = "tiny models")]

mod random;

use compact_proofs::models::transformer::{Shape, Transformer};
use compact_proofs::proof::{Outcome, Run, Version};
use compact_proofs::tasks::max_of_k::additive::{
    Additive, Boxes, Column, Count, Dominant, Method, Plan, Tokens,
};
use compact_proofs::tasks::max_of_k::{MaxOfK, Pruning, Strategy};
pub(crate) use random::Random;
use serde_json::Value;

/// The step with which a long test goes through its cases: `natively`, or `in_browser`, where all
/// takes several times as long. With the variable `THOROUGH` set at compile time (`npm run
/// test:all`): 1.
pub(crate) const fn every(natively: usize, in_browser: usize) -> usize {
    match option_env!("THOROUGH") {
        Some(_) => 1,
        None if cfg!(target_arch = "wasm32") => in_browser,
        None => natively,
    }
}

/// The finished run of a proof.
pub(crate) fn run(task: &MaxOfK, strategy: Strategy, pruning: Pruning) -> Run {
    let mut run = task.run_with(strategy, pruning).expect("a small model");
    run.finish();
    run
}

/// How many inputs a proof shows to be right.
pub(crate) fn count(task: &MaxOfK, strategy: Strategy) -> u128 {
    run(task, strategy, Pruning::On).tally().right
}

/// What a proof decides and what it costs.
pub(crate) fn outcome(task: &MaxOfK, strategy: Strategy) -> Outcome {
    run(task, strategy, Pruning::On).outcome()
}

/// A model from the bytes of a weights file.
pub(crate) fn load(name: &str, bytes: &[u8]) -> MaxOfK {
    MaxOfK::load(name, bytes).unwrap().0
}

/// The five oracle models: name, task and known results.
pub(crate) fn oracle() -> Vec<(&'static str, MaxOfK, Value)> {
    macro_rules! models {
        ($($name:literal)*) => {
            vec![$((
                $name,
                load($name, include_bytes!(concat!("../fixtures/oracle/", $name, ".safetensors"))),
                serde_json::from_str(include_str!(concat!("../fixtures/oracle/", $name, ".json"))).unwrap(),
            )),*]
        };
    }
    models!["max4_v64_s104" "max4_v64_s123" "max5_v64_s50" "max10_v64_s50" "max20_v64_s50"]
}

/// Uniform numbers from −1 to 1, see [`Random::number`].
pub(crate) fn uniform(seed: u64) -> impl FnMut() -> f64 {
    let mut random = Random::new(seed);
    move || random.number()
}

/// Every sequence of `n` tokens below `v`.
pub(crate) fn sequences(v: usize, n: usize) -> impl Iterator<Item = Vec<usize>> {
    (0..v.pow(n as u32)).map(move |index| (0..n).map(|p| index / v.pow(p as u32) % v).collect())
}

/// How many sequences a naive forward pass gets right by a margin of more than `margin`.
pub(crate) fn right_by(task: &MaxOfK, margin: f64) -> u128 {
    let shape = task.shape();
    let right = sequences(shape.v, shape.n).filter(|tokens| {
        let logits = task.model().logits(tokens);
        let largest = *tokens.iter().max().unwrap();
        logits.iter().enumerate().all(|(o, logit)| o == largest || logits[largest] - logit > margin)
    });
    right.count() as u128
}

/// A model that attends to large tokens and copies them, so that most sequences are right.
pub(crate) fn working(v: usize, n: usize, sharpness: f64, noise: f64, seed: u64) -> Transformer {
    let (mut entry, mut positions) = (uniform(seed), uniform(seed + 1));
    let mut model =
        Transformer::from_entries(Shape { v, d: v + 1, h: v + 1, n }, || noise * entry());
    for token in 0..v {
        model.W_E[[token, token]] += 1.0;
        model.W_E[[token, v]] += 1.0; // the direction that `W_Q` reads
        model.W_K[[token, 0]] += sharpness * token as f64;
        model.W_V[[token, token]] += 1.0;
        model.W_O[[token, token]] += 3.0; // outweighs the direct path's copy of the query
        model.W_U[[token, token]] += 1.0;
    }
    model.W_Q[[v, 0]] += 1.0;
    model.W_pos.mapv_inplace(|x| x + noise * positions());
    model
}

/// A proof object of additive strategies that settles each cell in a random way.
pub(crate) fn random_plan(Shape { v, n, .. }: Shape, seed: u64) -> Plan {
    let mut random = Random::mixed(seed);
    let mut below = move |limit: usize| random.below(limit);
    let sizes: [&[usize]; 6] = [&[16, 4, 1], &[2, 1], &[1], &[], &[4, 2], &[3]];
    let queries = sizes[below(6)].to_vec();
    let columns = (0..v).map(|m| {
        let methods: Vec<_> = (0..=m)
            .map(|_| match below(8) {
                0 => Method::Leave,
                1 | 2 => {
                    let part = |_| (0..m).filter(|_| below(3) > 0).collect::<Tokens>();
                    Method::Split((0..n).map(part).collect())
                }
                3 => Method::Enumerate,
                _ => Method::Count(Count {
                    tilt: [
                        None,
                        Some(0.0),
                        Some(0.7),
                        Some(3.0),
                        Some(20.0),
                        Some(Count::MAX_TILT),
                    ][below(6)],
                    bins: [None, Some(32), Some(33), Some(100), Some(4096)][below(5)],
                    unless_below: [0.0, 2.0, 1e300, -1.0][below(4)],
                    dominant: (below(2) > 0).then(|| Dominant {
                        output: below(v),
                        factor: [0.0, 0.3, 1.0, 7.0, 1e6][below(5)],
                    }),
                }),
            })
            .collect();
        let boxes = Boxes { depth: below(queries.len() + 1), tokens: 1 + below(4) };
        (below(9) > 0).then(|| Column::new(boxes, methods))
    });
    let columns = columns.collect();
    Plan { version: Version, strategy: Additive::Cell, v, n, queries, columns }
}
