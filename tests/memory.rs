//! Reading a weights file takes at most four times its size and a constant, whatever it holds;
//! checking a certificate takes at most twelve times its length. The tests count the allocations
//! for ordinary files of all formats and for files that are made to take as much memory as they
//! can.
#![cfg(not(target_arch = "wasm32"))]

#[path = "common/files.rs"]
mod files;
#[path = "common/memory.rs"]
mod memory;

use compact_proofs::checker::{Checker, MAX_BYTES};
use compact_proofs::models::transformer::{MAX_D, MAX_H, MAX_N, MAX_V, Shape, Transformer};
use compact_proofs::proof::Certificate;
use compact_proofs::tasks::max_of_k::MaxOfK;
use compact_proofs::weights::limits::*;
use compact_proofs::weights::{read, to_safetensors};
use files::*;
use memory::{Counting, peak};
use std::collections::BTreeMap;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A file's name and bytes.
type File = (String, Vec<u8>);

/// The file with this name and these bytes.
fn file(name: &str, bytes: impl Into<Vec<u8>>) -> File {
    (name.into(), bytes.into())
}

/// All weights files of the fixtures.
fn fixtures() -> Vec<File> {
    let folders = ["fixtures", "fixtures/formats", "fixtures/formats_extra", "fixtures/oracle"];
    let paths = folders.into_iter().flat_map(|folder| {
        let path = format!("{}/tests/{folder}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
    });
    paths.map(|path| file(&path.display().to_string(), std::fs::read(&path).unwrap())).collect()
}

/// Safetensors files with large headers.
fn hostile_safetensors() -> Vec<File> {
    let header = |json: String| safetensors(json.as_bytes(), b"");
    let room = MAX_HEADER_BYTES - 200;
    let tensors = |n: usize, shape: &str| {
        let entry =
            |i: usize| format!(r#""{i:x}":{{"dtype":"U8","shape":{shape},"data_offsets":[0,0]}}"#);
        header(format!("{{{}}}", (0..n).map(entry).collect::<Vec<_>>().join(",")))
    };
    let texts = |n: usize| (0..n).map(|i| format!(r#""{i:x}":"""#)).collect::<Vec<_>>().join(",");
    let long = |piece: &str| piece.repeat(room / piece.len());
    vec![
        file("as many tensors as there may be", tensors(MAX_TENSORS, "[0,1,1,1,1,1,1,1]")),
        file("scalars without a byte", tensors(MAX_TENSORS, "[0]")),
        file("many more tensors", tensors(12_000, "[0]")),
        file("long names", {
            let entry = |i: usize| {
                format!(r#""{i:0500}":{{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#)
            };
            header(format!("{{{}}}", (0..1800).map(entry).collect::<Vec<_>>().join(",")))
        }),
        file("one name", header(format!(r#"{{"{}":1}}"#, long("n")))),
        file("one name of escapes", header(format!(r#"{{"{}":1}}"#, long(r"\u0001")))),
        file("a string for a tensor", header(format!(r#"{{"x":"{}"}}"#, long("\u{7f}")))),
        file("a string for a type", header(format!(r#"{{"x":{{"dtype":"{}"}}}}"#, long("\u{7f}")))),
        file(
            "a string for a shape",
            header(format!(r#"{{"x":{{"shape":"{}"}}}}"#, long("\u{7f}"))),
        ),
        file(
            "a string for a length",
            header(format!(r#"{{"x":{{"shape":["{}"]}}}}"#, long("\u{7f}"))),
        ),
        file(
            "a string for metadata",
            header(format!(r#"{{"__metadata__":"{}"}}"#, long("\u{7f}"))),
        ),
        file(
            "a huge shape",
            header(
                r#"{"x":{"dtype":"F64","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#
                    .into(),
            ),
        ),
        file("a long shape", header(format!(r#"{{"x":{{"shape":[{}0]}}}}"#, long("0,")))),
        file("what nobody asked for", header(format!(r#"{{"x":{{"y":[{}0]}}}}"#, long("0,")))),
        file("deep", header(format!(r#"{{"x":{}"#, long("[")))),
        file("deep and unasked for", header(format!(r#"{{"x":{{"y":{}"#, long("[")))),
        file(
            "metadata of one text",
            header(format!(r#"{{"__metadata__":{{"x":"{}"}}}}"#, long("x"))),
        ),
        file(
            "metadata of escapes",
            header(format!(r#"{{"__metadata__":{{"x":"{}"}}}}"#, long(r"\n"))),
        ),
        file("much metadata", header(format!(r#"{{"__metadata__":{{{}}}}}"#, texts(MAX_METADATA)))),
        file("too much metadata", header(format!(r#"{{"__metadata__":{{{}}}}}"#, texts(90_000)))),
    ]
}

/// JSON files, most of them of one piece that is repeated often.
fn hostile_json() -> Vec<File> {
    let long = |piece: &str| piece.repeat(3_000_000 / piece.len());
    let entries = |n: usize, value: &str| {
        let entry = |i: usize| format!(r#""{i:x}":{value}"#);
        format!("{{{}}}", (0..n).map(entry).collect::<Vec<_>>().join(","))
    };
    vec![
        file("numbers of one digit", format!(r#"{{"x":[{}0]}}"#, long("0,"))),
        file("rows of one number", format!(r#"{{"x":[{}[0]]}}"#, long("[0],"))),
        file("empty rows", format!(r#"{{"x":[{}[]]}}"#, long("[],"))),
        file("two tensors of many numbers", format!(r#"{{"x":[{0}0],"y":[{0}0]}}"#, long("0,"))),
        file("numbers that are not", format!(r#"{{"x":[{}0]}}"#, long("-,"))),
        file("scalars", entries(MAX_TENSORS, "0")),
        file("small tensors", entries(MAX_TENSORS, "[[[[[[[[0]]]]]]]]")),
        file("more scalars", entries(100_000, "0")),
        file("objects", entries(MAX_TENSORS, "{}")),
        file("deep arrays", format!(r#"{{"x":{}"#, long("["))),
        file("deep objects", long(r#"{"model":"#)),
        file("one name", format!(r#"{{"{}":1}}"#, long("n"))),
        file("one name of escapes", format!(r#"{{"{}":1}}"#, long(r"\u0001"))),
        file("a string for a tensor", format!(r#"{{"x":"{}"}}"#, long("\u{7f}"))),
        file("a string for a number", format!(r#"{{"x":["{}"]}}"#, long("\u{7f}"))),
        file("metadata of one text", format!(r#"{{"metadata":{{"x":"{}"}},"y":0}}"#, long("x"))),
        file("metadata of escapes", format!(r#"{{"metadata":{{"x":"{}"}},"y":0}}"#, long(r"\n"))),
        file("booleans", format!(r#"{{"x":[{}true]}}"#, long("true,"))),
        file("nulls", format!(r#"{{"x":[{}0]}}"#, long("null,"))),
        file("words that are no numbers", format!(r#"{{"x":[{}0]}}"#, long("NaN,"))),
        file("words for one name", format!(r#"{{"IGNORE":-Infinity,"x":[{}0]}}"#, long("0,"))),
        file("arrays that are no tensors", entries(MAX_TENSORS - 1, "[[[[[[[[0]],0]]]]]]")),
        file(
            "arrays beside a tensor",
            format!(r#"{{"model":{{"W_E":[1]}},"a":{}}}"#, entries(MAX_TENSORS - 4, r#"[""]"#)),
        ),
        file(
            "configurations",
            format!(r#"{{"W_E":[1],"config":{}}}"#, entries(1000, r#"{"n_heads":1}"#)),
        ),
        file(
            "a wide configuration",
            format!(r#"{{"W_E":[1],"config":{}}}"#, entries(4000, "\"n_ctx\"")),
        ),
        file(
            "a long configuration",
            format!(r#"{{"W_E":[1],"config":{{"n_ctx":"{}"}}}}"#, long("x")),
        ),
        file("one digit after the other", format!(r#"{{"x":[{}]}}"#, long("1"))),
        file("cut short in a string", format!(r#"{{"x":[0],"{}"#, long("0,"))),
    ]
}

/// `.npz` files with many members, or with members that inflate to much or lie about their size.
fn hostile_zip() -> Vec<File> {
    let zeros = |n: usize| npy_f4(&format!("({},)", n / 4), &vec![0; n]);
    let many = |n: usize, member: &dyn Fn(&str) -> Member| {
        zip(&(0..n).map(|i| member(&format!("{i:x}"))).collect::<Vec<_>>())
    };
    let header = |text: String| npy_f4(&text, b"");
    let most = INFLATION_ALLOWANCE - 100;
    // The stored member `noise` lets the file inflate by `INFLATION_RATIO` times its length more.
    let bytes = format!("{{'descr': '|u1', 'fortran_order': False, 'shape': ({},)}}", 1 << 20);
    let noise = stored("noise.npy", &npy(&bytes, &[1; 1 << 20]));
    let with_noise = |members: Vec<Member>| zip(&[members, vec![noise.clone()]].concat());
    let empty = npy("{'descr':'|u1','fortran_order':False,'shape':(0,1,1,1,1,1,1,1)}", b"");
    vec![
        file("what may be inflated without a file", zip(&[deflated("x.npy", &zeros(most))])),
        file(
            "what may be inflated",
            with_noise(vec![deflated("x.npy", &zeros(INFLATION_RATIO * noise.data.len() + most))]),
        ),
        file(
            "what may be inflated, in parts",
            with_noise(
                (0..9)
                    .map(|i| {
                        deflated(
                            &format!("{i}.npy"),
                            &zeros(INFLATION_RATIO * noise.data.len() / 9),
                        )
                    })
                    .collect(),
            ),
        ),
        file("too much to inflate", zip(&[deflated("x.npy", &zeros(50_000_000))])),
        file(
            "a large size that is a lie",
            zip(&[Member { size: 1_000_000, ..deflated("x.npy", &zeros(100)) }]),
        ),
        file(
            "a small size that is a lie",
            zip(&[Member { size: 100, ..deflated("x.npy", &zeros(50_000_000)) }]),
        ),
        file(
            "as many tensors as there may be",
            many(MAX_TENSORS, &|i| stored(&format!("{i}.npy"), &empty)),
        ),
        file(
            "as many compressed tensors as there may be",
            many(MAX_TENSORS, &|i| deflated(&format!("{i}.npy"), &empty)),
        ),
        file("more tensors", many(20_000, &|i| stored(&format!("{i}.npy"), &empty))),
        file("members that are none", many(65_000, &|i| stored(i, b""))),
        file("one name twice, among many", many(40_000, &|_| stored("x", b""))),
        file("a huge shape", zip(&[stored("x.npy", &header("(9223372036854775807, 3)".into()))])),
        file(
            "a long shape",
            zip(&[stored("x.npy", &header(format!("({})", "0,".repeat(30_000))))]),
        ),
        file("a header of no text", zip(&[stored("x.npy", &npy(&"\u{1}".repeat(65_000), b""))])),
        file(
            "a compressed header of no text",
            zip(&[deflated("x.npy", &npy(&"\u{1}".repeat(65_000), b""))]),
        ),
    ]
}

/// Pickles whose values take much memory for their length, with their names.
fn pickles() -> Vec<(&'static str, Vec<u8>)> {
    let x = tensor("FloatStorage", 1, 0, &[1; 8], &[1; 8]);
    let many = |n: usize, entry: &dyn Fn(usize) -> Vec<u8>| {
        [b"}(".to_vec(), (0..n).flat_map(entry).collect(), b"u".to_vec()].concat()
    };
    let name = |i: usize| [&b"U\x03"[..], format!("{i:03x}").as_bytes()].concat();
    vec![
        ("nothing", b"N".repeat(1_000_000)),
        ("integers", b"K\x01".repeat(500_000)),
        ("tuples", [&b"N"[..], &b"\x85".repeat(1_000_000)].concat()),
        ("tuples on the stack", b"NNN\x87".repeat(250_000)),
        ("lists", b"]".repeat(1_000_000)),
        ("marks", b"(".repeat(1_000_000)),
        ("marks and tuples", [b"(".repeat(500_000), b"t".repeat(500_000)].concat()),
        (
            "a long stack, then tuples of nothing",
            [b"(".to_vec(), b"N".repeat(400_000), b"t0".to_vec(), b"(t0".repeat(190_000)].concat(),
        ),
        ("one list, grown item by item", [b"]".to_vec(), b"Na".repeat(500_000)].concat()),
        (
            "one list, grown at once",
            [b"](".to_vec(), b"N".repeat(1_000_000), b"e".to_vec()].concat(),
        ),
        ("one dictionary", [b"}(".to_vec(), b"NN".repeat(500_000), b"u".to_vec()].concat()),
        (
            "one dictionary of protocol 0",
            [b"(".to_vec(), b"NN".repeat(500_000), b"d".to_vec()].concat(),
        ),
        ("copies", [&b"N"[..], &b"2".repeat(1_000_000)].concat()),
        ("a growing memo", [&b"N"[..], &b"\x94".repeat(1_000_000)].concat()),
        (
            "a memo by number",
            [
                &b"N"[..],
                &(0..200_000_u32)
                    .flat_map(|i| [b"r", &i.to_le_bytes()[..]].concat())
                    .collect::<Vec<_>>(),
            ]
            .concat(),
        ),
        ("classes", b"c\n\n".repeat(300_000)),
        ("calls", [&b"N"[..], &b")R".repeat(500_000)].concat()),
        ("calls of protocol 0", b"(No".repeat(300_000)),
        ("persistent ids", b"P\n".repeat(500_000)),
        ("lists that hold each other", [&b"]q\0"[..], &b"](h\0h\0eq\0".repeat(100_000)].concat()),
        (
            "one tensor under many names",
            [&x[..], b"q\0", &many(MAX_TENSORS, &|i| [&name(i)[..], b"h\0"].concat())].concat(),
        ),
        ("tensors", many(3000, &|i| [&name(i)[..], &x].concat())),
    ]
}

/// PyTorch files, zipped and legacy, of the hostile [`pickles`], and with large parts beside a
/// pickle.
fn hostile_torch() -> Vec<File> {
    let mut files: Vec<_> = pickles()
        .iter()
        .map(|(name, pickle)| (format!("torch: {name}"), torch(pickle, &[0; 4])))
        .collect();
    // A large storage beside the pickle allows the pickle's values more memory.
    files.extend(
        pickles().iter().map(|(name, pickle)| {
            (format!("large torch: {name}"), torch(pickle, &vec![0; 1 << 20]))
        }),
    );
    let legacy = |object: &[u8], keys: &[u8]| {
        let integer = |n: u16| [b"\x80\x02M", &n.to_le_bytes()[..], b"."].concat();
        let magic =
            [b"\x80\x02\x8a\x0a", &0x1950_a86a_20f9_469c_fc6c_u128.to_le_bytes()[..10], b"."]
                .concat();
        let system =
            [b"\x80\x02", &dict(&[("little_endian", &b"\x88".to_vec())])[..], b"."].concat();
        let pickle = |body: &[u8]| [b"\x80\x02", body, b"."].concat();
        [magic, integer(1001), system, pickle(object), pickle(keys), vec![0; 100_000]].concat()
    };
    for (name, pickle) in pickles() {
        files.push((format!("legacy object: {name}"), legacy(&pickle, b"]")));
        files.push((format!("legacy keys: {name}"), legacy(b"}", &pickle)));
        files.push((format!("legacy, both: {name}"), legacy(&pickle[..pickle.len() / 3], &pickle)));
    }
    // Empty storages, each mentioned in the object and in the list of keys.
    let class = [&b"("[..], &text("storage"), b"q\x010ctorch\nFloatStorage\nq\x020"].concat();
    let key = |i: u32| [&b"U\x04"[..], format!("{i:04x}").as_bytes()].concat();
    let mention = |i: u32| [&b"(h\x01h\x02"[..], &key(i), b"h\x01K\0tQ"].concat();
    let object = [class, (0..8000).flat_map(mention).collect(), b"t}".to_vec()].concat();
    let keys = [b"](".to_vec(), (0..8000).flat_map(key).collect(), b"e".to_vec()].concat();
    files.push(file("legacy: storages", legacy(&object, &keys)));
    for elements in [MAX_LISTED_ELEMENTS as u64, u64::MAX] {
        let expanded =
            torch(&dict(&[("x", &tensor("DoubleStorage", 1, 0, &[elements], &[0]))]), &[0; 8]);
        files.push(file(&format!("torch: {elements} times the same number"), expanded));
    }
    let byte_order =
        zip(&[stored("a/data.pkl", b"\x80\x02}."), stored("a/byteorder", &vec![0xff; 1 << 20])]);
    files.push(file("torch: a long byte order", byte_order));
    let inside = |name: &str| {
        zip(&[stored("data.pkl", b"\x80\x02}."), deflated(name, &vec![0; INFLATION_ALLOWANCE])])
    };
    files.push(file("torch: a compressed byte order", inside("byteorder")));
    files.push(file("torch: compressed constants", inside("constants.pkl")));
    files
}

#[test]
fn reading_takes_at_most_four_times_the_file() {
    let (mut files, mut most) = (fixtures(), (0, String::new()));
    files.extend([hostile_safetensors(), hostile_json(), hostile_zip(), hostile_torch()].concat());
    let (count, mut accepted) = (files.len(), 0);
    for (name, bytes) in files {
        let (result, peak) = peak(|| read(&bytes));
        accepted += usize::from(result.is_ok());
        let text = result.map_or_else(
            |error| error.to_string(),
            |file| format!("{} tensors", file.tensors.len()),
        );
        let beside = peak.saturating_sub(MEMORY_RATIO * bytes.len());
        if std::env::var_os("MEMORY").is_some() {
            println!(
                "{beside:>9} = {peak:>9} − {MEMORY_RATIO} · {:>8}: {name}: {}",
                bytes.len(),
                text.chars().take(90).collect::<String>()
            );
        }
        assert!(
            beside <= MEMORY_ALLOWANCE,
            "{name}: {peak} bytes for a file of {}, {beside} above {MEMORY_RATIO} times that, \
             allowed are {MEMORY_ALLOWANCE}: {text}",
            bytes.len()
        );
        most = most.max((beside, name));
    }
    println!(
        "{count} files, {accepted} of them accepted; most above {MEMORY_RATIO} times the file: {most:?}"
    );
    assert!(accepted > 30 && accepted < count - 30, "{accepted} of {count} accepted");
}

/// The largest model that may be read, and the number of its weights.
fn largest_model() -> (Transformer, usize) {
    let (v, d, h, n) = (MAX_V, MAX_D, MAX_H, MAX_N);
    let mut entry = 0.0;
    let model = Transformer::from_entries(Shape { v, d, h, n }, || {
        entry = if entry > 0.5 { 0.0 } else { entry + 0.001 };
        entry
    });
    (model, 2 * v * d + n * d + 4 * d * h)
}

#[test]
fn loading_a_model_takes_at_most_three_models_more() {
    let (model, numbers) = largest_model();
    let state = model.state_dict();
    let plain = to_safetensors(&state, &BTreeMap::new());
    let with_biases = {
        let mut state = state.clone();
        let biases =
            [("attn.b_Q", MAX_H), ("attn.b_K", MAX_H), ("attn.b_V", MAX_H), ("attn.b_O", MAX_D)];
        let names: Vec<_> =
            biases.iter().map(|(name, length)| (format!("blocks.0.{name}"), *length)).collect();
        for (name, length) in &names {
            state.insert(name.as_str(), (vec![*length], vec![0.25; *length]));
        }
        state.insert("unembed.b_U", (vec![MAX_V], vec![0.25; MAX_V]));
        to_safetensors(&state, &BTreeMap::new())
    };
    // Strides of 0 repeat the one number of each tensor, so a small file has a large model.
    let expanded = {
        let one = |shape: &[u64]| tensor("FloatStorage", 1, 0, shape, &vec![0; shape.len()]);
        let entries: Vec<_> = state
            .iter()
            .map(|(&name, (shape, _))| {
                (name, one(&shape.iter().map(|&n| n as u64).collect::<Vec<_>>()))
            })
            .collect();
        torch(
            &dict(&entries.iter().map(|(name, tensor)| (*name, tensor)).collect::<Vec<_>>()),
            &[0; 4],
        )
    };
    for (name, bytes) in [("plain", plain), ("with biases", with_biases), ("expanded", expanded)] {
        let (_, on_reading) = peak(|| read(&bytes).unwrap());
        let (result, on_loading) = peak(|| Transformer::from_weights(&read(&bytes).unwrap()));
        let (_, whole) = peak(|| MaxOfK::load("model", &bytes).map(|_| ()).unwrap_err());
        let model = size_of::<f64>() * numbers;
        println!(
            "{name}: {} bytes, {on_reading} to read, {on_loading} to load, {whole} for the task; a model: {model}",
            bytes.len()
        );
        assert_eq!(
            result.unwrap().stored_shape(),
            Shape { v: MAX_V, d: MAX_D, h: MAX_H, n: MAX_N }
        );
        let allowed = MEMORY_RATIO * bytes.len() + MEMORY_ALLOWANCE + 3 * model;
        assert!(
            on_loading <= allowed && whole <= allowed,
            "{name}: {on_loading}, {whole} bytes, allowed are {allowed}"
        );
    }
}

/// The memory that `check` may take beside the model's, as a multiple of the certificate's length.
const CERTIFICATE_RATIO: usize = 12;
/// The memory that `check` may take in addition, in bytes, for a certificate of any length.
const CHECK_ALLOWANCE: usize = 8 << 20;

/// Certificates about a model of 4 tokens at 3 positions, each with a part that takes as much
/// memory as it can for its text.
fn hostile_certificates() -> Vec<File> {
    const LENGTH: usize = 2 << 20;
    let filled = |strategy: &str, proof: &str, cases: &str| {
        let theorem = "Of the 64 sequences of length 3 over 4 tokens, the one-layer transformer whose weights file has the SHA-256 x \
            answers at least 1 with their largest token: in exact real arithmetic, its logit at the last position exceeds every other.";
        let about = r#""sha256":"x","v":4,"n":3"#;
        let counts = r#""correct":"1","sequences":"64","flops":1e9"#;
        let claim = format!(r#"{about},"strategy":"{strategy}",{counts}"#);
        format!(
            r#"{{"certificate":1,"task":"max-of-k","theorem":"{theorem}",{claim},"proof":{proof},"cases":{cases}}}"#
        )
    };
    let many = |piece: &str, length: usize| vec![piece; length / (piece.len() + 1)].join(",");
    let plan = |columns: &str| {
        let proof = format!(
            r#"{{"version":1,"strategy":"cell","v":4,"n":3,"queries":[1],"columns":[{columns}]}}"#
        );
        filled("cell", &proof, "null")
    };
    let column = |cells: &str| format!(r#"{{"boxes":{{"depth":0,"tokens":4}},"cells":[{cells}]}}"#);
    // Up to 500 columns of 500 cells each.
    let columns = |cell: &str| {
        vec![column(&vec![cell; 500].join(",")); (LENGTH / (500 * cell.len())).clamp(1, 500)]
            .join(",")
    };
    let split = |part: &str| {
        format!(r#"{{"queries":1,"method":{{"split":[{}]}}}}"#, vec![part; 400].join(","))
    };
    let subcubic = "EUPU-max-diff--attn-mean-query+diff--attn-err-exact-EQKE+max-diff-exact";
    let proof = |centres: &str, runs: &str| {
        let gaps = format!(r#"{{"v":4,"n":3,"runs":"{runs}"}}"#);
        let proof = format!(
            r#"{{"version":1,"strategy":"{subcubic}","low_rank":"none","direct":null,"centres":[{centres}],"gaps":{gaps}}}"#
        );
        filled(subcubic, &proof, "null")
    };
    let long = "x".repeat(LENGTH);
    vec![
        file("runs of nothing", plan(&columns(r#"{"queries":0,"method":"leave"}"#))),
        file("runs of one", plan(&columns(r#"{"queries":1,"method":"leave"}"#))),
        file("one long column", plan(&column(&many(r#"{"queries":0,"method":"leave"}"#, LENGTH)))),
        file(
            "long lists of blocks",
            filled(
                "cell",
                &format!(
                    r#"{{"version":1,"strategy":"cell","v":4,"n":3,"queries":[{}],"columns":[]}}"#,
                    many("1", LENGTH)
                ),
                "null",
            ),
        ),
        file("empty parts", plan(&columns(&split("[]")))),
        file("parts of one range", plan(&columns(&split("[[0,1]]")))),
        file("parts of ranges", plan(&columns(&split("[[0,1],[1,2],[2,3],[3,4],[4,5]]")))),
        file("columns of nothing", plan(&many("null", LENGTH))),
        file("empty rows of centres", proof(&many("[]", LENGTH), "1x30")),
        file("one long row of centres", proof(&format!("[{}]", many("0", LENGTH)), "1x30")),
        file(
            "rows of centres",
            proof(&vec![format!("[{}]", vec!["0"; 500].join(",")); 500].join(","), "1x30"),
        ),
        file(
            "as many gaps as there may be",
            proof("", "1x30")
                .replace(r#""v":4,"n":3,"runs":"1x30""#, r#""v":512,"n":14,"runs":"1x1838592""#),
        ),
        file("runs of gaps", proof("", &many("1x1", LENGTH).replace(',', " "))),
        file("a long name", filled(&long, "null", "null")),
        file("a name of escapes", filled(&r"\u0001".repeat(LENGTH / 6), "null", "null")),
        file("an unknown field", filled("cell", &format!(r#"{{"{long}":1}}"#), "null")),
        file("a text for a proof", filled("cell", &format!(r#""{long}""#), "null")),
        file("an array for a proof", filled("cell", &format!("[{}]", many("1", LENGTH)), "null")),
        file("cases", filled("cubic", "null", &format!("[{}]", many("[]", LENGTH)))),
        file(
            "cells of cases",
            filled("cubic", "null", &format!("[[{}],[],[],[]]", many("[]", LENGTH))),
        ),
        file(
            "one cell of cases",
            filled(
                "cubic",
                "null",
                &format!("[[[{}]],[1,2],[1,2,3],[1,2,3,4]]", many("[]", LENGTH)),
            ),
        ),
        file(
            "cases of brute force",
            filled("brute-force", "null", &format!("[{}]", many("[]", LENGTH))),
        ),
        file(
            "blocks within blocks",
            filled(
                "cell",
                &format!(
                    r#"{{"version":1,"strategy":"cell","v":4,"n":3,"queries":[{}],"columns":[null,null,null,null]}}"#,
                    ["2"; 16].join(",")
                ),
                "null",
            ),
        ),
    ]
}

#[test]
fn checking_a_certificate_takes_at_most_a_dozen_times_its_length() {
    let shape = Shape { v: 4, d: 2, h: 2, n: 3 };
    let mut entry = 0.0;
    let model = Transformer::from_entries(shape, || {
        entry = (entry + 0.37) % 1.0;
        entry - 0.5
    });
    let task = MaxOfK::new(model).unwrap();
    let mut most = (0.0, String::new());
    for (name, json) in hostile_certificates() {
        let (result, peak) = peak(|| {
            let certificate = Certificate::read(&json).map_err(|error| error.to_string())?;
            let claimed = task.claimed(&["x"], &certificate);
            let mut run = claimed.map_err(|error| error.to_string())?;
            run.finish();
            run.confirmed().map(|_| ()).map_err(|error| error.to_string())
        });
        let message = result.expect_err("none of them holds");
        assert!(message.len() < 3000, "{name}: {} bytes of message", message.len());
        let ratio = peak as f64 / json.len() as f64;
        println!(
            "{ratio:>8.2} = {peak:>9} / {:>8}: {name}: {}",
            json.len(),
            message.chars().take(100).collect::<String>()
        );
        // The certificate's text is in memory too, which `peak` does not count.
        let allowed = (CERTIFICATE_RATIO - 1) * json.len() + CHECK_ALLOWANCE;
        assert!(
            peak <= allowed,
            "{name}: {peak} bytes for {}, allowed are {allowed}: {message}",
            json.len()
        );
        if json.len() > 1 << 20 {
            most = if ratio > most.0 { (ratio, name) } else { most };
        }
    }
    println!("most: {most:?}");
}

/// The independent checker takes at most three times the certificate's text beside the model, since
/// it reads the evidence cell by cell.
#[test]
fn checking_takes_at_most_three_times_the_certificate() {
    let mut entry = 0.0;
    let model = Transformer::from_entries(Shape { v: 8, d: 3, h: 2, n: 3 }, || {
        entry = (entry + 0.37) % 1.0;
        entry - 0.5
    });
    let bytes = to_safetensors(&model.state_dict(), &BTreeMap::new());
    let sha256 = compact_proofs::tasks::max_of_k::sha256(&bytes);
    let length = MAX_BYTES - 2000;
    let long = |piece: &str| piece.repeat(length / piece.len());
    let certificate = |strategy: &str, proof: &str, cases: &str| {
        let theorem = format!(
            "Of the 512 sequences of length 3 over 8 tokens, the one-layer transformer whose weights file has the SHA-256 {sha256} \
             answers at least 600 with their largest token: in exact real arithmetic, its logit at the last position exceeds every other."
        );
        let about = format!(r#""sha256":"{sha256}","v":8,"n":3"#);
        let counts = r#""correct":"600","sequences":"512","flops":1"#;
        let claim = format!(r#"{about},"strategy":"{strategy}",{counts}"#);
        format!(
            r#"{{"certificate":1,"task":"max-of-k","theorem":"{theorem}",{claim},"proof":{proof},"cases":{cases}}}"#
        )
    };
    let proof = |fields: &str| {
        certificate("cell", &format!(r#"{{"version":1,"strategy":"cell",{fields}}}"#), "null")
    };
    let method = |method: &str| {
        proof(&format!(r#""columns":[{{"cells":[{{"queries":1,"method":{method}}}]}}]"#))
    };
    for (name, text) in [
        ("empty cases", certificate("cubic", "null", &format!("[{}[]]", long("[],")))),
        ("cases of nothing", certificate("cubic", "null", &format!("[{}null]", long("null,")))),
        ("one row", certificate("cubic", "null", &format!("[[{}[]]]", long("[],")))),
        ("one cell", certificate("cubic", "null", &format!("[[[{}null]]]", long("null,")))),
        ("one part", certificate("cubic", "null", &format!("[[[[{}[0,1]]]]]", long("[0,1],")))),
        ("deep cases", certificate("cubic", "null", &long("["))),
        ("columns of nothing", proof(&format!(r#""columns":[{}null]"#, long("null,")))),
        ("one column", proof(&format!(r#""columns":[{{"cells":[{}0]}}]"#, long("0,")))),
        ("one split", method(&format!(r#"{{"split":[{}null]}}"#, long("null,")))),
        ("one count", method(&format!(r#"{{"count":{{"tilt":1,"x":[{}0]}}}}"#, long("0,")))),
        ("one method", method(&format!("\"{}\"", long("x")))),
        ("gaps", proof(&format!(r#""gaps":{{"runs":"{}1"}}"#, long("1 ")))),
        ("escaped gaps", proof(&format!(r#""gaps":{{"runs":"{}1"}}"#, long(r"\u0031 ")))),
        ("a long run of gaps", proof(&format!(r#""gaps":{{"runs":"1x{}"}}"#, long("9")))),
        ("what is read past", proof(&format!(r#""columns":[],"x":[{}0]"#, long("0,")))),
        (
            "many fields",
            proof(&format!(
                r#""columns":[]{}"#,
                (0..900_000).map(|i| format!(r#","{i:x}":0"#)).collect::<String>()
            )),
        ),
        ("a long name", certificate(&long("x"), "null", "null")),
        ("a name of escapes", certificate(&long(r"\n"), "null", "null")),
    ] {
        let (result, peak) = peak(|| {
            let mut checker = Checker::new("model", &bytes, &text)?;
            while checker.step() {}
            checker.verdict().ok_or_else(|| "no verdict".to_owned())
        });
        let says = result.map_or_else(|problem| problem, |verdict| verdict.reasons.join("; "));
        println!(
            "{name}: {peak} for {}: {}",
            text.len(),
            says.chars().take(90).collect::<String>()
        );
        assert!(
            peak <= 3 * text.len() + MEMORY_ALLOWANCE,
            "{name}: {peak} bytes for {}: {says}",
            text.len()
        );
        assert!(says.len() < 2000, "{name}: a message of {} bytes", says.len());
    }
}
