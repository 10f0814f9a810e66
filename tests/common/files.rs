//! Weights files, well-formed or hostile, from their parts.
#![allow(dead_code, reason = "each test program uses some of it")]

use miniz_oxide::deflate::compress_to_vec;

pub(crate) fn safetensors(header: &[u8], data: &[u8]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes(), header, data].concat()
}

pub(crate) type Pickle = Vec<u8>;

pub(crate) fn text(text: &str) -> Pickle {
    [b"X", &u32::try_from(text.len()).unwrap().to_le_bytes()[..], text.as_bytes()].concat()
}

pub(crate) fn int(number: u64) -> Pickle {
    [b"\x8a\x09", &number.to_le_bytes()[..], b"\0"].concat()
}

pub(crate) fn tuple(items: &[Pickle]) -> Pickle {
    [b"(", &items.concat()[..], b"t"].concat()
}

pub(crate) fn dict(entries: &[(&str, &Pickle)]) -> Pickle {
    let entries = entries.iter().flat_map(|(key, value)| [text(key), value.to_vec()].concat());
    [b"}(", &entries.collect::<Vec<_>>()[..], b"u"].concat()
}

/// A tensor on the storage "0" of `elements`.
pub(crate) fn tensor(
    class: &str,
    elements: u64,
    offset: u64,
    shape: &[u64],
    strides: &[u64],
) -> Pickle {
    let class = format!("ctorch\n{class}\n").into_bytes();
    let id = tuple(&[text("storage"), class, text("0"), text("cpu"), int(elements)]);
    let ints = |numbers: &[u64]| tuple(&numbers.iter().map(|&n| int(n)).collect::<Vec<_>>());
    let arguments = [
        [&id[..], b"Q"].concat(),
        int(offset),
        ints(shape),
        ints(strides),
        b"\x89".into(),
        b"N".into(),
    ];
    [b"ctorch._utils\n_rebuild_tensor_v2\n", &tuple(&arguments)[..], b"R"].concat()
}

/// A torch file of `pickle` (without its start and stop) with `storage` as the storage "0".
pub(crate) fn torch(pickle: &[u8], storage: &[u8]) -> Vec<u8> {
    let pickle = [b"\x80\x02", pickle, b"."].concat();
    zip(&[
        stored("a/data.pkl", &pickle),
        stored("a/byteorder", b"little"),
        stored("a/data/0", storage),
    ])
}

#[derive(Clone)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) method: u16,
    pub(crate) flags: u16,
    pub(crate) crc: u32,
    pub(crate) size: u32,
    pub(crate) data: Vec<u8>,
}

pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 }
        })
    })
}

pub(crate) fn stored(name: &str, data: &[u8]) -> Member {
    let size = u32::try_from(data.len()).unwrap();
    Member { name: name.into(), method: 0, flags: 0, crc: crc32(data), size, data: data.into() }
}

pub(crate) fn deflated(name: &str, data: &[u8]) -> Member {
    Member { method: 8, data: compress_to_vec(data, 1), ..stored(name, data) }
}

/// A zip archive with sizes in data descriptors, as torch writes them: zeros in the local headers.
pub(crate) fn zip(members: &[Member]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    let u32 = |n: usize| u32::try_from(n).unwrap().to_le_bytes();
    let u16 = |n: usize| u16::try_from(n).unwrap().to_le_bytes();
    for member in members {
        let (start, size) = (file.len(), member.data.len());
        let common = [
            20_u16.to_le_bytes(),
            (member.flags | 8).to_le_bytes(),
            member.method.to_le_bytes(),
            [0; 2],
            [0; 2],
        ];
        file.extend(
            [b"PK\x03\x04", &common.concat()[..], &[0; 12], &u16(member.name.len()), &u16(3)]
                .concat(),
        );
        file.extend([member.name.as_bytes(), b"pad", &member.data].concat());
        directory.extend(
            [b"PK\x01\x02", &[20, 0][..], &common.concat(), &member.crc.to_le_bytes(), &u32(size)]
                .concat(),
        );
        directory.extend(
            [&member.size.to_le_bytes()[..], &u16(member.name.len()), &[0; 12], &u32(start)]
                .concat(),
        );
        directory.extend(member.name.as_bytes());
    }
    let start = file.len();
    file.extend(&directory);
    let count = u16(members.len());
    file.extend(
        [
            b"PK\x05\x06",
            &[0; 4][..],
            &count,
            &count,
            &u32(directory.len()),
            &u32(start),
            &u16(5),
            b"hello",
        ]
        .concat(),
    );
    file
}

pub(crate) fn npy(header: &str, data: &[u8]) -> Vec<u8> {
    [
        b"\x93NUMPY\x01\0",
        &u16::try_from(header.len()).unwrap().to_le_bytes()[..],
        header.as_bytes(),
        data,
    ]
    .concat()
}

pub(crate) fn npy_f4(shape: &str, data: &[u8]) -> Vec<u8> {
    npy(&format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}\n"), data)
}
