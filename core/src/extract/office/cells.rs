//! The cells of one sheet as they come, in rows; what hangs on them; what stands beside them. For binary workbooks.

use super::super::compose::{Composer, Value};
use super::super::job::Job;
use super::table::{Row, Table};
use crate::model::{FieldKind, Grid, Label, Reason, Text};

/// Bytes of one row.
const MAX_ROW: usize = 16 << 20;
/// Bytes of what stands beside cells that are held back.
const MAX_BESIDE: usize = 1 << 20;

/// A sheet being read.
pub(in super::super) struct Cells {
    out: Composer,
    table: Table,
    row: Row,
    row_bytes: usize,
    beside: String,
    stopped: bool,
}

impl Cells {
    /// The sheet of that name.
    pub(in super::super) fn new(job: &Job<'_>, name: &str) -> Self {
        Cells {
            out: Composer::new(job).with_grid(Grid::Sheet(Text(name.as_bytes().to_vec()))),
            table: Table::new(true),
            row: Row::default(),
            row_bytes: 0,
            beside: String::new(),
            stopped: false,
        }
    }

    /// True where the receiver wants no more.
    pub(in super::super) fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// Adds a cell; rows and columns count from 0. Texts that many cells share count against the budget each time.
    pub(in super::super) fn push(&mut self, job: &mut Job<'_>, row: u32, column: u32, text: &str) {
        let (number, text) = (u64::from(row) + 1, text.trim());
        if number != self.row.number {
            self.push_row(job);
            self.row.number = number;
        }
        if text.is_empty() {
            return;
        }
        if let Some(reason) = job.budget.spend(text.len()) {
            job.unread(reason, None);
            self.stopped = true;
        }
        self.row_bytes += text.len();
        if self.row_bytes > MAX_ROW {
            job.unread(Reason::LimitBytes, None);
            return self.push_row(job);
        }
        self.row.cells.push((column, text.to_owned()));
    }

    fn push_row(&mut self, job: &mut Job<'_>) {
        let mut cells = std::mem::take(&mut self.row.cells);
        self.row_bytes = 0;
        if cells.is_empty() {
            self.stopped |= job.is_over();
            return;
        }
        if !cells.is_sorted_by_key(|it| it.0) {
            cells.sort_by_key(|it| it.0);
        }
        let row = Row { number: self.row.number, cells };
        self.stopped |= !self.table.push(job, &mut self.out, row);
    }

    /// Adds what stands beside the cells: a header, a link, a text box.
    pub(in super::super) fn push_beside(&mut self, job: &mut Job<'_>, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        self.beside.push_str(text);
        self.beside.push('\n');
        if self.beside.len() > MAX_BESIDE {
            self.give_beside(job);
        }
    }

    fn give_beside(&mut self, job: &mut Job<'_>) {
        let beside = std::mem::take(&mut self.beside);
        let value = Value { record: self.row.number + 1, ..Value::prose(beside.as_bytes()) };
        self.stopped |= !self.out.push(job, value);
    }

    /// Emits what is held back, then the remarks on cells: row and column from 0, who wrote it, what it says.
    pub(in super::super) fn finish(&mut self, job: &mut Job<'_>, remarks: &[Remark]) -> bool {
        self.push_row(job);
        self.stopped |= !self.table.finish(job, &mut self.out);
        self.give_beside(job);
        for remark in remarks {
            let (record, column) = (u64::from(remark.row) + 1, Some(remark.column));
            let label = self.out.label(Label { name: Text::from("author"), column, ..Label::default() });
            self.stopped |= !self.out.push(job, Value::structured(remark.author.trim().as_bytes(), label, record));
            let label = self.out.label(Label { name: Text::from("comment"), column, ..Label::default() });
            let value = Value::structured(remark.text.trim().as_bytes(), label, record);
            self.stopped |= !self.out.push(job, Value { kind: FieldKind::Narrative, ..value });
        }
        self.stopped |= !self.out.flush(job);
        !self.stopped
    }
}

/// What somebody wrote at a cell.
#[derive(Clone, Default, PartialEq, Eq)]
pub(in super::super) struct Remark {
    pub(in super::super) row: u32,
    pub(in super::super) column: u32,
    pub(in super::super) author: String,
    pub(in super::super) text: String,
}
