//! Any bytes, read as hl7v2.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| phisift_fuzz::read("hl7v2", data));
