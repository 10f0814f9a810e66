//! Atoms: values that one instruction writes, decoded from the pickle each time they are looked at.

use std::str;

use super::Value;

/// The length of an instruction's operand.
pub(super) enum Length {
    /// A fixed number of bytes.
    Bytes(usize),
    /// A count, itself of this many bytes, is followed by the bytes that it counts.
    Counted(usize),
    /// One line or two.
    Lines(usize),
}

/// Longest operand of an atom, in bytes. Longer strings become nodes of the arena, so that they are
/// decoded only once.
pub(super) const MAX_BYTES: usize = 600;

/// The operand of the instruction `op`; `None` if it does not write an atom.
pub(super) fn operand(op: u8) -> Option<Length> {
    Some(match op {
        b'N' | 0x88 | 0x89 | b')' => Length::Bytes(0),
        b'K' | 0x82 => Length::Bytes(1),
        b'M' | 0x83 => Length::Bytes(2),
        b'J' | 0x84 => Length::Bytes(4),
        b'G' => Length::Bytes(8),
        0x8a | b'U' | 0x8c | b'C' => Length::Counted(1),
        0x8b | b'T' | b'X' | b'B' => Length::Counted(4),
        0x8d | 0x8e | 0x96 => Length::Counted(8),
        b'I' | b'L' | b'F' | b'V' | b'S' => Length::Lines(1),
        b'c' => Length::Lines(2),
        _ => return None,
    })
}

/// Decodes the atom whose instruction is at `at`.
pub(super) fn value(bytes: &[u8], at: usize) -> Value<'static, '_> {
    whole(bytes, at).unwrap_or(Value::Opaque("a value that is cut short"))
}

fn whole(bytes: &[u8], at: usize) -> Option<Value<'static, '_>> {
    let (&op, rest) = bytes.get(at..)?.split_first()?;
    let length = match op {
        // Instructions that use the class or the string in their lines to make something else.
        b'i' => Length::Lines(2),
        b'P' => Length::Lines(1),
        op => operand(op)?,
    };
    let operand = match length {
        Length::Bytes(length) => rest.get(..length)?,
        Length::Counted(width) => {
            let count = unsigned(rest.get(..width)?);
            rest.get(width..)?.get(..usize::try_from(count).ok()?)?
        }
        Length::Lines(_) => rest,
    };
    let line = || line(operand);
    Some(match op {
        b'N' => Value::None,
        0x88 => Value::Bool(true),
        0x89 => Value::Bool(false),
        b')' => Value::Tuple(&[]),
        b'K' | b'M' => Value::Int(unsigned(operand).into()),
        b'J' | 0x8a | 0x8b => signed(operand),
        b'G' => Value::Float(f64::from_be_bytes(operand.try_into().ok()?)),
        b'I' | b'L' => match (op, line()?.0) {
            (b'I', b"00") => Value::Bool(false),
            (b'I', b"01") => Value::Bool(true),
            (_, line) => decimal(line.strip_suffix(b"L").unwrap_or(line))
                .map_or(Value::Opaque("an integer of more than 128 bits"), Value::Int),
        },
        b'F' => {
            decimal(line()?.0).map_or(Value::Opaque("something that is no number"), Value::Float)
        }
        b'V' | b'P' => plain(line()?.0),
        b'S' => {
            let line = line()?.0;
            let within = |quote| line.strip_prefix(quote)?.strip_suffix(quote);
            within(b"'")
                .or_else(|| within(b"\""))
                .map_or(Value::Opaque("a string without quotes"), plain)
        }
        b'U' | b'T' | 0x8c | b'X' | 0x8d => text(operand),
        b'C' | b'B' | 0x8e | 0x96 => Value::Bytes(operand),
        b'c' | b'i' => {
            let (module, rest) = line()?;
            let names = [module, self::line(rest)?.0].map(|name| str::from_utf8(name).ok());
            match names {
                [Some(module), Some(name)] => Value::Global(module, name),
                _ => Value::Opaque("a class whose name is not UTF-8"),
            }
        }
        _ => Value::Opaque("an object of an extension registry"),
    })
}

/// A string, or bytes if it is not UTF-8: Python 2 writes bytes as strings.
pub(super) fn text(bytes: &[u8]) -> Value<'static, '_> {
    str::from_utf8(bytes).map_or(Value::Bytes(bytes), Value::Str)
}

/// Splits `bytes` at the first end of line.
fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|&byte| byte == b'\n')?;
    Some((&bytes[..end], &bytes[end + 1..]))
}

/// A string of protocol 0. It is decoded later if it has escapes or, in Latin-1, characters beyond
/// ASCII.
fn plain(line: &[u8]) -> Value<'static, '_> {
    match str::from_utf8(line) {
        Ok(text) if line.is_ascii() && !line.contains(&b'\\') => Value::Str(text),
        _ => Value::Escaped(line),
    }
}

/// Decodes a string of protocol 0: Latin-1 with Python's escapes. `None` if an escape is unknown.
pub(in crate::weights) fn unescaped(line: &[u8]) -> Option<String> {
    let mut text = String::new();
    let mut rest = line;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            text.push(char::from(byte));
            continue;
        }
        let (&kind, after) = rest.split_first()?;
        rest = after;
        let digits = match kind {
            b'u' => 4,
            b'U' => 8,
            b'x' => 2,
            b'\\' | b'\'' | b'"' => 0,
            b'n' | b'r' | b't' => 0,
            _ => return None,
        };
        if digits == 0 {
            text.push(match kind {
                b'n' => '\n',
                b'r' => '\r',
                b't' => '\t',
                other => char::from(other),
            });
            continue;
        }
        let (hex, after) = rest.split_at_checked(digits)?;
        rest = after;
        text.push(char::from_u32(u32::from_str_radix(str::from_utf8(hex).ok()?, 16).ok()?)?);
    }
    Some(text)
}

pub(super) fn decimal<T: str::FromStr>(line: &[u8]) -> Option<T> {
    str::from_utf8(line).ok()?.parse().ok()
}

/// Decodes an unsigned little-endian number of at most 8 bytes.
pub(super) fn unsigned(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

/// Decodes a little-endian integer in two's complement.
fn signed(bytes: &[u8]) -> Value<'static, 'static> {
    let fill = if bytes.last().is_some_and(|&byte| byte >= 0x80) { 0xff } else { 0 };
    let mut wide = [fill; 16];
    match wide.get_mut(..bytes.len()) {
        Some(low) => low.copy_from_slice(bytes),
        None => return Value::Opaque("an integer of more than 128 bits"),
    }
    Value::Int(i128::from_le_bytes(wide))
}
