//! Workbooks: sheets as tables, cells by their references, and what hangs on them. Declared counts are not trusted.

use super::super::compose::{Composer, Value};
use super::super::job::Job;
use super::number::{self, Shown};
use super::package::Package;
use super::relations::{self, Relation};
use super::strings::Strings;
use super::table::{Row, Table};
use super::xml::{Event, Tag, Xml};
use crate::model::{FieldKind, Grid, Label, Reason, Text};

/// Styles, sheets and names kept; no program writes as many.
const MAX_STYLES: usize = 1 << 16;
const MAX_SHEETS: usize = 1 << 12;
/// Bytes of what stands beside cells that are held back.
const MAX_BESIDE: usize = 1 << 20;
/// Columns of a sheet.
const MAX_COLUMNS: u32 = 16_384;
/// Bytes of one row.
const MAX_ROW: usize = 16 << 20;
/// Elements of a sheet whose attributes people wrote.
const TELLING: [&str; 6] = ["hyperlink", "dataValidation", "protectedRange", "cfRule", "scenario", "oleObject"];

/// What the sheets of a workbook share.
#[derive(Default)]
struct Book {
    strings: Strings,
    /// How the numbers of cells are shown, by the cells' style.
    styles: Vec<Shown>,
    since_1904: bool,
    /// Names of the sheets and the ids of their relationships.
    sheets: Vec<(String, String)>,
    /// Defined names with what they mean.
    names: Vec<(String, String)>,
}

/// Reads the workbook whose main part is `main`; false where the receiver wants no more.
pub(super) fn read(job: &mut Job<'_>, package: &mut Package<'_, '_>, main: &str) -> bool {
    let relations = relations::of_part(job, package.archive, main);
    let mut book = Book::default();
    if let Some(xml) = package.open(job, main) {
        read_workbook(xml, &mut book);
    }
    let part = |kind: &str| relations.iter().find(|it| it.kind == kind).map(|it| it.target.clone());
    if let Some(xml) = part("styles").and_then(|it| package.open(job, &it)) {
        book.styles = read_styles(xml);
    }
    if let Some(mut xml) = part("sharedStrings").and_then(|it| package.open(job, &it)) {
        read_strings(&mut xml, &mut book.strings);
        xml.report(job);
    }
    let by_id = relations::by_id(&relations);
    for (name, id) in &book.sheets {
        let sheet = by_id.get(id.as_str()).filter(|_| !job.is_over());
        if let Some(sheet) = sheet
            && !read_sheet(job, package, &book, name, &sheet.target)
        {
            return false;
        }
    }
    emit_names(job, &book) && book.strings.emit_unused(job)
}

fn read_workbook(mut xml: Xml<'_>, book: &mut Book) {
    let mut name: Option<String> = None;
    while let Some(event) = xml.next() {
        match event {
            Event::Start(tag) => {
                let text = |key| tag.attribute(key).unwrap_or_default().into_owned();
                match tag.name() {
                    "workbookPr" => book.since_1904 = matches!(text("date1904").as_str(), "1" | "true"),
                    "sheet" if book.sheets.len() < MAX_SHEETS => book.sheets.push((text("name"), text("id"))),
                    "definedName" => name = Some(text("name")),
                    _ => {}
                }
            }
            Event::Text(text) => {
                if let Some(name) = name.as_ref().filter(|_| book.names.len() < MAX_STYLES) {
                    book.names.push((name.clone(), text.into_owned()));
                }
            }
            Event::End(_) => name = None,
            _ => {}
        }
    }
}

fn emit_names(job: &mut Job<'_>, book: &Book) -> bool {
    let mut out = Composer::new(job);
    for (index, (name, meaning)) in book.names.iter().enumerate() {
        let label = out.named(name.as_bytes());
        if !out.push(job, Value::structured(meaning.as_bytes(), label, index as u64 + 1)) {
            return false;
        }
    }
    out.flush(job)
}

fn read_styles(mut xml: Xml<'_>) -> Vec<Shown> {
    let (mut codes, mut styles, mut in_cells) = (Vec::new(), Vec::new(), false);
    while let Some(event) = xml.next() {
        match event {
            Event::Start(tag) => {
                let id = || tag.attribute("numFmtId").and_then(|it| it.parse::<u32>().ok()).unwrap_or(0);
                match tag.name() {
                    "numFmt" if codes.len() < MAX_SHEETS => {
                        codes.push((id(), number::parse(&tag.attribute("formatCode").unwrap_or_default())))
                    }
                    "cellXfs" => in_cells = true,
                    "xf" if in_cells && styles.len() < MAX_STYLES => {
                        let own = codes.iter().find(|it| it.0 == id()).map(|it| it.1.clone());
                        styles.push(own.unwrap_or_else(|| number::built_in(id())));
                    }
                    _ => {}
                }
            }
            Event::End(end) if end.name() == "cellXfs" => in_cells = false,
            _ => {}
        }
    }
    styles
}

