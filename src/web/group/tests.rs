//! The module, called as a worker calls it: through JavaScript values and back. A program of its
//! own and not unit tests, so that one `cargo test` builds it together with the library's `suite`.
#![cfg(target_arch = "wasm32")]

#[path = "lib.rs"]
pub mod module;

use js_sys::{Error, JSON, Reflect};
use model::Model;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

const S4: &[u8] = include_bytes!("../../../tests/fixtures/group_operations/S4_s0.safetensors");

fn message(error: Error) -> String {
    error.message().into()
}

fn load(read: &str) -> Result<Model, String> {
    let read = if read.is_empty() { JsValue::UNDEFINED } else { JSON::parse(read).unwrap() };
    module::load("S4", S4, &read).map_err(message)
}

fn text(object: &JsValue, key: &str) -> String {
    JSON::stringify(&Reflect::get(object, &key.into()).unwrap()).unwrap().into()
}

#[wasm_bindgen_test]
fn a_network_its_facts_and_a_proof() {
    let model = load("").unwrap();
    let facts = model.facts();
    for (key, expected) in
        [("group", r#""S4""#), ("order", "24"), ("inputs", r#""576""#), ("right", "576")]
    {
        assert_eq!(text(&facts, key), expected, "{key}");
    }
    let mut run = model.run("irrep-linear", Vec::new(), 0, 1).map_err(message).unwrap();
    while run.advance(5.0) < 1.0 {}
    let outcome = run.outcome().unwrap();
    assert_eq!(
        [text(&outcome, "correct"), text(&outcome, "percent")],
        [r#""576""#, r#""100.0000""#]
    );
    assert!(run.certificate("…").unwrap().starts_with(r#"{"certificate":2,"#));
    let refused = message(model.ask(&JSON::parse(r#"{"ask": "logits"}"#).unwrap()).unwrap_err());
    assert_eq!(refused, "this module only proves");
}

#[wasm_bindgen_test]
fn a_file_is_read_as_it_is_asked_for() {
    assert!(load(r#"{"group": "S4", "instance": 0}"#).is_ok());
    let refused = |read| load(read).map(|_| ()).unwrap_err();
    assert!(
        refused(r#"{"group": "D12"}"#).contains("not of D12"),
        "{}",
        refused(r#"{"group": "D12"}"#)
    );
    assert!(refused(r#"{"instance": 1}"#).contains("there is no instance 1"));
    assert!(refused(r#"{"field": 1}"#).starts_with("not a way to read a file: "));
}
