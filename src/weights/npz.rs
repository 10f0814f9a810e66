//! `.npz`: a zip archive of `.npy` files, each a Python dictionary literal and raw data.

use std::str;

use super::error::{key_list, quoted, quoted_bytes};
use super::limits::{MAX_DIMS, MAX_HEADER_BYTES};
use super::tensor::Bytes;
use super::zip::Archive;
use super::{Dtype, Format, ReadError, Tensor, WeightsFile, within};

const MAGIC: &[u8] = b"\x93NUMPY";

pub(super) fn read<'a>(archive: &Archive<'a>) -> Result<WeightsFile<'a>, ReadError> {
    let mut file = WeightsFile::new(Format::Npz);
    for member in archive.names() {
        let (Some(name), Some(contents)) = (member.strip_suffix(".npy"), archive.get(member)) else { continue };
        let array = Npy::parse(name, contents?)?;
        file.insert(name, Tensor::contiguous(array.dtype, &array.shape, array.fortran_order, array.data))?;
    }
    if file.tensors.is_empty() {
        let found = key_list("a zip archive", archive.names());
        return Err(ReadError::NoTensors { found: format!("{found} (neither data.pkl nor any .npy)") });
    }
    Ok(file)
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
        // Magic, version, and the header's length: 2 bytes in version 1, 4 in versions 2 and 3.
        let (start, length) = match contents.strip_prefix(MAGIC) {
            Some(&[1, _, a, b, ..]) => (10, u32::from_le_bytes([a, b, 0, 0])),
            Some(&[2 | 3, _, a, b, c, d, ..]) => (12, u32::from_le_bytes([a, b, c, d])),
            Some(&[version, ..]) => return Err(malformed(format!("version {version} of .npy, or cut short"))),
            _ => return Err(malformed("is not a .npy file".into())),
        };
        within(&format!("bytes in the header of {what}"), length.into(), MAX_HEADER_BYTES)?;
        let end = usize::try_from(length).ok().map(|length| start + length);
        let header = end.and_then(|end| contents.get(start..end)).ok_or_else(|| ReadError::Truncated {
            what: format!("the header of {what}"),
            at: start,
            needed: length.into(),
            available: contents.len() - start,
        })?;
        let header = Literal { rest: header }
            .dict()
            .ok_or_else(|| malformed(format!("its header is not understood: {}", quoted_bytes(header))))?;
        let Header { descr: Some(descr), fortran_order: Some(fortran_order), shape: Some(shape) } = header else {
            return Err(malformed("its header lacks `descr`, `fortran_order` or `shape`".into()));
        };
        let unsupported = |found: &str| {
            let found = format!("{found} (`{}`)", quoted(&descr));
            ReadError::unsupported(what.clone(), found, "save it as array.astype('<f4')")
        };
        let dtype = match descr.as_str() {
            "|b1" => Dtype::Bool,
            "|i1" => Dtype::I8,
            "|u1" => Dtype::U8,
            "<i2" => Dtype::I16,
            "<u2" => Dtype::U16,
            "<i4" => Dtype::I32,
            "<u4" => Dtype::U32,
            "<i8" => Dtype::I64,
            "<u8" => Dtype::U64,
            "<f2" => Dtype::F16,
            "<f4" => Dtype::F32,
            "<f8" => Dtype::F64,
            "<c8" => Dtype::Complex64,
            "<c16" => Dtype::Complex128,
            text if text.starts_with('>') => return Err(unsupported("big-endian data")),
            text if text.contains('O') => return Err(unsupported("an array of Python objects")),
            _ => Dtype::Other,
        };
        let start = start + usize::try_from(length).unwrap_or_default();
        let data = match contents {
            Bytes::File(bytes) => Bytes::File(&bytes[start..]),
            Bytes::Made(bytes, range) => Bytes::Made(bytes, range.start + start..range.end),
        };
        Ok(Self { dtype, shape, fortran_order, data })
    }
}

#[derive(Default)]
struct Header {
    descr: Option<String>,
    fortran_order: Option<bool>,
    shape: Option<Vec<u64>>,
}

/// A parser of the few Python literals that headers are made of; every method is `None` if something else is there.
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
                "descr" => header.descr = Some(self.string()?.into()),
                "fortran_order" => {
                    header.fortran_order = Some(self.skip(b"True").is_some() || self.skip(b"False").map(|()| false)?);
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

    /// Skips white space and the token, if it is next.
    fn skip(&mut self, token: &[u8]) -> Option<()> {
        self.rest = self.rest.trim_ascii_start().strip_prefix(token)?;
        Some(())
    }

    fn string(&mut self) -> Option<&'a str> {
        let quote = if self.skip(b"'").is_some() { b'\'' } else { self.skip(b"\"").map(|()| b'"')? };
        let text = self.rest.split(|&byte| byte == quote).next().filter(|text| text.len() < self.rest.len())?;
        self.rest = &self.rest[text.len() + 1..];
        str::from_utf8(text).ok()
    }

    /// Non-negative integers; Python 2 wrote some of them with an L. Of more than [`MAX_DIMS`], only one more is kept.
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
