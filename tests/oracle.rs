//! The counts of the five oracle models: PyTorch-trained weights, counts from an independent
//! float64 program.

use crate::common::{self, oracle, outcome};
use compact_proofs::tasks::max_of_k::additive::Additive;
use compact_proofs::tasks::max_of_k::{Pruning, Strategy};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn cubic_equals_the_oracle() {
    for (name, task, expected) in oracle() {
        assert_eq!(expected["total"], task.sequences().to_string(), "{name}");
        let outcome = outcome(&task, Strategy::Cubic);
        assert_eq!(expected["cubic_correct"], outcome.bound.correct().to_string(), "{name}");
        assert_eq!(outcome.lost, 0, "{name}: lost to rounding");
    }
}

/// Also the billion sequences of K = 5, few of which are visited.
#[test]
fn brute_force_equals_the_oracle() {
    for (name, task, expected) in oracle() {
        let Some(correct) = expected["brute_force_correct"].as_str() else {
            assert!(task.run(Strategy::BruteForce).is_err(), "{name} is feasible");
            continue;
        };
        let [brute_force, exact] = [Strategy::BruteForce, Strategy::Additive(Additive::Exact)]
            .map(|strategy| outcome(&task, strategy));
        for outcome in [&brute_force, &exact] {
            assert_eq!(
                correct,
                outcome.bound.correct().to_string(),
                "{name}: {}",
                outcome.strategy
            );
            assert_eq!(outcome.upper.unwrap().most.correct(), outcome.bound.correct(), "{name}");
        }
        let visited = brute_force.visited.unwrap();
        assert!((1..task.sequences() / 100).contains(&visited), "{name}: {visited} visited");
        assert_eq!(exact.visited, None);
    }
}

#[test]
fn brute_force_without_pruning_visits_every_sequence() {
    let (_, task, expected) = oracle().remove(0);
    let outcome = common::run(&task, Strategy::BruteForce, Pruning::Off).outcome();
    assert_eq!(expected["brute_force_correct"], outcome.bound.correct().to_string());
    assert_eq!((outcome.visited, outcome.lost), (Some(task.sequences()), 0));
}
