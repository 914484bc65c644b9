//! Write-ahead logs and rollback journals: the pages they hold, the newest or the original one of each first.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::super::encoding::Encoding;
use super::super::head::{Head, Stream};
use super::super::job::Job;
use super::pages::{Pages, number32};
use super::tree::Entry;
use super::{Reader, text_encoding};
use crate::model::Reason;

/// A log in which numbers are big-endian when checked, or little-endian.
const WAL: [&[u8]; 2] = [b"\x37\x7F\x06\x82", b"\x37\x7F\x06\x83"];
const WAL_HEADER: u64 = 32;
const FRAME_HEADER: u64 = 24;
const JOURNAL: &[u8] = b"\xD9\xD5\x05\xF9\x20\xA1\x63\xD7";
/// Pages that are remembered by number.
const MAX_PAGES: usize = 1 << 22;
/// Rows that are remembered.
const MAX_ROWS: usize = 1 << 21;

/// True for a write-ahead log.
pub(in super::super) fn is_wal(head: &Head<'_>) -> bool {
    WAL.iter().any(|magic| head.raw.starts_with(magic)) && number32(head.raw, 8).is_some_and(|it| it.is_power_of_two())
}

/// True for a rollback journal. The magic bytes are not there before it is synced, nor after a commit.
pub(in super::super) fn is_journal(head: &Head<'_>) -> bool {
    let is_size =
        |at: usize| number32(head.raw, at).is_some_and(|it| it.is_power_of_two() && (512..=65536).contains(&it));
    let is_blank = head.raw.starts_with(&[0; JOURNAL.len()]);
    head.raw.starts_with(JOURNAL) || is_blank && is_size(20) && is_size(24)
}

/// Reads a write-ahead log: the newest copy of each page as the database's own, older ones as what was deleted.
pub(in super::super) fn read_wal(job: &mut Job<'_>, stream: Stream<'_>) {
    read(job, stream, |pages| {
        let header = pages.bytes(0, WAL_HEADER as usize)?;
        let size = number32(&header, 8)?;
        let mut copies = Vec::new();
        let mut at = WAL_HEADER;
        while let Some(frame) = pages.bytes(at, FRAME_HEADER as usize).filter(|_| copies.len() < MAX_PAGES) {
            // A frame of another salt is from before the log began anew.
            let is_current = frame[8..16] == header[16..24];
            copies.push(Copy { page: number32(&frame, 0)?, at: at + FRAME_HEADER, is_current });
            at += FRAME_HEADER + u64::from(size);
        }
        // The last copy counts.
        copies.reverse();
        Some((size as usize, copies))
    });
}

/// Reads a rollback journal, which holds pages as they were before they were changed.
pub(in super::super) fn read_journal(job: &mut Job<'_>, stream: Stream<'_>) {
    read(job, stream, |pages| {
        let header = pages.bytes(0, 28)?;
        let (sector, size) = (u64::from(number32(&header, 20)?.max(512)), number32(&header, 24)?);
        let mut copies = Vec::new();
        let mut at = sector;
        while let Some(number) = pages.bytes(at, 8).filter(|_| copies.len() < MAX_PAGES) {
            if number == JOURNAL {
                at += sector;
                continue;
            }
            let page = number32(&number, 0)?;
            if page == 0 {
                // Behind the last record of a part, the next part begins with a sector.
                at += sector - at % sector;
                continue;
            }
            copies.push(Copy { page, at: at + 4, is_current: true });
            at += u64::from(size) + 8;
        }
        Some((size as usize, copies))
    });
}

/// The size of pages, and the copies of them.
type Copies = (usize, Vec<Copy>);

/// A copy of a page.
struct Copy {
    page: u32,
    at: u64,
    is_current: bool,
}

/// Reads the copies that `find` finds; the first current one of a page counts.
fn read(job: &mut Job<'_>, stream: Stream<'_>, find: fn(&mut Pages<'_>) -> Option<Copies>) {
    let mut pages = match stream.into_random() {
        Ok(input) => Pages::new(input),
        Err(reason) => return job.unread(reason, None),
    };
    let found = find(&mut pages);
    let Some((_, copies)) = found.filter(|(size, _)| pages.set_size(*size, 0)) else {
        job.unread(Reason::Malformed, None);
        return super::remains::read_all(job, &mut pages);
    };
    let mut places = HashMap::new();
    for copy in copies.iter().filter(|copy| copy.is_current) {
        places.entry(copy.page).or_insert(copy.at);
    }
    let is_whole = copies.iter().all(|copy| copy.at + pages.size as u64 <= pages.length());
    let older: Vec<Copy> = copies.into_iter().filter(|copy| places.get(&copy.page) != Some(&copy.at)).collect();
    let first = places.get(&1).and_then(|at| pages.bytes(*at, 100));
    pages.set_places(places);
    let encoding = first.as_ref().map_or(Encoding::Utf8, |header| text_encoding(header));
    let mut reader = Reader::new(pages, encoding);
    let goes_on =
        (first.is_none() || reader.read_tables(job)) && reader.read_rest(job) && reader.read_copies(job, &older);
    if goes_on && (!is_whole || reader.is_damaged) {
        job.unread(Reason::Malformed, None);
    }
}

impl Reader<'_> {
    /// Reads copies of pages that do not count any more.
    fn read_copies(&mut self, job: &mut Job<'_>, copies: &[Copy]) -> bool {
        let tables = std::mem::take(&mut self.tables);
        let mut remains = super::remains::Remains::new(job, None, self.encoding);
        for copy in copies {
            if job.is_over() {
                return false;
            }
            let Some(bytes) = self.pages.bytes(copy.at, self.pages.size) else { continue };
            if !self.read_stray(job, copy.page, bytes, &tables, &mut remains) {
                return false;
            }
        }
        remains.flush(job)
    }
}

/// True where the row was not seen before.
pub(super) fn is_new(known: &mut HashSet<u64>, entry: &Entry) -> bool {
    if known.len() >= MAX_ROWS {
        return true;
    }
    let mut hasher = DefaultHasher::new();
    entry.rowid.hash(&mut hasher);
    entry.payload.hash(&mut hasher);
    known.insert(hasher.finish())
}
