//! A restricted pickle machine: builds inert values and never calls anything.
//!
//! | module | what it holds |
//! |---|---|
//! | [`atom`] | values that one instruction writes: numbers, strings, names of classes |
//! | [`machine`] | the instructions, the stack and the memo |
//!
//! Atoms stay in the file: a [`Ref`] to an atom is the position of its instruction. Tuples, lists,
//! dictionaries and calls lie in an arena, each once, so that sharing and cycles cost nothing and a
//! list of a million numbers takes four bytes for each.
//!
//! Time is bounded because an instruction makes a few values and moves each reference at most once,
//! and a pickle has at most [`MAX_PICKLE_STEPS`] instructions. Memory is bounded because a
//! [`Meter`] counts everything that grows.
//!
//! What Python would call becomes a [`Value::Call`], and what Python would do to the result an
//! [`Extra`]. Whoever reads the values recognises both or refuses them.
//!
//! [`MAX_PICKLE_STEPS`]: super::limits::MAX_PICKLE_STEPS

mod atom;
mod machine;

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::ReadError;
use super::limits::{PICKLE_ALLOWANCE, PICKLE_RATIO};
use super::text::{quoted, quoted_bytes};
pub(super) use atom::unescaped;
use machine::Machine;

/// Refers to a value of a [`Pickle`]: a node of the arena, or an atom by the position of its
/// instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ref(u32);

impl Ref {
    /// The bit that marks references to atoms. The other bits are the position in the pickle.
    const ATOM: u32 = 1 << 31;
}

