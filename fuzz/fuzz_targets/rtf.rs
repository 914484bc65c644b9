//! Any bytes, read as rtf.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| phisift_fuzz::read("rtf", data));
