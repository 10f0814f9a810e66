//! Certificates as a stranger may write them: how much work they may be, and of what form they are.

use crate::common;
use crate::limits::{self, limit, task, verdict};
use compact_proofs::proof::{Certificate, MAX_WORK};
use compact_proofs::tasks::max_of_k::{Pruning, Strategy};
use serde_json::Value;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// How much work a certificate's verification may be, on both sides; whatever it says of its
/// length.
#[test]
fn work_of_certificates() {
    let task = task(5, 4).unwrap();
    let certified = |strategy: Strategy| {
        task.certificate("sha", &common::run(&task, strategy, Pruning::On)).unwrap()
    };
    let check = |certificate: &Certificate, most: u64| {
        let claimed = task.claimed_within(&["sha"], certificate, most);
        let mut run = claimed.map_err(|error| error.to_string())?;
        run.finish();
        verdict(run.confirmed())
    };
    let of = |name: &str| certified(name.parse().unwrap());
    for name in ["brute-force", "cubic", "cell", "chernoff", "convolution-32", "exact"] {
        let honest = of(name);
        assert_eq!(check(&honest, MAX_WORK), Ok(()), "{name}");
        // Searches the least work limit that is enough.
        let (mut refused, mut enough) = (0, MAX_WORK);
        while enough - refused > 1 {
            let middle = enough.midpoint(refused);
            *(if check(&honest, middle).is_ok() { &mut enough } else { &mut refused }) = middle;
        }
        let says: &[&str] = &[
            "verifying it takes more than ",
            " operations, the limit for certificates",
            "--most-operations",
        ];
        limits::check(&[limit(name, check(&honest, enough), check(&honest, enough - 1), says)]);
        assert!(enough < 1 << 24, "{name}: {enough}");
        // Shorter than it is, it is found out on the way or at the end; longer, at the end.
        for flops in [0.0, honest.flops - 1.0, honest.flops + 1.0, f64::NAN] {
            let error = check(&Certificate { flops, ..honest.clone() }, MAX_WORK).unwrap_err();
            assert!(
                error.contains("FLOPs that the certificate states") || error.contains("`flops` is"),
                "{name}: {error}"
            );
        }
    }
}

/// Everything that is an object, in every kind of certificate, is refused as an array of its
/// fields, which derived code would take.
#[test]
fn certificates_are_objects_all_through() {
    let task = task(4, 3).unwrap();
    let certified = |strategy: &str| {
        let strategy: Strategy = strategy.parse().unwrap();
        task.certificate("sha", &common::run(&task, strategy, Pruning::On)).unwrap().to_json()
    };
    let read = |json: &str| {
        let certificate = Certificate::read(json.as_bytes()).map_err(|error| error.to_string())?;
        verdict(task.claimed(&["sha"], &certificate))
    };
    // Their fields in the order of the format, as JSON has no other.
    let fields: &[(&str, &[&str])] = &[
        (
            "certificate",
            &[
                "certificate",
                "task",
                "theorem",
                "sha256",
                "network",
                "v",
                "n",
                "strategy",
                "correct",
                "sequences",
                "flops",
                "proof",
                "cases",
            ],
        ),
        ("rank-one", &["query", "key", "singular_value", "ridge"]),
        ("four-factors", &["query", "query_rest", "W_Q", "W_K", "key", "key_rest"]),
        ("gaps", &["v", "n", "runs"]),
        ("proof", &["version", "strategy", "low_rank", "direct", "centres", "gaps"]),
        ("plan", &["version", "strategy", "v", "n", "queries", "columns"]),
        ("column", &["boxes", "cells"]),
        ("boxes", &["depth", "tokens"]),
        ("run", &["queries", "method"]),
        ("count", &["tilt", "bins", "unless_below", "dominant"]),
        ("dominant", &["output", "factor"]),
    ];
    /// Every text with one of its objects as an array, and the name of that object.
    fn arrays(
        value: &Value,
        fields: &[(&'static str, &[&str])],
        put: &dyn Fn(Value) -> Value,
        found: &mut Vec<(&'static str, Value)>,
    ) {
        match value {
            Value::Object(object) => {
                let of = |keys: &&[&str]| {
                    keys.len() == object.len() && keys.iter().all(|key| object.contains_key(*key))
                };
                if let Some((name, keys)) = fields.iter().find(|(_, keys)| of(keys)) {
                    found.push((name, put(keys.iter().map(|key| object[*key].clone()).collect())));
                }
                for (key, inner) in object {
                    let put = |inner| {
                        let mut object = object.clone();
                        object[key] = inner;
                        put(Value::Object(object))
                    };
                    arrays(inner, fields, &put, found);
                }
            }
            Value::Array(array) => {
                for (i, inner) in array.iter().enumerate() {
                    let put = |inner| {
                        let mut array = array.clone();
                        array[i] = inner;
                        put(Value::Array(array))
                    };
                    arrays(inner, fields, &put, found);
                }
            }
            _ => {}
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    let subcubic =
        |error: &str| format!("EUPU-svd-query+max-diff--attn-mean-query+diff--attn-err-{error}");
    let names = ["cubic", "brute-force", "cell", "convolution-32", "exact"].map(String::from);
    for name in names
        .into_iter()
        .chain(["svd", "max-diff-subproduct", "exact-EQKE+max-diff-exact"].map(subcubic))
    {
        let mut json: Value = serde_json::from_str(&certified(&name)).unwrap();
        if name == "convolution-32" {
            // Such as a search would find of a larger model.
            json["proof"]["columns"][3]["cells"] = serde_json::json!([{"queries": 4, "method": {"count":
                {"tilt": 1.0, "bins": 32, "unless_below": 0.0, "dominant": {"output": 1, "factor": 1.0}}}}]);
        }
        assert_eq!(read(&json.to_string()), Ok(()), "{name}");
        let mut found = Vec::new();
        arrays(&json, fields, &|whole| whole, &mut found);
        for (what, array) in found {
            let error = read(&array.to_string()).expect_err(what);
            assert!(
                error.contains("sequence, expected an object with the names of its fields"),
                "{name}, {what}: {error}"
            );
            seen.insert(what);
        }
    }
    assert_eq!(seen.len(), fields.len(), "{seen:?}");
}
