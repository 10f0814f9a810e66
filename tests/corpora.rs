//! The committed inputs of the fuzz targets, through the same functions, without libFuzzer.
#![cfg(not(target_arch = "wasm32"))]

#[path = "fuzz/src/lib.rs"]
mod fuzz;

use std::fs;
use std::path::Path;

/// The largest size of all inputs together, in bytes: a corpus reaches all of the code quickly, it
/// does not keep all that a long run saw.
const MOST_BYTES: u64 = 300_000;

#[test]
fn every_committed_input_passes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz");
    let (mut inputs, mut bytes) = (0, 0);
    for (name, target) in fuzz::TARGETS {
        assert!(root.join(format!("targets/{name}.rs")).is_file(), "no target {name}");
        let mut paths: Vec<_> = fs::read_dir(root.join("corpus").join(name))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        paths.sort();
        assert!(paths.len() >= 2, "{name} has {} inputs", paths.len());
        target(b"");
        for path in paths {
            let input = fs::read(&path).unwrap();
            // Names the input, in case it panics.
            println!("{}", path.display());
            target(&input);
            (inputs, bytes) = (inputs + 1, bytes + input.len() as u64);
        }
    }
    let targets = fs::read_dir(root.join("targets")).unwrap().count();
    assert_eq!(targets, fuzz::TARGETS.len(), "targets that are run by nothing but libFuzzer");
    assert!(bytes <= MOST_BYTES, "{inputs} inputs of {bytes} bytes, expected at most {MOST_BYTES}");
    println!("{inputs} inputs of {bytes} bytes");
}
