//! Any bytes, read as arrow-stream.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| phisift_fuzz::read("arrow-stream", data));
