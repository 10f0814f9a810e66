//! Reads files of `torch.save`: a pickle whose tensors are calls of a few known functions on
//! storages, which lie outside of the pickle.
//!
//! | module | what it holds |
//! |---|---|
//! | `search` | finds the dictionary or module that holds the weights |
//! | `entries` | reads the entries of a state dict |
//! | `module` | reads whole modules |
//! | `kinds` | tells what a value is; lists every function that makes tensors |
//! | `storage`, `numpy` | tensors on storages, arrays in the pickle |
//! | `beside` | searches the rest of the checkpoint for configurations and parts of the network |

mod beside;
mod entries;
mod kinds;
mod module;
mod numpy;
mod search;
mod storage;

use std::collections::BTreeMap;

use super::pickle::{Pickle, Value, budget};
use super::tensor::Bytes;
use super::text::{list, quoted, quoted_bytes};
use super::zip::Archive;
use super::{Dtype, Format, ReadError, Tensor, TensorError, WeightsFile, foreign};
use kinds::{Kind, kind};
use storage::Storage;

/// The number in the first pickle of a legacy file.
const MAGIC: i128 = 0x1950_a86a_20f9_469c_fc6c;
/// The first pickle in protocols 0 and 1: [`MAGIC`] in decimal.
pub(super) const LEGACY_TEXT: &[u8] = b"L119547037146038801333356L\n.";
const LEGACY_PROTOCOL: i128 = 1001;
const RESAVE: &str = "save again with torch.save(model.state_dict(), …), or as .safetensors";

/// Whether `torch.save` wrote the archive.
pub(super) fn is_archive(archive: &Archive<'_>) -> bool {
    prefix(archive).is_some()
}

/// The folder of `data.pkl`: the name that the file was saved under. `None` without `data.pkl`.
fn prefix<'a>(archive: &Archive<'a>) -> Option<&'a str> {
    archive
        .names()
        .find_map(|name| name.strip_suffix("data.pkl").filter(|p| p.is_empty() || p.ends_with('/')))
}

/// Reads a file of `length` bytes that `torch.save` wrote as a zip archive.
pub(super) fn read_zip<'a>(
    archive: &Archive<'a>,
    length: usize,
) -> Result<WeightsFile<'a>, ReadError> {
    let pickles =
        archive.names().filter(|name| name.rsplit('/').next() == Some("data.pkl")).count();
    if pickles > 1 {
        return Err(ReadError::unsupported(
            "torch file",
            format!("{pickles} files in one (`data.pkl`)"),
            RESAVE,
        ));
    }
    let prefix = prefix(archive).unwrap_or_default();
    let member = |name: &str| archive.stored(&format!("{prefix}{name}")).transpose();
    if let Some(order) = member("byteorder")?.filter(|&order| order != b"little") {
        let found = format!("byte order `{}`", quoted_bytes(order));
        return Err(ReadError::unsupported(
            "torch file",
            found,
            "save it on a little-endian machine",
        ));
    }
    let bytes = member("data.pkl")?.unwrap_or_default();
    let pickle = Pickle::read(bytes, "data.pkl", budget(length))?;
    let script = member("constants.pkl")?.is_some();

    // Each storage is read once, because that computes its checksum.
    let mut storages = BTreeMap::new();
    let storage = |found: &Storage<'_>| match storages.get(found.key) {
        Some(&data) => Ok(Some(data)),
        None => {
            let data = member(&format!("data/{}", found.key))?;
            storages.extend(data.map(|data| (found.key.to_string(), data)));
            Ok(data)
        }
    };
    weights(Format::TorchZip, &pickle, storage).map_err(|error| match error {
        ReadError::NoTensors { found } if script => {
            ReadError::NoTensors { found: format!("a TorchScript program, {found}") }
        }
        error => error,
    })
}

/// Whether the file starts with [`MAGIC`], in any protocol.
fn is_legacy(bytes: &[u8]) -> bool {
    /// Latest position of the number: after the protocol, a frame and the number's own head.
    const LATEST: usize = 2 + 9 + 2;
    let magic = &MAGIC.to_le_bytes()[..10];
    let start = &bytes[..bytes.len().min(LATEST + magic.len())];
    bytes.starts_with(LEGACY_TEXT) || start.windows(magic.len()).any(|window| window == magic)
}

