//! Reads safetensors: the length of a JSON header, the header, raw data.
//!
//! The `safetensors` crate's own reader is not used: it first turns the header into a tree of
//! values, which takes up to a hundred times the header's size.

use std::collections::BTreeMap;
use std::fmt;

use safetensors::Dtype as Stored;
use serde::de::value::StrDeserializer;
use serde::de::{
    Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor,
};

use super::limits::{MAX_DIMS, MAX_HEADER_BYTES, MAX_METADATA, MAX_NAME_BYTES, MAX_TENSORS};
use super::tensor::Bytes;
use super::text::{dimensions, long_name, quoted};
use super::{Dtype, Format, ReadError, Tensor, WeightsFile, plain_json, within};

const WHAT: &str = "safetensors header";
const METADATA: &str = "__metadata__";

pub(super) fn read(bytes: &[u8]) -> Result<WeightsFile<'_>, ReadError> {
    let cut =
        |at, needed, available| ReadError::Truncated { what: WHAT.into(), at, needed, available };
    let (length, rest) = bytes.split_first_chunk().ok_or(cut(0, 8, bytes.len()))?;
    let length = u64::from_le_bytes(*length);
    within("bytes in the safetensors header", length, MAX_HEADER_BYTES)?;
    let (header, data) = usize::try_from(length)
        .ok()
        .and_then(|length| rest.split_at_checked(length))
        .ok_or_else(|| cut(8, length, rest.len()))?;
    let header: Header = plain_json::from_slice(header)
        .map_err(|error| ReadError::malformed(WHAT, quoted(&error.to_string())))?;
    within("tensors in the file", header.tensors.len() as u64, MAX_TENSORS)?;

    // Visit the entries in the order of their data, which must cover everything after the header
    // without gaps and without overlap.
    let mut entries: Vec<_> = header.tensors.into_iter().collect();
    entries.sort_unstable_by_key(|(_, entry)| entry.data_offsets);
    let mut file = WeightsFile::new(Format::Safetensors);
    file.metadata = header.metadata;
    let last = entries.last().map_or(0, |(_, entry)| entry.data_offsets[1]);
    let mut end = 0;
    for (name, Entry { dtype, shape, data_offsets: [from, to] }) in entries {
        let malformed = |problem: String| {
            ReadError::malformed(format!("{WHAT}: tensor `{}`", quoted(&name)), problem)
        };
        if from != end || to < from {
            return Err(malformed(format!(
                "lies at bytes {from} to {to} of the data, expected it to start at {end}"
            )));
        }
        end = to;
        let elements = shape.iter().try_fold(1_u64, |product, &n| product.checked_mul(n));
        let bits = elements.and_then(|elements| elements.checked_mul(dtype.bitsize() as u64));
        // `Numbers` dropped some dimensions of a longer shape.
        if shape.len() <= MAX_DIMS && bits != (to - from).checked_mul(8) {
            let shape = dimensions(&shape);
            return Err(malformed(format!(
                "{shape} {dtype:?} do not take the {} bytes from {from} to {to}",
                to - from
            )));
        }
        let range = usize::try_from(from).ok().zip(usize::try_from(to).ok());
        let slice = range.and_then(|(from, to)| data.get(from..to)).ok_or_else(|| {
            ReadError::Truncated {
                what: "the data of the safetensors file".into(),
                at: bytes.len() - data.len(),
                needed: last,
                available: data.len(),
            }
        })?;
        file.insert(&name, Tensor::contiguous(known(dtype), &shape, false, Bytes::File(slice)))?;
    }
    match data.len() as u64 - end {
        0 => Ok(file),
        more => Err(ReadError::malformed(
            "safetensors",
            format!(
                "{more} bytes follow the {end} that the header describes; copy or save the file \
                 again"
            ),
        )),
    }
}

/// The parts of a header that are used. They take at most a few times the memory of their text, and
/// no error repeats a whole string of the file, which may be most of it.
#[derive(Default)]
struct Header {
    metadata: BTreeMap<String, String>,
    tensors: BTreeMap<String, Entry>,
}

struct Entry {
    dtype: Stored,
    /// At most [`MAX_DIMS`] + 1 numbers.
    shape: Vec<u64>,
    data_offsets: [u64; 2],
}

/// Implements [`Deserialize`] for `$type` by a [`Visitor`] with the methods `$visit`.
///
/// Unlike a derived implementation it takes a value of any type, so that its errors need not repeat
/// a whole string.
macro_rules! visited {
    ($type:ty, $visitor:ident, $expecting:literal, { $($visit:item)* }) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any($visitor)
            }
        }

        struct $visitor;

        impl<'de> Visitor<'de> for $visitor {
            type Value = $type;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($expecting)
            }
            $($visit)*
        }
    };
}

visited!(Header, HeaderVisitor, "an object of tensors", {
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Header, A::Error> {
        let (mut header, mut metadata) = (Header::default(), None);
        while let Some(Name(name)) = map.next_key()? {
            if name == METADATA {
                if metadata.is_some() {
                    return Err(A::Error::duplicate_field(METADATA));
                }
                metadata = Some(map.next_value::<Option<Texts>>()?.unwrap_or_default());
                continue;
            }
            let entry = map.next_value().map_err(|error| {
                A::Error::custom(format!("tensor `{}`: {error}", quoted(&name)))
            })?;
            let is_new = header.tensors.len() <= MAX_TENSORS && !header.tensors.contains_key(&name);
            if !is_new && header.tensors.len() <= MAX_TENSORS {
                return Err(A::Error::custom(format!("tensor `{}` is there twice", quoted(&name))));
            }
            // One tensor more than the limit is kept: `read` then refuses the file.
            if is_new {
                header.tensors.insert(name, entry);
            }
        }
        header.metadata = metadata.unwrap_or_default().0;
        Ok(header)
    }
});

