use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;

use super::super::testing::{run, run_as};
use super::super::{Hint, Input, extract};
use crate::extract::testing::Kept;
use crate::model::{Limits, Reason, SourceState, Step, Text};

const TEXT: &[u8] = b"patient SSN 123-45-6789\n";

/// An archive of stored members.
fn stored(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, SimpleFileOptions::default()).expect("starts");
        writer.write_all(bytes).expect("writes");
    }
    writer.finish().expect("ends").into_inner()
}

/// Name, flags, method, packed bytes, plain bytes.
type Member<'a> = (&'a str, u16, u16, Vec<u8>, &'a [u8]);

/// A member with its bytes packed by us: local header, data, and its row of the directory.
fn archive(members: &[Member<'_>]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, flags, method, packed, plain) in members {
        let mut crc = flate2::Crc::new();
        crc.update(plain);
        let mut fields = Vec::new();
        for it in [20, *flags, *method, 0, 0] {
            fields.extend_from_slice(&it.to_le_bytes());
        }
        for it in [crc.sum(), packed.len() as u32, plain.len() as u32] {
            fields.extend_from_slice(&it.to_le_bytes());
        }
        fields.extend_from_slice(&(name.len() as u16).to_le_bytes());
        fields.extend_from_slice(&[0, 0]);
        directory.extend_from_slice(b"PK\x01\x02\x14\0");
        directory.extend_from_slice(&fields);
        directory.extend_from_slice(&[0; 10]);
        directory.extend_from_slice(&(out.len() as u32).to_le_bytes());
        directory.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b"PK\x03\x04");
        out.extend_from_slice(&fields);
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(packed);
    }
    let start = out.len() as u32;
    out.extend_from_slice(&directory);
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    out.extend_from_slice(&[(members.len() as u16).to_le_bytes(), (members.len() as u16).to_le_bytes()].concat());
    out.extend_from_slice(&(directory.len() as u32).to_le_bytes());
    out.extend_from_slice(&start.to_le_bytes());
    out.extend_from_slice(&[0, 0]);
    out
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("writes");
    encoder.finish().expect("ends")
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(bytes).expect("writes");
    encoder.finish().expect("ends")
}

#[test]
fn members_of_every_method_are_read_with_their_names() {
    let zstd = zstd::encode_all(TEXT, 1).expect("encodes");
    let bytes = archive(&[
        ("a/stored.txt", 0, 0, TEXT.to_vec(), TEXT),
        ("deflated.txt", 0, 8, deflate(TEXT), TEXT),
        ("b.txt", 0, 12, bzip2(TEXT), TEXT),
        ("z.txt", 0, 93, zstd, TEXT),
        ("shrunk.txt", 0, 1, TEXT.to_vec(), TEXT),
    ]);
    let (kept, extraction) = run(&bytes);
    assert_eq!((extraction.format, extraction.reason), ("zip", Some(Reason::Unsupported)));
    assert_eq!(kept.unread[0].place[..], [Step::Member(Text::from("shrunk.txt"))]);
    let members: Vec<_> = kept.segments.iter().filter(|it| it.text.as_slice() == TEXT).collect();
    assert_eq!(members.len(), 4);
    assert_eq!(members[0].frame.provenance[..], [Step::Member(Text::from("a/stored.txt"))]);
    assert_eq!(kept.pairs(), ["=a/stored.txt", "=deflated.txt", "=b.txt", "=z.txt", "=shrunk.txt"]);
}

#[test]
fn a_file_and_a_stream_are_read_alike() {
    let bytes = stored(&[("a.txt", TEXT), ("b.json", b"{\"ssn\":\"123\"}")]);
    let mut kept = Kept::default();
    let file = extract(Input::File(&mut Cursor::new(&bytes)), Hint::default(), &Limits::default(), &mut kept);
    assert_eq!((file.state, file.outcome.bytes_examined), (SourceState::Complete, bytes.len() as u64));
    let (streamed, stream) = run_as(&bytes, 7, Hint::default(), &Limits::default());
    assert_eq!((stream.state, streamed.pairs()), (SourceState::Complete, kept.pairs()));
    assert!(kept.pairs().contains(&"ssn=123".to_owned()));
}

#[test]
fn encrypted_members_are_named_and_a_lying_flag_is_seen_through() {
    let bytes = archive(&[
        ("open.txt", 0, 0, TEXT.to_vec(), TEXT),
        ("locked.txt", 1, 8, b"no deflate stream at all".to_vec(), TEXT),
        ("aes.txt", 1, 99, b"????".to_vec(), TEXT),
        ("not really.txt", 1, 8, deflate(TEXT), TEXT),
    ]);
    let (kept, extraction) = run(&bytes);
    assert_eq!((extraction.state, extraction.reason), (SourceState::Partial, Some(Reason::Encrypted)));
    let unread: Vec<_> = kept.unread.iter().map(|it| (it.place[0].clone(), it.reason)).collect();
    let member = |name: &str| (Step::Member(Text::from(name)), Reason::Encrypted);
    assert_eq!(unread, [member("locked.txt"), member("aes.txt")]);
    assert_eq!(kept.segments.iter().filter(|it| it.text.as_slice() == TEXT).count(), 2);
}

