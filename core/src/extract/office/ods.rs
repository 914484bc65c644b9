//! Sheets of OpenDocument spreadsheets: repeated cells and rows, values by their type.

use super::super::compose::{Composer, Value};
use super::super::job::Job;
use super::table::{Row, Table};
use super::xml::{Event, Tag, Xml};
use crate::model::{FieldKind, Grid, Label, Reason, Text};

/// Columns of a sheet.
const MAX_COLUMNS: u64 = 16_384;
/// Texts beside cells that are held back until the table has been looked at.
const MAX_BESIDE: usize = 1 << 14;
/// Bytes of one cell.
const MAX_HELD: usize = 8 << 20;

/// Reads what stands in an `office:spreadsheet`; false where the receiver wants no more.
pub(super) fn read(job: &mut Job<'_>, xml: &mut Xml<'_>) -> bool {
    let mut sheet = Sheet::new(job, "");
    while let Some(event) = xml.next() {
        match event {
            Event::Start(tag) if tag.name() == "table" && tag.full_name() != "office:table" => {
                let name = tag.attribute("name").unwrap_or_default().into_owned();
                if !sheet.finish(job) {
                    return false;
                }
                sheet = Sheet::new(job, &name);
            }
            Event::Start(tag) => sheet.start(&tag),
            Event::Text(text) => sheet.text(&text),
            Event::End(end) if end.name() == "spreadsheet" => break,
            Event::End(end) if !sheet.end(job, end.name()) => return false,
            _ => {}
        }
    }
    sheet.finish(job)
}

/// A sheet being read.
struct Sheet {
    out: Composer,
    table: Table,
    row: Row,
    column: u64,
    rows_repeated: u64,
    cell: Cell,
    /// Texts that hang on a cell or float above the sheet.
    beside: Vec<(u64, u32, String)>,
    open: Vec<String>,
    in_text: u32,
    /// A cell holds more than is read of it.
    cut: bool,
}

/// The cell that is open.
#[derive(Default)]
struct Cell {
    text: String,
    /// The value itself, where what is shown says less.
    value: Option<String>,
    repeated: u64,
}

impl Sheet {
    fn new(job: &Job<'_>, name: &str) -> Self {
        Sheet {
            out: Composer::new(job).with_grid(Grid::Sheet(Text(name.as_bytes().to_vec()))),
            table: Table::new(true),
            row: Row { number: 1, cells: Vec::new() },
            column: 0,
            rows_repeated: 1,
            cell: Cell::default(),
            beside: Vec::new(),
            open: Vec::new(),
            in_text: 0,
            cut: false,
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        let repeated = |name| tag.attribute(name).and_then(|it| it.parse().ok()).unwrap_or(1u64).max(1);
        match tag.name() {
            "table-row" => self.rows_repeated = repeated("number-rows-repeated"),
            "table-cell" | "covered-table-cell" => {
                self.cell =
                    Cell { repeated: repeated("number-columns-repeated"), value: value_of(tag), ..Cell::default() };
            }
            "annotation" | "text-box" | "shape" | "custom-shape" | "tracked-changes" => self.open.push(String::new()),
            "tab" | "s" => self.text(" "),
            "line-break" => self.text("\n"),
            "p" | "h" | "creator" => self.in_text += 1,
            _ => {}
        }
        for (_, value) in tag.attributes().filter(|it| matches!(it.0, "href" | "help-message")) {
            self.hang(value.into_owned());
        }
    }

    /// A text that hangs on the cell that is open.
    fn hang(&mut self, text: String) {
        self.beside.push((self.row.number, self.column.min(MAX_COLUMNS) as u32, text));
    }

    fn text(&mut self, text: &str) {
        if self.in_text == 0 {
            return;
        }
        let held = self.open.last_mut().unwrap_or(&mut self.cell.text);
        if held.len() + text.len() <= MAX_HELD {
            held.push_str(text);
        } else {
            self.cut = true;
        }
    }

    fn end(&mut self, job: &mut Job<'_>, name: &str) -> bool {
        match name {
            "p" | "h" | "creator" => {
                self.in_text = self.in_text.saturating_sub(1);
                let text = self.open.last_mut().unwrap_or(&mut self.cell.text);
                text.push('\n');
            }
            "annotation" | "text-box" | "shape" | "custom-shape" | "tracked-changes" => {
                let text = self.open.pop().unwrap_or_default();
                self.hang(text);
            }
            "table-cell" | "covered-table-cell" => self.end_cell(),
            "table-row" => return self.end_row(job),
            _ => {}
        }
        true
    }

    fn end_cell(&mut self) {
        let cell = std::mem::take(&mut self.cell);
        let shown = cell.text.trim();
        let text = cell.value.as_deref().filter(|_| is_dim(shown)).unwrap_or(shown);
        let dated = cell.value.as_deref().filter(|it| it.len() >= 10 && it.as_bytes()[4] == b'-');
        let text = dated.unwrap_or(text);
        if !text.is_empty() && self.column <= MAX_COLUMNS {
            // The same value again, or the same row, says nothing new.
            self.row.cells.push((self.column as u32, text.to_owned()));
        }
        self.column = self.column.saturating_add(cell.repeated);
    }

    fn end_row(&mut self, job: &mut Job<'_>) -> bool {
        let number = self.row.number;
        let cells = std::mem::take(&mut self.row.cells);
        self.row.number = number.saturating_add(self.rows_repeated);
        self.column = 0;
        if !cells.is_empty() && !self.table.push(job, &mut self.out, Row { number, cells }) {
            return false;
        }
        if self.beside.len() > MAX_BESIDE {
            return self.table.finish(job, &mut self.out) && self.push_beside(job);
        }
        !job.is_over()
    }

    fn push_beside(&mut self, job: &mut Job<'_>) -> bool {
        std::mem::take(&mut self.beside).into_iter().all(|(number, column, text)| {
            let name = Text::from("comment");
            let label = self.out.label(Label { name, column: Some(column), ..Label::default() });
            let value = Value::structured(text.trim().as_bytes(), label, number);
            self.out.push(job, Value { kind: FieldKind::Narrative, ..value })
        })
    }

    fn finish(&mut self, job: &mut Job<'_>) -> bool {
        if std::mem::take(&mut self.cut) {
            job.unread(Reason::LimitBytes, None);
        }
        self.table.finish(job, &mut self.out) && self.push_beside(job) && self.out.flush(job)
    }
}

/// The value that a cell's attributes say it has.
fn value_of(tag: &Tag<'_>) -> Option<String> {
    let kinds = ["date-value", "string-value", "value", "time-value"];
    let value = kinds.iter().find_map(|key| tag.attribute(key))?;
    // A date without time; what a time of midnight adds is nothing.
    Some(value.trim_end_matches("T00:00:00").replace('T', " "))
}

/// True where what a cell shows is less than what it holds.
fn is_dim(shown: &str) -> bool {
    let digits = shown.bytes().filter(u8::is_ascii_digit).count();
    shown.is_empty() || shown.starts_with('#') || digits > 0 && (shown.contains("E+") || shown.contains("E-"))
}
