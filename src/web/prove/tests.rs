//! The module, called as a worker calls it: through JavaScript values and back. A program of its
//! own and not unit tests, so that one `cargo test` builds it together with the library's `suite`.
#![cfg(target_arch = "wasm32")]

#[path = "lib.rs"]
pub mod module;

use compact_proofs::tasks::max_of_k::{MaxOfK, Strategy};
use js_sys::{Array, Error, Reflect};
use model::{Model, Run};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;
use web::last_panic;

fn text(object: &JsValue, key: &str) -> String {
    let value = Reflect::get(object, &key.into()).unwrap();
    value
        .as_string()
        .or_else(|| value.as_f64().map(|x| x.to_string()))
        .unwrap_or_else(|| format!("{value:?}"))
}

fn message(error: Error) -> String {
    error.message().into()
}

/// The model in a file, as the page takes what a user brings.
fn read(file: &str, bytes: &[u8]) -> Model {
    let (task, facts) = MaxOfK::load(file, bytes).unwrap();
    of_read(file, &task.model().canonical(), facts.own.attn_scale).unwrap()
}

/// A model that was read elsewhere, its scores divided by `attn_scale`.
fn of_read(file: &str, bytes: &[u8], attn_scale: Option<f64>) -> Result<Model, String> {
    let read = js_sys::Object::new();
    Reflect::set(&read, &"attn_scale".into(), &attn_scale.into()).unwrap();
    module::load(file, bytes, Some(read.unchecked_into())).map_err(message)
}

/// The answer to a question, JSON.
fn ask(model: &Model, question: &str) -> Result<JsValue, String> {
    model.ask(&js_sys::JSON::parse(question).unwrap()).map_err(message)
}

/// A part of a proof, all of its chunks counted.
fn counted(model: &Model, strategy: &str, options: &[&str], part: u32, of: u32) -> Run {
    let options = options.iter().map(|&option| option.into()).collect();
    let mut run = model.run(strategy, options, part, of).map_err(message).unwrap();
    assert!(run.outcome().unwrap().is_undefined(), "nothing is proven before the end");
    let mut done = 0.0;
    while done < 1.0 {
        let next = run.advance(5.0);
        assert!(next > done, "progress from {done} to {next}");
        done = next;
    }
    run
}

fn prove(model: &Model, strategy: &str) -> JsValue {
    prove_with(model, strategy, &[])
}

fn prove_with(model: &Model, strategy: &str, options: &[&str]) -> JsValue {
    counted(model, strategy, options, 0, 1).outcome().unwrap()
}

#[wasm_bindgen_test]
fn a_model_its_facts_and_its_two_exact_bounds() {
    let bytes = include_bytes!("../../../tests/fixtures/oracle/max4_v64_s123.safetensors");
    let model = read("mine.safetensors", bytes);
    let facts = model.facts();
    for (key, expected) in
        [("file", "mine.safetensors"), ("format", "safetensors"), ("v", "64"), ("n", "4")]
    {
        assert_eq!(text(&facts, key), expected, "{key}");
    }
    assert_eq!(text(&facts, "sequences"), "16777216");
    assert_eq!(text(&facts, "sha256").len(), 64);

    for (strategy, correct, percent) in
        [("brute-force", "16773070", "99.9752"), ("cubic", "15869641", "94.5904")]
    {
        let outcome = prove(&model, strategy);
        assert_eq!(text(&outcome, "strategy"), strategy);
        assert_eq!(text(&outcome, "correct"), correct);
        assert_eq!(text(&outcome, "percent"), percent);
        assert!(Reflect::get(&outcome, &"seconds".into()).unwrap().as_f64().unwrap() > 0.0);
    }
    let plain = prove_with(&model, "brute-force", &["every-input"]);
    assert_eq!([text(&plain, "correct"), text(&plain, "visited")], ["16773070", "16777216"]);
    let visited = text(&prove(&model, "brute-force"), "visited").parse::<u32>().unwrap();
    assert!((1..1 << 20).contains(&visited), "{visited}");
    assert!(Reflect::get(&prove(&model, "cubic"), &"visited".into()).unwrap().is_null());
}

#[wasm_bindgen_test]
fn parts_of_a_proof_give_the_same_in_any_order_and_number() {
    let model = read("small", include_bytes!("../../../tests/fixtures/biased_v7_n3.safetensors"));
    for strategy in ["brute-force", "cubic"] {
        let whole = counted(&model, strategy, &[], 0, 1);
        let text = |outcome: JsValue| {
            Reflect::set(&outcome, &"seconds".into(), &0.into()).unwrap();
            js_sys::JSON::stringify(&outcome).unwrap()
        };
        // With more parts than chunks, too: some of them are empty.
        for of in [1, 2, 3, 16] {
            let parts: Vec<_> =
                (0..of).map(|part| counted(&model, strategy, &[], part, of)).collect();
            assert!(
                of == 1 || parts.iter().all(|part| part.outcome().unwrap().is_undefined()),
                "a part is no proof"
            );
            let tallies = parts.iter().rev().map(|part| part.tally().unwrap()).collect();
            let joined = model.joined(strategy, tallies, 1.5).map_err(message).unwrap();
            let outcome = joined.outcome().unwrap();
            assert_eq!(Reflect::get(&outcome, &"seconds".into()).unwrap().as_f64(), Some(1.5));
            assert_eq!(text(outcome), text(whole.outcome().unwrap()), "{strategy} in {of} parts");
            assert_eq!(joined.certificate("…"), whole.certificate("…"));
        }
    }
    let refusal = |strategy, part, of| {
        model.run(strategy, Vec::new(), part, of).map(|_| ()).map_err(message).unwrap_err()
    };
    assert_eq!(refusal("exact", 0, 2), "exact has no part 0 of 2");
    assert_eq!(refusal("cubic", 2, 2), "cubic has no part 2 of 2");
    let error = model.joined("cubic", Vec::new(), 0.0).map(|_| ()).map_err(message).unwrap_err();
    assert_eq!(error, "cubic has no part 0 of 0");
    assert!(model.joined("cubic", vec!["7".into()], 0.0).is_err(), "7 is not a tally");
}

