//! JSON: an object from names to nested arrays of numbers, read in one pass without a tree of values.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};

use super::error::{key_list, quoted};
use super::limits::{MAX_DIMS, MAX_NAME_BYTES, MAX_NESTING, MAX_TENSORS};
use super::tensor::Bytes;
use super::{Dtype, Format, ReadError, Tensor, WeightsFile, find_state_dict};

/// The keys of an object of strings beside the tensors.
const METADATA: [&str; 2] = ["metadata", "__metadata__"];

pub(super) fn read(bytes: &[u8]) -> Result<WeightsFile<'_>, ReadError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // As much room as the numbers need, at once.
    let mut reader = Reader { data: Vec::with_capacity(numbers(bytes) * size_of::<f64>()), ..Reader::default() };
    let mut root = {
        let mut json = serde_json::Deserializer::from_slice(bytes);
        let root = Entry(&mut reader).deserialize(&mut json).and_then(|root| json.end().map(|()| root));
        root.map_err(|error| ReadError::malformed(reader.place(), quoted(&error.to_string())))?
    };

    let has_tensors = |node: &Node| node.entries().any(|(_, value)| matches!(value, Node::Tensor(_)));
    let dict = find_state_dict(&root, &|node, key| node.entry(key), &|node| has_tensors(node)).ok_or_else(|| {
        ReadError::NoTensors { found: key_list("an object", root.entries().map(|(name, _)| name.as_str())) }
    })?;
    let mut file = WeightsFile::new(Format::Json);
    let data = Arc::new(reader.data);
    for (name, node) in dict.entries() {
        let kind = match node {
            Node::Tensor(Numbers { shape, start, end }) => {
                let data = Bytes::Made(data.clone(), *start..*end);
                file.insert(name, Tensor::contiguous(Dtype::F64, shape, false, data))?;
                continue;
            }
            Node::Object(_) if METADATA.contains(&name.as_str()) => continue,
            Node::Object(_) => "an object",
            Node::Text(_) => "a string",
            Node::Other(kind) => kind,
        };
        let what = format!("tensor `{}`", quoted(name));
        return Err(ReadError::malformed(what, format!("expected nested arrays of numbers, found {kind}")));
    }
    // Moved, not copied: free text may be most of the file.
    for key in METADATA {
        if let Some(Node::Object(entries)) = root.remove(key) {
            let texts = entries.into_iter().filter_map(|(name, node)| match node {
                Node::Text(text) => Some((name, text)),
                _ => None,
            });
            file.metadata.extend(texts);
        }
    }
    Ok(file)
}

/// How many numbers JSON text has, or more: those that start where a value can.
fn numbers(text: &[u8]) -> usize {
    let (mut count, mut in_string, mut escaped, mut before) = (0, false, false, b' ');
    for &byte in text {
        if in_string {
            in_string = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
        } else if byte == b'"' {
            in_string = true;
        } else if matches!(byte, b'-' | b'0'..=b'9')
            && matches!(before, b'[' | b',' | b':' | b' ' | b'\t' | b'\n' | b'\r')
        {
            count += 1;
        }
        before = byte;
    }
    count
}

/// What an object holds under a name.
enum Node {
    Tensor(Numbers),
    Object(BTreeMap<String, Node>),
    Text(String),
    Other(&'static str),
}

/// A tensor: its shape, and where its numbers lie among all numbers, in bytes.
struct Numbers {
    shape: Vec<u64>,
    start: usize,
    end: usize,
}

impl Node {
    fn remove(&mut self, key: &str) -> Option<Self> {
        match self {
            Self::Object(entries) => entries.remove(key),
            _ => None,
        }
    }

    fn entry(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(entries) => entries.get(key),
            _ => None,
        }
    }

    fn entries(&self) -> impl Iterator<Item = (&String, &Self)> {
        let entries = match self {
            Self::Object(entries) => Some(entries),
            _ => None,
        };
        entries.into_iter().flatten()
    }
}

/// Where the reading is, and the tensor that is being read.
#[derive(Default)]
struct Reader {
    names: Vec<String>,
    entries: usize,
    index: Vec<usize>,
    /// Dimensions, known once the first number or the first empty array is.
    rank: Option<usize>,
    /// The length of the arrays at each depth, known once the first of them ends.
    lengths: [Option<u64>; MAX_DIMS],
    /// The numbers of all tensors, little-endian.
    data: Vec<u8>,
    /// Where those of this tensor start.
    start: usize,
}

