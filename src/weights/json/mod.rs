//! Reads JSON, an object from names to nested arrays of numbers, without building a tree of values.
//!
//! Python also writes `NaN`, `Infinity` and `-Infinity`, which are not JSON; `words` reads them. So
//! the message about a weight that is not finite can name its tensor, and the −∞ in
//! TransformerLens' buffer `IGNORE` is read as in every other format.

mod claims;
mod words;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::limits::{MAX_DIMS, MAX_NAME_BYTES, MAX_NESTING, MAX_OBJECT_NESTING, MAX_TENSORS};
use super::tensor::Bytes;
use super::text::{self, key_list, list, long_name, quoted, without_mark};
use super::{Dtype, Format, ReadError, Tensor, WeightsFile, foreign, names};
use words::{WORDS, Words, word};

/// Keys under which free text lies beside the tensors, as an object of strings.
const METADATA: [&str; 2] = ["metadata", "__metadata__"];
/// Keys under which a configuration may lie among the tensors.
const CONFIG: [&str; 7] =
    ["config", "cfg", "model_config", "hyper_parameters", "hparams", "args", "model_args"];

pub(super) fn read(bytes: &[u8]) -> Result<WeightsFile<'_>, ReadError> {
    let bytes = without_mark(bytes);
    read_object(bytes).map_err(|error| foreign_object(bytes).unwrap_or(error))
}

fn read_object(bytes: &[u8]) -> Result<WeightsFile<'static>, ReadError> {
    // Allocated once, with room for all numbers.
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
    // Moved, not copied, as free text may be most of the file.
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

/// An object of tensors.
struct Found<'n> {
    node: &'n Node,
    /// The keys that lead to it.
    path: Vec<&'n str>,
    /// Whether some of its tensors have names of weights.
    is_model: bool,
}

impl Found<'_> {
    fn name(&self) -> String {
        text::place(&self.path)
    }
}

/// Finds the object of weights, and lists other objects of tensors in `notes`.
///
/// ```text
/// candidates = objects with names of weights, or all objects of tensors if none has such names
/// choose the only candidate,
///     or the only one under the usual keys (`state_dict`, `model`, …),
///     or the root, if none is under the usual keys
/// ```
///
/// # Errors
/// If there is no candidate or none can be chosen, or if weights lie outside of the chosen object.
fn find<'n>(root: &'n Node, notes: &mut Vec<String>) -> Result<&'n Node, ReadError> {
    let mut all = Vec::new();
    collect(root, &[], &mut all);
    // Single numbers count as tensors only if there are no arrays.
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
            return Err(ReadError::unsupported(
                "JSON",
                format!("several objects of tensors, {},", list(&all, Found::name)),
                "write the one that is meant, by itself",
            ));
        }
    };
    // No weights may lie in the objects around the chosen one.
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
    // Whether the keys that do not lead to the chosen object, too, are those of another network.
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
    let others: Vec<_> = all.iter().filter(|other| other.path != chosen.path).collect();
    if !others.is_empty() {
        let others = list(others, Found::name);
        notes.push(format!("Not read, as they are not part of that object: {others}."));
    }
    Ok(chosen.node)
}

/// Collects all objects that hold arrays, except configurations and metadata.
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

/// Whether the object `name` is metadata or a configuration.
fn is_beside(name: &str) -> bool {
    METADATA.iter().chain(&CONFIG).any(|key| *key == name)
}

/// The error for an object that is not weights: one of its keys tells what it is, and no key could
/// be that of a tensor or a state dict.
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

/// An upper bound on the bytes that the numbers in JSON text take: counts everything that starts
/// like a number or a boolean where a value can start.
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

/// A value in an object.
enum Node {
    Tensor(Numbers),
    /// An array that is not a tensor: where in it, and why.
    Array {
        at: String,
        problem: String,
    },
    Object(BTreeMap<String, Node>),
    Text(String),
    Bool,
    Null,
}

/// A tensor: its shape, and the range of [`Reader::data`] that holds its elements.
struct Numbers {
    /// Whether the elements are booleans.
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

/// The state of the reading: where it is, and the tensor that is being read.
#[derive(Default)]
struct Reader {
    /// The keys that lead to the current value.
    names: Vec<String>,
    /// Entries of all objects so far.
    entries: usize,
    /// The index of the current element.
    index: Vec<usize>,
    /// The number of dimensions, known from the first number or the first empty array on.
    rank: Option<usize>,
    /// The length of the arrays at each depth, known from the end of the first one on.
    lengths: [Option<u64>; MAX_DIMS],
    /// Where and why the current array is not a tensor; its other numbers are skipped.
    problem: Option<(String, String)>,
    /// Whether the elements are booleans, known from the first one on.
    are_bits: Option<bool>,
    /// The numbers of all tensors, little-endian.
    data: Vec<u8>,
    /// Where the numbers of the current tensor start.
    start: usize,
}

impl Reader {
    /// The current value, as "`model.embed.W_E`\[3\]", or "JSON".
    fn place(&self) -> String {
        match self.names.is_empty() {
            true => "JSON".into(),
            false => format!("`{}`{}", quoted(&self.names.join(".")), self.indices()),
        }
    }

    /// The current index, as "\[3\]\[0\]".
    fn indices(&self) -> String {
        self.index.iter().map(|i| format!("[{i}]")).collect()
    }

    /// Notes why the current array is not a tensor. The first reason counts.
    fn refuse(&mut self, problem: impl FnOnce() -> String) {
        if self.problem.is_none() {
            self.problem = Some((self.indices(), problem()));
        }
    }

    /// Notes the depth of a number, which must be that of all numbers.
    fn set_rank(&mut self, rank: usize) {
        let known = *self.rank.get_or_insert(rank);
        if known != rank {
            self.refuse(|| {
                format!("ragged: numbers {rank} arrays deep, the first ones were {known} deep")
            });
        }
    }

    /// Adds an element.
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

    /// Whether the current value is the buffer in which TransformerLens keeps −∞, or NaN in some
    /// versions. JavaScript writes either as null.
    fn is_ignore(&self) -> bool {
        self.names.last().is_some_and(|name| name == "IGNORE" || name.ends_with(".IGNORE"))
    }

    /// Checks the length of an array at `depth`, which has ended.
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

    /// The tensor that was read, or why it is not one.
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

/// Reads a value in an object, or the root.
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
                return Err(A::Error::custom(long_name(&name)));
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

/// Reads an item of an array: a number, a boolean or an array. With anything else, the array is not
/// a tensor.
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
    /// Does not repeat the string, which may be most of the file.
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
            "null, as JavaScript writes NaN and infinities; expected a number, and weights must be \
             finite"
                .into()
        });
        Ok(())
    }
}
