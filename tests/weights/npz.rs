//! zip archives and the NumPy arrays in them.

use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn crc_of_the_tests_is_the_one_of_zip() {
    assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
}

#[test]
fn npy_headers_are_understood() {
    let numbers: Vec<u8> = (1..=6_u8).flat_map(|x| f32::from(x).to_le_bytes()).collect();
    let x = |member: Member| {
        let bytes = zip(&[member]);
        read(&bytes).map(|file| file.tensors["x"].to_array().unwrap())
    };
    let rows = x(stored("x.npy", &npy_f4("(2, 3)", &numbers))).unwrap();
    assert_eq!(rows.iter().copied().collect::<Vec<_>>(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let header = "{\"shape\": (2L, 3L), 'fortran_order':True,'descr' :\"<f4\"}";
    let columns = x(deflated("x.npy", &npy(header, &numbers))).unwrap();
    assert_eq!(columns.shape(), [2, 3]);
    assert_eq!(columns.iter().copied().collect::<Vec<_>>(), [1.0, 3.0, 5.0, 2.0, 4.0, 6.0]);
    for version in [2, 3] {
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (6,)}";
        let length = u32::try_from(header.len()).unwrap().to_le_bytes();
        let bytes = [b"\x93NUMPY", &[version, 0][..], &length, header.as_bytes(), &numbers].concat();
        assert_eq!(x(stored("x.npy", &bytes)).unwrap().shape(), [6]);
    }
    assert_eq!(x(stored("x.npy", &npy_f4("()", &numbers[..4]))).unwrap().ndim(), 0);

    let bad = |header: &str, parts: &[&str]| drop(refused(&zip(&[stored("x.npy", &npy(header, &numbers))]), parts));
    let descr = |descr: &str| format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': (6,)}}");
    bad(&descr(">f4"), &["array `x`: big-endian data (`>f4`) is not supported"]);
    bad(&descr("|O"), &["array `x`: an array of Python objects (`|O`)"]);
    bad(&descr("<f8"), &["tensor `x`: 6 float64 needs 48 bytes, its storage has 24"]);
    bad("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (6,)}", &["header is not understood"]);
    bad("{'descr': '<f4', 'shape': (6,)}", &["lacks"]);
    for header in ["", "{", "{'", "{'shape", "{'shape': (", "{'shape': (1 2)}", "{'shape': (-1,)}", "{} x", "{'a': 1}"]
    {
        bad(header, &["array `x`"]);
    }
    bad("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", &["header is not understood"]);
    bad("{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999999999999,)}", &["elements are more than"]);
    refused(&zip(&[stored("x.npy", b"\x93NUMPY\x01\0\xff\xff{")]), &["header of array `x`", "65535"]);
    refused(&zip(&[stored("x.npy", b"\x93NUMPY\x02\0\xff\xff\xff\xff{")]), &["4294967295, the limit is 1048576"]);
    refused(&zip(&[stored("x.npy", b"\x93NUMPY\x09\0\0\0{}")]), &["version 9"]);
    refused(&zip(&[stored("x.npy", b"hello")]), &["array `x`: is not a .npy file"]);
}

#[test]
fn header_limit_of_npy() {
    let file = |length: usize| {
        let mut header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}".to_vec();
        header.resize(length, b' ');
        let length = u32::try_from(length).unwrap().to_le_bytes();
        zip(&[stored("x.npy", &[b"\x93NUMPY\x02\0", &length[..], &header, &[0; 4]].concat())])
    };
    assert!(read(&file(MAX_HEADER_BYTES)).is_ok());
    refused(&file(MAX_HEADER_BYTES + 1), &["1048577, the limit is 1048576"]);
}

