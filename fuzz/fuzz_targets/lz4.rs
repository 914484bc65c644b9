//! Any bytes, read as lz4.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| phisift_fuzz::read("lz4", data));
