//! Any bytes, read as jpeg.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| phisift_fuzz::read("jpeg", data));
