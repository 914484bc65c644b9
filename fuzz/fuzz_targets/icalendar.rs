//! Any bytes, read as icalendar.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| phisift_fuzz::read("icalendar", data));
