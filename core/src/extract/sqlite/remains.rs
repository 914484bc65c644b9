//! What was deleted and still stands there: whole rows where their headers can be found, else runs of text.

use std::ops::Range;

use super::super::compose::{Composer, Value};
use super::super::encoding::Encoding;
use super::super::job::Job;
use super::pages::Pages;
use super::record::{Cell, cells, varint};
use super::rows::{Place, labels, push};
use super::schema::Table;
use super::tree::{Entry, Page};
use crate::model::{FieldKind, LabelId, Step};

/// Bytes that a run of text has at least.
const SHORTEST: usize = 5;
/// Bytes read at a time where there are no pages.
const CHUNK: usize = 64 << 10;

/// Emits remains.
pub(super) struct Remains<'t> {
    composer: Composer,
    /// The table whose pages are looked at.
    table: Option<&'t Table>,
    labels: Vec<LabelId>,
    encoding: Encoding,
    record: u64,
}

impl<'t> Remains<'t> {
    /// What remains of that table, or of nothing that is known.
    pub(super) fn new(job: &Job<'_>, table: Option<&'t Table>, encoding: Encoding) -> Self {
        let mut composer = Composer::inside(job, Step::part("residual"));
        let labels = table.map(|table| labels(&mut composer, table)).unwrap_or_default();
        Remains { composer, table, labels, encoding, record: 0 }
    }

    pub(super) fn flush(&mut self, job: &mut Job<'_>) -> bool {
        self.composer.flush(job)
    }

    /// Reads what stands between the cells of a page; false where the receiver wants no more.
    pub(super) fn read_free(&mut self, job: &mut Job<'_>, page: &Page) -> bool {
        let bytes = page.bytes();
        page.free().into_iter().enumerate().all(|(index, free)| {
            // The first stretch is the gap before the cells; the others are blocks that were cells.
            let is_block = index > 0;
            self.read_stretch(job, bytes, free, is_block)
        })
    }

    fn read_stretch(&mut self, job: &mut Job<'_>, bytes: &[u8], free: Range<usize>, is_block: bool) -> bool {
        let mut from = free.start;
        if let Some(table) = self.table.filter(|table| table.order.len() > 1) {
            let columns = table.order.len();
            let first = if is_block { carve_headless(&bytes[..free.end], free.start, columns) } else { None };
            let mut at = free.start;
            let mut carved = first;
            while at < free.end {
                carved = carved.or_else(|| carve(&bytes[..free.end], at, columns));
                let Some(row) = carved.take() else {
                    at += 1;
                    continue;
                };
                if !self.read_runs(job, &bytes[from..at]) || !self.read_cells(job, &row.cells) {
                    return false;
                }
                (at, from) = (row.end.max(at + 1), row.end);
            }
        }
        from >= free.end || self.read_runs(job, &bytes[from..free.end])
    }

    fn read_cells(&mut self, job: &mut Job<'_>, cells: &[Cell<'_>]) -> bool {
        self.record += 1;
        let order = self.table.map_or(&[][..], |table| &table.order);
        cells.iter().enumerate().all(|(index, cell)| {
            let column = order.get(index).copied().unwrap_or(index);
            let mut place = Place::residual(self.record);
            place.label = self.labels.get(column).copied().unwrap_or(place.label);
            push(&mut self.composer, job, cell, place, self.encoding)
        })
    }

    /// Reads a row that no tree holds any more. The table that alone has as many columns names them.
    pub(super) fn read_entry(&mut self, job: &mut Job<'_>, entry: &Entry, tables: &[Table]) -> bool {
        let Some(cells) = cells(&entry.payload) else { return self.read_runs(job, &entry.payload) };
        self.record += 1;
        let mut fitting = tables.iter().filter(|it| it.order.len() == cells.len() && cells.len() > 1);
        let table = fitting.next().filter(|_| fitting.next().is_none());
        let labels = table.map(|table| labels(&mut self.composer, table)).unwrap_or_default();
        cells.iter().enumerate().all(|(index, cell)| {
            let column = table.and_then(|table| table.order.get(index)).copied().unwrap_or(index);
            let mut place = Place::residual(self.record);
            place.label = labels.get(column).copied().unwrap_or(place.label);
            push(&mut self.composer, job, cell, place, self.encoding)
        })
    }

    /// Emits the runs of text in some bytes.
    pub(super) fn read_runs(&mut self, job: &mut Job<'_>, bytes: &[u8]) -> bool {
        self.record += 1;
        let record = self.record;
        runs(bytes).into_iter().all(|run| {
            let value = Value { kind: FieldKind::Residual, record, ..Value::prose(&bytes[run]) };
            self.composer.push(job, value)
        })
    }
}

