//! All tests of the library from outside but those of memory and of fuzz corpora, as one program:
//! each program takes its time to build and, in WebAssembly, a browser.

#![cfg_attr(
    not(target_arch = "wasm32"),
    expect(clippy::disallowed_methods, reason = "native tests have clocks and threads")
)]

#[cfg(not(target_arch = "wasm32"))]
mod checkpoints;
#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
mod cli;
#[cfg(not(target_arch = "wasm32"))]
mod exp;

mod additive;
mod bits;
mod built;
mod canonical;
mod certificates;
mod checker;
mod checker_coins;
mod checker_files;
mod checker_pairs;
mod decoders;
mod explain;
mod group_certificates;
mod group_explain;
mod group_operations;
mod group_soundness;
mod integral_soundness;
mod kernels;
mod limits;
mod oracle;
mod proofs;
mod sampling;
mod soundness;
mod subcubic;
mod superposition_bits;
mod superposition_soundness;
mod transformer;
mod weighted;
mod weights;

mod common;
#[path = "common/files.rs"]
mod files;
#[path = "common/truth/mod.rs"]
mod truth;

// Runs in a worker, so that the page can answer: WebDriver gives up on a page silent for 30
// seconds.
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);
