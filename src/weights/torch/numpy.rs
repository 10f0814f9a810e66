//! Arrays and numbers of NumPy in pickles. The pickle itself holds the numbers.

use std::sync::Arc;

use super::kinds::describe;
use crate::weights::Dtype;
use crate::weights::limits::MAX_DIMS;
use crate::weights::pickle::{Pickle, Ref, Value};
use crate::weights::tensor::Bytes;
use crate::weights::text::quoted;

/// An array whose type is read.
pub(super) struct Array<'a> {
    pub(super) dtype: Dtype,
    pub(super) shape: Vec<u64>,
    /// Whether the elements lie in column-major order.
    pub(super) fortran: bool,
    data: Data<'a>,
}

/// The bytes of an array or a number, as the pickle writes them.
enum Data<'a> {
    /// Bytes.
    Plain(&'a [u8]),
    /// A string whose characters are the bytes. Pickles before protocol 3 have no bytes.
    Latin1(&'a str),
    /// Such a string in protocol 0, with escapes.
    Escaped(&'a [u8]),
}

pub(super) fn is_multiarray(module: &str) -> bool {
    matches!(module, "numpy.core.multiarray" | "numpy._core.multiarray")
}

/// The array at `at`, or a description of an array that is not read; `None` if it is not an array.
pub(super) fn array<'a>(pickle: &Pickle<'a>, at: Ref) -> Option<Result<Array<'a>, String>> {
    let (module, name, arguments) = pickle.call(at)?;
    let is_numeric = matches!(module, "numpy.core.numeric" | "numpy._core.numeric");
    if is_numeric && name == "_frombuffer" {
        return Some(
            from_buffer(pickle, arguments)
                .unwrap_or_else(|| Err("a NumPy array that is not understood".into())),
        );
    }
    if !is_multiarray(module) || name != "_reconstruct" {
        return None;
    }
    if let Some(Value::Global(module, class)) = arguments.first().map(|&class| pickle.value(class))
        && (module, class) != ("numpy", "ndarray")
    {
        return Some(Err(format!(
            "a NumPy array of the class `{}.{}`",
            quoted(module),
            quoted(class)
        )));
    }
    Some(
        reconstructed(pickle, at)
            .unwrap_or_else(|| Err("a NumPy array that is not understood".into())),
    )
}

/// The array that `_reconstruct(ndarray, (0,), b'b')` makes of the state
/// `(1, shape, dtype, fortran, data)`.
fn reconstructed<'a>(pickle: &Pickle<'a>, at: Ref) -> Option<Result<Array<'a>, String>> {
    let extra = pickle.extra(at)?;
    if !extra.entries.is_empty() || !extra.items.is_empty() {
        return Some(Err("a NumPy array that is changed after it is made".into()));
    }
    let [_version, shape, dtype, fortran, data] = *pickle.items(extra.state?) else { return None };
    let fortran = match pickle.value(fortran) {
        Value::Bool(fortran) => fortran,
        Value::Int(fortran) => fortran != 0,
        _ => return None,
    };
    Some(self::dtype(pickle, dtype)?.and_then(|dtype| {
        let (shape, data) = (self::shape(pickle, shape), self::data(pickle, data));
        match (shape, data) {
            (Some(shape), Some(data)) => Ok(Array { dtype, shape, fortran, data }),
            _ => Err("a NumPy array that is not understood".into()),
        }
    }))
}

/// The array that `_frombuffer(buffer, dtype, shape, order)` of protocol 5 makes.
fn from_buffer<'a>(pickle: &Pickle<'a>, arguments: &[Ref]) -> Option<Result<Array<'a>, String>> {
    let [buffer, dtype, shape, order, axes @ ..] = arguments else { return None };
    if axes.iter().any(|&axes| pickle.value(axes) != Value::None) {
        return None;
    }
    let fortran = match pickle.str(*order)? {
        "C" => false,
        "F" => true,
        _ => return None,
    };
    let (shape, data) = (self::shape(pickle, *shape)?, data(pickle, *buffer)?);
    Some(self::dtype(pickle, *dtype)?.map(|dtype| Array { dtype, shape, fortran, data }))
}

fn shape(pickle: &Pickle<'_>, at: Ref) -> Option<Vec<u64>> {
    let Value::Tuple(items) = pickle.value(at) else { return None };
    // One dimension more than accepted is kept, so that the shape is refused.
    let items = items.get(..=MAX_DIMS).unwrap_or(items);
    items.iter().map(|&item| pickle.unsigned(item)).collect()
}

