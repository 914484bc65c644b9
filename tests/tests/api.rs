//! phisift as the tests call it: the same entry points that the bindings use.

use std::sync::{Arc, LazyLock};

use phisift::detect::{Detector, DetectorOptions, Ruleset};
use phisift::scan::{Found, ScanOptions, Scanner};

/// The built-in patterns, default options, one thread.
pub fn scanner() -> &'static Scanner {
    static SCANNER: LazyLock<Scanner> = LazyLock::new(|| {
        let detector = Detector::new(Ruleset::builtin().unwrap(), DetectorOptions::default());
        Scanner::new(Arc::new(detector.unwrap()), ScanOptions::default())
    });
    &SCANNER
}

/// What is found in a text, or in the value of a field of that name.
pub fn detect(text: &str, label: Option<&str>) -> Vec<Found> {
    match label {
        Some(label) => scanner().detect_value(label, text),
        None => scanner().detect_text(text),
    }
}
