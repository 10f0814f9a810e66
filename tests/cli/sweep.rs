//! `sweep`: all proofs of many models, in one run or several.

use super::{run, scratch, text};
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn a_sweep_continues_where_it_was() {
    let folder = scratch("sweep");
    let models = folder.join("models");
    std::fs::create_dir_all(&models).unwrap();
    let file = |k: &str| models.join(format!("k{k}, one.safetensors")).display().to_string();
    for k in ["1", "2"] {
        assert!(run(&["train", "--k", k, "--steps", "20", "-o", &file(k)]).status.success());
    }
    std::fs::write(models.join("notes.json"), "{}").unwrap();
    let (results, models) = (folder.join("results.csv"), models.display().to_string());
    let sweep = || run(&["sweep", &models, "-o", &results.display().to_string()]);
    let first = sweep();
    assert!(first.status.success(), "{}", text(&first.stderr));
    assert!(
        text(&first.stderr).contains("notes.json"),
        "what is no model is named: {}",
        text(&first.stderr)
    );
    let whole = std::fs::read_to_string(&results).unwrap();
    assert_eq!(whole.lines().count(), 1 + 2 * 116);
    assert!(whole.lines().all(|line| line.split(',').count() >= 15));

    // Rows that are there are kept as they are; missing ones are run.
    let without: String = whole
        .lines()
        .filter(|line| !line.contains("k1, one"))
        .map(|line| format!("{line}\n"))
        .collect();
    std::fs::write(&results, &without).unwrap();
    assert!(sweep().status.success());
    let again = std::fs::read_to_string(&results).unwrap();
    assert_eq!(again.lines().count(), 1 + 2 * 116);
    assert!(without.lines().all(|line| again.contains(line)));
    std::fs::write(&results, "something else\n").unwrap();
    let refused = sweep();
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(std::fs::read_to_string(&results).unwrap(), "something else\n");
}

/// Seeds that are trained in shards are the same files, bit for bit, and those that are there stay.
#[test]
fn seeds_in_shards_are_the_same_files() {
    let folder = scratch("seeds");
    let (whole, parts) = (folder.join("whole"), folder.join("parts"));
    let train = |to: &Path, steps: &str, more: &[&str]| {
        let to = to.display().to_string();
        let all = ["train", "--k", "1", "--steps", steps, "--seeds", "0..4", "-o", &to];
        run(&[&all[..], more].concat())
    };
    assert!(train(&whole, "3", &[]).status.success());
    for shard in ["1/3", "2/3", "3/3"] {
        assert!(train(&parts, "3", &["--shard", shard]).status.success());
    }
    for seed in 0..4 {
        let file = format!("max1_v64_s{seed}.safetensors");
        let read = |folder: &Path| std::fs::read(folder.join(&file)).unwrap();
        assert!(read(&whole) == read(&parts), "{file}");
    }
    let again = train(&parts, "3", &[]);
    assert!(text(&again.stdout).contains("4 models, 4 of them trained before"));
    let refused = train(&parts, "4", &[]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("another recipe"), "{}", text(&refused.stderr));
}

/// A sweep goes on after a strategy that fails, and leaves out a file that cannot be read.
#[test]
fn a_sweep_goes_on_where_something_fails() {
    let folder = scratch("sweep-faults");
    for model in ["svd_min", "nan"] {
        let file = format!("verify_all_{model}.safetensors");
        let faults = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults");
        std::fs::copy(faults.join(&file), folder.join(&file)).unwrap();
    }
    std::fs::create_dir(folder.join("folder.pt")).unwrap();
    let results = folder.join("results.csv");
    let swept =
        run(&["sweep", &folder.display().to_string(), "-o", &results.display().to_string()]);
    assert!(swept.status.success(), "{}", text(&swept.stderr));
    assert!(
        text(&swept.stderr).contains("folder.pt")
            && text(&swept.stderr).contains("no published count")
    );
    assert_eq!(std::fs::read_to_string(&results).unwrap().lines().count(), 1 + 2 * 116);
}

/// `npm run table` writes the shipped tables and frontiers from the shipped sweep. Sweeping one of
/// its models again gives the shipped rows, except for `seconds`.
#[test]
fn the_tables_are_those_of_the_shipped_sweep() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = scratch("tables");
    let read = |path: PathBuf| std::fs::read_to_string(&path).unwrap();
    let (sweep, tables) = (folder.join("sweep.csv"), folder.join("RESULTS.md"));
    let accuracies = folder.join("accuracies.json");
    let frontiers = folder.join("frontiers.json");
    let ratios = folder.join("ratios.json");
    let shipped = read(root.join("www/models/max-of-k/sweep.csv"));
    let swept_again = "max4_v64_s50.safetensors";
    let rest: Vec<_> = shipped.lines().filter(|line| !line.contains(swept_again)).collect();
    assert_eq!(shipped.lines().count() - rest.len(), 116);
    std::fs::write(&sweep, rest.join("\n")).unwrap();

    let output = Command::new(env!("CARGO_BIN_EXE_compact-proofs"))
        .current_dir(root)
        .args(["sweep", "www/models/max-of-k", "-o"])
        .arg(&sweep)
        .arg("--summary")
        .arg(&tables)
        .arg("--accuracies")
        .arg(&accuracies)
        .arg("--frontiers")
        .arg(&frontiers)
        .arg("--ratios")
        .arg(&ratios)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    for (written, shipped) in [
        (tables, "www/models/RESULTS.md"),
        (accuracies, "www/models/max-of-k/accuracies.json"),
        (frontiers, "www/models/max-of-k/frontiers.json"),
        (ratios, "www/models/max-of-k/ratios.json"),
    ] {
        let same = read(written) == read(root.join(shipped));
        assert!(same, "run `npm run table` and commit {shipped}");
    }
    let without_seconds = |line: &str| {
        let fields: Vec<_> = line.split(',').collect();
        [&fields[..14], &fields[15..]].concat().join(",")
    };
    let again = read(sweep);
    assert_eq!(again.lines().count(), shipped.lines().count());
    for (again, shipped) in again.lines().zip(shipped.lines()) {
        assert_eq!(
            without_seconds(again),
            without_seconds(shipped),
            "remove www/models/max-of-k/sweep.csv, run `npm run table`, and commit what it writes"
        );
    }
}