#[test]
fn zip_directories_are_checked() {
    let array = npy_f4("(1,)", &[0; 4]);
    let good = || stored("x.npy", &array);
    assert!(read(&zip(&[good()])).is_ok());
    refused(&zip(&[Member { flags: 1, ..good() }]), &["encryption (`x.npy`) is not supported"]);
    refused(&zip(&[Member { method: 14, ..good() }]), &["compression method 14 (`x.npy`)"]);
    refused(&zip(&[Member { size: 9, ..good() }]), &["`x.npy` is stored, yet"]);
    refused(&zip(&[Member { size: u32::MAX, ..good() }]), &["ZIP64 (`x.npy`) is not supported"]);
    refused(&zip(&[Member { crc: 7, ..good() }]), &["`x.npy` is damaged", "00000007"]);
    refused(&zip(&[good(), good()]), &["`x.npy` is there twice"]);

    // By hand: where the directory lies, and where it says that the members lie.
    let bytes = zip(&[good(), stored("y.npy", &array)]);
    let end = bytes.len() - 27;
    let changed = |at: usize, number: u32| {
        let mut bytes = bytes.clone();
        bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
        bytes
    };
    let directory = u32::from_le_bytes(bytes[end + 16..end + 20].try_into().unwrap());
    let first = usize::try_from(directory).unwrap();
    let second = first + 46 + 5;
    refused(&changed(end + 16, u32::MAX), &["ZIP64"]);
    refused(&changed(end + 16, u32::MAX - 1), &["no room for a directory"]);
    refused(&changed(end + 12, u32::MAX - 1), &["no room for a directory"]);
    refused(&changed(end + 16, 0), &["the directory ends before its 2 entries"]);
    refused(&changed(end + 4, 1), &["several volumes"]);
    refused(&changed(end + 8, 0x0003_0003), &["the directory ends before its 3 entries"]);
    refused(&changed(second + 42, 0), &["members overlap at byte 0"]);
    refused(&changed(second + 42, directory), &["`y.npy` does not lie in the file"]);
    refused(&changed(second + 42, u32::MAX - 1), &["`y.npy` does not lie in the file"]);
    for length in [u32::MAX - 1, 1 << 20, 80] {
        let mut bytes = changed(second + 20, length);
        bytes[second + 24..second + 28].copy_from_slice(&length.to_le_bytes());
        assert!(read(&bytes).is_err());
    }
    let mut longer = bytes[first + 20..first + 24].to_vec();
    longer[0] += 40;
    let mut overlapping = bytes.clone();
    overlapping[first + 20..first + 24].copy_from_slice(&longer);
    overlapping[first + 24..first + 28].copy_from_slice(&longer);
    refused(&overlapping, &["members overlap"]);
}

#[test]
fn zip_bombs_are_refused() {
    // A stored member raises the limit by its size: exactly enough of it, and a byte less.
    let bomb = npy_f4(&format!("({},)", INFLATION_ALLOWANCE / 2), &vec![0; 2 * INFLATION_ALLOWANCE]);
    let size = u32::try_from(bomb.len()).unwrap();
    let padded = |padding: usize| zip(&[deflated("x.npy", &bomb), stored("padding", &vec![0; padding])]);
    let padding = (bomb.len() - INFLATION_ALLOWANCE).div_ceil(INFLATION_RATIO) - padded(0).len();
    assert!(read(&padded(padding)).is_ok());
    let limit = INFLATION_RATIO * padded(padding - 1).len() + INFLATION_ALLOWANCE;
    let expected = format!("bytes that the compressed members inflate to: {size}, the limit is {limit}");
    refused(&padded(padding - 1), &[&expected]);
    // Sizes that lie: too small is not inflated further, too large is not believed.
    let zeros = npy_f4("(250000,)", &vec![0; 1_000_000]);
    for lie in [100, 1_000_000, 1_000_001] {
        let member = Member { size: lie, ..deflated("x.npy", &zeros) };
        refused(&zip(&[member]), &[&format!("`x.npy` does not inflate to its {lie} bytes")]);
    }
    let garbage = Member { data: vec![0xff; 100], ..deflated("x.npy", &zeros) };
    refused(&zip(&[garbage]), &["does not inflate"]);
    let squeezed = [
        stored(
            "a/data.pkl",
            &[b"\x80\x02", &dict(&[("x", &tensor("FloatStorage", 1, 0, &[], &[]))])[..], b"."].concat(),
        ),
        deflated("a/data/0", &[0; 4]),
    ];
    refused(&zip(&squeezed), &["a compressed member (`a/data/0`) in a torch file is not supported"]);
}