/// Reads a file of `torch.save` before torch 1.6. It has five pickles (magic number, protocol,
/// system, object, keys of storages), then the storages, each a length and the elements.
pub(super) fn read_legacy(bytes: &[u8]) -> Result<WeightsFile<'_>, ReadError> {
    if !is_legacy(bytes) {
        return Err(foreign::refusal(bytes));
    }
    let mut rest = bytes;
    let mut next = |what, held| {
        let pickle = Pickle::read(rest, what, budget(bytes.len()).saturating_sub(held))?;
        rest = &rest[pickle.length..];
        Ok::<_, ReadError>(pickle)
    };
    // Only the last two pickles are needed at once, and share the memory budget.
    let is = |number| move |pickle: Pickle<'_>| pickle.value(pickle.root) == Value::Int(number);
    let is_magic = is(MAGIC);
    if !is_magic(next("the first pickle", 0)?) {
        return Err(foreign::refusal(bytes));
    }
    let is_known = is(LEGACY_PROTOCOL);
    if !is_known(next("the pickle of the protocol", 0)?) {
        return Err(ReadError::unsupported(
            "torch file",
            "a legacy protocol other than 1001",
            RESAVE,
        ));
    }
    let is_little = |pickle: Pickle<'_>| {
        let little = pickle.entry(pickle.root, "little_endian").map(|little| pickle.value(little));
        little == Some(Value::Bool(true))
    };
    if !is_little(next("the pickle of the system", 0)?) {
        return Err(ReadError::unsupported(
            "torch file",
            "big-endian data",
            "save it on a little-endian machine",
        ));
    }
    let object = next("the object pickle", 0)?;
    let keys = next("the pickle of the storage keys", object.held)?;

    let malformed = |key: &str, problem: String| {
        ReadError::malformed(format!("storage `{}`", quoted(key)), problem)
    };
    let mentioned: BTreeMap<&str, Storage<'_>> = object
        .nodes()
        .map(|at| object.value(at))
        .filter(|value| matches!(value, Value::Persistent(_)))
        .filter_map(|value| Storage::parse(&object, value).ok())
        .map(|storage| (storage.key, storage))
        .collect();
    let mut storages = BTreeMap::new();
    for &key in keys.items(keys.root) {
        let key = keys.str(key).ok_or_else(|| malformed("?", "its key is not a string".into()))?;
        let storage =
            mentioned.get(key).ok_or_else(|| malformed(key, "no tensor mentions it".into()))?;
        if matches!(storage.dtype, Dtype::Other(_)) {
            return Err(malformed(
                key,
                "its type is not known, and thus not where the next storage starts".into(),
            ));
        }
        let at = bytes.len() - rest.len();
        let cut = |needed, available| {
            let what = format!("storage `{}`", quoted(key));
            ReadError::Truncated { what, at, needed, available }
        };
        let (head, data) = rest.split_first_chunk().ok_or_else(|| cut(8, rest.len()))?;
        let needed = u64::from_le_bytes(*head).saturating_mul(storage.dtype.size() as u64);
        let length = usize::try_from(needed)
            .ok()
            .filter(|&n| n <= data.len())
            .ok_or_else(|| cut(needed, data.len()))?;
        let (data, after) = data.split_at(length);
        if storages.insert(key, data).is_some() {
            return Err(malformed(key, "is there twice".into()));
        }
        rest = after;
    }
    weights(Format::TorchLegacy, &object, |storage| Ok(storages.get(storage.key).copied()))
}

/// Reads the weights in a pickle; `data` finds the bytes of a storage.
fn weights<'a>(
    format: Format,
    pickle: &Pickle<'a>,
    mut data: impl FnMut(&Storage<'_>) -> Result<Option<&'a [u8]>, ReadError>,
) -> Result<WeightsFile<'a>, ReadError> {
    let mut file = WeightsFile::new(format);
    let found = search::find(pickle, &mut file.notes)?;
    let tensors = if found.is_module {
        let walk = module::walk(pickle, found.at).unwrap_or_default();
        if let Some((name, what)) = walk.problems.first() {
            return Err(entries::refused(
                name,
                what,
                "save model.state_dict() and what says how it is computed",
            ));
        }
        let module = kinds::describe(pickle, found.at);
        file.notes.push(format!(
            "Read from {module}: its parameters and buffers; its code is not in the file."
        ));
        if !walk.strangers.is_empty() {
            let classes = list(&walk.strangers, String::clone);
            file.notes.push(format!(
                "What these classes do with their weights is assumed, not read: {classes}."
            ));
        }
        file.modules = walk.modules;
        walk.tensors
    } else {
        file.modules = entries::modules(pickle, found.at);
        entries::tensors(pickle, found.at)?
    };
    let read = tensors.iter().map(|&(_, value)| value).collect();
    file.configs = beside::configs(pickle, &read, &found.path)?;
    // Memory for bytes that are decoded from strings.
    let mut room = pickle.length;
    for (name, value) in tensors {
        let malformed =
            |problem: String| ReadError::malformed(format!("tensor `{}`", quoted(&name)), problem);
        let view = match kind(pickle, value) {
            Kind::Tensor(view) => view,
            Kind::Array(array) => {
                let bytes = array.bytes(&mut room).map_err(malformed)?;
                file.insert(
                    &name,
                    Tensor::contiguous(array.dtype, &array.shape, array.fortran, bytes),
                )?;
                continue;
            }
            Kind::Unread(what, advice) => return Err(entries::refused(&name, &what, advice)),
            Kind::Malformed(problem) => return Err(malformed(problem)),
            Kind::Scalar | Kind::Other => {
                let what = kinds::describe(pickle, value);
                return Err(entries::refused(&name, &what, "save it as a tensor, or leave it out"));
            }
        };
        let storage = view.storage;
        let bytes = data(&storage)?.ok_or_else(|| {
            malformed(format!("its storage `{}` is not in the file", quoted(storage.key)))
        })?;
        let claimed = storage.elements.saturating_mul(storage.dtype.size() as u64);
        let tensor = if claimed > bytes.len() as u64 {
            let (shape, dtype) = (vec![storage.elements], storage.dtype);
            Err(TensorError::OutOfBounds { shape, dtype, needed: claimed, available: bytes.len() })
        } else {
            Tensor::strided(view.dtype, &view.shape, &view.strides, view.offset, Bytes::File(bytes))
        };
        file.insert(&name, tensor)?;
    }
    Ok(file)
}
