//! The workloads as a WebAssembly module without any glue, for `npm run bench`: whoever calls it
//! has a clock (`measure.mjs`).

#![expect(clippy::cast_possible_truncation, reason = "small counts; digests are modulo 2⁶⁴")]

mod workloads;

use std::cell::RefCell;
use workloads::Unit;

thread_local! {
    static UNITS: RefCell<Vec<Unit>> = const { RefCell::new(Vec::new()) };
}

/// All workloads as JSON: where it begins in the upper half, its length in the lower one.
#[unsafe(no_mangle)]
pub extern "C" fn list() -> u64 {
    let json = serde_json::to_vec(&workloads::all()).expect("names and numbers").leak();
    (json.as_ptr() as u64) << 32 | json.len() as u64
}

/// Prepares the workload with a number in the list; returns how many units it has.
#[unsafe(no_mangle)]
pub extern "C" fn prepare(workload: usize) -> usize {
    UNITS.set((workloads::all()[workload].prepare)());
    UNITS.with_borrow(Vec::len)
}

/// Runs a unit of the prepared workload; returns what it found.
#[unsafe(no_mangle)]
pub extern "C" fn unit(unit: usize) -> u64 {
    UNITS.with_borrow(|units| units[unit]())
}
