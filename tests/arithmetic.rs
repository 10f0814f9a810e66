//! The part of `suite` that differs with the instructions of a machine: kernels and bits.
//! WebAssembly without SIMD128 runs this program instead of `suite`, which takes three times as
//! long to compile.
#![cfg(target_arch = "wasm32")]

mod bits;
mod kernels;
mod superposition_bits;

mod common;

// Away from the page's thread, see `suite.rs`.
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);
