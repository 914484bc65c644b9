//! Presentations made here, record by record.

use std::io::{Cursor, Write};

use super::super::super::testing::run;
use crate::model::{Reason, SourceState, Step};

fn record(head: u16, kind: u16, bytes: &[u8]) -> Vec<u8> {
    [&head.to_le_bytes()[..], &kind.to_le_bytes(), &(bytes.len() as u32).to_le_bytes(), bytes].concat()
}

fn slide(text: &str) -> Vec<u8> {
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    record(15, 0x03EE, &record(15, 0xF00D, &record(0, 0x0FA0, &wide)))
}

/// Two slides, the second of which stands first in the file, and notes to it.
fn presentation() -> Vec<u8> {
    let place = |id: u32, slide: u32| {
        let words = [id, 0, 0, slide, 0];
        record(0, 0x03F3, &words.iter().flat_map(|it| it.to_le_bytes()).collect::<Vec<_>>())
    };
    let outline = record(0, 0x0FA8, b"Outline");
    let list = record(15, 0x0FF0, &[place(2, 256), outline, place(1, 257)].concat());
    let document = record(15, 0x03E8, &list);
    let (second, first) = (slide("Zweite Müller"), slide("Jane Doe"));
    let about = record(0, 0x03F1, &257_u32.to_le_bytes());
    let notes = record(15, 0x03F0, &[about, record(0, 0x0FA8, b"call her")].concat());
    let start = document.len() as u32;
    let places = [1 | 2 << 20, start, start + second.len() as u32];
    let places = record(0, 0x1772, &places.iter().flat_map(|it| it.to_le_bytes()).collect::<Vec<_>>());
    [document, second, first, notes, places].concat()
}

fn compound(bytes: &[u8], token: u32) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream("PowerPoint Document").unwrap().write_all(bytes).unwrap();
    let user = [&[0; 12][..], &token.to_le_bytes(), &[0; 4], &[3, 0], &[0; 6], b"Roe"].concat();
    file.create_stream("Current User").unwrap().write_all(&user).unwrap();
    file.flush().unwrap();
    file.into_inner().into_inner()
}

#[test]
fn slides_are_numbered_as_they_are_shown() {
    let (kept, extraction) = run(&compound(&presentation(), 0xE391_C05F));
    assert_eq!((extraction.format, extraction.state), ("ppt", SourceState::Complete));
    let page = |text: &str| {
        let found = kept.segments.iter().find(|it| it.text.reveal().contains(text));
        found.map(|it| it.frame.provenance.to_vec()).unwrap_or_default()
    };
    assert_eq!(page("Jane Doe"), [Step::Page(1)]);
    assert_eq!(page("Outline"), [Step::Page(1)]);
    assert_eq!(page("Zweite Müller"), [Step::Page(2)]);
    assert_eq!(page("call her"), [Step::Page(2), Step::part("notes")]);
    assert!(kept.pairs().contains(&"lastModifiedBy=Roe".to_owned()));
}

#[test]
fn encrypted_and_damaged_ones_are_said_to_be() {
    let (_, extraction) = run(&compound(&presentation(), 0xF3D1_C4DF));
    assert_eq!((extraction.state, extraction.reason), (SourceState::Failed, Some(Reason::Encrypted)));
    let whole = presentation();
    let (kept, extraction) = run(&compound(&whole[..whole.len() - 30], 0));
    assert_eq!(extraction.reason, Some(Reason::Malformed));
    assert!(kept.texts().concat().contains("Jane Doe"));
}
