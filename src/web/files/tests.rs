//! The module, called as a worker calls it: through JavaScript values and back. A program of its
//! own and not unit tests, so that one `cargo test` builds it together with the library's `suite`.
#![cfg(target_arch = "wasm32")]

#[path = "lib.rs"]
pub mod module;

use compact_proofs::tasks::group_operations::{GroupOperation, Options};
use compact_proofs::tasks::max_of_k::{MaxOfK, Strategy, sha256};
use js_sys::{Error, Reflect};
use module::{Weights, reading};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

fn refusal(file: &str, bytes: &[u8]) -> String {
    let error = Weights::new(file, bytes).map(|_| ()).unwrap_err();
    Error::message(&error).into()
}

#[wasm_bindgen_test]
fn another_format_becomes_the_canonical_file() {
    let bytes = include_bytes!("../../../tests/fixtures/formats/state_dict.pt");
    let weights = Weights::new("mine.pt", bytes).ok().unwrap();
    let facts = weights.facts().unwrap();
    let text = |key: &str| Reflect::get(&facts, &key.into()).unwrap().as_string().unwrap();
    assert_eq!((text("file"), text("sha256")), ("mine.pt".into(), sha256(bytes)));
    let canonical = weights.canonical();
    assert_eq!(text("canonical_sha256"), sha256(&canonical));
    let again = Weights::new("canonical.safetensors", &canonical).ok().unwrap();
    assert_eq!(again.canonical(), canonical);
}

#[wasm_bindgen_test]
fn certificates_about_another_format_name_the_canonical_file() {
    let bytes = include_bytes!("../../../tests/fixtures/formats/state_dict.pt");
    let (task, facts) = MaxOfK::load("mine.pt", bytes).unwrap();
    let (own, canonical) = (facts.sha256, facts.canonical_sha256.unwrap());
    let mut run = task.run(Strategy::Cubic).unwrap();
    run.finish();
    let certificate = task.certificate(&canonical, &run).unwrap().to_json();

    let checked = |file: &[u8], certificate: &str| -> Result<String, String> {
        let message = |error: Error| String::from(error.message());
        let weights = Weights::new("mine", file).map_err(message)?;
        let mut claim = weights.claim(certificate).map_err(message)?;
        let mut done = 0.0;
        while done < 1.0 {
            assert!(claim.outcome().unwrap().is_undefined(), "nothing is proven before the end");
            done = claim.advance(0.01);
        }
        let outcome = claim.outcome().map_err(message)?;
        Ok(Reflect::get(&outcome, &"correct".into()).unwrap().as_string().unwrap())
    };
    let correct = run.tally().right.to_string();
    let same = task.model().canonical();
    assert_eq!(checked(bytes, &certificate), Ok(correct.clone()));
    assert_eq!(checked(&same, &certificate), Ok(correct.clone()));
    let older = certificate.replace(&canonical, &own);
    assert_eq!(checked(bytes, &older), Ok(correct));
    let refused = checked(&same, &older).unwrap_err();
    assert!(refused.contains(&format!("the SHA-256 {own}, this one has {canonical}")), "{refused}");
}

#[wasm_bindgen_test]
fn directions_that_someone_gives_become_a_certificate() {
    let bytes = include_bytes!("../../../tests/fixtures/formats/state_dict.pt");
    let weights = Weights::new("mine.pt", bytes).ok().unwrap();
    let v = MaxOfK::load("mine.pt", bytes).unwrap().0.shape().v;
    let parts = "EUPU-max-diff-exact--attn-mean-query+diff--attn-err-max-diff-exact";
    let given = format!("rank-2-given--{parts}");
    let numbers: Vec<f64> = (0..2 * v).map(|i| (i * i % 7) as f64 - 3.0).collect();
    let asked = |strategy: &str, numbers: &[f64]| {
        weights.ask(&format!(
            r#"{{"ask":"directed","strategy":"{strategy}","queries":{numbers:?},"keys":{numbers:?}}}"#
        ))
    };
    let certificate = asked(&given, &numbers).ok().unwrap().as_string().unwrap();
    let mut claim = weights.claim(&certificate).ok().unwrap();
    while claim.advance(1.0) < 1.0 {}
    assert!(claim.outcome().ok().unwrap().is_object());
    let refused = |strategy: &str, numbers: &[f64]| -> String {
        Error::message(&asked(strategy, numbers).unwrap_err()).into()
    };
    assert!(refused(&given, &numbers[1..]).contains("query direction has"));
    assert!(refused(&given, &vec![f64::NAN; 2 * v]).contains("not a question"));
    assert!(refused(&format!("rank-2-svd--{parts}"), &numbers).contains("given directions"));
    assert!(refused("cubic", &numbers).contains("takes no directions"));
}

