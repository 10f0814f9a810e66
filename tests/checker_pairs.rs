//! The independent checker about group operations: against brute force, and hostile certificates
//! and files.

use compact_proofs::checker::{Checker, Verdict};
use compact_proofs::tasks::group_operations::group::natural;
use compact_proofs::tasks::group_operations::{GroupOperation, Options};
use compact_proofs::weights::{read, to_safetensors};
use serde_json::{Value, json};
use std::collections::BTreeMap;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const S4: &[u8] = include_bytes!("fixtures/group_operations/S4_s2.safetensors");
const Z31: &[u8] = include_bytes!("fixtures/group_operations/Z31_s0.safetensors");
const PIZZA: &[u8] = include_bytes!("fixtures/group_operations/pizza_p99zdpze5l.pt");

fn verdict(file: &[u8], certificate: &Value) -> Result<Verdict, String> {
    let mut checker = Checker::new("file", file, &certificate.to_string())?;
    while checker.step() {}
    Ok(checker.verdict().unwrap())
}

/// A certificate about the safetensors file of a network, and that file.
fn certified(file: &[u8], strategy: &str) -> (Vec<u8>, Value, u128) {
    let (task, facts) = GroupOperation::load("file", file, &Options::default()).unwrap();
    let mut run = task.run(strategy.parse().unwrap()).unwrap();
    run.finish();
    let certificate = task.certificate(facts.certified_sha256(), &run).unwrap().to_json();
    let file = match facts.canonical_sha256 {
        None => file.to_vec(),
        Some(_) => GroupOperation::canonical("file", file).unwrap().0,
    };
    (file, serde_json::from_str(&certificate).unwrap(), run.tally().right)
}

/// The certificate with another count, in all places.
fn claiming(certificate: &Value, count: u128) -> Value {
    let theorem = certificate["theorem"].as_str().unwrap();
    let before = format!("at least {} ", certificate["correct"].as_str().unwrap());
    let theorem = theorem.replace(&before, &format!("at least {count} "));
    let mut changed = certificate.clone();
    changed["theorem"] = theorem.into();
    changed["correct"] = count.to_string().into();
    changed
}

#[test]
fn the_checker_counts_what_brute_force_counts() {
    for (file, strategy) in [(S4, "brute-force"), (Z31, "brute-force"), (PIZZA, "active-sets-6")] {
        let (file, certificate, right) = certified(file, strategy);
        let found = verdict(&file, &certificate).unwrap();
        assert!(found.accepted, "{:?}", found.reasons);
        if strategy == "active-sets-6" {
            continue; // What is derived does not depend on the claim, and takes seconds here.
        }
        let found = verdict(&file, &claiming(&certificate, right + 1)).unwrap();
        assert!(!found.accepted);
        assert_eq!(found.derived, right.to_string());
        assert!(found.reasons[0].starts_with("right inputs: "), "{:?}", found.reasons);
    }
}

#[test]
fn what_a_certificate_says_is_compared() {
    let (file, certificate, _) = certified(S4, "irrep");
    for (path, value, expected) in [
        ("/certificate", json!(3), "`embed.W_E` is missing"), // read as one of the first version
        ("/task", json!("max-of-k"), "task: found max-of-k"),
        ("/theorem", json!("All is well."), "theorem: found"),
        ("/sha256", json!("00"), "SHA-256"),
        ("/correct", json!("07"), "claimed count"),
        ("/total", json!("7"), "inputs: found 7"),
        ("/claim/group/name", json!("Z24"), "theorem: found"),
        ("/claim/group/name", json!("Z23"), "left tokens"),
        ("/claim/group/name", json!("M11"), "no group is called"),
        ("/claim/group", json!({ "table": [[0, 1], [1, 1]] }), "no inverse of 1"),
        ("/claim/group", json!({ "table": [[0, 1], [1]] }), "expected a square"),
        ("/claim/group", json!({}), "expected one of"),
        ("/claim/read/instance", json!(1), "no number 1"),
        ("/claim/read/attention", json!("half"), "expected both of `attention`"),
        ("/claim/extra", json!(1), "the field `extra` is unknown"),
    ] {
        let mut changed = certificate.clone();
        let (parent, key) = path.rsplit_once('/').unwrap();
        changed.pointer_mut(parent).unwrap()[key] = value;
        let why = match verdict(&file, &changed) {
            Err(why) => why,
            Ok(found) => {
                assert!(!found.accepted, "{path}");
                found.reasons.join("\n")
            }
        };
        assert!(why.contains(expected), "{path}: {why}");
    }
    // Proof objects are not what the checker relies on.
    let mut without = certificate;
    without["claim"]["proof"] = Value::Null;
    assert!(verdict(&file, &without).unwrap().accepted);
}

/// Shapes and numbers of tensors by name.
type Tensors<'a> = BTreeMap<&'a str, (Vec<usize>, Vec<f64>)>;

#[test]
fn networks_with_other_parts_are_refused() {
    let (_, certificate, _) = certified(S4, "brute-force");
    let weights = read(S4).unwrap();
    let tensors: Tensors<'_> = weights
        .tensors
        .iter()
        .map(|(name, tensor)| {
            let values: Vec<f64> = tensor.to_array().unwrap().iter().copied().collect();
            (name.as_str(), (tensor.shape().to_vec(), values))
        })
        .collect();
    let refused = |change: &dyn Fn(&mut Tensors<'_>), expected: &str| {
        let mut changed = tensors.clone();
        change(&mut changed);
        let why = verdict(&to_safetensors(&changed, &BTreeMap::new()), &certificate).unwrap_err();
        assert!(why.contains(expected), "{why}");
    };
    refused(&|all| drop(all.insert("ln.w", (vec![1], vec![1.0]))), "`ln.w` is no part");
    refused(&|all| drop(all.remove("unembedding")), "`unembedding` is missing");
    refused(&|all| all.get_mut("embedding_left").unwrap().1[0] = f64::NAN, "finite numbers");
    refused(&|all| drop(all.insert("unembed_bias", (vec![2], vec![0.0; 2]))), "expected [24]");
}

#[test]
fn the_checker_s_groups_are_the_library_s() {
    for name in ["Z7", "D5", "S3", "S4", "A4", "A4xZ2", "D3xS3"] {
        let group = natural(name).unwrap();
        let order = group.order();
        // A network without weights has nothing right; its group is still compared.
        let flat = |rows: usize| (vec![1, rows, 1], vec![0.0; rows]);
        let tensors = [
            ("embedding_left", flat(order)),
            ("embedding_right", flat(order)),
            ("unembedding", (vec![1, 1, order], vec![0.0; order])),
        ];
        // One neuron answers the product of 1 and 2.
        let answer = group.product(1, 2);
        let mut tensors: BTreeMap<_, _> = tensors.into_iter().collect();
        tensors.get_mut("embedding_left").unwrap().1[1] = 1.0;
        tensors.get_mut("unembedding").unwrap().1[answer] = 1.0;
        let file = to_safetensors(&tensors, &BTreeMap::new());
        let options = Options { group: Some(name.into()), ..Options::default() };
        let (task, facts) = GroupOperation::load("file", &file, &options).unwrap();
        let mut run = task.run("brute-force".parse().unwrap()).unwrap();
        run.finish();
        let certificate = task.certificate(facts.certified_sha256(), &run).unwrap().to_json();
        let certificate = serde_json::from_str(&certificate).unwrap();
        assert!(run.tally().right > 0, "{name}");
        assert!(verdict(&file, &certificate).unwrap().accepted, "{name}");
    }
}
