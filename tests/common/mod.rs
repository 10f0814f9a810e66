//! Shared by the integration tests: fixtures and ways to count.

use compact_proofs::tasks::max_of_k::{MaxOfK, Strategy};
use compact_proofs::transformer::Transformer;
use serde_json::Value;

/// Runs a proof to its end on this thread.
pub fn count(task: &MaxOfK, strategy: Strategy) -> u128 {
    let verification = task.verification(strategy).expect("a small model");
    (0..verification.chunks()).map(|chunk| verification.count(chunk)).sum()
}

/// A model from the bytes of a weights file.
pub fn load(name: &str, bytes: &[u8]) -> MaxOfK {
    MaxOfK::new(Transformer::load(name, bytes).unwrap()).unwrap()
}

/// The five oracle models and what is known of them.
pub fn oracle() -> Vec<(&'static str, MaxOfK, Value)> {
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
