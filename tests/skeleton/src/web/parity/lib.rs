//! The module that proves for the task parity.

use compact_proofs::tasks::parity::Parity;
use js_sys::Error;
use model::Model;
use wasm_bindgen::prelude::wasm_bindgen;
use web::into_error;

/// Reads a file with a table of logits. `file` is the file's name, for errors.
///
/// # Errors
/// If the file is damaged, or holds no such table.
#[wasm_bindgen]
pub fn load(file: &str, bytes: &[u8]) -> Result<Model, Error> {
    let (task, facts) = Parity::load(file, bytes).map_err(into_error)?;
    Model::new(task, &facts)
}
