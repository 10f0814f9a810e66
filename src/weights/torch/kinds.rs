//! Tells what a value of a checkpoint is: read, harmless, or refused by kind.
//!
//! | the function that makes it | what becomes of the value |
//! |---|---|
//! | `torch._utils._rebuild_tensor`, `_rebuild_tensor_v2` | read, if it has no metadata |
//! | `torch._utils._rebuild_tensor_v3` | read, if [`Dtype`](crate::weights::Dtype) knows its type |
//! | `torch._utils._rebuild_parameter`, `_rebuild_parameter_with_state` | read: its argument |
//! | `torch._tensor._rebuild_from_type`, `_rebuild_from_type_v2` | read, if not of a subclass |
//! | one of [`UNREAD`] | refused |
//! | NumPy's `_reconstruct`, `_frombuffer` | read, if a plain `ndarray` of a known type |
//! | NumPy's `scalar` | a number: the value of a field |
//! | none or another (numbers, texts, containers, objects) | see [`entries`](super::entries) |

use super::numpy::{self, Array};
use super::storage::{ADVICE, NoView, View};
use crate::weights::limits::MAX_NESTING;
use crate::weights::pickle::{Pickle, Ref, Value};
use crate::weights::text::quoted;

/// The kind of a value.
pub(super) enum Kind<'a> {
    /// A tensor of torch.
    Tensor(View<'a>),
    /// An array of NumPy.
    Array(Array<'a>),
    /// A tensor or an array that is not read: what it is, and what to do instead.
    Unread(String, &'static str),
    /// A tensor whose description contradicts itself.
    Malformed(String),
    /// `None`, a boolean, a number or a text.
    Scalar,
    /// A dictionary, a list, a set, an object.
    Other,
}

impl Kind<'_> {
    /// Whether it is a tensor or an array, read or not.
    pub(super) fn is_tensor(&self) -> bool {
        !matches!(self, Self::Scalar | Self::Other)
    }
}

/// Functions that make tensors which are not read: module, name, what they make, what to do
/// instead.
const UNREAD: [(&str, &str, &str, &str); 20] = [
    ("torch._utils", "_rebuild_sparse_tensor", "a sparse tensor", "save tensor.to_dense()"),
    ("torch._utils", "_rebuild_sparse_csr_tensor", "a sparse tensor", "save tensor.to_dense()"),
    (
        "torch._utils",
        "_rebuild_qtensor",
        "a quantised tensor",
        "save tensor.dequantize(): the proof is then about those numbers",
    ),
    (
        "torch._utils",
        "_rebuild_nested_tensor",
        "a nested tensor",
        "save its parts as plain tensors",
    ),
    (
        "torch._utils",
        "_rebuild_meta_tensor_no_storage",
        "a meta tensor, which has no numbers",
        "save the model after its weights are loaded",
    ),
    (
        "torch._utils",
        "_rebuild_wrapper_subclass",
        "a tensor subclass without numbers of its own",
        "save plain tensors",
    ),
    (
        "torch._utils",
        "_rebuild_device_tensor_from_cpu_tensor",
        "a tensor of another device",
        "save tensor.cpu()",
    ),
    (
        "torch._utils",
        "_rebuild_device_tensor_from_numpy",
        "a tensor of another device",
        "save tensor.cpu()",
    ),
    ("torch._utils", "_rebuild_xla_tensor", "a tensor of another device", "save tensor.cpu()"),
    ("torch._utils", "_rebuild_mlc_tensor", "a tensor of another device", "save tensor.cpu()"),
    ("torch._utils", "_rebuild_ort_tensor", "a tensor of another device", "save tensor.cpu()"),
    ("torch._utils", "_rebuild_hpu_tensor", "a tensor of another device", "save tensor.cpu()"),
    (
        "torch.nested._internal.nested_tensor",
        "_rebuild_njt",
        "a nested tensor",
        "save its parts as plain tensors",
    ),
    (
        "torch.nn.parameter",
        "UninitializedParameter",
        "a parameter that was never initialised",
        "run the model once before it is saved",
    ),
    (
        "torch.nn.parameter",
        "UninitializedBuffer",
        "a buffer that was never initialised",
        "run the model once before it is saved",
    ),
    ("torch.nn.parameter", "Parameter", "a parameter as torch wrote it before 0.4", ADVICE),
    (
        "torch.storage",
        "_load_from_bytes",
        "a storage inside of a plain pickle",
        "save with torch.save",
    ),
    ("torch", "Tensor", "a tensor as torch wrote it before 0.4", ADVICE),
    (
        "numpy.ma.core",
        "_mareconstruct",
        "a masked array",
        "save array.filled(0), if that is what the network computes with",
    ),
    (
        "numpy.ma",
        "_mareconstruct",
        "a masked array",
        "save array.filled(0), if that is what the network computes with",
    ),
];

/// The kind of the value at `at`.
pub(super) fn kind<'a>(pickle: &Pickle<'a>, at: Ref) -> Kind<'a> {
    nested(pickle, at, MAX_NESTING)
}

