//! Sweeps in shards, in this process: whatever the shards, one file.

use super::inputs::inputs;
use super::manifest::{Manifest, manifest_of};
use super::{merge, shard};
use crate::cli::provenance::Shard;
use crate::models::transformer::{Shape, Transformer};
use crate::training::random::{generator, normal};
use crate::weights::to_safetensors;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::slice::from_ref;

/// The sizes of the Max-of-K models.
const TINY: Shape = Shape { v: 3, d: 1, h: 1, n: 2 };
/// Sequences up to which brute force is run.
const MOST: u64 = 1 << 20;

fn scratch(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("sweep-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A folder with tiny networks, of which no two are alike, and a file that is none. One in ten is a
/// Max-of-K model, whose 116 proofs take most of the time; the others are for the group Z3.
fn folder_of(models: u64, at: &Path) -> PathBuf {
    let folder = at.join("models");
    fs::create_dir_all(&folder).unwrap();
    for seed in 0..models {
        let file = if seed % 10 == 0 { max_of_k(seed) } else { group(seed) };
        fs::write(folder.join(format!("m{seed:04}.safetensors")), file).unwrap();
    }
    fs::write(folder.join("cut, short.safetensors"), b"\x08\0\0\0\0\0\0\0{\"a\":").unwrap();
    folder
}

fn max_of_k(seed: u64) -> Vec<u8> {
    let mut random = generator(seed, 1);
    let model = Transformer::from_entries(TINY, || 2.0 * normal(&mut random));
    let metadata = BTreeMap::from([("seed".to_owned(), seed.to_string())]);
    to_safetensors(&model.state_dict(), &metadata)
}

fn group(seed: u64) -> Vec<u8> {
    let mut random = generator(seed, 2);
    let mut matrix = |rows, columns| {
        let numbers = (0..rows * columns).map(|_| normal(&mut random)).collect();
        (vec![1, rows, columns], numbers)
    };
    let tensors = BTreeMap::from([
        ("embedding_left", matrix(3, 2)),
        ("embedding_right", matrix(3, 2)),
        ("unembedding", matrix(2, 3)),
    ]);
    to_safetensors(&tensors, &BTreeMap::from([("group".to_owned(), "Z3".to_owned())]))
}

fn sweep(models: &Path, number: u32, of: u32, shards: &Path) -> Result<(), String> {
    let output = shards.join(format!("{number}-of-{of}.csv"));
    shard::run(&[models.into()], Shard { number, of }, MOST, &output).map_err(|e| e.to_string())
}

/// Sweeps in a number of shards, and merges them.
fn swept(models: &Path, of: u32, at: &Path) -> PathBuf {
    let shards = at.join(format!("in-{of}"));
    fs::create_dir_all(&shards).unwrap();
    (1..=of).for_each(|number| sweep(models, number, of, &shards).unwrap());
    shards
}

fn merged(shards: &[PathBuf], at: &Path) -> Result<[Vec<u8>; 2], String> {
    let output = at.join("merged.csv");
    let arguments =
        merge::Arguments { shards: shards.into(), output: output.clone(), summary: None };
    merge::run(&arguments).map_err(|e| e.to_string())?;
    Ok(["csv", "parquet"].map(|ending| fs::read(output.with_extension(ending)).unwrap()))
}

#[test]
fn a_thousand_models_in_1_7_and_100_shards_are_one_file() {
    let at = scratch("thousand");
    let models = folder_of(1000, &at);
    let [one, seven, hundred] = [1, 7, 100].map(|of| {
        // As many threads as there happen to be, and one.
        let threads = rayon::ThreadPoolBuilder::new().num_threads(if of == 7 { 1 } else { 0 });
        let shards = threads.build().unwrap().install(|| swept(&models, of, &at));
        (merged(from_ref(&shards), &at).unwrap(), shards)
    });
    assert!(one.0 == seven.0 && one.0 == hundred.0);
    let rows = csv::Reader::from_reader(&one.0[0][..]).into_records();
    let rows: Vec<_> = rows.collect::<Result<_, _>>().unwrap();
    let files: BTreeSet<_> = rows.iter().map(|row| row[2].to_owned()).collect();
    assert_eq!(files.len(), 1001);
    let unread: Vec<_> = rows.iter().filter(|row| row[10].is_empty()).collect();
    assert_eq!(unread.len(), 1);
    assert!(&unread[0][2] == "cut, short.safetensors" && unread[0][24].contains("cut"));
    assert_eq!(&one.0[1][..4], b"PAR1");

    let tasks = rows.iter().map(|row| row[0].to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(tasks.len(), 3, "two tasks, and what is no network: {tasks:?}");

    // Both sweeps together are the same rows twice.
    assert!(merged(&[one.1, seven.1.clone()], &at).unwrap() == one.0);

    // Files that are added move none: every shard keeps its files, and proves only the new ones.
    fs::copy(models.join("m0001.safetensors"), models.join("again.safetensors")).unwrap();
    assert_eq!(inputs(from_ref(&models)).unwrap().len(), 1001, "the same content, once");
    let before: Vec<_> = (1..=7).map(|i| manifest(&seven.1, i, 7)).collect();
    let further = Transformer::from_entries(TINY, || 0.5).state_dict();
    fs::write(models.join("z.safetensors"), to_safetensors(&further, &BTreeMap::new())).unwrap();
    let shards = swept(&models, 7, &at);
    let after: Vec<_> = (1..=7).map(|i| manifest(&shards, i, 7)).collect();
    let of = |all: &[Manifest]| all.iter().map(|one| one.inputs.len()).sum::<usize>();
    assert_eq!((of(&before), of(&after)), (1001, 1002));
    for (before, after) in before.iter().zip(&after) {
        let is_kept =
            |old: &super::entry::Swept| after.inputs.iter().any(|new| new.sha256 == old.sha256);
        assert!(before.inputs.iter().all(is_kept));
    }
    fs::remove_dir_all(at).unwrap();
}

fn manifest(shards: &Path, number: u32, of: u32) -> Manifest {
    Manifest::read(&manifest_of(&shards.join(format!("{number}-of-{of}.csv")))).unwrap()
}

#[test]
fn what_is_damaged_foreign_missing_or_contradicts_is_refused() {
    let at = scratch("refused");
    let models = folder_of(6, &at);
    let shards = swept(&models, 2, &at);
    let whole = merged(from_ref(&shards), &at).unwrap();
    let (table, about) = (shards.join("1-of-2.csv"), shards.join("1-of-2.manifest.json"));
    let (csv, json) = (fs::read(&table).unwrap(), fs::read_to_string(&about).unwrap());
    let refused = |shards: &[PathBuf], says: &str| {
        let why = merged(shards, &at).unwrap_err();
        assert!(why.contains(says), "{why}");
    };

    // A shard of which a byte was lost is refused, and repaired by sweeping it again.
    fs::write(&table, &csv[..csv.len() - 1]).unwrap();
    refused(from_ref(&shards), "1-of-2.csv is damaged");
    sweep(&models, 1, 2, &shards).unwrap();
    assert_eq!(fs::read(&table).unwrap(), csv);

    // A shard of another version is refused, and not swept over.
    let build = env!("COMPACT_PROOFS_BUILD");
    fs::write(&about, json.replace(build, "0123456789abcdef")).unwrap();
    refused(from_ref(&shards), "build 0123456789abcdef");
    let why = sweep(&models, 1, 2, &shards).unwrap_err();
    assert!(why.contains("remove it, or name another file"), "{why}");
    assert_eq!(fs::read(&table).unwrap(), csv);
    fs::write(&about, &json).unwrap();

    // A shard that is not there.
    refused(&[shards.join("2-of-2.manifest.json")], "shards are missing: 1/2");
    refused(from_ref(&models), "no shards");

    // The same rows twice are one; rows that differ are refused, with what differs.
    let again = at.join("again");
    fs::create_dir_all(&again).unwrap();
    let text = String::from_utf8(csv.clone()).unwrap();
    fs::write(again.join("1-of-2.csv"), &csv).unwrap();
    fs::write(again.join("1-of-2.manifest.json"), &json).unwrap();
    assert!(merged(&[shards.clone(), again.clone()], &at).unwrap() == whole);
    let line = text.lines().find(|line| line.contains(",brute-force,")).unwrap();
    let other = text.replace(line, &line.replace(",9,", ",8,"));
    assert_ne!(other, text);
    fs::write(again.join("1-of-2.csv"), &other).unwrap();
    let hash = crate::tasks::max_of_k::sha256;
    let forged = json.replace(&hash(&csv), &hash(other.as_bytes()));
    fs::write(again.join("1-of-2.manifest.json"), forged).unwrap();
    refused(&[shards, again], "`8` and `9`");
    fs::remove_dir_all(at).unwrap();
}

#[test]
fn an_interrupted_shard_goes_on_from_what_it_has() {
    let at = scratch("interrupted");
    let models = folder_of(5, &at);
    let whole = swept(&models, 1, &at);
    let csv = fs::read(whole.join("1-of-1.csv")).unwrap();

    // As a killed process leaves it: a journal whose last line is cut short, and no manifest.
    let shards = at.join("killed");
    fs::create_dir_all(&shards).unwrap();
    let output = shards.join("1-of-1.csv");
    let made = manifest(&whole, 1, 1).made;
    let entries = super::manifest::finished(&whole.join("1-of-1.csv"), &made).unwrap().unwrap();
    let mut journal = super::journal::Journal::new(&output, &made);
    entries.values().take(4).for_each(|entry| journal.add(entry).unwrap());
    let [left] = &super::journal::left(&output).unwrap()[..] else { panic!("one journal") };
    let text = fs::read_to_string(left).unwrap();
    assert_eq!(super::journal::read(left, &made).len(), 4);
    fs::write(left, &text[..text.len() - 100]).unwrap();
    assert_eq!(super::journal::read(left, &made).len(), 3);
    let other = super::manifest::Made { most_sequences: 5, ..made };
    assert_eq!(super::journal::read(left, &other).len(), 0, "of another sweep");

    sweep(&models, 1, 1, &shards).unwrap();
    assert_eq!(fs::read(&output).unwrap(), csv);
    assert_eq!(manifest(&shards, 1, 1).resumed, 3);
    assert!(super::journal::left(&output).unwrap().is_empty());

    // A finished shard is left as it is.
    let times =
        |shards: &Path| fs::metadata(shards.join("1-of-1.csv")).unwrap().modified().unwrap();
    let before = times(&shards);
    sweep(&models, 1, 1, &shards).unwrap();
    assert_eq!(times(&shards), before);
    fs::remove_dir_all(at).unwrap();
}

#[test]
fn a_plan_stands_for_its_folders_and_counts_every_proof() {
    let at = scratch("plan");
    let models = folder_of(8, &at);
    let plan = super::plan::Plan::new(from_ref(&models), MOST, Some(3)).unwrap();
    let file = at.join("plan.json");
    plan.write(&file).unwrap();
    assert_eq!(inputs(from_ref(&file)).unwrap(), inputs(from_ref(&models)).unwrap());
    let said: serde_json::Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    assert_eq!((&said["models"], &said["unread"]), (&8.into(), &1.into()));
    let jobs = said["shards"].as_array().unwrap();
    let sum = |field: &str| jobs.iter().map(|job| job[field].as_f64().unwrap()).sum::<f64>();
    assert_eq!(sum("models"), 9.0);
    assert_eq!(sum("bytes"), said["bytes"].as_f64().unwrap());
    let seconds = said["core_seconds"].as_f64().unwrap();
    assert!(seconds > 0.0 && (sum("core_seconds") - seconds).abs() < 1e-9 * seconds);
    let shards = swept(&file, 1, &at);
    let rows = fs::read_to_string(shards.join("1-of-1.csv")).unwrap().lines().count();
    let classes = said["classes"].as_array().unwrap();
    let proofs = classes.iter().map(|class| class["proofs"].as_u64().unwrap()).sum::<u64>();
    assert_eq!(
        usize::try_from(proofs).unwrap(),
        rows - 2,
        "all but the head and the file that is no network"
    );

    // A file that is another one than was planned is no model to prove.
    fs::write(models.join("m0001.safetensors"), "another").unwrap();
    let why = sweep(&file, 1, 2, &at).and_then(|()| sweep(&file, 2, 2, &at)).unwrap_err();
    assert!(why.contains("has changed since it was listed"), "{why}");
    assert!(super::plan::Plan::read(&at.join("1-of-1.csv")).is_err());
    fs::remove_dir_all(at).unwrap();
}
