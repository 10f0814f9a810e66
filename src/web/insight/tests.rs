//! The module, called as a worker calls it: through JavaScript values and back. A program of its
//! own and not unit tests, so that one `cargo test` builds it together with the library's `suite`.
#![cfg(target_arch = "wasm32")]

#[path = "lib.rs"]
pub mod module;

use js_sys::{Error, JSON, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

const S4: &[u8] = include_bytes!("../../../tests/fixtures/group_operations/S4_s0.safetensors");

fn message(error: Error) -> String {
    error.message().into()
}

fn text(object: &JsValue, key: &str) -> String {
    JSON::stringify(&Reflect::get(object, &key.into()).unwrap()).unwrap().into()
}

#[wasm_bindgen_test]
fn questions_are_answered() {
    let model = module::load("S4", S4, &JsValue::UNDEFINED).map_err(message).unwrap();
    let question = JSON::parse(r#"{"ask": "logits", "x": 3, "y": 1}"#).unwrap();
    let look = model.ask(&question).unwrap();
    assert_eq!(text(&look, "answer"), text(&look, "product"));
    let question = JSON::parse(r#"{"ask": "margins", "strategy": "irrep"}"#).unwrap();
    assert_eq!(text(&model.ask(&question).unwrap(), "count"), "576");
    let question = JSON::parse(r#"{"ask": "logits", "x": 3, "y": 24}"#).unwrap();
    let refused = message(model.ask(&question).unwrap_err());
    assert_eq!(refused, "expected two tokens from 0 to 23, found 3 and 24");
}
