//! Any bytes, read as pdf.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| phisift_fuzz::read("pdf", data));
