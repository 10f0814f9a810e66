//! The module that proves for the task Max-of-K.

use compact_proofs::tasks::max_of_k::MaxOfK;
use js_sys::Error;
use model::Model;
use wasm_bindgen::prelude::wasm_bindgen;
use web::into_error;

/// Reads a safetensors file: without `attn_scale` one of the page's own, which holds tensors and
/// says nothing else about its network; with it, null or a number, one that the module `files` has
/// read. `file` is the file's name, for errors.
///
/// # Errors
/// If the file is damaged, is not a model for this task, or makes claims that `files` has not read.
#[wasm_bindgen]
pub fn load(file: &str, bytes: &[u8], read: Option<Read>) -> Result<Model, Error> {
    let loaded = match read {
        None => MaxOfK::load_plain(file, bytes),
        Some(read) => MaxOfK::load_tensors(file, bytes, read.attn_scale()),
    };
    let (task, facts) = loaded.map_err(into_error)?;
    Model::answering(task, &facts)
}

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** What the module `files` has read of a network: the number that divides attention scores, null for the square root of d_head. */
export interface Read { attn_scale: number | null }
"#;

#[wasm_bindgen]
extern "C" {
    /// What the module `files` has read of a network.
    #[wasm_bindgen(typescript_type = "Read")]
    pub type Read;

    /// The number that divides attention scores.
    #[wasm_bindgen(method, getter)]
    fn attn_scale(this: &Read) -> Option<f64>;
}
