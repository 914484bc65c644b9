//! Rows of cells in which the first ones say what the columns are called: sheets, and tables in documents.

use super::super::compose::{Composer, Value};
use super::super::csv;
use super::super::job::Job;
use crate::model::{FieldKind, Label, LabelId, NO_LABEL, Text};

/// Rows looked at before any is emitted.
const LOOKED_AT: usize = 64;
/// Bytes of them at most.
const LOOKED_AT_BYTES: usize = 1 << 20;
/// Columns that are looked at for names.
const MAX_COLUMNS: usize = 1024;
/// Rows above the header that a table may have.
const PREAMBLE: usize = 10;
/// Bytes from which on a cell holds prose.
const PROSE: usize = 256;

/// One row.
#[derive(Clone, Default)]
pub(in super::super) struct Row {
    /// Its number, from 1.
    pub(in super::super) number: u64,
    /// Columns, from 0 and in order, with their texts.
    pub(in super::super) cells: Vec<(u32, String)>,
}

/// A table being read.
pub(in super::super) struct Table {
    rows: Vec<Row>,
    bytes: usize,
    /// Column numbers are places: `Visits!C17`.
    placed: bool,
    shape: Option<Shape>,
    /// Labels of the columns, as far as they were needed.
    labels: Vec<Option<LabelId>>,
}

/// What names the cells of a table.
#[derive(Clone, PartialEq, Eq)]
enum Shape {
    /// Its row of that index among the first ones.
    Header { row: usize, names: Vec<(u32, String)> },
    /// The cell before each.
    Form,
    /// Nothing.
    Bare,
}

impl Table {
    /// A table; `placed` where the numbers of its columns say where a cell is.
    pub(in super::super) fn new(placed: bool) -> Self {
        Table { rows: Vec::new(), bytes: 0, placed, shape: None, labels: Vec::new() }
    }

    /// Adds a row; false where the receiver wants no more.
    pub(in super::super) fn push(&mut self, job: &mut Job<'_>, out: &mut Composer, row: Row) -> bool {
        if self.shape.is_some() {
            return self.emit(job, out, &row, false);
        }
        self.bytes += row.cells.iter().map(|(_, text)| text.len()).sum::<usize>();
        self.rows.push(row);
        let enough = self.rows.len() >= LOOKED_AT || self.bytes >= LOOKED_AT_BYTES;
        !enough || self.decide(job, out)
    }

    /// Emits what is held back.
    pub(in super::super) fn finish(&mut self, job: &mut Job<'_>, out: &mut Composer) -> bool {
        self.shape.is_some() || self.decide(job, out)
    }

    fn decide(&mut self, job: &mut Job<'_>, out: &mut Composer) -> bool {
        let rows = std::mem::take(&mut self.rows);
        let shape = shape_of(&rows);
        let above = if let Shape::Header { row, .. } = &shape { row + 1 } else { 0 };
        self.shape = Some(shape);
        rows.iter().enumerate().all(|(index, row)| self.emit(job, out, row, index < above))
    }

    /// Emits one row. The header and what stands above it have no labels: they may hold patients all the same.
    fn emit(&mut self, job: &mut Job<'_>, out: &mut Composer, row: &Row, above: bool) -> bool {
        let mut before: Option<&str> = None;
        for (column, text) in &row.cells {
            let name = if above { None } else { before.filter(|_| self.shape == Some(Shape::Form)) };
            let label = match name {
                Some(name) => out.label(self.label(*column, name)),
                None if above => self.bare_label(out, *column),
                None => self.column_label(out, *column),
            };
            before = Some(text.as_str()).filter(|it| is_prompt(it, row.cells.len()));
            let value = Value::structured(text.as_bytes(), label, row.number);
            let prose = text.len() > PROSE || text.contains('\n');
            let kind = if prose { FieldKind::Narrative } else { FieldKind::Structured };
            if !out.push(job, Value { kind, ..value }) {
                return false;
            }
        }
        true
    }

    fn label(&self, column: u32, name: &str) -> Label {
        let name = Text(name.trim().trim_end_matches(':').as_bytes().to_vec());
        Label { name, column: self.placed.then_some(column), ..Label::default() }
    }

    fn bare_label(&self, out: &mut Composer, column: u32) -> LabelId {
        if self.placed { out.label(self.label(column, "")) } else { NO_LABEL }
    }

    fn column_label(&mut self, out: &mut Composer, column: u32) -> LabelId {
        if let Some(Some(known)) = self.labels.get(column as usize) {
            return *known;
        }
        let name = match &self.shape {
            Some(Shape::Header { names, .. }) => names.iter().find(|it| it.0 == column).map(|it| it.1.as_str()),
            _ => None,
        };
        let label = match name {
            Some(name) => out.label(self.label(column, name)),
            None => self.bare_label(out, column),
        };
        let index = column as usize;
        if index < 1 << 16 {
            self.labels.resize(self.labels.len().max(index + 1), None);
            self.labels[index] = Some(label);
        }
        label
    }
}

fn shape_of(rows: &[Row]) -> Shape {
    if is_form(rows) {
        return Shape::Form;
    }
    let typical = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let starts = rows.iter().enumerate().filter(|(_, row)| !row.cells.is_empty()).take(PREAMBLE);
    for (index, row) in starts {
        // A title, or a remark, above the table.
        if row.cells.len() * 2 < typical {
            continue;
        }
        if typical > 1 && names_columns(&rows[index..]) {
            return Shape::Header { row: index, names: row.cells.clone() };
        }
        return Shape::Bare;
    }
    Shape::Bare
}

/// True where the first row names the columns of the others.
fn names_columns(rows: &[Row]) -> bool {
    let columns: Vec<u32> = rows[0].cells.iter().map(|it| it.0).take(MAX_COLUMNS).collect();
    let dense = |row: &Row| -> Vec<Vec<u8>> {
        let cell = |column: &u32| {
            let at = row.cells.binary_search_by_key(column, |it| it.0);
            at.map(|at| row.cells[at].1.trim().as_bytes().to_vec()).unwrap_or_default()
        };
        columns.iter().map(cell).collect()
    };
    let dense: Vec<Vec<Vec<u8>>> = rows.iter().map(dense).collect();
    let dense: Vec<Vec<&[u8]>> = dense.iter().map(|row| row.iter().map(Vec::as_slice).collect()).collect();
    rows.len() > 1 && csv::is_header(&dense)
}

/// True where most rows begin with what the rest of them is called: `Name: | Jane`, `MRN | 123 | DOB | 1/1/1970`.
fn is_form(rows: &[Row]) -> bool {
    let filled: Vec<&Row> = rows.iter().filter(|row| !row.cells.is_empty()).collect();
    let firsts = || filled.iter().filter_map(|row| row.cells.first()).map(|it| it.1.trim());
    let asked = firsts().filter(|it| it.ends_with(':')).count();
    let narrow = filled.iter().all(|row| row.cells.len() <= 2);
    let typical = firsts().filter(|it| csv::is_name(it.as_bytes()) && csv::is_typical_name(it.as_bytes())).count();
    filled.iter().any(|row| row.cells.len() > 1)
        && (asked * 2 >= filled.len().max(1) || narrow && typical >= 2 && typical * 10 >= filled.len() * 6)
}

/// True where a cell of a form says what the next one is called.
fn is_prompt(cell: &str, cells: usize) -> bool {
    let cell = cell.trim();
    let named = csv::is_name(cell.as_bytes());
    named && (cell.ends_with(':') || cells == 2 || csv::is_typical_name(cell.as_bytes()))
}
