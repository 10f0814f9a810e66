//! Weights files to named tensors.
//!
//! | module | what it holds |
//! |---|---|
//! | [`limits`] | how large everything may be |
//! | [`error`] | what can be wrong, in words |
//! | [`tensor`] | element types, strides, bytes to numbers |
//! | `safetensors`, `npz`, `json`, `torch` | one format each |
//! | `foreign` | files that are not read, and what they are |
//! | `zip` | the container of `.npz` and of torch files |
//! | `write` | safetensors files, exactly |
//! | `pickle` | the restricted machine that turns a pickle into inert values |
//!
//! Files are hostile until proven otherwise: nothing is executed, nothing is allocated because a header says so, and no
//! arithmetic on numbers of the file is unchecked.

mod foreign;
mod json;
mod names;
mod npz;
mod pickle;
mod safetensors;
mod torch;
mod write;
mod zip;

pub mod config;
pub mod error;
pub mod limits;
pub mod tensor;

use std::collections::BTreeMap;
use std::fmt;

pub use config::Config;
pub use error::ReadError;
pub use tensor::{Dtype, Tensor, TensorError};
pub use write::to_safetensors;

pub(crate) use error::quoted;
use limits::{MAX_FILE_BYTES, MAX_NAME_BYTES, MAX_TENSORS};

/// A file format, told by content, never by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A JSON header and raw little-endian data.
    Safetensors,
    /// What `torch.save` writes since torch 1.6: a zip archive of a pickle and raw storages.
    TorchZip,
    /// What `torch.save` wrote before: pickles and raw storages one after the other.
    TorchLegacy,
    /// What `numpy.savez` and `numpy.savez_compressed` write: a zip archive of `.npy` files.
    Npz,
    /// An object from names to nested arrays of numbers.
    Json,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Safetensors => "safetensors",
            Self::TorchZip => "torch (zip)",
            Self::TorchLegacy => "torch (legacy)",
            Self::Npz => "npz",
            Self::Json => "JSON",
        })
    }
}

/// The tensors of a file, still lying in its bytes.
#[derive(Clone, Debug)]
pub struct WeightsFile<'a> {
    /// What it was read as.
    pub format: Format,
    /// Free text of safetensors (`__metadata__`) and JSON (`metadata` or `__metadata__`) files; else empty.
    pub metadata: BTreeMap<String, String>,
    /// What else the file says of its network.
    pub configs: Vec<Config>,
    /// The modules that the file says its network is made of, by name; empty where it does not say.
    pub modules: Vec<String>,
    /// What the reader did that the file's owner may not expect, a sentence each.
    pub notes: Vec<String>,
    /// The tensors by name; never empty.
    pub tensors: BTreeMap<String, Tensor<'a>>,
}

impl<'a> WeightsFile<'a> {
    fn new(format: Format) -> Self {
        let (metadata, modules, notes, tensors) = Default::default();
        Self { format, metadata, configs: Vec::new(), modules, notes, tensors }
    }

    /// With names of TransformerLens, and what the metadata says of the network.
    fn normalised(mut self) -> Result<Self, ReadError> {
        self.normalise_names();
        self.read_metadata()?;
        match self.tensors.is_empty() {
            true => Err(ReadError::NoTensors { found: "no tensors at all".into() }),
            false => Ok(self),
        }
    }

    /// Adds a tensor, checking its name and the number of tensors.
    fn insert(
        &mut self,
        name: &str,
        tensor: Result<Tensor<'a>, TensorError>,
    ) -> Result<(), ReadError> {
        within(
            &format!("bytes in the name `{}`", quoted(name)),
            name.len() as u64,
            MAX_NAME_BYTES,
        )?;
        let tensor = tensor.map_err(ReadError::tensor(name))?;
        if self.tensors.insert(name.to_string(), tensor).is_some() {
            return Err(ReadError::malformed(
                format!("tensor `{}`", quoted(name)),
                "is there twice",
            ));
        }
        within("tensors in the file", self.tensors.len() as u64, MAX_TENSORS)
    }
}

/// Reads the list of tensors of a weights file. The tensors stay in `bytes`, except those of JSON and compressed files; all
/// that is made takes at most [`limits::MEMORY_RATIO`] times the file and [`limits::MEMORY_ALLOWANCE`] bytes.
///
/// # Errors
/// See [`ReadError`]. Files of more than [`MAX_FILE_BYTES`] are refused before anything is looked at.
pub fn read(bytes: &[u8]) -> Result<WeightsFile<'_>, ReadError> {
    within("bytes in the file", bytes.len() as u64, MAX_FILE_BYTES)?;
    read_as(bytes).map_err(|error| foreign::damage(bytes, error)).and_then(WeightsFile::normalised)
}

/// As [`read`], of safetensors files only: a program that calls nothing else holds no other reader.
///
/// # Errors
/// See [`read`]; any other format is damaged safetensors here.
pub fn read_safetensors(bytes: &[u8]) -> Result<WeightsFile<'_>, ReadError> {
    within("bytes in the file", bytes.len() as u64, MAX_FILE_BYTES)?;
    safetensors::read(bytes).and_then(WeightsFile::normalised)
}

fn read_as(bytes: &[u8]) -> Result<WeightsFile<'_>, ReadError> {
    match format_of(bytes)? {
        Container::Zip => {
            let archive = zip::Archive::open(bytes)?;
            if torch::is_archive(&archive) {
                torch::read_zip(&archive, bytes.len())
            } else {
                npz::read(&archive)
            }
        }
        Container::Pickles => torch::read_legacy(bytes),
        Container::Json => json::read(bytes),
        Container::Safetensors => safetensors::read(bytes),
    }
}

enum Container {
    Safetensors,
    Zip,
    Json,
    Pickles,
}

fn format_of(bytes: &[u8]) -> Result<Container, ReadError> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let brace_after_length = bytes.get(8) == Some(&b'{');
    match bytes {
        [] => Err(ReadError::Empty),
        // A header of less than 4 GiB: no text and no pickle has these zeros. Any larger length comes last.
        [_, _, _, _, 0, 0, 0, 0, b'{', ..] => Ok(Container::Safetensors),
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Ok(Container::Zip),
        _ if text.starts_with(b"{") => Ok(Container::Json),
        [0x80, 0..=5, ..] => Ok(Container::Pickles),
        _ if bytes.starts_with(torch::LEGACY_TEXT) => Ok(Container::Pickles),
        _ if brace_after_length => Ok(Container::Safetensors),
        _ => Err(foreign::refusal(bytes)),
    }
}

/// Refuses `found` above `limit`.
fn within(what: &str, found: u64, limit: usize) -> Result<(), ReadError> {
    match found > limit as u64 {
        true => Err(ReadError::TooLarge { what: what.into(), found, limit }),
        false => Ok(()),
    }
}
