//! PDF files that nobody here wrote (`../shared/files`, where it is present): how each of them ends.

use std::fs::File;
use std::path::Path;

use phisift::extract::{Emit, Extraction, Hint, Input, extract};
use phisift::model::{Limits, Reason, ReasonClass, Segment, SourceState, Unread};

use crate::tree;

/// What was not read of a file.
#[derive(Default)]
struct Rest {
    unread: Vec<Unread>,
    text: String,
}

impl Emit for Rest {
    fn segment(&mut self, segment: Segment) -> bool {
        assert!(segment.is_sound());
        self.text += &segment.text.reveal();
        true
    }
    fn unread(&mut self, part: Unread) {
        self.unread.push(part);
    }
}

impl Rest {
    /// Failures of the document itself: what is embedded in it is of another format, or has a password of its own.
    fn failures(&self) -> usize {
        let of_others =
            |it: &&Unread| matches!(it.reason, Reason::Unsupported | Reason::Encrypted) && !it.place.is_empty();
        let failures = self.unread.iter().filter(|it| it.reason.class() == ReasonClass::Failure);
        failures.filter(|it| !of_others(it)).count()
    }
}

fn read(path: &Path) -> (Rest, Extraction) {
    let mut rest = Rest::default();
    let hint = Hint { name: b"file.pdf", format: None };
    let extraction = extract(Input::File(&mut File::open(path).unwrap()), hint, &Limits::default(), &mut rest);
    (rest, extraction)
}

#[test]
fn every_file_ends_as_its_class_demands() {
    let folder = tree::root().join("../shared/files");
    let Ok(manifest) = std::fs::read_to_string(folder.join("MANIFEST.tsv")) else {
        eprintln!("not run: ../shared/files is absent");
        return;
    };
    let (mut wrong, mut valid, mut whole) = (Vec::new(), 0, 0);
    for line in manifest.lines().filter(|line| line.starts_with("pdf\t")) {
        let row: Vec<&str> = line.split('\t').collect();
        let (rest, extraction) = read(&folder.join(row[1]));
        assert_eq!(extraction.format, "pdf", "{}", row[1]);
        let complete = extraction.state == SourceState::Complete;
        assert_eq!(complete, rest.unread.is_empty(), "{}", row[1]);
        let is_right = match row[6] {
            "valid" => {
                valid += 1;
                whole += usize::from(rest.failures() == 0);
                true
            }
            "encrypted" => extraction.reason == Some(Reason::Encrypted) && rest.text.is_empty(),
            // One draws its words over each other, which hides nothing.
            "malformed" => !complete || row[1].ends_with("testOverlappingText.pdf"),
            _ => true,
        };
        if !is_right {
            wrong.push(row[1].to_owned());
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(whole * 100 >= valid * 99, "{whole} of {valid} valid files are read whole");
}
