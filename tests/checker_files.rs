//! What the independent checker reads: safetensors files, written here byte by byte, and
//! certificates of a wrong form.
#![allow(clippy::cast_possible_truncation, reason = "small numbers, written here")]

use crate::checker::check;
use crate::common::{self, count};
use compact_proofs::checker::{Checker, MAX_BYTES, MAX_FILE_BYTES};
use compact_proofs::tasks::max_of_k::{MaxOfK, Strategy, sha256};
use half::{bf16, f16};
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// A tensor to write.
#[derive(Clone)]
pub(crate) struct Tensor {
    name: String,
    dtype: &'static str,
    shape: Vec<usize>,
    data: Vec<u8>,
}

impl Tensor {
    pub(crate) fn new(name: &str, dtype: &'static str, shape: &[usize], values: &[f64]) -> Self {
        let bytes = |&x: &f64| match dtype {
            "F64" => x.to_le_bytes().to_vec(),
            "F32" => (x as f32).to_le_bytes().to_vec(),
            "F16" => f16::from_f64(x).to_le_bytes().to_vec(),
            "BF16" => bf16::from_f64(x).to_le_bytes().to_vec(),
            _ => vec![x as u8],
        };
        Self {
            name: name.into(),
            dtype,
            shape: shape.to_vec(),
            data: values.iter().flat_map(bytes).collect(),
        }
    }
}

/// A safetensors file of `tensors`, in their order, with `metadata`.
pub(crate) fn safetensors(tensors: &[Tensor], metadata: Option<Value>) -> Vec<u8> {
    let mut fields: Vec<_> =
        metadata.map(|metadata| format!("\"__metadata__\":{metadata}")).into_iter().collect();
    let mut data = Vec::new();
    for tensor in tensors {
        let Tensor { name, dtype, shape, .. } = tensor;
        let from = data.len();
        data.extend(&tensor.data);
        let entry = json!({"dtype": dtype, "shape": shape, "data_offsets": [from, data.len()]});
        fields.push(format!("{}:{entry}", json!(name)));
    }
    of_header(&format!("{{{}}}", fields.join(",")), &data)
}

/// A safetensors file of this header and these data.
fn of_header(header: &str, data: &[u8]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), data].concat()
}

/// A small network of 3 tokens at 2 positions, with residual stream and head of 4 dimensions.
fn network(dtype: &'static str) -> Vec<Tensor> {
    let mut entry = common::uniform(5);
    let mut tensor = |name: &str, shape: &[usize]| {
        // Whole sixteenths, which every type can store.
        let values: Vec<_> =
            (0..shape.iter().product()).map(|_| (16.0 * entry()).round() / 16.0).collect();
        Tensor::new(name, dtype, shape, &values)
    };
    vec![
        tensor("embed.W_E", &[3, 4]),
        tensor("pos_embed.W_pos", &[2, 4]),
        tensor("blocks.0.attn.W_Q", &[1, 4, 4]),
        tensor("blocks.0.attn.W_K", &[4, 4]),
        tensor("blocks.0.attn.W_V", &[1, 4, 4]),
        tensor("blocks.0.attn.W_O", &[1, 4, 4]),
        tensor("unembed.W_U", &[4, 3]),
        tensor("blocks.0.attn.b_Q", &[1, 4]),
        tensor("blocks.0.attn.b_K", &[4]),
        tensor("blocks.0.attn.b_V", &[1, 4]),
        tensor("blocks.0.attn.b_O", &[4]),
        tensor("unembed.b_U", &[3]),
    ]
}

/// The tensors of [`network`] in float64, some replaced by or added from `tensors`.
fn with(tensors: &[Tensor]) -> Vec<Tensor> {
    let mut all = network("F64");
    for tensor in tensors {
        all.retain(|other| other.name != tensor.name);
        all.push(tensor.clone());
    }
    all
}

