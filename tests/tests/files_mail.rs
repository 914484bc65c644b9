//! Mail that nobody here wrote (`../shared/files`, where it is present): how each file ends, and what other readers'
//! tests say is in it.

use std::fs::File;
use std::path::{Path, PathBuf};

use phisift::extract::{Emit, Extraction, Hint, Input, extract};
use phisift::model::{Limits, Reason, ReasonClass, Segment, SourceState, Step, Unread};

use crate::tree;

const FOLDERS: [&str; 4] = ["eml", "mbox", "msg", "pst"];

#[derive(Default)]
struct Read {
    text: String,
    unread: Vec<Unread>,
}

impl Emit for Read {
    fn segment(&mut self, segment: Segment) -> bool {
        assert!(segment.is_sound());
        self.text.push_str(&segment.text.reveal());
        self.text.push('\n');
        true
    }
    fn unread(&mut self, part: Unread) {
        self.unread.push(part);
    }
}

fn read(path: &Path) -> (Read, Extraction) {
    let mut read = Read::default();
    let hint = Hint { name: path.file_name().unwrap().as_encoded_bytes(), format: None };
    let extraction = extract(Input::File(&mut File::open(path).unwrap()), hint, &Limits::default(), &mut read);
    read.text = read.text.split_whitespace().collect::<Vec<_>>().join(" ");
    (read, extraction)
}

/// The folder of the files and the rows of one of its tables; `None`, said aloud, where it is absent.
fn shared(table: &str) -> Option<(PathBuf, Vec<Vec<String>>)> {
    let shared = std::env::var_os("PHISIFT_SHARED").map(PathBuf::from);
    let folder = shared.or_else(|| Some(tree::root().parent()?.join("shared")))?.join("files");
    let Ok(bytes) = std::fs::read(folder.join(table)) else {
        eprintln!("not run: {} is absent", folder.display());
        return None;
    };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Some((folder, text.lines().skip(1).map(|line| line.split('\t').map(str::to_owned).collect()).collect()))
}

fn is_mail(path: &str) -> bool {
    FOLDERS.iter().any(|it| path.split('/').next() == Some(*it))
}

/// True for a place in an attachment that is no message itself: damage there is not the mail's.
fn is_in_attachment(place: &[Step]) -> bool {
    let mut members = place.iter().filter_map(|step| match step {
        Step::Member(name) => Some(name.reveal().to_lowercase()),
        _ => None,
    });
    members.next_back().is_some_and(|name| !name.ends_with(".eml") && !name.ends_with(".msg"))
}

#[test]
fn every_message_is_read_to_its_end() {
    let Some((folder, rows)) = shared("MANIFEST.tsv") else { return };
    let rows: Vec<_> = rows.iter().filter(|row| is_mail(&row[1])).collect();
    assert!(rows.len() > 100, "{} files", rows.len());
    for row in rows {
        let (read, extraction) = read(&folder.join(&row[1]));
        let reasons: Vec<Reason> = read.unread.iter().map(|it| it.reason).collect();
        // Attachments of formats that are not read may be there; nothing of a message itself is lost.
        let excused = |it: &Reason| it.class() == ReasonClass::ByDesign || matches!(it, Reason::Unsupported);
        let lost = |it: &&Unread| !excused(&it.reason) && !is_in_attachment(&it.place);
        assert_eq!(read.unread.iter().filter(lost).count(), 0, "{}: {reasons:?}", row[1]);
        assert_ne!(extraction.state, SourceState::Failed, "{}", row[1]);
        assert_eq!(extraction.reason.is_some(), !reasons.is_empty(), "{}", row[1]);
    }
}

#[test]
fn what_other_readers_find_is_found() {
    let Some((folder, rows)) = shared("TRUTH.tsv") else { return };
    let rows: Vec<_> = rows.iter().filter(|row| is_mail(&row[0]) && row[1] == "text_contains").collect();
    let missed: Vec<_> = rows.iter().filter(|row| !read(&folder.join(&row[0])).0.text.contains(&row[2])).collect();
    assert!(missed.len() * 33 <= rows.len(), "{missed:?} of {}", rows.len());
}
