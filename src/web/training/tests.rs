//! The module, called as a worker calls it: through JavaScript values and back. A program of its
//! own and not unit tests, so that one `cargo test` builds it together with the library's `suite`.
#![cfg(target_arch = "wasm32")]

#[path = "lib.rs"]
pub mod module;

use compact_proofs::tasks::group_operations::train as group;
use compact_proofs::tasks::max_of_k::MaxOfK;
use compact_proofs::tasks::max_of_k::train::{Recipe, train};
use compact_proofs::tasks::max_of_k::tune::{Tuner, Tuning};
use compact_proofs::training::InTraining;
use js_sys::{Error, JSON, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

fn message(error: Error) -> String {
    error.message().into()
}

fn number(object: &JsValue, key: &str) -> f64 {
    Reflect::get(object, &key.into()).unwrap().as_f64().unwrap()
}

#[wasm_bindgen_test]
fn training_and_fine_tuning_go_on_step_by_step() {
    let mut training = module::train(2, 7, 30).map_err(message).unwrap();
    assert_eq!(number(&training.advance(1e6, 20).unwrap(), "step"), 20.0);
    let end = training.advance(1e6, 100).unwrap();
    let recipe = Recipe { steps: 30, ..Recipe::published(2, 7) };
    let (model, loss) = train(&recipe, |_, _| ());
    assert_eq!((number(&end, "step"), number(&end, "loss")), (30.0, loss));
    let bytes = training.file();
    assert_eq!(*MaxOfK::plain("trained", &bytes).unwrap().model(), model);

    let tuning = JSON::parse(
        r#"{"seed": 1, "steps": 4, "batch": 8, "learning_rate": 0.001,
            "weights": {"attention": 0.1, "ov": 0, "positions": 0.1, "direct": 0, "bound": 0.1}}"#,
    );
    let mut tuned = module::tune("trained", &bytes, tuning.unwrap()).map_err(message).unwrap();
    let end = tuned.advance(1e6, 100).unwrap();
    assert_eq!((number(&end, "step"), number(&end, "steps")), (4.0, 4.0));
    let mut tuning =
        Tuning { seed: 1, steps: 4, batch: 8, learning_rate: 1e-3, ..Tuning::default() };
    let weights = &mut tuning.weights;
    (weights.attention, weights.ov, weights.positions) = (0.1, 0.0, 0.1);
    (weights.direct, weights.bound) = (0.0, 0.1);
    let mut expected = Tuner::new(model, tuning).unwrap();
    while !expected.is_done() {
        expected.step();
    }
    assert_eq!(*MaxOfK::plain("tuned", &tuned.file()).unwrap().model(), expected.model());
}

#[wasm_bindgen_test]
fn networks_for_groups_are_trained_step_by_step() {
    let mut training = module::train_group("S3", 7, 30).map_err(message).unwrap();
    assert_eq!(number(&training.advance(1e6, 20).unwrap(), "step"), 20.0);
    let end = training.advance(1e6, 100).unwrap();
    let mut recipe = group::Recipe::published("S3", 7).unwrap();
    recipe.steps = 30;
    let mut expected = group::Trainer::new(recipe);
    let losses: Vec<_> = (0..30).map(|_| expected.step()).collect();
    assert_eq!((number(&end, "step"), number(&end, "loss")), (30.0, losses[29]));
    assert_eq!(training.file(), expected.file());
}

#[wasm_bindgen_test]
fn what_cannot_be_trained_is_refused() {
    assert_eq!(
        message(module::train(11, 0, 1).err().unwrap()),
        "expected 2 to 10 numbers, found 11"
    );
    let group = |name| message(module::train_group(name, 0, 1).err().unwrap());
    assert!(group("Q8").starts_with("no group is called `Q8`"));
    assert_eq!(group("Z121"), "expected a group of at most 120 elements, found 121");
    let tuning = |steps: u32| {
        let text = format!(
            r#"{{"seed": 0, "steps": {steps}, "batch": 8, "learning_rate": 0.001,
                "weights": {{"attention": 0, "ov": 0, "positions": 0, "direct": 0, "bound": 0}}}}"#
        );
        JSON::parse(&text).unwrap()
    };
    assert!(module::tune("mine", b"nothing", tuning(1)).is_err());
    let refused = message(module::tune("mine", b"nothing", tuning(0)).err().unwrap());
    assert_eq!(refused, "fine-tuning needs at least one step, with at least one sequence");
}