/// A brute-force certificate that claims `correct` sequences.
fn claim(bytes: &[u8], v: usize, n: usize, correct: u128) -> Value {
    let (sequences, sha256) = ((v as u128).pow(n as u32).to_string(), sha256(bytes));
    let theorem = format!(
        "Of the {sequences} sequences of length {n} over {v} tokens, the one-layer transformer \
         whose weights file has the SHA-256 {sha256} answers at least {correct} with their largest \
         token: in exact real arithmetic, its logit at the last position exceeds every other."
    );
    json!({
        "certificate": 1, "task": "max-of-k", "theorem": theorem, "sha256": sha256,
        "v": v, "n": n, "strategy": "brute-force",
        "correct": correct.to_string(), "sequences": sequences,
        "flops": 1.0, "proof": null, "cases": null,
    })
}

/// The number of sequences that the checker derives one by one, or why it cannot read the file.
fn derived(bytes: &[u8]) -> Result<u128, String> {
    let verdict = check(bytes, &claim(bytes, 3, 2, 10).to_string())?;
    let [reason] = verdict.reasons.as_slice() else { return Err(verdict.reasons.join("; ")) };
    assert!(reason.starts_with("right sequences: "), "{reason}");
    Ok(verdict.derived.parse().unwrap())
}

/// Asserts that the checker refuses a weights file, and that its message contains `says`.
fn refused(bytes: &[u8], says: &str) {
    let problem = derived(bytes).expect_err(says);
    assert!(problem.contains(says), "{problem}; expected {says}");
    assert!(
        problem.chars().count() < 700 && !problem.contains(['\u{1b}', '\u{202e}', '\n']),
        "{problem:?}"
    );
}

#[test]
fn every_type_of_numbers_gives_the_count_of_the_other_reader() {
    for dtype in ["F64", "F32", "F16", "BF16"] {
        let bytes = safetensors(&network(dtype), Some(json!({"note": "\u{1b}[2J"})));
        let expected = count(&common::load("network", &bytes), Strategy::BruteForce);
        assert_eq!(derived(&bytes), Ok(expected), "{dtype}");
        assert!((1..9).contains(&expected), "a count that tells networks apart");
    }
}

/// The checker reads a model's file, biases included, as the library's reader does: it derives as
/// many sequences as brute force counts.
#[test]
fn models_of_files_are_those_of_the_other_reader() {
    let file = include_bytes!("fixtures/biased_v7_n3.safetensors");
    let task = common::load("biased", file);
    let right = count(&task, Strategy::BruteForce);
    let verdict = |right: u128| check(file, &claim(file, 7, 3, right).to_string()).unwrap();
    assert!(right > 0 && verdict(right).accepted && !verdict(right + 1).accepted, "{right}");
    assert_eq!(verdict(right).network, task.model().network());
}

#[test]
fn biases_masks_and_names_are_those_of_the_network() {
    let all = derived(&safetensors(&network("F64"), None)).unwrap();
    let mask = |dtype, values: &[f64]| Tensor::new("blocks.0.attn.mask", dtype, &[2, 2], values);
    let ignore = Tensor::new("blocks.0.attn.IGNORE", "F32", &[], &[f64::NEG_INFINITY]);
    let mlp = |x: f64| Tensor::new("blocks.0.mlp.W_out", "F32", &[1, 4], &[0.0, 0.0, x, -0.0]);
    for more in [
        vec![mask("BOOL", &[1.0, 0.0, 1.0, 1.0]), ignore.clone()],
        vec![mask("F32", &[0.0, 0.0, 1.0, 1.0])],
        vec![Tensor::new("blocks.0.attn.mask", "BOOL", &[0, 0], &[])],
        vec![mlp(0.0)],
    ] {
        assert_eq!(derived(&safetensors(&with(&more), None)), Ok(all));
    }
    refused(
        &safetensors(&with(&[mask("BOOL", &[1.0, 0.0, 0.0, 1.0])]), None),
        "`blocks.0.attn.mask` hides positions",
    );
    refused(
        &safetensors(&with(&[Tensor::new("blocks.0.attn.mask", "BOOL", &[1, 4], &[1.0; 4])]), None),
        "[2, 2]",
    );
    refused(&safetensors(&with(&[mlp(1e-30)]), None), "`blocks.0.mlp.W_out` is not zero");
    // Grouped-query attention with one head, whose names start with `_`, is the same network.
    let grouped = |tensors: &[Tensor], keep: bool| {
        let rename = |tensor: &Tensor| {
            let end =
                tensor.name.strip_prefix("blocks.0.attn.").filter(|end| !end.ends_with(['Q', 'O']));
            let name = end.map_or(tensor.name.clone(), |end| format!("blocks.0.attn._{end}"));
            let tensor_kept = (keep && end.is_some()).then(|| tensor.clone());
            [Some(Tensor { name, ..tensor.clone() }), tensor_kept].into_iter().flatten()
        };
        tensors.iter().flat_map(rename).collect::<Vec<_>>()
    };
    assert_eq!(derived(&safetensors(&grouped(&network("F64"), false), None)), Ok(all));
    refused(
        &safetensors(&grouped(&network("F64"), true), None),
        "there are both `blocks.0.attn.W_K` and",
    );
    // Each bias counts as it does with the library's reader.
    let task = |tensors: &[Tensor]| common::load("network", &safetensors(tensors, None));
    for (name, length) in [
        ("blocks.0.attn.b_Q", 4),
        ("blocks.0.attn.b_V", 4),
        ("blocks.0.attn.b_O", 4),
        ("unembed.b_U", 3),
    ] {
        let values = [3.0, -2.0, 1.0, 0.5];
        let other = with(&[Tensor::new(name, "F64", &[length], &values[..length])]);
        assert_eq!(
            derived(&safetensors(&other, None)),
            Ok(count(&task(&other), Strategy::BruteForce)),
            "{name}"
        );
    }
}

