//! The module that trains networks for all tasks, and fine-tunes those for Max-of-K so that they
//! are easier to prove.

use compact_proofs::tasks::group_operations::train as group;
use compact_proofs::tasks::max_of_k::MaxOfK;
use compact_proofs::tasks::max_of_k::train::{Recipe, Trainer};
use compact_proofs::tasks::max_of_k::tune::{Checked, Terms, Tuner, Tuning, with_noise};
use compact_proofs::training::InTraining;
use compact_proofs::weights::to_safetensors;
use js_sys::Error;
use serde::Serialize;
use std::collections::BTreeMap;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web::{into_error, milliseconds, to_js};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** The weights of the noise terms in the loss of fine-tuning. */
export interface Weights { attention: number; ov: number; positions: number; direct: number; bound: number }
/** How to fine-tune a network. */
export interface Tuning { seed: number; steps: number; batch: number; learning_rate: number; weights: Weights }
/** Where a training is: `loss` is the task's, of the last batch. The others are of fine-tuning alone, else null: the terms of
    its loss before their weights, how often steps were undone, and how far the network that was last kept is from the first
    one, as a part of the length of its weights. */
export interface Progress { step: number; steps: number; loss: number; terms: Terms | null; undone: number | null; distance: number | null }
/** Terms of the loss of fine-tuning. */
export interface Terms { task: number; attention: number; ov: number; positions: number; direct: number; bound: number }
"#;

/// The most elements of a group whose operation is trained here: more take hours.
const MOST_ELEMENTS: usize = 120;

/// A training, which goes on step by step.
#[wasm_bindgen]
pub struct Training {
    kind: Kind,
    progress: Progress,
}

enum Kind {
    Train(Box<dyn InTraining>),
    Tune(Box<Tuner>),
}

#[derive(Serialize)]
struct Progress {
    step: u32,
    steps: u32,
    loss: f64,
    terms: Option<Terms>,
    undone: Option<u32>,
    distance: Option<f64>,
}

/// Starts training a network for the largest of `k` numbers by the published recipe, of `steps`
/// steps.
///
/// # Errors
/// If `k` is not from 2 to 10.
#[wasm_bindgen]
pub fn train(k: usize, seed: u32, steps: u32) -> Result<Training, Error> {
    if !(2..=10).contains(&k) {
        return Err(into_error(format_args!("expected 2 to 10 numbers, found {k}")));
    }
    let recipe = Recipe { steps, ..Recipe::published(k, u64::from(seed)) };
    Ok(Training::new(Kind::Train(Box::new(Trainer::new(recipe))), steps))
}

/// Starts training a network for the operation of a group, such as `Z31` or `S4`, by the published
/// recipe, of `steps` steps.
///
/// # Errors
/// If no group has the name, or it has more than 120 elements.
#[wasm_bindgen(js_name = trainGroup)]
pub fn train_group(name: &str, seed: u32, steps: u32) -> Result<Training, Error> {
    let mut recipe = group::Recipe::published(name, u64::from(seed)).map_err(into_error)?;
    let order = recipe.order();
    if order > MOST_ELEMENTS {
        let refused =
            format_args!("expected a group of at most {MOST_ELEMENTS} elements, found {order}");
        return Err(into_error(refused));
    }
    recipe.steps = steps;
    Ok(Training::new(Kind::Train(Box::new(group::Trainer::new(recipe))), steps))
}

/// Starts fine-tuning the network in a safetensors file, `file` in errors.
///
/// # Errors
/// If the file or its network cannot be fine-tuned, or the recipe is none.
#[wasm_bindgen]
pub fn tune(
    file: &str,
    bytes: &[u8],
    #[wasm_bindgen(unchecked_param_type = "Tuning")] tuning: JsValue,
) -> Result<Training, Error> {
    let tuning: Tuning = serde_wasm_bindgen::from_value(tuning).map_err(into_error)?;
    tuning.check().map_err(into_error)?;
    let task = MaxOfK::plain(file, bytes).map_err(into_error)?;
    let tuner = Tuner::new(task.model().clone(), tuning).map_err(into_error)?;
    Ok(Training::new(Kind::Tune(Box::new(tuner)), tuning.steps))
}

/// The network in a safetensors file with Gaussian noise of the standard deviation `sigma` in its
/// weights, as a safetensors file.
///
/// # Errors
/// If the file is damaged, or its network is none for Max-of-K.
#[wasm_bindgen]
pub fn noisy(file: &str, bytes: &[u8], sigma: f64) -> Result<Vec<u8>, Error> {
    let task = MaxOfK::plain(file, bytes).map_err(into_error)?;
    Ok(to_safetensors(&with_noise(task.model(), sigma, 0).state_dict(), &BTreeMap::new()))
}

#[wasm_bindgen]
impl Training {
    fn new(kind: Kind, steps: u32) -> Self {
        let (undone, distance) = match kind {
            Kind::Train(_) => (None, None),
            Kind::Tune(_) => (Some(0), Some(0.0)),
        };
        let progress = Progress { step: 0, steps, loss: f64::NAN, terms: None, undone, distance };
        Self { kind, progress }
    }

    /// Takes steps for about some milliseconds, at least one and at most up to step `until`; says
    /// where it is.
    ///
    /// # Errors
    /// If JavaScript refuses to make an object.
    #[wasm_bindgen(unchecked_return_type = "Progress")]
    pub fn advance(&mut self, for_milliseconds: f64, until: u32) -> Result<JsValue, Error> {
        let (end, until) = (milliseconds() + for_milliseconds, until.min(self.progress.steps));
        while self.progress.step < until {
            self.step();
            if milliseconds() >= end {
                break;
            }
        }
        to_js(&self.progress)
    }

    fn step(&mut self) {
        let Self { kind, progress } = self;
        progress.step += 1;
        match kind {
            Kind::Train(trainer) => progress.loss = trainer.step(),
            Kind::Tune(tuner) => {
                let (terms, checked) = tuner.step();
                (progress.loss, progress.terms) = (terms.task, Some(terms));
                match checked {
                    Checked::Undone => progress.undone = progress.undone.map(|undone| undone + 1),
                    Checked::Kept => progress.distance = Some(tuner.distance()),
                    Checked::No | Checked::Passed => (),
                }
            }
        }
    }

    /// The network as a safetensors file: the present one, or the last one that was kept.
    #[must_use]
    pub fn file(&self) -> Vec<u8> {
        match &self.kind {
            Kind::Train(trainer) => trainer.file(),
            Kind::Tune(tuner) => to_safetensors(&tuner.model().state_dict(), &tuner.metadata()),
        }
    }
}
