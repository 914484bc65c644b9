//! Tables of separated values, read in rows. The text stays the original bytes; fields are the contents of cells.

mod rows;
mod sniff;

use std::sync::Arc;

use self::rows::{MAX_FIELDS, Rows};
use self::sniff::Dialect;
use super::block::{self, Window};
use super::encoding::floor_boundary;
use super::head::{Head, Stream};
use super::job::Job;
use crate::model::{Field, FieldKind, Frame, Label, NO_LABEL, NO_NODE, Segment, Text};

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
    /// Bytes of context at the beginning of the window, within a line that is longer than a block.
    context: usize,
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
    let mut table = Table { dialect, frame, next_record: 1, context: 0 };
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
    let label = |column: u32| Label {
        name: Text(names.get(column as usize).map(|name| name.to_vec()).unwrap_or_default()),
        hints: Text::default(),
        column: Some(column),
    };
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
        if self.context > 0 {
            return self.read_rest_of_line(job, window);
        }
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
            let cut = block::cut_lines(text, 0);
            self.context = cut.own_end - cut.next_start;
            let block = window.cut(cut.text_end, cut.next_start, job.buffer());
            return job.send(self.as_prose(block.into_segment(0..cut.own_end)));
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

    /// The rest of a line that is longer than a block.
    fn read_rest_of_line(&mut self, job: &mut Job<'_>, window: &mut Window<'_>) -> bool {
        let (text, begin) = (window.text(), self.context);
        let line_end = memchr::memchr(b'\n', &text[begin..]).map(|at| begin + at + 1);
        let own_end = if window.is_last() { line_end.or(Some(text.len())) } else { line_end };
        if let Some(own_end) = own_end {
            self.context = 0;
            self.next_record += 1;
            if own_end == begin {
                return false;
            }
            let block = window.cut(own_end, own_end, job.buffer());
            return job.send(self.as_prose(block.into_segment(begin..own_end)));
        }
        let cut = block::cut_lines(text, begin);
        self.context = cut.own_end - cut.next_start;
        let block = window.cut(cut.text_end, cut.next_start, job.buffer());
        job.send(self.as_prose(block.into_segment(begin..cut.own_end)))
    }

    fn as_prose(&self, segment: Segment) -> Segment {
        Segment { frame: Arc::clone(&self.frame), first_record: self.next_record, ..segment }
    }

    /// As many fields as rows as full as the first ones would have.
    fn expected_fields(&self, bytes: usize) -> usize {
        (bytes / self.dialect.bytes_per_cell.max(1) + 64).min(MAX_FIELDS + 1024)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{run, same_in_any_reads};

    #[test]
    fn cells_carry_their_column_names() {
        let (kept, extraction) = run(b"id,last_name,dob\r\n1,\"Doe, \"\"J\"\"\", 1960-02-03 \r\n2,,\r\n");
        assert_eq!(extraction.format, "csv");
        let expected = ["=id", "=last_name", "=dob", "id=1", "last_name=Doe, \"\"J\"\"", "dob=1960-02-03", "id=2"];
        assert_eq!(kept.pairs(), expected);
        let fields = kept.fields();
        assert_eq!((fields[0].record, fields[3].record, fields[6].record), (0, 1, 2));
    }

    #[test]
    fn blocks_are_the_same_for_reads_of_any_size() {
        let mut text = b"id,first_name,note\n".to_vec();
        for row in 0..40_000 {
            text.extend_from_slice(format!("{row},Ann,\"said \"\"{row}\"\",\nand left\"\n").as_bytes());
        }
        same_in_any_reads(&text);
        let (kept, _) = run(&text);
        assert_eq!(kept.owned(), text);
        assert_eq!(kept.fields().last().map(|field| field.record), Some(40_000));
    }

    #[test]
    fn prose_logs_and_messages_are_not_tables() {
        for text in [
            &b"Dear Ann, I hope you are well, and that all is fine.\nThe visit, on Monday, went well, he said.\nBye, Bo, and Co.\n"[..],
            b"MSH|^~\\&|A|B|C|D|20240101||ADT^A01|1|P|2.5\rPID|1||123^^^H^MR||DOE^JANE\r",
            b"2025-01-01 00:00:00,001 ERROR [http-1] c.a.Order - Flushed some events to kafka\n2025-01-01 00:00:01,002 INFO [http-2] c.a.Order - Flushed more events to kafka\n2025-01-01 00:00:02,003 INFO [http-2] c.a.Order - Flushed no events to kafka\n2025-01-01 00:00:03,001 WARN [http-2] c.a.Order - Lost some events in kafka\n2025-01-01 00:00:04,001 WARN [http-2] c.a.Order - Lost some events in kafka\n",
            b"{\"a\":1,\"b\":2}\n",
        ] {
            assert_ne!(run(text).1.format, "csv");
        }
    }

    #[test]
    fn an_unclosed_quote_costs_its_block_only() {
        let mut text = b"id,first_name,zip\n1,\"oops,02134\n".to_vec();
        while text.len() < 8 << 20 {
            text.extend_from_slice(b"2,Ann,02134\n");
        }
        let begun = std::time::Instant::now();
        let (kept, _) = run(&text);
        assert!(begun.elapsed().as_secs() < 10);
        assert_eq!(kept.owned(), text);
        assert!(kept.pairs().iter().filter(|pair| *pair == "zip=02134").count() > 690_000);
    }
}
