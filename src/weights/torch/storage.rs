//! Torch's tensors in pickles: strided views of storages, which lie outside of the pickle.

use crate::weights::Dtype;
use crate::weights::limits::{MAX_DIMS, MAX_NAME_BYTES};
use crate::weights::pickle::{Pickle, Ref, Value};
use crate::weights::text::quoted;

/// A storage, as its persistent id describes it.
#[derive(Clone, Copy)]
pub(super) struct Storage<'a> {
    pub(super) dtype: Dtype,
    pub(super) key: &'a str,
    /// Its length, in elements of `dtype`.
    pub(super) elements: u64,
    /// Whether it is a part of another storage, as torch before 0.4 wrote it.
    view: bool,
}

impl<'a> Storage<'a> {
    /// Reads `("storage", class, key, location, elements)`. Legacy files add an item for views.
    pub(super) fn parse(pickle: &Pickle<'a>, value: Value<'_, 'a>) -> Result<Self, String> {
        let Value::Persistent(id) = value else {
            return Err("it lies on something other than a storage".into());
        };
        if let Some(text) = pickle.str(id) {
            return Self::parse_text(text)
                .ok_or_else(|| format!("its storage is described by `{}`", quoted(text)));
        }
        let (class, key, elements) = match *pickle.items(id) {
            [kind, class, key, _, elements, ..] if pickle.str(kind) == Some("storage") => {
                (class, key, elements)
            }
            _ => {
                return Err(
                    "its storage is described by something other than (\"storage\", …)".into()
                );
            }
        };
        match (pickle.value(class), pickle.str(key), pickle.unsigned(elements)) {
            (Value::Global(module, class), Some(key), Some(elements))
                if key.len() <= MAX_NAME_BYTES =>
            {
                let whole = |&view: &Ref| matches!(pickle.value(view), Value::None);
                let view = !pickle.items(id).get(5).is_none_or(whole);
                Ok(Self { dtype: dtype(module, class), key, elements, view })
            }
            _ => Err("the class, key or length of its storage is not one".into()),
        }
    }

    /// Reads the tuple as protocol 0 writes it, as text:
    /// `('storage', <class 'torch.FloatStorage'>, '0', 'cpu', 36, None)`.
    fn parse_text(text: &'a str) -> Option<Self> {
        let mut parts = text.strip_prefix("('storage', <class '")?.strip_suffix(')')?.split(", ");
        let (module, class) = parts.next()?.strip_suffix("'>")?.rsplit_once('.')?;
        let key = parts.next()?.strip_prefix('\'')?.strip_suffix('\'')?;
        let _location = parts.next()?;
        let elements = parts.next()?.parse().ok()?;
        let view = parts.next().is_some_and(|view| view != "None");
        let is_key = !key.contains(['\'', '\\']) && parts.next().is_none();
        is_key.then(|| Self { dtype: dtype(module, class), key, elements, view })
    }
}

fn dtype(module: &str, class: &str) -> Dtype {
    match (module, class) {
        ("torch" | "torch.cuda", "HalfStorage") => Dtype::F16,
        ("torch" | "torch.cuda", "BFloat16Storage") => Dtype::BF16,
        ("torch" | "torch.cuda", "FloatStorage") => Dtype::F32,
        ("torch" | "torch.cuda", "DoubleStorage") => Dtype::F64,
        ("torch" | "torch.cuda", "BoolStorage") => Dtype::Bool,
        ("torch" | "torch.cuda", "ByteStorage") | ("torch.storage" | "torch", "UntypedStorage") => {
            Dtype::U8
        }
        ("torch" | "torch.cuda", "CharStorage") => Dtype::I8,
        ("torch" | "torch.cuda", "ShortStorage") => Dtype::I16,
        ("torch" | "torch.cuda", "IntStorage") => Dtype::I32,
        ("torch" | "torch.cuda", "LongStorage") => Dtype::I64,
        ("torch" | "torch.cuda", "ComplexFloatStorage") => Dtype::Complex64,
        ("torch" | "torch.cuda", "ComplexDoubleStorage") => Dtype::Complex128,
        (_, "QInt8Storage") => Dtype::Other("quantised 8-bit integers"),
        (_, "QUInt8Storage") => Dtype::Other("quantised unsigned 8-bit integers"),
        (_, "QInt32Storage") => Dtype::Other("quantised 32-bit integers"),
        _ => Dtype::Other("of a type that is not known"),
    }
}

