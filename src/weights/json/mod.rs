//! JSON: an object from names to nested arrays of numbers, read in one pass without a tree of values.
//!
//! Python writes `NaN`, `Infinity` and `-Infinity`, which are no JSON. They are read as strings of one kind, so that the message
//! can say of which tensor they are, and −∞ where TransformerLens has it is what it is in every other format.

mod claims;
mod words;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::error::{key_list, list, quoted};
use super::limits::{MAX_DIMS, MAX_NAME_BYTES, MAX_NESTING, MAX_OBJECT_NESTING, MAX_TENSORS};
use super::tensor::Bytes;
use super::{Dtype, Format, ReadError, Tensor, WeightsFile, foreign, names};
use words::{WORDS, Words, word};

/// The keys of an object of strings beside the tensors.
const METADATA: [&str; 2] = ["metadata", "__metadata__"];
/// The keys of an object of configuration fields that may lie among the tensors.
const CONFIG: [&str; 7] =
    ["config", "cfg", "model_config", "hyper_parameters", "hparams", "args", "model_args"];

pub(super) fn read(bytes: &[u8]) -> Result<WeightsFile<'_>, ReadError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    read_object(bytes).map_err(|error| foreign_object(bytes).unwrap_or(error))
}

fn read_object(bytes: &[u8]) -> Result<WeightsFile<'static>, ReadError> {
    // As much room as the numbers need, at once.
    let mut reader = Reader { data: Vec::with_capacity(room(bytes)), ..Reader::default() };
    let mut root = {
        let mut json = serde_json::Deserializer::from_reader(Words::new(bytes));
        let root =
            Entry(&mut reader).deserialize(&mut json).and_then(|root| json.end().map(|()| root));
        root.map_err(|error| {
            let end = if error.is_eof() {
                ": the text is cut short; copy or download the file again"
            } else {
                ""
            };
            ReadError::malformed(reader.place(), quoted(&error.to_string()) + end)
        })?
    };

    let mut file = WeightsFile::new(Format::Json);
    let dict = find(&root, &mut file.notes)?;
    let data = Arc::new(reader.data);
    for (name, node) in dict.entries() {
        let what = || format!("tensor `{}`", quoted(name));
        match node {
            Node::Tensor(Numbers { are_bits, shape, start, end }) => {
                let data = Bytes::Made(data.clone(), *start..*end);
                let dtype = if *are_bits { Dtype::Bool } else { Dtype::F64 };
                file.insert(name, Tensor::contiguous(dtype, shape, false, data))?;
            }
            Node::Object(_) if is_beside(name) => {}
            Node::Array { at, problem } => return Err(ReadError::malformed(what() + at, problem)),
            other => {
                let problem = format!("expected nested arrays of numbers, found {}", other.kind());
                return Err(ReadError::malformed(what(), problem));
            }
        }
    }
    file.configs = claims::configs(bytes)?;
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

/// An object that holds tensors, and the keys that lead to it.
struct Found<'n> {
    node: &'n Node,
    path: Vec<&'n str>,
    /// Whether some tensors have names of weights.
    is_model: bool,
}

impl Found<'_> {
    fn name(&self) -> String {
        if self.path.is_empty() {
            "the root".into()
        } else {
            format!("`{}`", quoted(&self.path.join(".")))
        }
    }
}

