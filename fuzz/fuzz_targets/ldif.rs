//! Any bytes, read as ldif.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| phisift_fuzz::read("ldif", data));