fn read_strings(xml: &mut Xml<'_>, strings: &mut Strings) {
    let (mut in_text, mut phonetic) = (false, String::new());
    let mut sounds = false;
    while let Some(event) = xml.next() {
        match event {
            Event::Start(tag) => {
                in_text = tag.name() == "t";
                sounds |= tag.name() == "rPh";
            }
            Event::Text(text) if in_text && sounds => phonetic.push_str(&text),
            Event::Text(text) if in_text => strings.text.push_str(&text),
            Event::End(end) => {
                in_text = false;
                match end.name() {
                    "rPh" => sounds = false,
                    "si" => {
                        if !phonetic.is_empty() {
                            strings.text.push(' ');
                            strings.text.push_str(&std::mem::take(&mut phonetic));
                        }
                        strings.end();
                    }
                    _ => {}
                }
            }
            _ => {}
        }
        if strings.is_full() {
            xml.trouble = Some(Reason::LimitBytes);
            return;
        }
    }
}

/// A sheet being read.
struct Sheet<'b> {
    book: &'b Book,
    out: Composer,
    table: Table,
    row: Row,
    row_bytes: usize,
    /// The cell that is open: its column, type and style.
    column: u32,
    kind: Kind,
    style: usize,
    value: String,
    /// What the text that comes belongs to.
    place: Place,
    beside: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Number,
    Shared,
    Text,
    Bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    None,
    Value,
    Formula,
    /// Headers and footers, texts of rules.
    Beside,
}

fn read_sheet(job: &mut Job<'_>, package: &mut Package<'_, '_>, book: &Book, name: &str, target: &str) -> bool {
    let out = Composer::new(job).with_grid(Grid::Sheet(Text(name.as_bytes().to_vec())));
    let mut sheet = Sheet {
        book,
        out,
        table: Table::new(true),
        row: Row::default(),
        row_bytes: 0,
        column: 0,
        kind: Kind::Number,
        style: 0,
        value: String::new(),
        place: Place::None,
        beside: String::new(),
    };
    if let Some(mut xml) = package.open(job, target) {
        if !sheet.read(job, &mut xml) {
            return false;
        }
        xml.report(job);
    }
    let relations = relations::of_part(job, package.archive, target);
    read_comments(job, package, &relations, &mut sheet.out) && sheet.out.flush(job)
}

impl Sheet<'_> {
    fn read(&mut self, job: &mut Job<'_>, xml: &mut Xml<'_>) -> bool {
        while let Some(event) = xml.next() {
            match event {
                Event::Start(tag) => self.start(&tag),
                Event::Text(text) if self.value.len() + self.beside.len() < MAX_ROW => match self.place {
                    Place::Value => self.value.push_str(&text),
                    Place::Formula => literals(&text, &mut self.beside),
                    Place::Beside => self.beside.push_str(&text),
                    Place::None => {}
                },
                Event::Text(_) => self.row_bytes = MAX_ROW + 1,
                Event::End(end) if !self.end(job, end.name()) => return false,
                _ => {}
            }
        }
        self.push_row(job) && self.table.finish(job, &mut self.out) && self.push_beside(job)
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            "c" => self.start_cell(tag),
            "v" | "t" => self.place = Place::Value,
            "f" => self.place = Place::Formula,
            "row" => {
                let number = tag.attribute("r").and_then(|it| it.parse().ok());
                self.row.number = number.unwrap_or(self.row.number + 1);
                self.column = 0;
            }
            "rPh" => self.place = Place::None,
            "formula1" | "formula2" | "formula" | "oddHeader" | "oddFooter" | "evenHeader" | "evenFooter"
            | "firstHeader" | "firstFooter" => self.place = Place::Beside,
            name if TELLING.contains(&name) => {
                for (_, value) in tag.attributes().filter(|it| it.1.len() > 3) {
                    self.beside.push_str(&value);
                    self.beside.push('\n');
                }
            }
            _ => {}
        }
    }

    fn start_cell(&mut self, tag: &Tag<'_>) {
        (self.kind, self.style) = (Kind::Number, 0);
        self.value.clear();
        for (key, value) in tag.attributes() {
            match key {
                "r" => {
                    if let Some((column, row)) = reference(&value) {
                        (self.column, self.row.number) = (column, row);
                    }
                }
                "s" => self.style = value.parse().unwrap_or(0),
                "t" => {
                    self.kind = match &*value {
                        "s" => Kind::Shared,
                        "n" => Kind::Number,
                        "b" => Kind::Bool,
                        _ => Kind::Text,
                    }
                }
                _ => {}
            }
        }
    }

    fn end(&mut self, job: &mut Job<'_>, name: &str) -> bool {
        if self.beside.len() > MAX_BESIDE && !(self.table.finish(job, &mut self.out) && self.push_beside(job)) {
            return false;
        }
        match name {
            "c" => self.end_cell(),
            "row" => return self.push_row(job),
            "sheetData" => return self.table.finish(job, &mut self.out),
            _ if self.place == Place::Beside => self.beside.push('\n'),
            _ => {}
        }
        self.place = Place::None;
        true
    }

    fn end_cell(&mut self) {
        let raw = self.value.as_str();
        let text = match self.kind {
            Kind::Shared => {
                let index = raw.trim().parse().ok();
                index.and_then(|it| self.book.strings.get(it)).unwrap_or_default().to_owned()
            }
            Kind::Number => {
                let shown = self.book.styles.get(self.style).unwrap_or(&Shown::Plain);
                number::show(raw.trim(), shown, self.book.since_1904)
            }
            Kind::Text => raw.to_owned(),
            // `TRUE` names nobody, and a cell of it is still read.
            Kind::Bool => String::new(),
        };
        self.row_bytes += text.len();
        let text = text.trim();
        if !text.is_empty() && self.row_bytes <= MAX_ROW {
            self.row.cells.push((self.column.min(MAX_COLUMNS), text.to_owned()));
        }
        self.column += 1;
    }

    fn push_row(&mut self, job: &mut Job<'_>) -> bool {
        let number = self.row.number;
        let mut cells = std::mem::take(&mut self.row.cells);
        if self.row_bytes > MAX_ROW {
            job.unread(Reason::LimitBytes, None);
        }
        self.row_bytes = 0;
        if cells.is_empty() {
            return !job.is_over();
        }
        if !cells.is_sorted_by_key(|it| it.0) {
            cells.sort_by_key(|it| it.0);
        }
        self.table.push(job, &mut self.out, Row { number, cells })
    }

    /// What stands beside the cells: headers and footers, links, rules.
    fn push_beside(&mut self, job: &mut Job<'_>) -> bool {
        let beside = strip_codes(&std::mem::take(&mut self.beside));
        self.out.push(job, Value { record: self.row.number + 1, ..Value::prose(beside.as_bytes()) })
    }
}

