//! Any bytes, as the main part of a document of each kind: what mutates a package only breaks its checksums.
#![no_main]

use std::io::{Cursor, Write};

use libfuzzer_sys::fuzz_target;
use phisift::extract::{Emit, Hint, Input, extract};
use phisift::model::{Limits, Segment, Unread};

struct Sound;

impl Emit for Sound {
    fn segment(&mut self, segment: Segment) -> bool {
        assert!(segment.is_sound());
        true
    }
    fn unread(&mut self, _: Unread) {}
}

/// Parts that are read alike whatever refers to them.
const PARTS: [&str; 6] =
    ["word/document.xml", "xl/workbook.xml", "xl/sharedStrings.xml", "ppt/slides/slide1.xml", "content.xml", "customXml/item1.xml"];

fuzz_target!(|data: &[u8]| {
    let Some((which, xml)) = data.split_first() else { return };
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let part = PARTS[usize::from(*which) % PARTS.len()];
    for (name, bytes) in [(if part == "content.xml" { "META-INF/manifest.xml" } else { "_rels/.rels" }, &b"<x/>"[..]), (part, xml)] {
        writer.start_file(name, options).expect("starts");
        writer.write_all(bytes).expect("writes");
    }
    let package = writer.finish().expect("ends").into_inner();
    let limits = Limits { decoded_bytes: 64 << 20, ..Limits::default() };
    extract(Input::File(&mut Cursor::new(package)), Hint { name: b"x", format: Some("zip") }, &limits, &mut Sound);
});
