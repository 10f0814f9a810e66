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
        let bytes =
            [b"\x93NUMPY", &[version, 0][..], &length, header.as_bytes(), &numbers].concat();
        assert_eq!(x(stored("x.npy", &bytes)).unwrap().shape(), [6]);
    }
    assert_eq!(x(stored("x.npy", &npy_f4("()", &numbers[..4]))).unwrap().ndim(), 0);

    let bad = |header: &str, parts: &[&str]| {
        drop(refused(&zip(&[stored("x.npy", &npy(header, &numbers))]), parts))
    };
    let descr =
        |descr: &str| format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': (6,)}}");
    for (other, found, advice) in [
        (">f4", "big-endian data", "newbyteorder('<')"),
        (">i8", "big-endian data", "newbyteorder('<')"),
        ("|O", "an array of Python objects", "numpy.savez(path, **tensors)"),
        ("|V2", "bfloat16", "astype(numpy.float32)"),
        ("<V2", "bfloat16", "astype(numpy.float32)"),
        ("<V1", "a type of 8 bits, as float8", "astype(numpy.float32)"),
        ("|V5", "a type without a name", "astype(numpy.float32)"),
        ("<f16", "long double", "astype(numpy.float32)"),
        ("|S3", "an array of byte strings", "leave it out"),
        ("<U3", "an array of text", "leave it out"),
        ("<M8[s]", "an array of dates", "leave it out"),
        ("", "an unknown type", "astype(numpy.float32)"),
    ] {
        bad(&descr(other), &["array `x`", found, &format!("(`{other}`) is not supported"), advice]);
    }
    for records in ["[('a', '<f4')]", "[('a', '<f4', (2, 3)), ('b]', '|V4')]"] {
        let header = format!("{{'descr': {records}, 'fortran_order': False, 'shape': (6,)}}");
        bad(&header, &["an array of records", records, "save each field as an array of its own"]);
    }
    bad(&descr("<f8"), &["tensor `x`: 6 float64 needs 48 bytes, its storage has 24"]);
    bad(
        "{'descr': [('a', '<f4'), 'fortran_order': False, 'shape': (6,)}",
        &["header is not understood"],
    );
    bad("{'descr': [)], 'fortran_order': False, 'shape': (6,)}", &["header is not understood"]);
    bad("{'descr': ['", &["header is not understood"]);
    bad("{'descr': '<f4', 'shape': (6,)}", &["lacks"]);
    for header in [
        "",
        "{",
        "{'",
        "{'shape",
        "{'shape': (",
        "{'shape': (1 2)}",
        "{'shape': (-1,)}",
        "{} x",
        "{'a': 1}",
    ] {
        bad(header, &["array `x`"]);
    }
    bad(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
        &["header is not understood"],
    );
    bad(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999999999999,)}",
        &["elements are more than"],
    );
    refused(
        &zip(&[stored("x.npy", b"\x93NUMPY\x01\0\xff\xff{")]),
        &["header of array `x`", "65535"],
    );
    refused(
        &zip(&[stored("x.npy", b"\x93NUMPY\x02\0\xff\xff\xff\xff{")]),
        &["4294967295, the limit is 1048576"],
    );
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
    refused(&changed(end + 16, u32::MAX - 1), &["data before it"]);
    refused(&changed(end + 12, u32::MAX - 1), &["no room for a directory"]);
    refused(&changed(end + 16, 0), &["data before it", ".distcp"]);
    refused(&[&bytes[..], &bytes].concat(), &["data before it", "dcp_to_torch_save"]);
    refused(
        &[&bytes[..], b"more"].concat(),
        &["no directory at the end", "cut short, or something was added"],
    );
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
    let bomb =
        npy_f4(&format!("({},)", INFLATION_ALLOWANCE / 2), &vec![0; 2 * INFLATION_ALLOWANCE]);
    let size = u32::try_from(bomb.len()).unwrap();
    let zeros = |length: usize| {
        let header = format!("{{'descr': '|u1', 'fortran_order': False, 'shape': ({length},)}}");
        npy(&format!("{header:80}"), &vec![0; length])
    };
    let padded =
        |padding: usize| zip(&[deflated("x.npy", &bomb), stored("padding.npy", &zeros(padding))]);
    let padding = (bomb.len() - INFLATION_ALLOWANCE).div_ceil(INFLATION_RATIO) - padded(0).len();
    assert!(read(&padded(padding)).is_ok());
    let limit = INFLATION_RATIO * padded(padding - 1).len() + INFLATION_ALLOWANCE;
    let expected =
        format!("bytes that the compressed members inflate to: {size}, the limit is {limit}");
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
            &[b"\x80\x02", &dict(&[("x", &tensor("FloatStorage", 1, 0, &[], &[]))])[..], b"."]
                .concat(),
        ),
        deflated("a/data/0", &[0; 4]),
    ];
    refused(
        &zip(&squeezed),
        &["a compressed member (`a/data/0`) in a torch file is not supported"],
    );
}

