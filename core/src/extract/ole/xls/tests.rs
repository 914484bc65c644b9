//! Workbooks made here, record by record.

use std::io::{Cursor, Write};

use super::super::super::testing::run;
use crate::model::{Reason, SourceState};

fn record(id: u16, bytes: &[u8]) -> Vec<u8> {
    [&id.to_le_bytes()[..], &(bytes.len() as u16).to_le_bytes(), bytes].concat()
}

/// A text of BIFF8 behind the number of its characters.
fn narrow(text: &str) -> Vec<u8> {
    [&(text.len() as u16).to_le_bytes()[..], &[0], text.as_bytes()].concat()
}

fn begin(kind: u16) -> Vec<u8> {
    record(0x809, &[&0x600_u16.to_le_bytes()[..], &kind.to_le_bytes(), &[0; 12]].concat())
}

fn cell(id: u16, row: u16, column: u16, style: u16, value: &[u8]) -> Vec<u8> {
    let place: Vec<u8> = [row, column, style].iter().flat_map(|it| it.to_le_bytes()).collect();
    record(id, &[&place[..], value].concat())
}

/// Two columns, a date, a remark, a link, a header.
fn workbook() -> Vec<u8> {
    let sheet = [&[0; 4][..], &[0, 0, 6, 0], b"Visits"].concat();
    // The second text goes on in a record of its own, in wide characters.
    let strings = [&[0; 8][..], &narrow("Patient"), &[8, 0, 0], b"Jane"].concat();
    let more: Vec<u8> = [1].into_iter().chain(" Doe".bytes().flat_map(|it| [it, 0])).collect();
    let remark = [&[1, 0, 0, 0, 0, 0, 7, 0][..], &narrow("Dr Roe")].concat();
    let object = [&[0x15, 0, 18, 0, 25, 0, 7, 0][..], &[0; 14]].concat();
    let shape = [&[0; 10][..], &[9, 0, 0, 0, 0, 0, 0, 0]].concat();
    [
        begin(5),
        record(0xE0, &[0; 20]),
        record(0xE0, &[&[0, 0, 14, 0][..], &[0; 16]].concat()),
        record(0x85, &sheet),
        record(0xFC, &strings),
        record(0x3C, &more),
        record(0x0A, &[]),
        begin(0x10),
        record(0x14, &narrow("&LWard 7")),
        cell(0xFD, 0, 0, 0, &0_u32.to_le_bytes()),
        cell(0x204, 0, 1, 0, &narrow("Birth date")),
        cell(0xFD, 1, 0, 0, &1_u32.to_le_bytes()),
        cell(0x203, 1, 1, 1, &18_264_f64.to_le_bytes()),
        cell(0x204, 2, 0, 0, &narrow("John Roe")),
        cell(0x27E, 2, 1, 0, &((42 << 2 | 2_u32).to_le_bytes())),
        record(0x5D, &object),
        record(0x1B6, &shape),
        record(0x3C, b"\0ask first"),
        record(0x1C, &remark),
        record(0x0A, &[]),
    ]
    .concat()
}

fn compound(stream: &str, bytes: &[u8]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream(stream).unwrap().write_all(bytes).unwrap();
    file.flush().unwrap();
    file.into_inner().into_inner()
}

#[test]
fn cells_have_labels_and_remarks_their_authors() {
    let (kept, extraction) = run(&compound("Workbook", &workbook()));
    assert_eq!((extraction.format, extraction.state), ("xls", SourceState::Complete));
    let pairs = kept.pairs();
    for wanted in ["=Patient", "Patient=Jane Doe", "Birth date=1950-01-01", "author=Dr Roe", "comment=ask first"] {
        assert!(pairs.iter().any(|it| it == wanted), "{wanted}: {pairs:?}");
    }
    assert!(
        pairs.iter().any(|it| it == "Birth date=42") && pairs.iter().any(|it| it.trim() == "=\nWard 7"),
        "{pairs:?}"
    );
}

#[test]
fn an_encrypted_workbook_is_said_to_be() {
    let bytes = [begin(5), record(0x2F, &[1, 0, 1, 0, 1, 0]), record(0xFC, b"noise")].concat();
    let (_, extraction) = run(&compound("Workbook", &bytes));
    assert_eq!((extraction.state, extraction.reason), (SourceState::Failed, Some(Reason::Encrypted)));
}

#[test]
fn what_is_cut_is_read_as_far_as_it_goes() {
    let whole = workbook();
    for len in 0..whole.len() {
        let (_, extraction) = run(&compound("Workbook", &whole[..len]));
        assert_eq!(extraction.reason, Some(Reason::Malformed), "{len}");
    }
    let (kept, _) = run(&compound("Workbook", &whole[..whole.len() - 4]));
    assert!(kept.pairs().iter().any(|it| it == "Patient=Jane Doe"));
}

#[test]
fn old_sheets_stand_alone() {
    let label = [&[0, 0, 0, 0, 0, 0, 0, 8][..], b"Jane Doe"].concat();
    let sheet = [record(0x09, &[2, 0, 0x10, 0]), record(0x04, &label), record(0x0A, &[])].concat();
    let (kept, extraction) = run(&sheet);
    assert_eq!((extraction.format, extraction.state), ("biff", SourceState::Complete));
    assert_eq!(kept.pairs(), ["=Jane Doe"]);
}
