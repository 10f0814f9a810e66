//! The forward pass against TransformerLens, and models that are none.

#![allow(clippy::cast_possible_truncation, reason = "small numbers, written here")]

use crate::common::{self, load, uniform};
use compact_proofs::models::transformer::{MAX_D, MAX_N, MAX_V, Shape, Transformer};
use compact_proofs::tasks::max_of_k::MaxOfK;
use compact_proofs::weights::to_safetensors;
use serde_json::Value;
use std::collections::BTreeMap;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Logits that TransformerLens computed in float32, and that were written down with seven digits.
#[test]
fn logits_are_those_of_transformer_lens() {
    let recorded: Value =
        serde_json::from_str(include_str!("fixtures/transformer_lens_logits.json")).unwrap();
    let mut models: BTreeMap<_, _> =
        common::oracle().into_iter().map(|(name, task, _)| (name, task)).collect();
    models.insert(
        "biased_v7_n3",
        load("biased", include_bytes!("fixtures/biased_v7_n3.safetensors")),
    );
    let mut compared = 0;
    for (name, task) in &models {
        for sequence in recorded["models"][name].as_array().unwrap() {
            let numbers =
                |key: &str| sequence[key].as_array().unwrap().iter().map(|x| x.as_f64().unwrap());
            let tokens: Vec<_> = numbers("tokens").map(|t| t as usize).collect();
            let (logits, rounding) =
                (task.model().logits(&tokens), task.model().float32_error(&tokens));
            let largest = logits.iter().fold(0.0_f64, |largest, logit| largest.max(logit.abs()));
            for ((found, expected), rounding) in logits.iter().zip(numbers("logits")).zip(rounding)
            {
                let off = (found - expected).abs();
                assert!(
                    off <= rounding + 5e-7 * expected.abs(),
                    "{name} {tokens:?}: {found}, expected {expected}"
                );
                // The bound must also be tight enough to be useful.
                assert!(
                    off < 1e-5 * largest.max(1.0) && rounding < 1e-2 * largest,
                    "{name}: {off:e}, {rounding:e}"
                );
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 5 * 6 * 64 + 8 * 7);
}

#[test]
fn biases_widen_the_model_and_zero_biases_do_not() {
    let biased = load("biased", include_bytes!("fixtures/biased_v7_n3.safetensors"));
    assert_eq!(biased.model().stored_shape(), Shape { v: 7, d: 6, h: 5, n: 3 });
    assert_eq!(biased.shape(), Shape { v: 7, d: 7, h: 6, n: 3 });
    let (_, plain, _) = common::oracle().remove(0);
    assert_eq!(plain.shape(), plain.model().stored_shape());
}

/// The file of a model that says what its own logits are: those that TransformerLens computed, of
/// all inputs or of one of them less.
#[test]
fn a_file_that_says_what_its_logits_are_is_held_to_that() {
    let recorded: Value =
        serde_json::from_str(include_str!("fixtures/transformer_lens_logits.json")).unwrap();
    let model = "max4_v64_s123";
    let (_, task, _) = common::oracle().into_iter().find(|(name, ..)| *name == model).unwrap();
    let load = |logits: &Value, model: &Transformer| {
        let metadata = BTreeMap::from([("logits".to_owned(), logits.to_string())]);
        MaxOfK::load("mine.safetensors", &to_safetensors(&model.state_dict(), &metadata))
            .map(|(_, facts)| facts.notes)
    };
    let said = &recorded["models"][model];
    let notes = load(said, task.model()).unwrap();
    assert!(
        notes.len() == 1
            && notes[0].starts_with("The file's own logits, of 6 inputs, are this network's"),
        "{notes:?}"
    );

    let mut scaled = task.model().clone();
    scaled.W_U *= 1.01;
    let refused = load(said, &scaled).unwrap_err().to_string();
    for part in [
        "mine.safetensors: metadata `logits`: ",
        "the file's own logits for ",
        "is another function (layer norm?",
    ] {
        assert!(refused.contains(part), "{refused}");
    }
    let refused = load(&Value::from(7), task.model()).unwrap_err().to_string();
    assert!(refused.starts_with("mine.safetensors: metadata `logits`: invalid type"), "{refused}");
}

type Tensors = BTreeMap<&'static str, (Vec<usize>, Vec<f64>)>;

fn error(change: impl FnOnce(&mut Tensors)) -> String {
    let mut tensors =
        Transformer::from_entries(Shape { v: 5, d: 4, h: 3, n: 2 }, uniform(1)).state_dict();
    change(&mut tensors);
    match MaxOfK::load("mine.safetensors", &to_safetensors(&tensors, &BTreeMap::new())) {
        Ok(_) => "no error".into(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_is_not_such_a_model_is_refused_by_name() {
    let zeros = |shape: &[usize]| (shape.to_vec(), vec![0.0; shape.iter().product()]);
    assert_eq!(error(|_| ()), "no error");
    for (found, expected) in [
        (
            error(|t| drop(t.remove("unembed.W_U"))),
            "mine.safetensors: tensor `unembed.W_U` is missing: expected a Transf",
        ),
        (
            error(|t| drop(t.insert("blocks.0.mlp.W_in", zeros(&[4, 16])))),
            "mine.safetensors: tensor `blocks.0.mlp.W_in` is not part of a one-layer, one-head, attention-only",
        ),
        (
            error(|t| drop(t.insert("blocks.0.attn.W_K", zeros(&[1, 4, 2])))),
            "mine.safetensors: tensor `blocks.0.attn.W_K` has shape [1, 4, 2], expected [1, 4, 3]",
        ),
        (
            error(|t| drop(t.insert("blocks.0.attn.W_Q", zeros(&[2, 4, 3])))),
            "mine.safetensors: tensor `blocks.0.attn.W_Q` has shape [2, 4, 3], expected [1, d, h] with one head",
        ),
        (
            error(|t| drop(t.insert("unembed.b_U", zeros(&[4])))),
            "mine.safetensors: tensor `unembed.b_U` has shape [4], expected [5]",
        ),
        (
            error(|t| t.get_mut("embed.W_E").unwrap().1[7] = f64::NAN),
            "mine.safetensors: tensor `embed.W_E`: ",
        ),
        (
            error(|t| drop(t.insert("unembed.W_U", zeros(&[4, 6])))),
            "mine.safetensors: the model has 6 outputs for 5 tokens",
        ),
        (
            error(|t| drop(t.insert("embed.W_E", zeros(&[MAX_V + 1, 4])))),
            "mine.safetensors: the vocabulary v (rows of embed.W_E) is 513, expected 2 to 512",
        ),
        (
            error(|t| drop(t.insert("embed.W_E", zeros(&[5, MAX_D + 1])))),
            "mine.safetensors: the residual width d (columns of embed.W_E) is 257, expected 1 to 256",
        ),
        (
            error(|t| drop(t.insert("pos_embed.W_pos", zeros(&[MAX_N + 1, 4])))),
            "mine.safetensors: the context n_ctx (rows of pos_embed.W_pos) is 65, expected 1 to 64",
        ),
        (
            error(|t| drop(t.insert("pos_embed.W_pos", zeros(&[MAX_N, 4])))),
            "mine.safetensors: 5 tokens at 64 positions make 5^64 sequences, more than the 2^128",
        ),
    ] {
        assert!(found.starts_with(expected), "{found}\nexpected {expected}");
    }
}

#[test]
fn a_state_dict_is_read_back_as_it_was_written() {
    let written = Transformer::from_entries(Shape { v: 5, d: 4, h: 3, n: 2 }, {
        let mut entry = uniform(4);
        move || f64::from(entry() as f32)
    });
    let metadata = BTreeMap::from([
        ("k".to_owned(), "2".to_owned()),
        ("note".to_owned(), "ü \"quoted\"".to_owned()),
    ]);
    let file = to_safetensors(&written.state_dict(), &metadata);
    assert_eq!(file, to_safetensors(&written.state_dict(), &metadata));
    let (task, facts) = MaxOfK::load("written", &file).unwrap();
    assert_eq!(task.model(), &written);
    assert_eq!(facts.metadata, metadata);
}
