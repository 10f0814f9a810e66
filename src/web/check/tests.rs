//! The module, called as a worker calls it: through JavaScript values and back. A program of its
//! own and not unit tests, so that one `cargo test` builds it together with the library's `suite`.
#![cfg(target_arch = "wasm32")]

#[path = "lib.rs"]
pub mod module;

use compact_proofs::proof::Certificate;
use compact_proofs::tasks::max_of_k::{MaxOfK, Strategy, sha256};
use js_sys::{Array, Error, Reflect};
use module::Check;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

const MODEL: &[u8] = include_bytes!("../../../tests/fixtures/biased_v7_n3.safetensors");

/// The certificate of the cubic proof.
fn certificate() -> Certificate {
    let (task, _) = MaxOfK::load("mine", MODEL).unwrap();
    let mut run = task.run(Strategy::Cubic).unwrap();
    run.finish();
    task.certificate(&sha256(MODEL), &run).unwrap()
}

fn checked(certificate: &str) -> JsValue {
    let mut check = Check::new("mine", MODEL, certificate)
        .map_err(|error| String::from(error.message()))
        .unwrap();
    let mut done = 0.0;
    while done < 1.0 {
        assert!(check.verdict().unwrap().is_undefined(), "no verdict before the end");
        let next = check.advance(0.01);
        assert!(next > done, "progress from {done} to {next}");
        done = next;
    }
    check.verdict().unwrap()
}

fn get(verdict: &JsValue, key: &str) -> JsValue {
    Reflect::get(verdict, &key.into()).unwrap()
}

#[wasm_bindgen_test]
fn a_verdict_is_a_plain_object() {
    let honest = certificate();
    let verdict = checked(&honest.to_json());
    assert_eq!(get(&verdict, "accepted"), true);
    assert_eq!(get(&verdict, "theorem"), honest.theorem.as_str());
    assert_eq!(get(&verdict, "claimed"), honest.correct.as_str());
    assert_eq!(get(&verdict, "sequences"), honest.sequences.as_str());
    assert!(get(&verdict, "network").as_string().unwrap().starts_with("One layer, one head, "));
    assert!(["seconds", "flops"].iter().all(|key| get(&verdict, key).as_f64().is_some()));

    let all = honest.sequences.clone();
    let theorem = honest.theorem.replace(&honest.correct, &all);
    let verdict = checked(&Certificate { correct: all, theorem, ..honest }.to_json());
    assert_eq!(get(&verdict, "accepted"), false);
    assert_eq!(Array::from(&get(&verdict, "reasons")).length(), 1);
    let problem = Check::new("mine", b"nothing", "{}").map(|_| ()).unwrap_err();
    assert!(String::from(Error::message(&problem)).starts_with("mine: "));
}
