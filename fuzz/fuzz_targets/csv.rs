//! Any bytes, read as csv.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| phisift_fuzz::read("csv", data));
