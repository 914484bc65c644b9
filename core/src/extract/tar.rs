//! TAR archives: every member is read in order as a stream of its own; those behind damage or behind the end, too.

use std::io::Read;

use tar::{EntryType, Header, PaxExtensions};

use super::compose::{Composer, Value};
use super::head::{Bytes, Head, Stream};
use super::job::Job;
use crate::model::{Reason, Step, Text};

/// Headers and data are padded to this (POSIX pax, "ustar Interchange Format").
const BLOCK: usize = 512;
/// Bytes of a long name, or of extended headers, that are looked at.
const MAX_EXTRA: u64 = 1 << 20;

/// A header whose checksum is right; the magic came later than the format.
pub(super) fn sniff(head: &Head<'_>) -> bool {
    head.raw.first_chunk().is_some_and(|block| parse(block).is_some())
}

/// Reads every member, and the names of all.
pub(super) fn read(job: &mut Job<'_>, stream: Stream<'_>) {
    let mut archive = Archive { input: stream.into_bytes(), extra: Extra::default(), is_damaged: false };
    let mut names = Composer::new(job);
    let mut record = 0;
    while let Some(member) = archive.next(job) {
        record += 1;
        let texts = [Value::path(&member.name, record), Value::path(&member.link, record)];
        let comment = Value { record, ..Value::prose(&member.comment) };
        let wanted = texts.into_iter().chain([comment]).all(|it| names.push(job, it));
        if !wanted || job.is_over() {
            return;
        }
        archive.read_member(job, &member);
        if job.is_spent() {
            break;
        }
    }
    names.flush(job);
    if archive.is_damaged && !job.is_spent() {
        job.unread(Reason::Malformed, None);
    }
}

/// One member, as its headers describe it.
struct Member {
    name: Vec<u8>,
    /// What a link points to.
    link: Vec<u8>,
    comment: Vec<u8>,
    /// Bytes of data that follow.
    size: u64,
}

/// What headers before that of a member say of it.
#[derive(Default)]
struct Extra {
    name: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
    comment: Vec<u8>,
}

struct Archive<'a> {
    input: Box<dyn Read + 'a>,
    extra: Extra,
    /// Something was passed over that is no archive, or the last member ends early.
    is_damaged: bool,
}

