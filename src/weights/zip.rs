//! Reads zip archives of the kind that `.npz` and torch files are: one volume, 32-bit sizes,
//! members stored or deflated.
//!
//! Sizes come from the central directory; torch and NumPy leave zeros, data descriptors or ZIP64
//! fields in the local headers. An archive opens only if all members lie in the file before the
//! directory, without overlap.

use std::str;
use std::sync::Arc;

use miniz_oxide::inflate::decompress_slice_iter_to_slice;

use super::limits::{INFLATION_ALLOWANCE, INFLATION_RATIO};
use super::tensor::Bytes;
use super::text::quoted;
use super::{ReadError, within};

const END: &[u8] = b"PK\x05\x06";
const END_BYTES: usize = 22;
const CENTRAL: &[u8] = b"PK\x01\x02";
const CENTRAL_BYTES: usize = 46;
const LOCAL: &[u8] = b"PK\x03\x04";
const LOCAL_BYTES: usize = 30;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// Marks a size or an offset that is stored in a ZIP64 field.
const IN_ZIP64: u32 = u32::MAX;

pub(super) struct Archive<'a> {
    /// Sorted by name.
    members: Vec<Member<'a>>,
}

struct Member<'a> {
    name: &'a str,
    deflated: bool,
    crc: u32,
    /// Claimed size of the contents, in bytes.
    size: usize,
    data: &'a [u8],
}

impl<'a> Archive<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, ReadError> {
        let (end, record) = end_record(bytes)?;
        let (entries, size, offset) = (u16_at(record, 10), u32_at(record, 12), u32_at(record, 16));
        if u32_at(record, 4) != 0 {
            return Err(unsupported("an archive in several volumes"));
        }
        if entries == u16::MAX || size == IN_ZIP64 || offset == IN_ZIP64 {
            return Err(unsupported("ZIP64"));
        }
        if starts_later(bytes, end, size, offset) {
            return Err(ReadError::unsupported(
                "zip archive",
                "data before it (several calls of torch.save on one file, as in a .distcp)",
                "make one file of the .distcp's folder with \
                 torch.distributed.checkpoint.format_utils.dcp_to_torch_save",
            ));
        }
        let directory = slice(bytes, offset.into(), size.into())
            .filter(|_| u64::from(offset) + u64::from(size) <= end as u64)
            .ok_or_else(|| {
                malformed(format!("no room for a directory of {size} bytes at byte {offset}"))
            })?;

        // Reserve no more entries than the directory has room for. Each takes less memory than its
        // bytes in the file.
        let most = usize::from(entries).min(directory.len() / CENTRAL_BYTES);
        let (mut members, mut spans) = (Vec::with_capacity(most), Vec::with_capacity(most));
        let (mut rest, mut inflated) = (directory, 0);
        for _ in 0..entries {
            let entry = header(rest, CENTRAL, CENTRAL_BYTES).ok_or_else(|| {
                malformed(format!("the directory ends before its {entries} entries"))
            })?;
            let lengths = [28, 30, 32].map(|at| usize::from(u16_at(entry, at)));
            let name = rest
                .get(CENTRAL_BYTES..CENTRAL_BYTES + lengths[0])
                .and_then(|name| str::from_utf8(name).ok())
                .ok_or_else(|| {
                    malformed("a name in the directory is cut short or not UTF-8".into())
                })?;
            rest = rest.get(CENTRAL_BYTES + lengths.iter().sum::<usize>()..).unwrap_or_default();

            let (compressed, size, local) =
                (u32_at(entry, 20), u32_at(entry, 24), u32_at(entry, 42));
            let of_member = |found: &str| unsupported(&format!("{found} (`{}`)", quoted(name)));
            if [compressed, size, local].contains(&IN_ZIP64) {
                return Err(of_member("ZIP64"));
            }
            if u16_at(entry, 8) & 1 != 0 {
                return Err(of_member("encryption"));
            }
            let deflated = match u16_at(entry, 10) {
                STORED if compressed == size => false,
                DEFLATED => true,
                STORED => {
                    return Err(malformed(format!(
                        "`{}` is stored, yet {compressed} ≠ {size} bytes",
                        quoted(name)
                    )));
                }
                method => return Err(of_member(&format!("compression method {method}"))),
            };
            let outside = || {
                malformed(format!(
                    "`{}` does not lie in the file where the directory says",
                    quoted(name)
                ))
            };
            let start = slice(bytes, local.into(), (offset - local.min(offset)).into())
                .and_then(|member| header(member, LOCAL, LOCAL_BYTES))
                .map(|head| {
                    u64::from(local)
                        + (LOCAL_BYTES as u64)
                        + u64::from(u16_at(head, 26))
                        + u64::from(u16_at(head, 28))
                })
                .ok_or_else(outside)?;
            let stop = start + u64::from(compressed);
            let data = slice(bytes, start, compressed.into())
                .filter(|_| stop <= offset.into())
                .ok_or_else(outside)?;
            spans.push((u64::from(local), stop));
            inflated += if deflated { u64::from(size) } else { 0 };
            let size = usize::try_from(size).map_err(|_| outside())?;
            members.push(Member { name, deflated, crc: u32_at(entry, 16), size, data });
        }
        members.sort_unstable_by_key(|member| member.name);
        if let Some(pair) = members.windows(2).find(|pair| pair[0].name == pair[1].name) {
            return Err(malformed(format!("`{}` is there twice", quoted(pair[0].name))));
        }
        spans.sort_unstable();
        if let Some(pair) = spans.windows(2).find(|pair| pair[0].1 > pair[1].0) {
            return Err(malformed(format!("members overlap at byte {}", pair[1].0)));
        }
        let most = INFLATION_RATIO * bytes.len() + INFLATION_ALLOWANCE;
        within("bytes that the compressed members inflate to", inflated, most)?;
        Ok(Self { members })
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> + Clone {
        self.members.iter().map(|member| member.name)
    }

    fn member(&self, name: &str) -> Option<&Member<'a>> {
        self.members
            .binary_search_by_key(&name, |member| member.name)
            .ok()
            .map(|at| &self.members[at])
    }

    /// The contents of the member `name`, stored or deflated; `None` if there is no such member.
    pub(super) fn get(&self, name: &str) -> Option<Result<Bytes<'a>, ReadError>> {
        self.member(name).map(Member::contents)
    }

    /// Like [`Self::get`], but refuses a deflated member.
    pub(super) fn stored(&self, name: &str) -> Option<Result<&'a [u8], ReadError>> {
        self.member(name).map(|member| match member.deflated {
            true => Err(unsupported(&format!(
                "a compressed member (`{}`) in a torch file",
                quoted(name)
            ))),
            false => member.checked(member.data).map(|()| member.data),
        })
    }
}

