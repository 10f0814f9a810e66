//! See `fuzz::zip`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz::zip(input));
