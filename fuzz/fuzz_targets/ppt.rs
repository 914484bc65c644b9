//! Any bytes, read as ppt.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| phisift_fuzz::read("ppt", data));