/// The object that holds the weights: the only one with names of weights or, if none has them, the only one with tensors; of
/// several, the only one under the usual keys, else the root. What else holds tensors is told in `notes`.
///
/// # Errors
/// If there are none, or several of which any could be meant, or weights beside them.
fn find<'n>(root: &'n Node, notes: &mut Vec<String>) -> Result<&'n Node, ReadError> {
    let mut all = Vec::new();
    collect(root, &[], &mut all);
    // A number beside arrays is mostly no tensor, but it can be.
    if all.is_empty() && root.entries().any(|(_, node)| matches!(node, Node::Tensor(_))) {
        return Ok(root);
    }
    let is_weight = |name: &str| names::is_weight(name) || name.contains('.');
    let is_part = |found: &Found<'_>| {
        found.node.entries().any(|(name, node)| node.is_array() && is_weight(name))
    };
    let parts: Vec<_> = all
        .iter()
        .filter(|found| is_part(found))
        .map(|found| (found.path.clone(), found.name()))
        .collect();
    if all.iter().any(|found| found.is_model) {
        all.retain(|found| found.is_model);
    }
    let is_usual = |found: &&Found<'_>| {
        !found.path.is_empty() && found.path.iter().all(|key| names::WRAPPERS.contains(key))
    };
    let usual: Vec<_> = all.iter().filter(is_usual).collect();
    let at_root = all.iter().find(|found| found.path.is_empty());
    let chosen = match (&all[..], &usual[..], at_root) {
        ([], ..) => {
            let names = root.entries().map(|(name, _)| name.as_str());
            return Err(ReadError::NoTensors { found: key_list("an object", names) });
        }
        ([one], ..) | (_, [], Some(one)) => one,
        (_, &[one], _) => one,
        _ => {
            let names: Vec<_> = all.iter().map(Found::name).collect();
            return Err(ReadError::unsupported(
                "JSON",
                format!("several objects of tensors, {},", list(&names)),
                "write the one that is meant, by itself",
            ));
        }
    };
    let mut around = root;
    for key in &chosen.path {
        if let Some((name, _)) =
            around.entries().find(|(name, node)| node.is_array() && is_weight(name))
        {
            let found = format!("an array beside the object {}", chosen.name());
            return Err(ReadError::Entry {
                name: quoted(name),
                found,
                advice: "put it into that object, or leave it out",
            });
        }
        around = around.entry(key).unwrap_or(root);
    }
    if !chosen.path.is_empty() {
        notes.push(format!("Read from {} of the file.", chosen.name()));
    }
    let others = || all.iter().filter(|other| other.path != chosen.path);
    // Another network than the chosen one, by the keys that lead to it alone.
    let is_other = |path: &[&str]| {
        let shared = path.iter().zip(&chosen.path).take_while(|(a, b)| a == b).count();
        path[shared..].iter().any(|key| names::is_other(key))
    };
    let is_beside = |path: &[&str]| path != chosen.path && !path.is_empty() && !is_other(path);
    if let Some((_, part)) = parts.iter().find(|(path, _)| is_beside(path)) {
        let found = format!(
            "weights under {part}, beside those under {}, of which they could be a part,",
            chosen.name()
        );
        return Err(ReadError::unsupported("JSON", found, "write the model by itself"));
    }
    let others: Vec<_> = others().map(Found::name).collect();
    if !others.is_empty() {
        notes.push(format!("Not read, as they are not part of that object: {}.", list(&others)));
    }
    Ok(chosen.node)
}

/// Collects all objects that hold arrays, but for those of configurations and metadata.
fn collect<'n>(node: &'n Node, path: &[&'n str], all: &mut Vec<Found<'n>>) {
    if node.entries().any(|(_, node)| node.is_array()) {
        let is_model = node.entries().any(|(name, node)| node.is_array() && names::is_weight(name));
        all.push(Found { node, path: path.to_vec(), is_model });
    }
    if path.len() < MAX_NESTING {
        for (name, node) in node.entries().filter(|(name, _)| !is_beside(name)) {
            collect(node, &[path, &[name.as_str()]].concat(), all);
        }
    }
}

/// Whether an object of this name says something beside the weights.
fn is_beside(name: &str) -> bool {
    METADATA.iter().chain(&CONFIG).any(|key| *key == name)
}