impl Archive<'_> {
    /// Goes to the next member. Zeros end an archive, but another may follow; whatever is no header is passed over.
    fn next(&mut self, job: &mut Job<'_>) -> Option<Member> {
        let mut passed = 0u32;
        loop {
            passed = passed.wrapping_add(1);
            let block = self.block()?;
            if passed.is_multiple_of(1024) && job.is_over() {
                return None;
            }
            if block == [0; BLOCK] {
                continue;
            }
            let Some(header) = parse(&block) else {
                self.is_damaged = true;
                continue;
            };
            if let Some(member) = self.take_header(job, &header) {
                return Some(member);
            }
        }
    }

    /// The member that a header begins, unless it only says something of the one that follows.
    fn take_header(&mut self, job: &mut Job<'_>, header: &Header) -> Option<Member> {
        let size = header.entry_size().unwrap_or_else(|_| {
            self.is_damaged = true;
            0
        });
        match header.entry_type() {
            EntryType::GNULongName => self.extra.name = Some(until_nul(self.text(job, size))),
            EntryType::GNULongLink => self.extra.link = Some(until_nul(self.text(job, size))),
            // X is what Solaris wrote before there was a standard.
            EntryType::XHeader | EntryType::XGlobalHeader => self.extended(job, size),
            kind if kind.as_byte() == b'X' => self.extended(job, size),
            kind => {
                self.pass_sparse_map(header);
                let extra = std::mem::take(&mut self.extra);
                let link = extra.link.or_else(|| header.link_name_bytes().map(|it| it.into_owned()));
                return Some(Member {
                    name: utf8(extra.name.unwrap_or_else(|| header.path_bytes().into_owned())),
                    link: utf8(link.unwrap_or_default()),
                    comment: utf8(extra.comment),
                    size: if has_data(kind) { extra.size.unwrap_or(size) } else { 0 },
                });
            }
        }
        None
    }

    /// Reads a member's data; what its reader leaves is passed over.
    fn read_member(&mut self, job: &mut Job<'_>, member: &Member) {
        let mut data = (&mut self.input).take(member.size);
        if member.size > 0 {
            let step = Step::Member(Text(member.name.clone()));
            job.read_inside(step, &member.name, Bytes::Stream(Box::new(&mut data)));
        }
        job.drain(&mut data);
        self.is_damaged |= data.limit() > 0;
        self.pass_padding(member.size);
    }

    /// Extended headers: lines of a length, a key and a value.
    fn extended(&mut self, job: &mut Job<'_>, size: u64) {
        let text = self.text(job, size);
        for line in PaxExtensions::new(&text) {
            let Ok(line) = line else {
                self.is_damaged = true;
                continue;
            };
            let value = line.value_bytes();
            match line.key_bytes() {
                b"path" | b"GNU.sparse.name" => self.extra.name = Some(value.to_vec()),
                b"linkpath" => self.extra.link = Some(value.to_vec()),
                b"size" => self.extra.size = std::str::from_utf8(value).ok().and_then(|it| it.parse().ok()),
                b"comment" => self.extra.comment = value.to_vec(),
                _ => {}
            }
        }
    }

    /// The data behind a header that is text for another one.
    fn text(&mut self, job: &mut Job<'_>, size: u64) -> Vec<u8> {
        let mut text = Vec::new();
        let mut data = (&mut self.input).take(size);
        // Readers below end at errors and note why.
        let _ = (&mut data).take(MAX_EXTRA).read_to_end(&mut text);
        job.drain(&mut data);
        self.is_damaged |= data.limit() > 0 || size > MAX_EXTRA;
        self.pass_padding(size);
        text
    }

    /// The map of a sparse member may go on behind its header. The data is read as it is stored, without holes.
    fn pass_sparse_map(&mut self, header: &Header) {
        let mut more = header.entry_type().is_gnu_sparse() && header.as_gnu().is_some_and(|it| it.is_extended());
        while more {
            more = self.block().is_some_and(|block| block[504] != 0);
        }
    }

    fn pass_padding(&mut self, size: u64) {
        let padding = size.next_multiple_of(BLOCK as u64).saturating_sub(size);
        // Writers that leave the last padding out have lost nothing.
        let _ = std::io::copy(&mut (&mut self.input).take(padding), &mut std::io::sink());
    }

    /// The next block; `None` at the end.
    fn block(&mut self) -> Option<[u8; BLOCK]> {
        let mut block = [0; BLOCK];
        let mut filled = 0;
        while filled < BLOCK {
            let count = self.input.read(&mut block[filled..]).unwrap_or(0);
            if count == 0 {
                self.is_damaged |= block[..filled].iter().any(|byte| *byte != 0);
                return None;
            }
            filled += count;
        }
        Some(block)
    }
}

/// A header, if its checksum is right: the sum of its bytes, with the checksum itself as spaces. Some summed signed ones.
fn parse(block: &[u8; BLOCK]) -> Option<Header> {
    let mut header = Header::new_old();
    header.as_mut_bytes().copy_from_slice(block);
    let declared = header.cksum().ok()?;
    let others = || block[..148].iter().chain(&block[156..]);
    let unsigned: u32 = others().map(|it| u32::from(*it)).sum::<u32>() + 8 * 32;
    let signed: i32 = others().map(|it| i32::from(it.cast_signed())).sum::<i32>() + 8 * 32;
    (declared == unsigned || i64::from(declared) == i64::from(signed)).then_some(header)
}

/// Links, devices and folders have none, whatever their size says.
fn has_data(kind: EntryType) -> bool {
    !matches!(kind.as_byte(), b'1'..=b'6' | b'V')
}

fn until_nul(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = memchr::memchr(0, &bytes).unwrap_or(bytes.len());
    bytes.truncate(end);
    bytes
}

