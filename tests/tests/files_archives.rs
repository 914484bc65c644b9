//! Archives, compressed files and images that nobody here wrote (`../shared/files`, where it is present): how each ends.

use phisift::model::{Reason, ReasonClass, SourceState};

use crate::files_office::{read, shared};

/// An archive that names its coder by nothing.
const UNSUPPORTED: [&str; 1] = ["data__copy_2.7z"];
/// Thousands of times smaller than what it holds.
const BOMBS: [&str; 1] = ["TIKA-216.tgz"];

#[test]
fn every_archive_ends_as_its_class_demands() {
    let Some((folder, rows)) = shared("MANIFEST.tsv") else { return };
    for row in rows.iter().filter(|row| ["tar", "7z"].contains(&row[0].as_str())) {
        let (read, extraction) = read(&folder.join(&row[1]));
        let is = |names: &[&str]| names.iter().any(|name| row[1].ends_with(name));
        // Old Office files inside are not these readers' concern.
        let foreign = |it: &&phisift::model::Unread| it.reason == Reason::Unsupported && !it.place.is_empty();
        let failures = read.unread.iter().filter(|it| it.reason.class() == ReasonClass::Failure && !foreign(it));
        let reasons: Vec<_> = failures.map(|it| it.reason).collect();
        match row[6].as_str() {
            "valid" if is(&UNSUPPORTED) => assert_eq!(extraction.reason, Some(Reason::Unsupported), "{}", row[1]),
            "valid" if is(&BOMBS) => assert!(reasons.contains(&Reason::LimitRatio), "{}: {reasons:?}", row[1]),
            "valid" => assert!(reasons.is_empty(), "{}: {reasons:?}", row[1]),
            "encrypted" => assert!(reasons.contains(&Reason::Encrypted), "{}: {reasons:?}", row[1]),
            "malformed" | "hostile" => assert!(!reasons.is_empty(), "{}", row[1]),
            class => panic!("{}: no rule for {class}", row[1]),
        }
    }
}

#[test]
fn pixels_are_named_and_metadata_is_read() {
    let Some((folder, rows)) = shared("MANIFEST.tsv") else { return };
    for row in rows.iter().filter(|row| row[0] == "image" && row[6] == "valid") {
        let (_, extraction) = read(&folder.join(&row[1]));
        assert_eq!(
            (extraction.state, extraction.reason),
            (SourceState::Partial, Some(Reason::ImageContent)),
            "{}",
            row[1]
        );
    }
    let (read, _) = read(&folder.join("image/tika__test-documents__testJPEG_GEO.jpg"));
    let labels: Vec<_> = read.segments.iter().flat_map(|it| &it.frame.labels).map(|it| it.name.reveal()).collect();
    assert!(labels.iter().any(|it| it == "gps"), "{labels:?}");
}
