use safetensors::tensor::{Dtype, TensorInfo};
use serde::Serialize;
use std::collections::BTreeMap;

/// A safetensors file of float32 tensors: name to shape and row-major values, each rounded to the nearest float32.
///
/// The same input gives the same bytes. (The `safetensors` crate's own writer orders metadata by a randomly seeded hash.)
#[must_use]
pub fn to_safetensors(
    tensors: &BTreeMap<&str, (Vec<usize>, Vec<f64>)>,
    metadata: &BTreeMap<String, String>,
) -> Vec<u8> {
    #[derive(Serialize)]
    struct Header<'a> {
        __metadata__: &'a BTreeMap<String, String>,
        #[serde(flatten)]
        tensors: BTreeMap<&'a str, TensorInfo>,
    }
    let mut data = Vec::new();
    let mut header = Header { __metadata__: metadata, tensors: BTreeMap::new() };
    for (&name, (shape, values)) in tensors {
        let start = data.len();
        #[expect(clippy::cast_possible_truncation, reason = "the file's numbers are float32")]
        data.extend(values.iter().flat_map(|&x| (x as f32).to_le_bytes()));
        let data_offsets = (start, data.len());
        header.tensors.insert(name, TensorInfo { dtype: Dtype::F32, shape: shape.clone(), data_offsets });
    }
    let mut json = serde_json::to_vec(&header).expect("names, numbers and strings are JSON");
    // The data begins at a multiple of 8 bytes.
    json.resize(json.len().next_multiple_of(8), b' ');
    let length = (json.len() as u64).to_le_bytes();
    [&length[..], &json, &data].concat()
}
