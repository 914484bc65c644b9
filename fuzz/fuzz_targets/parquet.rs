//! Any bytes, read as parquet.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| phisift_fuzz::read("parquet", data));
