//! JSON: shapes, numbers, limits.

use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn json_is_checked() {
    let shape = |json: &[u8]| read(json).unwrap().tensors["x"].shape().to_vec();
    assert_eq!(shape(br#"{"x": [[1, 2, 3], [-4, 5.5, 6e1]]}"#), [2, 3]);
    assert_eq!(shape(b"\xef\xbb\xbf {\"x\": [[], []], \"y\": 1}"), [2, 0]);
    assert_eq!(shape(br#"{"x": 1.5}"#), [0_usize; 0]);
    assert_eq!(shape(br#"{"model": {"state_dict": {"x": [0]}}}"#), [1]);
    for (json, parts) in [
        (
            &br#"{"W": [[1, 2], [3]]}"#[..],
            &["`W`[1]", "ragged: an array of 1 items, the first one had 2"][..],
        ),
        (
            br#"{"W": [[1, 2], 3]}"#,
            &["`W`[1]", "ragged: numbers 1 arrays deep, the first ones were 2 deep"],
        ),
        (br#"{"W": [1, [2]]}"#, &["`W`[1][0]", "ragged"]),
        (br#"{"W": [[], [1]]}"#, &["`W`[1]", "ragged"]),
        (
            br#"{"model": {"W": [[1, null]]}}"#,
            &["`W`[0][1]: null, as JavaScript writes NaN", "must be finite"],
        ),
        (br#"{"W": [[1, "2"]]}"#, &["`W`[0][1]: a string, expected a number"]),
        (br#"{"W": [[1, true]]}"#, &["`W`[0][1]: numbers, and true or false"]),
        (br#"{"W": [[true], [1]]}"#, &["`W`[1][0]: numbers, and true or false"]),
        (br#"{"W": [[1, {}]]}"#, &["`W`[0][1]: an object, expected a number"]),
        (
            br#"{"W": [[1, NaN]]}"#,
            &["`W`[0][1]: NaN is no number of JSON, and weights must be finite"],
        ),
        (br#"{"W": [[1, 2], [-Infinity, 0]]}"#, &["`W`[1][0]: -Infinity is no number of JSON"]),
        (br#"{"W": [Infinity]}"#, &["`W`[0]: Infinity is no number of JSON"]),
        (br#"{"W": [NaN1]}"#, &["`W`[1]", "expected `,` or `]`"]),
        (br#"{"W": [nan]}"#, &["`W`[0]", "expected ident"]),
        (br#"{"W": [1, 1e999]}"#, &["`W`[1]", "out of range"]),
        (
            br#"{"b": [1], "W": null}"#,
            &["tensor `W`: expected nested arrays of numbers, found null"],
        ),
        (br#"{"b": [1], "W": "x"}"#, &["tensor `W`: ", "found a string"]),
        (br#"{"b": [1], "W": true}"#, &["tensor `W`: ", "found true or false"]),
        (br#"{"b": [1], "W": {"a": [1]}}"#, &["tensor `W`: ", "found an object"]),
        (br#"{"W": [1], "W": [2]}"#, &["`W`: is there twice"]),
        (br#"{"W": [1]} x"#, &["JSON: trailing characters"]),
        (br#"{"a": 1"#, &["JSON: EOF", "the text is cut short; copy or download the file again"]),
        (br#"{"a": [1, 2"#, &["`a`[2]: EOF", "the text is cut short"]),
        (br#"{"net": {"W": "x"}}"#, &["an object with the keys `net`"]),
        (br#"{}"#, &["an object without keys"]),
    ] {
        refused(json, parts);
    }
}

#[test]
fn json_limits() {
    let nested = |depth| format!("{{\"x\": {}1{}}}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(read(nested(MAX_DIMS).as_bytes()).unwrap().tensors["x"].shape(), [1; MAX_DIMS]);
    refused(nested(MAX_DIMS + 1).as_bytes(), &["`x`[0][0]", "arrays more than 8 deep"]);
    refused(nested(1_000_000).as_bytes(), &["arrays more than 8 deep"]);
    let wrapped =
        |depth| format!("{}{{\"x\": [1]}}{}", "{\"model\": ".repeat(depth), "}".repeat(depth));
    assert!(read(wrapped(MAX_NESTING).as_bytes()).is_ok());
    refused(wrapped(MAX_NESTING + 1).as_bytes(), &["no weights found", "the keys `model`"]);
    refused(
        wrapped(MAX_OBJECT_NESTING + 1).as_bytes(),
        &["`model.model.model", "objects more than 8 deep"],
    );
    refused(wrapped(1_000_000).as_bytes(), &["objects more than 8 deep"]);
    let entries =
        |n| format!("{{{}}}", (0..n).map(|i| format!("\"{i}\":0")).collect::<Vec<_>>().join(","));
    assert_eq!(read(entries(MAX_TENSORS).as_bytes()).unwrap().tensors.len(), MAX_TENSORS);
    refused(entries(MAX_TENSORS + 1).as_bytes(), &["more than 4096 entries"]);
}

#[test]
fn buffers_are_what_they_are_in_every_format() {
    let file = |ignore: &str| {
        let json = format!(
            r#"{{"embed.W_E": [[1]], "blocks.0.attn.mask": [[true, false], [true, true]], "blocks.0.attn.IGNORE": {ignore}}}"#
        );
        let file = read(json.as_bytes()).unwrap();
        let (mask, ignore) =
            (&file.tensors["blocks.0.attn.mask"], &file.tensors["blocks.0.attn.IGNORE"]);
        assert_eq!((mask.dtype(), mask.shape()), (Dtype::Bool, &[2, 2][..]));
        assert_eq!((ignore.dtype(), ignore.shape()), (Dtype::F64, &[][..]));
        ignore.to_array().unwrap_err().to_string()
    };
    assert_eq!(file("-Infinity"), "element [] is -inf; expected finite numbers");
    assert_eq!(file("Infinity"), "element [] is inf; expected finite numbers");
    assert_eq!(file("NaN"), "element [] is NaN; expected finite numbers");
    assert_eq!(file("null"), "element [] is NaN; expected finite numbers");
    refused(br#"{"x": [1], "IGNORE": "-Infinity"}"#, &["tensor `IGNORE`", "found a string"]);
    // Words in names and texts are not numbers.
    let json = br#"{"metadata": {"\"NaN": "-Infinity\\", "x": "NaN"}, "NaN": [1, 2], "Infinity, [NaN": 3, "y": NaN }"#;
    let words = read(json).unwrap();
    assert_eq!(words.tensors.keys().collect::<Vec<_>>(), ["Infinity, [NaN", "NaN", "y"]);
    assert_eq!(
        words.metadata,
        BTreeMap::from([("\"NaN".into(), "-Infinity\\".into()), ("x".into(), "NaN".into())])
    );
    assert!(words.tensors["NaN"].to_array().unwrap().iter().eq(&[1.0, 2.0]));
}

#[test]
fn what_is_said_beside_the_weights_is_handed_on() {
    let json = br#"{
        "config": {"n_heads": 4, "d_mlp": null, "window_size": ["global", "local"], "attn_scale": NaN, "a": {"b": {"n_ctx": 1}}},
        "epoch": 3, "history": [{"loss": 0.1}, "x"], "attn_only": true,
        "model": {"hparams": {"normalization_type": "LN", "layers": [1, 2]}, "W": [[1, 2]]}
    }"#;
    let file = read(json).unwrap();
    assert_eq!(file.tensors.keys().collect::<Vec<_>>(), ["W"]);
    let field = |place: &str, name: &str| {
        let config = file.configs.iter().find(|config| config.place == place);
        config.and_then(|config| config.fields.get(name)).cloned()
    };
    assert_eq!(field("config", "n_heads"), Some(ConfigValue::Number(4.0)));
    assert_eq!(field("config", "d_mlp"), Some(ConfigValue::None));
    let texts = ["global", "local"].map(String::from);
    assert_eq!(field("config", "window_size"), Some(ConfigValue::Texts(texts.into())));
    assert!(
        matches!(field("config", "attn_scale"), Some(ConfigValue::Number(number)) if number.is_nan())
    );
    assert_eq!(field("config.a.b", "n_ctx"), Some(ConfigValue::Number(1.0)));
    assert_eq!(field("the root", "attn_only"), Some(ConfigValue::Bool(true)));
    assert_eq!(field("model.hparams", "normalization_type"), Some(ConfigValue::Text("LN".into())));
    // It is so long that nobody wrote it.
    let one = |i: usize| format!("\"c{i}\": {{\"n_heads\": 1}}");
    let many =
        |n: usize| format!("{{{}, \"W\": [[1]]}}", (0..n).map(one).collect::<Vec<_>>().join(", "));
    let wrapped = |n: usize| format!("{{\"config\": {}, \"model\": {{\"W\": [1]}}}}", many(n));
    assert_eq!(
        read(wrapped(MAX_CONFIG_FIELDS).as_bytes()).unwrap().configs.len(),
        MAX_CONFIG_FIELDS
    );
    refused(wrapped(MAX_CONFIG_FIELDS + 1).as_bytes(), &["configurations in the file: 257"]);
}

#[test]
fn the_object_that_holds_the_weights_is_found() {
    let file = |json: &str| {
        let file = read(json.as_bytes()).unwrap();
        (file.tensors.into_keys().collect::<Vec<_>>().join(" "), file.notes.join("; "))
    };
    let weights = r#"{"embed.W_E": [[1]]}"#;
    assert_eq!(file(weights), ("embed.W_E".into(), String::new()));
    for around in
        [r#""epoch": 3, "labels": ["a"], "net": "#, r#""history": [[1], [2, 3]], "x": 1, "net": "#]
    {
        assert_eq!(
            file(&format!("{{{around}{weights}}}")),
            ("embed.W_E".into(), "Read from `net` of the file.".into())
        );
    }
    let two =
        format!(r#"{{"model": {weights}, "ema": {weights}, "optimizer": {{"exp_avg": [1]}}}}"#);
    let notes =
        "Read from `model` of the file.; Not read, as they are not part of that object: `ema`.";
    assert_eq!(file(&two), ("embed.W_E".into(), notes.into()));
    for (json, parts) in [
        (
            format!(r#"{{"a": {weights}, "b": {weights}}}"#),
            &["several objects of tensors, `a`, `b`,"][..],
        ),
        (
            format!(r#"{{"model": {weights}, "state_dict": {weights}}}"#),
            &["several objects of tensors"],
        ),
        (
            format!(r#"{{"model": {weights}, "unembed.b_U": [1]}}"#),
            &["`unembed.b_U`", "beside the object `model`"],
        ),
        (
            r#"{"model": {"state_dict": {"a.W_E": [1]}, "c.d": [1]}}"#.into(),
            &["`c.d`", "an array beside the object"],
        ),
        (r#"{"W_E": [[1]], "b": {"values": [1]}}"#.into(), &["tensor `b`", "found an object"]),
        (
            format!(r#"{{"ema": {{"model": {weights}, "biases": {{"b.U": [1]}}}}}}"#),
            &["weights under `ema.biases`"],
        ),
        (r#"{"W_E": [[1]], "config": [1, "x"]}"#.into(), &["tensor `config`[1]", "a string"]),
        (r#"{"W_E": [[1]], "config": "x"}"#.into(), &["tensor `config`", "found a string"]),
    ] {
        refused(json.as_bytes(), parts);
    }
}

/// Every value that JSON has, and Python's words.
const VALUES: [&str; 14] = [
    "null",
    "true",
    "3",
    "-0.5",
    "\"text\"",
    "[]",
    "[[1, 2], [3]]",
    "[1, null]",
    "[\"1\"]",
    "[{}]",
    "[true, 1]",
    "{}",
    "{\"a\": [1]}",
    "NaN",
];

#[test]
fn an_entry_of_another_kind_is_refused_by_name_or_listed() {
    let names = [
        "embed.W_E",
        "blocks.0.attn.mask",
        "blocks.0.attn.IGNORE",
        "unembed.b_U",
        "blocks.0.mlp.W_in",
    ];
    let tensors = |changed: usize, value: &str| {
        let entry = |(i, name): (usize, &&str)| {
            format!("\"{name}\": {}", if i == changed { value } else { "[[1, 2], [3, 4]]" })
        };
        format!("{{{}}}", names.iter().enumerate().map(entry).collect::<Vec<_>>().join(", "))
    };
    for wrap in ["$", "{\"state_dict\": $, \"epoch\": 3}"] {
        for (i, name) in names.iter().enumerate() {
            for value in VALUES {
                let json = wrap.replace('$', &tensors(i, value));
                match read(json.as_bytes()) {
                    Ok(file) => assert!(
                        file.tensors.keys().eq(BTreeSet::from(names).iter()),
                        "{name} = {value}"
                    ),
                    Err(error) => {
                        assert!(
                            error.to_string().contains(&format!("`{name}`")),
                            "{name} = {value}: {error}"
                        )
                    }
                }
            }
        }
    }
}

#[test]
fn the_index_of_a_model_in_pieces_is_named() {
    let index = br#"{"metadata": {"total_size": 3}, "weight_map": {"embed.W_E": "model-00001-of-00002.safetensors"}}"#;
    refused(
        index,
        &["an index of shards (it has `weight_map`)", "save its state dict in one file"],
    );
    let many: Vec<_> = (0..MAX_TENSORS + 1).map(|i| format!("\"layer.{i}\": \"a.bin\"")).collect();
    refused(
        format!("{{\"weight_map\": {{{}}}}}", many.join(",")).as_bytes(),
        &["an index of shards"],
    );
    refused(br#"{"nbformat": 4, "cells": [{"source": ["x = NaN"]}]}"#, &["a Jupyter notebook"]);
    refused(
        br#"{"n_layers": 1, "n_heads": 1, "dtypes": ["a"]}"#,
        &["the configuration of a model, without its weights"],
    );
    refused(br#"{"version": 1, "theorem": "Of the 8 \u2026", "gaps": [[1]]}"#, &["certificate"]);
    // But errors in weights are reported as such.
    refused(
        br#"{"n_layers": 1, "embed.W_E": [NaN]}"#,
        &["tensor `embed.W_E`[0]: NaN is no number"],
    );
    refused(br#"{"n_layers": 1, "model": {"W": [[]], "b": "x"}}"#, &["tensor `b`", "a string"]);
}
