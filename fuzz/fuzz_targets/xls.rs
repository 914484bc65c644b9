//! Any bytes, read as xls.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| phisift_fuzz::read("xls", data));
