//! A restricted pickle machine: it builds inert values and never calls anything.
//!
//! | module | what it holds |
//! |---|---|
//! | [`atom`] | values that one instruction writes: numbers, strings, names of classes |
//! | [`machine`] | the instructions, the stack and the memo |
//!
//! An atom stays where it is in the file: a [`Ref`] to it is the place of its instruction. Tuples, lists, dictionaries and calls
//! lie once in an arena. Sharing and cycles cost nothing then, and a list of a million numbers takes four bytes for each. An
//! instruction makes a few values and moves each reference at most once; with at most [`MAX_PICKLE_STEPS`] instructions that
//! bounds time, and a [`Meter`] counts everything that grows. What a program would compute stays a [`Value::Call`] with what
//! the program would do to its result ([`Extra`]), for the reader of the values to recognise or to refuse.
//!
//! [`MAX_PICKLE_STEPS`]: super::limits::MAX_PICKLE_STEPS

mod atom;
mod machine;

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::ReadError;
use super::error::quoted;
use super::limits::{PICKLE_ALLOWANCE, PICKLE_RATIO};
pub(super) use atom::unescaped;
use machine::Machine;

/// Which value of a [`Pickle`]: a node of the arena, or the place of an atom's instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ref(u32);

impl Ref {
    /// Set in references to atoms; the rest is their place in the pickle.
    const ATOM: u32 = 1 << 31;
}

/// A value as the reader of a pickle sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value<'p, 'a> {
    /// Nothing that weights or configurations are made of, in words.
    Opaque(&'static str),
    None,
    Bool(bool),
    Int(i128),
    Float(f64),
    Str(&'a str),
    /// A string of protocol 0 with escapes or characters beyond ASCII in it; [`Pickle::text`] reads it.
    Escaped(&'a [u8]),
    Bytes(&'a [u8]),
    Tuple(&'p [Ref]),
    List(&'p [Ref]),
    Set(&'p [Ref]),
    /// In the order of the file; also `OrderedDict()`.
    Dict(&'p [(Ref, Ref)]),
    /// Module and name of a class or function.
    Global(&'a str, &'a str),
    /// The persistent id of something outside of the pickle.
    Persistent(Ref),
    /// What calling the first with the arguments in the second would make.
    Call(Ref, Ref),
}

/// What the arena holds. Items of tuples lie in a pool together; lists and dictionaries, which grow, in vectors of their own.
#[derive(Clone, Copy, Debug)]
enum Node {
    Opaque(&'static str),
    /// A string or bytes too long for an atom.
    Long(u32),
    Tuple {
        from: u32,
        to: u32,
    },
    List(u32),
    /// A set, among the lists.
    Set(u32),
    Dict(u32),
    Global(Ref, Ref),
    Persistent(Ref),
    Call(Ref, Ref),
}

/// What a program would do to an object after it is made.
#[derive(Debug, Default)]
pub(super) struct Extra {
    /// What it would be restored from (the instruction `BUILD`).
    pub(super) state: Option<Ref>,
    /// What it would be given as a dictionary (`SETITEMS`).
    pub(super) entries: Vec<(Ref, Ref)>,
    /// What it would be given as a list (`APPENDS`).
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
    /// The bytes it takes in the file.
    pub(super) length: usize,
    /// The bytes it may take in memory at most.
    pub(super) held: usize,
}

/// An object of a class: what it was made from and what it was given then.
pub(super) struct Object<'p, 'a> {
    pub(super) module: &'a str,
    pub(super) class: &'a str,
    pub(super) arguments: &'p [Ref],
    pub(super) state: Option<Ref>,
}

/// What the pickles of a file of `length` bytes may hold together.
pub(super) fn budget(length: usize) -> usize {
    PICKLE_RATIO * length + PICKLE_ALLOWANCE
}

/// The bytes that a machine has allocated.
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

    /// Makes room for `more` items, by half of what is there at least, so that time stays linear.
    fn grow<T>(&mut self, items: &mut Vec<T>, more: usize) -> Result<(), ReadError> {
        let (old, room) = (items.capacity(), items.capacity() - items.len());
        if more > room {
            // The old and the new are there together for a moment.
            let new = (items.len() + more).max(old + old / 2);
            self.take(new * size_of::<T>())?;
            items.reserve_exact(new - items.len());
            self.give_back(old * size_of::<T>());
        }
        Ok(())
    }
}

impl<'a> Pickle<'a> {
    /// Reads the pickle at the start of `bytes`, taking at most `limit` bytes of memory; `what` is its name for messages.
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

    /// A string, with the escapes of protocol 0 read.
    pub(super) fn text(&self, at: Ref) -> Option<Cow<'a, str>> {
        match self.value(at) {
            Value::Str(text) => Some(Cow::Borrowed(text)),
            Value::Escaped(line) => unescaped(line).map(Cow::Owned),
            _ => None,
        }
    }

    /// A whole number from 0 up.
    pub(super) fn unsigned(&self, at: Ref) -> Option<u64> {
        match self.value(at) {
            Value::Int(number) => u64::try_from(number).ok(),
            _ => None,
        }
    }

    /// The items of a tuple or list; none of anything else.
    pub(super) fn items(&self, at: Ref) -> &[Ref] {
        match self.value(at) {
            Value::Tuple(items) | Value::List(items) => items,
            _ => &[],
        }
    }

    /// Module and name of the function, and the arguments of a call.
    pub(super) fn call(&self, at: Ref) -> Option<(&'a str, &'a str, &[Ref])> {
        match self.value(at) {
            Value::Call(function, arguments) => match self.value(function) {
                Value::Global(module, name) => Some((module, name, self.items(arguments))),
                _ => None,
            },
            _ => None,
        }
    }

    /// What is done to a value after it is made.
    pub(super) fn extra(&self, at: Ref) -> Option<&Extra> {
        self.extras.get(&at)
    }

    /// The object of a class that a call makes, by `class(…)` or by any of the functions with which `pickle` restores objects.
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

    /// The attributes that an object is restored with: pairs of name and value. `None` if its state is of another form.
    pub(super) fn attributes(&self, object: &Object<'_, 'a>) -> Option<Vec<(Ref, Ref)>> {
        let Some(state) = object.state else { return Some(Vec::new()) };
        match self.value(state) {
            Value::None => Some(Vec::new()),
            // `__dict__`, and what is in slots.
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

    /// The entries of a dictionary, of `OrderedDict([(key, value), …])`, and of an object of a class derived from dictionaries;
    /// `None` if it is something else.
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
            // A dictionary, or an object of a class derived from one, that is made from another.
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

    /// The value of the last entry with this string as its key.
    pub(super) fn entry(&self, dict: Ref, key: &str) -> Option<Ref> {
        self.entries(dict)?
            .into_iter()
            .rfind(|&(k, _)| self.str(k) == Some(key))
            .map(|(_, value)| value)
    }

    /// A key of a dictionary for a message: a string as it is, a number in decimal.
    pub(super) fn key(&self, at: Ref) -> String {
        match (self.text(at), self.value(at)) {
            (Some(text), _) => quoted(&text),
            (_, Value::Int(number)) => number.to_string(),
            (_, Value::Float(number)) => number.to_string(),
            (_, Value::Bytes(bytes)) => format!("b'{}'", super::error::quoted_bytes(bytes)),
            _ => "?".into(),
        }
    }
}
