//! The module that proves for the task of group operations.

use compact_proofs::tasks::group_operations::{GroupOperation, Options};
use js_sys::Error;
use model::Model;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web::{as_json, into_error};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** How a file is read, for all that its tensors cannot say; what is left out is what the file says or, if it says
    nothing, what makes the most inputs right. */
export interface Read { group?: string; cayley?: number[][]; instance?: number; attention?: 'one' | 'half' | 'softmax'; vocabulary?: 'shared' | 'halves' }
"#;

/// Reads a safetensors file, in the way `read` if it says so. `file` is the file's name, for
/// errors.
///
/// # Errors
/// If the file is damaged, or is not a network for this task.
#[wasm_bindgen]
pub fn load(
    file: &str,
    bytes: &[u8],
    #[wasm_bindgen(unchecked_optional_param_type = "Read")] read: &JsValue,
) -> Result<Model, Error> {
    let options = Options::read(&as_json(read)).map_err(into_error)?;
    let (task, facts) = GroupOperation::load_tensors(file, bytes, &options).map_err(into_error)?;
    Model::new(task, &facts)
}
