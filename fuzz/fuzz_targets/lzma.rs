//! Any bytes, read as lzma.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| phisift_fuzz::read("lzma", data));
