//! See `fuzz::npz`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz::npz(input));
