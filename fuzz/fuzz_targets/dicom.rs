//! Any bytes, read as dicom.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| phisift_fuzz::read("dicom", data));
