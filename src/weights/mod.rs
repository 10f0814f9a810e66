//! Reads weights files of every format as named tensors, and writes safetensors.
//!
//! | module | what it holds |
//! |---|---|
//! | [`limits`] | the largest sizes and counts that are accepted |
//! | [`error`] | what can be wrong with a file |
//! | `text` | text of untrusted files, made fit for messages |
//! | [`tensor`] | element types, strides, bytes to numbers |
//! | `safetensors`, `npz`, `json`, `torch` | one format each |
//! | `foreign` | files of other formats: what they are, what to do with them |
//! | `zip` | the container of `.npz` and of torch files |
//! | `pickle` | a restricted machine that turns a pickle into inert values |
//! | `plain_json` | JSON of texts and whole numbers, of which headers are |
//! | `names` | tensor names, and what they tell |
//! | [`config`] | configurations of the network that lie beside the weights |
//! | `write` | writes safetensors |
//!
//! Every file is taken for hostile: nothing in it is executed, no memory is allocated because a
//! header says so, and all arithmetic on its numbers is checked.

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
pub(crate) mod plain_json;
pub mod tensor;
pub(crate) mod text;

use std::collections::BTreeMap;
use std::fmt;

pub use config::Config;
pub use error::ReadError;
pub use tensor::{Dtype, Tensor, TensorError};
pub use write::to_safetensors;

use limits::{MAX_FILE_BYTES, MAX_NAME_BYTES, MAX_TENSORS};
use text::{quoted, without_mark};

/// A file format. The content of a file tells its format, the file's name never does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A JSON header and raw little-endian data.
    Safetensors,
    /// What `torch.save` writes since torch 1.6: a zip archive of a pickle and raw storages.
    TorchZip,
    /// What `torch.save` wrote before torch 1.6: pickles, then raw storages.
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

/// The content of a weights file. Its tensors borrow from the file's bytes where they can.
#[derive(Clone, Debug)]
pub struct WeightsFile<'a> {
    /// The format that the file was read as.
    pub format: Format,
    /// Free text: the strings under `__metadata__` in safetensors, under `metadata` or
    /// `__metadata__` in JSON; empty for other formats.
    pub metadata: BTreeMap<String, String>,
    /// The configurations of the network that lie beside the weights.
    pub configs: Vec<Config>,
    /// The names of the network's modules; empty if the file does not list them.
    pub modules: Vec<String>,
    /// What the reader did that may surprise the file's owner, one sentence each.
    pub notes: Vec<String>,
    /// The tensors by name; never empty.
    pub tensors: BTreeMap<String, Tensor<'a>>,
}

impl<'a> WeightsFile<'a> {
    fn new(format: Format) -> Self {
        Self {
            format,
            metadata: BTreeMap::new(),
            configs: Vec::new(),
            modules: Vec::new(),
            notes: Vec::new(),
            tensors: BTreeMap::new(),
        }
    }

    /// Renames the tensors as TransformerLens does, and reads configurations in the metadata.
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

/// Reads a weights file of any [`Format`]. Beside `bytes` it takes at most [`limits::MEMORY_RATIO`]
/// times their length and [`limits::MEMORY_ALLOWANCE`] bytes of memory.
///
/// # Errors
/// If the file is not one that can be read, see [`ReadError`]. A file of more than
/// [`MAX_FILE_BYTES`] is refused unseen.
pub fn read(bytes: &[u8]) -> Result<WeightsFile<'_>, ReadError> {
    within("bytes in the file", bytes.len() as u64, MAX_FILE_BYTES)?;
    read_any(bytes).map_err(|error| foreign::damage(bytes, error)).and_then(WeightsFile::normalised)
}

/// Reads the tensors and the metadata of a safetensors file, by the names that they have there.
/// What the file says of its network is left in the metadata: a program that calls this function
/// instead of [`read`] contains no reader of another format and none of configurations.
///
/// # Errors
/// See [`read`]. A file of another format is reported as malformed safetensors.
pub fn read_safetensors(bytes: &[u8]) -> Result<WeightsFile<'_>, ReadError> {
    within("bytes in the file", bytes.len() as u64, MAX_FILE_BYTES)?;
    safetensors::read(bytes)
}

/// Tells the format by the first bytes, and reads the file.
fn read_any(bytes: &[u8]) -> Result<WeightsFile<'_>, ReadError> {
    let text = without_mark(bytes).trim_ascii_start();
    match bytes {
        [] => Err(ReadError::Empty),
        // The length of a header below 4 GiB, and the header's brace. Neither text nor a pickle has
        // these zeros.
        [_, _, _, _, 0, 0, 0, 0, b'{', ..] => safetensors::read(bytes),
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => read_zip(bytes),
        _ if text.starts_with(b"{") => json::read(bytes),
        [0x80, 0..=5, ..] => torch::read_legacy(bytes),
        _ if bytes.starts_with(torch::LEGACY_TEXT) => torch::read_legacy(bytes),
        // The length of a larger header, which `safetensors` refuses.
        [_, _, _, _, _, _, _, _, b'{', ..] => safetensors::read(bytes),
        _ => Err(foreign::refusal(bytes)),
    }
}

fn read_zip(bytes: &[u8]) -> Result<WeightsFile<'_>, ReadError> {
    let archive = zip::Archive::open(bytes)?;
    match torch::is_archive(&archive) {
        true => torch::read_zip(&archive, bytes.len()),
        false => npz::read(&archive),
    }
}

/// Returns an error if `found` exceeds `limit`; `what` is counted, with its unit.
fn within(what: &str, found: u64, limit: usize) -> Result<(), ReadError> {
    match found > limit as u64 {
        true => Err(ReadError::TooLarge { what: what.into(), found, limit }),
        false => Ok(()),
    }
}
