//! Documents made here: a head, a list of pieces, text.

use std::io::{Cursor, Write};

use super::super::super::testing::run;
use crate::model::{Reason, SourceState, Step};

const TEXT_AT: usize = 0x400;

/// A document of two pieces, bytes and UTF-16; the counts are those of the text and of its remarks.
fn document(narrow: &str, wide: &str, counts: (u32, u32), flags: u16) -> Vec<u8> {
    let (main, table) = streams(narrow, wide, counts, flags);
    compound(&main, &table)
}

fn compound(main: &[u8], table: &[u8]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream("WordDocument").unwrap().write_all(main).unwrap();
    file.create_stream("0Table").unwrap().write_all(table).unwrap();
    file.flush().unwrap();
    file.into_inner().into_inner()
}

fn streams(narrow: &str, wide: &str, counts: (u32, u32), flags: u16) -> (Vec<u8>, Vec<u8>) {
    let mut main = vec![0; TEXT_AT];
    let mut put = |at: usize, bytes: &[u8]| main[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &0xA5EC_u16.to_le_bytes());
    put(2, &0xC1_u16.to_le_bytes());
    put(10, &flags.to_le_bytes());
    put(0x4C, &counts.0.to_le_bytes());
    put(0x5C, &counts.1.to_le_bytes());
    put(0x1A6, &33_u32.to_le_bytes());
    main.extend_from_slice(narrow.as_bytes());
    main.extend(wide.encode_utf16().flat_map(u16::to_le_bytes));
    let (first, second) = (narrow.len() as u32, wide.encode_utf16().count() as u32);
    let mut table = vec![2, 28, 0, 0, 0];
    for place in [0, first, first + second] {
        table.extend_from_slice(&place.to_le_bytes());
    }
    for place in [(TEXT_AT as u32 * 2) | 0x4000_0000, TEXT_AT as u32 + first] {
        table.extend_from_slice(&[0, 0]);
        table.extend_from_slice(&place.to_le_bytes());
        table.extend_from_slice(&[0, 0]);
    }
    (main, table)
}

#[test]
fn pieces_tables_fields_and_remarks() {
    let narrow =
        "Seen today.\rName\x07MRN\x07\x07Jane Doe\x0712345\x07\x07See \x13 HYPERLINK \"mailto:j@x.org\" \x14here\x15\r";
    let wide = "Müller\r\u{5}call her\r";
    let counts = (narrow.len() as u32 + 7, 10);
    let (kept, extraction) = run(&document(narrow, wide, counts, 0));
    assert_eq!((extraction.format, extraction.state), ("doc", SourceState::Complete));
    let pairs = kept.pairs();
    for wanted in
        ["=Seen today.\n", "=Name", "Name=Jane Doe", "MRN=12345", "=See here\nMüller\n", "link=mailto:j@x.org"]
    {
        assert!(pairs.iter().any(|it| it == wanted), "{wanted}: {pairs:?}");
    }
    let last = kept.segments.last().unwrap();
    assert_eq!(
        (last.frame.provenance[..].to_vec(), pairs.last().unwrap().as_str()),
        (vec![Step::part("comments")], "=call her\n")
    );
}

/// The looks of three paragraphs that end there: of a list, of a style that has it at its second level, of none.
fn looks(ends: [u32; 3]) -> Vec<u8> {
    let mut page = vec![0; 512];
    let mut put = |at: usize, bytes: &[u8]| page[at..at + bytes.len()].copy_from_slice(bytes);
    for (index, place) in [TEXT_AT as u32].into_iter().chain(ends).enumerate() {
        put(index * 4, &place.to_le_bytes());
    }
    for (index, words) in [100, 110, 120].into_iter().enumerate() {
        put(16 + index * 13, &[words]);
    }
    put(200, &[4, 0, 0, 0x0B, 0x46, 1, 0]);
    put(220, &[2, 1, 0]);
    put(240, &[4, 1, 0, 0x0B, 0x46, 0, 0]);
    put(511, &[3]);
    page
}