#[derive(Default)]
struct Texts(BTreeMap<String, String>);

visited!(Texts, TextsVisitor, "an object of strings", {
    fn visit_str<E: Error>(self, _: &str) -> Result<Texts, E> {
        Err(E::invalid_type(Unexpected::Other("a string"), &self))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Texts, A::Error> {
        let mut texts = BTreeMap::new();
        while let Some((name, text)) = map.next_entry()? {
            texts.insert(name, text);
            if texts.len() > MAX_METADATA {
                return Err(A::Error::custom(format!(
                    "metadata of more than {MAX_METADATA} entries"
                )));
            }
        }
        Ok(Texts(texts))
    }
});

/// A key of at most [`MAX_NAME_BYTES`].
struct Name(String);

visited!(Name, NameVisitor, "a name", {
    fn visit_str<E: Error>(self, name: &str) -> Result<Name, E> {
        match name.len() > MAX_NAME_BYTES {
            true => Err(E::custom(long_name(name))),
            false => Ok(Name(name.into())),
        }
    }
});

visited!(Entry, EntryVisitor, "an object of `dtype`, `shape` and `data_offsets`", {
    fn visit_str<E: Error>(self, _: &str) -> Result<Entry, E> {
        Err(E::invalid_type(Unexpected::Other("a string"), &self))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entry, A::Error> {
        let (mut dtype, mut shape, mut data_offsets) = (None, None, None);
        while let Some(Name(name)) = map.next_key()? {
            let again = match &*name {
                "dtype" => dtype.replace(map.next_value::<Type>()?.0).map(|_| "dtype"),
                "shape" => shape.replace(map.next_value::<Numbers>()?.0).map(|_| "shape"),
                "data_offsets" => {
                    data_offsets.replace(map.next_value::<Numbers>()?.0).map(|_| "data_offsets")
                }
                _ => map.next_value::<IgnoredAny>().map(|_| None)?,
            };
            if let Some(again) = again {
                return Err(A::Error::duplicate_field(again));
            }
        }
        let data_offsets: Vec<_> =
            data_offsets.ok_or_else(|| A::Error::missing_field("data_offsets"))?;
        Ok(Entry {
            dtype: dtype.ok_or_else(|| A::Error::missing_field("dtype"))?,
            shape: shape.ok_or_else(|| A::Error::missing_field("shape"))?,
            data_offsets: data_offsets
                .try_into()
                .map_err(|_| A::Error::custom("`data_offsets` are not two numbers"))?,
        })
    }
});

struct Type(Stored);

visited!(Type, TypeVisitor, "the name of a type", {
    fn visit_str<E: Error>(self, name: &str) -> Result<Type, E> {
        let stored =
            Stored::deserialize(StrDeserializer::<serde::de::value::Error>::new(name)).ok();
        stored.map(Type).ok_or_else(|| {
            E::custom(format!(
                "no type is called `{}`; expected F64, F32, F16 or BF16",
                quoted(name)
            ))
        })
    }
});

/// Whole numbers: the first [`MAX_DIMS`] + 1 of them, enough to see that a shape is too long.
struct Numbers(Vec<u64>);

visited!(Numbers, NumbersVisitor, "an array of whole numbers", {
    fn visit_str<E: Error>(self, _: &str) -> Result<Numbers, E> {
        Err(E::invalid_type(Unexpected::Other("a string"), &self))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Numbers, A::Error> {
        let mut numbers = Vec::new();
        while let Some(Number(number)) = seq.next_element()? {
            if numbers.len() <= MAX_DIMS {
                numbers.push(number);
            }
        }
        Ok(Numbers(numbers))
    }
});

struct Number(u64);

visited!(Number, NumberVisitor, "a whole number", {
    fn visit_str<E: Error>(self, _: &str) -> Result<Number, E> {
        Err(E::invalid_type(Unexpected::Other("a string"), &self))
    }
    fn visit_u64<E: Error>(self, number: u64) -> Result<Number, E> {
        Ok(Number(number))
    }
});

fn known(stored: Stored) -> Dtype {
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
        Stored::F4 => Dtype::Other("F4"),
        Stored::F6_E2M3 => Dtype::Other("F6_E2M3"),
        Stored::F6_E3M2 => Dtype::Other("F6_E3M2"),
        Stored::F8_E5M2 => Dtype::Other("F8_E5M2"),
        Stored::F8_E4M3 => Dtype::Other("F8_E4M3"),
        Stored::F8_E8M0 => Dtype::Other("F8_E8M0"),
        Stored::F8_E4M3FNUZ => Dtype::Other("F8_E4M3FNUZ"),
        Stored::F8_E5M2FNUZ => Dtype::Other("F8_E5M2FNUZ"),
        _ => Dtype::Other("another type"),
    }
}