#[test]
fn damaged_files_are_refused_by_name() {
    let good = network("F64");
    let replaced = |name: &str, shape: &[usize], values: &[f64]| {
        with(&[Tensor::new(name, "F64", shape, values)])
    };
    for (tensors, says) in [
        (good[1..].to_vec(), "`embed.W_E` is missing"),
        (
            with(&[Tensor::new("blocks.1.attn.W_Q", "F32", &[1], &[0.0])]),
            "`blocks.1.attn.W_Q` is no part",
        ),
        (
            with(&[Tensor::new("\u{1b}[2J\u{202e}x", "F32", &[1], &[0.0])]),
            "`\u{fffd}[2J\u{fffd}x` is no part",
        ),
        (with(&[Tensor::new(&"n".repeat(5000), "F32", &[1], &[0.0])]), "…` is no part"),
        (with(&[Tensor::new("unembed.b_U", "I8", &[3], &[0.0; 3])]), "its type is I8"),
        (
            with(&[Tensor::new("unembed.b_U", "BOOL", &[3], &[1.0; 3])]),
            "`unembed.b_U` holds truth values",
        ),
        (
            with(&[Tensor::new("embed.W_E", "F16", &[1 << 19, 4], &vec![0.0; 1 << 21])]),
            "2097152 numbers, expected at most",
        ),
        (replaced("unembed.b_U", &[4], &[0.0; 4]), "`unembed.b_U` has the shape [4], expected [3]"),
        (
            replaced("blocks.0.attn.W_Q", &[2, 4, 4], &[0.0; 32]),
            "`blocks.0.attn.W_Q` has the shape [2, 4, 4]",
        ),
        (
            replaced("blocks.0.attn.W_O", &[4, 5], &[0.0; 20]),
            "`blocks.0.attn.W_O` is a matrix (4, 5), expected (4, 4)",
        ),
        (replaced("embed.W_E", &[1, 3, 4], &[0.0; 12]), "`embed.W_E` has the shape [1, 3, 4]"),
        (replaced("embed.W_E", &[1, 4], &[0.0; 4]), "1 tokens, expected 2 to 512"),
        (replaced("embed.W_E", &[513, 4], &[0.0; 513 * 4]), "513 tokens"),
        (replaced("pos_embed.W_pos", &[65, 4], &[0.0; 65 * 4]), "65 positions"),
        (
            replaced("embed.W_E", &[3, 257], &[0.0; 3 * 257]),
            "257 dimensions of the residual stream",
        ),
        (replaced("blocks.0.attn.W_Q", &[4, 257], &[0.0; 4 * 257]), "257 dimensions of the head"),
        (replaced("unembed.W_U", &[4, 513], &[0.0; 4 * 513]), "513 outputs"),
        (replaced("unembed.W_U", &[4, 0], &[]), "0 outputs"),
        (
            replaced("unembed.W_U", &[4, 2], &[0.0; 8]),
            "`unembed.b_U` has the shape [3], expected [2]",
        ),
        (replaced("unembed.b_U", &[3], &[0.0, f64::NAN, 0.0]), "`unembed.b_U` holds NaN"),
        (replaced("unembed.b_U", &[3], &[0.0, f64::INFINITY, 0.0]), "`unembed.b_U` holds inf"),
        (replaced("unembed.b_U", &[3], &[0.0, -3.5e38, 0.0]), "`unembed.b_U` holds -3.5e38"),
    ] {
        refused(&safetensors(&tensors, None), says);
    }
    let twice = safetensors(&[&good[..], &good[..1]].concat(), None);
    refused(&twice, "`embed.W_E` is there twice");
    let bytes = safetensors(&good, None);
    refused(&[&bytes[..], b"0"].concat(), "bytes of data, the tensors take");
    refused(&bytes[..bytes.len() - 1], "it lies at the bytes");
    refused(&bytes[..100], "was the file copied whole?");
    refused(&bytes[..5], "fewer than 8 bytes");
    // Damages every field of the header.
    let header = |entry: &str| of_header(&format!("{{\"x\":{entry}}}"), &[0; 16]);
    let field = |dtype: &str, shape: &str, offsets: &str| {
        header(&format!("{{\"dtype\":{dtype},\"shape\":{shape},\"data_offsets\":{offsets}}}"))
    };
    for (bytes, says) in [
        (field("\"F64\"", "[2]", "[0,16]"), "`embed.W_E` is missing"),
        (field("\"F64\"", "[2]", "[0,8]"), "are not as many as its shape"),
        (field("\"F64\"", "[3]", "[0,16]"), "are not as many as its shape"),
        (field("\"F64\"", "[1]", "[8,16]"), "lies at byte 8 of the data, expected one at 0"),
        (field("\"F64\"", "[1]", "[0,8]"), "16 bytes of data, the tensors take 8"),
        (field("\"F64\"", "[2]", "[16,0]"), "it lies at the bytes 16 to 0"),
        (field("\"F64\"", "[2]", "[0,16,32]"), "`data_offsets`"),
        (field("\"F64\"", "[2]", "{\"0\":16}"), "`data_offsets`"),
        (field("\"F64\"", "[4611686018427387904,4]", "[0,16]"), "tensor `x`: "),
        (field("\"F64\"", "[-2]", "[0,16]"), "`shape`"),
        (field("\"F64\"", "[2.0]", "[0,16]"), "`shape`"),
        (field("64", "[2]", "[0,16]"), "`dtype`"),
        (field("null", "[2]", "[0,16]"), "`dtype` is missing"),
        (header("{}"), "`dtype` is missing"),
        (header("[\"F64\",[2],[0,16]]"), "expected an object"),
        (header("{\"dtype\":\"F64\",\"dtype\":\"F32\"}"), "`dtype` is there twice"),
        (
            header("{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,16],\"more\":1}"),
            "the field `more` is unknown",
        ),
        (of_header("{\"a\"", &[]), "safetensors header: EOF"),
        (of_header("[]", &[]), "not a .safetensors file"),
        (of_header("{\"__metadata__\":[]}", &[]), "`__metadata__`"),
        (of_header("{\"__metadata__\":{\"config\":{}}}", &[]), "`config`"),
    ] {
        refused(&bytes, says);
    }
    let overlapping = "{\"x\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]},\
                       \"y\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,16]}}";
    refused(&of_header(overlapping, &[0; 16]), "no gaps, no overlap");
}

