//! The module, called as a worker calls it: through JavaScript values and back. A program of its
//! own and not unit tests, so that one `cargo test` builds it together with the library's `suite`.
#![cfg(target_arch = "wasm32")]

#[path = "lib.rs"]
pub mod module;

use js_sys::{Error, JSON, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

const SETTINGS: &str = r#"{
  "toy": { "layer": "relu", "features": 12, "hidden": 4, "probability": 0.1, "importance": 1, "steps": 300, "seed": 1 },
  "dictionaries": [{ "kind": "autoencoder", "penalty": "log1p", "lambda": 0.1, "scale": 1, "k": 1, "latents": 12, "steps": 200, "seed": 1 }]
}"#;

fn message(error: Error) -> String {
    error.message().into()
}

fn text(object: &JsValue, key: &str) -> String {
    JSON::stringify(&Reflect::get(object, &key.into()).unwrap()).unwrap().into()
}

fn lab(settings: &str) -> Result<module::Lab, String> {
    module::Lab::new(JSON::parse(settings).unwrap()).map_err(message)
}

#[wasm_bindgen_test]
fn a_lab_trains_and_answers() {
    let mut lab = lab(SETTINGS).unwrap();
    assert_eq!(text(&lab.step(0.0).unwrap(), "stage"), "\"toy\"");
    assert!(message(lab.measures(0).unwrap_err()).contains("not finished"));
    assert_eq!(text(&lab.steps(300).unwrap(), "stage"), "\"dictionaries\"");
    assert_eq!(text(&lab.toy().unwrap(), "finished"), "true");
    assert_eq!(text(&lab.steps(1000).unwrap(), "stage"), "\"done\"");
    let measures = js_sys::Array::from(&lab.measures(0).unwrap());
    assert_eq!(text(&measures.get(0), "latents"), "12");
    assert_eq!(text(&lab.maps(0, 0).unwrap(), "neurons"), "12");
    assert!(message(lab.maps(0, 1).unwrap_err()).contains("no such dictionary"));
    assert_eq!(text(&lab.dictionary(0, None).unwrap(), "width"), "4");
}

#[wasm_bindgen_test]
fn wrong_settings_are_refused() {
    let refused = |from: &str, to: &str| lab(&SETTINGS.replace(from, to)).err().unwrap();
    let expected = "`hidden` is 40, expected a number from 1 to 12";
    assert_eq!(refused("\"hidden\": 4", "\"hidden\": 40"), expected);
    assert!(refused("autoencoder", "transcoder").contains("transcoder"));
    assert!(refused("\"scale\": 1,", "").contains("scale"));
}
