//! Files of `torch.save`: a pickle whose tensors are calls of a few known functions on storages outside of the pickle.

use std::collections::BTreeMap;

use super::error::{key_list, quoted, quoted_bytes};
use super::limits::{MAX_DIMS, MAX_NAME_BYTES, MAX_NESTING};
use super::pickle::{Pickle, Ref, Value, budget};
use super::tensor::Bytes;
use super::zip::Archive;
use super::{Dtype, Format, ReadError, Tensor, TensorError, WeightsFile, find_state_dict};

/// What the first pickle of a legacy file holds: the integer `0x1950a86a20f9469cfc6c`.
const MAGIC: [u8; 10] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
const LEGACY_PROTOCOL: u64 = 1001;
const RESAVE: &str = "save again with torch.save(model.state_dict(), …), or as .safetensors";

/// Whether the archive holds the pickle of `torch.save`.
pub(super) fn is_archive(archive: &Archive<'_>) -> bool {
    prefix(archive).is_some()
}

/// What comes before `data.pkl`: the name of the file when it was saved.
fn prefix<'a>(archive: &Archive<'a>) -> Option<&'a str> {
    archive.names().find_map(|name| name.strip_suffix("data.pkl").filter(|p| p.is_empty() || p.ends_with('/')))
}

/// Of a file of `length` bytes.
pub(super) fn read_zip<'a>(archive: &Archive<'a>, length: usize) -> Result<WeightsFile<'a>, ReadError> {
    let prefix = prefix(archive).unwrap_or_default();
    let member = |name: &str| archive.stored(&format!("{prefix}{name}")).transpose();
    if let Some(order) = member("byteorder")?.filter(|&order| order != b"little") {
        let found = format!("byte order `{}`", quoted_bytes(order));
        return Err(ReadError::unsupported("torch file", found, "save it on a little-endian machine"));
    }
    let bytes = member("data.pkl")?.unwrap_or_default();
    let pickle = Pickle::read(bytes, "data.pkl", budget(length))?;
    let script = member("constants.pkl")?.is_some();

    // Each storage once, for its checksum is computed every time.
    let mut storages = BTreeMap::new();
    let storage = |found: &Storage<'_>| match storages.get(found.key) {
        Some(&data) => Ok(Some(data)),
        None => {
            let data = member(&format!("data/{}", found.key))?;
            storages.extend(data.map(|data| (found.key.to_string(), data)));
            Ok(data)
        }
    };
    state_dict(Format::TorchZip, &pickle, storage).map_err(|error| match error {
        ReadError::NoTensors { found } if script => {
            ReadError::NoTensors { found: format!("a TorchScript program, {found}") }
        }
        error => error,
    })
}

pub(super) fn read_legacy(bytes: &[u8]) -> Result<WeightsFile<'_>, ReadError> {
    let mut rest = bytes;
    let mut next = |what, held| {
        let pickle = Pickle::read(rest, what, budget(bytes.len()).saturating_sub(held))?;
        rest = &rest[pickle.length..];
        Ok::<_, ReadError>(pickle)
    };
    // The first three go one by one: only the last two are needed together.
    let is_magic = |pickle: Pickle<'_>| matches!(pickle[pickle.root], Value::Long(magic) if magic == MAGIC);
    if !is_magic(next("the first pickle", 0)?) {
        return Err(ReadError::unsupported("the file", "a pickle that torch.save did not write", RESAVE));
    }
    let is_known = |pickle: Pickle<'_>| matches!(pickle[pickle.root], Value::Int(LEGACY_PROTOCOL));
    if !is_known(next("the pickle of the protocol", 0)?) {
        return Err(ReadError::unsupported("torch file", "a legacy protocol other than 1001", RESAVE));
    }
    let is_little = |pickle: Pickle<'_>| {
        let little = pickle.entry(pickle.root, "little_endian").map(|little| &pickle[little]);
        matches!(little, Some(Value::Bool(true)))
    };
    if !is_little(next("the pickle of the system", 0)?) {
        return Err(ReadError::unsupported("torch file", "big-endian data", "save it on a little-endian machine"));
    }
    let object = next("the object pickle", 0)?;
    let keys = next("the pickle of the storage keys", object.held)?;

    let malformed = |key: &str, problem: String| ReadError::malformed(format!("storage `{}`", quoted(key)), problem);
    let mentioned: BTreeMap<&str, Storage<'_>> = object
        .values()
        .filter(|value| matches!(value, Value::Persistent(_)))
        .filter_map(|value| Storage::parse(&object, value).ok())
        .map(|storage| (storage.key, storage))
        .collect();
    let mut storages = BTreeMap::new();
    for &key in keys.items(keys.root) {
        let key = keys.str(key).ok_or_else(|| malformed("?", "its key is not a string".into()))?;
        let storage = mentioned.get(key).ok_or_else(|| malformed(key, "no tensor mentions it".into()))?;
        if matches!(storage.dtype, Dtype::Other(_)) {
            return Err(malformed(key, "its type is not known, and thus not where the next storage starts".into()));
        }
        let at = bytes.len() - rest.len();
        let cut = |needed, available| {
            let what = format!("storage `{}`", quoted(key));
            ReadError::Truncated { what, at, needed, available }
        };
        let (head, data) = rest.split_first_chunk().ok_or_else(|| cut(8, rest.len()))?;
        let needed = u64::from_le_bytes(*head).saturating_mul(storage.dtype.size() as u64);
        let length =
            usize::try_from(needed).ok().filter(|&n| n <= data.len()).ok_or_else(|| cut(needed, data.len()))?;
        let (data, after) = data.split_at(length);
        if storages.insert(key, data).is_some() {
            return Err(malformed(key, "is there twice".into()));
        }
        rest = after;
    }
    state_dict(Format::TorchLegacy, &object, |storage| Ok(storages.get(storage.key).copied()))
}

