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
        (&br#"{"W": [[1, 2], [3]]}"#[..], &["`W`[1]", "ragged: an array of 1 items, the first one had 2"][..]),
        (br#"{"W": [[1, 2], 3]}"#, &["`W`[1]", "ragged: numbers 1 arrays deep, the first ones were 2 deep"]),
        (br#"{"W": [1, [2]]}"#, &["`W`[1][0]", "ragged"]),
        (br#"{"W": [[], [1]]}"#, &["`W`[1]", "ragged"]),
        (br#"{"model": {"W": [[1, null]]}}"#, &["`model.W`[0][1]", "null", "expected a number"]),
        (br#"{"W": [[1, "2"]]}"#, &["`W`[0][1]", "expected a number"]),
        (br#"{"W": [[1, true]]}"#, &["`W`[0][1]", "expected a number"]),
        (br#"{"W": [[1, {}]]}"#, &["`W`[0][1]", "expected a number"]),
        (br#"{"W": [[1, NaN]]}"#, &["`W`[0][1]", "line 1 column"]),
        (br#"{"W": [1, 1e999]}"#, &["`W`[1]", "out of range"]),
        (br#"{"b": [1], "W": null}"#, &["tensor `W`: expected nested arrays of numbers, found null"]),
        (br#"{"b": [1], "W": "x"}"#, &["tensor `W`: ", "found a string"]),
        (br#"{"b": [1], "W": {"a": [1]}}"#, &["tensor `W`: ", "found an object"]),
        (br#"{"W": [1], "W": [2]}"#, &["`W`: is there twice"]),
        (br#"{"W": [1]} x"#, &["JSON: trailing characters"]),
        (br#"{"a": 1"#, &["JSON: EOF"]),
        (br#"{"net": {"W": [1]}}"#, &["an object with the keys `net`"]),
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
    let wrapped = |depth| format!("{}{{\"x\": [1]}}{}", "{\"model\": ".repeat(depth), "}".repeat(depth));
    assert!(read(wrapped(MAX_NESTING).as_bytes()).is_ok());
    refused(wrapped(MAX_NESTING + 1).as_bytes(), &["`model.model.model.model`", "objects more than 3 deep"]);
    refused(wrapped(1_000_000).as_bytes(), &["objects more than 3 deep"]);
    let entries = |n| format!("{{{}}}", (0..n).map(|i| format!("\"{i}\":0")).collect::<Vec<_>>().join(","));
    assert_eq!(read(entries(MAX_TENSORS).as_bytes()).unwrap().tensors.len(), MAX_TENSORS);
    refused(entries(MAX_TENSORS + 1).as_bytes(), &["more than 4096 entries"]);
}
