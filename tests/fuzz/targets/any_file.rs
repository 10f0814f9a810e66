//! See `fuzz::any_file`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz::any_file(input));
