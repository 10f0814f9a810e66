//! The independent checker on certificates whose counts coins give: it accepts honest ones, and
//! derives what it accepts for certain.

use crate::checker::check;
use crate::common::{self, working};
use compact_proofs::sampling::{Method, Plan, StartingProof};
use compact_proofs::tasks::group_operations::{GroupOperation, Options};
use compact_proofs::tasks::max_of_k::residual::{self, Drawn, ResidualCertificate, ResidualPlan};
use compact_proofs::tasks::max_of_k::{MaxOfK, sha256};
use compact_proofs::tasks::{Covering, Sampling};
use compact_proofs::weights::to_safetensors;
use serde_json::{Value, json};
use std::collections::BTreeMap;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const S4: &[u8] = include_bytes!("fixtures/group_operations/S4_s2.safetensors");

/// A network that is right on most sequences, and its file.
fn transformer() -> (Vec<u8>, MaxOfK) {
    let bytes = to_safetensors(&working(8, 3, 2.0, 0.3, 1).state_dict(), &BTreeMap::new());
    let task = common::load("model.safetensors", &bytes);
    (bytes, task)
}

/// The certificate of what samples say, of all inputs or of those that a proof leaves.
fn sampled<T: Sampling + Covering>(
    task: &T,
    file: &[u8],
    method: Method,
    proof: Option<&str>,
) -> Value {
    let proof = proof.map(|strategy| StartingProof {
        strategy: strategy.into(),
        flops: 1e3,
        covered: task.covered_inputs(strategy).unwrap(),
    });
    let plan = Plan { method, samples: 90, delta: 1e-3, seed: "mine".into(), proof };
    let mut drawing = task.drawing(&sha256(file), plan).unwrap();
    while drawing.advance() {}
    serde_json::from_str(&drawing.certificate().unwrap().to_json()).unwrap()
}

/// The certificate of a bound with a residual that coins bound.
fn of_residual(task: &MaxOfK, file: &[u8], drawn: Drawn) -> Value {
    let plan = ResidualPlan { drawn, samples: 300, delta: 1e-3, seed: String::new() };
    let (found, proof) = residual::prove(task, &sha256(file), &plan).unwrap();
    let certificate = ResidualCertificate::new(task, &sha256(file), &plan, (&found, proof));
    serde_json::from_str(&certificate.to_json()).unwrap()
}

/// A network's file, its right and all of its inputs, and certificates about it of every kind.
fn all() -> [(Vec<u8>, u128, u128, Vec<Value>); 2] {
    let (file, task) = transformer();
    let (right, total) = {
        let mut run = task.run("brute-force".parse().unwrap()).unwrap();
        run.finish();
        (run.tally().right, task.sequences())
    };
    let mut certificates: Vec<_> = Method::ALL
        .iter()
        .map(|&method| sampled(&task, &file, method, None))
        .chain(Drawn::ALL.iter().map(|&drawn| of_residual(&task, &file, drawn)))
        .collect();
    certificates.push(sampled(&task, &file, Method::ClopperPearson, Some("cubic")));

    let (pairs, _) = GroupOperation::load("S4", S4, &Options::default()).unwrap();
    let mut run = pairs.run("brute-force".parse().unwrap()).unwrap();
    run.finish();
    let mut about_pairs: Vec<_> =
        Method::ALL.iter().map(|&method| sampled(&pairs, S4, method, None)).collect();
    about_pairs.push(sampled(&pairs, S4, Method::Anytime, Some("low-rank-unembed-6")));
    [(file, right, total, certificates), (S4.to_vec(), run.tally().right, 576, about_pairs)]
}

/// The certificate with another count, in all places.
fn claiming(certificate: &Value, count: u128) -> Value {
    let theorem = certificate["theorem"].as_str().unwrap();
    let before = format!("at least {} ", certificate["correct"].as_str().unwrap());
    let mut changed = certificate.clone();
    changed["theorem"] = theorem.replace(&before, &format!("at least {count} ")).into();
    changed["correct"] = count.to_string().into();
    changed
}

#[test]
fn honest_certificates_are_accepted_and_nothing_that_is_false() {
    for (file, right, total, certificates) in all() {
        assert!(0 < right);
        let mut claimed = 0;
        for certificate in &certificates {
            let verdict = check(&file, &certificate.to_string()).unwrap();
            assert!(verdict.accepted, "{certificate}: {verdict:?}");
            // What is accepted holds for certain, and the verdict says so.
            assert!(!verdict.theorem.contains("probability"), "{}", verdict.theorem);
            assert_eq!(verdict.sequences, total.to_string());
            claimed += verdict.claimed.parse::<u128>().unwrap();
            let most = claiming(certificate, right + 1);
            let verdict = check(&file, &most.to_string()).unwrap();
            assert!(!verdict.accepted && verdict.derived.parse::<u128>().unwrap() <= right);
            assert!(verdict.reasons[1].contains("tosses no coins"), "{:?}", verdict.reasons);
        }
        assert!(claimed > 0, "nothing is claimed");
        // Where no proof object says how to count, all that is right is derived.
        let sampled = claiming(&certificates[0], right);
        assert!(check(&file, &sampled.to_string()).unwrap().accepted);
    }
}

#[test]
fn what_is_said_of_coins_is_compared() {
    for (file, _, _, certificates) in all() {
        for certificate in certificates {
            for (field, value, expected) in [
                ("certificate", json!(6), "is missing"),
                ("certainty", json!("proof"), "expected pac"),
                ("task", json!("addition"), "addition"),
                ("theorem", json!("All is well."), "expected the coins' key"),
                (
                    "theorem",
                    json!(format!("ChaCha20 with the key {}", "0".repeat(64))),
                    "theorem: found",
                ),
                ("sha256", json!("00"), "SHA-256"),
                ("network", json!("{}"), "network"),
                ("delta", json!("0.9"), "expected a probability"),
                ("delta", json!("0.002"), "theorem: found"),
                ("correct", json!("07"), "claimed count"),
                ("total", json!("7"), "found 7"),
                ("more", json!(1), "the field `more` is unknown"),
            ] {
                let mut changed = certificate.clone();
                changed[field] = value;
                let why = match check(&file, &changed.to_string()) {
                    Err(why) => why,
                    Ok(verdict) => {
                        assert!(!verdict.accepted, "{field}");
                        verdict.reasons.join("\n")
                    }
                };
                // A group is read from what is said of the network, before anything is compared.
                assert!(
                    why.contains(expected) || field == "network" || field == "task",
                    "{field}: {why}"
                );
            }
        }
    }
}

/// Sequences that are too many to run are counted on a grid.
#[test]
fn long_sequences_are_counted() {
    let bytes = to_safetensors(&working(6, 14, 20.0, 0.05, 3).state_dict(), &BTreeMap::new());
    let task = common::load("model.safetensors", &bytes);
    let certificate = sampled(&task, &bytes, Method::ClopperPearson, None);
    let verdict = check(&bytes, &certificate.to_string()).unwrap();
    assert!(verdict.accepted, "{verdict:?}");
    assert!(verdict.claimed.parse::<u128>().unwrap() > task.sequences() / 2, "{verdict:?}");
}
