//! A restricted pickle machine: it builds inert values and never calls anything.
//!
//! Every value lies once in an arena and is referred to by its index, so that sharing and cycles cost nothing. An
//! instruction makes a few values and moves each reference at most once; with at most [`MAX_HEADER_BYTES`] instructions
//! that bounds time, and everything that grows is counted by a [`Meter`]. What a program would compute stays a
//! [`Value::Call`], for the reader of the values to recognise or to leave alone.

use std::collections::BTreeMap;
use std::ops::Index;
use std::str;

use super::ReadError;
use super::limits::{MAX_HEADER_BYTES, PICKLE_ALLOWANCE, PICKLE_RATIO};

/// Which value of a [`Pickle`].
pub(super) type Ref = u32;

#[derive(Clone, Debug)]
pub(super) enum Value<'a> {
    /// Floats, bytes, sets, negative integers: nothing that a state dict is made of.
    Opaque,
    None,
    Bool(bool),
    Int(u64),
    /// An integer of more than 64 bits, little-endian, without zeros at the end.
    Long(&'a [u8]),
    Str(&'a str),
    Tuple(Vec<Ref>),
    List(Vec<Ref>),
    /// In the order of the file; also `OrderedDict()`.
    Dict(Vec<(Ref, Ref)>),
    /// Module and name of a class or function, both strings.
    Global(Ref, Ref),
    /// The persistent id of something outside of the pickle.
    Persistent(Ref),
    /// What calling the first with the arguments in the second would make.
    Call(Ref, Ref),
}

/// A pickle that was read to its end.
pub(super) struct Pickle<'a> {
    values: Vec<Value<'a>>,
    pub(super) root: Ref,
    /// The bytes it takes in the file.
    pub(super) length: usize,
    /// The bytes it may take in memory at most.
    pub(super) held: usize,
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
    /// About what an entry of a map from `u64` takes.
    const MEMO_ENTRY: usize = 40;

    fn take(&mut self, bytes: usize) -> Result<(), ReadError> {
        self.held += bytes;
        super::within(&format!("bytes that the values of {} take", self.what), self.held as u64, self.limit)
    }

    fn give_back(&mut self, bytes: usize) {
        self.held -= bytes;
    }

    /// Makes room for more items, by half at least, so that time stays linear.
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

impl<'a> Index<Ref> for Pickle<'a> {
    type Output = Value<'a>;
    fn index(&self, at: Ref) -> &Value<'a> {
        &self.values[at as usize]
    }
}

impl<'a> Pickle<'a> {
    /// Reads the pickle at the start of `bytes`, taking at most `limit` bytes of memory; `what` is its name for messages.
    pub(super) fn read(bytes: &'a [u8], what: &'a str, limit: usize) -> Result<Self, ReadError> {
        let (stack, marks, memo) = Default::default();
        let meter = Meter { what, held: 0, limit };
        Machine { bytes, what, at: 0, values: CONSTANTS.to_vec(), stack, marks, memo, meter }.run()
    }

    /// All values, reachable or not.
    pub(super) fn values(&self) -> impl Iterator<Item = &Value<'a>> {
        self.values.iter()
    }

    pub(super) fn str(&self, at: Ref) -> Option<&'a str> {
        match self[at] {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The items of a tuple or list; none of anything else.
    pub(super) fn items(&self, at: Ref) -> &[Ref] {
        match &self[at] {
            Value::Tuple(items) | Value::List(items) => items,
            _ => &[],
        }
    }

    /// Module and name of the function, and the arguments of a call.
    pub(super) fn call(&self, at: Ref) -> Option<(&'a str, &'a str, &[Ref])> {
        match self[at] {
            Value::Call(function, arguments) => match self[function] {
                Value::Global(module, name) => Some((self.str(module)?, self.str(name)?, self.items(arguments))),
                _ => None,
            },
            _ => None,
        }
    }

    /// The entries of a dictionary, including `OrderedDict([(key, value), …])`; `None` if it is something else.
    pub(super) fn entries(&self, at: Ref) -> Option<impl Iterator<Item = (Ref, Ref)> + '_> {
        let (pairs, list) = match (&self[at], self.call(at)) {
            (Value::Dict(pairs), _) => (&pairs[..], &[][..]),
            (_, Some(("collections", "OrderedDict", &[list]))) => (&[][..], self.items(list)),
            _ => return None,
        };
        let listed = list.iter().filter_map(|&pair| match *self.items(pair) {
            [key, value] => Some((key, value)),
            _ => None,
        });
        Some(pairs.iter().copied().chain(listed))
    }

    /// The value of the last entry with this string as its key.
    pub(super) fn entry(&self, dict: Ref, key: &str) -> Option<Ref> {
        self.entries(dict)?.filter(|&(k, _)| self.str(k) == Some(key)).last().map(|(_, value)| value)
    }
}