#[test]
fn members_that_the_directory_does_not_list_are_read_too() {
    let bytes = stored(&[("a.txt", TEXT), ("b.txt", TEXT)]);
    let directory = memchr::memmem::find(&bytes, b"PK\x01\x02").expect("is there");
    let (kept, extraction) = run(&bytes[..directory]);
    assert_eq!((extraction.state, extraction.reason), (SourceState::Partial, Some(Reason::Malformed)));
    assert_eq!(kept.segments.iter().filter(|it| it.text.as_slice() == TEXT).count(), 2);
    let hidden = [&bytes[..directory], &stored(&[("c.txt", b"seen")])[..]].concat();
    let (kept, extraction) = run(&hidden);
    assert_eq!(extraction.state, SourceState::Complete);
    assert_eq!(kept.pairs(), ["=c.txt", "=a.txt", "=b.txt"]);
}

#[test]
fn a_script_may_come_first() {
    let bytes = [&b"#!/bin/sh\nexec unzip $0\n"[..], &stored(&[("a.txt", TEXT)])].concat();
    let (kept, extraction) = run(&bytes);
    assert_eq!((extraction.format, extraction.state), ("zip", SourceState::Complete));
    assert_eq!(kept.pairs(), ["=a.txt"]);
}

#[test]
fn a_program_may_unpack_itself() {
    let bytes = [&b"MZ\x90\0\x03\0\0\0 stub "[..], &[0; 70_000], &stored(&[("a.txt", TEXT)])].concat();
    let mut kept = Kept::default();
    let extraction = extract(Input::File(&mut Cursor::new(&bytes)), Hint::default(), &Limits::default(), &mut kept);
    assert_eq!((extraction.format, extraction.reason), ("pe", Some(Reason::Executable)));
    assert!(kept.segments.iter().any(|it| it.text.as_slice() == TEXT));
}

#[test]
fn damage_is_said_and_what_came_before_it_kept() {
    let text = b"row of text\n".repeat(1000);
    let mut bytes = archive(&[("a.txt", 0, 0, text.clone(), &text)]);
    bytes[100] ^= 1;
    let (kept, extraction) = run(&bytes);
    assert_eq!((extraction.state, extraction.reason), (SourceState::Partial, Some(Reason::Malformed)));
    assert!(kept.segments.iter().any(|it| it.text.len() == text.len()));
    let (_, extraction) = run(b"PK\x03\x04 and nothing of the kind");
    assert_eq!((extraction.state, extraction.reason), (SourceState::Failed, Some(Reason::Malformed)));
    assert_eq!(run(&archive(&[])).1.state, SourceState::Complete);
}

#[test]
fn bombs_and_nests_end_at_a_limit() {
    let zeros = vec![0; 40 << 20];
    let bomb = archive(&[("zeros", 0, 8, deflate(&zeros), &zeros)]);
    let limits = Limits { ratio: 100, ..Limits::default() };
    assert_eq!(run_as(&bomb, bomb.len(), Hint::default(), &limits).1.reason, Some(Reason::LimitRatio));
    let nested = (0..9).fold(TEXT.to_vec(), |bytes, _| stored(&[("x.zip", &bytes)]));
    assert_eq!(run(&nested).1.reason, Some(Reason::LimitDepth));
    let many: Vec<_> = (0..50).map(|it| format!("{it}.txt")).collect();
    let many: Vec<_> = many.iter().map(|name| (name.as_str(), TEXT)).collect();
    let limits = Limits { members: 10, ..Limits::default() };
    let (kept, extraction) = run_as(&stored(&many), 4096, Hint::default(), &limits);
    assert_eq!((extraction.reason, kept.unread.len()), (Some(Reason::LimitMembers), 1));
}

#[test]
fn what_multiplies_itself_is_bounded() {
    const COUNT: usize = 3000;
    const LOCAL: usize = 35;
    const ROW: usize = 51;
    // Archives in archives, sixteen in each, a million megabytes in all.
    let zeros = vec![0; 1 << 20];
    let names: Vec<_> = (0..16).map(|it| format!("{it}.zip")).collect();
    let nested = (0..5).fold(archive(&[("zeros", 0, 8, deflate(&zeros), &zeros)]), |inner, _| {
        let members: Vec<Member<'_>> =
            names.iter().map(|it| (it.as_str(), 0, 8, deflate(&inner), inner.as_slice())).collect();
        archive(&members)
    });
    let (_, extraction) = run(&nested);
    assert_eq!((extraction.state, extraction.reason), (SourceState::Partial, Some(Reason::LimitRatio)));
    assert!(extraction.outcome.decoded.is_some_and(|it| it < 64 << 20), "{:?}", extraction.outcome.decoded);

    // Each member's bytes are all the members behind it.
    let names: Vec<_> = (0..COUNT).map(|it| format!("{it:05}")).collect();
    let members: Vec<Member<'_>> = names.iter().map(|it| (it.as_str(), 0, 0, Vec::new(), [].as_slice())).collect();
    let mut shared = archive(&members);
    for index in 0..COUNT {
        let row = COUNT * LOCAL + index * ROW;
        let len = (((COUNT - index - 1) * LOCAL) as u32).to_le_bytes();
        shared[row + 20..row + 28].copy_from_slice(&[len, len].concat());
    }
    let mut kept = Kept::default();
    let file = extract(Input::File(&mut Cursor::new(&shared)), Hint::default(), &Limits::default(), &mut kept);
    assert_eq!((file.state, file.reason), (SourceState::Partial, Some(Reason::LimitRatio)));
    assert!(file.outcome.decoded.is_some_and(|it| it < 1 << 20), "{:?}", file.outcome.decoded);
}
