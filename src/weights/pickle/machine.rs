//! The instructions of pickles up to protocol 5.

use std::collections::BTreeMap;

use super::atom::{self, Length};
use super::{Extra, Meter, Node, Pickle, ReadError, Ref, Value};
use crate::weights::limits::{MAX_NAME_BYTES, MAX_PICKLE_STEPS};

/// Reads one pickle.
pub(super) struct Machine<'a> {
    /// What messages call the pickle.
    what: &'a str,
    /// The position of the next byte.
    at: usize,
    /// Instructions so far.
    steps: usize,
    stack: Vec<Ref>,
    /// Heights of the stack. Only the values above the last one can be popped.
    marks: Vec<usize>,
    memo: Memo,
    meter: Meter<'a>,
    /// The values so far.
    pickle: Pickle<'a>,
}

/// Values that later instructions recall by a number. Python counts from 0 up, so most are in
/// `dense`.
#[derive(Default)]
struct Memo {
    dense: Vec<Ref>,
    sparse: BTreeMap<u64, Ref>,
}

impl Memo {
    /// Approximate memory of an entry of `sparse`, in bytes.
    const SPARSE_ENTRY: usize = 40;

    fn len(&self) -> u64 {
        (self.dense.len() + self.sparse.len()) as u64
    }

    fn get(&self, key: u64) -> Option<Ref> {
        let dense = usize::try_from(key).ok().and_then(|key| self.dense.get(key));
        dense.or_else(|| self.sparse.get(&key)).copied()
    }

    fn insert(&mut self, key: u64, value: Ref, meter: &mut Meter<'_>) -> Result<(), ReadError> {
        match usize::try_from(key) {
            Ok(key) if key < self.dense.len() => self.dense[key] = value,
            Ok(key) if key == self.dense.len() => {
                meter.grow(&mut self.dense, 1)?;
                self.dense.push(value);
                self.sparse.remove(&(key as u64));
            }
            _ => {
                if self.sparse.insert(key, value).is_none() {
                    meter.take(Self::SPARSE_ENTRY)?;
                }
            }
        }
        Ok(())
    }
}

impl<'a> Machine<'a> {
    pub(super) fn new(bytes: &'a [u8], what: &'a str, meter: Meter<'a>) -> Self {
        let pickle = Pickle {
            bytes,
            nodes: Vec::new(),
            long: Vec::new(),
            pool: Vec::new(),
            lists: Vec::new(),
            dicts: Vec::new(),
            extras: BTreeMap::new(),
            root: Ref(0),
            length: 0,
            held: 0,
        };
        let (stack, marks, memo) = (Vec::new(), Vec::new(), Memo::default());
        Self { what, at: 0, steps: 0, stack, marks, memo, meter, pickle }
    }

