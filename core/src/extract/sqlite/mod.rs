//! SQLite databases, their write-ahead logs and rollback journals, read from their pages: rows by their tables and
//! columns, then what was deleted. Opens nothing, runs no SQL, needs no intact file.

mod log;
mod pages;
mod record;
mod remains;
mod rows;
mod schema;
#[cfg(test)]
mod tests;
mod tree;

use std::collections::HashSet;

use self::pages::{Pages, Seen, number16, number32};
use self::remains::Remains;
use self::rows::Rows;
use self::schema::Table;
use self::tree::{Kind, Page};
use super::compose::{Composer, Value};
use super::encoding::Encoding;
use super::head::{Head, Stream};
use super::job::Job;
use crate::model::{FieldKind, Grid, Reason, Text};

pub(super) use self::log::{is_journal, is_wal, read_journal, read_wal};

const MAGIC: &[u8] = b"SQLite format 3\0";
/// Tables that are read by name.
const MAX_TABLES: usize = 1 << 14;

/// True for a database.
pub(super) fn sniff(head: &Head<'_>) -> bool {
    head.raw.starts_with(MAGIC)
}

/// True for what is named like a database and is nothing but noise: whole pages are encrypted.
pub(super) fn is_encrypted(head: &Head<'_>) -> bool {
    let named = [".db", ".sqlite", ".sqlite3", ".db3", ".sqlcipher"].iter().any(|it| head.is_named(it));
    named && head.raw.len() >= 2048 && head.raw.len().is_multiple_of(512) && entropy(head.raw) > 7.8
}

/// Says that nothing of it was read.
pub(super) fn read_encrypted(job: &mut Job<'_>, _stream: Stream<'_>) {
    job.unread(Reason::Encrypted, None);
}

/// Bits of information in a byte.
fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0u32; 256];
    for byte in bytes {
        counts[usize::from(*byte)] += 1;
    }
    let share = |count: &u32| f64::from(*count) / bytes.len() as f64;
    counts.iter().filter(|it| **it > 0).map(share).map(|share| -share * share.log2()).sum()
}

/// Reads a stream to its end as a database.
pub(super) fn read(job: &mut Job<'_>, stream: Stream<'_>) {
    let mut pages = match stream.into_random() {
        Ok(input) => Pages::new(input),
        Err(reason) => return job.unread(reason, None),
    };
    let Some(header) = pages.bytes(0, 100) else {
        return job.unread(Reason::Malformed, Some(pages.length()));
    };
    if !pages.set_size(page_size(&header), usize::from(header[20])) {
        job.unread(Reason::Malformed, None);
        return remains::read_all(job, &mut pages);
    }
    let mut reader = Reader::new(pages, text_encoding(&header));
    reader.is_damaged = is_cut_off(&header, &reader.pages);
    if reader.read_tables(job) && reader.read_rest(job) && reader.is_damaged {
        job.unread(Reason::Malformed, None);
    }
}

fn page_size(header: &[u8]) -> usize {
    match number16(header, 16) {
        Some(1) => 65536,
        size => size.unwrap_or(0),
    }
}

fn text_encoding(header: &[u8]) -> Encoding {
    match number32(header, 56) {
        Some(2) => Encoding::Utf16Le,
        Some(3) => Encoding::Utf16Be,
        _ => Encoding::Utf8,
    }
}

/// The header counts more pages than there are, or the last one is not whole.
fn is_cut_off(header: &[u8], pages: &Pages<'_>) -> bool {
    let counted = number32(header, 28).filter(|_| header[24..28] == header[92..96]).unwrap_or(0);
    counted > pages.count || !pages.length().is_multiple_of(pages.size as u64)
}

/// Reads trees.
struct Reader<'a> {
    pages: Pages<'a>,
    seen: Seen,
    encoding: Encoding,
    tables: Vec<Table>,
    /// Some page is not what it should be.
    is_damaged: bool,
    /// Rows of a log that were emitted: its pages hold most of them more than once.
    known: HashSet<u64>,
}

impl<'a> Reader<'a> {
    fn new(pages: Pages<'a>, encoding: Encoding) -> Self {
        let seen = Seen::new(pages.count);
        Reader { pages, seen, encoding, tables: Vec::new(), is_damaged: false, known: HashSet::new() }
    }

    /// Reads the schema and every table it names; false where the receiver wants no more.
    fn read_tables(&mut self, job: &mut Job<'_>) -> bool {
        let objects = self.read_schema(job);
        for object in &objects {
            if let Some(table) = &object.table {
                self.tables.push(table.clone());
            }
        }
        for object in objects {
            let goes_on = match object.table {
                Some(table) => self.read_table(job, &table, object.root),
                None => self.walk_index(job, object.root),
            };
            if !goes_on {
                return false;
            }
        }
        true
    }