/// What the object is, if one of its names tells that it is no weights, and none could be that of a tensor or of a state dict.
fn foreign_object(bytes: &[u8]) -> Option<ReadError> {
    struct Names(Option<ReadError>);
    impl<'de> Visitor<'de> for &mut Names {
        type Value = ();
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
            while map.next_key_seed(&mut *self)?.is_some() {
                map.next_value::<IgnoredAny>()?;
            }
            Ok(())
        }
        fn visit_str<E: Error>(self, name: &str) -> Result<(), E> {
            if name.contains('.') || names::WRAPPERS.contains(&name) {
                return Err(E::custom("a name of weights"));
            }
            self.0 = self.0.take().or_else(|| foreign::object(name));
            Ok(())
        }
    }
    impl<'de> DeserializeSeed<'de> for &mut Names {
        type Value = ();
        fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
            deserializer.deserialize_any(self)
        }
    }
    let mut names = Names(None);
    let is_whole =
        (&mut names).deserialize(&mut serde_json::Deserializer::from_slice(bytes)).is_ok();
    names.0.filter(|_| is_whole)
}

/// The bytes that the numbers of JSON text take, or more: of all that starts where a value can.
fn room(text: &[u8]) -> usize {
    let (mut bytes, mut in_string, mut escaped, mut before) = (0, false, false, b' ');
    for &byte in text {
        if in_string {
            in_string = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
        } else if byte == b'"' {
            in_string = true;
        } else if matches!(before, b'[' | b',' | b':' | b' ' | b'\t' | b'\n' | b'\r') {
            bytes += match byte {
                b'-' | b'0'..=b'9' | b'N' | b'I' | b'n' => size_of::<f64>(),
                b't' | b'f' => 1,
                _ => 0,
            };
        }
        before = byte;
    }
    bytes
}

/// What an object holds under a name.
enum Node {
    Tensor(Numbers),
    /// An array that is no tensor: what is wrong, and at which indices.
    Array {
        at: String,
        problem: String,
    },
    Object(BTreeMap<String, Node>),
    Text(String),
    Bool,
    Null,
}

/// A tensor: whether it is of booleans, its shape, and where its numbers lie among all numbers, in bytes.
struct Numbers {
    are_bits: bool,
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

    fn kind(&self) -> &'static str {
        match self {
            Self::Tensor(_) => "numbers",
            Self::Array { .. } => "an array",
            Self::Object(_) => "an object",
            Self::Text(_) => "a string",
            Self::Bool => "true or false",
            Self::Null => "null",
        }
    }

    fn is_array(&self) -> bool {
        match self {
            Self::Tensor(numbers) => !numbers.shape.is_empty(),
            Self::Array { .. } => true,
            _ => false,
        }
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
    /// What makes the array that is read no tensor, and where; the rest of it is passed over.
    problem: Option<(String, String)>,
    /// Whether the elements are booleans, known once the first is.
    are_bits: Option<bool>,
    /// The numbers of all tensors, little-endian.
    data: Vec<u8>,
    /// Where those of this tensor start.
    start: usize,
}

impl Reader {
    /// The name, as "`model.embed.W_E`", for messages.
    fn place(&self) -> String {
        match self.names.is_empty() {
            true => "JSON".into(),
            false => format!("`{}`{}", quoted(&self.names.join(".")), self.indices()),
        }
    }

    /// "\[3\]\[0\]".
    fn indices(&self) -> String {
        self.index.iter().map(|i| format!("[{i}]")).collect()
    }

    /// The array is no tensor; the first reason is kept.
    fn refuse(&mut self, problem: impl FnOnce() -> String) {
        if self.problem.is_none() {
            self.problem = Some((self.indices(), problem()));
        }
    }

    /// Every number lies equally deep.
    fn set_rank(&mut self, rank: usize) {
        let known = *self.rank.get_or_insert(rank);
        if known != rank {
            self.refuse(|| {
                format!("ragged: numbers {rank} arrays deep, the first ones were {known} deep")
            });
        }
    }

