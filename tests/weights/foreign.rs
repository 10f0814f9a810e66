//! Files that people have and that are not read, and files that a program took for text: each is
//! told, with the next step.

use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

macro_rules! file {
    ($name:literal) => {
        include_bytes!(concat!("files/", $name)).as_slice()
    };
}

#[test]
fn files_that_people_have() {
    let buffers = read(file!("50_json_with_mask.json")).unwrap();
    assert_eq!(buffers.tensors.len(), 14);
    assert_eq!(buffers.tensors["blocks.0.attn.mask"].dtype(), Dtype::Bool);
    assert!(compact_proofs::models::transformer::Transformer::from_weights(&buffers).is_ok());
    refused(
        file!("51_json_nan.json"),
        &["tensor `embed.W_E`[3][2]: NaN is no number of JSON", "must be finite"],
    );
    refused(
        file!("52_savez_of_dict.npz"),
        &["array `arr_0`", "Python objects", "numpy.savez(path, **tensors)"],
    );
    refused(
        file!("53_save_of_dict.npy"),
        &["a .npy file of pickled Python objects", "numpy.savez(path, **tensors)"],
    );
    refused(
        file!("55_committed_as_text.pt"),
        &["saved, copied or committed as text", "399 times", "`*.pt binary`"],
    );
    refused(file!("56_lfs_pointer.pt"), &["a Git LFS pointer", "`git lfs pull`"]);
}

#[test]
fn foreign_files_are_named() {
    let tar = [&[b'a'; 257][..], b"ustar\0", &[0; 300]].concat();
    let utf16: Vec<u8> =
        [b"\xff\xfe".to_vec(), "{\"x\": [1]}".encode_utf16().flat_map(u16::to_le_bytes).collect()]
            .concat();
    let level = [&b"\0\x0a"[..], &[1; 50], b"\x57\xfb\x80\x8b\x24\x75\x47\xdb"].concat();
    for (bytes, parts) in [
        (&[0; 100][..], &["nothing but zero bytes"][..]),
        (
            b"\x93NUMPY\x01\0\x76\0{'descr': '<f4', 'shape': (2,)}",
            &["a .npy file, which holds one array", "numpy.savez"],
        ),
        (b"GGUF\x03\0\0\0\x10", &["a GGUF file"]),
        (b"tjgg\x03\0\0\0", &["a GGML file"]),
        (b"\x89HDF\r\n\x1a\n\0\0", &["an HDF5 file"]),
        (b"MATLAB 5.0 MAT-file, Platform: GLNXA64", &["a MATLAB file", "scipy.io.loadmat"]),
        (b"MATLAB 7.3 MAT-file, Platform: GLNXA64", &["a MATLAB 7.3 file"]),
        (b"\x1c\0\0\0TFL3\x14\0", &["a TensorFlow Lite model"]),
        (b"\x08\x01\x12\xf0\x10", &["a TensorFlow SavedModel"]),
        (b"\x08\x08\x12\x07pytorch\x1a\x05", &["an ONNX model"]),
        (b"\x08\x0a:\xe4\x31", &["an ONNX model"]),
        (&level, &["the index of a TensorFlow checkpoint"]),
        (b"model_checkpoint_path: \"m-3\"\n", &["TensorFlow"]),
        (b"\x82\xa6params\x81\xa1W", &["a msgpack file (Flax)"]),
        (b"\xde\0\x10\xa6params", &["a msgpack file (Flax)"]),
        (
            b"\x80\x02}q\0.",
            &["a pickle that torch.save did not write (pickle.dump)", "numpy.savez"],
        ),
        (
            b"\x80\x04\x8c\x24torch.distributed.checkpoint.metadata\x8c\x08Metadata\x93.",
            &["the `.metadata` of a torch.distributed.checkpoint", "dcp_to_torch_save"],
        ),
        (
            b"\x80\x04\x8c\x13joblib.numpy_pickle\x8c\x01x\x93.",
            &["a file of joblib.dump", "joblib.load"],
        ),
        (b"(dp0\nVx\np1\nI1\ns.", &["a pickle that torch.save did not write"]),
        (b"}q\0(X\x01\0\0\0xq\x01K\x01u.", &["a pickle that torch.save did not write"]),
        (b"\x1f\x8b\x08\0", &["compressed with gzip", "unpack it"]),
        (b"BZh91AY", &["bzip2", "unpack it"]),
        (b"\xfd7zXZ\0\0", &["xz", "unpack it"]),
        (b"\x28\xb5\x2f\xfd\x24", &["Zstandard", "unpack it"]),
        (b"x\x9c\x4b\x4c", &["zlib"]),
        (&tar, &["a tar archive", "unpack it"]),
        (b"7z\xbc\xaf\x27\x1c\0\x04", &["a 7z archive"]),
        (b"Rar!\x1a\x07\x01\0", &["a RAR archive"]),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", &["a PNG image"]),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", &["a JPEG image"]),
        (b"GIF89a\x01\0", &["a GIF image"]),
        (b"RIFF\x24\0\0\0WEBPVP8 ", &["a WebP image"]),
        (b"<?xml version=\"1.0\"?>\n<svg width=\"3\">", &["an SVG image"]),
        (b"%PDF-1.7\n%\xe2", &["a PDF document"]),
        (
            b"\n\n<!DOCTYPE html>\n<html><body>Sign in",
            &["an HTML page", "download the file itself"],
        ),
        (b"<HTML><HEAD>", &["an HTML page"]),
        (b"<?xml version='1.0'?><Error><Code>AccessDenied", &["XML", "download the file itself"]),
        (b"import torch\nmodel = 3\n", &["Python source"]),
        (b"#!/usr/bin/env python3\nprint(1)", &["Python source"]),
        (b"\"\"\"A model.\"\"\"\n\nfrom torch import nn\n", &["Python source"]),
        (b"[[1.0, 2.0], [3.0, 4.0]]", &["JSON without names"]),
        (b"1.0,2.0\n3.0,4.0\n", &["a table of numbers as text"]),
        (b"a;b\r\n3.0;4.0\r\n", &["a table of numbers as text"]),
        (b"# saved by numpy\n1.000e+00 2.0e+00\n", &["a table of numbers as text"]),
        (b"BMI and MZ, from all of us\nxyz", &["plain text"]),
        (&utf16, &["text in UTF-16", "JSON must be UTF-8"]),
    ] {
        refused(
            bytes,
            &[parts, &["; expected safetensors, a torch .pt/.pth, .npz or JSON: "]].concat(),
        );
    }
    // Shows the first bytes of any other file.
    refused(b"\x07\x01\x02\x03 abc", &["not a weights file: starts with 0x07010203"]);
    refused(b"\x80", &["not a weights file", "0x80"]);
}

