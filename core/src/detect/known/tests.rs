use std::sync::Arc;

use super::*;
use crate::detect::{Detector, DetectorOptions, SourceMemory};
use crate::model::{Detection, Evidence, Field, FieldKind, Frame, Grid, Key, Label, NO_NODE, Segment, Text};

fn key() -> KnownKey {
    KnownKey::new(&Key::new([7; 32]))
}

fn detector() -> Detector {
    Detector::new(Ruleset::builtin().unwrap(), DetectorOptions::default()).unwrap()
}

/// A table with a header, its cells parted by `|`.
fn table(rows: &[&str]) -> Segment {
    let label = |(number, name): (u32, &str)| Label { name: name.into(), column: Some(number), ..Label::default() };
    let labels = (0..).zip(rows[0].split('|')).map(label).collect();
    let (mut text, mut fields) = (Vec::new(), Vec::new());
    for (record, row) in (0..).zip(&rows[1..]) {
        for (label, cell) in (0..).zip(row.split('|')) {
            let start = text.len() as u32;
            text.extend_from_slice(cell.as_bytes());
            let end = text.len() as u32;
            fields.push(Field { start, end, label, record, node: NO_NODE, kind: FieldKind::Structured });
            text.push(b',');
        }
        text.push(b'\n');
    }
    let frame = Arc::new(Frame { labels, grid: Grid::Rows, ..Frame::default() });
    Segment { frame, own: 0..text.len() as u32, text: Text(text), fields, ..Segment::default() }
}

fn list(columns: &[&str], rows: &[&str]) -> Arc<KnownList> {
    let specs: Vec<String> = columns.iter().map(|it| (*it).to_owned()).collect();
    let mut builder = KnownBuilder::new(KnownColumns::parse(&specs, &detector()).unwrap(), key());
    builder.add(&table(rows));
    let bytes = builder.finish().0.to_bytes();
    Arc::new(KnownList::open(&bytes, key()).unwrap())
}

fn patients() -> Arc<KnownList> {
    let rows =
        ["mrn|ssn|last_name|dob|full_name|code", "40081723|536-22-8841|Okonkwo|1961-04-09|Adaeze Okonkwo|kx-77-alpha"];
    list(&["mrn", "ssn", "full_name=person_name", "code=mrn", "last_name+dob"], &rows)
}

/// What the list finds: text, entity, score.
fn found(list: &Arc<KnownList>, segment: &Segment) -> Vec<(String, String, u16)> {
    let detector = detector().with_known(list.clone()).unwrap();
    let candidates = detector.find(segment);
    let mut found = Vec::new();
    detector.settle(&SourceMemory::default(), &candidates, |_, it: Detection| {
        if it.evidence.has(Evidence::EDM) {
            let text = String::from_utf8_lossy(&segment.text[it.range()]).into_owned();
            found.push((text, detector.ruleset().entity(it.entity).id.clone(), it.permille));
        }
    });
    found
}

fn in_text(text: &str) -> Vec<(String, String, u16)> {
    found(&patients(), &Segment::narrative(text.as_bytes()))
}

fn one(text: &str, entity: &str, permille: u16) -> Vec<(String, String, u16)> {
    vec![(text.into(), entity.into(), permille)]
}

#[test]
fn a_known_value_needs_no_label() {
    assert_eq!(in_text("moved 40081723 to bay 4"), one("40081723", "mrn", 950));
    assert_eq!(in_text("moved 40081724 to bay 4"), []);
    assert_eq!(in_text("see KX-77-ALPHA there"), one("KX-77-ALPHA", "mrn", 950));
    assert_eq!(in_text("see kx-77-alpha there"), one("kx-77-alpha", "mrn", 950));
}

#[test]
fn writing_makes_no_difference() {
    for text in ["536228841", "536-22-8841", "536 22 8841", "536.22.8841"] {
        let found = in_text(&format!("row {text}, done"));
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert_eq!((found[0].0.as_str(), found[0].1.as_str()), (text, "us_ssn"));
        assert!(found[0].2 >= 850, "{found:?}");
    }
    assert_eq!(in_text("536:22:8841"), []);
    assert_eq!(in_text("1536228841"), []);
}

#[test]
fn a_value_that_a_pattern_sees_too_is_confirmed() {
    assert_eq!(in_text("SSN: 536-22-8841"), one("536-22-8841", "us_ssn", 990));
}

#[test]
fn names_of_several_words_are_found() {
    let found = in_text("seen by Adaeze Okonkwo today");
    assert_eq!(found, one("Adaeze Okonkwo", "person_name", 990));
    assert_eq!(in_text("seen by Adaeze Okonkwa today"), []);
}