#[test]
fn other_formats_are_refused_with_advice() {
    for bytes in [
        &include_bytes!("fixtures/formats/state_dict.pt")[..],
        include_bytes!("fixtures/formats/state_dict_legacy.pt"),
        include_bytes!("fixtures/formats/weights.npz"),
        include_bytes!("fixtures/formats/weights.json"),
        b"no weights at all",
    ] {
        refused(bytes, "not a .safetensors file; this program reads .safetensors only");
        refused(bytes, "`compact-proofs prove FILE");
    }
}

/// A file of `tensors` whose metadata has a configuration with these `fields`.
fn configured(tensors: &[Tensor], fields: &[(&str, Value)]) -> Vec<u8> {
    let fields: Vec<_> =
        fields.iter().map(|(name, value)| format!("{}:{value}", json!(name))).collect();
    safetensors(tensors, Some(json!({"config": format!("{{{}}}", fields.join(","))})))
}

#[test]
fn a_configuration_is_the_networks_or_refused_by_name() {
    let good = network("F64");
    let all = derived(&safetensors(&good, None)).unwrap();
    let plain = [
        ("n_layers", json!(1)),
        ("n_heads", json!(1)),
        ("d_model", json!(4)),
        ("d_head", json!(4)),
        ("n_ctx", json!(2)),
        ("d_vocab", json!(3)),
        ("d_vocab_out", json!(-1)),
        ("attn_only", json!(true)),
        ("d_mlp", json!(16)),
        ("normalization_type", Value::Null),
        ("positional_embedding_type", json!("standard")),
        ("attention_dir", json!("causal")),
        ("use_attn_scale", json!(true)),
        ("attn_scale", json!(2.0)),
        ("attn_scores_soft_cap", json!(-1.0)),
        ("seed", json!("\u{1b}")),
        ("use_local_attn", json!(false)),
    ];
    assert_eq!(derived(&configured(&good, &plain)), Ok(all));
    assert_eq!(derived(&configured(&good, &[])), Ok(all));
    for (name, value) in [
        ("n_layers", json!(2)),
        ("n_layers", json!(0)),
        ("n_layers", json!("1")),
        ("n_heads", json!(4)),
        ("n_key_value_heads", json!(2)),
        ("d_model", json!(5)),
        ("d_head", json!(2)),
        ("n_ctx", json!(3)),
        ("d_vocab", json!(4)),
        ("d_vocab_out", json!(2)),
        ("attn_only", json!(false)),
        ("d_mlp", json!(16)),
        ("normalization_type", json!("LN")),
        ("normalization_type", json!("LNPre")),
        ("final_rms", json!(true)),
        ("positional_embedding_type", json!("rotary")),
        ("positional_embedding_type", json!("shortformer")),
        ("attention_dir", json!("bidirectional")),
        ("use_local_attn", json!(true)),
        ("attn_types", json!(["local"])),
        ("attn_scores_soft_cap", json!(30.0)),
        ("output_logits_soft_cap", json!(1)),
        ("use_attn_scale", json!(0)),
        ("attn_scale", json!(0)),
        ("attn_scale", json!(-2)),
        ("attn_scale", json!(1e300)),
        ("attn_scale", json!("2")),
        ("attn_scale", Value::Null),
        ("what_is_new", json!("\u{1b}[2J")),
        ("\u{202e}", json!("x".repeat(5000))),
    ] {
        let shown: String =
            name.chars().map(|c| if c == '\u{202e}' { '\u{fffd}' } else { c }).collect();
        refused(
            &configured(&good, &[(name, value)]),
            &format!("the configuration's `{shown}` is "),
        );
    }
    let config = |text: &str| safetensors(&good, Some(json!({"config": text})));
    refused(&config("[1]"), "metadata `config`: invalid type: sequence, expected an object");
    refused(&config("{\"n_layers\":1,\"n_layers\":1}"), "`n_layers` is there twice");
    refused(&config("one layer"), "metadata `config`: ");
}

