//! See `fuzz::torch_legacy`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz::torch_legacy(input));
