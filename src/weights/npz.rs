//! Reads `.npz`: a zip archive of `.npy` files, each a Python dictionary literal and raw data.

use std::str;

use super::limits::{MAX_DIMS, MAX_HEADER_BYTES};
use super::tensor::Bytes;
use super::text::{key_list, quoted, quoted_bytes};
use super::zip::Archive;
use super::{Dtype, Format, ReadError, Tensor, WeightsFile, within};

const MAGIC: &[u8] = b"\x93NUMPY";
const EXTENSION: &str = ".npy";
const NAMED: &str = "save plain arrays with numpy.savez(path, **tensors), tensors being a \
                     dictionary from names to arrays";

pub(super) fn read<'a>(archive: &Archive<'a>) -> Result<WeightsFile<'a>, ReadError> {
    let mut file = WeightsFile::new(Format::Npz);
    let mut other = None;
    for member in archive.names().filter(|member| !is_litter(member)) {
        let contents = archive.get(member).transpose()?.unwrap_or(Bytes::File(b""));
        // Like NumPy: the content tells an array, and its name is the member's without `.npy`.
        let name = member.strip_suffix(EXTENSION).unwrap_or(member);
        if member.ends_with(EXTENSION) || contents.starts_with(MAGIC) {
            let array = Npy::parse(name, contents)?;
            file.insert(
                name,
                Tensor::contiguous(array.dtype, &array.shape, array.fortran_order, array.data),
            )?;
        } else if !(member.ends_with('/') && contents.is_empty()) {
            other = other.or(Some(member));
        }
    }
    if file.tensors.is_empty() {
        return Err(super::foreign::archive(archive.names()).unwrap_or_else(|| {
            let found = key_list("a zip archive", archive.names());
            ReadError::NoTensors { found: format!("{found} (neither data.pkl nor any .npy)") }
        }));
    }
    if let Some(member) = other {
        let what = format!("member `{}`", quoted(member));
        return Err(ReadError::unsupported(
            what,
            "something that is no .npy",
            "leave it out of the archive of arrays",
        ));
    }
    // `arr_0`, `arr_1`, …
    let is_number = |name: &String| {
        name.strip_prefix("arr_").is_some_and(|n| n.bytes().all(|byte| byte.is_ascii_digit()))
    };
    if file.tensors.keys().all(is_number) {
        let found = "arrays without names (`arr_0`, …), as numpy.savez(path, a, b) writes them";
        return Err(ReadError::unsupported("npz file", found, NAMED));
    }
    Ok(file)
}

/// Whether an archiver added the member, unasked.
fn is_litter(member: &str) -> bool {
    member.starts_with("__MACOSX/") || member.rsplit('/').next() == Some(".DS_Store")
}

struct Npy<'a> {
    dtype: Dtype,
    shape: Vec<u64>,
    fortran_order: bool,
    data: Bytes<'a>,
}

impl<'a> Npy<'a> {
    fn parse(name: &str, contents: Bytes<'a>) -> Result<Self, ReadError> {
        let what = format!("array `{}`", quoted(name));
        let malformed = |problem: String| ReadError::malformed(what.clone(), problem);
        // The magic, two bytes of version, and the header's length: 2 bytes in version 1, else 4.
        let (start, length) = match contents.strip_prefix(MAGIC) {
            Some(&[1, _, a, b, ..]) => (10, u32::from_le_bytes([a, b, 0, 0])),
            Some(&[2 | 3, _, a, b, c, d, ..]) => (12, u32::from_le_bytes([a, b, c, d])),
            Some(&[version, ..]) => {
                return Err(malformed(format!("version {version} of .npy, or cut short")));
            }
            _ => return Err(malformed("is not a .npy file".into())),
        };
        within(&format!("bytes in the header of {what}"), length.into(), MAX_HEADER_BYTES)?;
        let end = usize::try_from(length).ok().map(|length| start + length);
        let header =
            end.and_then(|end| contents.get(start..end)).ok_or_else(|| ReadError::Truncated {
                what: format!("the header of {what}"),
                at: start,
                needed: length.into(),
                available: contents.len() - start,
            })?;
        let header = Literal { rest: header }.dict().ok_or_else(|| {
            malformed(format!("its header is not understood: {}", quoted_bytes(header)))
        })?;
        let Header { descr: Some(descr), fortran_order: Some(fortran_order), shape: Some(shape) } =
            header
        else {
            return Err(malformed("its header lacks `descr`, `fortran_order` or `shape`".into()));
        };
        let dtype = Dtype::numpy(&descr).ok_or_else(|| {
            let (kind, advice) = foreign(&descr);
            ReadError::unsupported(what, format!("{kind} (`{}`)", quoted(&descr)), advice)
        })?;
        let start = start + usize::try_from(length).unwrap_or_default();
        let data = match contents {
            Bytes::File(bytes) => Bytes::File(&bytes[start..]),
            Bytes::Made(bytes, range) => Bytes::Made(bytes, range.start + start..range.end),
        };
        Ok(Self { dtype, shape, fortran_order, data })
    }
}

