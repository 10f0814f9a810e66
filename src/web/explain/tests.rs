//! The module, called as a worker calls it: through JavaScript values and back. A program of its
//! own and not unit tests, so that one `cargo test` builds it together with the library's `suite`.
#![cfg(target_arch = "wasm32")]

#[path = "lib.rs"]
pub mod module;

use compact_proofs::tasks::max_of_k::MaxOfK;
use js_sys::{Array, Error, Float64Array, Reflect, Uint8Array};
use module::Network;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

/// A file of the page's own.
const PLAIN: &[u8] = include_bytes!("../../../www/models/max-of-k/max4_v64_s123.safetensors");

/// A network of 7 tokens at 3 positions, as the module `files` reads it.
fn canonical() -> Vec<u8> {
    let bytes = include_bytes!("../../../tests/fixtures/biased_v7_n3.safetensors");
    MaxOfK::load("small", bytes).unwrap().0.model().canonical()
}

fn small() -> Network {
    let network = Network::new("small", &canonical(), JsValue::NULL);
    network.map_err(|error: Error| String::from(error.message())).unwrap()
}

#[wasm_bindgen_test]
fn a_file_is_taken_as_the_prover_takes_it() {
    let taken = |bytes: &[u8], attn_scale: JsValue| {
        let network = Network::new("mine", bytes, attn_scale);
        network.map(drop).map_err(|error: Error| String::from(error.message()))
    };
    assert_eq!(taken(PLAIN, JsValue::UNDEFINED), Ok(()));
    for attn_scale in [JsValue::NULL, 2.0.into()] {
        assert_eq!(taken(&canonical(), attn_scale), Ok(()));
    }
    assert!(taken(b"nothing", JsValue::UNDEFINED).unwrap_err().starts_with("mine: "));
}

fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap()
}

/// The first layer of a map.
fn layer(network: &Network, strategy: &str) -> JsValue {
    let map = network.cases(strategy, None).map_err(|error| String::from(error.message())).unwrap();
    Array::from(&get(&map, "layers")).get(0)
}

#[wasm_bindgen_test]
fn a_map_of_cases_is_plain_objects_with_typed_arrays() {
    let message = |error: Error| String::from(error.message());
    let network = small();
    for strategy in ["cubic", "cell", "brute-force"] {
        let map = network.cases(strategy, None).map_err(message).unwrap();
        assert_eq!(get(&map, "strategy"), strategy);
        assert_eq!((get(&map, "v"), get(&map, "total")), (7.into(), "343".into()));
        let of_map = Array::from(&get(&map, "layers"));
        assert_eq!(of_map.length(), 3);
        let layer = of_map.get(0);
        assert_eq!(get(&layer, "others"), 0);
        let share: Float64Array = get(&layer, "share").dyn_into().unwrap();
        let verdict: Uint8Array = get(&layer, "verdict").dyn_into().unwrap();
        assert_eq!((share.length(), verdict.length()), (49, 49));
        assert!(share.get_index(1).is_nan() && verdict.get_index(1) == 255, "q is above m");
        let parts = Array::from(&get(&map, "parts"));
        assert_eq!(get(&parts.get(0), "id"), "proven");
    }
    let way: Uint8Array = get(&layer(&network, "cell"), "way").dyn_into().unwrap();
    assert!(way.get_index(0) < 6 && way.get_index(1) == 255);
    let wrong: Float64Array = get(&layer(&network, "cubic"), "wrong").dyn_into().unwrap();
    assert_eq!((wrong.length(), wrong.get_index(1)), (49, 0.0));
    let terms = Array::from(&network.terms("cubic").map_err(message).unwrap());
    assert!(terms.length() > 0 && get(&terms.get(0), "inputs").is_string());
    assert_eq!(Array::from(&network.terms("exact").map_err(message).unwrap()).length(), 0);
    let facts = network.case("cubic", 3, 2, Some(1)).map_err(message).unwrap();
    assert_eq!((get(&facts, "m"), get(&facts, "total")), (3.into(), "1".into()));
    let refused = network.case("cubic", 2, 3, Some(1)).map_err(message).unwrap_err();
    assert!(refused.starts_with("the proof has no case of largest token 2"), "{refused}");
    assert!(network.cases("quadratic", None).map_err(message).unwrap_err().contains("quadratic"));
}

#[wasm_bindgen_test]
fn inputs_are_looked_at_and_looked_for() {
    let message = |error: Error| String::from(error.message());
    let network = small();
    let look = network.look("[4, 1, 5]").map_err(message).unwrap();
    assert_eq!(
        (get(&look, "largest"), Array::from(&get(&look, "attention")).length()),
        (5.into(), 3)
    );
    assert!(network.look("4,1").map_err(message).unwrap_err().starts_with("2 tokens"));
    for strategy in ["brute-force", "cubic", "cell"] {
        let covered = network.covered(strategy, &[4, 1, 5]).map_err(message).unwrap();
        assert!(get(&covered, "covered").as_bool().is_some());
        let because = get(&covered, "because").as_string().unwrap();
        assert!(because.starts_with("The proof"), "{because}");
    }
    let find = |sought: &str, strategy: Option<&str>| {
        network.find(sought, strategy.map(Into::into)).map_err(message)
    };
    assert_eq!(get(&get(&find("wrong", None).unwrap(), "look"), "right"), false);
    assert!(get(&get(&find("closest", None).unwrap(), "look"), "margin").as_f64().unwrap() < 0.0);
    assert_eq!(get(&get(&find("uncovered", Some("cubic")).unwrap(), "look"), "right"), true);
    assert_eq!(get(&find("uncovered", Some("brute-force")).unwrap(), "look"), JsValue::NULL);
    assert!(find("uncovered", None).unwrap_err().contains("name its strategy"));
    assert!(find("nothing", None).unwrap_err().starts_with("`nothing` cannot be sought"));
}

#[wasm_bindgen_test]
fn matrices_are_typed_arrays() {
    let message = |error: Error| String::from(error.message());
    let network = small();
    let matrices = network.matrices().map_err(message).unwrap();
    assert_eq!(matrices.length(), 5);
    for (i, matrix) in matrices.iter().enumerate() {
        let values: Float64Array = get(&matrix, "values").dyn_into().unwrap();
        let size = |key| get(&matrix, key).as_f64().unwrap();
        assert_eq!(f64::from(values.length()), size("rows") * size("columns"));
        assert_eq!(get(&matrix, "approximation").is_null(), i > 0);
    }
}

#[wasm_bindgen_test]
fn ablated_networks_are_files_and_scores_are_numbers() {
    let message = |error: Error| String::from(error.message());
    let network = small();
    let ablated = network.ablated(Some(1), true, true).map_err(message).unwrap();
    let file: Uint8Array = get(&ablated, "file").dyn_into().unwrap();
    let (bytes, sampled) = (file.to_vec(), get(&ablated, "sampled"));
    assert!(Network::new("ablated", &bytes, JsValue::NULL).is_ok());
    assert_eq!(get(&sampled, "samples"), 20_000);
    let scores = network.faithfulness().map_err(message).unwrap();
    assert_eq!(get(&get(&scores, "scrubbing"), "samples"), 10_000);
    assert!(get(&scores, "increasing").as_f64().unwrap() <= 7.0);
}