#[test]
fn every_member_is_an_array_or_named() {
    let array = npy_f4("(1,)", &[0; 4]);
    let names =
        |members: &[Member]| read(&zip(members)).unwrap().tensors.into_keys().collect::<Vec<_>>();
    let x = || stored("x.npy", &array);
    // As NumPy: an array is one by its content, whatever the member is called, also in a folder.
    assert_eq!(
        names(&[x(), stored("y", &array), stored("a/z.npy", &array), stored("W.NPY", &array)]),
        ["W.NPY", "a/z", "x", "y"]
    );
    refused(&zip(&[x(), stored("x", &array)]), &["tensor `x`: is there twice"]);
    let litter = [
        x(),
        stored("a/", b""),
        stored("__MACOSX/._x.npy", b"\0\x05"),
        stored("a/.DS_Store", b"Bud1"),
    ];
    assert_eq!(names(&litter), ["x"]);
    refused(
        &zip(&[x(), stored("b_Q.txt", b"0 0")]),
        &["member `b_Q.txt`", "no .npy", "leave it out"],
    );
    refused(&zip(&[x(), stored("b/", b"0 0")]), &["member `b/`"]);
    refused(&zip(&[x(), stored("b_Q.npy", b"0 0")]), &["array `b_Q`: is not a .npy file"]);
    let unnamed = [stored("arr_0.npy", &array), stored("arr_1.npy", &array)];
    refused(&zip(&unnamed), &["arrays without names (`arr_0`, …)", "numpy.savez(path, **tensors)"]);
    assert_eq!(names(&[x(), stored("arr_0.npy", &array)]), ["arr_0", "x"]);
}

#[test]
fn an_entry_of_another_kind_is_refused_by_name() {
    let shape = "'fortran_order': False, 'shape': (1,)";
    let array = |descr: &str| npy(&format!("{{'descr': {descr}, {shape}}}"), &[0; 16]);
    let read_types = [
        "|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8", "<c8",
        "<c16",
    ];
    let orders = ["<", ">", "|", "="];
    let kinds = ["?", "b", "i", "u", "f", "c", "O", "S", "U", "V", "M", "m", "T", "a", "x"];
    let others = orders.iter().flat_map(|order| {
        kinds.iter().flat_map(move |kind| {
            ["", "1", "2", "4", "8", "16", "3"].map(|size| format!("{order}{kind}{size}"))
        })
    });
    for descr in others {
        let bytes = zip(&[
            stored("W.npy", &array("'<f4'")),
            stored("b_Q.npy", &array(&format!("'{descr}'"))),
        ]);
        match read(&bytes) {
            Ok(file) => {
                assert!(read_types.contains(&descr.as_str()) && file.tensors.len() == 2, "{descr}")
            }
            Err(error) => assert!(error.to_string().contains("`b_Q`"), "{descr}: {error}"),
        }
    }
}
