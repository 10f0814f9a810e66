//! Kernels and bits: the tests that differ with the instructions of a machine. WebAssembly without
//! SIMD128 runs this program alone.

mod bits;
mod kernels;

mod common;

// Away from the page's thread, see `suite.rs`.
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);