/// The tensors of the state dict in a pickle, on the storages that `data` finds.
fn state_dict<'a>(
    format: Format,
    pickle: &Pickle<'_>,
    mut data: impl FnMut(&Storage<'_>) -> Result<Option<&'a [u8]>, ReadError>,
) -> Result<WeightsFile<'a>, ReadError> {
    let has_tensors = |dict| {
        pickle.entries(dict).is_some_and(|mut entries| entries.any(|(_, value)| View::find(pickle, value).is_some()))
    };
    let dict = find_state_dict(pickle.root, &|dict, key| pickle.entry(dict, key), &has_tensors)
        .ok_or_else(|| ReadError::NoTensors { found: describe(pickle, pickle.root) })?;
    let mut file = WeightsFile::new(format);
    for (key, value) in pickle.entries(dict).into_iter().flatten() {
        let (Some(name), Some(arguments)) = (pickle.str(key), View::find(pickle, value)) else { continue };
        let malformed = |problem: String| ReadError::malformed(format!("tensor `{}`", quoted(name)), problem);
        let view = View::parse(pickle, arguments).map_err(malformed)?;
        let storage = view.storage;
        let bytes = data(&storage)?
            .ok_or_else(|| malformed(format!("its storage `{}` is not in the file", quoted(storage.key))))?;
        let claimed = storage.elements.saturating_mul(storage.dtype.size() as u64);
        let tensor = if claimed > bytes.len() as u64 {
            let (shape, dtype) = (vec![storage.elements], storage.dtype);
            Err(TensorError::OutOfBounds { shape, dtype, needed: claimed, available: bytes.len() })
        } else {
            Tensor::strided(storage.dtype, &view.shape, &view.strides, view.offset, Bytes::File(bytes))
        };
        file.insert(name, tensor)?;
    }
    Ok(file)
}

/// What a value is, for the message that it is not a dictionary of tensors.
fn describe(pickle: &Pickle<'_>, at: Ref) -> String {
    if let Some(entries) = pickle.entries(at) {
        return key_list("a dictionary", entries.map(|(key, _)| pickle.str(key).unwrap_or("?")));
    }
    if View::find(pickle, at).is_some() {
        return "one tensor without a name".into();
    }
    match (&pickle[at], pickle.call(at)) {
        (_, Some((module, name, _))) => format!("a Python object of the class `{}.{}`", quoted(module), quoted(name)),
        (Value::Call(..), _) => "a Python object".into(),
        (Value::List(items) | Value::Tuple(items), _) => format!("a list of {} items", items.len()),
        _ => "something other than a dictionary".into(),
    }
}

/// A storage, as the persistent id of a pickle describes it.
#[derive(Clone, Copy)]
struct Storage<'a> {
    dtype: Dtype,
    key: &'a str,
    elements: u64,
    /// Whether it is a part of that storage, as torch had it before 0.4.
    view: bool,
}

