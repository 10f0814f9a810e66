//! Shared by the integration tests: fixtures, random models and ways to count.
#![allow(dead_code, reason = "each test program uses some of it")]
#![allow(clippy::cast_possible_truncation, reason = "tiny models")]

use compact_proofs::proof::Outcome;
use compact_proofs::tasks::max_of_k::{MaxOfK, Pruning, Strategy};
use compact_proofs::transformer::{Shape, Transformer};
use serde_json::Value;

/// Runs a proof to its end on this thread.
pub(crate) fn count(task: &MaxOfK, strategy: Strategy) -> u128 {
    let verification = task.verification(strategy).expect("a small model");
    (0..verification.chunks()).map(|chunk| verification.count(chunk).right).sum()
}

/// Runs a proof to its end on this thread: what it decides and what it costs.
pub(crate) fn outcome(task: &MaxOfK, strategy: Strategy) -> Outcome {
    outcome_with(task, strategy, Pruning::On)
}

/// The same with or without pruning.
pub(crate) fn outcome_with(task: &MaxOfK, strategy: Strategy, pruning: Pruning) -> Outcome {
    let verification = task.verification_with(strategy, pruning).expect("a small model");
    let tally = (0..verification.chunks()).map(|chunk| verification.count(chunk)).sum();
    task.outcome(strategy, tally, verification.cost(), 0.0)
}

/// A model from the bytes of a weights file.
pub(crate) fn load(name: &str, bytes: &[u8]) -> MaxOfK {
    MaxOfK::load(name, bytes).unwrap().0
}

/// The five oracle models and what is known of them.
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

/// Uniform numbers from −1 to 1 with a fixed seed (xorshift).
pub(crate) fn uniform(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        f64::from((state >> 32) as u32) / f64::from(1_u32 << 31) - 1.0
    }
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

/// A model that attends to large tokens and copies them: most sequences are right, so that there is something to prove.
pub(crate) fn working(v: usize, n: usize, sharpness: f64, noise: f64, seed: u64) -> Transformer {
    let (mut entry, mut positions) = (uniform(seed), uniform(seed + 1));
    let mut model =
        Transformer::from_entries(Shape { v, d: v + 1, h: v + 1, n }, || noise * entry());
    for token in 0..v {
        model.W_E[[token, token]] += 1.0;
        model.W_E[[token, v]] += 1.0; // what a query asks with
        model.W_K[[token, 0]] += sharpness * token as f64;
        model.W_V[[token, token]] += 1.0;
        model.W_O[[token, token]] += 3.0; // more than the direct path's copy of the query
        model.W_U[[token, token]] += 1.0;
    }
    model.W_Q[[v, 0]] += 1.0;
    model.W_pos.mapv_inplace(|x| x + noise * positions());
    model
}
