//! MSG files made here.

use std::io::{Cursor, Write};

use super::super::testing::run;
use crate::model::{Reason, SourceState, Step, Text};

struct Made {
    file: cfb::CompoundFile<Cursor<Vec<u8>>>,
}

impl Made {
    fn new() -> Self {
        let file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("writes to memory");
        Made { file }
    }

    fn stream(mut self, path: &str, bytes: &[u8]) -> Self {
        if let Some((folder, _)) = path.rsplit_once('/').filter(|it| !it.0.is_empty()) {
            self.file.create_storage_all(folder).expect("writes to memory");
        }
        self.file.create_stream(path).expect("writes to memory").write_all(bytes).expect("writes to memory");
        self
    }

    fn text(self, path: &str, text: &str) -> Self {
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        self.stream(path, &wide)
    }

    fn bytes(mut self) -> Vec<u8> {
        self.file.flush().expect("writes to memory");
        self.file.into_inner().into_inner()
    }
}

fn fixed(header: usize, rows: &[(u32, u64)]) -> Vec<u8> {
    let mut bytes = vec![0; header];
    for (tag, value) in rows {
        bytes.extend_from_slice(&tag.to_le_bytes());
        bytes.extend_from_slice(&[0; 4]);
        bytes.extend_from_slice(&value.to_le_bytes());
    }
    bytes
}

fn message() -> Made {
    Made::new()
        .stream("/__properties_version1.0", &fixed(32, &[(0x0039_0040, 130_378_806_000_000_000), (0x3FFD_0003, 1252)]))
        .text("/__substg1.0_0037001F", "Lab results")
        .text("/__substg1.0_1000001F", "MRN 12345\0")
        .stream("/__substg1.0_0C1A001E", b"Ren\xE9e Doe")
        .text("/__substg1.0_8001001F", "A-77")
        .stream("/__nameid_version1.0/__substg1.0_00030102", &[0, 0, 0, 0, 5, 0, 1, 0])
        .stream("/__nameid_version1.0/__substg1.0_00040102", b"\x06\0\0\0B\0e\0d\0")
        .text("/__recip_version1.0_#00000000/__substg1.0_3001001F", "Jane Roe")
        .text("/__recip_version1.0_#00000000/__substg1.0_39FE001F", "jane@example.org")
        .text("/__attach_version1.0_#00000000/__substg1.0_3707001F", "note.txt")
        .stream("/__attach_version1.0_#00000000/__substg1.0_37010102", b"SSN 123-45-6789")
        .stream("/__attach_version1.0_#00000001/__substg1.0_3701000D/__properties_version1.0", &fixed(24, &[]))
        .text("/__attach_version1.0_#00000001/__substg1.0_3701000D/__substg1.0_0037001F", "inner")
}

#[test]
fn properties_recipients_and_attachments_are_read() {
    let (kept, extraction) = run(&message().bytes());
    assert_eq!((extraction.format, extraction.state), ("msg", SourceState::Complete));
    let pairs = kept.pairs();
    for expected in [
        "Date=2014-02-26T09:30:00Z",
        "Subject=Lab results",
        "=MRN 12345",
        "Sender=Renée Doe",
        "Bed=A-77",
        "To=Jane Roe",
        "To=jane@example.org",
        "=note.txt",
        "Subject=inner",
    ] {
        assert!(pairs.iter().any(|it| it == expected), "{expected} in {pairs:?}");
    }
    let attached = kept.segments.iter().find(|it| it.frame.provenance[..] == [Step::Member(Text::from("note.txt"))]);
    assert_eq!(attached.map(|it| it.text.reveal()).as_deref(), Some("SSN 123-45-6789"));
}

#[test]
fn other_compound_files_give_their_runs() {
    let (kept, extraction) = run(&Made::new().text("/Whatever", "MRN 12345 of Doe").bytes());
    assert_eq!((extraction.format, extraction.reason), ("ole", Some(Reason::Unsupported)));
    assert!(kept.texts().concat().contains("MRN 12345 of Doe"));
    let (_, extraction) = run(&Made::new().stream("/EncryptedPackage", &[7; 100]).bytes());
    assert_eq!(extraction.reason, Some(Reason::Encrypted));
}

#[test]
fn damaged_files_are_salvaged_and_say_so() {
    let whole = message().bytes();
    for len in [whole.len() / 2, 700, 512, 100] {
        let (_, extraction) = run(&whole[..len]);
        assert_eq!(extraction.reason, Some(Reason::Malformed), "{len} bytes");
    }
    let mut looped = whole;
    // The list of table sectors names one twice.
    looped.copy_within(76..80, 80);
    let (kept, extraction) = run(&looped);
    assert_eq!(extraction.reason, Some(Reason::Malformed));
    assert!(kept.texts().concat().contains("MRN 12345"));
}
