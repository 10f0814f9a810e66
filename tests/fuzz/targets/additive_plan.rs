//! See `fuzz::additive_plan`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz::additive_plan(input));
