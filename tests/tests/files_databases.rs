//! Databases and columnar files that nobody here wrote (`../shared/files`, where it is present): how each file ends,
//! and that files of the same records say the same.

use std::collections::HashSet;
use std::fs::File;
use std::path::{Path, PathBuf};

use phisift::extract::{Emit, Extraction, Hint, Input, extract};
use phisift::model::{Limits, Reason, Segment, SourceState, Unread};

use crate::tree;

const FOLDERS: [&str; 6] = ["sqlite", "sql", "parquet", "arrow", "avro", "orc"];

/// All values.
#[derive(Default)]
struct Read {
    values: HashSet<String>,
    unread: Vec<Unread>,
}

impl Emit for Read {
    fn segment(&mut self, segment: Segment) -> bool {
        assert!(segment.is_sound());
        for field in &segment.fields {
            let value = String::from_utf8_lossy(&segment.text[field.start as usize..field.end as usize]).into_owned();
            self.values.insert(value);
        }
        true
    }
    fn unread(&mut self, part: Unread) {
        self.unread.push(part);
    }
}

impl Read {
    fn addresses(&self) -> HashSet<&str> {
        self.values.iter().map(|it| &it[..]).filter(|it| it.contains('@')).collect()
    }
}

fn read(path: &Path) -> (Read, Extraction) {
    let mut read = Read::default();
    let hint = Hint { name: path.file_name().unwrap().as_encoded_bytes(), format: None };
    let extraction = extract(Input::File(&mut File::open(path).unwrap()), hint, &Limits::default(), &mut read);
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

#[test]
fn every_database_ends_as_it_should() {
    let Some((folder, rows)) = shared("MANIFEST.tsv") else { return };
    let mut wrong = Vec::new();
    for row in rows.iter().filter(|row| FOLDERS.contains(&&row[0][..])) {
        // A parser that panics is caught by whoever calls the extractor; here it is a defect.
        let (read, extraction) = read(&folder.join(&row[1]));
        assert_eq!(extraction.reason.is_some(), !read.unread.is_empty(), "{}", row[1]);
        let is_whole = extraction.state == SourceState::Complete;
        if row[6] == "valid" && !is_whole {
            wrong.push((row[1].clone(), extraction.reason));
        }
        if let Some(reason) = extraction.reason {
            let is_true = matches!(reason, Reason::Malformed | Reason::Unsupported | Reason::LimitRatio);
            assert!(is_true, "{}: {reason:?}", row[1]);
        }
    }
    // One Avro file is damaged after all, a map holds 2 GB of one text, and the libraries refuse an old Parquet footer
    // and three of ORC's own examples (its draft version 2, one without columns, one without magic bytes).
    assert!(wrong.len() <= 6, "{wrong:?}");
}

#[test]
fn files_of_the_same_records_agree() {
    let Some((folder, rows)) = shared("TRUTH_SAME.tsv") else { return };
    for row in rows.iter().filter(|row| row[0].contains("userdata")) {
        let (left, _) = read(&folder.join(&row[0]));
        let (right, _) = read(&folder.join(&row[1]));
        // The columns of some have no names.
        let (left, right) = (left.addresses(), right.addresses());
        let missing = right.difference(&left).count();
        assert!(right.len() > 900 && missing * 100 <= right.len(), "{}: {missing} of {}", row[0], right.len());
    }
}