/// The type that torch calls `name`; `None` if [`Dtype`] does not know it.
fn named(name: &str) -> Option<Dtype> {
    Some(match name {
        "float16" => Dtype::F16,
        "bfloat16" => Dtype::BF16,
        "float32" => Dtype::F32,
        "float64" => Dtype::F64,
        "bool" => Dtype::Bool,
        "uint8" => Dtype::U8,
        "int8" => Dtype::I8,
        "uint16" => Dtype::U16,
        "int16" => Dtype::I16,
        "uint32" => Dtype::U32,
        "int32" => Dtype::I32,
        "uint64" => Dtype::U64,
        "int64" => Dtype::I64,
        "complex64" => Dtype::Complex64,
        "complex128" => Dtype::Complex128,
        _ => return None,
    })
}

/// A tensor: a strided view of a storage. `offset` and `strides` count elements of `dtype`.
pub(super) struct View<'a> {
    pub(super) storage: Storage<'a>,
    pub(super) dtype: Dtype,
    pub(super) offset: u64,
    pub(super) shape: Vec<u64>,
    pub(super) strides: Vec<u64>,
}

/// Why a view is not read.
pub(super) enum NoView {
    /// [`Dtype`] does not know the type of its elements, which has this name.
    Type(String),
    /// Its description is not that of a view, for this reason.
    Malformed(String),
}

impl From<String> for NoView {
    fn from(problem: String) -> Self {
        Self::Malformed(problem)
    }
}

impl<'a> View<'a> {
    /// Reads `(storage, offset, shape, strides, requires_grad, hooks, metadata)`, of which the last
    /// three may be absent. If `typed`, the type of the elements comes before the metadata, and the
    /// storage counts bytes.
    pub(super) fn parse(
        pickle: &Pickle<'a>,
        arguments: &[Ref],
        typed: bool,
    ) -> Result<Self, NoView> {
        let [storage, offset, shape, strides, ..] = *arguments else {
            return Err(format!(
                "it is rebuilt from {} arguments, expected at least 4",
                arguments.len()
            )
            .into());
        };
        // The metadata may say that reading the tensor negates or conjugates it.
        match arguments.get(6 + usize::from(typed)).map(|&metadata| pickle.value(metadata)) {
            None | Some(Value::None | Value::Dict([])) => {}
            Some(Value::Dict(&[(key, _), ..])) => {
                let key = pickle.key(key);
                return Err(
                    format!("it has metadata (`{key}`), which is not supported; {ADVICE}").into()
                );
            }
            Some(_) => {
                return Err(format!("it has metadata, which is not supported; {ADVICE}").into());
            }
        }
        let list = |at| {
            let items = pickle.items(at);
            // One dimension more than accepted is kept, so that the shape is refused.
            let items = items.get(..=MAX_DIMS).unwrap_or(items);
            items.iter().map(|&item| pickle.unsigned(item)).collect::<Option<Vec<_>>>()
        };
        let (Some(offset), Some(shape), Some(strides)) =
            (pickle.unsigned(offset), list(shape), list(strides))
        else {
            return Err("its offset, shape or strides are not integers from 0 up"
                .to_owned()
                .into());
        };
        if shape.len() != strides.len() {
            return Err(format!(
                "it has {} dimensions, but {} strides",
                shape.len(),
                strides.len()
            )
            .into());
        }
        let mut storage = Storage::parse(pickle, pickle.value(storage))?;
        if storage.view {
            return Err(format!(
                "it lies on a view of a storage, which is not supported; {ADVICE}"
            )
            .into());
        }
        let mut dtype = storage.dtype;
        if typed {
            let name = match arguments.get(6).map(|&dtype| pickle.value(dtype)) {
                Some(Value::Global("torch", name)) => name,
                _ => return Err("the type of its elements is not one of torch".to_owned().into()),
            };
            dtype = named(name).ok_or_else(|| NoView::Type(quoted(name)))?;
            storage.dtype = Dtype::U8;
        }
        Ok(Self { storage, dtype, offset, shape, strides })
    }
}

pub(super) const ADVICE: &str = "save tensor.detach().clone(), or save the model as .safetensors";
