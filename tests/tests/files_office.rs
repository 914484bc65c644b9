//! Office documents and archives that nobody here wrote (`../shared/files`, where it is present): how each ends, and
//! what other readers' tests say is in them.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use phisift::extract::{Emit, Extraction, Hint, Input, extract};
use phisift::model::{Limits, Reason, Segment, SourceState, Step, Unread};

use crate::tree;

const FOLDERS: [&str; 8] = ["docx", "pptx", "xlsx", "odt", "ods", "odp", "rtf", "zip"];

/// What came out of a file.
#[derive(Default)]
pub struct Read {
    pub segments: Vec<Segment>,
    pub unread: Vec<Unread>,
}

impl Emit for Read {
    fn segment(&mut self, segment: Segment) -> bool {
        self.segments.push(segment);
        true
    }
    fn unread(&mut self, part: Unread) {
        self.unread.push(part);
    }
}

impl Read {
    /// All text, white space made one.
    pub fn text(&self) -> String {
        let all: Vec<String> = self.segments.iter().map(|it| it.text.reveal()).collect();
        all.join("\n").split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

pub fn read(path: &Path) -> (Read, Extraction) {
    let mut read = Read::default();
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let hint = Hint { name: name.as_bytes(), format: None };
    let extraction = extract(Input::File(&mut File::open(path).unwrap()), hint, &Limits::default(), &mut read);
    (read, extraction)
}

/// The folder of the files and the rows of one of its tables; `None`, said aloud, where it is absent.
pub fn shared(table: &str) -> Option<(PathBuf, Vec<Vec<String>>)> {
    let folder = tree::root().join("../shared/files");
    let Ok(text) = std::fs::read(folder.join(table)) else {
        eprintln!("not run: ../shared/files is absent");
        return None;
    };
    let text = String::from_utf8_lossy(&text).into_owned();
    let rows = text.lines().skip(1).map(|line| line.split('\t').map(str::to_owned).collect());
    Some((folder, rows.collect()))
}

/// OLE containers: old binary documents, and what encrypted ones are wrapped in.
fn is_ole(path: &Path) -> bool {
    std::fs::read(path).unwrap().starts_with(b"\xD0\xCF\x11\xE0")
}

#[test]
fn every_file_ends_as_its_class_demands() {
    let Some((folder, rows)) = shared("MANIFEST.tsv") else { return };
    // Written by mistake as encrypted, or damaged in a way that hides nothing.
    const READABLE: [&str; 1] = ["ignore_encryption_flag.zip"];
    let (mut wrong, mut valid, mut complete) = (Vec::new(), 0, 0);
    for row in rows.iter().filter(|row| FOLDERS.contains(&row[0].as_str())) {
        let path = folder.join(&row[1]);
        if is_ole(&path) {
            continue;
        }
        let (read, extraction) = read(&path);
        let whole = extraction.state == SourceState::Complete;
        // What is by design unread, and embedded objects of other formats, are not these readers' concern.
        let foreign = |it: &Unread| it.reason == Reason::Unsupported && !it.place.is_empty();
        let own = read.unread.iter().filter(|it| it.reason.class() != phisift::model::ReasonClass::ByDesign);
        let own: Vec<_> = own.filter(|it| !foreign(it)).map(|it| it.reason).collect();
        match row[6].as_str() {
            "valid" => {
                valid += 1;
                complete += usize::from(own.is_empty());
                if !own.is_empty() {
                    wrong.push(format!("{}: {own:?}", row[1]));
                }
            }
            "encrypted" if READABLE.iter().any(|it| row[1].ends_with(it)) => {
                assert!(whole, "{}: {own:?}", row[1]);
            }
            "encrypted" => assert!(own.contains(&Reason::Encrypted), "{}: {own:?}", row[1]),
            "hostile" => assert!(!whole && !own.is_empty(), "{}: {own:?}", row[1]),
            _ => assert_eq!(whole, read.unread.is_empty(), "{}", row[1]),
        }
    }
    assert!(complete * 100 >= valid * 99, "{complete} of {valid}: {wrong:#?}");
}

#[test]
fn what_other_readers_find_in_a_file_is_found() {
    let Some((folder, rows)) = shared("TRUTH.tsv") else { return };
    let mut wanted: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row[1] == "text_contains" && row[3] == "text") {
        // Names of Java exceptions are what those tests expect instead of text.
        if row[2].contains("Exception") {
            continue;
        }
        let office = FOLDERS.contains(&row[0].split('/').next().unwrap_or_default());
        if office && !is_ole(&folder.join(&row[0])) {
            wanted.entry(&row[0]).or_default().push(&row[2]);
        }
    }
    let (mut missed, mut count) = (Vec::new(), 0);
    for (file, values) in wanted {
        let text = read(&folder.join(file)).0.text();
        for value in values {
            count += 1;
            let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
            if !text.contains(&value) {
                missed.push(format!("{file}: {value}"));
            }
        }
    }
    assert!(missed.len() * 100 <= count * 3, "{} of {count} missed: {missed:#?}", missed.len());
}

#[test]
fn slides_sheets_and_members_say_where_they_are() {
    let Some((folder, _)) = shared("MANIFEST.tsv") else { return };
    let (read, _) = read(&folder.join("zip/tika__test-documents__droste.zip"));
    assert!(read.unread.iter().any(|it| it.reason == Reason::LimitDepth && it.place.len() > 5));
    assert!(read.unread.iter().all(|it| matches!(it.place[0], Step::Member(_))));
}