/// A file whose configuration gives another divisor of the scores has the count of a file with
/// scaled queries and the usual divisor, the root of the head's size.
#[test]
fn another_scale_is_honoured() {
    let scaled = |factor: f64| {
        let mut tensors = network("F64");
        for tensor in tensors.iter_mut().filter(|tensor| tensor.name.ends_with("_Q")) {
            let numbers = tensor
                .data
                .as_chunks::<8>()
                .0
                .iter()
                .map(|bytes| factor * f64::from_le_bytes(*bytes));
            tensor.data = numbers.flat_map(f64::to_le_bytes).collect();
        }
        derived(&safetensors(&tensors, None)).unwrap()
    };
    let mut counts = std::collections::BTreeSet::new();
    for (fields, factor, words) in [
        (vec![("attn_scale", json!(1024))], 1.0 / 512.0, "divided by 1024,"),
        (vec![("attn_scale", json!(0.03125))], 64.0, "divided by 0.03125,"),
        (vec![("use_attn_scale", json!(false))], 2.0, "divided by 1,"),
        (vec![("use_attn_scale", json!(false)), ("attn_scale", json!(16))], 2.0, "divided by 1,"),
        (vec![("attn_scale", json!(-1))], 1.0, "divided by √d_head = √4,"),
        (vec![("attn_scale", json!(2))], 1.0, "divided by √d_head = √4,"),
    ] {
        let bytes = configured(&network("F64"), &fields);
        let mut certificate = claim(&bytes, 3, 2, 10);
        let verdict = |certificate: &Value| check(&bytes, &certificate.to_string()).unwrap();
        let network = verdict(&certificate).network;
        assert!(network.contains(words), "{network}");
        // An older certificate, which does not name the network, holds for the usual divisor only.
        let silent = verdict(&certificate).reasons.join("; ");
        assert_eq!(
            silent.contains("network: found none, expected One layer"),
            factor != 1.0,
            "{silent}"
        );
        certificate["network"] = json!(network);
        let right = verdict(&certificate);
        assert_eq!(right.derived, scaled(factor).to_string(), "{words}");
        assert!(
            right.reasons.len() == 1 && right.reasons[0].starts_with("right sequences"),
            "{right:?}"
        );
        certificate["network"] =
            json!(network.replace("√4", "4").replace("One layer", "Two layers"));
        assert!(verdict(&certificate).reasons[0].starts_with("network: found Two layers"));
        counts.insert(right.derived);
    }
    assert!(counts.len() > 1, "scales that matter: {counts:?}");
}

