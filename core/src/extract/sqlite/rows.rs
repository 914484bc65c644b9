//! Rows as labelled values. Reads no pages.

use std::borrow::Cow;

use super::super::compose::{Composer, Value};
use super::super::encoding::Encoding;
use super::super::head::Bytes;
use super::super::is_readable;
use super::super::job::Job;
use super::record::{Cell, cells};
use super::schema::Table;
use super::tree::Entry;
use crate::model::{FieldKind, Grid, Label, LabelId, NO_LABEL, Step, Text};

/// A value that is longer and has spaces is prose.
const PROSE: usize = 64;

/// Emits the rows of one table.
pub(super) struct Rows<'t> {
    composer: Composer,
    table: &'t Table,
    encoding: Encoding,
    /// By column.
    labels: Vec<LabelId>,
    record: u64,
}

impl<'t> Rows<'t> {
    pub(super) fn of_table(job: &Job<'_>, table: &'t Table, encoding: Encoding) -> Self {
        let mut composer = Composer::new(job).with_grid(Grid::Table(Text(table.name.clone())));
        let labels = labels(&mut composer, table);
        Rows { composer, table, encoding, labels, record: 0 }
    }

    /// Emits a row; false where the receiver wants no more, `None` where it is no row.
    pub(super) fn emit(&mut self, job: &mut Job<'_>, entry: &Entry) -> Option<bool> {
        self.record += 1;
        let cells = cells(&entry.payload)?;
        if let Some(column) = self.table.rowid {
            let number = entry.rowid.to_string();
            let label = self.label(column);
            if !self.composer.push(job, Value::structured(number.as_bytes(), label, self.record)) {
                return Some(false);
            }
        }
        for (index, cell) in cells.iter().enumerate() {
            let column = self.table.order.get(index).copied().unwrap_or(index);
            let place = Place { label: self.label(column), record: self.record, is_residual: false };
            let goes_on = match cell {
                Cell::Blob(bytes) => self.look_into(job, bytes, column),
                cell => push(&mut self.composer, job, cell, place, self.encoding),
            };
            if !goes_on {
                return Some(false);
            }
        }
        Some(true)
    }

    fn label(&mut self, column: usize) -> LabelId {
        match self.labels.get(column) {
            Some(label) => *label,
            None => self.composer.label(Label::of_column(&[], &[], Some(column as u32))),
        }
    }

    /// Reads a binary value as what it is, if that can be told.
    fn look_into(&self, job: &mut Job<'_>, bytes: &[u8], column: usize) -> bool {
        if is_readable(bytes) {
            let name = self.table.columns.get(column).map_or(&b""[..], |it| it);
            let row = format!("[{}]", self.record);
            let name = [&self.table.name[..], b".", name, row.as_bytes()].concat();
            job.read_inside(Step::Member(Text(name)), b"", Bytes::Stream(Box::new(bytes)));
        }
        !job.is_over()
    }

    pub(super) fn flush(&mut self, job: &mut Job<'_>) -> bool {
        self.composer.flush(job)
    }
}

/// The labels of a table's columns.
pub(super) fn labels(composer: &mut Composer, table: &Table) -> Vec<LabelId> {
    let label = |(number, column): (usize, &Vec<u8>)| {
        composer.label(Label::of_column(&table.name, column, Some(number as u32)))
    };
    table.columns.iter().enumerate().map(label).collect()
}

/// Where a value belongs.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) label: LabelId,
    pub(super) record: u64,
    pub(super) is_residual: bool,
}

impl Place {
    /// In what was deleted, from no known column.
    pub(super) fn residual(record: u64) -> Place {
        Place { label: NO_LABEL, record, is_residual: true }
    }
}

/// Emits a value; false where the receiver wants no more.
pub(super) fn push(
    composer: &mut Composer,
    job: &mut Job<'_>,
    cell: &Cell<'_>,
    place: Place,
    encoding: Encoding,
) -> bool {
    let value: Cow<'_, [u8]> = match *cell {
        Cell::Null | Cell::Blob(_) => return true,
        Cell::Integer(number) => Cow::Owned(number.to_string().into_bytes()),
        Cell::Real(number) => Cow::Owned(number.to_string().into_bytes()),
        Cell::Text(bytes) => text(bytes, encoding),
    };
    let is_prose = value.len() > PROSE && memchr::memchr(b' ', &value).is_some();
    let kind = match (place.is_residual, is_prose) {
        (true, _) => FieldKind::Residual,
        (_, true) => FieldKind::Narrative,
        _ => FieldKind::Structured,
    };
    composer.push(job, Value { text: &value, label: place.label, record: place.record, kind, at: None })
}

/// A text as UTF-8.
pub(super) fn text(bytes: &[u8], encoding: Encoding) -> Cow<'_, [u8]> {
    let decoded = match encoding {
        Encoding::Utf16Le => encoding_rs::UTF_16LE.decode_without_bom_handling(bytes).0,
        Encoding::Utf16Be => encoding_rs::UTF_16BE.decode_without_bom_handling(bytes).0,
        _ if std::str::from_utf8(bytes).is_ok() => return Cow::Borrowed(bytes),
        _ => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
    };
    Cow::Owned(decoded.into_owned().into_bytes())
}