    fn push(&mut self, is_bit: bool, bytes: &[u8]) {
        if *self.are_bits.get_or_insert(is_bit) != is_bit {
            self.refuse(|| "numbers, and true or false, in one tensor".into());
        }
        self.set_rank(self.index.len());
        if self.problem.is_none() {
            self.data.extend(bytes);
        }
    }

    fn number(&mut self, number: f64) {
        self.push(false, &number.to_le_bytes());
    }

    /// Whether it is the buffer in which TransformerLens keeps −∞, or NaN in some versions; JavaScript writes either as null.
    fn is_ignore(&self) -> bool {
        self.names.last().is_some_and(|name| name == "IGNORE" || name.ends_with(".IGNORE"))
    }

    /// An array at `depth` has ended.
    fn close(&mut self, depth: usize, length: usize) {
        if length == 0 {
            self.set_rank(depth + 1);
        }
        let known = *self.lengths[depth].get_or_insert(length as u64);
        if known != length as u64 {
            self.refuse(|| {
                format!("ragged: an array of {length} items, the first one had {known}")
            });
        }
    }

    fn take_tensor(&mut self) -> Node {
        let shape: Vec<u64> = self.lengths.iter().map_while(|length| *length).collect();
        (self.rank, self.lengths) = Default::default();
        let are_bits = self.are_bits.take() == Some(true);
        if let Some((at, problem)) = self.problem.take() {
            self.data.truncate(self.start);
            return Node::Array { at, problem };
        }
        let (start, end) = (self.start, self.data.len());
        self.start = end;
        Node::Tensor(Numbers { are_bits, shape, start, end })
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
        if reader.names.len() > MAX_OBJECT_NESTING {
            return Err(A::Error::custom(format!(
                "objects more than {MAX_OBJECT_NESTING} deep in the root"
            )));
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
        self.0.number(number);
        Ok(self.0.take_tensor())
    }
    fn visit_i64<E: Error>(self, number: i64) -> Result<Node, E> {
        self.visit_f64(number as f64)
    }
    fn visit_u64<E: Error>(self, number: u64) -> Result<Node, E> {
        self.visit_f64(number as f64)
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Node, E> {
        word(text).map_or_else(|| Ok(Node::Text(text.into())), |number| self.visit_f64(number))
    }
    fn visit_bool<E: Error>(self, _: bool) -> Result<Node, E> {
        Ok(Node::Bool)
    }
    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        if self.0.is_ignore() { self.visit_f64(f64::NAN) } else { Ok(Node::Null) }
    }
}

/// Reads an item of an array: a number, true or false, or an array again; anything else makes the array no tensor.
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
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Self(reader) = self;
        let depth = reader.index.len();
        if depth == MAX_DIMS {
            reader.refuse(|| format!("arrays more than {MAX_DIMS} deep"));
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(());
        }
        reader.index.push(0);
        while seq.next_element_seed(Array(&mut *reader))?.is_some() {
            reader.index[depth] += 1;
        }
        let length = reader.index[depth];
        reader.close(depth, length);
        reader.index.pop();
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.0.refuse(|| "an object, expected a number or an array of numbers".into());
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(())
    }
    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        self.0.number(number);
        Ok(())
    }
    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.visit_f64(number as f64)
    }
    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.visit_f64(number as f64)
    }
    fn visit_bool<E: Error>(self, is_so: bool) -> Result<(), E> {
        self.0.push(true, &[is_so.into()]);
        Ok(())
    }
    /// Without repeating the string, which may be most of the file.
    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let spelled =
            |number: f64| WORDS.iter().find(|(.., value)| value.total_cmp(&number).is_eq());
        self.0.refuse(|| match word(text).and_then(spelled) {
            Some((word, ..)) => {
                format!("{} is no number of JSON, and weights must be finite", word.escape_ascii())
            }
            None => "a string, expected a number or an array of numbers".into(),
        });
        Ok(())
    }
    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.0.refuse(|| {
            "null, as JavaScript writes NaN and infinities; expected a number, and weights must be finite".into()
        });
        Ok(())
    }
}
