//! Tables of separated values, read in rows. The text stays the original bytes; fields are the contents of cells.

mod rows;
mod sniff;

use std::sync::Arc;

use self::rows::{MAX_FIELDS, Rows};
use self::sniff::Dialect;
#[cfg(feature = "office")]
pub(super) use self::sniff::{is_header, is_name, is_typical_name};
use super::block::Window;
use super::encoding::floor_boundary;
use super::head::{Head, Stream};
use super::job::Job;
use super::{table_name, text};
use crate::model::{Field, FieldKind, Frame, NO_LABEL, NO_NODE, Segment};

/// Bytes at the beginning of a table that say what it is like.
const HEAD: usize = 64 << 10;

/// True where the first rows are those of a table.
pub(super) fn sniff(head: &Head<'_>) -> bool {
    let named = head.is_named(".csv") || head.is_named(".tsv");
    sniff::sniff(head.text(), head.ended, named).is_some()
}

/// A table being read.
struct Table {
    dialect: Dialect,
    /// With the labels of the columns; shared by all blocks.
    frame: Arc<Frame>,
    /// Number, from 1, of the next row.
    next_record: u64,
}

/// Reads a stream to its end as a table.
pub(super) fn read(job: &mut Job<'_>, stream: Stream<'_>) {
    let mut window = stream.into_window();
    window.fill();
    let text = window.text();
    let whole = window.is_last() && text.len() <= HEAD;
    let head = &text[..floor_boundary(text, HEAD)];
    let strict = sniff::sniff(head, whole, false);
    let dialect = strict.or_else(|| sniff::sniff(head, whole, true)).unwrap_or_else(|| sniff::fallback(head));
    let frame = Arc::new(frame_of(job, &dialect, head));
    let mut table = Table { dialect, frame, next_record: 1 };
    if table.dialect.header_end > 0 && !table.emit_header(job, &mut window) {
        return;
    }
    while table.read_block(job, &mut window) {}
}

fn frame_of(job: &Job<'_>, dialect: &Dialect, head: &[u8]) -> Frame {
    let mut names: Vec<&[u8]> = Vec::new();
    if dialect.header_end > 0 {
        let header = &head[dialect.header_start..dialect.header_end];
        names = sniff::split_rows(header, dialect.delimiter, 1).pop().unwrap_or_default();
    }
    let header = |column: u32| names.get(column as usize).copied().unwrap_or_default();
    let label = |column: u32| table_name::label(&job.name, header(column), Some(column));
    Frame {
        provenance: Arc::clone(&job.frame.provenance),
        labels: (0..dialect.columns).map(label).collect(),
        ..Frame::default()
    }
}

impl Table {
    /// A first row may hold patients all the same: its cells are emitted, without labels, as record 0.
    fn emit_header(&mut self, job: &mut Job<'_>, window: &mut Window<'_>) -> bool {
        let end = self.dialect.header_end;
        let mut rows = Rows::new(self.dialect.delimiter, 0);
        rows.read(&window.text()[..end], true);
        for field in &mut rows.fields {
            field.record = 0;
        }
        let block = window.cut(end, end, job.buffer());
        let segment = Segment { fields: rows.fields, first_record: 0, ..block.into_segment(0..end) };
        job.send(Segment { frame: Arc::clone(&self.frame), ..segment })
    }

    /// Emits one block of whole rows; false at the end.
    fn read_block(&mut self, job: &mut Job<'_>, window: &mut Window<'_>) -> bool {
        window.fill();
        let text = window.text();
        if text.is_empty() {
            return false;
        }
        let mut rows = Rows::new(self.dialect.delimiter, self.dialect.columns);
        rows.fields.reserve_exact(self.expected_fields(text.len()));
        rows.read(text, window.is_last());
        if rows.end == 0 {
            return self.read_lines(job, window);
        }
        let segment = Segment {
            fields: rows.fields,
            first_record: self.next_record,
            ..window.cut(rows.end, rows.end, job.buffer()).into_segment(0..rows.end)
        };
        self.next_record += u64::from(rows.records);
        job.send(Segment { frame: Arc::clone(&self.frame), ..segment })
    }

    /// An open quote swallows more than a block: its lines are rows where they have the right number of cells, else
    /// prose. Quotes count again behind them, so that the cost stays linear.
    fn read_lines(&mut self, job: &mut Job<'_>, window: &mut Window<'_>) -> bool {
        let text = window.text();
        let last_line_end = memchr::memrchr(b'\n', text).map(|at| at + 1);
        let end = if window.is_last() { Some(text.len()) } else { last_line_end };
        let Some(end) = end else {
            let first_record = self.next_record;
            self.next_record += 1;
            let frame = &self.frame;
            return text::read_long_line(job, window, |segment| Segment {
                frame: Arc::clone(frame),
                first_record,
                ..segment
            });
        };
        let mut fields = Vec::new();
        let mut line_start = 0;
        let mut records = 0;
        for line_end in memchr::memchr_iter(b'\n', &text[..end]).map(|at| at + 1).chain([end]) {
            if line_end > line_start {
                self.read_line(text, line_start..line_end, records, &mut fields);
                records += 1;
                line_start = line_end;
            }
        }
        let block = window.cut(end, end, job.buffer());
        let segment = Segment { fields, first_record: self.next_record, ..block.into_segment(0..end) };
        self.next_record += u64::from(records);
        job.send(Segment { frame: Arc::clone(&self.frame), ..segment })
    }

    /// One line, its quotes taken literally.
    fn read_line(&self, text: &[u8], line: std::ops::Range<usize>, record: u32, fields: &mut Vec<Field>) {
        let before = fields.len();
        let mut cell_start = line.start;
        let mut column = 0;
        let ends = memchr::memchr_iter(self.dialect.delimiter, &text[line.clone()]).map(|at| line.start + at);
        for cell_end in ends.chain([line.end]) {
            let label = if column < self.dialect.columns { column } else { NO_LABEL };
            rows::push_cell(text, cell_start..cell_end, label, record, fields);
            cell_start = cell_end + 1;
            column += 1;
        }
        if column != self.dialect.columns {
            fields.truncate(before);
            let (start, end) = (line.start as u32, line.end as u32);
            let kind = FieldKind::Narrative;
            fields.push(Field { start, end, label: NO_LABEL, record, node: NO_NODE, kind });
        }
    }

    /// As many fields as rows as full as the first ones would have.
    fn expected_fields(&self, bytes: usize) -> usize {
        (bytes / self.dialect.bytes_per_cell.max(1) + 64).min(MAX_FIELDS + 1024)
    }
}

#[cfg(test)]
mod tests;