#[wasm_bindgen_test]
fn a_file_of_another_task_becomes_the_canonical_file_of_that() {
    let bytes = include_bytes!("../../../tests/fixtures/group_operations/pizza_p99zdpze5l.pt");
    let weights = Weights::new("pizza.pt", bytes).ok().unwrap();
    assert_eq!(weights.task(), "group-operations");
    let facts = weights.facts().unwrap();
    let text = |key: &str| Reflect::get(&facts, &key.into()).unwrap().as_string().unwrap();
    let canonical = weights.canonical();
    assert_eq!((text("sha256"), text("canonical_sha256")), (sha256(bytes), sha256(&canonical)));
    let again = Weights::new("canonical", &canonical).ok().unwrap();
    assert_eq!((again.task(), again.canonical()), (weights.task(), canonical));
    assert!(weights.claim("{}").is_err() && weights.ask("{}").is_err());
}

#[wasm_bindgen_test]
fn certificates_of_another_task_say_how_the_file_is_read() {
    let bytes = include_bytes!("../../../tests/fixtures/group_operations/pizza_p99zdpze5l.pt");
    let options = Options::read(r#"{"attention":"half"}"#).unwrap();
    let (task, facts) = GroupOperation::load("pizza.pt", bytes, &options).unwrap();
    let mut run = task.run("low-rank-unembed-6".parse().unwrap()).unwrap();
    run.finish();
    let certificate = task.certificate(facts.certified_sha256(), &run).unwrap();
    let weights = Weights::new("pizza.pt", bytes).ok().unwrap();
    let mut claim = weights.claim(&certificate.to_json()).ok().unwrap();
    while claim.advance(1.0) < 1.0 {}
    assert_eq!(claim.theorem(), certificate.theorem);
    let text = |object: &JsValue, key: &str| Reflect::get(object, &key.into()).unwrap().as_string();
    assert_eq!(text(&claim.outcome().ok().unwrap(), "correct"), Some("3481".into()));
    assert_eq!(text(&claim.read().ok().unwrap(), "attention"), Some("half".into()));
}

#[wasm_bindgen_test]
fn a_cayley_table_says_how_a_file_is_read() {
    let read = reading("group-operations", "t.csv", b"0,1\n1,0").ok().unwrap();
    assert!(Reflect::get(&read, &"cayley".into()).unwrap().is_array());
    let refused = |task: &str, table: &[u8]| -> String {
        Error::message(&reading(task, "t.csv", table).unwrap_err()).into()
    };
    assert!(refused("group-operations", b"0,1\n1,1").starts_with("t.csv: 1 has no inverse"));
    assert!(refused("max-of-k", b"0").contains("read in one way"));
    assert!(refused("chess", b"0").contains("expected max-of-k or group-operations"));
}

#[wasm_bindgen_test]
fn errors_are_javascript_errors_with_the_whole_story() {
    let bytes = include_bytes!("../../../tests/fixtures/formats_extra/non_transformer.pt");
    let error = refusal("linear.pt", bytes);
    assert!(error.starts_with("linear.pt: tensor `embed.W_E` is missing"), "{error}");
    assert_eq!(web::last_panic(), None);
}

#[wasm_bindgen_test]
fn coins_of_a_residual_are_tossed_again() {
    let bytes = include_bytes!("../../../www/models/max-of-k/max4_v64_s123.safetensors");
    let certificate =
        include_str!("../../../tests/fixtures/certificates/max4_v64_s123.residual.json");
    let weights = Weights::new("max4.safetensors", bytes).ok().unwrap();
    let bound = weights.tossed(certificate).ok().unwrap();
    let field = |name: &str| Reflect::get(&bound, &name.into()).unwrap();
    assert_eq!(field("correct").as_string().unwrap(), "14208201");
    assert_eq!(field("percent").as_string().unwrap(), "84.6874");
    assert_eq!(field("delta").as_f64(), Some(0.001));
    let forged = certificate.replace("\"seed\":\"\"", "\"seed\":\"mine\"");
    assert_ne!(forged, certificate);
    assert!(weights.tossed(&forged).is_err());
    let pairs = include_bytes!("../../../tests/fixtures/group_operations/pizza_p99zdpze5l.pt");
    assert!(Weights::new("pizza.pt", pairs).ok().unwrap().tossed(certificate).is_err());
}
