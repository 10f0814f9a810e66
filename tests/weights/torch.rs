//! torch files, zip and legacy: pickles, storages, limits.

use super::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn strides_offsets_and_sizes_are_checked() {
    let x = |tensor: Pickle, bytes: usize| torch(&dict(&[("x", &tensor)]), &vec![0; bytes]);
    let f32s = |n, offset, shape: &[u64], strides: &[u64]| {
        x(tensor("FloatStorage", n, offset, shape, strides), 24)
    };
    assert!(read(&f32s(6, 0, &[2, 3], &[3, 1])).is_ok());
    assert!(read(&f32s(6, 2, &[2, 2], &[2, 1])).is_ok());
    assert!(read(&f32s(6, 0, &[0, 9], &[9, 1])).is_ok());
    assert!(read(&f32s(6, 0, &[1, 6], &[u64::MAX, 1])).is_ok());
    refused(
        &f32s(6, 0, &[2, 4], &[3, 1]),
        &["tensor `x`: 2×4 float32 needs 28 bytes, its storage has 24"],
    );
    refused(&f32s(6, 3, &[2, 2], &[2, 1]), &["needs 28 bytes"]);
    refused(&f32s(7, 0, &[6], &[1]), &["tensor `x`: 7 float32 needs 28 bytes, its storage has 24"]);
    refused(&f32s(u64::MAX, 0, &[6], &[1]), &["needs 18446744073709551615 bytes"]);
    refused(&f32s(6, u64::MAX, &[6], &[1]), &["needs 18446744073709551615 bytes"]);
    refused(&f32s(6, 0, &[2, 2], &[u64::MAX, u64::MAX]), &["needs 18446744073709551615 bytes"]);
    refused(
        &f32s(6, 0, &[u64::MAX; 8], &[0; 8]),
        &["elements are more than the limit of 67108864"],
    );
    refused(&f32s(6, 0, &[1; 9], &[0; 9]), &["has 9 dimensions, the limit is 8"]);
    refused(&f32s(6, 0, &[1; 2], &[0; 1]), &["2 dimensions, but 1 strides"]);
    refused(
        &x(tensor("DoubleStorage", 3, 0, &[4], &[1]), 24),
        &["4 float64 needs 32 bytes, its storage has 24"],
    );
    // A tensor that torch would negate when it is read.
    let plain = tensor("FloatStorage", 6, 0, &[6], &[1]);
    let negated = [&plain[..plain.len() - 2], &dict(&[("neg", &b"\x88".to_vec())]), b"tR"].concat();
    refused(&x(negated, 24), &["tensor `x`: it has metadata (`neg`), which is not supported"]);
    // Unknown types are listed only.
    let bytes = x(tensor("QInt8Storage", 3, 0, &[4], &[1]), 24);
    assert_eq!(
        read(&bytes).unwrap().tensors["x"].dtype(),
        Dtype::Other("quantised 8-bit integers")
    );
    let missing = zip(&[stored(
        "data.pkl",
        &[b"\x80\x02", &dict(&[("x", &tensor("FloatStorage", 1, 0, &[], &[]))])[..], b"."].concat(),
    )]);
    refused(&missing, &["tensor `x`: its storage `0` is not in the file"]);
}

