//! Paragraphs and tables as they follow each other in a document, from whatever markup, to values.

use super::super::compose::{Composer, Value};
use super::super::job::Job;
use super::table::{Row, Table};
use crate::model::FieldKind;

/// Bytes of prose behind which it is given away.
const ENOUGH: usize = 128 << 10;
/// Bytes that one paragraph, cell or box may hold; what follows in it is given away with the prose.
const MAX_HELD: usize = 4 << 20;
/// Cells of a row, and bytes of them, behind which it is taken for two.
const MAX_CELLS: usize = 1 << 14;
const MAX_ROW: usize = 8 << 20;
/// Values beside the text that are kept apart, and bytes of one.
const MAX_NAMED: usize = 4096;
const MAX_NAMED_LEN: usize = 4096;

/// A document's text being gathered.
pub(in super::super) struct Flow {
    pub(in super::super) out: Composer,
    /// The prose, and the texts of the cells and boxes that are open.
    open: Vec<String>,
    /// What opened the texts behind the first.
    kinds: Vec<Kind>,
    tables: Vec<Open>,
    /// Texts of boxes, which stand beside the paragraph that they are anchored in.
    beside: String,
    deleted: String,
    /// What is called something: attributes, names of authors.
    named: Vec<(&'static str, String)>,
    record: u64,
    stopped: bool,
}

/// A table whose rows are coming.
struct Open {
    table: Table,
    row: Row,
    /// Where the next cell stands.
    column: u32,
    /// Columns that the open cell spans besides its own.
    wide: u32,
    bytes: usize,
}

/// Why a text is kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Cell,
    Box,
}

impl Flow {
    pub(in super::super) fn new(out: Composer) -> Self {
        Flow {
            out,
            open: vec![String::new()],
            kinds: Vec::new(),
            tables: Vec::new(),
            beside: String::new(),
            deleted: String::new(),
            named: Vec::new(),
            record: 1,
            stopped: false,
        }
    }

    /// True where the receiver wants no more.
    pub(in super::super) fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// True where a paragraph is too long to be held until it ends.
    pub(in super::super) fn is_full(&self) -> bool {
        self.deleted.len() > MAX_HELD || self.open.last().is_some_and(|it| it.len() > MAX_HELD)
    }

    fn text(&mut self) -> &mut String {
        // The prose is never closed.
        self.open.last_mut().expect("the prose stays open")
    }

    /// Adds text where it stands.
    pub(in super::super) fn push(&mut self, text: &str) {
        self.text().push_str(text);
    }

    /// Adds text that was deleted and is still there.
    pub(in super::super) fn push_deleted(&mut self, text: &str) {
        self.deleted.push_str(text);
    }

    /// Adds a value that is no text of the document itself: an author, an alternative text, the target of a link.
    pub(in super::super) fn push_named(&mut self, name: &'static str, value: &str) {
        let value = value.trim();
        if value.is_empty() || self.named.iter().any(|it| it.0 == name && it.1 == value) {
            return;
        }
        if self.named.len() < MAX_NAMED && value.len() <= MAX_NAMED_LEN {
            self.named.push((name, value.to_owned()));
        } else {
            self.beside.push_str(value);
            self.beside.push('\n');
        }
    }

    /// Says what the text that follows is called, unless it says so itself.
    pub(in super::super) fn introduce(&mut self, title: &str) {
        let title = title.trim();
        let text = self.text();
        let line_start = text.rfind('\n').map_or(0, |at| at + 1);
        let said = text[line_start..].to_lowercase().contains(&title.to_lowercase());
        if !title.is_empty() && !said && !text[line_start..].trim_end().ends_with(':') {
            text.push_str(title);
            text.push_str(": ");
        }
    }

    /// A paragraph or line ends.
    pub(in super::super) fn end_line(&mut self, job: &mut Job<'_>) {
        if !self.text().is_empty() && !self.text().ends_with('\n') {
            self.text().push('\n');
        }
        if !self.deleted.is_empty() && !self.deleted.ends_with('\n') {
            self.deleted.push('\n');
        }
        if self.kinds.is_empty() && self.tables.is_empty() {
            let beside = std::mem::take(&mut self.beside);
            self.text().push_str(&beside);
            if self.open[0].len() + self.deleted.len() > ENOUGH {
                self.give_prose(job);
            }
        } else if self.text().len() > MAX_HELD {
            let held = std::mem::take(self.text());
            self.emit_prose(job, &held, FieldKind::Narrative);
        }
    }

