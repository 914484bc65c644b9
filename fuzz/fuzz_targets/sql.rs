//! Any bytes, read as sql.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| phisift_fuzz::read("sql", data));
