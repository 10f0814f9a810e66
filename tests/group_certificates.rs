//! Certificates of group operations: what is proven is confirmed, and whatever is changed in one is
//! refused or still true.

use crate::common::Random;
use compact_proofs::proof::{MAX_WORK, Outcome};
use compact_proofs::tasks::group_operations::{CertificateError, GroupOperation, Options};
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const S4: &[u8] = include_bytes!("fixtures/group_operations/S4_s0.safetensors");
const OTHER_S4: &[u8] = include_bytes!("fixtures/group_operations/S4_s2.safetensors");
const Z31: &[u8] = include_bytes!("fixtures/group_operations/Z31_s0.safetensors");
const PIZZA: &[u8] = include_bytes!("fixtures/group_operations/pizza_p99zdpze5l.pt");

/// A certificate about a file, and what it should prove.
fn certified(file: &[u8], strategy: &str) -> (Value, Outcome) {
    let (task, facts) = GroupOperation::load("file", file, &Options::default()).unwrap();
    let mut run = task.run(strategy.parse().unwrap()).unwrap();
    run.finish();
    let certificate = task.certificate(facts.certified_sha256(), &run).unwrap();
    (serde_json::from_str(&certificate.to_json()).unwrap(), run.outcome())
}

/// What a certificate proves about a file, or why it does not.
fn checked_within(file: &[u8], certificate: &str, most: u64) -> Result<Outcome, String> {
    let claimed = GroupOperation::claimed("file", file, certificate.as_bytes(), most);
    let (mut run, _, _) = claimed.map_err(|error: CertificateError| error.to_string())?;
    run.finish();
    run.confirmed().map_err(|error| error.to_string())
}

fn checked(file: &[u8], certificate: &Value) -> Result<Outcome, String> {
    checked_within(file, &certificate.to_string(), MAX_WORK)
}

fn refusal(file: &[u8], certificate: &Value) -> String {
    checked(file, certificate).unwrap_err()
}

#[test]
fn what_is_proven_is_confirmed() {
    for (file, strategies) in [
        (
            S4,
            &[
                "brute-force",
                "low-rank-unembed-10",
                "irrep",
                "irrep-linear",
                "irrep-abs",
                "coset",
                "active-sets-14",
                "best-of-900000",
            ][..],
        ),
        (Z31, &["brute-force-symmetric", "low-rank-unembed-7"]),
        (PIZZA, &["low-rank-unembed-6", "active-sets-6"]),
    ] {
        for strategy in strategies {
            let (certificate, proven) = certified(file, strategy);
            let found = checked(file, &certificate).unwrap();
            assert_eq!((found.bound, found.flops), (proven.bound, proven.flops), "{strategy}");
            let less = proven.bound.correct().saturating_sub(1).to_string();
            let mut modest = certificate.clone();
            let theorem = certificate["theorem"].as_str().unwrap();
            let counted = format!("at least {}", proven.bound.correct());
            modest["theorem"] = theorem.replace(&counted, &format!("at least {less}")).into();
            modest["correct"] = less.into();
            assert!(checked(file, &modest).is_ok(), "{strategy}: less than is proven");
        }
    }
}

