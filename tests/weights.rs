//! The readers of weights files: every format gives the same numbers, and nothing hostile gets through or hangs.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use std::collections::BTreeMap;

use crate::files::*;
use compact_proofs::weights::limits::*;
use compact_proofs::weights::{Dtype, Format, ReadError, TensorError, read};
use ndarray::ArrayD;

macro_rules! fixture {
    ($path:literal) => {
        ($path, include_bytes!(concat!("fixtures/", $path)).as_slice())
    };
}

const ORACLE: &[u8] = include_bytes!("fixtures/oracle/max4_v64_s123.safetensors");
const BIASED: &[u8] = include_bytes!("fixtures/biased_v7_n3.safetensors");
const NOT_A_TRANSFORMER: &[u8] = include_bytes!("fixtures/formats_extra/non_transformer.pt");

/// The model of [`ORACLE`] in every shape.
const FORMATS: [(&str, &[u8]); 10] = [
    fixture!("formats/checkpoint_nested.pt"),
    fixture!("formats/state_dict.pt"),
    fixture!("formats/state_dict_f16.pt"),
    fixture!("formats/state_dict_f64.pt"),
    fixture!("formats/state_dict_legacy.pt"),
    fixture!("formats/state_dict_parameters.pt"),
    fixture!("formats/state_dict_strided.pt"),
    fixture!("formats/weights.json"),
    fixture!("formats/weights.npz"),
    fixture!("formats/weights_compressed.npz"),
];

/// One model: the matrices of [`BIASED`], other biases.
const EXTRA: [(&str, &[u8]); 5] = [
    fixture!("formats_extra/state_dict_bf16.pt"),
    fixture!("formats_extra/state_dict_lightning.pt"),
    fixture!("formats_extra/state_dict_protocol4.pt"),
    fixture!("formats_extra/training_legacy_nested.pt"),
    fixture!("formats_extra/whole_module.pt"),
];

fn all_fixtures() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    let others = [("oracle", ORACLE), ("biased", BIASED), ("non_transformer", NOT_A_TRANSFORMER)];
    FORMATS.into_iter().chain(EXTRA).chain(others)
}

/// The tensors of numbers; `IGNORE`, which stands for a mask, is −∞.
fn floats(bytes: &[u8]) -> BTreeMap<String, ArrayD<f64>> {
    let file = read(bytes).unwrap();
    let floats = file.tensors.iter().filter(|(name, tensor)| tensor.dtype().is_float() && !name.ends_with("IGNORE"));
    floats.map(|(name, tensor)| (name.clone(), tensor.to_array().unwrap())).collect()
}

/// Asserts equality, up to `rounding` relative to the expected numbers.
fn assert_close(
    path: &str,
    found: &BTreeMap<String, ArrayD<f64>>,
    expected: &BTreeMap<String, ArrayD<f64>>,
    rounding: f64,
) {
    assert!(found.keys().eq(expected.keys()), "{path}: {:?}", found.keys());
    for (name, array) in expected {
        assert_eq!(found[name].shape(), array.shape(), "{path}: {name}");
        for (a, b) in array.iter().zip(&found[name]) {
            let smallest = if rounding > 0.0 { 1e-7 } else { 0.0 }; // subnormal float16
            assert!((a - b).abs() <= a.abs() * rounding + smallest, "{path}: {name}: {a} ≠ {b}");
        }
    }
}

/// Reads all that can be read.
fn exhaust(bytes: &[u8]) {
    match read(bytes) {
        Ok(file) => {
            for tensor in file.tensors.values() {
                match tensor.to_array() {
                    Ok(array) => assert_eq!(array.shape(), tensor.shape()),
                    Err(error) => assert!(!error.to_string().is_empty()),
                }
            }
        }
        Err(error) => {
            let text = error.to_string();
            assert!((10..4000).contains(&text.len()), "{text}");
        }
    }
}

/// The message of a refusal, which contains all of `parts`.
#[track_caller]
fn refused(bytes: &[u8], parts: &[&str]) -> ReadError {
    let error = read(bytes).expect_err("should be refused");
    let text = error.to_string();
    for part in parts {
        assert!(text.contains(part), "no {part:?} in: {text}");
    }
    error
}

// ---- the same numbers --------------------------------------------------------------------------------------------

#[test]
fn every_format_gives_the_same_numbers() {
    let expected = floats(ORACLE);
    assert_eq!(expected["embed.W_E"].shape(), [64, 32]);
    assert_eq!(expected["blocks.0.attn.W_Q"].shape(), [1, 32, 32]);
    for (path, bytes) in FORMATS {
        let rounding = if path.contains("f16") { 1.0 / 2048.0 } else { 0.0 };
        assert_close(path, &floats(bytes), &expected, rounding);
    }
}