#[wasm_bindgen_test]
fn k_20_has_exact_decimal_strings_and_no_brute_force() {
    let bytes = include_bytes!("../../../tests/fixtures/oracle/max20_v64_s50.safetensors");
    let model = read("k20", bytes);
    assert_eq!(text(&prove(&model, "cubic"), "correct"), "1216271145032974119183679801206065147");
    let refused =
        model.run("brute-force", Vec::new(), 0, 1).map(|_| ()).map_err(message).unwrap_err();
    assert!(refused.contains("64^20 sequences"), "{refused}");
    let strategies: Array =
        Reflect::get(&model.facts(), &"strategies".into()).unwrap().unchecked_into();
    assert_eq!(text(&strategies.get(0), "refused"), refused);
}

#[wasm_bindgen_test]
fn a_model_that_was_read_elsewhere() {
    let bytes = include_bytes!("../../../tests/fixtures/formats/state_dict.pt");
    let (task, facts) = MaxOfK::load("mine.pt", bytes).unwrap();
    let canonical = task.model().canonical();
    let refused = module::load("mine", &canonical, None).map(|_| ()).map_err(message).unwrap_err();
    assert!(refused.contains("`config`, which says something of the network"), "{refused}");
    let model = of_read("mine.pt", &canonical, None).unwrap();
    let sha256 = facts.canonical_sha256.unwrap();
    assert_eq!(text(&model.facts(), "sha256"), sha256);
    let mut run = task.run(Strategy::Cubic).unwrap();
    run.finish();
    let right = run.tally().right.to_string();
    assert_eq!(text(&prove(&model, "cubic"), "correct"), right);
    let scaled = of_read("mine.pt", &canonical, Some(2.0)).unwrap();
    assert_ne!(text(&prove(&scaled, "cubic"), "correct"), right);
    let refused = of_read("mine.pt", &canonical, Some(-1.0)).map(|_| ()).unwrap_err();
    assert!(refused.contains("the negative number -1"));
}

#[wasm_bindgen_test]
fn what_an_owner_can_compare() {
    let model = read("small", include_bytes!("../../../tests/fixtures/biased_v7_n3.safetensors"));
    let facts = model.facts();
    assert!(text(&facts, "network").starts_with("One layer, one head, no layer norm"));
    assert_eq!(
        Reflect::get(&facts, &"notes".into()).unwrap().unchecked_into::<Array>().length(),
        0
    );
    let examples = |input: Option<&str>| -> Result<Array, String> {
        let input = input.map_or(String::new(), |input| format!(r#", "input": "{input}""#));
        ask(&model, &format!(r#"{{"ask": "logits"{input}}}"#)).map(JsCast::unchecked_into)
    };
    assert_eq!(examples(None).unwrap().length(), 4);
    let example = examples(Some("[4, 1, 5]")).unwrap().get(0);
    assert_eq!(
        (text(&example, "answer"), text(&example, "right")),
        ("5".into(), "JsValue(true)".into())
    );
    let logits: Array = Reflect::get(&example, &"logits".into()).unwrap().unchecked_into();
    assert_eq!(
        logits.get(5).as_f64().map(|logit| format!("{logit:.7}")),
        Some("22.1483527".into())
    );
    let refused = examples(Some("4,1")).unwrap_err();
    assert_eq!(refused, "2 tokens; expected 3 tokens from 0 to 6, separated by commas");
    // Right on 51 of its 343 inputs.
    let correct: f64 =
        text(&ask(&model, r#"{"ask": "sample"}"#).unwrap(), "correct").parse().unwrap();
    assert!((correct / 20_000.0 - 51.0 / 343.0).abs() < 0.02, "{correct}");
}

#[wasm_bindgen_test]
fn errors_are_javascript_errors_with_the_whole_story() {
    let model = read("small", include_bytes!("../../../tests/fixtures/biased_v7_n3.safetensors"));
    let error = model.run("magic", Vec::new(), 0, 1).map(|_| ()).map_err(message).unwrap_err();
    assert!(error.contains("`magic`"), "{error}");
    let bytes = include_bytes!("../../../tests/fixtures/formats/state_dict.pt");
    let error = module::load("mine.pt", bytes, None).map(|_| ()).map_err(message).unwrap_err();
    assert!(error.starts_with("mine.pt: "), "{error}");
    assert_eq!(last_panic(), None);
}