/// Names a type that is not read, and says what to do with arrays of it.
fn foreign(descr: &str) -> (&'static str, &'static str) {
    const FLOATS: &str = "save it as array.astype(numpy.float32)";
    const NO_WEIGHTS: &str = "it is no weights; leave it out of the file";
    let kind = descr.trim_start_matches(['<', '>', '|', '=']);
    match kind.as_bytes() {
        [b'O', ..] if descr.starts_with('|') => ("an array of Python objects", NAMED),
        // Byte order first, even if the type would not be read in little-endian order either.
        [b'b' | b'i' | b'u' | b'f' | b'c', ..] if descr.starts_with('>') => {
            ("big-endian data", "save it as array.astype(array.dtype.newbyteorder('<'))")
        }
        b"f16" | b"f12" | b"c32" | b"c24" => ("long double", FLOATS),
        // NumPy writes types of other packages (ml_dtypes) as `V` and their size.
        b"V2" => ("bfloat16 of ml_dtypes or JAX", FLOATS),
        b"V1" => ("a type of 8 bits, as float8 of ml_dtypes or JAX,", FLOATS),
        [b'[', ..] => ("an array of records", "save each field as an array of its own"),
        [b'V', ..] => ("a type without a name", FLOATS),
        [b'S' | b'a', ..] => ("an array of byte strings", NO_WEIGHTS),
        [b'U', ..] | b"T" => ("an array of text", NO_WEIGHTS),
        [b'M' | b'm', ..] => ("an array of dates or durations", NO_WEIGHTS),
        _ => ("an unknown type", FLOATS),
    }
}

#[derive(Default)]
struct Header {
    descr: Option<String>,
    fortran_order: Option<bool>,
    shape: Option<Vec<u64>>,
}

/// Parses the few Python literals that headers are made of. Every method returns `None` if it finds
/// something else.
struct Literal<'a> {
    rest: &'a [u8],
}

impl<'a> Literal<'a> {
    fn dict(mut self) -> Option<Header> {
        let mut header = Header::default();
        self.skip(b"{")?;
        while self.skip(b"}").is_none() {
            let key = self.string()?;
            self.skip(b":")?;
            match key {
                "descr" => header.descr = Some(self.descr()?),
                "fortran_order" => {
                    header.fortran_order =
                        Some(self.skip(b"True").is_some() || self.skip(b"False").map(|()| false)?);
                }
                "shape" => header.shape = Some(self.tuple()?),
                _ => return None,
            }
            if self.skip(b",").is_none() && !self.rest.trim_ascii_start().starts_with(b"}") {
                return None;
            }
        }
        self.rest.trim_ascii().is_empty().then_some(header)
    }

    /// Skips white space and `token`; `None` if something else is next.
    fn skip(&mut self, token: &[u8]) -> Option<()> {
        self.rest = self.rest.trim_ascii_start().strip_prefix(token)?;
        Some(())
    }

    /// The text of a string. A list, which describes records, is returned as it is written.
    fn descr(&mut self) -> Option<String> {
        self.rest = self.rest.trim_ascii_start();
        if !matches!(self.rest, [b'[' | b'(', ..]) {
            return self.string().map(Into::into);
        }
        let (before, mut depth) = (self.rest, 0_usize);
        while depth > 0 || before.len() == self.rest.len() {
            match *self.rest.first()? {
                b'\'' | b'"' => drop(self.string()?),
                byte => {
                    depth = match byte {
                        b'[' | b'(' => depth + 1,
                        b']' | b')' => depth.checked_sub(1)?,
                        _ => depth,
                    };
                    self.rest = &self.rest[1..];
                }
            }
        }
        str::from_utf8(&before[..before.len() - self.rest.len()]).ok().map(Into::into)
    }

    fn string(&mut self) -> Option<&'a str> {
        let quote =
            if self.skip(b"'").is_some() { b'\'' } else { self.skip(b"\"").map(|()| b'"')? };
        let text = self
            .rest
            .split(|&byte| byte == quote)
            .next()
            .filter(|text| text.len() < self.rest.len())?;
        self.rest = &self.rest[text.len() + 1..];
        str::from_utf8(text).ok()
    }

    /// The first [`MAX_DIMS`] + 1 integers of a tuple. Python 2 wrote some of them with an L.
    fn tuple(&mut self) -> Option<Vec<u64>> {
        let mut items = Vec::new();
        self.skip(b"(")?;
        while self.skip(b")").is_none() {
            self.rest = self.rest.trim_ascii_start();
            let digits = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let item = str::from_utf8(&self.rest[..digits]).ok()?.parse().ok()?;
            if items.len() <= MAX_DIMS {
                items.push(item);
            }
            self.rest = &self.rest[digits..];
            let _ = self.skip(b"L");
            if self.skip(b",").is_none() && !self.rest.trim_ascii_start().starts_with(b")") {
                return None;
            }
        }
        Some(items)
    }
}
