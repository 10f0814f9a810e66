//! The readers of weights files: every format gives the same numbers, and nothing hostile gets
//! through or hangs.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use std::collections::{BTreeMap, BTreeSet};

use crate::common::Random;
use crate::files::*;
use compact_proofs::weights::config::ConfigValue;
use compact_proofs::weights::limits::*;
use compact_proofs::weights::{Dtype, Format, ReadError, TensorError, read};
use ndarray::ArrayD;

#[cfg(not(target_arch = "wasm32"))]
mod anything;
mod foreign;
mod json;
mod npz;
mod safetensors;
mod torch;

macro_rules! fixture {
    ($path:literal) => {
        ($path, include_bytes!(concat!("../fixtures/", $path)).as_slice())
    };
}

const ORACLE: &[u8] = include_bytes!("../fixtures/oracle/max4_v64_s123.safetensors");
const BIASED: &[u8] = include_bytes!("../fixtures/biased_v7_n3.safetensors");
const NOT_A_TRANSFORMER: &[u8] = include_bytes!("../fixtures/formats_extra/non_transformer.pt");

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
    let floats = file
        .tensors
        .iter()
        .filter(|(name, tensor)| tensor.dtype().is_float() && !name.ends_with("IGNORE"));
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

/// Reads everything in a file that can be read.
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

// ---- the same numbers
// --------------------------------------------------------------------------------------------

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
    let names =
        [Format::Safetensors, Format::TorchZip, Format::TorchLegacy, Format::Npz, Format::Json];
    assert_eq!(
        names.map(|f| f.to_string()),
        ["safetensors", "torch (zip)", "torch (legacy)", "npz", "JSON"]
    );
    // JSON that has a brace where safetensors has one, and safetensors whose length starts with a
    // brace.
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
    assert_eq!(
        scalar.to_array().unwrap_err().to_string(),
        "element [] is -inf; expected finite numbers"
    );
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

// ---- damage
// ------------------------------------------------------------------------------------------------------

#[test]
fn truncated_files_are_refused() {
    for (path, bytes) in all_fixtures() {
        for length in (0..bytes.len()).step_by(97).chain(bytes.len() - 1..bytes.len()) {
            assert!(read(&bytes[..length]).is_err(), "{path} at {length}");
        }
    }
}

#[test]
fn corrupted_files_do_not_panic() {
    let mut random = Random::new(1);
    for (_, bytes) in all_fixtures() {
        let mut damaged = bytes.to_vec();
        for round in 0..400_u64 {
            // Headers, directories and pickles lie at either end.
            let window = if round % 2 == 0 { bytes.len() } else { bytes.len().min(2500) };
            let from_start = random.below(window);
            let at = if round % 4 == 3 { bytes.len() - 1 - from_start } else { from_start };
            damaged[at] = random.bits().to_le_bytes()[0];
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
        let place =
            bytes.windows(64).position(|window| window == weights).unwrap_or(bytes.len() / 2);
        bytes[place] ^= 1;
        let text = read(&bytes).err().map(|error| error.to_string()).expect(FORMATS[at].0);
        assert!(text.contains("CRC-32") || text.contains("does not inflate"), "{text}");
    }
}

#[test]
fn other_files_are_refused() {
    assert_eq!(refused(b"", &["empty", "safetensors"]), ReadError::Empty);
    refused(b"\x93\x94\x95", &["not a weights file", "0x939495", "expected safetensors", ".npz"]);
    refused(b"\x80\x02}q\0.", &["a pickle that torch.save did not write"]);
    refused(b"PK\x05\x06", &["zip archive", "no directory", "4 bytes"]);
    let empty = zip(&[]);
    refused(&empty, &["neither data.pkl nor any .npy", "without keys"]);
    refused(&zip(&[stored("readme.txt", b"hi")]), &["`readme.txt`"]);
    assert_eq!(
        read(NOT_A_TRANSFORMER).unwrap().tensors.keys().collect::<Vec<_>>(),
        ["bias", "weight"]
    );
}
