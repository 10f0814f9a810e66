//! The module, called as a worker calls it: through JavaScript values and back. A program of its own
//! and not unit tests, so that one `cargo test` builds it together with the library's `suite`.
#![cfg(target_arch = "wasm32")]

#[path = "lib.rs"]
pub mod module;

use js_sys::Error;
use module::Network;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

const MODEL: &[u8] = include_bytes!("../../../tests/fixtures/biased_v7_n3.safetensors");

#[wasm_bindgen_test]
fn a_file_is_taken_as_the_prover_takes_it() {
    let taken = |bytes: &[u8], attn_scale: JsValue| {
        let network = Network::new("mine", bytes, attn_scale);
        network.map(drop).map_err(|error: Error| String::from(error.message()))
    };
    for attn_scale in [JsValue::UNDEFINED, JsValue::NULL, 2.0.into()] {
        assert_eq!(taken(MODEL, attn_scale), Ok(()));
    }
    assert!(taken(b"nothing", JsValue::UNDEFINED).unwrap_err().starts_with("mine: "));
}