#[test]
fn every_field_is_checked() {
    let (certificate, _) = certified(PIZZA, "low-rank-unembed-6");
    for (path, value, expected) in [
        ("/certificate", json!(1), "format version 1, expected 2"),
        ("/task", json!("max-of-k"), "`task` is max-of-k, expected group-operations"),
        ("/theorem", json!("All is well."), "`theorem` is All is well."),
        ("/sha256", json!("00"), "about the weights file with the SHA-256 00"),
        ("/strategy", json!("low-rank-unembed-5"), "`rank of the proof` is 6, expected 5"),
        ("/strategy", json!("magic"), "unknown strategy `magic`"),
        ("/strategy", json!("irrep"), "proofs by irreps and cosets are for networks without paths"),
        ("/strategy", json!("brute-force"), "`claim.proof` is {"),
        ("/correct", json!("03481"), "`correct` is 03481, expected a whole number"),
        ("/correct", json!("3482"), "`theorem`"),
        ("/correct", json!(3481), "not a certificate"),
        ("/total", json!("3482"), "`total` is 3482, expected 3481"),
        ("/flops", json!(1.0), "`flops` is 1, expected"),
        ("/flops", json!(1e30), "takes more than 2.7e11 operations"),
        ("/claim/group", json!({ "name": "Z60" }), "59 left tokens"),
        ("/claim/group", json!({ "opposite": "Z59" }), "`claim.group` is"),
        ("/claim/group", json!({ "table": [[0]] }), "for a group of 1 elements"),
        ("/claim/read/attention", json!("half"), ""),
        ("/claim/read/attention", json!(null), "`claim.read` is"),
        ("/claim/read/vocabulary", json!("halves"), ""),
        ("/claim/read/instance", json!(1), "there is no instance 1"),
        ("/claim/read/group", json!("Z59"), "`claim.read.group` is \"Z59\", expected null"),
        ("/claim/proof", json!(null), "`claim.proof`"),
        ("/claim/proof/lengths", json!("short"), "`claim.proof`"),
        ("/claim/proof/version", json!(2), "format version 2, expected 1"),
        ("/claim/proof/left/3/2", json!(1e300), "`left` has 1e300 in row 3"),
        ("/claim/proof/right", json!([]), "expected `left` of 59 rows"),
    ] {
        let mut changed = certificate.clone();
        if let Some(place) = changed.pointer_mut(path) {
            *place = value;
        } else {
            let (parent, key) = path.rsplit_once('/').unwrap();
            changed.pointer_mut(parent).unwrap()[key] = value;
        }
        let refused = refusal(PIZZA, &changed);
        assert!(refused.contains(expected), "{path}: {refused}");
    }
    for path in ["", "/claim", "/claim/read", "/claim/proof"] {
        let mut changed = certificate.clone();
        changed.pointer_mut(path).unwrap()["extra"] = json!(1);
        assert!(refusal(PIZZA, &changed).contains("unknown field `extra`"), "{path}");
    }
    let text = certificate.to_string();
    assert!(checked_within(PIZZA, &text, 1000).unwrap_err().contains("1.0e3 operations"));
    let twice = text.replacen('{', r#"{"flops":1,"#, 1);
    assert!(checked_within(PIZZA, &twice, MAX_WORK).unwrap_err().contains("flops"));
    for length in [0, 1, text.len() / 3, text.len() / 2, text.len() - 1] {
        assert!(checked_within(PIZZA, &text[..length], MAX_WORK).is_err(), "{length} bytes");
    }
}

#[test]
fn certificates_are_of_one_network_and_one_task() {
    let (certificate, _) = certified(S4, "irrep");
    assert!(refusal(OTHER_S4, &certificate).contains("open that file first"));
    assert!(refusal(Z31, &certificate).contains("expected 24 tokens"), "another group's");
    // Even with another file's hash, proof objects are only worth what they prove.
    let (honest, proven) = certified(OTHER_S4, "irrep");
    let mut exchanged = honest.clone();
    exchanged["claim"] = certificate["claim"].clone();
    exchanged["flops"] = certificate["flops"].clone();
    match checked(OTHER_S4, &exchanged) {
        Ok(found) => assert!(found.bound.correct() <= proven.bound.correct()),
        Err(why) => assert!(why.contains("proves") || why.contains("flops"), "{why}"),
    }
}

#[test]
fn proof_objects_of_any_numbers_prove_no_more_than_is_true() {
    let (_, truth) = certified(OTHER_S4, "brute-force");
    let mut random = Random::new(7);
    for strategy in ["irrep", "irrep-abs", "low-rank-unembed-10", "active-sets-14"] {
        let (certificate, _) = certified(OTHER_S4, strategy);
        for _ in 0..8 {
            let mut changed = certificate.clone();
            disturb(&mut changed["claim"]["proof"], &mut random);
            // Whatever it proves, it is asked for all inputs, and for a length that it may have.
            let all = truth.bound.total().to_string();
            let theorem = certificate["theorem"].as_str().unwrap();
            let claimed = certificate["correct"].as_str().unwrap();
            let counted = format!("at least {claimed} ");
            changed["theorem"] = theorem.replace(&counted, &format!("at least {all} ")).into();
            changed["correct"] = all.into();
            let refused = refusal(OTHER_S4, &changed);
            assert!(!refused.is_empty(), "{strategy}");
        }
    }
}

/// Changes some of the numbers in a proof object.
fn disturb(value: &mut Value, random: &mut Random) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| disturb(item, random)),
        Value::Object(fields) => fields.values_mut().for_each(|item| disturb(item, random)),
        Value::Number(number) if number.is_f64() && random.below(4) == 0 => {
            let x = number.as_f64().unwrap();
            *value = json!(x * (random.below(5) as f64 - 2.0));
        }
        _ => {}
    }
}

#[test]
fn a_file_may_give_its_group() {
    use compact_proofs::weights::{read, to_safetensors};
    let weights = read(S4).unwrap();
    let tensors = weights.tensors.iter().map(|(name, tensor)| {
        let values = tensor.to_array().unwrap();
        (name.as_str(), (tensor.shape().to_vec(), values.iter().copied().collect::<Vec<_>>()))
    });
    let tensors: std::collections::BTreeMap<_, _> = tensors.collect();
    let with = |table: &str| to_safetensors(&tensors, &[("cayley".into(), table.into())].into());
    let load = |file: &[u8]| GroupOperation::load("file", file, &Options::default());
    // Addition modulo 24 is not what the network computes.
    let rows: Vec<Vec<usize>> = (0..24).map(|x| (0..24).map(|y| (x + y) % 24).collect()).collect();
    let file = with(&json!(rows).to_string());
    let (task, facts) = load(&file).unwrap();
    assert_eq!(facts.own.group.as_deref(), Some("Z24"));
    assert!(facts.own.right < 100 && task.group().is_abelian());
    let (certificate, proven) = certified(&file, "brute-force");
    assert_eq!(certificate["claim"]["group"], json!({ "name": "Z24" }));
    assert_eq!(checked(&file, &certificate).unwrap().bound, proven.bound);
    for (table, expected) in [
        ("[[0]]", "24 left tokens"),
        ("[[0, 1], [1]]", "not the table of a group"),
        ("[[0, 1], [1, 1]]", "1 has no inverse"),
        ("all", "expected rows of whole numbers"),
    ] {
        let refused = load(&with(table)).unwrap_err().to_string();
        assert!(refused.contains(expected), "{refused}");
    }
}
