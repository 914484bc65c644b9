//! Members by their local headers: where the central directory is damaged, and those that it does not list.

use std::io::{Read, Seek, SeekFrom};

use memchr::memmem;

use super::super::Random;
use super::super::job::Job;
use super::archive::Entry;

/// Length of a local header without name and extra field (APPNOTE 4.3.7).
const HEADER: usize = 30;
/// Bytes between two listed members in which another one is looked for.
const MIN_GAP: u64 = 64;
/// Bytes read at a time.
const CHUNK: usize = 64 << 10;
/// Members salvaged at most.
const MAX_SALVAGED: usize = 1 << 16;

/// True where a plausible local header stands in `bytes`.
pub(super) fn begins_within(bytes: &[u8]) -> bool {
    memmem::find_iter(bytes, b"PK\x03\x04").any(|at| Local::parse(&bytes[at..]).is_some())
}

/// Where the data of the member begins whose local header stands at `header`.
pub(super) fn data_start(input: &mut Box<dyn Random + '_>, header: u64) -> Option<u64> {
    let mut bytes = [0; HEADER];
    input.seek(SeekFrom::Start(header)).and_then(|_| input.read_exact(&mut bytes)).ok()?;
    if !bytes.starts_with(b"PK\x03\x04") {
        return None;
    }
    header.checked_add(HEADER as u64 + u64::from(u16_at(&bytes, 26)) + u64::from(u16_at(&bytes, 28)))
}

/// The members outside the extents of those that are `listed`, in an archive of `end` bytes.
pub(super) fn unlisted(job: &mut Job<'_>, input: &mut Box<dyn Random + '_>, listed: &[Entry], end: u64) -> Vec<Entry> {
    let extent = |it: &Entry| {
        let slack = (HEADER + it.name.len()) as u64;
        (it.header, it.header.saturating_add(slack).saturating_add(it.packed))
    };
    let mut extents: Vec<(u64, u64)> = listed.iter().map(extent).collect();
    extents.sort_unstable();
    extents.push((end, end));
    let mut found = Vec::new();
    let mut at = 0;
    for (start, behind) in extents {
        if start > at && start - at >= MIN_GAP || listed.is_empty() {
            scan(job, input, at, start, &mut found);
        }
        at = at.max(behind);
    }
    found
}

/// Finds the local headers between two places.
fn scan(job: &mut Job<'_>, input: &mut Box<dyn Random + '_>, from: u64, to: u64, found: &mut Vec<Entry>) {
    let mut at = from;
    while at < to && found.len() < MAX_SALVAGED && !job.is_over() {
        let Some(header) = find(input, at, to, &[b"PK\x03\x04"]) else { return };
        let Some(entry) = entry_at(input, header, to) else {
            at = header + 4;
            continue;
        };
        at = header.saturating_add(HEADER as u64).saturating_add(entry.packed);
        found.push(entry);
    }
}

/// The member whose local header stands at `header`, if a plausible one does.
fn entry_at(input: &mut Box<dyn Random + '_>, header: u64, to: u64) -> Option<Entry> {
    let bytes = read_at(input, header, HEADER + (1 << 17));
    let local = Local::parse(&bytes)?;
    let start = header + (HEADER + local.name.len() + local.extra.len()) as u64;
    let (size, packed) = local.sizes();
    // Sizes that come behind the data are found by what comes behind them.
    const NEXT: [&[u8]; 3] = [b"PK\x07\x08", b"PK\x03\x04", b"PK\x01\x02"];
    let streamed = local.flags & 8 != 0 && packed == 0;
    let packed = if streamed { find(input, start, to, &NEXT).unwrap_or(to).saturating_sub(start) } else { packed };
    Some(Entry {
        name: local.name.to_vec(),
        header,
        packed: packed.min(to.saturating_sub(start)),
        size: if streamed { u64::MAX } else { size },
        method: local.method,
        encrypted: local.flags & 1 != 0,
        crc: (!streamed).then_some(local.crc),
    })
}

/// The first of some signatures between two places.
fn find(input: &mut Box<dyn Random + '_>, from: u64, to: u64, signatures: &[&[u8]]) -> Option<u64> {
    let mut at = from;
    while at < to {
        let bytes = read_at(input, at, CHUNK);
        let first =
            memmem::find_iter(&bytes, b"PK").find(|&at| signatures.iter().any(|it| bytes[at..].starts_with(it)));
        if let Some(first) = first {
            return Some(at + first as u64).filter(|&it| it < to);
        }
        if bytes.len() < CHUNK {
            return None;
        }
        at += (CHUNK - 3) as u64;
    }
    None
}

fn read_at(input: &mut Box<dyn Random + '_>, at: u64, count: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    // What cannot be read is not there.
    let _ = input.seek(SeekFrom::Start(at)).and_then(|_| input.take(count as u64).read_to_end(&mut bytes));
    bytes
}

/// A local header.
struct Local<'a> {
    flags: u16,
    method: u16,
    crc: u32,
    packed: u32,
    size: u32,
    name: &'a [u8],
    extra: &'a [u8],
}

impl<'a> Local<'a> {
    fn parse(bytes: &'a [u8]) -> Option<Self> {
        const METHODS: [u16; 19] = [0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 14, 18, 19, 93, 95, 97, 98, 99];
        let header = bytes.get(..HEADER)?;
        let (name_len, extra_len) = (usize::from(u16_at(header, 26)), usize::from(u16_at(header, 28)));
        let method = u16_at(header, 8);
        let name = bytes.get(HEADER..HEADER + name_len)?;
        let extra = bytes[HEADER + name_len..].get(..extra_len).unwrap_or_default();
        let plausible = header.starts_with(b"PK\x03\x04") && header[4] < 100 && METHODS.contains(&method);
        (plausible && !name.is_empty() && !name.contains(&0)).then(|| Local {
            flags: u16_at(header, 6),
            method,
            crc: u32_at(header, 14),
            packed: u32_at(header, 18),
            size: u32_at(header, 22),
            name,
            extra,
        })
    }

    /// Decoded and packed size; those of Zip64 stand in an extra field (APPNOTE 4.5.3).
    fn sizes(&self) -> (u64, u64) {
        let mut rest = self.extra;
        let wide = self.packed == u32::MAX || self.size == u32::MAX;
        while wide && !rest.is_empty() {
            let Some((head, body)) = rest.split_at_checked(4) else { break };
            let Some((field, behind)) = body.split_at_checked(usize::from(u16_at(head, 2))) else { break };
            if u16_at(head, 0) == 1 && field.len() >= 16 {
                return (u64_at(field, 0), u64_at(field, 8));
            }
            rest = behind;
        }
        (u64::from(self.size), u64::from(self.packed))
    }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}
