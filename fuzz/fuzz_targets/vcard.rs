//! Any bytes, read as vcard.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| phisift_fuzz::read("vcard", data));
