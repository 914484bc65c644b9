//! Any bytes, read as mbox.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| phisift_fuzz::read("mbox", data));