/// A list of two levels that differ from nothing, its one use, and a style of it.
fn lists() -> [(usize, Vec<u8>); 3] {
    let level = |look: u8, text: &[u16]| {
        let mut head = vec![0; 28];
        (head[0], head[4]) = (2, look);
        let units = [&[text.len() as u16], text].concat();
        head.into_iter().chain(units.into_iter().flat_map(u16::to_le_bytes)).collect::<Vec<u8>>()
    };
    let mut list = [&[1, 0][..], &77_u32.to_le_bytes(), &[0; 24]].concat();
    list.extend(level(0, &[0, 46]));
    list.extend((1..9).flat_map(|_| level(4, &[0, 46, 1, 41])));
    let used = [&1_u32.to_le_bytes()[..], &77_u32.to_le_bytes(), &[0; 12], &[0xFF; 4]].concat();
    let empty = [0, 0];
    let changes = [0x0A, 0x26, 1, 0x0B, 0x46, 1, 0];
    let style = [&[0, 0, 0xF1, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 1, 0][..], &changes].concat();
    let styles = [&[4, 0, 2, 0, 10, 0][..], &empty, &[style.len() as u8, 0], &style].concat();
    [(0x2E2, list), (0x2EA, used), (0xA2, styles)]
}

#[test]
fn paragraphs_of_lists_have_their_numbers() {
    let (mut main, mut table) = streams("one\rtwo\rthree\r", "", (14, 0), 0);
    let ends = [4, 8, 14].map(|it| TEXT_AT as u32 + it);
    main.resize(0x600, 0);
    main.extend(looks(ends));
    let pages = [&(TEXT_AT as u32).to_le_bytes()[..], &ends[2].to_le_bytes(), &3_u32.to_le_bytes()].concat();
    for (place, part) in lists().into_iter().chain([(0x102, pages)]) {
        main[place..place + 4].copy_from_slice(&(table.len() as u32).to_le_bytes());
        main[place + 4..place + 8].copy_from_slice(&(part.len() as u32).to_le_bytes());
        table.extend(part);
    }
    let (kept, extraction) = run(&compound(&main, &table));
    assert_eq!(extraction.state, SourceState::Complete);
    assert_eq!(kept.texts(), ["2. one\n2.b) two\nthree\n"]);
    // What is damaged has no numbers, and its text is read.
    for len in (0..table.len()).step_by(5) {
        let (kept, _) = run(&compound(&main, &table[..len]));
        assert!(len < 33 || kept.texts().concat().contains("three"), "{len}");
    }
}

#[test]
fn an_encrypted_document_is_said_to_be() {
    let (kept, extraction) = run(&document("noise", "noise", (10, 0), 0x100));
    assert_eq!((extraction.state, extraction.reason), (SourceState::Failed, Some(Reason::Encrypted)));
    assert!(kept.segments.is_empty());
}

#[test]
fn lying_pieces_are_malformed_and_what_is_there_is_read() {
    let mut bytes = document("Jane Doe", "seen", (12, 0), 0);
    let at = memchr::memmem::find(&bytes, &[2, 28, 0, 0, 0]).unwrap();
    bytes[at + 13..at + 17].copy_from_slice(&u32::MAX.to_le_bytes());
    let (kept, extraction) = run(&bytes);
    assert_eq!(extraction.reason, Some(Reason::Malformed));
    assert!(kept.texts().concat().contains("Jane Doe"));
}

#[test]
fn text_that_a_fast_save_left_is_read() {
    let mut bytes = document("Jane Doe was here", "seen", (12, 0), 0);
    let head = memchr::memmem::find(&bytes, &[0xEC, 0xA5]).unwrap();
    bytes[head + 0x18..head + 0x1C].copy_from_slice(&(TEXT_AT as u32).to_le_bytes());
    bytes[head + 0x1C..head + 0x20].copy_from_slice(&(TEXT_AT as u32 + 25).to_le_bytes());
    // The first piece begins behind the name.
    let list = memchr::memmem::find(&bytes, &[2, 28, 0, 0, 0]).unwrap();
    bytes[list + 5..list + 9].copy_from_slice(&9_u32.to_le_bytes());
    bytes[list + 19..list + 23].copy_from_slice(&(((TEXT_AT as u32 + 9) * 2) | 0x4000_0000).to_le_bytes());
    let (kept, _) = run(&bytes);
    assert!(kept.pairs().contains(&"=Jane Doe \n".to_owned()), "{:?}", kept.pairs());
}
