//! See `fuzz::torch_zip`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz::torch_zip(input));
