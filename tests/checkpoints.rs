//! Checkpoints as real tools write them: what is read counts as PyTorch in float64 counts, what is
//! refused says why. Each folder's `index.json` has, for each file, PyTorch's count for the network
//! that was saved (`truth`, null where there is none), what is right (`reads`, `refuses`, or
//! `either`: read with that count, or refused), and what a refusal has to mention (alternatives
//! with `|`).

use crate::files::{dict, tensor, text, torch};
use compact_proofs::proof::Tally;
use compact_proofs::tasks::max_of_k::{MaxOfK, Strategy};
use compact_proofs::weights::read;
use serde::Deserialize;
use std::fs;
use std::path::Path;

#[derive(Deserialize)]
struct Case {
    file: String,
    truth: Option<u128>,
    right: String,
    must_mention: Vec<String>,
}

/// How many inputs the network in a file answers right, or why it is not read.
fn count(path: &Path) -> Result<u128, String> {
    let bytes = fs::read(path).unwrap();
    let (task, _) = MaxOfK::load("the file", &bytes).map_err(|error| error.to_string())?;
    let mut run = task.run(Strategy::BruteForce).map_err(|error| error.to_string())?;
    run.finish();
    let Tally { right, wrong, lost, .. } = run.tally();
    assert_eq!(right + wrong + lost, task.sequences(), "{}", path.display());
    Ok(right)
}

fn check(folder: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let cases: Vec<Case> =
        serde_json::from_slice(&fs::read(folder.join("index.json")).unwrap()).unwrap();
    let files = fs::read_dir(&folder).unwrap().filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name != "index.json" && !name.to_string_lossy().ends_with("LICENSE")
    });
    assert_eq!(files.count(), cases.len(), "every file is listed");
    let mut wrong = Vec::new();
    for Case { file, truth, right, must_mention } in cases {
        match count(&folder.join(&file)) {
            Ok(found) if right == "refuses" || Some(found) != truth => {
                wrong.push(format!("{file}: counts {found}, expected {truth:?}, {right}"));
            }
            Ok(_) => {}
            Err(error) if right == "reads" => wrong.push(format!("{file} is refused: {error}")),
            Err(error) => {
                let message = error.to_lowercase();
                let is_there = |wanted: &String| {
                    wanted.split('|').any(|part| message.contains(&part.to_lowercase()))
                };
                wrong.extend(
                    must_mention
                        .iter()
                        .find(|wanted| !is_there(wanted))
                        .map(|wanted| format!("{file}: no {wanted:?} in: {error}")),
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_network_that_is_counted_is_the_one_that_was_saved() {
    check("tests/fixtures/files");
}

#[test]
fn so_it_is_in_files_made_to_mislead() {
    check("tests/exports/files");
}

/// Functions and classes that a pickle may name in place of the one that rebuilds a tensor: those
/// that the readers know, in other modules too, and some unknown ones.
const CONSTRUCTORS: [(&str, &str); 22] = [
    ("torch._utils", "_rebuild_tensor"),
    ("torch._utils", "_rebuild_tensor_v3"),
    ("torch._utils", "_rebuild_tensor_v4"),
    ("torch._utils", "_rebuild_parameter"),
    ("torch._utils", "_rebuild_sparse_tensor"),
    ("torch._utils", "_rebuild_qtensor"),
    ("torch._utils", "_rebuild_nested_tensor"),
    ("torch._utils", "_rebuild_meta_tensor_no_storage"),
    ("torch._utils", "_rebuild_wrapper_subclass"),
    ("torch._utils", "_rebuild_device_tensor_from_numpy"),
    ("torch._tensor", "_rebuild_from_type_v2"),
    ("torch._utils_", "_rebuild_tensor_v2"),
    ("torch", "Size"),
    ("torch.nn.parameter", "Parameter"),
    ("torch.storage", "_load_from_bytes"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "scalar"),
    ("numpy.ma.core", "_mareconstruct"),
    ("collections", "OrderedDict"),
    ("builtins", "dict"),
    ("mine", "rebuild"),
    ("mine", "_rebuild_tensor_v2"),
];

#[test]
fn another_constructor_is_refused_by_name_or_makes_the_same_tensor() {
    let names = [
        "embed.W_E",
        "blocks.0.attn.W_Q",
        "unembed.b_U",
        "blocks.0.attn.mask",
        "blocks.0.mlp.W_in",
        "epochs.x",
    ];
    let plain = tensor("FloatStorage", 6, 0, &[2, 3], &[3, 1]);
    let storage: Vec<u8> = (0..6_u8).flat_map(|i| f32::from(i).to_le_bytes()).collect();
    let file = |changed: &str, value: &[u8]| {
        let value = value.to_vec();
        torch(
            &dict(&names.map(|name| (name, if name == changed { &value } else { &plain }))),
            &storage,
        )
    };
    let numbers = |bytes: &[u8], name: &str| read(bytes).unwrap().tensors[name].to_array().unwrap();
    let expected = numbers(&file("", b""), "unembed.b_U");
    let (mut refused, mut equal) = (0, 0);
    for (module, function) in CONSTRUCTORS {
        let start = b"ctorch._utils\n_rebuild_tensor_v2\n".len();
        let value = [format!("c{module}\n{function}\n").as_bytes(), &plain[start..]].concat();
        for name in names {
            let bytes = file(name, &value);
            match read(&bytes).map_err(|error| error.to_string()) {
                Ok(read) => {
                    assert_eq!(
                        read.tensors.len(),
                        names.len(),
                        "{module}.{function} for {name}: an entry is dropped"
                    );
                    assert_eq!(numbers(&bytes, name), expected, "{module}.{function} for {name}");
                    equal += 1;
                }
                Err(error) => {
                    assert!(
                        error.contains(&format!("`{name}`")),
                        "{module}.{function} for {name}: {error}"
                    );
                    let is_known = module.starts_with("torch")
                        || module.starts_with("numpy")
                        || module == "collections";
                    let full = format!("{module}.{function}");
                    assert!(is_known || error.contains(&full), "{full} for {name}: {error}");
                    refused += 1;
                }
            }
        }
    }
    assert_eq!(
        (refused, equal),
        (21 * names.len(), names.len()),
        "`_rebuild_tensor` makes the same"
    );
}

#[test]
fn another_value_is_refused_by_name_whatever_it_is() {
    let plain = tensor("FloatStorage", 1, 0, &[1], &[1]);
    let values: [&[u8]; 14] = [
        b"\x88",
        b"K\x03",
        b"G\x3f\xf0\0\0\0\0\0\0",
        b"]",
        b"}",
        b")",
        b"\x8f",
        b"(K\x01K\x02t",
        b"ctorch\nfloat32\n",
        b"C\x01a",
        b"cmine\nThing\n)\x81}b",
        b"cnumpy\ndtype\n)R",
        b"c__builtin__\nset\n(]tR",
        b"ctorch\nSize\n((K\x01ttR",
    ];
    for name in ["unembed.b_U", "blocks.0.attn.W_V", "anything.else", "gate"] {
        let others = [text("a text"), [b"ctorch\nFloatStorage\n", &b"Q"[..]].concat()];
        for value in values.iter().map(|value| value.to_vec()).chain(others) {
            let bytes = torch(&dict(&[("embed.W_E", &plain), (name, &value)]), &[0; 4]);
            let error = read(&bytes).map(|_| ()).map_err(|error| error.to_string()).unwrap_err();
            assert!(
                error.contains(&format!("`{name}`")),
                "{name}, {}: {error}",
                value.escape_ascii()
            );
        }
    }
}