fn nested<'a>(pickle: &Pickle<'a>, at: Ref, depth: usize) -> Kind<'a> {
    use Value::{Bool, Escaped, Float, Int, None, Str};
    if matches!(pickle.value(at), None | Bool(_) | Int(_) | Float(_) | Str(_) | Escaped(_)) {
        return Kind::Scalar;
    }
    if let Some((module, name, arguments)) = pickle.call(at) {
        if numpy::is_multiarray(module) && name == "scalar" {
            return Kind::Scalar;
        }
        if let Some(made) = made(pickle, (module, name), arguments, depth) {
            let changes = pickle.extra(at).is_some_and(|extra| {
                extra.state.is_some() || !extra.entries.is_empty() || !extra.items.is_empty()
            });
            // Only arrays of NumPy take their numbers from a state.
            return match made {
                Kind::Tensor(_) if changes => {
                    Kind::Unread("a tensor that is changed after it is made".into(), ADVICE)
                }
                made => made,
            };
        }
    }
    if let Some(array) = numpy::array(pickle, at) {
        return match array {
            Ok(array) => Kind::Array(array),
            Err(what) => Kind::Unread(what, "save array.astype(numpy.float32), or torch tensors"),
        };
    }
    Kind::Other
}

/// The kind of tensor that a call makes; `None` if the function does not make tensors.
fn made<'a>(
    pickle: &Pickle<'a>,
    (module, name): (&str, &str),
    arguments: &[Ref],
    depth: usize,
) -> Option<Kind<'a>> {
    let view = |typed| match View::parse(pickle, arguments, typed) {
        Ok(view) => Kind::Tensor(view),
        Err(NoView::Malformed(problem)) => Kind::Malformed(problem),
        Err(NoView::Type(name)) => Kind::Unread(
            format!("a tensor of the type {name}"),
            "save tensor.float(): the proof is then about those numbers",
        ),
    };
    Some(match (module, name) {
        ("torch._utils", "_rebuild_tensor" | "_rebuild_tensor_v2") => view(false),
        ("torch._utils", "_rebuild_tensor_v3") => view(true),
        ("torch._utils", "_rebuild_parameter" | "_rebuild_parameter_with_state") => {
            match arguments.first() {
                Some(&inner) if depth > 0 => nested(pickle, inner, depth - 1),
                _ => Kind::Malformed("it is a parameter of nothing".into()),
            }
        }
        ("torch._tensor", "_rebuild_from_type" | "_rebuild_from_type_v2") => match *arguments {
            [function, class, arguments, ..] => match (pickle.value(function), pickle.value(class))
            {
                (
                    Value::Global(module, function),
                    Value::Global("torch", "Tensor")
                    | Value::Global("torch.nn.parameter", "Parameter" | "Buffer"),
                ) if depth > 0 => {
                    made(pickle, (module, function), pickle.items(arguments), depth - 1)?
                }
                (_, Value::Global(module, class)) => {
                    let what =
                        format!("a tensor of the class `{}.{}`", quoted(module), quoted(class));
                    Kind::Unread(
                        what,
                        "save plain tensors: tensor.as_subclass(torch.Tensor), of a DTensor \
                         tensor.full_tensor()",
                    )
                }
                _ => Kind::Malformed("its class is not one".into()),
            },
            _ => Kind::Malformed("its class is not one".into()),
        },
        _ => {
            let &(_, _, what, advice) =
                UNREAD.iter().find(|unread| (unread.0, unread.1) == (module, name))?;
            Kind::Unread(format!("{what} (`{module}.{name}`)"), advice)
        }
    })
}

/// Describes a value that is not a tensor, for a message.
pub(super) fn describe(pickle: &Pickle<'_>, at: Ref) -> String {
    let class = |module: &str, class: &str| {
        format!("a Python object of the class `{}.{}`", quoted(module), quoted(class))
    };
    match pickle.value(at) {
        Value::Opaque(kind) => kind.into(),
        Value::None => "None".into(),
        Value::Bool(_) => "true or false".into(),
        Value::Int(_) | Value::Float(_) => "a number".into(),
        Value::Str(_) | Value::Escaped(_) => "a text".into(),
        Value::Bytes(_) => "bytes".into(),
        Value::Tuple(items) => format!("a tuple of {} items", items.len()),
        Value::List(items) => format!("a list of {} items", items.len()),
        Value::Set(items) => format!("a set of {} items", items.len()),
        Value::Dict(entries) => format!("a dictionary of {} entries", entries.len()),
        Value::Global(module, name) => {
            format!("the class or function `{}.{}`", quoted(module), quoted(name))
        }
        Value::Persistent(_) => "a storage, which is no tensor".into(),
        Value::Call(..) => match (pickle.object(at), pickle.entries(at)) {
            (Some(object), Some(entries)) if object.module == "collections" => {
                format!("a dictionary of {} entries", entries.len())
            }
            (Some(object), _) if (object.module, object.class) == ("_codecs", "encode") => {
                "bytes".into()
            }
            (Some(object), _) => class(object.module, object.class),
            (None, _) => "a Python object".into(),
        },
    }
}
