//! Tells the native program which sources it is made of, so that results of two programs are told
//! apart, also before their version has changed.

use std::path::{Path, PathBuf};
use std::{env, fs};

/// Folders whose programs have no part in a row of a sweep.
const OTHERS: [&str; 4] = ["src/web", "src/tool", "src/formal", "src/plot"];

fn main() {
    println!("cargo:rerun-if-changed=src/cli/build.rs");
    // The modules of the page say no build: their library is compiled with the page.
    if env::var_os("CARGO_FEATURE_CLI").is_none() {
        return;
    }
    let mut files = vec![PathBuf::from("Cargo.lock")];
    collect(Path::new("src"), &mut files);
    files.sort();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64; // FNV-1a, in 64 bits
    for file in &files {
        println!("cargo:rerun-if-changed={}", file.display());
        let text = fs::read(file).expect("cargo runs this in the folder of the package");
        let name = file.to_string_lossy().replace('\\', "/");
        for byte in name.bytes().chain(text).filter(|&byte| byte != b'\r') {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    println!("cargo:rustc-env=COMPACT_PROOFS_BUILD={hash:016x}");
}

/// The Rust sources below a folder.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the package") {
        let path = entry.expect("a folder of the package").path();
        if path.is_dir() && !OTHERS.iter().any(|other| path == Path::new(other)) {
            collect(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}