    /// The objects that the schema names. Their SQL is emitted.
    fn read_schema(&mut self, job: &mut Job<'_>) -> Vec<schema::Object> {
        let mut objects = Vec::new();
        let mut composer = Composer::new(job).with_grid(Grid::Table(Text(b"sqlite_schema".to_vec())));
        let mut record = 0;
        let encoding = self.encoding;
        let mut remains = Remains::new(job, None, encoding);
        self.walk(job, 1, &mut remains, &mut |reader, job, page| {
            for entry in page.entries(&mut reader.pages, &mut reader.seen, &mut reader.is_damaged) {
                record += 1;
                let Some((sql, object)) = schema::object(&entry.payload, encoding) else {
                    reader.is_damaged = true;
                    continue;
                };
                let value = Value { kind: FieldKind::Markup, record, ..Value::prose(&sql) };
                if !sql.is_empty() && !composer.push(job, value) {
                    return false;
                }
                objects.extend(object.filter(|_| objects.len() < MAX_TABLES));
            }
            true
        });
        composer.flush(job);
        objects
    }

    fn read_table(&mut self, job: &mut Job<'_>, table: &Table, root: u32) -> bool {
        let mut rows = Rows::of_table(job, table, self.encoding);
        let mut remains = Remains::new(job, Some(table), self.encoding);
        let mut visit = |reader: &mut Self, job: &mut Job<'_>, page: &Page| reader.read_rows(job, page, &mut rows);
        self.walk(job, root, &mut remains, &mut visit) && rows.flush(job)
    }

    /// What an index holds stands in its table too: only its overflow pages are noted.
    fn walk_index(&mut self, job: &mut Job<'_>, root: u32) -> bool {
        let mut remains = Remains::new(job, None, self.encoding);
        self.walk(job, root, &mut remains, &mut |reader, _, page| {
            page.entries(&mut reader.pages, &mut reader.seen, &mut reader.is_damaged);
            true
        })
    }

    /// Emits the rows of a page.
    fn read_rows(&mut self, job: &mut Job<'_>, page: &Page, rows: &mut Rows<'_>) -> bool {
        for entry in page.entries(&mut self.pages, &mut self.seen, &mut self.is_damaged) {
            if self.pages.is_log() && !log::is_new(&mut self.known, &entry) {
                continue;
            }
            match rows.emit(job, &entry) {
                Some(true) => {}
                Some(false) => return false,
                None => self.is_damaged = true,
            }
        }
        true
    }

    /// Visits the pages of a tree in order, and reads what was deleted from them.
    fn walk(
        &mut self,
        job: &mut Job<'_>,
        root: u32,
        remains: &mut Remains<'_>,
        visit: &mut dyn FnMut(&mut Self, &mut Job<'_>, &Page) -> bool,
    ) -> bool {
        let mut waiting = vec![root];
        while let Some(number) = waiting.pop() {
            if job.is_over() {
                return false;
            }
            let Some(page) = self.open(number) else { continue };
            if !visit(self, job, &page) || !remains.read_free(job, &page) {
                return false;
            }
            for child in page.children().into_iter().rev() {
                match child {
                    Some(child) => waiting.push(child),
                    None => self.is_damaged = true,
                }
            }
        }
        remains.flush(job)
    }

    /// A page of a tree that was not visited yet.
    fn open(&mut self, number: u32) -> Option<Page> {
        let Some(bytes) = self.pages.page(number) else {
            self.is_damaged |= !self.pages.is_log();
            return None;
        };
        // A page that is no tree's is left for later.
        let page = if self.seen.contains(number) { None } else { Page::new(number, bytes) };
        if page.is_none() {
            self.is_damaged = true;
            return None;
        }
        self.seen.visit(number);
        page
    }

    /// Reads what no tree holds: free pages, and those of damaged trees.
    fn read_rest(&mut self, job: &mut Job<'_>) -> bool {
        let tables = std::mem::take(&mut self.tables);
        let mut remains = Remains::new(job, None, self.encoding);
        for number in 1..=self.pages.count {
            if self.seen.contains(number) {
                continue;
            }
            if job.is_over() {
                return false;
            }
            let Some(place) = self.pages.place(number) else { continue };
            let size = self.pages.size.min((self.pages.length() - place) as usize);
            let Some(mut bytes) = self.pages.bytes(place, size) else { continue };
            bytes.resize(self.pages.size, 0);
            if !self.read_stray(job, number, bytes, &tables, &mut remains) {
                return false;
            }
        }
        self.tables = tables;
        remains.flush(job)
    }

    /// Reads a page that belongs to nothing.
    fn read_stray(
        &mut self,
        job: &mut Job<'_>,
        number: u32,
        bytes: Vec<u8>,
        tables: &[Table],
        remains: &mut Remains<'_>,
    ) -> bool {
        let page = match Page::new(number, bytes.clone()) {
            Some(page) if matches!(page.kind, Kind::TableLeaf | Kind::IndexLeaf) => page,
            _ => return remains.read_runs(job, &bytes),
        };
        // Damage is no news in what was thrown away.
        let mut ignored = false;
        for entry in page.entries(&mut self.pages, &mut self.seen, &mut ignored) {
            if self.pages.is_log() && !log::is_new(&mut self.known, &entry) {
                continue;
            }
            if !remains.read_entry(job, &entry, tables) {
                return false;
            }
        }
        remains.read_free(job, &page)
    }
}