/// Column from 0 and row from 1 of a reference such as `AB12`.
fn reference(cell: &str) -> Option<(u32, u64)> {
    let letters = cell.bytes().take_while(u8::is_ascii_alphabetic).count();
    let column =
        cell.bytes().take(letters.min(4)).fold(0, |sum, it| sum * 26 + u32::from(it.to_ascii_uppercase() - b'A') + 1);
    let row = cell[letters..].parse().ok()?;
    (letters > 0 && column <= MAX_COLUMNS).then(|| (column - 1, row))
}

/// The texts between quotation marks in a formula.
fn literals(formula: &str, out: &mut String) {
    for literal in formula.split('"').skip(1).step_by(2).filter(|it| it.len() > 2) {
        out.push_str(literal);
        out.push('\n');
    }
}

/// Headers and footers without the codes for position and font: `&L`, `&"Arial,Bold"`, `&12`.
pub(in super::super) fn strip_codes(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        if char != '&' {
            out.push(char);
            continue;
        }
        match chars.next() {
            Some('L' | 'C' | 'R') => out.push('\n'),
            Some('"') => chars.by_ref().take_while(|it| *it != '"').for_each(drop),
            Some('&') => out.push('&'),
            Some(digit) if digit.is_ascii_digit() => while chars.next_if(char::is_ascii_digit).is_some() {},
            Some(other) if !other.is_ascii_alphabetic() => out.push(other),
            _ => {}
        }
    }
    out
}

/// Comments and threads stand at their cells.
fn read_comments(job: &mut Job<'_>, package: &mut Package<'_, '_>, relations: &[Relation], out: &mut Composer) -> bool {
    let comments = relations.iter().filter(|it| matches!(it.kind.as_str(), "comments" | "threadedComment"));
    for target in comments.map(|it| it.target.clone()).collect::<Vec<_>>() {
        let Some(mut xml) = package.open(job, &target) else { continue };
        let (mut at, mut text, mut in_text, mut authors) = (None, String::new(), false, false);
        while let Some(event) = xml.next() {
            match event {
                Event::Start(tag) => {
                    match tag.name() {
                        "comment" | "threadedComment" => at = tag.attribute("ref").and_then(|it| reference(&it)),
                        "author" => authors = true,
                        _ => {}
                    }
                    in_text = matches!(tag.name(), "t" | "text" | "author");
                }
                Event::Text(it) if in_text => text.push_str(&it),
                Event::End(end) if matches!(end.name(), "comment" | "threadedComment" | "author") => {
                    let (column, row) = at.unwrap_or((0, 0));
                    let name = Text::from(if authors { "author" } else { "comment" });
                    let column = (!authors).then_some(column);
                    let label = out.label(Label { name, column, ..Label::default() });
                    let kind = if authors { FieldKind::Structured } else { FieldKind::Narrative };
                    let value = Value { kind, ..Value::structured(text.trim().as_bytes(), label, row) };
                    if !out.push(job, value) {
                        return false;
                    }
                    text.clear();
                    (in_text, authors) = (false, false);
                }
                Event::End(_) => in_text = false,
                _ => {}
            }
        }
        xml.report(job);
    }
    true
}
