//! The counts of the five oracle models: PyTorch-trained weights, counts from an independent float64 program.

mod common;

use common::{count, oracle};
use compact_proofs::tasks::max_of_k::Strategy;

#[test]
fn brute_force_and_cubic_equal_the_oracle() {
    for (name, task, expected) in oracle() {
        assert_eq!(expected["total"], task.model().sequences().to_string(), "{name}");
        assert_eq!(expected["cubic_correct"], count(&task, Strategy::Cubic).to_string(), "{name}: cubic");
        match expected["brute_force_correct"].as_str() {
            Some(correct) => assert_eq!(correct, count(&task, Strategy::BruteForce).to_string(), "{name}: brute force"),
            None => assert!(task.verification(Strategy::BruteForce).is_err(), "{name}: {} sequences", task.model().sequences()),
        }
    }
}
