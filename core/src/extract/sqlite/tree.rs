//! B-tree pages: their cells, and what stands between them. Without recursion; every page is visited once.

use std::ops::Range;

use super::pages::{Pages, Seen, number16, number32};
use super::record::varint;

/// Bytes of one row that are read.
const MAX_PAYLOAD: usize = 64 << 20;
/// The header of a database before the first page's own.
const FILE_HEADER: usize = 100;

/// What a page holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    IndexInner,
    TableInner,
    IndexLeaf,
    TableLeaf,
}

/// A page of a tree.
pub(super) struct Page {
    pub(super) kind: Kind,
    bytes: Vec<u8>,
    /// Where its header begins.
    header: usize,
}

/// A row, or an entry of an index.
pub(super) struct Entry {
    pub(super) rowid: i64,
    pub(super) payload: Vec<u8>,
    /// Not all of it could be read.
    pub(super) is_cut: bool,
}

impl Page {
    /// The page of those bytes, if it is one of a tree.
    pub(super) fn new(number: u32, bytes: Vec<u8>) -> Option<Page> {
        let header = if number == 1 { FILE_HEADER } else { 0 };
        let kind = match bytes.get(header)? {
            2 => Kind::IndexInner,
            5 => Kind::TableInner,
            10 => Kind::IndexLeaf,
            13 => Kind::TableLeaf,
            _ => return None,
        };
        let page = Page { kind, bytes, header };
        let content = number16(&page.bytes, header + 5)?;
        let fits = page.pointers_end() <= page.bytes.len() && (content == 0 || content <= page.bytes.len());
        fits.then_some(page)
    }

    fn is_inner(&self) -> bool {
        matches!(self.kind, Kind::IndexInner | Kind::TableInner)
    }

    fn cells(&self) -> usize {
        number16(&self.bytes, self.header + 3).unwrap_or(0)
    }

    fn pointers(&self) -> usize {
        self.header + if self.is_inner() { 12 } else { 8 }
    }

    fn pointers_end(&self) -> usize {
        self.pointers() + 2 * self.cells()
    }

    /// Where cell `index` begins.
    fn cell(&self, index: usize) -> Option<usize> {
        number16(&self.bytes, self.pointers() + 2 * index)
            .filter(|at| *at >= self.pointers_end() && *at < self.bytes.len())
    }

    /// The pages below, in order; `None` for those that the page does not say rightly.
    pub(super) fn children(&self) -> Vec<Option<u32>> {
        if !self.is_inner() {
            return Vec::new();
        }
        let below = (0..self.cells()).map(|index| number32(&self.bytes, self.cell(index)?));
        below.chain([number32(&self.bytes, self.header + 8)]).collect()
    }

    /// The entries on the page. Says in `damaged` where some could not be read.
    pub(super) fn entries(&self, pages: &mut Pages<'_>, seen: &mut Seen, damaged: &mut bool) -> Vec<Entry> {
        if self.kind == Kind::TableInner {
            return Vec::new();
        }
        let mut entries = Vec::new();
        let mut local = 0;
        for index in 0..self.cells() {
            let entry = self.cell(index).and_then(|at| self.entry(at, pages, seen));
            let Some((entry, size)) = entry else {
                *damaged = true;
                continue;
            };
            local += size;
            *damaged |= entry.is_cut && !pages.is_log();
            entries.push(entry);
            // Cells that lie over each other would make much of little.
            if local > 2 * self.bytes.len() {
                *damaged = true;
                break;
            }
        }
        entries
    }

    /// The entry at that place, and its bytes on the page.
    fn entry(&self, at: usize, pages: &mut Pages<'_>, seen: &mut Seen) -> Option<(Entry, usize)> {
        let mut from = at + if self.kind == Kind::IndexInner { 4 } else { 0 };
        let (length, used) = varint(self.bytes.get(from..)?)?;
        from += used;
        let mut rowid = 0;
        if self.kind == Kind::TableLeaf {
            let (value, used) = varint(self.bytes.get(from..)?)?;
            rowid = value as i64;
            from += used;
        }
        let length = usize::try_from(length).ok()?;
        let local = local_bytes(length, pages.usable, self.kind == Kind::TableLeaf);
        let mut payload = self.bytes.get(from..from.checked_add(local)?)?.to_vec();
        if local < length {
            let next = number32(&self.bytes, from + local)?;
            read_overflow(pages, seen, next, length.min(MAX_PAYLOAD), &mut payload);
        }
        let is_cut = payload.len() < length;
        Some((Entry { rowid, payload, is_cut }, from + local - at))
    }

    /// Stretches of the page that hold nothing any more.
    pub(super) fn free(&self) -> Vec<Range<usize>> {
        let content = match number16(&self.bytes, self.header + 5) {
            Some(0) => self.bytes.len(),
            Some(content) => content,
            None => return Vec::new(),
        };
        let gap = self.pointers_end().min(content)..content;
        let mut free = Vec::from([gap]);
        let mut at = number16(&self.bytes, self.header + 1).unwrap_or(0);
        while at > 0 {
            let (Some(next), Some(size)) = (number16(&self.bytes, at), number16(&self.bytes, at + 2)) else { break };
            if at + size > self.bytes.len() {
                break;
            }
            free.push((at + 4).min(at + size)..at + size);
            // They stand in order.
            if next <= at {
                break;
            }
            at = next;
        }
        free
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Bytes of a payload that stand on the page itself (file format, 1.6).
fn local_bytes(length: usize, usable: usize, is_table: bool) -> usize {
    let most = if is_table { usable - 35 } else { (usable - 12) * 64 / 255 - 23 };
    if length <= most {
        return length;
    }
    let least = (usable - 12) * 32 / 255 - 23;
    let wanted = least + (length - least) % (usable - 4);
    if wanted <= most { wanted } else { least }
}

/// Follows a chain of pages, each of which belongs to one row only.
fn read_overflow(pages: &mut Pages<'_>, seen: &mut Seen, first: u32, length: usize, payload: &mut Vec<u8>) {
    let mut next = first;
    while payload.len() < length && next != 0 && seen.visit(next) {
        let Some(page) = pages.page(next) else { return };
        let part = (length - payload.len()).min(pages.usable - 4);
        payload.extend_from_slice(&page[4..4 + part]);
        next = number32(&page, 0).unwrap_or(0);
    }
}
