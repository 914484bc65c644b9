//! Old Office documents that nobody here wrote (`../shared/files`, where it is present): how each ends, and what other
//! readers' tests say is in them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use phisift::model::{Reason, ReasonClass, SourceState, Unread};

use crate::files_office::read;
use crate::tree;

const FOLDERS: [&str; 4] = ["xls", "xlsb", "doc", "ppt"];
/// Encrypted although its class does not say so.
const ENCRYPTED: [&str; 1] = ["issue_385.xls"];
/// Dates are in one form, whatever they look like; what is drawn is no text.
const NOT_TEXT: [&str; 3] = ["EXCEL-formats.xls", "embeddedPDF_mac.xls", "PPT_groups.ppt"];

/// The folder of the files and the rows of one of its tables; `None`, said aloud, where it is absent.
fn shared(table: &str) -> Option<(PathBuf, Vec<Vec<String>>)> {
    let folder = tree::root().join("../shared/files");
    let Ok(text) = std::fs::read(folder.join(table)) else {
        eprintln!("not run: ../shared/files is absent");
        return None;
    };
    let text = String::from_utf8_lossy(&text).into_owned();
    let rows = text.lines().skip(1).map(|line| line.split('\t').map(str::to_owned).collect());
    Some((folder, rows.collect()))
}

#[test]
fn every_file_ends_as_its_class_demands() {
    let Some((folder, rows)) = shared("MANIFEST.tsv") else { return };
    let (mut wrong, mut valid) = (Vec::new(), 0);
    for row in rows.iter().filter(|row| FOLDERS.contains(&row[0].as_str())) {
        let (read, extraction) = read(&folder.join(&row[1]));
        let whole = extraction.state == SourceState::Complete;
        // Pictures and embedded objects of other formats are not these readers' concern.
        let foreign = |it: &Unread| it.reason == Reason::Unsupported && !it.place.is_empty();
        let own = read.unread.iter().filter(|it| it.reason.class() != ReasonClass::ByDesign && !foreign(it));
        let own: Vec<_> = own.map(|it| it.reason).collect();
        match row[6].as_str() {
            _ if ENCRYPTED.iter().any(|it| row[1].ends_with(it)) => assert!(own.contains(&Reason::Encrypted)),
            "encrypted" => assert!(own.contains(&Reason::Encrypted), "{}: {own:?}", row[1]),
            "valid" => {
                valid += 1;
                if !own.is_empty() {
                    wrong.push(format!("{}: {own:?}", row[1]));
                }
            }
            // What makes others ask for too much memory need not stop this one.
            _ => assert_eq!(whole, read.unread.is_empty(), "{}", row[1]),
        }
    }
    assert!(wrong.len() * 50 <= valid, "{} of {valid}: {wrong:#?}", wrong.len());
}

#[test]
fn what_other_readers_find_in_a_file_is_found() {
    let Some((folder, rows)) = shared("TRUTH.tsv") else { return };
    let mut wanted: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row[1] == "text_contains" && row[3] == "text") {
        let folder = row[0].split('/').next().unwrap_or_default();
        let open = !row[0].contains("protected") && !NOT_TEXT.iter().any(|it| row[0].ends_with(it));
        // Names of Java exceptions, and what they say, are what those tests expect instead of text.
        let told = row[2].contains("Exception") || row[2] == "incorrect data check";
        if FOLDERS.contains(&folder) && open && !told {
            wanted.entry(&row[0]).or_default().push(&row[2]);
        }
    }
    let (mut missed, mut count) = (Vec::new(), 0);
    for (file, values) in wanted {
        let text = read(&folder.join(file)).0.text();
        for value in values {
            count += 1;
            // Some were asserted of a page of HTML.
            let value = value.split_whitespace().collect::<Vec<_>>().join(" ").replace("&gt;", ">");
            if !text.contains(&value) {
                missed.push(format!("{file}: {value}"));
            }
        }
    }
    assert!(missed.len() * 100 <= count * 3, "{} of {count} missed: {missed:#?}", missed.len());
}
