//! See `fuzz::subcubic_proof`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz::subcubic_proof(input));