/// A value of a pickle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value<'p, 'a> {
    /// A value that neither weights nor configurations consist of, described in words.
    Opaque(&'static str),
    None,
    Bool(bool),
    Int(i128),
    Float(f64),
    Str(&'a str),
    /// A string of protocol 0 with escapes or characters beyond ASCII; [`Pickle::text`] decodes it.
    Escaped(&'a [u8]),
    Bytes(&'a [u8]),
    Tuple(&'p [Ref]),
    List(&'p [Ref]),
    Set(&'p [Ref]),
    /// Keys and values in the order of the file; also an `OrderedDict`.
    Dict(&'p [(Ref, Ref)]),
    /// Module and name of a class or function.
    Global(&'a str, &'a str),
    /// An object outside of the pickle, by its persistent id.
    Persistent(Ref),
    /// The call of a function, the first, with a tuple of arguments, the second.
    Call(Ref, Ref),
}

/// A value in the arena, by indices into the vectors of [`Pickle`]. All tuples share one pool; a
/// list or dictionary can grow and has a vector of its own.
#[derive(Clone, Copy, Debug)]
enum Node {
    Opaque(&'static str),
    /// A string or bytes, too long for an atom.
    Long(u32),
    Tuple {
        from: u32,
        to: u32,
    },
    List(u32),
    /// A set, which lies among the lists.
    Set(u32),
    Dict(u32),
    Global(Ref, Ref),
    Persistent(Ref),
    Call(Ref, Ref),
}

/// What Python would do to an object after making it.
#[derive(Debug, Default)]
pub(super) struct Extra {
    /// The state it would be restored from (the instruction `BUILD`).
    pub(super) state: Option<Ref>,
    /// The entries it would be given like a dictionary (`SETITEMS`).
    pub(super) entries: Vec<(Ref, Ref)>,
    /// The items it would be given like a list (`APPENDS`).
    pub(super) items: Vec<Ref>,
}

/// A pickle that was read to its end.
pub(super) struct Pickle<'a> {
    bytes: &'a [u8],
    nodes: Vec<Node>,
    long: Vec<Value<'static, 'a>>,
    pool: Vec<Ref>,
    lists: Vec<Vec<Ref>>,
    dicts: Vec<Vec<(Ref, Ref)>>,
    extras: BTreeMap<Ref, Extra>,
    pub(super) root: Ref,
    /// Size in the file, in bytes.
    pub(super) length: usize,
    /// Upper bound on the memory it takes, in bytes.
    pub(super) held: usize,
}

/// An object of a class: the arguments it is made from, and the state it is restored from.
pub(super) struct Object<'p, 'a> {
    pub(super) module: &'a str,
    pub(super) class: &'a str,
    pub(super) arguments: &'p [Ref],
    pub(super) state: Option<Ref>,
}

/// The memory that all pickles of a file of `length` bytes may take, in bytes.
pub(super) fn budget(length: usize) -> usize {
    PICKLE_RATIO * length + PICKLE_ALLOWANCE
}

/// Counts the bytes that a machine has allocated, up to a limit.
struct Meter<'a> {
    what: &'a str,
    held: usize,
    limit: usize,
}

impl Meter<'_> {
    fn take(&mut self, bytes: usize) -> Result<(), ReadError> {
        self.held += bytes;
        super::within(
            &format!("bytes that the values of {} take", self.what),
            self.held as u64,
            self.limit,
        )
    }

    fn give_back(&mut self, bytes: usize) {
        self.held -= bytes;
    }

    /// Makes room for `more` items. Grows the capacity at least by half, so that time stays linear.
    fn grow<T>(&mut self, items: &mut Vec<T>, more: usize) -> Result<(), ReadError> {
        let (old, room) = (items.capacity(), items.capacity() - items.len());
        if more > room {
            // The old and the new allocation exist together for a moment.
            let new = (items.len() + more).max(old + old / 2);
            self.take(new * size_of::<T>())?;
            items.reserve_exact(new - items.len());
            self.give_back(old * size_of::<T>());
        }
        Ok(())
    }
}

impl<'a> Pickle<'a> {
    /// Reads the pickle at the start of `bytes` with at most `limit` bytes of memory; messages call
    /// it `what`.
    pub(super) fn read(bytes: &'a [u8], what: &'a str, limit: usize) -> Result<Self, ReadError> {
        Machine::new(bytes, what, Meter { what, held: 0, limit }).run()
    }

    pub(super) fn value(&self, at: Ref) -> Value<'_, 'a> {
        if at.0 & Ref::ATOM != 0 {
            return atom::value(self.bytes, (at.0 & !Ref::ATOM) as usize);
        }
        match self.nodes[at.0 as usize] {
            Node::Opaque(kind) => Value::Opaque(kind),
            Node::Long(long) => self.long[long as usize],
            Node::Tuple { from, to } => Value::Tuple(&self.pool[from as usize..to as usize]),
            Node::List(list) => Value::List(&self.lists[list as usize]),
            Node::Set(list) => Value::Set(&self.lists[list as usize]),
            Node::Dict(dict) => Value::Dict(&self.dicts[dict as usize]),
            Node::Global(module, name) => match (self.value(module), self.value(name)) {
                (Value::Str(module), Value::Str(name)) => Value::Global(module, name),
                _ => Value::Opaque("a class whose name is no plain string"),
            },
            Node::Persistent(id) => Value::Persistent(id),
            Node::Call(function, arguments) => Value::Call(function, arguments),
        }
    }

    /// All nodes of the arena, reachable or not.
    pub(super) fn nodes(&self) -> impl Iterator<Item = Ref> {
        (0..self.nodes.len()).map(|at| Ref(u32::try_from(at).expect("a node takes an instruction")))
    }

    pub(super) fn str(&self, at: Ref) -> Option<&'a str> {
        match self.value(at) {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The string at `at`, with the escapes of protocol 0 decoded; `None` if it is something else.
    pub(super) fn text(&self, at: Ref) -> Option<Cow<'a, str>> {
        match self.value(at) {
            Value::Str(text) => Some(Cow::Borrowed(text)),
            Value::Escaped(line) => unescaped(line).map(Cow::Owned),
            _ => None,
        }
    }

    /// The integer at `at`; `None` if it is negative or something else.
    pub(super) fn unsigned(&self, at: Ref) -> Option<u64> {
        match self.value(at) {
            Value::Int(number) => u64::try_from(number).ok(),
            _ => None,
        }
    }

    /// The items of a tuple or list; empty for anything else.
    pub(super) fn items(&self, at: Ref) -> &[Ref] {
        match self.value(at) {
            Value::Tuple(items) | Value::List(items) => items,
            _ => &[],
        }
    }

    /// The module and name of a called function, and the arguments; `None` if `at` is not a call.
    pub(super) fn call(&self, at: Ref) -> Option<(&'a str, &'a str, &[Ref])> {
        match self.value(at) {
            Value::Call(function, arguments) => match self.value(function) {
                Value::Global(module, name) => Some((module, name, self.items(arguments))),
                _ => None,
            },
            _ => None,
        }
    }

    /// What Python would do to the value after making it.
    pub(super) fn extra(&self, at: Ref) -> Option<&Extra> {
        self.extras.get(&at)
    }

    /// The object that a call makes, by `class(…)` or by a function with which `pickle` restores
    /// objects.
    pub(super) fn object(&self, at: Ref) -> Option<Object<'_, 'a>> {
        let state = self.extra(at).and_then(|extra| extra.state);
        let (module, class, arguments) = self.call(at)?;
        let restores = matches!(
            (module, class),
            ("copyreg" | "copy_reg", "_reconstructor" | "__newobj__" | "__newobj_ex__")
        );
        match arguments {
            [of, arguments @ ..] if restores => match self.value(*of) {
                Value::Global(module, class) => Some(Object { module, class, arguments, state }),
                _ => None,
            },
            _ => Some(Object { module, class, arguments, state }),
        }
    }

    /// The names and values of an object's attributes; `None` if its state has another form.
    pub(super) fn attributes(&self, object: &Object<'_, 'a>) -> Option<Vec<(Ref, Ref)>> {
        let Some(state) = object.state else { return Some(Vec::new()) };
        match self.value(state) {
            Value::None => Some(Vec::new()),
            // `__dict__` and the values in `__slots__`.
            Value::Tuple(&[dict, slots]) => {
                let part = |at| match self.value(at) {
                    Value::None => Some(Vec::new()),
                    _ => self.entries(at),
                };
                let mut all = part(dict)?;
                all.extend(part(slots)?);
                Some(all)
            }
            _ => self.entries(state),
        }
    }

    /// The entries of a dictionary, of `OrderedDict([(key, value), …])`, or of an object of a class
    /// derived from dictionaries; `None` for anything else.
    pub(super) fn entries(&self, at: Ref) -> Option<Vec<(Ref, Ref)>> {
        let given = self.extra(at).map_or(&[][..], |extra| &extra.entries);
        let pair = |&pair: &Ref| match *self.items(pair) {
            [key, value] => Some((key, value)),
            _ => None,
        };
        let mut entries: Vec<_> = match (self.value(at), self.call(at)) {
            (Value::Dict(pairs), _) => pairs.to_vec(),
            (_, Some(("collections", "OrderedDict", &[list]))) => {
                self.items(list).iter().map(pair).collect::<Option<_>>()?
            }
            (_, Some(("collections", "OrderedDict" | "defaultdict", []))) => Vec::new(),
            // A dictionary, or an object of a derived class, that is made from dictionaries.
            (_, Some((.., arguments))) => {
                let made: Vec<_> = arguments
                    .iter()
                    .filter_map(|&of| match self.value(of) {
                        Value::Dict(pairs) => Some(pairs),
                        _ => None,
                    })
                    .flatten()
                    .copied()
                    .collect();
                if made.is_empty() && given.is_empty() {
                    return None;
                }
                made
            }
            _ => return None,
        };
        entries.extend(given);
        Some(entries)
    }

    /// The value of the last entry whose key is the string `key`.
    pub(super) fn entry(&self, dict: Ref, key: &str) -> Option<Ref> {
        self.entries(dict)?
            .into_iter()
            .rfind(|&(k, _)| self.str(k) == Some(key))
            .map(|(_, value)| value)
    }

    /// A key of a dictionary, written for a message.
    pub(super) fn key(&self, at: Ref) -> String {
        match (self.text(at), self.value(at)) {
            (Some(text), _) => quoted(&text),
            (_, Value::Int(number)) => number.to_string(),
            (_, Value::Float(number)) => number.to_string(),
            (_, Value::Bytes(bytes)) => format!("b'{}'", quoted_bytes(bytes)),
            _ => "?".into(),
        }
    }
}
