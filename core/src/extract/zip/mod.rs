//! ZIP archives: every member is read as a stream of its own, those that the directory does not list included.

mod archive;
mod decode;
mod rare;
mod salvage;

use std::io::Cursor;

pub(super) use self::archive::Archive;
use super::budget::DecodedReader;
use super::compose::{Composer, Value};
use super::head::{Bytes, Head, Stream};
use super::job::Job;
use super::text;
use crate::model::{Reason, Step, Text};

/// Bytes that the end of the directory and its comment take at most (APPNOTE 4.3.16).
const MAX_END: u64 = 22 + (1 << 16);
/// Packed bytes of a member that is looked at for whether its encryption flag lies.
const MAX_DOUBTED: u64 = 16 << 20;

/// APPNOTE 4.3.7, 4.3.16, and 8.5.3 for archives that were meant to span disks. A script may come first.
pub(super) fn sniff(head: &Head<'_>) -> bool {
    const STARTS: [&[u8]; 4] = [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08PK", b"PK00PK"];
    let script = head.raw.starts_with(b"#!");
    STARTS.iter().any(|start| head.raw.starts_with(start)) || script && salvage::begins_within(head.raw)
}

/// Reads every member.
pub(super) fn read(job: &mut Job<'_>, stream: Stream<'_>) {
    let opened = stream.into_random().map(|input| Archive::open(job, input));
    let mut archive = match opened {
        Ok(archive) => archive,
        Err(reason) => return job.unread(reason, None),
    };
    #[cfg(feature = "office")]
    if super::office::read_package(job, &mut archive) {
        return;
    }
    read_members(job, &mut archive);
}

/// Reads a program: the archive that unpacks itself, where it is one, else what stands in clear at its beginning.
pub(super) fn read_program(job: &mut Job<'_>, mut stream: Stream<'_>) {
    let end = stream.peek_end(MAX_END);
    if memchr::memmem::rfind(&end, b"PK\x05\x06").is_none() {
        return text::read_start(job, stream);
    }
    read(job, stream);
}

/// Reads every member as what it is, its name included.
fn read_members(job: &mut Job<'_>, archive: &mut Archive<'_>) {
    if archive.is_damaged {
        job.unread(Reason::Malformed, None);
    }
    let mut names = Composer::new(job);
    for index in 0..archive.entries.len() {
        let name = archive.entries[index].name.clone();
        if !names.push(job, Value::path(&name, index as u64 + 1)) || job.is_over() {
            return;
        }
        if !name.ends_with(b"/") && !read_member(job, archive, index) {
            break;
        }
    }
    names.flush(job);
}

/// Reads one member as a stream of its own; false where a limit says that reading on makes no sense.
pub(super) fn read_member(job: &mut Job<'_>, archive: &mut Archive<'_>, index: usize) -> bool {
    let (name, packed) = (archive.entries[index].name.clone(), archive.entries[index].packed);
    let step = Step::Member(Text(name.clone()));
    let budget = job.budget;
    match member_bytes(archive, index) {
        Ok(reader) => {
            let bytes = Bytes::Stream(Box::new(DecodedReader::new(reader, budget)));
            job.read_inside(step, &name, bytes);
        }
        Err(reason) => job.unread_inside(step, reason, Some(packed)),
    }
    !job.is_spent()
}

/// The bytes of a member that is part of a document; says so where they cannot be read.
#[cfg(feature = "office")]
pub(super) fn part_bytes<'r, 'j: 'r>(
    job: &mut Job<'j>,
    archive: &'r mut Archive<'_>,
    index: usize,
) -> Option<Box<dyn std::io::Read + 'r>> {
    let name = archive.entries[index].name.clone();
    let budget = job.budget;
    let opened = job.may_open().and_then(|()| member_bytes(archive, index));
    match opened {
        Ok(reader) => Some(Box::new(DecodedReader::new(reader, budget))),
        Err(reason) => {
            job.unread_inside(Step::Member(Text(name)), reason, None);
            None
        }
    }
}

/// The decoded bytes of a member.
///
/// # Errors
/// Why it cannot be read.
fn member_bytes<'r>(archive: &'r mut Archive<'_>, index: usize) -> Result<Box<dyn std::io::Read + 'r>, Reason> {
    let entry = &archive.entries[index];
    if !entry.encrypted {
        return archive.decoded(index);
    }
    // The flag alone proves nothing: some writers set it by mistake. Bytes that decode to their checksum were in clear.
    if entry.packed > MAX_DOUBTED || entry.crc.is_none() {
        return Err(Reason::Encrypted);
    }
    let room = MAX_DOUBTED * 4;
    let mut bytes = Vec::new();
    let mut reader = archive.decoded(index).map_err(|_| Reason::Encrypted)?;
    match std::io::Read::read_to_end(&mut std::io::Read::take(&mut reader, room), &mut bytes) {
        Ok(count) if (count as u64) < room => Ok(Box::new(Cursor::new(bytes))),
        _ => Err(Reason::Encrypted),
    }
}

#[cfg(test)]
mod tests;
