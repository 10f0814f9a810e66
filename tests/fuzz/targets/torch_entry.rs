//! See `fuzz::torch_entry`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz::torch_entry(input));