    pub(in super::super) fn open_table(&mut self, job: &mut Job<'_>) {
        if self.tables.is_empty() && self.kinds.is_empty() {
            self.give_prose(job);
        }
        self.tables.push(Open { table: Table::new(false), row: Row::default(), column: 0, wide: 0, bytes: 0 });
    }

    pub(in super::super) fn open_cell(&mut self) {
        self.open.push(String::new());
        self.kinds.push(Kind::Cell);
    }

    /// The open cell is so many columns wider than one.
    pub(in super::super) fn widen(&mut self, columns: u32) {
        if let Some(open) = self.tables.last_mut() {
            open.wide = columns.min(MAX_CELLS as u32);
        }
    }

    pub(in super::super) fn close_cell(&mut self, job: &mut Job<'_>) {
        if self.kinds.last() != Some(&Kind::Cell) {
            return;
        }
        self.kinds.pop();
        let text = self.open.pop().unwrap_or_default();
        let text = text.trim();
        let Some(open) = self.tables.last_mut() else { return self.push(text) };
        if !text.is_empty() {
            open.row.cells.push((open.column, text.to_owned()));
        }
        open.column = open.column.saturating_add(1 + std::mem::take(&mut open.wide));
        open.bytes += text.len();
        if open.row.cells.len() >= MAX_CELLS || open.bytes > MAX_ROW {
            self.close_row(job);
        }
    }

    pub(in super::super) fn close_row(&mut self, job: &mut Job<'_>) {
        let Some(open) = self.tables.last_mut() else { return };
        let cells = std::mem::take(&mut open.row.cells);
        (open.column, open.bytes) = (0, 0);
        if !cells.is_empty() {
            self.record += 1;
            self.stopped |= !open.table.push(job, &mut self.out, Row { number: self.record, cells });
        }
    }

    pub(in super::super) fn close_table(&mut self, job: &mut Job<'_>) {
        self.close_row(job);
        if let Some(mut open) = self.tables.pop() {
            self.stopped |= !open.table.finish(job, &mut self.out);
        }
    }

    /// A text box: its text stands beside the paragraph that it is anchored in.
    pub(in super::super) fn open_box(&mut self) {
        self.open.push(String::new());
        self.kinds.push(Kind::Box);
    }

    pub(in super::super) fn close_box(&mut self) {
        if self.kinds.last() != Some(&Kind::Box) {
            return;
        }
        self.kinds.pop();
        let text = self.open.pop().unwrap_or_default();
        // Between paragraphs it stands where it is.
        let anchored = !self.text().is_empty() && !self.text().ends_with('\n');
        if self.kinds.is_empty() && anchored {
            self.beside.push_str(&text);
            return;
        }
        self.text().push_str(&text);
    }

    /// Gives away all there is; false where the receiver wants no more.
    pub(in super::super) fn finish(&mut self, job: &mut Job<'_>) -> bool {
        while !self.tables.is_empty() {
            self.close_cell(job);
            self.close_table(job);
        }
        let rest: String = self.open.drain(..).collect::<Vec<_>>().join("\n") + &std::mem::take(&mut self.beside);
        self.kinds.clear();
        self.open.push(rest);
        self.give_prose(job);
        for (name, value) in std::mem::take(&mut self.named) {
            let label = self.out.named(name.as_bytes());
            self.record += 1;
            let value = Value::structured(value.as_bytes(), label, self.record);
            self.stopped |= !self.out.push(job, value);
        }
        self.stopped |= !self.out.flush(job);
        !self.stopped
    }

    fn give_prose(&mut self, job: &mut Job<'_>) {
        let text = std::mem::take(&mut self.open[0]);
        self.emit_prose(job, &text, FieldKind::Narrative);
        let deleted = std::mem::take(&mut self.deleted);
        self.emit_prose(job, &deleted, FieldKind::Residual);
    }

    fn emit_prose(&mut self, job: &mut Job<'_>, text: &str, kind: FieldKind) {
        if !text.trim().is_empty() {
            let value = Value { kind, ..Value::prose(text.as_bytes()) };
            self.stopped |= !self.out.push(job, value);
        }
    }
}