#[test]
fn a_pair_counts_only_together() {
    assert_eq!(in_text("Mrs Okonkwo called, she was born on 04/10/1961"), []);
    assert_eq!(in_text("Born 04/09/1961."), []);
    let found = in_text("Mrs Okonkwo called, born 04/09/1961");
    let what: Vec<(&str, &str)> = found.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
    assert_eq!(what, [("Okonkwo", "person_name"), ("04/09/1961", "date")]);
    let far = format!("Mrs Okonkwo called.{}Born 04/09/1961", " and so on".repeat(30));
    assert_eq!(in_text(&far), []);
}

#[test]
fn a_pair_of_a_table_stands_in_one_row() {
    let apart = table(&["surname|birth_date|x", "Okonkwo|1970-01-01|a", "Meyer|1961-04-09|b"]);
    assert_eq!(found(&patients(), &apart), []);
    let together = table(&["surname|birth_date|x", "Meyer|1970-01-01|a", "OKONKWO|4/9/1961|b"]);
    let texts: Vec<String> = found(&patients(), &together).into_iter().map(|it| it.0).collect();
    assert_eq!(texts, ["OKONKWO", "4/9/1961"]);
    let admitted = table(&["surname|admission_date|x", "Okonkwo|1961-04-09|b"]);
    assert_eq!(found(&patients(), &admitted), []);
}

#[test]
fn a_column_without_meaning_holds_known_values() {
    let segment = table(&["ref|x", "40081723|a", "17|b"]);
    assert_eq!(found(&patients(), &segment), one("40081723", "mrn", 950));
}

#[test]
fn counting_and_listing_agree() {
    let list = patients();
    let detector = detector().with_known(list).unwrap();
    let rows =
        ["ref|mrn|surname|dob|note", "40081723|40081723|Okonkwo|1961-04-09|saw 40081723", "1|2|Li|1999-01-01|none"];
    let segment = table(&rows);
    let (mut listed, mut counted) = (Default::default(), Default::default());
    detector.find_into(&segment, &mut listed);
    detector.count_into(&segment, &mut counted);
    let memory = SourceMemory::default();
    let (mut one, mut other) = (Vec::new(), Vec::new());
    detector.settle(&memory, &listed, |_, it| one.push(it.entity));
    detector.settle(&memory, &counted, |_, it| other.push(it.entity));
    detector.settle_counted(&memory, &counted, |it, times| other.extend((0..times).map(|_| it.entity)));
    one.sort_unstable();
    other.sort_unstable();
    assert_eq!(one, other);
}

#[test]
fn many_numbers_of_a_length_make_each_of_them_less_telling() {
    let rows: Vec<String> = (0..30_000).map(|it| format!("{}", 10_000 + it * 2)).collect();
    let rows: Vec<&str> = std::iter::once("mrn").chain(rows.iter().map(String::as_str)).collect();
    let list = list(&["mrn"], &rows);
    assert_eq!(found(&list, &Segment::narrative(b"room 10002 and")), []);
    assert!(list.has(b"10002"));
}

#[test]
fn a_list_holds_no_plaintext_and_knows_its_key() {
    let bytes = patients().to_bytes();
    for value in ["40081723", "536", "Okonkwo", "okonkwo", "1961"] {
        assert!(memchr::memmem::find(&bytes, value.as_bytes()).is_none(), "{value}");
    }
    let error = KnownList::open(&bytes, KnownKey::new(&Key::new([8; 32]))).unwrap_err().to_string();
    assert!(error.contains("made with key"), "{error}");
    for at in (0..bytes.len()).step_by(7) {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(KnownList::open(&changed, key()).is_err(), "byte {at}");
    }
    for length in 0..bytes.len() {
        assert!(KnownList::open(&bytes[..length], key()).is_err(), "length {length}");
    }
}

#[test]
fn columns_that_tell_nothing_are_refused() {
    let parse = |spec: &str| KnownColumns::parse(&[spec.to_owned()], &detector());
    assert!(parse("dob").unwrap_err().to_string().contains("last_name+dob"));
    assert!(parse("blob").unwrap_err().to_string().contains("NAME=IDENTIFIER"));
    assert!(parse("mrn+ssn+dob").is_err());
    assert!(parse("blob=mrn").is_ok() && parse("mrn").is_ok());
}

#[test]
fn short_values_are_left_out() {
    let specs = ["mrn".to_owned()];
    let mut builder = KnownBuilder::new(KnownColumns::parse(&specs, &detector()).unwrap(), key());
    builder.add(&table(&["mrn", "17", "40081723", "", "40081723"]));
    let (list, built) = builder.finish();
    assert_eq!((built.records, built.values, built.left_out), (4, 1, 1));
    assert!(list.has(b"4008-1723") && !list.has(b"17"));
}
