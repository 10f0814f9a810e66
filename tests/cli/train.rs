//! `train` and `gallery`: the models of the page, made again.

use super::{run, scratch, text};
use compact_proofs::tasks::max_of_k::{MaxOfK, sha256};
use serde_json::Value;
use std::path::Path;

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
        assert!(
            text(&inspected.stdout).contains(expected),
            "{expected} in {}",
            text(&inspected.stdout)
        );
    }
    assert_eq!(run(&["train", "--steps", "1", "-o", "/nowhere/at/all"]).status.code(), Some(1));
}

#[test]
fn networks_for_groups_are_trained() {
    let folder = scratch("train_group");
    let files = ["a", "b"].map(|name| folder.join(name).display().to_string());
    let group = ["train", "--task", "group-operations", "--group"];
    let sizes = ["--neurons", "24", "--width", "12", "--percent", "100", "--steps", "200", "-o"];
    for file in &files {
        let output = run(&[&group[..], &["S3", "--seed", "7"], &sizes, &[file]].concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert!(text(&output.stdout).contains("accuracy 36 of 36"), "{}", text(&output.stdout));
    }
    assert_eq!(std::fs::read(&files[0]).unwrap(), std::fs::read(&files[1]).unwrap());
    let inspected = run(&["inspect", &files[0]]);
    for expected in ["group: S3", "seed: 7", "recipe: Adam", "200 steps", "exact"] {
        let shown = text(&inspected.stdout);
        assert!(shown.contains(expected), "{expected} in {shown}");
    }
    for (arguments, code, says) in [
        (vec!["train", "--task", "group-operations", "-o", "x"], 2, "--group"),
        ([&group[..], &["S9", "-o", "x"]].concat(), 1, "no group is called `S9`"),
        (vec!["train", "--group", "S3", "-o", "x"], 1, "--task group-operations"),
        ([&group[..], &["S3", "--k", "4", "-o", "x"]].concat(), 2, "cannot be used with"),
    ] {
        let refused = run(&arguments);
        assert_eq!(refused.status.code(), Some(code), "{arguments:?}");
        assert!(text(&refused.stderr).contains(says), "{}", text(&refused.stderr));
    }
}

/// The commands make the shipped files again: one network for a group, and all that is proven of
/// the networks for S4.
#[test]
fn the_gallery_of_groups_is_regenerated_bit_for_bit() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/models/group-operations");
    let folder = scratch("group_gallery");
    let read = |folder: &Path, name: &str| std::fs::read(folder.join(name)).unwrap();
    let trained = folder.join("trained").display().to_string();
    let group = ["train", "--task", "group-operations", "--group", "S4", "--seed", "3"];
    let output = run(&[&group[..], &["-o", &trained]].concat());
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(read(&folder, "trained") == read(&shipped, "S4_s3.safetensors"));

    let models = |folder: &Path| -> Vec<Value> {
        let manifest: Value = serde_json::from_slice(&read(folder, "manifest.json")).unwrap();
        let all = manifest["models"].as_array().unwrap().iter();
        all.filter(|model| model["group"] == "S4").cloned().collect()
    };
    for model in models(&shipped) {
        let file = model["file"].as_str().unwrap();
        std::fs::copy(shipped.join(file), folder.join(file)).unwrap();
    }
    let command = ["gallery", "--task", "group-operations", "--first-paint-only"];
    let output = run(&[&command[..], &[&folder.display().to_string()]].concat());
    assert!(output.status.success(), "{}", text(&output.stderr));
    let say = "run `npm run gallery:groups -- --first-paint-only` and commit it";
    assert!(models(&folder) == models(&shipped), "{say}");
    assert!(read(&folder, "first-paint.json") == read(&shipped, "first-paint.json"), "{say}");
    assert_eq!(models(&shipped).len(), 20);
    for model in models(&shipped) {
        let results = format!("results/{}.json", model["id"].as_str().unwrap());
        assert!(read(&folder, &results) == read(&shipped, &results), "{results}: {say}");
    }
}

/// The published transformer has the numbers of its authors' file.
#[test]
fn the_published_transformer_is_unchanged() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let bytes = |file: &str| std::fs::read(root.join(file)).unwrap();
    let shipped = bytes("www/models/group-operations/pizza_p99zdpze5l.safetensors");
    let published = bytes("tests/fixtures/group_operations/pizza_p99zdpze5l.pt");
    let [shipped, published] =
        [&shipped, &published].map(|bytes| compact_proofs::weights::read(bytes).unwrap().tensors);
    assert_eq!(shipped.len(), 12);
    for (name, tensor) in &published {
        assert_eq!(shipped[name].shape(), tensor.shape(), "{name}");
        assert_eq!(shipped[name].to_array().unwrap(), tensor.to_array().unwrap(), "{name}");
    }
}

/// The commands make the shipped files again: the model of one whole training, and the page's first
/// frontier.
#[test]
fn the_gallery_is_regenerated_bit_for_bit() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/models/max-of-k");
    let folder = scratch("gallery");
    let trained = folder.join("max4_v64_s50.safetensors");
    let output = run(&["train", "--k", "4", "--seed", "50", "-o", &trained.display().to_string()]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(
        std::fs::read(&trained).unwrap(),
        std::fs::read(shipped.join("max4_v64_s50.safetensors")).unwrap()
    );

    let manifest: Value =
        serde_json::from_slice(&std::fs::read(shipped.join("manifest.json")).unwrap()).unwrap();
    let default = manifest["default"].as_str().unwrap();
    std::fs::copy(shipped.join(default), folder.join(default)).unwrap();
    let output = run(&["gallery", &folder.display().to_string(), "--first-paint-only"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let first_paint =
        |folder: &Path| std::fs::read_to_string(folder.join("first-paint.json")).unwrap();
    assert!(
        first_paint(&folder) == first_paint(&shipped),
        "run `npm run gallery -- --first-paint-only` and commit it"
    );

    let hashes: Value =
        serde_json::from_slice(&std::fs::read(shipped.join("hashes.json")).unwrap()).unwrap();
    let models = manifest["models"].as_array().unwrap();
    assert_eq!(hashes.as_object().unwrap().len(), models.len());
    assert_eq!(models.len(), 151 + 3 * 20);
    for model in models {
        let file = std::fs::read(shipped.join(model["file"].as_str().unwrap())).unwrap();
        assert!(file.len() < 64 << 10, "{model}");
        let name = model["file"].as_str().unwrap();
        let (plain, facts) = MaxOfK::load_plain(name, &file).unwrap();
        assert_eq!(plain.model(), MaxOfK::load(name, &file).unwrap().0.model(), "{name}");
        assert_eq!(hashes[name], sha256(&file)[..16], "{model}");
        let said: Vec<f64> =
            facts.metadata["accuracy"].split(' ').flat_map(str::parse).take(2).collect();
        assert!(said[0] > 0.95 * said[1], "{name}: {said:?}");
    }
}