/// The type `dtype('f4', False, True)` with the state `(3, '<', …)`, or a description of an array
/// whose type is not read.
fn dtype(pickle: &Pickle<'_>, at: Ref) -> Option<Result<Dtype, String>> {
    let ("numpy", "dtype", &[name, ..]) = pickle.call(at)? else { return None };
    let Some(name) = pickle.str(name) else {
        return Some(Err(format!(
            "a NumPy array of the type that {} names",
            describe(pickle, name)
        )));
    };
    let state = pickle.extra(at).and_then(|extra| extra.state);
    let order = state
        .and_then(|state| pickle.items(state).get(1).copied())
        .and_then(|order| pickle.str(order));
    // Types of one byte have no byte order.
    let order = order.unwrap_or("|");
    let unread = || Err(format!("a NumPy array of the type `{}{}`", quoted(order), quoted(name)));
    if order == ">" {
        return Some(Err(format!("a NumPy array of big-endian numbers (`>{}`)", quoted(name))));
    }
    Some(
        Dtype::numpy(&format!("{}{name}", if name.ends_with('1') { "|" } else { "<" }))
            .map_or_else(unread, Ok),
    )
}

/// The bytes at `at`, or those that `_codecs.encode(text, 'latin1')` makes.
fn data<'a>(pickle: &Pickle<'a>, at: Ref) -> Option<Data<'a>> {
    match pickle.value(at) {
        Value::Bytes(bytes) => Some(Data::Plain(bytes)),
        // Python 2 wrote bytes as strings.
        Value::Str(text) => Some(Data::Plain(text.as_bytes())),
        Value::Call(..) => match pickle.call(at)? {
            ("_codecs", "encode", &[text, encoding]) if pickle.str(encoding) == Some("latin1") => {
                match pickle.value(text) {
                    Value::Str(text) => Some(Data::Latin1(text)),
                    Value::Escaped(line) => Some(Data::Escaped(line)),
                    _ => None,
                }
            }
            ("__builtin__" | "builtins", "bytes", []) => Some(Data::Plain(&[])),
            ("__builtin__" | "builtins", "bytearray" | "bytes", &[of]) if of != at => {
                match pickle.value(of) {
                    Value::Bytes(bytes) => Some(Data::Plain(bytes)),
                    _ => None,
                }
            }
            _ => None,
        },
        _ => None,
    }
}

impl<'a> Data<'a> {
    fn bytes(&self) -> Option<Bytes<'a>> {
        let latin1 = |text: &str| {
            text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect::<Option<Vec<u8>>>()
        };
        let made = |bytes: Vec<u8>| {
            let length = bytes.len();
            Bytes::Made(Arc::new(bytes), 0..length)
        };
        match *self {
            Self::Plain(bytes) => Some(Bytes::File(bytes)),
            Self::Latin1(text) => latin1(text).map(made),
            Self::Escaped(line) => latin1(&crate::weights::pickle::unescaped(line)?).map(made),
        }
    }

    /// An upper bound on the number of bytes.
    fn length(&self) -> usize {
        match self {
            Self::Plain(bytes) | Self::Escaped(bytes) => bytes.len(),
            Self::Latin1(text) => text.len(),
        }
    }
}

impl<'a> Array<'a> {
    /// The bytes of the elements. Bytes that are decoded from strings take memory, which is
    /// subtracted from `room`: enough to decode every string of the file once.
    pub(super) fn bytes(&self, room: &mut usize) -> Result<Bytes<'a>, String> {
        if !matches!(self.data, Data::Plain(_)) {
            let left = room.checked_sub(self.data.length());
            *room = left
                .ok_or("its numbers are those of other arrays, which is only read of small ones")?;
        }
        self.data.bytes().ok_or_else(|| "its numbers are not bytes".into())
    }
}

/// The number that `scalar(dtype, bytes)` makes.
pub(super) fn scalar(pickle: &Pickle<'_>, at: Ref) -> Option<f64> {
    let (module, "scalar", &[of, bytes]) = pickle.call(at)? else { return None };
    if !is_multiarray(module) {
        return None;
    }
    let dtype = dtype(pickle, of)?.ok()?;
    let data = data(pickle, bytes).filter(|data| data.length() <= 4 * dtype.size())?.bytes()?;
    if data.len() != dtype.size() { None } else { dtype.real(&data) }
}
