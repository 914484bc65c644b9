//! Any bytes, read as bzip2.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| phisift_fuzz::read("bzip2", data));