/// The small network's file, and a certificate about it with this evidence.
fn certificate(strategy: &str, proof: Value, cases: Value) -> (Vec<u8>, Value) {
    let bytes = safetensors(&network("F64"), None);
    let mut certificate = claim(&bytes, 3, 2, 9);
    certificate["strategy"] = json!(strategy);
    certificate["proof"] = proof;
    certificate["cases"] = cases;
    (bytes, certificate)
}

/// Why the checker does not accept the certificate.
fn objection((bytes, certificate): (Vec<u8>, Value)) -> String {
    match check(&bytes, &certificate.to_string()) {
        Ok(verdict) => verdict.reasons.join("; "),
        Err(problem) => problem,
    }
}

#[test]
fn evidence_is_what_its_strategy_needs() {
    let columns = |method: Value| {
        let cells = |queries: i32| json!({"cells": [{"queries": queries, "method": method}]});
        let columns: Vec<_> = (1..4).map(cells).collect();
        json!({"version": 1, "strategy": "cell", "columns": columns})
    };
    let gaps = json!({"version": 1, "strategy": "EUPU", "gaps": {"v": 3, "n": 2, "runs": "1x12"}});
    let parts = json!([[[]], [[], []], [[null], [null], [null]]]);
    for (strategy, proof, cases) in [
        ("EUPU", Value::Null, Value::Null),
        ("cell", Value::Null, Value::Null),
        ("exact", Value::Null, parts.clone()),
        ("cubic", Value::Null, Value::Null),
        ("cubic", gaps.clone(), Value::Null),
        ("brute-force", gaps.clone(), Value::Null),
        ("brute-force", Value::Null, parts.clone()),
        ("cell", columns(json!("leave")), parts.clone()),
    ] {
        let objection = objection(certificate(strategy, proof, cases));
        assert!(
            objection.contains("any other strategy a proof object; found"),
            "{strategy}: {objection}"
        );
    }
    let both = json!({"version": 1, "strategy": "cell", "gaps": {"runs": "1"}, "columns": []});
    assert!(
        objection(certificate("cell", both, Value::Null)).contains("either `gaps` or `columns`")
    );
    // With the right kind of evidence, the only possible objection is that too little is derived.
    for (strategy, proof, cases) in [
        ("EUPU", gaps, Value::Null),
        ("cubic", Value::Null, parts),
        ("cell", columns(json!("leave")), Value::Null),
        ("cell", columns(json!("enumerate")), Value::Null),
        ("cell", columns(json!({"split": [[[0, 99]], null]})), Value::Null),
        (
            "cell",
            columns(json!({"count": {
                "tilt": 1.0, "bins": 32, "dominant": {"output": 1, "factor": 1.0}
            }})),
            Value::Null,
        ),
    ] {
        let objection = objection(certificate(strategy, proof, cases));
        assert!(
            objection.starts_with("right sequences: ") && !objection.contains(';'),
            "{strategy}: {objection}"
        );
    }
    // Puts arrays in place of objects, at every depth, and ends the evidence before the last cell.
    let (_, whole) = certificate("brute-force", Value::Null, Value::Null);
    let values: Vec<_> = whole.as_object().unwrap().values().cloned().collect();
    assert!(
        objection((safetensors(&network("F64"), None), json!(values)))
            .contains("expected an object")
    );
    for (proof, says) in [
        (json!([1, "cell", 3, 2, [1], []]), "`proof`: invalid type: sequence, expected an object"),
        (
            json!({"version": 1, "strategy": "cell", "gaps": [3, 2, "1x12"]}),
            "`gaps`: invalid type: sequence",
        ),
        (json!({"version": 1, "strategy": "cell", "columns": {}}), "`{}` is no array"),
        (
            json!({"version": 1, "strategy": "cell", "columns": [[{"depth": 0}, []]]}),
            "expected an object",
        ),
        (
            json!({"version": 1, "strategy": "cell", "columns": [{"cells": [[1, "leave"]]}]}),
            "expected an object",
        ),
        (
            json!({
                "version": 1, "strategy": "cell",
                "columns": [{"cells": [{"queries": 1, "method": ["leave"]}]}]
            }),
            "expected an object",
        ),
        (columns(json!({"count": [1.0, 32, null]})), "`count`: invalid type: sequence"),
        (columns(json!({"count": {"dominant": [1, 1.0]}})), "`dominant`: invalid type: sequence"),
        (columns(json!({"split": [[{"from": 0}]]})), "is no range"),
        (columns(json!({"split": {}})), "`{}` is no array"),
        (columns(json!("\u{1b}guess")), "unexpected text"),
        (
            json!({"version": 1, "strategy": "cell", "columns": []}),
            "largest token 0, query 0: there are fewer values than cells",
        ),
        (
            json!({"version": 1, "strategy": "cell", "gaps": {"runs": "1x3 2"}}),
            "the gaps end before",
        ),
        (
            json!({"version": 1, "strategy": "cell", "gaps": {"runs": "1x\u{202e}3 2"}}),
            "`1x\u{fffd}3` is no run of gaps",
        ),
        (
            json!({"version": 2, "strategy": "cell", "columns": []}),
            "version of the proof object: found 2, expected 1",
        ),
        (
            json!({"version": 1, "strategy": "cells", "columns": []}),
            "strategy of the proof object: found cells",
        ),
    ] {
        let objection = objection(certificate("cell", proof, Value::Null));
        assert!(objection.contains(says), "{objection}; expected {says}");
    }
}