#[test]
fn archives_of_something_else_are_named() {
    for (member, parts) in [
        ("model/archive_format", &["a program of torch.export (.pt2)", "model.state_dict()"][..]),
        ("serialized_exported_program.json", &["a program of torch.export (.pt2)"]),
        ("word/[Content_Types].xml", &["an Office document"]),
        ("META-INF/MANIFEST.MF", &["a Java archive"]),
        ("model.weights.h5", &["a Keras model (.keras)"]),
        ("run 3/model.pt", &["a zip archive with weights in it: `run 3/model.pt`", "unpack it"]),
        ("model.safetensors", &["`model.safetensors`", "unpack it"]),
    ] {
        refused(&zip(&[stored("a/readme.txt", b"hi"), stored(member, b"1")]), parts);
    }
}

/// What programs do to bytes that they take for text.
fn as_text(bytes: &[u8]) -> [(&'static str, Vec<u8>); 4] {
    let crlf =
        bytes.iter().flat_map(|&byte| if byte == b'\n' { vec![b'\r', b'\n'] } else { vec![byte] });
    [
        ("were replaced by U+FFFD", String::from_utf8_lossy(bytes).into_owned().into_bytes()),
        (
            "as if Latin-1 became UTF-8",
            bytes.iter().map(|&byte| char::from(byte)).collect::<String>().into_bytes(),
        ),
        ("follows a 0x0d, as if line ends were converted", crlf.collect()),
        (
            "no byte 0x0d at all, as if line ends",
            bytes.iter().copied().filter(|&byte| byte != b'\r').collect(),
        ),
    ]
}

#[test]
fn binary_files_that_were_saved_as_text_are_told() {
    let binary = all_fixtures().filter(|(path, _)| !path.ends_with(".json"));
    for (path, bytes) in binary {
        for (found, damaged) in as_text(bytes).into_iter().filter(|(_, damaged)| damaged != bytes) {
            // Of few bytes of one value, it may be chance.
            let feeds = bytes.iter().filter(|&&byte| byte == b'\n').count();
            if found.contains("no byte") && bytes.len() < 8192
                || found.contains("follows") && feeds < 2
            {
                assert!(read(&damaged).is_err(), "{path}");
                continue;
            }
            let text = read(&damaged).err().map(|error| error.to_string()).expect(path);
            assert!(
                text.contains("saved, copied or committed as text") && text.contains(found),
                "{path}: {text}"
            );
            assert!(
                text.contains("as binary data") && text.contains(".gitattributes"),
                "{path}: {text}"
            );
        }
        // A file that is cut short is not one of those.
        for length in [bytes.len() / 2, bytes.len() - 10] {
            let text = read(&bytes[..length]).unwrap_err().to_string();
            assert!(
                text.contains("cut short") && !text.contains("as text"),
                "{path} at {length}: {text}"
            );
        }
    }
}
