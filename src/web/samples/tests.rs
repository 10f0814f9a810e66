//! The module, called as a worker calls it: through JavaScript values and back. A program of its
//! own and not unit tests, so that one `cargo test` builds it together with the library's `suite`.
#![cfg(target_arch = "wasm32")]

#[path = "lib.rs"]
pub mod module;

use js_sys::{Error, JSON, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

const S4: &[u8] = include_bytes!("../../../tests/fixtures/group_operations/S4_s0.safetensors");
const PLAIN: &[u8] = include_bytes!("../../../www/models/max-of-k/max4_v64_s123.safetensors");

fn message(error: Error) -> String {
    error.message().into()
}

fn text(object: &JsValue, key: &str) -> String {
    JSON::stringify(&Reflect::get(object, &key.into()).unwrap()).unwrap().into()
}

fn planned(json: &str) -> module::Plan {
    JSON::parse(json).unwrap().unchecked_into()
}

/// Draws 300 inputs; the bound and the certificate.
fn drawn(network: &module::Network, method: &str) -> (JsValue, String) {
    let plan =
        format!(r#"{{"method": "{method}", "samples": 300, "delta": 0.001, "seed": "mine"}}"#);
    let mut drawing = network.draw(&planned(&plan)).map_err(message).unwrap();
    let anytime = method == "anytime";
    assert!(drawing.outcome().unwrap().is_undefined());
    while drawing.advance(1.0) < 1.0 {
        assert_eq!(!drawing.outcome().unwrap().is_undefined(), anytime);
    }
    let (outcome, live) = (drawing.outcome().unwrap(), drawing.live().unwrap());
    assert_eq!(text(&outcome, "percent"), text(&live, "percent"));
    assert_eq!(text(&outcome, "certainty"), "\"pac\"");
    (outcome, drawing.certificate().unwrap())
}

#[wasm_bindgen_test]
fn networks_of_both_tasks_are_sampled() {
    let max_of_k = module::load("max-of-k", "max4", PLAIN, &JsValue::UNDEFINED, "aa".into());
    let max_of_k = max_of_k.map_err(message).unwrap();
    let group = module::load("group-operations", "S4", S4, &JsValue::UNDEFINED, "bb".into());
    let group = group.map_err(message).unwrap();
    assert_eq!(text(&max_of_k.facts().unwrap(), "inputs"), "\"16777216\"");
    assert_eq!(text(&group.facts().unwrap(), "inputs"), "\"576\"");
    for method in ["clopper-pearson", "stratified", "anytime", "bernstein", "hoeffding"] {
        for network in [&max_of_k, &group] {
            let (outcome, certificate) = drawn(network, method);
            let correct = text(&outcome, "correct");
            assert!(certificate.contains(&format!("\"correct\":{correct},")), "{certificate}");
            assert_eq!(text(&outcome, "samples"), "300");
        }
    }
    // A certificate that was stopped is drawn again as far.
    let plan = r#"{"method": "anytime", "samples": 300, "delta": 0.001, "seed": "mine"}"#;
    let mut again = group.draw(&planned(plan)).map_err(message).unwrap();
    again.end_after(60);
    while again.advance(1.0) < 1.0 {}
    assert!(again.certificate().unwrap().contains("\"drawn\":60,"));
    let predicted = text(&group.predicted().unwrap(), "certainty");
    assert_eq!(predicted, "\"estimate\"");
}

#[wasm_bindgen_test]
fn what_cannot_be_drawn_is_refused() {
    let load = |task, read: &JsValue| module::load(task, "S4", S4, read, "bb".into());
    let refused = |task, read: &JsValue| message(load(task, read).err().unwrap());
    assert_eq!(refused("max", &JsValue::UNDEFINED), "expected max-of-k or group-operations");
    assert!(refused("max-of-k", &JsValue::UNDEFINED).starts_with("S4: "));
    let network = load("group-operations", &JsValue::UNDEFINED).map_err(message).unwrap();
    for (plan, expected) in [
        (
            r#"{"method": "dice", "samples": 5, "delta": 0.1, "seed": ""}"#,
            "no method of sampling is called `dice`: expected clopper-pearson, ",
        ),
        (
            r#"{"method": "anytime", "samples": 5, "delta": 2, "seed": ""}"#,
            "a probability δ of 2, expected ",
        ),
        (
            r#"{"method": "anytime", "samples": 0, "delta": 0.1, "seed": ""}"#,
            "0 samples, expected 1 to 100000000",
        ),
    ] {
        let found = message(network.plan(&planned(plan)).err().unwrap());
        assert!(found.starts_with(expected), "{found}");
    }
}
