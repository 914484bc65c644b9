//! Any bytes, read as tiff.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| phisift_fuzz::read("tiff", data));