impl<'a> Member<'a> {
    fn contents(&self) -> Result<Bytes<'a>, ReadError> {
        if !self.deflated {
            return self.checked(self.data).map(|()| Bytes::File(self.data));
        }
        // No more bytes than claimed: `open` checked the sum of all claims.
        let mut contents = vec![0; self.size];
        let length =
            decompress_slice_iter_to_slice(&mut contents, [self.data].into_iter(), false, true);
        if length != Ok(self.size) {
            return Err(malformed(format!(
                "`{}` does not inflate to its {} bytes",
                quoted(self.name),
                self.size
            )));
        }
        self.checked(&contents)?;
        Ok(Bytes::Made(Arc::new(contents), 0..self.size))
    }

    /// Returns an error unless `contents` have the member's checksum.
    fn checked(&self, contents: &[u8]) -> Result<(), ReadError> {
        let (crc, claimed) = (crc32(contents), self.crc);
        if crc != claimed {
            let name = quoted(self.name);
            return Err(malformed(format!(
                "`{name}` is damaged: its CRC-32 is {crc:08x}, it should be {claimed:08x}"
            )));
        }
        Ok(())
    }
}

/// The end-of-central-directory record and where it starts. If there are several, the last one
/// whose comment ends with the file counts.
fn end_record(bytes: &[u8]) -> Result<(usize, &[u8]), ReadError> {
    let last = bytes.len().saturating_sub(END_BYTES);
    (last.saturating_sub(u16::MAX.into())..=last)
        .rev()
        .filter_map(|at| Some((at, header(bytes.get(at..)?, END, END_BYTES)?)))
        .find(|(at, record)| at + END_BYTES + usize::from(u16_at(record, 20)) == bytes.len())
        .ok_or_else(|| {
            malformed(format!(
                "there is no directory at the end of its {} bytes: it is cut short, or something \
                 was added to it; copy or download the file again",
                bytes.len()
            ))
        })
}

/// Whether other data lies before the archive: its directory of `size` bytes does not reach from
/// `offset` to the record at `end`, but a directory does end right before that record.
fn starts_later(bytes: &[u8], end: usize, size: u32, offset: u32) -> bool {
    /// Bytes between the directory and the record: none, or the records of ZIP64 that torch writes.
    const BETWEEN: [u64; 2] = [0, 56 + 20];
    let place = |between: u64| (end as u64).checked_sub(between + u64::from(size));
    let is_directory = |at: u64| slice(bytes, at, CENTRAL.len() as u64) == Some(CENTRAL);
    let mut places = BETWEEN.into_iter().filter_map(place);
    size > 0 && places.clone().all(|at| at != u64::from(offset)) && places.any(is_directory)
}

/// The first `length` bytes of `bytes`, if they start with `signature`.
fn header<'a>(bytes: &'a [u8], signature: &[u8], length: usize) -> Option<&'a [u8]> {
    bytes.get(..length).filter(|header| header.starts_with(signature))
}

fn slice(bytes: &[u8], start: u64, length: u64) -> Option<&[u8]> {
    bytes.get(usize::try_from(start).ok()?..usize::try_from(start.checked_add(length)?).ok()?)
}

/// The little-endian number at `at`, which must lie in the header.
fn u16_at(header: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([header[at], header[at + 1]])
}

fn u32_at(header: &[u8], at: usize) -> u32 {
    u32::from(u16_at(header, at)) | u32::from(u16_at(header, at + 2)) << 16
}

fn malformed(problem: String) -> ReadError {
    ReadError::malformed("zip archive", problem)
}

fn unsupported(found: &str) -> ReadError {
    ReadError::unsupported(
        "zip archive",
        found,
        "save all tensors again with torch.save(model.state_dict(), path), numpy.savez(path, \
         **tensors) or as .safetensors",
    )
}

/// The checksum of zip: CRC-32 with the reflected polynomial 0xedb88320.
fn crc32(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = {
        let (mut table, mut i) = ([0; 256], 0_u32);
        while i < 256 {
            let (mut crc, mut bit) = (i, 0);
            while bit < 8 {
                crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
                bit += 1;
            }
            table[i as usize] = crc;
            i += 1;
        }
        table
    };
    !bytes.iter().fold(!0, |crc, &byte| TABLE[usize::from(crc.to_le_bytes()[0] ^ byte)] ^ crc >> 8)
}
