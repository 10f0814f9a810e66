//! The counts of the five oracle models: PyTorch-trained weights, counts from an independent float64 program.

mod common;

use common::{count, oracle, outcome};
use compact_proofs::tasks::max_of_k::Strategy;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

#[test]
fn cubic_equals_the_oracle() {
    for (name, task, expected) in oracle() {
        assert_eq!(expected["total"], task.sequences().to_string(), "{name}");
        let outcome = outcome(&task, Strategy::Cubic);
        assert_eq!(expected["cubic_correct"], outcome.bound.correct().to_string(), "{name}");
        assert_eq!(outcome.lost, 0, "{name}: lost to rounding");
    }
}

#[test]
fn brute_force_equals_the_oracle() {
    for (name, task, expected) in oracle() {
        // In a browser the billion sequences of K = 5 would take a minute or two: there K = 4 must do.
        if cfg!(target_arch = "wasm32") && task.shape().n == 5 {
            continue;
        }
        match expected["brute_force_correct"].as_str() {
            Some(correct) => assert_eq!(correct, count(&task, Strategy::BruteForce).to_string(), "{name}"),
            None => assert!(task.verification(Strategy::BruteForce).is_err(), "{name} is feasible"),
        }
    }
}