impl<'a> Storage<'a> {
    /// From `("storage", class, key, location, elements)`, in legacy files with a last item for views.
    fn parse(pickle: &Pickle<'a>, value: &Value<'a>) -> Result<Self, String> {
        let Value::Persistent(id) = *value else { return Err("it lies on something other than a storage".into()) };
        let (class, key, elements) = match *pickle.items(id) {
            [kind, class, key, _, elements, ..] if pickle.str(kind) == Some("storage") => (class, key, elements),
            _ => return Err("its storage is described by something other than (\"storage\", …)".into()),
        };
        let class = match pickle[class] {
            Value::Global(module, name) => pickle.str(module).zip(pickle.str(name)),
            _ => None,
        };
        match (class, pickle.str(key), unsigned(pickle, elements)) {
            (Some((module, class)), Some(key), Some(elements)) if key.len() <= MAX_NAME_BYTES => {
                let whole = |&view: &Ref| matches!(pickle[view], Value::None);
                let view = !pickle.items(id).get(5).is_none_or(whole);
                Ok(Self { dtype: dtype(module, class), key, elements, view })
            }
            _ => Err("the class, key or length of its storage is not one".into()),
        }
    }
}

fn dtype(module: &str, class: &str) -> Dtype {
    match (module, class) {
        ("torch" | "torch.cuda", "HalfStorage") => Dtype::F16,
        ("torch" | "torch.cuda", "BFloat16Storage") => Dtype::BF16,
        ("torch" | "torch.cuda", "FloatStorage") => Dtype::F32,
        ("torch" | "torch.cuda", "DoubleStorage") => Dtype::F64,
        ("torch" | "torch.cuda", "BoolStorage") => Dtype::Bool,
        ("torch" | "torch.cuda", "ByteStorage") | ("torch.storage" | "torch", "UntypedStorage") => Dtype::U8,
        ("torch" | "torch.cuda", "CharStorage") => Dtype::I8,
        ("torch" | "torch.cuda", "ShortStorage") => Dtype::I16,
        ("torch" | "torch.cuda", "IntStorage") => Dtype::I32,
        ("torch" | "torch.cuda", "LongStorage") => Dtype::I64,
        ("torch" | "torch.cuda", "ComplexFloatStorage") => Dtype::Complex64,
        ("torch" | "torch.cuda", "ComplexDoubleStorage") => Dtype::Complex128,
        _ => Dtype::Other("another type"),
    }
}

/// A tensor as a pickle describes it: a strided view of a storage, counted in elements.
struct View<'a> {
    storage: Storage<'a>,
    offset: u64,
    shape: Vec<u64>,
    strides: Vec<u64>,
}

impl<'a> View<'a> {
    /// If a value is a tensor or a parameter, the arguments that it is rebuilt from.
    fn find<'p>(pickle: &'p Pickle<'a>, mut value: Ref) -> Option<&'p [Ref]> {
        for _ in 0..=MAX_NESTING {
            match pickle.call(value)? {
                ("torch._utils", "_rebuild_tensor" | "_rebuild_tensor_v2", arguments) => return Some(arguments),
                ("torch._utils", "_rebuild_parameter" | "_rebuild_parameter_with_state", arguments) => {
                    value = *arguments.first()?;
                }
                _ => return None,
            }
        }
        None
    }

    /// From `(storage, offset, shape, strides, requires_grad, hooks, metadata)`, the last three not always there.
    fn parse(pickle: &Pickle<'a>, arguments: &[Ref]) -> Result<Self, String> {
        let [storage, offset, shape, strides, ..] = *arguments else {
            return Err(format!("it is rebuilt from {} arguments, expected at least 4", arguments.len()));
        };
        // Where torch keeps that a tensor is to be negated or conjugated when it is read.
        match arguments.get(6).map(|&metadata| &pickle[metadata]) {
            None | Some(Value::None) => {}
            Some(Value::Dict(entries)) if entries.is_empty() => {}
            Some(_) => return Err(format!("it has metadata, which is not supported; {RESAVE}")),
        }
        let list = |at| {
            let items = pickle.items(at);
            let items = items.get(..=MAX_DIMS).unwrap_or(items); // one more than accepted, for the message
            items.iter().map(|&item| unsigned(pickle, item)).collect::<Option<Vec<_>>>()
        };
        let (Some(offset), Some(shape), Some(strides)) = (unsigned(pickle, offset), list(shape), list(strides)) else {
            return Err("its offset, shape or strides are not integers from 0 up".into());
        };
        if shape.len() != strides.len() {
            return Err(format!("it has {} dimensions, but {} strides", shape.len(), strides.len()));
        }
        let storage = Storage::parse(pickle, &pickle[storage])?;
        if storage.view {
            return Err(format!("it lies on a view of a storage, which is not supported; {RESAVE}"));
        }
        Ok(Self { storage, offset, shape, strides })
    }
}

fn unsigned(pickle: &Pickle<'_>, at: Ref) -> Option<u64> {
    match pickle[at] {
        Value::Int(number) => Some(number),
        _ => None,
    }
}
