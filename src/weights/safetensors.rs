//! `.safetensors`, by the crate of that name.

use std::borrow::Cow;

use safetensors::{Dtype as Stored, SafeTensorError, SafeTensors};

use super::error::quoted;
use super::limits::MAX_HEADER_BYTES;
use super::{Dtype, Format, ReadError, Tensor, WeightsFile, within};

pub(super) fn read(bytes: &[u8]) -> Result<WeightsFile<'_>, ReadError> {
    let what = "safetensors header";
    let cut = |at, needed, available| ReadError::Truncated { what: what.into(), at, needed, available };
    let length = bytes.first_chunk().map(|length| u64::from_le_bytes(*length)).ok_or(cut(0, 8, bytes.len()))?;
    within("bytes in the safetensors header", length, MAX_HEADER_BYTES)?;
    if length > (bytes.len() - 8) as u64 {
        return Err(cut(8, length, bytes.len() - 8));
    }
    let problem = |error: SafeTensorError| match error {
        SafeTensorError::MetadataIncompleteBuffer => ReadError::malformed(
            "safetensors",
            format!("the file has {} bytes, its header describes another number; was it copied whole?", bytes.len()),
        ),
        error => ReadError::malformed(what, quoted(&error.to_string())),
    };
    let (length, header) = SafeTensors::read_metadata(bytes).map_err(problem)?;
    let data = &bytes[8 + length..];
    let mut file = WeightsFile::new(Format::Safetensors);
    file.metadata.extend(header.metadata().clone().unwrap_or_default());
    for (name, info) in header.tensors() {
        let shape: Vec<u64> = info.shape.iter().map(|&n| n as u64).collect();
        let (start, end) = info.data_offsets; // which `read_metadata` has checked
        file.insert(&name, Tensor::contiguous(dtype(info.dtype), &shape, false, Cow::Borrowed(&data[start..end])))?;
    }
    Ok(file)
}

fn dtype(stored: Stored) -> Dtype {
    match stored {
        Stored::BOOL => Dtype::Bool,
        Stored::U8 => Dtype::U8,
        Stored::I8 => Dtype::I8,
        Stored::U16 => Dtype::U16,
        Stored::I16 => Dtype::I16,
        Stored::U32 => Dtype::U32,
        Stored::I32 => Dtype::I32,
        Stored::U64 => Dtype::U64,
        Stored::I64 => Dtype::I64,
        Stored::F16 => Dtype::F16,
        Stored::BF16 => Dtype::BF16,
        Stored::F32 => Dtype::F32,
        Stored::F64 => Dtype::F64,
        Stored::C64 => Dtype::Complex64,
        _ => Dtype::Other,
    }
}