#[test]
fn element_limits() {
    let expanded = |n: usize| {
        torch(&dict(&[("x", &tensor("FloatStorage", 1, 0, &[n as u64], &[0]))]), &[0; 4])
    };
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
    let names = |root: &Pickle| {
        read(&torch(root, &[0; 4])).map(|file| file.tensors.into_keys().collect::<Vec<_>>())
    };
    for wrapper in ["state_dict", "model", "model_state_dict"] {
        assert_eq!(names(&dict(&[("step", &x), (wrapper, &model)])).unwrap(), ["x"]);
    }
    assert_eq!(names(&dict(&[("model", &b"N".to_vec()), ("step", &x)])).unwrap(), ["step"]);
    let wrap = |inner: Pickle, depth| (0..depth).fold(inner, |inner, _| dict(&[("model", &inner)]));
    assert_eq!(names(&wrap(model.clone(), MAX_NESTING)).unwrap(), ["x"]);
    refused(
        &torch(&wrap(model.clone(), MAX_NESTING + 1), &[0; 4]),
        &["a dictionary with the keys `model`"],
    );
    let keys = [
        "the keys `net` (a dictionary of 0 entries), `epoch` (a number)",
        "`model_state_dict`",
        "save `model.state_dict()`",
    ];
    refused(&torch(&dict(&[("net", &b"}".to_vec()), ("epoch", &int(3))]), &[0; 4]), &keys);
    assert_eq!(names(&dict(&[("net", &model), ("epoch", &int(3))])).unwrap(), ["x"]);
    let two = dict(&[("net", &model), ("ema", &dict(&[("y", &x)]))]);
    let several = "several dictionaries of tensors, `net` (1 tensors), `ema` (1 tensors)";
    refused(&torch(&two, &[0; 4]), &[several, "save the one"]);
    let both = dict(&[("a", &two), ("b", &dict(&[("z", &x)]))]);
    refused(&torch(&both, &[0; 4]), &["`b` (1 tensors), `a.net` (1 tensors), `a.ema` (1 tensors)"]);
    assert_eq!(names(&dict(&[("model", &model), ("statistics", &two)])).unwrap(), ["x"]);
    refused(&torch(&x, &[0; 4]), &["one tensor without a name"]);
    // What is said of a network that is another one is passed over, unless that is the one that is
    // read.
    let config = dict(&[("n_heads", &int(4))]);
    let pair = dict(&[("state_dict", &model), ("config", &config)]);
    let configs = |root: &Pickle| read(&torch(root, &[0; 4])).unwrap().configs.len();
    assert_eq!(configs(&dict(&[("ema", &pair)])), 1);
    assert_eq!(configs(&dict(&[("ema", &pair), ("model", &model)])), 0);
    refused(&torch(b"]", &[]), &["a list of 0 items"]);
    let module = b"c__main__\nTransformer\n)\x81}X\x08\0\0\0trainingK\x01sb";
    refused(&torch(module, &[]), &["a Python object of the class `__main__.Transformer`"]);
    let script = [
        stored("m/data.pkl", b"\x80\x02c__torch__\nNet\n)\x81."),
        stored("m/constants.pkl", b"\x80\x02)."),
    ];
    refused(&zip(&script), &["a TorchScript program", "`__torch__.Net`"]);
    // An OrderedDict of Python 2, and one that contains itself.
    let pairs = [b"ccollections\nOrderedDict\n(](](", &text("x")[..], &x, b"eetR"].concat();
    assert_eq!(names(&pairs).unwrap(), ["x"]);
    refused(&torch(&[b"}q\0", &text("model")[..], b"h\0s"].concat(), &[]), &["keys `model`"]);
}

#[test]
fn byte_order_and_storage_views_are_refused_by_name() {
    let big = zip(&[stored("a/data.pkl", b"\x80\x02}."), stored("a/byteorder", b"big")]);
    let two = zip(&[stored("a/data.pkl", b"\x80\x02}."), stored("b/data.pkl", b"\x80\x02}.")]);
    refused(&two, &["2 files in one (`data.pkl`) is not supported"]);
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
    let id = [
        &key[..],
        b"q\x010",
        &tuple(&[text("storage"), class, b"h\x01".to_vec(), text("cpu"), int(0)]),
    ]
    .concat();
    let object = pickle(&[&id[..], b"q\x02(", &b"h\x02Q".repeat(100_000), b"t"].concat());
    let keys = pickle(&[&key[..], b"q\x01](", &b"h\x01".repeat(300_000), b"e"].concat());
    let start = &FORMATS[4].1[..137]; // up to the object pickle
    refused(
        &[start, &object, &keys, &[0; 2_400_000]].concat(),
        &["storage `kkkk", "no tensor mentions it"],
    );
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
        exhaust(&torch(
            &dict(&[("model", &bomb), ("x", &tensor("FloatStorage", 1, 0, &[], &[]))]),
            &[0; 4],
        ));
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
        (b"\x80\x02X\xff\xff\xff\xffabc", "4294967295 more bytes should follow byte 7, only 3 do"),
        (b"\x80\x02X\x10\0\0\0abc", "16 more bytes should follow byte 7, only 3 do"),
        (b"\x80\x02\x8b\xff\xff\xff\xffabc", "4294967295 more bytes should follow byte 7"),
        (
            b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\xffabc",
            "18446744073709551615 more bytes should follow byte 11",
        ),
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
fn a_pickle_has_a_number_of_instructions() {
    let root = dict(&[("x", &tensor("FloatStorage", 1, 0, &[1], &[1]))]);
    let count = |bytes: &[u8]| bytes.len();
    // Pushes and pops `None`: two instructions each. The rest takes fewer than 100.
    let file = |steps: usize| torch(&[&b"N0".repeat(steps / 2), &root[..]].concat(), &[0; 4]);
    assert!(count(&root) > 100 && read(&file(MAX_PICKLE_STEPS - 100)).is_ok());
    refused(&file(MAX_PICKLE_STEPS), &["instructions in data.pkl: 2097153, the limit is 2097152"]);
}
