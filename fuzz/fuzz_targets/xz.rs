//! Any bytes, read as xz.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| phisift_fuzz::read("xz", data));