/// Names have no declared encoding: UTF-8, else what Western systems wrote.
fn utf8(bytes: Vec<u8>) -> Vec<u8> {
    if std::str::from_utf8(&bytes).is_ok() {
        return bytes;
    }
    encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes).0.into_owned().into_bytes()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::Hint;
    use super::super::testing::{run, run_as};
    use super::*;
    use crate::model::{Limits, SourceState};

    const TEXT: &[u8] = b"patient SSN 123-45-6789\n";

    fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, bytes) in members {
            let mut header = Header::new_gnu();
            header.set_size(bytes.len() as u64);
            builder.append_data(&mut header, name, *bytes).expect("appends");
        }
        builder.into_inner().expect("ends")
    }

    fn header(name: &str, kind: u8, size: u64) -> Header {
        let mut header = Header::new_ustar();
        header.set_path(name).expect("fits");
        header.set_entry_type(EntryType::new(kind));
        header.set_size(size);
        header.set_cksum();
        header
    }

    fn padded(bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
        bytes
    }

    #[test]
    fn members_and_their_names_are_read() {
        let long = format!("{}/Jane Example.txt", "folder".repeat(30));
        let bytes = archive(&[("a.txt", TEXT), (&long, b"{\"ssn\":\"1\"}"), ("empty", b"")]);
        let (kept, extraction) = run_as(&bytes, 100, Hint::default(), &Limits::default());
        assert_eq!((extraction.format, extraction.state), ("tar", SourceState::Complete));
        assert_eq!(kept.segments[0].frame.provenance[..], [Step::Member(Text::from("a.txt"))]);
        assert_eq!(kept.segments[0].text.0, TEXT);
        assert_eq!(kept.pairs(), ["ssn=1", "=a.txt", &format!("={long}"), "=empty"]);
    }

    #[test]
    fn links_are_named_and_extended_headers_count() {
        let mut link = header("link", b'2', 77);
        link.set_link_name_literal("John Doe.pdf").expect("fits");
        link.set_cksum();
        let pax = b"21 path=Jane Roe.txt\n13 comment=x\n11 size=24\n";
        let mut bytes = link.as_bytes().to_vec();
        bytes.extend_from_slice(header("pax", b'x', pax.len() as u64).as_bytes());
        bytes.extend(padded(pax));
        bytes.extend_from_slice(header("short", b'0', 0).as_bytes());
        bytes.extend(padded(TEXT));
        let (kept, extraction) = run(&bytes);
        assert_eq!(extraction.state, SourceState::Complete);
        assert_eq!(kept.segments[0].text.0, TEXT);
        assert_eq!(kept.texts(), ["link", "John Doe.pdf", "Jane Roe.txt", "x"]);
    }

    #[test]
    fn what_stands_behind_damage_is_found() {
        let mut bytes = archive(&[("a.txt", TEXT), ("b.txt", b"behind the damage\n")]);
        bytes[3] ^= 1;
        let (_, extraction) = run(&bytes);
        assert_ne!(extraction.format, "tar");
        let mut bytes = archive(&[("a.txt", TEXT), ("b.txt", TEXT), ("c.txt", b"behind the damage\n")]);
        bytes[1024 + 3] ^= 1;
        let (kept, extraction) = run(&bytes);
        assert_eq!((extraction.state, extraction.reason), (SourceState::Partial, Some(Reason::Malformed)));
        assert!(kept.segments.iter().any(|it| it.text.starts_with(b"behind")));
        let (kept, extraction) = run(&archive(&[("a.txt", &TEXT.repeat(100))])[..1000]);
        assert_eq!((extraction.state, extraction.reason), (SourceState::Partial, Some(Reason::Malformed)));
        assert!(kept.segments[0].text.starts_with(TEXT));
    }

    #[test]
    fn packed_archives_and_archives_behind_the_end_are_read() {
        let bytes = [archive(&[("a.txt", TEXT)]), archive(&[("b.txt", b"second\n")])].concat();
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&bytes).expect("writes");
        let (kept, extraction) = run(&encoder.finish().expect("ends"));
        assert_eq!((extraction.format, extraction.state), ("gzip", SourceState::Complete));
        assert_eq!(kept.segments[0].frame.provenance.len(), 2);
        assert!(kept.segments.iter().any(|it| it.text.0 == b"second\n"));
    }

    #[test]
    fn hostile_archives_end_at_a_limit() {
        let huge = [header("long", b'L', 1 << 32).as_bytes().as_slice(), &[b'a'; 5000]].concat();
        assert_eq!(run(&huge).1.reason, Some(Reason::Malformed));
        let names: Vec<_> = (0..50).map(|it| format!("{it}.txt")).collect();
        let many: Vec<_> = names.iter().map(|it| (it.as_str(), TEXT)).collect();
        let limits = Limits { members: 10, ..Limits::default() };
        let (kept, extraction) = run_as(&archive(&many), 4096, Hint::default(), &limits);
        assert_eq!((extraction.reason, kept.unread.len()), (Some(Reason::LimitMembers), 1));
        let nested = (0..9).fold(TEXT.to_vec(), |bytes, _| archive(&[("x.tar", &bytes)]));
        assert_eq!(run(&nested).1.reason, Some(Reason::LimitDepth));
    }
}