    pub(super) fn run(mut self) -> Result<Pickle<'a>, ReadError> {
        loop {
            self.steps += 1;
            crate::weights::within(
                &format!("instructions in {}", self.what),
                self.steps as u64,
                MAX_PICKLE_STEPS,
            )?;
            let place = self.at;
            let [op] = self.array()?;
            if op == b'.' {
                let root = self.pop()?;
                return Ok(Pickle { root, length: self.at, held: self.meter.held, ..self.pickle });
            }
            match atom::operand(op) {
                Some(length) => self.atom(op, place, length)?,
                None => self.step(op)?,
            }
        }
    }

    /// Skips the operand of an atom and pushes a reference to it.
    fn atom(&mut self, op: u8, place: usize, length: Length) -> Result<(), ReadError> {
        let operand = match length {
            Length::Bytes(length) => self.take(length as u64)?,
            Length::Counted(width) => {
                let count = atom::unsigned(self.take(width as u64)?);
                self.take(count)?
            }
            Length::Lines(lines) => self.lines(lines)?,
        };
        if operand.len() <= atom::MAX_BYTES {
            let at = self.inline(place);
            return self.push(at);
        }
        let long = match op {
            b'U' | b'T' | 0x8c | b'X' | 0x8d => atom::text(operand),
            b'C' | b'B' | 0x8e | 0x96 => Value::Bytes(operand),
            b'V' => Value::Escaped(operand),
            // Without the quotes.
            b'S' => Value::Escaped(operand.get(1..operand.len() - 1).unwrap_or_default()),
            _ => Value::Opaque("a number of hundreds of digits"),
        };
        self.meter.grow(&mut self.pickle.long, 1)?;
        self.pickle.long.push(long);
        let at = self.store(Node::Long(index(self.pickle.long.len() - 1)))?;
        self.push(at)
    }

    /// A reference to the atom that the instruction at `place` writes.
    fn inline(&self, place: usize) -> Ref {
        Ref(Ref::ATOM | index(place))
    }

    /// Performs an instruction that makes a node; [`Self::arrange`] performs the others.
    fn step(&mut self, op: u8) -> Result<(), ReadError> {
        let node = match op {
            b']' => Node::List(self.list(Vec::new())?),
            b'}' => self.dict(Vec::new())?,
            0x8f => Node::Set(self.list(Vec::new())?),
            b't' => {
                let mark = self.unmark()?;
                self.tuple(mark)?
            }
            0x85..=0x87 => {
                let floor = self.marks.last().copied().unwrap_or(0);
                let length = usize::from(op - 0x84);
                match self.stack.len().checked_sub(length) {
                    Some(from) if from >= floor => self.tuple(from)?,
                    _ => return self.problem("takes from an empty stack"),
                }
            }
            b'l' => {
                let items = self.pop_mark()?;
                Node::List(self.list(items)?)
            }
            b'd' => {
                let (items, mut pairs) = (self.pop_mark()?, Vec::new());
                self.meter.grow(&mut pairs, items.len() / 2)?;
                pairs.extend(self.pairs(&items)?);
                self.meter.give_back(size_of_val(&items[..]));
                self.dict(pairs)?
            }
            0x91 => {
                let items = self.pop_mark()?;
                Node::Set(self.list(items)?)
            }

            // What Python would look up, call or load is only recorded.
            0x93 => {
                let [module, name] = self.pop_array()?;
                match [module, name].map(|at| self.pickle.value(at)) {
                    [Value::Str(_), Value::Str(_)] => Node::Global(module, name),
                    _ => return self.problem("the name of a class is not two strings"),
                }
            }
            b'R' | 0x81 => {
                let [function, arguments] = self.pop_array()?;
                self.call(function, arguments)?
            }
            0x92 => {
                let [class, arguments, _keywords] = self.pop_array()?;
                self.call(class, arguments)?
            }
            b'i' => {
                let class = self.inline(self.at - 1);
                self.lines(2)?;
                let mark = self.unmark()?;
                let arguments = self.tuple(mark)?;
                let arguments = self.store(arguments)?;
                self.call(class, arguments)?
            }
            b'o' => {
                let mark = self.unmark()?;
                if mark == self.stack.len() {
                    return self.problem("a call of nothing");
                }
                let class = self.stack[mark];
                let arguments = self.tuple(mark + 1)?;
                self.stack.truncate(mark);
                let arguments = self.store(arguments)?;
                self.call(class, arguments)?
            }
            b'P' => {
                let id = self.inline(self.at - 1);
                match self.line()?.len() {
                    0..=atom::MAX_BYTES => Node::Persistent(id),
                    length => return self.problem(&format!("a persistent id of {length} bytes")),
                }
            }
            b'Q' => Node::Persistent(self.pop()?),
            // Python would take a buffer from beside the pickle.
            0x97 => Node::Opaque("a buffer from outside of the file"),
            _ => return self.arrange(op),
        };
        let at = self.store(node)?;
        self.push(at)
    }

    /// Performs an instruction that fills a container or moves references.
    fn arrange(&mut self, op: u8) -> Result<(), ReadError> {
        match op {
            0x80 => match self.array::<1>()? {
                [0..=5] => {}
                [version] => {
                    return self.problem(&format!("protocol {version}; expected at most 5"));
                }
            },
            // The length of a frame, which only helps to read ahead.
            0x95 => _ = self.array::<8>()?,
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
            b'b' => {
                let state = self.pop()?;
                if self.extra()?.state.replace(state).is_some() {
                    return self.problem("restores an object twice");
                }
            }
            b'(' => {
                self.meter.grow(&mut self.marks, 1)?;
                self.marks.push(self.stack.len());
            }
            b'0' if self.marks.last() == Some(&self.stack.len()) => _ = self.marks.pop(),
            b'0' => _ = self.pop()?,
            b'1' => {
                let mark = self.unmark()?;
                self.stack.truncate(mark);
            }
            b'2' => {
                let top = self.top()?;
                self.push(top)?;
            }
            b'g' | b'h' | b'j' => {
                let key = self.memo_key(op, b"gh")?;
                match self.memo.get(key) {
                    Some(value) => self.push(value)?,
                    None => {
                        return self.problem(&format!("recalls {key}, which was not memorised"));
                    }
                }
            }
            b'p' | b'q' | b'r' => {
                let key = self.memo_key(op, b"pq")?;
                self.memorise(key)?;
            }
            0x94 => self.memorise(self.memo.len())?,
            // Makes a buffer read-only.
            0x98 => _ = self.top()?,
            _ => return self.problem(&format!("0x{op:02x} is no instruction that is known")),
        }
        Ok(())
    }

    fn problem<T>(&self, problem: &str) -> Result<T, ReadError> {
        Err(ReadError::malformed(self.what, format!("{problem} (before byte {})", self.at)))
    }

    /// The next `length` bytes.
    fn take(&mut self, length: u64) -> Result<&'a [u8], ReadError> {
        let rest = &self.pickle.bytes[self.at..];
        let taken = usize::try_from(length).ok().and_then(|length| rest.get(..length));
        let cut = || ReadError::Truncated {
            what: self.what.into(),
            at: self.at,
            needed: length,
            available: rest.len(),
        };
        let taken = taken.ok_or_else(cut)?;
        self.at += taken.len();
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N as u64)?);
        Ok(array)
    }

    /// The rest of the line, without its end, which is skipped.
    fn line(&mut self) -> Result<&'a [u8], ReadError> {
        let rest = &self.pickle.bytes[self.at..];
        let length = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
        let line = self.take(length as u64)?;
        self.take(1)?;
        Ok(line)
    }

    /// Skips one or two lines. One line is returned; two are the name of a class, whose length is
    /// checked here.
    fn lines(&mut self, lines: usize) -> Result<&'a [u8], ReadError> {
        if lines == 1 {
            return self.line();
        }
        let name = [self.line()?, self.line()?]
            .into_iter()
            .max_by_key(|name| name.len())
            .unwrap_or_default();
        match name.len() > MAX_NAME_BYTES {
            true => self.problem(&format!(
                "the name of a class has {} bytes, the limit is {MAX_NAME_BYTES}",
                name.len()
            )),
            false => Ok(&[]),
        }
    }

    /// Reads a key of the memo. The instruction `ops[0]` writes it in decimal, `ops[1]` in one
    /// byte, any other in four bytes.
    fn memo_key(&mut self, op: u8, ops: &[u8; 2]) -> Result<u64, ReadError> {
        match ops.iter().position(|&other| other == op) {
            Some(0) => match atom::decimal(self.line()?) {
                Some(key) => Ok(key),
                None => self.problem("expected a decimal number"),
            },
            Some(_) => Ok(atom::unsigned(self.take(1)?)),
            None => Ok(atom::unsigned(self.take(4)?)),
        }
    }

    fn store(&mut self, node: Node) -> Result<Ref, ReadError> {
        self.meter.grow(&mut self.pickle.nodes, 1)?;
        self.pickle.nodes.push(node);
        Ok(Ref(index(self.pickle.nodes.len() - 1)))
    }

    /// The node that `at` refers to; `None` if it refers to an atom.
    fn node(&self, at: Ref) -> Option<Node> {
        (at.0 & Ref::ATOM == 0).then(|| self.pickle.nodes[at.0 as usize])
    }

    /// The index of a new list.
    fn list(&mut self, items: Vec<Ref>) -> Result<u32, ReadError> {
        self.meter.grow(&mut self.pickle.lists, 1)?;
        self.pickle.lists.push(items);
        Ok(index(self.pickle.lists.len() - 1))
    }

    fn dict(&mut self, pairs: Vec<(Ref, Ref)>) -> Result<Node, ReadError> {
        self.meter.grow(&mut self.pickle.dicts, 1)?;
        self.pickle.dicts.push(pairs);
        Ok(Node::Dict(index(self.pickle.dicts.len() - 1)))
    }

    /// Pops everything from height `from` on, and makes a tuple of it.
    fn tuple(&mut self, from: usize) -> Result<Node, ReadError> {
        let start = self.pickle.pool.len();
        self.meter.grow(&mut self.pickle.pool, self.stack.len() - from)?;
        self.pickle.pool.extend(self.stack.drain(from..));
        Ok(Node::Tuple { from: index(start), to: index(self.pickle.pool.len()) })
    }

    /// Records a call. `OrderedDict()` becomes a dictionary, as later instructions will fill it.
    fn call(&mut self, function: Ref, arguments: Ref) -> Result<Node, ReadError> {
        let is_empty = matches!(self.pickle.value(arguments), Value::Tuple([]));
        match self.pickle.value(function) {
            Value::Global("collections", "OrderedDict") if is_empty => self.dict(Vec::new()),
            _ => Ok(Node::Call(function, arguments)),
        }
    }

    fn push(&mut self, at: Ref) -> Result<(), ReadError> {
        self.meter.grow(&mut self.stack, 1)?;
        self.stack.push(at);
        Ok(())
    }

    fn memorise(&mut self, key: u64) -> Result<(), ReadError> {
        let top = self.top()?;
        self.memo.insert(key, top, &mut self.meter)
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

    /// Pops the topmost `N` references; the top comes last.
    fn pop_array<const N: usize>(&mut self) -> Result<[Ref; N], ReadError> {
        let mut items = [Ref(0); N];
        for item in items.iter_mut().rev() {
            *item = self.pop()?;
        }
        Ok(items)
    }

    /// Pops the last mark: a height of the stack.
    fn unmark(&mut self) -> Result<usize, ReadError> {
        match self.marks.pop() {
            Some(mark) => Ok(mark),
            None => self.problem("takes up to a mark that is not there"),
        }
    }

    /// Pops the last mark and everything above it. The meter counts the vector: who drops it gives
    /// its bytes back.
    fn pop_mark(&mut self) -> Result<Vec<Ref>, ReadError> {
        let mark = self.unmark()?;
        self.meter.take(size_of_val(&self.stack[mark..]))?;
        let items = self.stack[mark..].to_vec();
        self.stack.truncate(mark);
        Ok(items)
    }

    /// The [`Extra`] of the value on top, which must not be an atom.
    fn extra(&mut self) -> Result<&mut Extra, ReadError> {
        /// Approximate memory of an entry of the map, in bytes.
        const ENTRY: usize = 120;
        let top = self.top()?;
        if top.0 & Ref::ATOM != 0 {
            return self.problem("changes a number, a string or a class");
        }
        if !self.pickle.extras.contains_key(&top) {
            self.meter.take(ENTRY)?;
        }
        Ok(self.pickle.extras.entry(top).or_default())
    }

    /// Adds `items` to the list or set on top, or to the [`Extra`] of the object on top.
    fn append(&mut self, items: &[Ref]) -> Result<(), ReadError> {
        let top = self.top()?;
        let list = match self.node(top) {
            Some(Node::List(list) | Node::Set(list)) => &mut self.pickle.lists[list as usize],
            _ => {
                self.extra()?;
                &mut self.pickle.extras.entry(top).or_default().items
            }
        };
        self.meter.grow(list, items.len())?;
        list.extend(items);
        Ok(())
    }

    /// Adds `items`, alternately keys and values, to the dictionary on top, or to the [`Extra`] of
    /// the object on top.
    fn set_items(&mut self, items: &[Ref]) -> Result<(), ReadError> {
        let (top, pairs) = (self.top()?, self.pairs(items)?);
        let dict = match self.node(top) {
            Some(Node::Dict(dict)) => &mut self.pickle.dicts[dict as usize],
            _ => {
                self.extra()?;
                &mut self.pickle.extras.entry(top).or_default().entries
            }
        };
        self.meter.grow(dict, pairs.len())?;
        dict.extend(pairs);
        Ok(())
    }

    fn pairs<'i>(
        &self,
        items: &'i [Ref],
    ) -> Result<impl ExactSizeIterator<Item = (Ref, Ref)> + use<'i>, ReadError> {
        match items.len() % 2 {
            0 => Ok(items.chunks_exact(2).map(|pair| (pair[0], pair[1]))),
            _ => self.problem("a key without a value"),
        }
    }
}

/// A position in a pickle, or an index of a value. Both are below 2³¹: a file has at most 64 MiB.
fn index(at: usize) -> u32 {
    u32::try_from(at).ok().filter(|at| at & Ref::ATOM == 0).expect("a file has less than 2 GiB")
}
