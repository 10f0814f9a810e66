//! Writes safetensors. The `safetensors` crate's own writer orders metadata by a randomly seeded
//! hash, so it gives different bytes in each run.

use safetensors::tensor::{Dtype, TensorInfo};
use serde::Serialize;
use std::collections::BTreeMap;

/// Writes a safetensors file of float tensors; `tensors` maps a name to a shape and row-major
/// values.
///
/// Exact: a tensor is stored as float32 if float32 holds all of its numbers, else as float64. Equal
/// arguments give equal bytes.
///
/// # Panics
/// Never: names, numbers and strings can be written as JSON.
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
    let mut header = Header { __metadata__: metadata, tensors: BTreeMap::new() };
    let mut end = 0;
    for (&name, (shape, values)) in tensors {
        let (dtype, size) = if values.iter().all(|&x| f64::from(single(x)) == x) {
            (Dtype::F32, size_of::<f32>())
        } else {
            (Dtype::F64, size_of::<f64>())
        };
        let start = end;
        end += size * values.len();
        header
            .tensors
            .insert(name, TensorInfo { dtype, shape: shape.clone(), data_offsets: (start, end) });
    }
    let mut json = serde_json::to_vec(&header).expect("names, numbers and strings are JSON");
    // The data starts at a multiple of 8 bytes.
    json.resize(json.len().next_multiple_of(8), b' ');
    let mut file = Vec::with_capacity(8 + json.len() + end);
    file.extend((json.len() as u64).to_le_bytes());
    file.extend(json);
    for (name, (_, values)) in tensors {
        match header.tensors[name].dtype {
            Dtype::F32 => file.extend(values.iter().flat_map(|&x| single(x).to_le_bytes())),
            _ => file.extend(values.iter().flat_map(|x| x.to_le_bytes())),
        }
    }
    file
}

/// The nearest float32.
#[expect(clippy::cast_possible_truncation, reason = "rounds to the nearest float32")]
fn single(x: f64) -> f32 {
    x as f32
}