#[test]
fn texts_of_certificates_do_not_steer_a_terminal() {
    for field in [
        "task",
        "theorem",
        "sha256",
        "strategy",
        "correct",
        "sequences",
        "network",
        "more \u{1b}[2J",
    ] {
        let (bytes, mut certificate) = certificate("brute-force", Value::Null, Value::Null);
        certificate[field] = json!("\u{1b}]0;\u{7}\u{202e}\u{2066}\u{200b}\n".repeat(100_000));
        let objection = objection((bytes, certificate));
        assert!(
            !objection.is_empty() && objection.len() < 4000,
            "{field}: {} bytes",
            objection.len()
        );
        assert!(
            !objection.contains(['\u{1b}', '\u{7}', '\u{202e}', '\u{2066}', '\u{200b}', '\n']),
            "{field}: {objection:?}"
        );
    }
}

/// Files that the checker once handled wrongly.
#[test]
fn faults() {
    let check_file = |bytes: &[u8], certificate: &str| {
        check(bytes, certificate).map(|verdict| verdict.reasons.join("; "))
    };
    let problem = check_file(
        include_bytes!("faults/ccheck_hang.safetensors"),
        include_str!("faults/ccheck_hang.json"),
    );
    assert!(problem.unwrap_err().contains("found proof object: none, cases: none"));
    let bytes = include_bytes!("faults/verify_all_svd_min.safetensors");
    let certificate = include_str!("faults/null_proof.json");
    assert!(
        check_file(bytes, certificate)
            .unwrap_err()
            .contains("found proof object: none, cases: none")
    );
    // The program's own verifier refuses the certificate too.
    let (task, facts) = MaxOfK::load("model", bytes).unwrap();
    let certificate = compact_proofs::proof::Certificate::read(certificate.as_bytes()).unwrap();
    assert!(task.claimed(&facts.sha256s(), &certificate).is_err());
}

