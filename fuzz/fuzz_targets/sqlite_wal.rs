//! Any bytes, read as sqlite-wal.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| phisift_fuzz::read("sqlite-wal", data));