#[test]
fn other_checkpoints_give_the_same_numbers() {
    let (biased, expected) = (floats(BIASED), floats(EXTRA[2].1));
    for (name, array) in biased.iter().filter(|(name, _)| name.contains("W_")) {
        assert_eq!(&expected[name], array, "{name}");
    }
    for (path, bytes) in EXTRA {
        let rounding = if path.contains("bf16") { 1.0 / 256.0 } else { 0.0 };
        assert_close(path, &floats(bytes), &expected, rounding);
    }
}

#[test]
fn formats_are_told_by_content() {
    let format = |bytes| read(bytes).unwrap().format;
    assert_eq!(format(ORACLE), Format::Safetensors);
    for (path, bytes) in FORMATS {
        let expected = match path.rsplit_once('.').unwrap().1 {
            "json" => Format::Json,
            "npz" => Format::Npz,
            _ if path.contains("legacy") => Format::TorchLegacy,
            _ => Format::TorchZip,
        };
        assert_eq!(format(bytes), expected, "{path}");
    }
    let names = [Format::Safetensors, Format::TorchZip, Format::TorchLegacy, Format::Npz, Format::Json];
    assert_eq!(names.map(|f| f.to_string()), ["safetensors", "torch (zip)", "torch (legacy)", "npz", "JSON"]);
    // JSON that has a brace where safetensors has one, and safetensors whose length starts with a brace.
    assert_eq!(format(br#"{"abcd":{"x":[1]},"model":{"x":[1]}}"#), Format::Json);
    let header = br#"{"x":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#;
    let mut padded = header.to_vec();
    padded.resize(usize::from(b'{'), b' ');
    assert_eq!(format(&safetensors(&padded, &[])), Format::Safetensors);
}

#[test]
fn dtypes_are_listed_and_only_floats_are_read() {
    for bytes in [ORACLE, FORMATS[1].1, FORMATS[4].1, FORMATS[8].1] {
        let file = read(bytes).unwrap();
        let mask = &file.tensors["blocks.0.attn.mask"];
        assert_eq!((mask.dtype(), mask.shape()), (Dtype::Bool, &[4, 4][..]));
        let error = mask.to_array().unwrap_err();
        assert_eq!(error, TensorError::NotFloat { dtype: Dtype::Bool });
        assert!(error.to_string().contains("bool; expected float16"));
    }
    let scalar = &read(ORACLE).unwrap().tensors["blocks.0.attn.IGNORE"];
    assert_eq!(scalar.shape(), [0_usize; 0]);
    assert_eq!(scalar.to_array().unwrap_err().to_string(), "element [] is -inf; expected finite numbers");
}

#[test]
fn metadata_is_passed_on() {
    let bytes = safetensors(
        br#"{"__metadata__":{"task":"max"},"x":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}"#,
        &[0; 8],
    );
    assert_eq!(read(&bytes).unwrap().metadata["task"], "max");
    let json = br#"{"metadata":{"task":"max","k":4},"state_dict":{"x":[0.1,1e-320]}}"#;
    let file = read(json).unwrap();
    assert_eq!(file.metadata, BTreeMap::from([("task".into(), "max".into())]));
    let x = file.tensors["x"].to_array().unwrap();
    assert_eq!(x.as_slice().unwrap(), [0.1, 1e-320]);
}

// ---- damage ------------------------------------------------------------------------------------------------------

#[test]
fn truncated_files_are_refused() {
    for (path, bytes) in all_fixtures() {
        for length in (0..bytes.len()).step_by(97).chain(bytes.len() - 1..bytes.len()) {
            assert!(read(&bytes[..length]).is_err(), "{path} at {length}");
        }
    }
}

fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (*state ^ *state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

#[test]
fn corrupted_files_do_not_panic() {
    let mut seed = 1;
    for (_, bytes) in all_fixtures() {
        let mut damaged = bytes.to_vec();
        for round in 0..400_u64 {
            // Headers, directories and pickles lie at either end.
            let window = if round % 2 == 0 { bytes.len() } else { bytes.len().min(2500) } as u64;
            let from_start = usize::try_from(splitmix(&mut seed) % window).unwrap();
            let at = if round % 4 == 3 { bytes.len() - 1 - from_start } else { from_start };
            damaged[at] = splitmix(&mut seed).to_le_bytes()[0];
            exhaust(&damaged);
            damaged[at] = bytes[at];
        }
    }
}

#[test]
fn a_changed_weight_in_a_zip_is_noticed() {
    let weights = &ORACLE[ORACLE.len() - 1400..][..64]; // of W_U
    for at in [1, 8, 9] {
        let mut bytes = FORMATS[at].1.to_vec();
        let place = bytes.windows(64).position(|window| window == weights).unwrap_or(bytes.len() / 2);
        bytes[place] ^= 1;
        let text = read(&bytes).err().map(|error| error.to_string()).expect(FORMATS[at].0);
        assert!(text.contains("CRC-32") || text.contains("does not inflate"), "{text}");
    }
}

#[test]
fn other_files_are_refused_by_what_they_are() {
    assert_eq!(refused(b"", &["empty", "safetensors"]), ReadError::Empty);
    refused(
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        &["not a weights file", "0x89504e470d0a1a0a", "expected safetensors", ".npz"],
    );
    refused(b"<!DOCTYPE html><html>", &["not a weights file", "<!DOCTYPE html>"]);
    refused(b"version https://git-lfs.github.com/spec/v1", &["version https://"]);
    refused(b"\x80\x02}q\0.", &["a pickle that torch.save did not write"]);
    refused(b"\x80", &["not a weights file", "0x80"]);
    refused(b"PK\x05\x06", &["zip archive", "no directory", "4 bytes"]);
    let empty = zip(&[]);
    refused(&empty, &["neither data.pkl nor any .npy", "without keys"]);
    refused(&zip(&[stored("readme.txt", b"hi")]), &["`readme.txt`"]);
    assert_eq!(read(NOT_A_TRANSFORMER).unwrap().tensors.keys().collect::<Vec<_>>(), ["bias", "weight"]);
}

// ---- safetensors -------------------------------------------------------------------------------------------------

#[test]
fn safetensors_headers_are_checked() {
    refused(b"\0\0\0\0\0\0\0\x7f{", &["bytes in the safetensors header: 9151314442816847872, the limit is 1048576"]);
    refused(b"\xff\xff\xff\xff\0\0\0\0{", &["4294967295"]);
    refused(b"\x64\0\0\0\0\0\0\0{}", &["cut short", "100 more bytes should follow byte 8, only 2 do"]);
    refused(&safetensors(b"{}", b""), &["no tensors"]);
    refused(&safetensors(b"{\"x\":3}", b""), &["safetensors header"]);
    let one = |shape: &str, end: u64| {
        safetensors(
            format!(r#"{{"x":{{"dtype":"F32","shape":{shape},"data_offsets":[0,{end}]}}}}"#).as_bytes(),
            &[0; 8],
        )
    };
    assert!(read(&one("[2]", 8)).is_ok());
    for (shape, end) in [("[3]", 8), ("[2]", 4), ("[2]", 12), ("[4611686018427387904,4]", 8), ("[-1]", 8), ("[2.0]", 8)]
    {
        refused(&one(shape, end), &["safetensors"]);
    }
    // The data is covered without gaps and without overlap, in any order of names.
    let two = |a: &str, b: &str| {
        let entry = |name, range| format!(r#""{name}":{{"dtype":"U8","shape":[2],"data_offsets":[{range}]}}"#);
        safetensors(format!("{{{},{}}}", entry("a", a), entry("b", b)).as_bytes(), &[1, 2, 3, 4])
    };
    assert!(read(&two("0,2", "2,4")).is_ok() && read(&two("2,4", "0,2")).is_ok());
    refused(&two("0,2", "1,3"), &["tensor `b`: lies at bytes 1 to 3 of the data, expected it to start at 2"]);
    refused(&two("0,2", "3,5"), &["tensor `b`: lies at bytes 3 to 5 of the data, expected it to start at 2"]);
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
    refused(&header(r#"{"x":{"dtype":"F32","shape":["2"]}}"#), &["a string, expected a whole number"]);
    refused(&header(r#"{"__metadata__":{"a":1}}"#), &["invalid type: integer `1`, expected a string"]);
    let known = format!(r#"{{"__metadata__":null,{}}}"#, x.replace("}", r#","later":[{"a":"b"}]}"#));
    assert_eq!(read(&header(&known)).unwrap().tensors.len(), 1);
    refused(&safetensors(&[b"{\"x\":", &b"[".repeat(100_000)[..]].concat(), b""), &["safetensors header"]);
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
        let entry = |name| format!(r#""{name}":{{"dtype":"F32","shape":{shape},"data_offsets":[0,0]}}"#);
        safetensors(format!("{{{}}}", names.iter().map(entry).collect::<Vec<_>>().join(",")).as_bytes(), b"")
    };
    let names = |n: usize| (0..n).map(|i| format!("t{i}")).collect::<Vec<_>>();
    assert_eq!(read(&file(&names(MAX_TENSORS), "[0]")).unwrap().tensors.len(), MAX_TENSORS);
    refused(&file(&names(MAX_TENSORS + 1), "[0]"), &["tensors in the file: 4097, the limit is 4096"]);
    assert!(read(&file(&["n".repeat(MAX_NAME_BYTES)], "[0]")).is_ok());
    refused(&file(&["n".repeat(MAX_NAME_BYTES + 1)], "[0]"), &["513 bytes, the limit is 512: `nnnn"]);
    assert!(read(&file(&names(1), "[0,1,1,1,1,1,1,1]")).is_ok());
    refused(&file(&names(1), "[0,1,1,1,1,1,1,1,1]"), &["tensor `t0`: has 9 dimensions, the limit is 8"]);
    refused(&file(&names(1), "[0,65536,65536]"), &["tensor `t0`: 0×65536×65536 elements", "67108864"]);
}

#[test]
fn limit_of_files() {
    let mut bytes = vec![0; MAX_FILE_BYTES];
    refused(&bytes, &["not a weights file"]);
    bytes.push(0);
    refused(&bytes, &["bytes in the file: 67108865, the limit is 67108864"]);
}

#[test]
fn nan_and_infinity_are_refused_where_they_are() {
    for (value, text) in [(f32::NAN, "NaN"), (f32::INFINITY, "inf"), (f32::NEG_INFINITY, "-inf")] {
        let data: Vec<u8> = [0.0, 1.0, 2.0, value, value, 5.0].iter().flat_map(|x: &f32| x.to_le_bytes()).collect();
        let bytes = safetensors(br#"{"x":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}"#, &data);
        let error = read(&bytes).unwrap().tensors["x"].to_array().unwrap_err();
        assert_eq!(error.to_string(), format!("element [1, 0] is {text}; expected finite numbers"));
    }
}

// ---- torch -------------------------------------------------------------------------------------------------------

#[test]
fn strides_offsets_and_sizes_are_checked() {
    let x = |tensor: Pickle, bytes: usize| torch(&dict(&[("x", &tensor)]), &vec![0; bytes]);
    let f32s = |n, offset, shape: &[u64], strides: &[u64]| x(tensor("FloatStorage", n, offset, shape, strides), 24);
    assert!(read(&f32s(6, 0, &[2, 3], &[3, 1])).is_ok());
    assert!(read(&f32s(6, 2, &[2, 2], &[2, 1])).is_ok());
    assert!(read(&f32s(6, 0, &[0, 9], &[9, 1])).is_ok());
    assert!(read(&f32s(6, 0, &[1, 6], &[u64::MAX, 1])).is_ok());
    refused(&f32s(6, 0, &[2, 4], &[3, 1]), &["tensor `x`: 2×4 float32 needs 28 bytes, its storage has 24"]);
    refused(&f32s(6, 3, &[2, 2], &[2, 1]), &["needs 28 bytes"]);
    refused(&f32s(7, 0, &[6], &[1]), &["tensor `x`: 7 float32 needs 28 bytes, its storage has 24"]);
    refused(&f32s(u64::MAX, 0, &[6], &[1]), &["needs 18446744073709551615 bytes"]);
    refused(&f32s(6, u64::MAX, &[6], &[1]), &["needs 18446744073709551615 bytes"]);
    refused(&f32s(6, 0, &[2, 2], &[u64::MAX, u64::MAX]), &["needs 18446744073709551615 bytes"]);
    refused(&f32s(6, 0, &[u64::MAX; 8], &[0; 8]), &["elements are more than the limit of 67108864"]);
    refused(&f32s(6, 0, &[1; 9], &[0; 9]), &["has 9 dimensions, the limit is 8"]);
    refused(&f32s(6, 0, &[1; 2], &[0; 1]), &["2 dimensions, but 1 strides"]);
    refused(&x(tensor("DoubleStorage", 3, 0, &[4], &[1]), 24), &["4 float64 needs 32 bytes, its storage has 24"]);
    // A tensor that torch would negate when it is read.
    let plain = tensor("FloatStorage", 6, 0, &[6], &[1]);
    let negated = [&plain[..plain.len() - 2], &dict(&[("neg", &b"\x88".to_vec())]), b"tR"].concat();
    refused(&x(negated, 24), &["tensor `x`: it has metadata, which is not supported"]);
    // Unknown types are listed only.
    let bytes = x(tensor("QInt8Storage", 3, 0, &[4], &[1]), 24);
    assert_eq!(read(&bytes).unwrap().tensors["x"].dtype(), Dtype::Other);
    let missing = zip(&[stored(
        "data.pkl",
        &[b"\x80\x02", &dict(&[("x", &tensor("FloatStorage", 1, 0, &[], &[]))])[..], b"."].concat(),
    )]);
    refused(&missing, &["tensor `x`: its storage `0` is not in the file"]);
}

#[test]
fn element_limits() {
    let expanded = |n: usize| torch(&dict(&[("x", &tensor("FloatStorage", 1, 0, &[n as u64], &[0]))]), &[0; 4]);
    let array = |n| read(&expanded(n)).unwrap().tensors["x"].to_array();
    assert_eq!(array(MAX_TENSOR_ELEMENTS).unwrap().len(), MAX_TENSOR_ELEMENTS);
    let error = array(MAX_TENSOR_ELEMENTS + 1).unwrap_err();
    assert_eq!(error.to_string(), "1048577 elements are more than the limit of 1048576");
    assert!(read(&expanded(MAX_LISTED_ELEMENTS)).is_ok());
    refused(&expanded(MAX_LISTED_ELEMENTS + 1), &["67108865 elements"]);
}

#[test]
fn the_state_dict_is_found() {
    let x = tensor("FloatStorage", 1, 0, &[], &[]);
    let model = dict(&[("x", &x)]);
    let names = |root: &Pickle| read(&torch(root, &[0; 4])).map(|file| file.tensors.into_keys().collect::<Vec<_>>());
    for wrapper in ["state_dict", "model", "model_state_dict"] {
        assert_eq!(names(&dict(&[("step", &x), (wrapper, &model)])).unwrap(), ["x"]);
    }
    assert_eq!(names(&dict(&[("model", &b"N".to_vec()), ("step", &x)])).unwrap(), ["step"]);
    let wrap = |inner: Pickle, depth| (0..depth).fold(inner, |inner, _| dict(&[("model", &inner)]));
    assert_eq!(names(&wrap(model.clone(), MAX_NESTING)).unwrap(), ["x"]);
    refused(&torch(&wrap(model.clone(), MAX_NESTING + 1), &[0; 4]), &["a dictionary with the keys `model`"]);
    let other = dict(&[("net", &model), ("epoch", &int(3))]);
    refused(&torch(&other, &[0; 4]), &["the keys `net`, `epoch`", "`model_state_dict`", "save `model.state_dict()`"]);
    refused(&torch(&x, &[0; 4]), &["one tensor without a name"]);
    refused(&torch(b"]", &[]), &["a list of 0 items"]);
    let module = b"c__main__\nTransformer\n)\x81}X\x08\0\0\0trainingK\x01sb";
    refused(&torch(module, &[]), &["a Python object of the class `__main__.Transformer`"]);
    let script = [stored("m/data.pkl", b"\x80\x02c__torch__\nNet\n)\x81."), stored("m/constants.pkl", b"\x80\x02).")];
    refused(&zip(&script), &["a TorchScript program", "`__torch__.Net`"]);
    // An OrderedDict of Python 2, and one that contains itself.
    let pairs = [b"ccollections\nOrderedDict\n(](](", &text("x")[..], &x, b"eetR"].concat();
    assert_eq!(names(&pairs).unwrap(), ["x"]);
    refused(&torch(&[b"}q\0", &text("model")[..], b"h\0s"].concat(), &[]), &["keys `model`"]);
}

#[test]
fn byte_order_and_storage_views_are_refused_by_name() {
    let big = zip(&[stored("a/data.pkl", b"\x80\x02}."), stored("a/byteorder", b"big")]);
    refused(&big, &["byte order `big` is not supported", "little-endian machine"]);
    let legacy = FORMATS[4].1;
    let at = legacy.windows(15).position(|window| window == b"little_endianq\x02").unwrap() + 15;
    let mut bytes = legacy.to_vec();
    assert_eq!(bytes[at], 0x88);
    bytes[at] = 0x89;
    refused(&bytes, &["big-endian data is not supported"]);
    bytes[at] = 0x88;
    let view = bytes.windows(3).position(|window| window == b"Ntq").unwrap();
    bytes[view] = 0x88; // True where None says that it is no view
    refused(&bytes, &["tensor `embed.W_E`", "a view of a storage"]);
}

#[test]
fn legacy_sizes_are_checked() {
    let legacy = FORMATS[4].1;
    let first = legacy.len() - 34_068 - 14 * 8; // as in the oracle, with a count before each storage
    let mut bytes = legacy.to_vec();
    let count = u64::from_le_bytes(bytes[first..first + 8].try_into().unwrap());
    assert_eq!(count, 128);
    bytes[first..first + 8].copy_from_slice(&u64::MAX.to_le_bytes());
    refused(&bytes, &["storage `9458", "18446744073709551615 more bytes should follow", "only"]);
    bytes[first..first + 8].copy_from_slice(&[0; 8]);
    assert!(read(&bytes).is_err());
}

#[test]
fn long_storage_keys_are_not_compared_over_and_over() {
    let pickle = |body: &[u8]| [b"\x80\x02", body, b"."].concat();
    let key = text(&"k".repeat(400_000));
    let class = b"ctorch\nFloatStorage\n".to_vec();
    let id = [&key[..], b"q\x010", &tuple(&[text("storage"), class, b"h\x01".to_vec(), text("cpu"), int(0)])].concat();
    let object = pickle(&[&id[..], b"q\x02(", &b"h\x02Q".repeat(100_000), b"t"].concat());
    let keys = pickle(&[&key[..], b"q\x01](", &b"h\x01".repeat(300_000), b"e"].concat());
    let start = &FORMATS[4].1[..137]; // up to the object pickle
    refused(&[start, &object, &keys, &[0; 2_400_000]].concat(), &["storage `kkkk", "no tensor mentions it"]);
    let twice = |key: &[u8]| pickle(&[b"](", key, key, b"e"].concat());
    let x = pickle(&dict(&[("x", &tensor("FloatStorage", 1, 0, &[0], &[1]))]));
    refused(&[start, &x, &twice(&text("0")), &[0; 16]].concat(), &["storage `0`: is there twice"]);
}

#[test]
fn pickle_bombs_stay_small() {
    let repeat = |piece: &[u8], n: usize| piece.repeat(n);
    let bombs: [Vec<u8>; 9] = [
        // each list holds the one before twice: 2^100000 items if it were unfolded
        [&b"]q\0"[..], &repeat(b"](h\0h\0eq\0", 100_000)].concat(),
        [&b"]q\0"[..], &repeat(b"h\0h\0\x86q\0", 100_000)].concat(),
        repeat(b"(", 1_000_000),
        [repeat(b"(", 250_000), repeat(b"t", 250_000)].concat(),
        [repeat(b"]", 500_000), repeat(b"a", 499_999)].concat(),
        [&b"N"[..], &repeat(b"2", 1_000_000)].concat(),
        [&b"N"[..], &repeat(b"\x94", 1_000_000)].concat(),
        [&b"]q\0"[..], &repeat(b"h\0a", 300_000)].concat(),
        // many calls of OrderedDict on one long list of pairs
        [
            &b"](K\0K\0\x86"[..],
            &repeat(b"2", 300_000),
            b"eq\0ccollections\nOrderedDict\nq\x01",
            &repeat(b"h\x01h\0\x85R", 80_000),
        ]
        .concat(),
    ];
    for bomb in bombs {
        exhaust(&torch(&bomb, &[]));
        exhaust(&torch(&dict(&[("model", &bomb), ("x", &tensor("FloatStorage", 1, 0, &[], &[]))]), &[0; 4]));
    }
}

#[test]
fn malformed_pickles_are_refused_with_the_place() {
    let pickle = |bytes: &[u8]| zip(&[stored("a/data.pkl", bytes)]);
    for (bytes, problem) in [
        (&b"\x80\x02}"[..], "data.pkl is cut short: 1 more bytes should follow byte 3, only 0 do"),
        (b"\x80\x06}.", "protocol 6"),
        (b"\x80\x02.", "takes from an empty stack (before byte 3)"),
        (b"\x80\x02N(.", "empty stack"),
        (b"\x80\x02N(R.", "empty stack"),
        (b"\x80\x02t.", "up to a mark"),
        (b"\x80\x02h\x07.", "recalls 7, which was not memorised"),
        (b"\x80\x02g12x\n.", "expected a decimal number"),
        (b"\x80\x02}(Nu.", "a key without a value"),
        (b"\x80\x02NN\x93.", "not two strings"),
        (b"\x80\x02(o.", "a call of nothing"),
        (b"\x80\x02\xff.", "0xff is no instruction"),
        (b"\x80\x02X\xff\xff\xff\xffabc", "bytes in data.pkl: 4294967302, the limit is 1048576"),
        (b"\x80\x02X\x10\0\0\0abc", "16 more bytes should follow byte 7, only 3 do"),
        (b"\x80\x02\x8b\xff\xff\xff\xffabc", "bytes in data.pkl: 4294967302"),
        (b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\xffabc", "bytes in data.pkl: 18446744073709551615"),
        (b"\x80\x02cno end of line", "cut short"),
    ] {
        refused(&pickle(bytes), &[problem]);
    }
}

#[test]
fn every_instruction_is_understood() {
    // One after the other, each leaving the stack as it was.
    let mut pickle = b"\x80\x05\x95\0\0\0\0\0\0\0\0".to_vec();
    for atom in [
        &b"N"[..],
        b"\x88",
        b"\x89",
        b"I01\n",
        b"I-5\n",
        b"L99999999999999999999999999999999999999999999L\n",
        b"F1.5\n",
        b"K\x01",
        b"M\x01\0",
        b"J\xff\xff\xff\xff",
        b"\x8a\0",
        b"\x8a\x14aaaaaaaaaaaaaaaaaaaa",
        b"\x8b\x01\0\0\0\x7f",
        b"G\0\0\0\0\0\0\0\0",
        b"S'abc'\n",
        b"S\"a\\nc\"\n",
        b"Vabc\n",
        b"U\x01a",
        b"T\x01\0\0\0a",
        b"X\x01\0\0\0\xff",
        b"\x8c\x01a",
        b"\x8d\x01\0\0\0\0\0\0\0a",
        b"C\x01a",
        b"B\x01\0\0\0a",
        b"\x8e\x01\0\0\0\0\0\0\0a",
        b"\x96\x01\0\0\0\0\0\0\0a",
        b")",
        b"(NNt",
        b"N\x85",
        b"NN\x86",
        b"NNN\x87",
        b"]Na(NNe",
        b"(NNl",
        b"}NNs(NNu",
        b"(NNd",
        b"\x8f(NN\x90",
        b"(NN\x91",
        b"cos\nsystem\n(X\x02\0\0\0lstR",
        b"\x8c\x02os\x8c\x06system\x93",
        b"cfoo\nBar\n)\x81}b(NNe(NNuNaNNs",
        b"cfoo\nBar\n)}\x92",
        b"(Nifoo\nBar\n",
        b"(cfoo\nBar\nNo",
        b"Pid\n",
        b"NQ",
        b"\x82\x01",
        b"\x83\x01\0",
        b"\x84\x01\0\0\0",
        b"N20",
        b"N((NN10",
        b"Np0\n0g0\n",
        b"Nq\x010h\x01",
        b"Nr\x02\0\0\x000j\x02\0\0\0",
        b"N\x94",
    ] {
        pickle.extend(atom);
        pickle.push(b'0');
    }
    pickle.extend(dict(&[("x", &tensor("FloatStorage", 1, 0, &[1], &[1]))]));
    assert_eq!(read(&torch(&pickle, &[0; 4])).unwrap().tensors.len(), 1);
    // The stack is as it was: nothing is left below the dictionary.
    refused(&torch(&[&pickle[..], b"00"].concat(), &[0; 4]), &["empty stack"]);
}

#[test]
fn header_limit_of_pickles() {
    let root = dict(&[("x", &tensor("FloatStorage", 1, 0, &[1], &[1]))]);
    let file = |length: usize| {
        let padding = length - 3 - root.len(); // 3 for the protocol and the end
        let odd = if padding % 2 == 1 { &b"K\x010"[..] } else { b"" };
        torch(&[odd, &b"N0".repeat((padding - odd.len()) / 2), &root].concat(), &[0; 4])
    };
    assert!(read(&file(MAX_HEADER_BYTES - 1)).is_ok());
    assert!(read(&file(MAX_HEADER_BYTES)).is_ok());
    refused(&file(MAX_HEADER_BYTES + 1), &["bytes in data.pkl: 1048577, the limit is 1048576"]);
}

// ---- zip and npz -------------------------------------------------------------------------------------------------

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

// ---- JSON --------------------------------------------------------------------------------------------------------

#[test]
fn json_is_checked() {
    let shape = |json: &[u8]| read(json).unwrap().tensors["x"].shape().to_vec();
    assert_eq!(shape(br#"{"x": [[1, 2, 3], [-4, 5.5, 6e1]]}"#), [2, 3]);
    assert_eq!(shape(b"\xef\xbb\xbf {\"x\": [[], []], \"y\": 1}"), [2, 0]);
    assert_eq!(shape(br#"{"x": 1.5}"#), [0_usize; 0]);
    assert_eq!(shape(br#"{"model": {"state_dict": {"x": [0]}}}"#), [1]);
    for (json, parts) in [
        (&br#"{"W": [[1, 2], [3]]}"#[..], &["`W`[1]", "ragged: an array of 1 items, the first one had 2"][..]),
        (br#"{"W": [[1, 2], 3]}"#, &["`W`[1]", "ragged: numbers 1 arrays deep, the first ones were 2 deep"]),
        (br#"{"W": [1, [2]]}"#, &["`W`[1][0]", "ragged"]),
        (br#"{"W": [[], [1]]}"#, &["`W`[1]", "ragged"]),
        (br#"{"model": {"W": [[1, null]]}}"#, &["`model.W`[0][1]", "null", "expected a number"]),
        (br#"{"W": [[1, "2"]]}"#, &["`W`[0][1]", "expected a number"]),
        (br#"{"W": [[1, true]]}"#, &["`W`[0][1]", "expected a number"]),
        (br#"{"W": [[1, {}]]}"#, &["`W`[0][1]", "expected a number"]),
        (br#"{"W": [[1, NaN]]}"#, &["`W`[0][1]", "line 1 column"]),
        (br#"{"W": [1, 1e999]}"#, &["`W`[1]", "out of range"]),
        (br#"{"b": [1], "W": null}"#, &["tensor `W`: expected nested arrays of numbers, found null"]),
        (br#"{"b": [1], "W": "x"}"#, &["tensor `W`: ", "found a string"]),
        (br#"{"b": [1], "W": {"a": [1]}}"#, &["tensor `W`: ", "found an object"]),
        (br#"{"W": [1], "W": [2]}"#, &["`W`: is there twice"]),
        (br#"{"W": [1]} x"#, &["JSON: trailing characters"]),
        (br#"{"a": 1"#, &["JSON: EOF"]),
        (br#"{"net": {"W": [1]}}"#, &["an object with the keys `net`"]),
        (br#"{}"#, &["an object without keys"]),
    ] {
        refused(json, parts);
    }
}

#[test]
fn json_limits() {
    let nested = |depth| format!("{{\"x\": {}1{}}}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(read(nested(MAX_DIMS).as_bytes()).unwrap().tensors["x"].shape(), [1; MAX_DIMS]);
    refused(nested(MAX_DIMS + 1).as_bytes(), &["`x`[0][0]", "arrays more than 8 deep"]);
    refused(nested(1_000_000).as_bytes(), &["arrays more than 8 deep"]);
    let wrapped = |depth| format!("{}{{\"x\": [1]}}{}", "{\"model\": ".repeat(depth), "}".repeat(depth));
    assert!(read(wrapped(MAX_NESTING).as_bytes()).is_ok());
    refused(wrapped(MAX_NESTING + 1).as_bytes(), &["`model.model.model.model`", "objects more than 3 deep"]);
    refused(wrapped(1_000_000).as_bytes(), &["objects more than 3 deep"]);
    let entries = |n| format!("{{{}}}", (0..n).map(|i| format!("\"{i}\":0")).collect::<Vec<_>>().join(","));
    assert_eq!(read(entries(MAX_TENSORS).as_bytes()).unwrap().tensors.len(), MAX_TENSORS);
    refused(entries(MAX_TENSORS + 1).as_bytes(), &["more than 4096 entries"]);
}

// ---- anything ----------------------------------------------------------------------------------------------------

#[cfg(not(target_arch = "wasm32"))]
mod anything {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn random_bytes_do_not_panic(
            start in prop::sample::select(vec![
                &b""[..], b"{", b"{\"x\":[", b"\x80\x02", b"PK\x03\x04", b"\x20\0\0\0\0\0\0\0{",
            ]),
            bytes in prop::collection::vec(any::<u8>(), 0..300),
        ) {
            exhaust(&[start, &bytes].concat());
        }

        #[test]
        fn random_pickles_do_not_panic(ops in prop::collection::vec(
            prop::sample::select(b"N)]}(tleusaqhQRb012\x85\x86\x87\x81\x88K\x8f\x90\x91\x94\x93".to_vec()), 0..200)) {
            exhaust(&torch(&ops, &[]));
        }

        #[test]
        fn random_npy_headers_do_not_panic(
            header in "[{]('(descr|shape|fortran_order)': ?('<f4'|[(][0-9]{1,3},[)]|True|False),? ?){0,4}[}]?",
        ) {
            exhaust(&zip(&[stored("x.npy", &npy(&header, &[0; 64]))]));
        }

        #[test]
        fn mutated_fixtures_do_not_panic(
            which in 0..18_usize,
            edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 1..12),
        ) {
            let mut bytes = all_fixtures().nth(which).unwrap().1.to_vec();
            for (index, byte, kind) in edits {
                let at = index.index(bytes.len());
                match kind {
                    0 => bytes.truncate(at.max(1)),
                    1 => bytes.insert(at, byte),
                    2 => drop(bytes.remove(at)),
                    _ => bytes[at] = byte,
                }
                if bytes.is_empty() {
                    break;
                }
            }
            exhaust(&bytes);
        }
    }
}
