//! The native program, run as a user runs it.
#![cfg(all(feature = "cli", not(target_arch = "wasm32")))]

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_compact-proofs"))
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures"))
        .output()
        .expect("the program starts")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// A folder of this test's own, empty.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn verify_prints_one_json_array() {
    let output = run(&["verify", "oracle/max4_v64_s104.safetensors", "--json"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let rows: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let keys: Vec<_> = rows[0].as_object().unwrap().keys().map(String::as_str).collect();
    let expected = ["bound", "correct", "flops", "seconds", "strategy", "total", "unexplained_dimension"];
    assert_eq!(keys, expected);
    assert_eq!([&rows[0]["strategy"], &rows[1]["strategy"]], ["brute-force", "cubic"]);
    assert_eq!([&rows[0]["correct"], &rows[1]["correct"]], ["16763198", "15897145"]);
    assert_eq!(rows[1]["total"], "16777216");
    assert_eq!(rows[1]["bound"].as_f64().unwrap(), 15_897_145.0 / 16_777_216.0);
    assert_eq!(rows.len(), 2);
}

#[test]
fn verify_prints_a_table_of_the_strategies_asked_for() {
    let output = run(&["verify", "formats/state_dict_legacy.pt", "--strategy", "cubic", "--strategy", "cubic"]);
    let lines: Vec<_> = text(&output.stdout).lines().collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].starts_with("strategy") && lines[0].contains("unexplained"), "{lines:?}");
    assert!(
        lines[1].starts_with("cubic") && lines[1].contains("94.5904 %") && lines[1].contains("15869641"),
        "{lines:?}"
    );
}

#[test]
fn what_cannot_be_run_is_left_out_or_refused() {
    let all = run(&["verify", "oracle/max20_v64_s50.safetensors", "--json"]);
    assert!(all.status.success());
    assert!(text(&all.stderr).contains("brute-force is left out: "), "{}", text(&all.stderr));
    let rows: Vec<Value> = serde_json::from_slice(&all.stdout).unwrap();
    assert_eq!(rows[0]["correct"], "1216271145032974119183679801206065147");
    let named = run(&["verify", "oracle/max20_v64_s50.safetensors", "--strategy", "brute-force"]);
    assert_eq!(named.status.code(), Some(1));
    assert!(text(&named.stderr).contains("use `cubic`"));
}

#[test]
fn errors_name_the_file_and_exit_with_1_wrong_usage_with_2() {
    for (arguments, code, says) in [
        (&["verify", "nowhere.pt"][..], 1, "error: nowhere.pt: "),
        (
            &["verify", "formats_extra/non_transformer.pt"],
            1,
            "error: formats_extra/non_transformer.pt: tensor `embed.W_E`",
        ),
        (&["verify", "transformer_lens_logits.json"], 1, "error: transformer_lens_logits.json: "),
        (&["verify", "oracle/max4_v64_s104.safetensors", "--strategy", "magic"], 2, "brute-force, cubic"),
        (&["verify"], 2, "<FILE>"),
        (&["train", "--k", "99", "-o", "x"], 2, "1..=21"),
        (&[], 2, "Usage"),
    ] {
        let output = run(arguments);
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {stderr}");
        assert!(stderr.contains(says), "{arguments:?}: {stderr}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn inspect_prints_shapes_and_metadata() {
    let output = run(&["inspect", "formats/checkpoint_nested.pt"]);
    let stdout = text(&output.stdout);
    for expected in
        ["torch (zip), 40096 bytes, sha-256 ", "embed.W_E", "[64, 32]", "blocks.0.attn.W_Q", "[1, 32, 32]", "Max-of-4"]
    {
        assert!(stdout.contains(expected), "{expected} in {stdout}");
    }
    let other = run(&["inspect", "formats_extra/non_transformer.pt"]);
    assert_eq!(other.status.code(), Some(1));
    assert!(text(&other.stdout).contains("weight") && text(&other.stdout).contains("[3, 8]"), "listed all the same");
}

#[test]
fn train_writes_the_same_file_twice() {
    let folder = scratch("train");
    let files = ["a", "b"].map(|name| folder.join(name).display().to_string());
    for file in &files {
        let output = run(&["train", "--k", "2", "--seed", "7", "--steps", "60", "-o", file]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert!(text(&output.stdout).contains("of 4096 ("), "{}", text(&output.stdout));
    }
    assert_eq!(std::fs::read(&files[0]).unwrap(), std::fs::read(&files[1]).unwrap());
    let inspected = run(&["inspect", &files[0]]);
    for expected in ["seed: 7", "k: 2", "recipe: AdamW", "60 steps", "exact"] {
        assert!(text(&inspected.stdout).contains(expected), "{expected} in {}", text(&inspected.stdout));
    }
    assert_eq!(run(&["train", "--steps", "1", "-o", "/nowhere/at/all"]).status.code(), Some(1));
}

/// The shipped files are what the commands make: one whole training, and the first frontier of the page.
#[test]
fn the_gallery_is_regenerated_bit_for_bit() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/models");
    let folder = scratch("gallery");
    let trained = folder.join("max4_v64_s50.safetensors");
    let output = run(&["train", "--k", "4", "--seed", "50", "-o", &trained.display().to_string()]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(std::fs::read(&trained).unwrap(), std::fs::read(shipped.join("max4_v64_s50.safetensors")).unwrap());

    let manifest: Value = serde_json::from_slice(&std::fs::read(shipped.join("manifest.json")).unwrap()).unwrap();
    let default = manifest["default"].as_str().unwrap();
    std::fs::copy(shipped.join(default), folder.join(default)).unwrap();
    let output = run(&["gallery", &folder.display().to_string(), "--first-paint-only"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let first_paint = |folder: &Path| std::fs::read_to_string(folder.join("first-paint.json")).unwrap();
    assert!(first_paint(&folder) == first_paint(&shipped), "run `npm run gallery -- --first-paint-only` and commit it");

    let models = manifest["models"].as_array().unwrap();
    assert_eq!(models.len(), 151 + 3 * 20);
    for model in models {
        let file = std::fs::read(shipped.join(model["file"].as_str().unwrap())).unwrap();
        assert!(file.len() < 64 << 10, "{model}");
        assert!(model["accuracy"].as_f64().unwrap() > 0.95, "{model}");
    }
}
