//! Any bytes, as the main part of a document of each kind: what mutates a package only breaks its checksums.
#![no_main]

use std::io::{Cursor, Write};

use libfuzzer_sys::fuzz_target;

/// Parts that are read alike whatever refers to them.
const PARTS: [&str; 6] = [
    "word/document.xml",
    "xl/workbook.xml",
    "xl/sharedStrings.xml",
    "ppt/slides/slide1.xml",
    "content.xml",
    "customXml/item1.xml",
];

fuzz_target!(|data: &[u8]| {
    let Some((which, xml)) = data.split_first() else { return };
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let part = PARTS[usize::from(*which) % PARTS.len()];
    let root = if part == "content.xml" { "META-INF/manifest.xml" } else { "_rels/.rels" };
    for (name, bytes) in [(root, b"<x/>".as_slice()), (part, xml)] {
        writer.start_file(name, options).expect("starts");
        writer.write_all(bytes).expect("writes");
    }
    phisift_fuzz::read("zip", &writer.finish().expect("ends").into_inner());
});
