//! safetensors: headers and limits.

use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn safetensors_headers_are_checked() {
    refused(
        b"\0\0\0\0\0\0\0\x7f{",
        &["bytes in the safetensors header: 9151314442816847872, the limit is 1048576"],
    );
    refused(b"\xff\xff\xff\xff\0\0\0\0{", &["4294967295"]);
    refused(
        b"\x64\0\0\0\0\0\0\0{}",
        &["cut short", "100 more bytes should follow byte 8, only 2 do"],
    );
    refused(&safetensors(b"{}", b""), &["no tensors"]);
    refused(&safetensors(b"{\"x\":3}", b""), &["safetensors header"]);
    let one = |shape: &str, end: u64| {
        safetensors(
            format!(r#"{{"x":{{"dtype":"F32","shape":{shape},"data_offsets":[0,{end}]}}}}"#)
                .as_bytes(),
            &[0; 8],
        )
    };
    assert!(read(&one("[2]", 8)).is_ok());
    for (shape, end) in [
        ("[3]", 8),
        ("[2]", 4),
        ("[2]", 12),
        ("[4611686018427387904,4]", 8),
        ("[-1]", 8),
        ("[2.0]", 8),
    ] {
        refused(&one(shape, end), &["safetensors"]);
    }
    // The data is covered without gaps and without overlap, in any order of names.
    let two = |a: &str, b: &str| {
        let entry = |name, range| {
            format!(r#""{name}":{{"dtype":"U8","shape":[2],"data_offsets":[{range}]}}"#)
        };
        safetensors(format!("{{{},{}}}", entry("a", a), entry("b", b)).as_bytes(), &[1, 2, 3, 4])
    };
    assert!(read(&two("0,2", "2,4")).is_ok() && read(&two("2,4", "0,2")).is_ok());
    refused(
        &two("0,2", "1,3"),
        &["tensor `b`: lies at bytes 1 to 3 of the data, expected it to start at 2"],
    );
    refused(
        &two("0,2", "3,5"),
        &["tensor `b`: lies at bytes 3 to 5 of the data, expected it to start at 2"],
    );
    refused(&two("0,2", "2,1"), &["tensor `b`: lies at bytes 2 to 1"]);
    refused(&two("0,2", "2,5"), &["tensor `b`: 2 U8 do not take the 3 bytes from 2 to 5"]);
    refused(&two("0,2", "2"), &["`data_offsets` are not two numbers"]);
    refused(&two("0,2", "2,18446744073709551615"), &["do not take the 18446744073709551613 bytes"]);
    let header = |json: &str| safetensors(json.as_bytes(), b"");
    let x = r#""x":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}"#;
    refused(&header(&format!("{{{x},{x}}}")), &["tensor `x` is there twice"]);
    refused(
        &header(&x.replace("F32", "F33").replace("\"x\"", "{\"x\"").replace("]}", "]}}")),
        &["no type is called `F33`"],
    );
    refused(&header(r#"{"x":{"dtype":"F32","dtype":"F32"}}"#), &["duplicate field `dtype`"]);
    refused(&header(r#"{"x":{"dtype":"F32","shape":[0]}}"#), &["missing field `data_offsets`"]);
    refused(
        &header(r#"{"x":{"dtype":"F32","shape":["2"]}}"#),
        &["a string, expected a whole number"],
    );
    refused(
        &header(r#"{"__metadata__":{"a":1}}"#),
        &["invalid type: integer `1`, expected a string"],
    );
    let known =
        format!(r#"{{"__metadata__":null,{}}}"#, x.replace("}", r#","later":[{"a":"b"}]}"#));
    assert_eq!(read(&header(&known)).unwrap().tensors.len(), 1);
    refused(
        &safetensors(&[b"{\"x\":", &b"[".repeat(100_000)[..]].concat(), b""),
        &["safetensors header"],
    );
}

#[test]
fn data_of_another_length_is_counted() {
    let file = |data: &[u8]| {
        safetensors(br#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, data)
    };
    let at = file(b"").len();
    let cut =
        format!("is cut short: 8 more bytes should follow byte {at}, only 5 do (3 are missing)");
    refused(&file(&[1; 5]), &["the data of the safetensors file", &cut, "download the file again"]);
    refused(&file(&[1; 12]), &["safetensors: 4 bytes follow the 8 that the header describes"]);
}

#[test]
fn types_that_are_not_read_keep_their_names() {
    let file = |dtype: &str, bytes: usize| {
        let json =
            format!(r#"{{"x":{{"dtype":"{dtype}","shape":[4],"data_offsets":[0,{bytes}]}}}}"#);
        safetensors(json.as_bytes(), &vec![0; bytes])
    };
    for (dtype, bytes) in [
        ("F4", 2),
        ("F6_E2M3", 3),
        ("F6_E3M2", 3),
        ("F8_E4M3", 4),
        ("F8_E5M2", 4),
        ("F8_E8M0", 4),
        ("F8_E4M3FNUZ", 4),
        ("F8_E5M2FNUZ", 4),
    ] {
        let bytes = file(dtype, bytes);
        let tensor = &read(&bytes).unwrap().tensors["x"];
        assert_eq!((tensor.dtype().to_string(), tensor.shape()), (dtype.into(), &[4][..]));
        let error = tensor.to_array().unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("its elements are {dtype}; expected float16")),
            "{error}"
        );
        assert!(
            error.contains("tensor.float()") && error.contains("astype(numpy.float32)"),
            "{error}"
        );
    }
    refused(&file("F8_X", 4), &["tensor `x`: no type is called `F8_X`; expected F64, F32"]);
}

#[test]
fn header_limit_of_safetensors() {
    let mut header = br#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#.to_vec();
    header.resize(MAX_HEADER_BYTES, b' ');
    assert!(read(&safetensors(&header, &[0; 4])).is_ok());
    header.push(b' ');
    refused(&safetensors(&header, &[0; 4]), &["1048577", "1048576"]);
}

#[test]
fn limits_of_names_tensors_and_dimensions() {
    let file = |names: &[String], shape: &str| {
        let entry =
            |name| format!(r#""{name}":{{"dtype":"F32","shape":{shape},"data_offsets":[0,0]}}"#);
        safetensors(
            format!("{{{}}}", names.iter().map(entry).collect::<Vec<_>>().join(",")).as_bytes(),
            b"",
        )
    };
    let names = |n: usize| (0..n).map(|i| format!("t{i}")).collect::<Vec<_>>();
    assert_eq!(read(&file(&names(MAX_TENSORS), "[0]")).unwrap().tensors.len(), MAX_TENSORS);
    refused(
        &file(&names(MAX_TENSORS + 1), "[0]"),
        &["tensors in the file: 4097, the limit is 4096"],
    );
    assert!(read(&file(&["n".repeat(MAX_NAME_BYTES)], "[0]")).is_ok());
    refused(
        &file(&["n".repeat(MAX_NAME_BYTES + 1)], "[0]"),
        &["513 bytes, the limit is 512: `nnnn"],
    );
    assert!(read(&file(&names(1), "[0,1,1,1,1,1,1,1]")).is_ok());
    refused(
        &file(&names(1), "[0,1,1,1,1,1,1,1,1]"),
        &["tensor `t0`: has 9 dimensions, the limit is 8"],
    );
    refused(
        &file(&names(1), "[0,65536,65536]"),
        &["tensor `t0`: 0×65536×65536 elements", "67108864"],
    );
}

#[test]
fn limit_of_files() {
    let mut bytes = vec![0; MAX_FILE_BYTES];
    refused(&bytes, &["nothing but zero bytes"]);
    bytes.push(0);
    refused(&bytes, &["bytes in the file: 67108865, the limit is 67108864"]);
}

#[test]
fn nan_and_infinity_are_refused_where_they_are() {
    for (value, text) in [(f32::NAN, "NaN"), (f32::INFINITY, "inf"), (f32::NEG_INFINITY, "-inf")] {
        let data: Vec<u8> =
            [0.0, 1.0, 2.0, value, value, 5.0].iter().flat_map(|x: &f32| x.to_le_bytes()).collect();
        let bytes =
            safetensors(br#"{"x":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}"#, &data);
        let error = read(&bytes).unwrap().tensors["x"].to_array().unwrap_err();
        assert_eq!(error.to_string(), format!("element [1, 0] is {text}; expected finite numbers"));
    }
}