/// The checker stops once it has derived as many sequences as are claimed.
#[test]
fn it_stops_where_the_claim_is_reached() {
    let bytes = include_bytes!("faults/ccheck_hang.safetensors");
    let checker = |correct: u128| {
        Checker::new("hang", bytes, &claim(bytes, 3, 64, correct).to_string()).unwrap()
    };
    let verdict = checker(0).verdict().expect("nothing is claimed");
    assert!(verdict.accepted && verdict.derived == "0", "{verdict:?}");
    let mut checker = checker(1);
    let steps = std::iter::from_fn(|| checker.step().then_some(())).count();
    let verdict = checker.verdict().expect("it came to its end");
    assert!(verdict.accepted && verdict.derived == (1_u128 << 63).to_string(), "{verdict:?}");
    assert!(steps < 6 && checker.cells() == (steps, steps), "{steps} of 6 cells");
}

#[test]
fn limits() {
    let bytes = safetensors(&network("F64"), None);
    let text = claim(&bytes, 3, 2, 0).to_string();
    let padded =
        |length: usize| check(&bytes, &format!("{text}{}", " ".repeat(length - text.len())));
    assert!(padded(MAX_BYTES).unwrap().accepted);
    assert_eq!(
        padded(MAX_BYTES + 1).unwrap_err(),
        "the certificate: 16777217 bytes, expected at most 16777216"
    );
    refused(&vec![0; MAX_FILE_BYTES + 1], "67108865 bytes, expected at most 67108864");
    let fields =
        |count: usize| (0..count).map(|i| format!("\"{i}\":0")).collect::<Vec<_>>().join(",");
    let config = |count: usize| {
        safetensors(&network("F64"), Some(json!({"config": format!("{{{}}}", fields(count))})))
    };
    refused(&config(1024), "the configuration's `0` is 0");
    refused(&config(1025), "more than 1024 fields");
    // The steps that a model takes are counted before the first of them is taken.
    let large = |n: usize| {
        let tensor = |name: &str, shape: &[usize]| {
            Tensor::new(name, "F32", shape, &vec![0.0; shape.iter().product()])
        };
        let all = [
            tensor("embed.W_E", &[512, 1]),
            tensor("pos_embed.W_pos", &[n, 1]),
            tensor("unembed.W_U", &[1, 512]),
            tensor("blocks.0.attn.W_Q", &[1, 1]),
            tensor("blocks.0.attn.W_K", &[1, 1]),
            tensor("blocks.0.attn.W_V", &[1, 1]),
            tensor("blocks.0.attn.W_O", &[1, 1]),
        ];
        let bytes = safetensors(&all, None);
        check(&bytes, &claim(&bytes, 512, n, 0).to_string()).unwrap()
    };
    assert!(large(2).accepted);
    let reasons = large(3).reasons.join("; ");
    assert_eq!(
        reasons,
        "512 tokens at 3 positions take 342989337600 steps, the limit is 274877906944"
    );
}
