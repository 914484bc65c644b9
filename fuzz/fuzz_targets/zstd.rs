//! Any bytes, read as zstd.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| phisift_fuzz::read("zstd", data));