impl Reader {
    /// The name and the indices, as "`embed.W_E`\[3\]\[0\]", for messages.
    fn place(&self) -> String {
        let indices: String = self.index.iter().map(|i| format!("[{i}]")).collect();
        match self.names.is_empty() {
            true => "JSON".into(),
            false => format!("`{}`{indices}", quoted(&self.names.join("."))),
        }
    }

    /// Every number lies equally deep.
    fn set_rank<E: Error>(&mut self, rank: usize) -> Result<(), E> {
        match *self.rank.get_or_insert(rank) {
            known if known == rank => Ok(()),
            known => Err(E::custom(format!("ragged: numbers {rank} arrays deep, the first ones were {known} deep"))),
        }
    }

    fn number<E: Error>(&mut self, number: f64) -> Result<(), E> {
        self.data.extend(number.to_le_bytes());
        self.set_rank(self.index.len())
    }

    /// An array at `depth` has ended.
    fn close<E: Error>(&mut self, depth: usize, length: usize) -> Result<(), E> {
        if length == 0 {
            self.set_rank(depth + 1)?;
        }
        match *self.lengths[depth].get_or_insert(length as u64) {
            known if known == length as u64 => Ok(()),
            known => Err(E::custom(format!("ragged: an array of {length} items, the first one had {known}"))),
        }
    }

    fn take_tensor(&mut self) -> Node {
        let shape: Vec<u64> = self.lengths.iter().map_while(|length| *length).collect();
        (self.rank, self.lengths) = Default::default();
        let (start, end) = (self.start, self.data.len());
        self.start = end;
        Node::Tensor(Numbers { shape, start, end })
    }
}

/// Reads what an object holds under a name, or the root.
struct Entry<'r>(&'r mut Reader);

impl<'de> DeserializeSeed<'de> for Entry<'_> {
    type Value = Node;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Entry<'_> {
    type Value = Node;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nested arrays of numbers")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let Self(reader) = self;
        let mut entries = BTreeMap::new();
        if reader.names.len() > MAX_NESTING {
            return Err(A::Error::custom(format!("objects more than {MAX_NESTING} deep in the root")));
        }
        while let Some(name) = map.next_key::<String>()? {
            reader.entries += 1;
            if name.len() > MAX_NAME_BYTES {
                return Err(A::Error::custom(super::error::long_name(&name)));
            }
            reader.names.push(name.clone());
            if reader.entries > MAX_TENSORS {
                return Err(A::Error::custom(format!("more than {MAX_TENSORS} entries")));
            }
            let node = map.next_value_seed(Entry(&mut *reader))?;
            if entries.insert(name, node).is_some() {
                return Err(A::Error::custom("is there twice"));
            }
            reader.names.pop();
        }
        Ok(Node::Object(entries))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Node, A::Error> {
        Array(&mut *self.0).visit_seq(seq)?;
        Ok(self.0.take_tensor())
    }
    fn visit_f64<E: Error>(self, number: f64) -> Result<Node, E> {
        self.0.number(number)?;
        Ok(self.0.take_tensor())
    }
    fn visit_i64<E: Error>(self, number: i64) -> Result<Node, E> {
        self.visit_f64(number as f64)
    }
    fn visit_u64<E: Error>(self, number: u64) -> Result<Node, E> {
        self.visit_f64(number as f64)
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.into()))
    }
    fn visit_bool<E: Error>(self, _: bool) -> Result<Node, E> {
        Ok(Node::Other("true or false"))
    }
    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        Ok(Node::Other("null"))
    }
}

/// Reads an item of an array: a number, or an array again.
struct Array<'r>(&'r mut Reader);

impl<'de> DeserializeSeed<'de> for Array<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Array<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number or an array of numbers")
    }
    /// Without repeating the string, which may be most of the file.
    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Err(E::invalid_type(Unexpected::Other("a string"), &self))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Self(reader) = self;
        let depth = reader.index.len();
        if depth == MAX_DIMS {
            return Err(A::Error::custom(format!("arrays more than {MAX_DIMS} deep")));
        }
        reader.index.push(0);
        while seq.next_element_seed(Array(&mut *reader))?.is_some() {
            reader.index[depth] += 1;
        }
        let length = reader.index[depth];
        reader.close(depth, length)?;
        reader.index.pop();
        Ok(())
    }
    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        self.0.number(number)
    }
    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.visit_f64(number as f64)
    }
    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.visit_f64(number as f64)
    }
}