/// Reads a whole file whose pages make no sense.
pub(super) fn read_all(job: &mut Job<'_>, pages: &mut Pages<'_>) {
    let mut remains = Remains::new(job, None, Encoding::Utf8);
    let mut at = 0;
    while at < pages.length() {
        let count = CHUNK.min((pages.length() - at) as usize);
        let Some(bytes) = pages.bytes(at, count) else { break };
        if !remains.read_runs(job, &bytes) {
            return;
        }
        at += count as u64;
    }
    remains.flush(job);
}

/// A row found in free space.
struct Carved<'b> {
    cells: Vec<Cell<'b>>,
    end: usize,
}

/// The row of that many columns whose header begins at `at`.
fn carve(bytes: &[u8], at: usize, columns: usize) -> Option<Carved<'_>> {
    let (header, used) = varint(&bytes[at..])?;
    let header = usize::try_from(header).ok().filter(|it| *it > columns && *it <= 4 * columns + 3)?;
    let types = bytes.get(at + used..at + header)?;
    let row = body(bytes, types, at + header, columns, 0)?;
    (row.cells.len() == columns).then_some(row)
}

/// The row of a free block that lost the beginning of its header: nothing, or the type of a first column that is the
/// row's number.
fn carve_headless(bytes: &[u8], at: usize, columns: usize) -> Option<Carved<'_>> {
    (0..=1).rev().find_map(|lost| {
        let mut end = at;
        for _ in lost..columns {
            let (_, used) = varint(bytes.get(end..)?)?;
            end += used;
        }
        body(bytes, &bytes[at..end], end, columns - lost, lost)
    })
}

/// The values that follow a header of those types, if that is what they can be.
fn body<'b>(bytes: &'b [u8], types: &[u8], start: usize, columns: usize, lost: usize) -> Option<Carved<'b>> {
    let mut payload_end = start;
    let mut at = 0;
    let mut ranges = Vec::new();
    while at < types.len() {
        let (kind, used) = varint(&types[at..])?;
        at += used;
        let size = super::record::size_of(kind)?;
        let end = payload_end.checked_add(size).filter(|end| *end <= bytes.len())?;
        ranges.push((kind, payload_end..end));
        payload_end = end;
    }
    if ranges.len() != columns {
        return None;
    }
    let found = ranges.into_iter().map(|(kind, range)| super::record::cell(kind, &bytes[range]));
    let cells: Vec<Cell<'b>> = std::iter::repeat_n(Cell::Null, lost).chain(found).collect();
    let is_told = |cell: &Cell<'_>| matches!(cell, Cell::Text(text) if !text.is_empty());
    let is_odd = |cell: &Cell<'_>| match cell {
        Cell::Text(text) => text.iter().any(|byte| byte.is_ascii_control() && !byte.is_ascii_whitespace()),
        Cell::Real(number) => !number.is_finite(),
        _ => false,
    };
    (cells.iter().any(is_told) && !cells.iter().any(is_odd)).then_some(Carved { cells, end: payload_end })
}

/// Stretches of text of some length.
fn runs(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut start = 0;
    for chunk in bytes.utf8_chunks() {
        let valid = chunk.valid();
        let mut from = 0;
        for (at, character) in valid.char_indices().chain([(valid.len(), '\0')]) {
            if character.is_control() && !matches!(character, '\t' | '\n' | '\r') {
                if at >= from + SHORTEST {
                    runs.push(start + from..start + at);
                }
                from = at + character.len_utf8();
            }
        }
        start += valid.len() + chunk.invalid().len();
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_text_of_some_length() {
        let bytes = b"\x00Jane Doe\x01abc\xFFM\xC3\xBCller\x00";
        let texts: Vec<&[u8]> = runs(bytes).into_iter().map(|run| &bytes[run]).collect();
        assert_eq!(texts, [&b"Jane Doe"[..], "Müller".as_bytes()]);
    }

    #[test]
    fn rows_are_found_by_their_headers() {
        let bytes = b"xx\x03\x17\x17Alice12345zz";
        let row = carve(bytes, 2, 2).expect("a row");
        assert_eq!((&row.cells[..], row.end), (&[Cell::Text(b"Alice"), Cell::Text(b"12345")][..], 15));
        assert!(carve(bytes, 1, 2).is_none());
        let row = carve_headless(b"\x17\x17Alice12345", 0, 3).expect("a row");
        assert_eq!(row.cells[0], Cell::Null);
    }
}