/// The values that are the same wherever they are, each once: of long lists of floats only the references are kept.
const CONSTANTS: [Value<'static>; 5] =
    [Value::Opaque, Value::None, Value::Bool(false), Value::Bool(true), Value::Tuple(Vec::new())];

struct Machine<'a> {
    bytes: &'a [u8],
    what: &'a str,
    at: usize,
    values: Vec<Value<'a>>,
    stack: Vec<Ref>,
    /// Heights of the stack; nothing below the last one can be popped.
    marks: Vec<usize>,
    memo: BTreeMap<u64, Ref>,
    meter: Meter<'a>,
}

impl<'a> Machine<'a> {
    fn run(mut self) -> Result<Pickle<'a>, ReadError> {
        loop {
            match self.array()? {
                [b'.'] => {
                    let root = self.pop()?;
                    return Ok(Pickle { values: self.values, root, length: self.at, held: self.meter.held });
                }
                [op] => self.step(op)?,
            }
        }
    }

    /// The instructions that make a new value; [`Self::arrange`] has the others.
    fn step(&mut self, op: u8) -> Result<(), ReadError> {
        let value = match op {
            b'N' => Value::None,
            0x88 => Value::Bool(true),
            0x89 => Value::Bool(false),
            b'K' => integer(self.take(1)?, false),
            b'M' => integer(self.take(2)?, false),
            b'J' => integer(self.take(4)?, true),
            0x8a => integer(self.counted::<1>()?, true),
            0x8b => integer(self.counted::<4>()?, true),
            b'I' | b'L' => match (op, self.line()?) {
                (b'I', b"00") => Value::Bool(false),
                (b'I', b"01") => Value::Bool(true),
                (_, line) => decimal(line.strip_suffix(b"L").unwrap_or(line)).map_or(Value::Opaque, Value::Int),
            },
            b'F' => self.line().map(|_| Value::Opaque)?,
            b'G' => self.array::<8>().map(|_| Value::Opaque)?,

            b'V' => unescaped(self.line()?),
            b'S' => {
                let line = self.line()?;
                let within = |quote| line.strip_prefix(quote)?.strip_suffix(quote);
                within(b"'").or_else(|| within(b"\"")).map_or(Value::Opaque, unescaped)
            }
            b'U' | 0x8c => text(self.counted::<1>()?),
            b'T' | b'X' => text(self.counted::<4>()?),
            0x8d => text(self.counted::<8>()?),
            b'C' => self.counted::<1>().map(|_| Value::Opaque)?,
            b'B' => self.counted::<4>().map(|_| Value::Opaque)?,
            0x8e | 0x96 => self.counted::<8>().map(|_| Value::Opaque)?,

            b')' => Value::Tuple(Vec::new()),
            b']' => Value::List(Vec::new()),
            b'}' => Value::Dict(Vec::new()),
            0x8f => Value::Opaque,
            b't' => Value::Tuple(self.pop_mark()?),
            0x85 => self.tuple::<1>()?,
            0x86 => self.tuple::<2>()?,
            0x87 => self.tuple::<3>()?,
            b'l' => Value::List(self.pop_mark()?),
            b'd' => {
                let (items, mut pairs) = (self.pop_mark()?, Vec::new());
                self.meter.grow(&mut pairs, items.len() / 2)?;
                pairs.extend(self.pairs(&items)?);
                self.meter.give_back(size_of_val(&items[..]));
                Value::Dict(pairs)
            }
            0x91 => self.drop_mark().map(|()| Value::Opaque)?,

            // What Python would look up, call or load is kept as it is.
            b'c' => self.global()?,
            0x93 => {
                let [module, name] = self.pop_array()?;
                match [module, name].map(|at| self.value(at)) {
                    [Value::Str(_), Value::Str(_)] => Value::Global(module, name),
                    _ => return self.problem("the name of a class is not two strings"),
                }
            }
            b'R' | 0x81 => {
                let [function, arguments] = self.pop_array()?;
                self.call(function, arguments)
            }
            0x92 => {
                let [class, arguments, _keywords] = self.pop_array()?;
                self.call(class, arguments)
            }
            b'i' => {
                let (class, arguments) = (self.global()?, self.pop_mark()?);
                let (class, arguments) = (self.store(class)?, self.store(Value::Tuple(arguments))?);
                self.call(class, arguments)
            }
            b'o' => {
                let mut items = self.pop_mark()?;
                if items.is_empty() {
                    return self.problem("a call of nothing");
                }
                let class = items.remove(0);
                let arguments = self.store(Value::Tuple(items))?;
                self.call(class, arguments)
            }
            b'P' => {
                let id = text(self.line()?);
                Value::Persistent(self.store(id)?)
            }
            b'Q' => Value::Persistent(self.pop()?),
            0x82 => self.array::<1>().map(|_| Value::Opaque)?,
            0x83 => self.array::<2>().map(|_| Value::Opaque)?,
            0x84 => self.array::<4>().map(|_| Value::Opaque)?,
            _ => return self.arrange(op),
        };
        let at = self.store(value)?;
        self.push(at)
    }

    /// The instructions that fill containers or move references.
    fn arrange(&mut self, op: u8) -> Result<(), ReadError> {
        match op {
            0x80 => match self.number::<1>()? {
                0..=5 => {}
                version => return self.problem(&format!("protocol {version}; expected at most 5")),
            },
            // The length of a frame only helps to read ahead.
            0x95 => _ = self.number::<8>()?,
            b'a' => {
                let item = self.pop()?;
                self.append(&[item])?;
            }
            b'e' | 0x90 => {
                let items = self.pop_mark()?;
                self.append(&items)?;
                self.meter.give_back(size_of_val(&items[..]));
            }
            b's' => {
                let pair = self.pop_array::<2>()?;
                self.set_items(&pair)?;
            }
            b'u' => {
                let items = self.pop_mark()?;
                self.set_items(&items)?;
                self.meter.give_back(size_of_val(&items[..]));
            }
            // The state of an object: none that is looked at has one that matters.
            b'b' => _ = self.pop_array::<1>().and_then(|_| self.top())?,
            b'(' => {
                self.meter.grow(&mut self.marks, 1)?;
                self.marks.push(self.stack.len());
            }
            b'0' if self.marks.last() == Some(&self.stack.len()) => _ = self.marks.pop(),
            b'0' => _ = self.pop()?,
            b'1' => self.drop_mark()?,
            b'2' => {
                let top = self.top()?;
                self.push(top)?;
            }
            b'g' | b'h' | b'j' => {
                let key = self.memo_key(op, b"gh")?;
                match self.memo.get(&key) {
                    Some(&value) => self.push(value)?,
                    None => return self.problem(&format!("recalls {key}, which was not memorised")),
                }
            }
            b'p' | b'q' | b'r' => {
                let key = self.memo_key(op, b"pq")?;
                self.memorise(key)?;
            }
            0x94 => self.memorise(self.memo.len() as u64)?,
            _ => return self.problem(&format!("0x{op:02x} is no instruction that is known")),
        }
        Ok(())
    }

    fn problem<T>(&self, problem: &str) -> Result<T, ReadError> {
        Err(ReadError::malformed(self.what, format!("{problem} (before byte {})", self.at)))
    }

    /// The next `length` bytes.
    fn take(&mut self, length: u64) -> Result<&'a [u8], ReadError> {
        let rest = &self.bytes[self.at..];
        let end = (self.at as u64).saturating_add(length);
        super::within(&format!("bytes in {}", self.what), end, MAX_HEADER_BYTES)?;
        let taken = usize::try_from(length).ok().and_then(|length| rest.get(..length));
        let cut =
            || ReadError::Truncated { what: self.what.into(), at: self.at, needed: length, available: rest.len() };
        let taken = taken.ok_or_else(cut)?;
        self.at += taken.len();
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N as u64)?);
        Ok(array)
    }

    /// An unsigned little-endian number of `N` ≤ 8 bytes.
    fn number<const N: usize>(&mut self) -> Result<u64, ReadError> {
        Ok(self.array::<N>()?.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte)))
    }

    /// Up to and without the next end of line.
    fn line(&mut self) -> Result<&'a [u8], ReadError> {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().take(MAX_HEADER_BYTES).position(|&byte| byte == b'\n').unwrap_or(rest.len());
        let line = self.take(length as u64)?;
        self.take(1)?;
        Ok(line)
    }

    /// The bytes after their number, itself of `N` bytes.
    fn counted<const N: usize>(&mut self) -> Result<&'a [u8], ReadError> {
        let length = self.number::<N>()?;
        self.take(length)
    }

    /// A key of the memo: in decimal for the first of `widths`, one byte for the second, else four.
    fn memo_key(&mut self, op: u8, widths: &[u8; 2]) -> Result<u64, ReadError> {
        match widths.iter().position(|&width| width == op) {
            Some(0) => match decimal(self.line()?) {
                Some(key) => Ok(key),
                None => self.problem("expected a decimal number"),
            },
            Some(_) => self.number::<1>(),
            None => self.number::<4>(),
        }
    }

    fn global(&mut self) -> Result<Value<'a>, ReadError> {
        match [text(self.line()?), text(self.line()?)] {
            [module @ Value::Str(_), name @ Value::Str(_)] => Ok(Value::Global(self.store(module)?, self.store(name)?)),
            _ => self.problem("the name of a class is not UTF-8"),
        }
    }

    fn value(&self, at: Ref) -> &Value<'a> {
        &self.values[at as usize]
    }

    fn store(&mut self, value: Value<'a>) -> Result<Ref, ReadError> {
        let constant = match &value {
            Value::Opaque => Some(0),
            Value::None => Some(1),
            Value::Bool(false) => Some(2),
            Value::Bool(true) => Some(3),
            Value::Tuple(items) if items.is_empty() => Some(4),
            _ => None,
        };
        if let Some(constant) = constant {
            return Ok(constant);
        }
        self.meter.grow(&mut self.values, 1)?;
        self.values.push(value);
        Ok(Ref::try_from(self.values.len() - 1).expect("a pickle has at most MAX_HEADER_BYTES instructions"))
    }

    fn push(&mut self, at: Ref) -> Result<(), ReadError> {
        self.meter.grow(&mut self.stack, 1)?;
        self.stack.push(at);
        Ok(())
    }

    fn memorise(&mut self, key: u64) -> Result<(), ReadError> {
        let top = self.top()?;
        if self.memo.insert(key, top).is_none() {
            self.meter.take(Meter::MEMO_ENTRY)?;
        }
        Ok(())
    }

    fn top(&self) -> Result<Ref, ReadError> {
        let floor = self.marks.last().copied().unwrap_or(0);
        match self.stack.get(floor..) {
            Some(&[.., top]) => Ok(top),
            _ => self.problem("takes from an empty stack"),
        }
    }

    fn pop(&mut self) -> Result<Ref, ReadError> {
        let top = self.top()?;
        self.stack.pop();
        Ok(top)
    }

    /// The topmost `N`, the top last.
    fn pop_array<const N: usize>(&mut self) -> Result<[Ref; N], ReadError> {
        let mut items = [0; N];
        for item in items.iter_mut().rev() {
            *item = self.pop()?;
        }
        Ok(items)
    }

    fn tuple<const N: usize>(&mut self) -> Result<Value<'a>, ReadError> {
        let items = self.pop_array::<N>()?;
        self.meter.take(size_of_val(&items))?;
        Ok(Value::Tuple(items.into()))
    }

    /// The height of the stack at the last mark, which is gone now.
    fn unmark(&mut self) -> Result<usize, ReadError> {
        match self.marks.pop() {
            Some(mark) => Ok(mark),
            None => self.problem("takes up to a mark that is not there"),
        }
    }

    /// Everything above the last mark, in as much memory as it needs.
    fn pop_mark(&mut self) -> Result<Vec<Ref>, ReadError> {
        let mark = self.unmark()?;
        self.meter.take(size_of_val(&self.stack[mark..]))?;
        let items = self.stack[mark..].to_vec();
        self.stack.truncate(mark);
        Ok(items)
    }

    fn drop_mark(&mut self) -> Result<(), ReadError> {
        let mark = self.unmark()?;
        self.stack.truncate(mark);
        Ok(())
    }

    /// Adds to the list on top; what is added to anything else is dropped.
    fn append(&mut self, items: &[Ref]) -> Result<(), ReadError> {
        let top = self.top()?;
        if let Value::List(list) = &mut self.values[top as usize] {
            self.meter.grow(list, items.len())?;
            list.extend(items);
        }
        Ok(())
    }

    /// Adds keys and values, alternating, to the dictionary on top; what is added to anything else is dropped.
    fn set_items(&mut self, items: &[Ref]) -> Result<(), ReadError> {
        let (top, pairs) = (self.top()?, self.pairs(items)?);
        if let Value::Dict(dict) = &mut self.values[top as usize] {
            self.meter.grow(dict, pairs.len())?;
            dict.extend(pairs);
        }
        Ok(())
    }

    fn pairs<'i>(&self, items: &'i [Ref]) -> Result<impl ExactSizeIterator<Item = (Ref, Ref)> + use<'i>, ReadError> {
        match items.len() % 2 {
            0 => Ok(items.chunks_exact(2).map(|pair| (pair[0], pair[1]))),
            _ => self.problem("a key without a value"),
        }
    }

    /// Keeps a call as a value; only an empty `OrderedDict` becomes what it is, for it will be filled.
    fn call(&self, function: Ref, arguments: Ref) -> Value<'a> {
        let is = |at, text: &str| matches!(*self.value(at), Value::Str(found) if found == text);
        match (self.value(function), self.value(arguments)) {
            (&Value::Global(module, name), Value::Tuple(none))
                if none.is_empty() && is(module, "collections") && is(name, "OrderedDict") =>
            {
                Value::Dict(Vec::new())
            }
            _ => Value::Call(function, arguments),
        }
    }
}

fn text(bytes: &[u8]) -> Value<'_> {
    str::from_utf8(bytes).map_or(Value::Opaque, Value::Str)
}

/// A string of protocol 0; no tensor's name needs its escapes.
fn unescaped(bytes: &[u8]) -> Value<'_> {
    if bytes.contains(&b'\\') { Value::Opaque } else { text(bytes) }
}

fn decimal<T: str::FromStr>(line: &[u8]) -> Option<T> {
    str::from_utf8(line).ok()?.parse().ok()
}

/// A little-endian integer of any length.
fn integer(bytes: &[u8], signed: bool) -> Value<'_> {
    if signed && bytes.last().is_some_and(|&byte| byte >= 0x80) {
        return Value::Opaque;
    }
    let length = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    let (bytes, mut wide) = (&bytes[..length], [0; 8]);
    match wide.get_mut(..length) {
        Some(low) => low.copy_from_slice(bytes),
        None => return Value::Long(bytes),
    }
    Value::Int(u64::from_le_bytes(wide))
}
