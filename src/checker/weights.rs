//! Reads safetensors files: the length of a JSON header in eight bytes, the header, which says
//! where each tensor lies, and the numbers.

use super::json::{Object, shown};
use half::{bf16, f16};
use std::collections::BTreeMap;

/// Longest weights file, in bytes.
pub const MAX_FILE_BYTES: usize = 64 << 20;
/// Longest header of a weights file, in bytes.
const MAX_HEADER_BYTES: u64 = 1 << 20;

/// How to turn any other file into one that is read here.
const CONVERT: &str = "this program reads .safetensors only, so that nothing else need be \
    trusted: `compact-proofs prove FILE … -o certificate.json` writes a canonical .safetensors \
    beside the certificate";

/// A tensor as the file stores it.
pub(super) struct Tensor<'a> {
    kind: Kind,
    pub(super) shape: Vec<usize>,
    data: &'a [u8],
}

/// The types of numbers that are read.
#[derive(Clone, Copy)]
enum Kind {
    F64,
    F32,
    F16,
    BF16,
    Bool,
}

pub(super) struct File<'a> {
    /// The tensors by name.
    pub(super) tensors: BTreeMap<String, Tensor<'a>>,
    /// The text of `config` in the file's metadata: which network the file belongs to, if its
    /// writer says so.
    pub(super) config: Option<String>,
}

impl<'a> File<'a> {
    /// Reads the list of tensors. Every byte of the data must belong to exactly one tensor.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, String> {
        if bytes.len() > MAX_FILE_BYTES {
            return Err(format!("{} bytes, expected at most {MAX_FILE_BYTES}", bytes.len()));
        }
        let (length, rest) = bytes.split_first_chunk().ok_or("fewer than 8 bytes")?;
        let length = u64::from_le_bytes(*length);
        // No other format begins with such a length: texts, archives and pickles all fail here.
        if length > MAX_HEADER_BYTES || rest.first() != Some(&b'{') {
            return Err(format!("not a .safetensors file; {CONVERT}"));
        }
        let cut = || {
            format!(
                "a header of {length} bytes is announced, {} follow; was the file copied whole?",
                rest.len()
            )
        };
        let (header, data) =
            rest.split_at_checked(usize::try_from(length).map_err(|_| cut())?).ok_or_else(cut)?;
        let in_header = |problem: String| format!("safetensors header: {problem}");
        let header = std::str::from_utf8(header).map_err(|error| in_header(error.to_string()))?;
        let mut header = Object::read(header).map_err(in_header)?;
        let config = match header.optional::<Object>("__metadata__").map_err(in_header)? {
            Some(mut metadata) => metadata.optional_text("config").map_err(in_header)?,
            None => None,
        };

        let (mut tensors, mut places) = (BTreeMap::new(), Vec::new());
        for (name, entry) in header.fields() {
            let (tensor, place) = Tensor::read(entry, data)
                .map_err(|problem| format!("tensor `{}`: {problem}", shown(name)))?;
            tensors.insert(name.to_owned(), tensor);
            places.push(place);
        }
        places.sort_unstable();
        let mut end = 0;
        for [from, to] in places {
            if from != end {
                return Err(format!(
                    "a tensor lies at byte {from} of the data, expected one at {end}: no gaps, \
                     no overlap"
                ));
            }
            end = to;
        }
        match end == data.len() {
            true => Ok(Self { tensors, config }),
            false => Err(format!(
                "{} bytes of data, the tensors take {end}; was the file copied whole?",
                data.len()
            )),
        }
    }
}

impl<'a> Tensor<'a> {
    /// Reads a tensor's entry in the header. Also returns the range of the data where it lies.
    fn read(entry: &str, data: &'a [u8]) -> Result<(Self, [usize; 2]), String> {
        let mut entry = Object::read(entry)?;
        let (kind, bytes) = match entry.text("dtype")?.as_str() {
            "F64" => (Kind::F64, 8),
            "F32" => (Kind::F32, 4),
            "F16" => (Kind::F16, 2),
            "BF16" => (Kind::BF16, 2),
            "BOOL" => (Kind::Bool, 1),
            other => {
                return Err(format!(
                    "its type is {}, expected F64, F32, F16 or BF16",
                    shown(other)
                ));
            }
        };
        let shape: Vec<usize> = entry.take("shape")?;
        let place @ [from, to]: [usize; 2] = entry.take("data_offsets")?;
        entry.nothing_else()?;
        let size = shape.iter().try_fold(bytes, |size: usize, length| size.checked_mul(*length));
        match data.get(from..to) {
            Some(data) if size == Some(data.len()) => Ok((Self { kind, shape, data }, place)),
            Some(_) => Err(format!(
                "the bytes {from} to {to} of the data are not as many as its shape and type take"
            )),
            None => {
                Err(format!("it lies at the bytes {from} to {to} of {} bytes of data", data.len()))
            }
        }
    }

    /// The tensor's numbers, row by row; an error if there are more than any part of a network has.
    pub(super) fn numbers(&self) -> Result<Vec<f64>, String> {
        const MOST: usize = 1 << 20;
        let count = self.shape.iter().product::<usize>();
        if count > MOST {
            return Err(format!("{count} numbers, expected at most {MOST}"));
        }
        fn each<const N: usize>(data: &[u8], number: impl Fn([u8; N]) -> f64) -> Vec<f64> {
            data.as_chunks().0.iter().map(|bytes| number(*bytes)).collect()
        }
        Ok(match self.kind {
            Kind::F64 => each(self.data, f64::from_le_bytes),
            Kind::F32 => each(self.data, |bytes| f32::from_le_bytes(bytes).into()),
            Kind::F16 => each(self.data, |bytes| f16::from_le_bytes(bytes).into()),
            Kind::BF16 => each(self.data, |bytes| bf16::from_le_bytes(bytes).into()),
            Kind::Bool => each(self.data, |[byte]| byte.into()),
        })
    }

    /// Whether the tensor holds truth values, which are no weights.
    pub(super) fn is_bool(&self) -> bool {
        matches!(self.kind, Kind::Bool)
    }
}
