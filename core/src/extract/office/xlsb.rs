//! Binary workbooks in packages (MS-XLSB): the same sheets as in XML, in records. Declared counts are not trusted.

use std::io::Read;

use super::super::compose::{Composer, Value};
use super::super::job::Job;
use super::super::ole::bytes::{f64_at, slice, u16_at, u32_at, utf16};
use super::cells::{Cells, Remark};
use super::number::{self, Shown};
use super::package::Package;
use super::relations;
use super::sheet::strip_codes;
use super::strings::Strings;
use crate::model::{Reason, Step};

/// Bytes of one part that are read.
const MOST: u64 = 128 << 20;
/// Styles, sheets, names and remarks kept.
const MAX_COUNT: usize = 1 << 16;

/// What the sheets of a workbook share.
#[derive(Default)]
struct Book {
    strings: Strings,
    styles: Vec<Shown>,
    since_1904: bool,
    /// Names of the sheets and the ids of their relationships.
    sheets: Vec<(String, String)>,
    names: Vec<String>,
}

/// Reads the workbook whose main part is `main`; false where the receiver wants no more.
pub(super) fn read(job: &mut Job<'_>, package: &mut Package<'_, '_>, main: &str) -> bool {
    let relations = relations::of_part(job, package.archive, main);
    let mut book = Book::default();
    let bytes = part(job, package, main);
    each(job, &bytes, |_, id, bytes| book.read_record(id, bytes));
    let target = |kind: &str| relations.iter().find(|it| it.kind == kind).map(|it| it.target.clone());
    if let Some(path) = target("styles") {
        let bytes = part(job, package, &path);
        book.styles = read_styles(job, &bytes);
    }
    if let Some(path) = target("sharedStrings") {
        let bytes = part(job, package, &path);
        each(job, &bytes, |_, id, bytes| {
            if id == 19 && !book.strings.is_full() {
                book.strings.text.push_str(&rich(bytes));
                book.strings.end();
            }
            true
        });
        if book.strings.is_full() {
            job.unread(Reason::LimitBytes, None);
        }
    }
    for (name, id) in &book.sheets {
        let Some(path) = relations.iter().find(|it| it.id == *id).map(|it| it.target.clone()) else { continue };
        if !read_sheet(job, package, &book, name, &path) {
            return false;
        }
    }
    let mut out = Composer::inside(job, Step::part("workbook"));
    let label = out.named(b"name");
    for (record, name) in book.names.iter().enumerate() {
        if !out.push(job, Value::structured(name.as_bytes(), label, record as u64 + 1)) {
            return false;
        }
    }
    out.flush(job) && book.strings.emit_unused(job)
}

impl Book {
    fn read_record(&mut self, id: u32, bytes: &[u8]) -> bool {
        match id {
            153 => self.since_1904 = bytes.first().is_some_and(|it| it & 1 != 0),
            156 if self.sheets.len() < MAX_COUNT => {
                let mut at = 8;
                let relation = text(bytes, &mut at);
                self.sheets.push((text(bytes, &mut at), relation));
            }
            39 if self.names.len() < MAX_COUNT => self.names.push(text(bytes, &mut 9)),
            _ => {}
        }
        true
    }

    fn show(&self, number: f64, style: u32) -> String {
        let raw = number::raw(number);
        number::show(&raw, self.styles.get(style as usize).unwrap_or(&Shown::Plain), self.since_1904)
    }
}

fn read_styles(job: &mut Job<'_>, bytes: &[u8]) -> Vec<Shown> {
    let (mut codes, mut styles, mut in_cells) = (Vec::new(), Vec::new(), false);
    each(job, bytes, |_, id, bytes| {
        match id {
            44 if codes.len() < 4096 => {
                codes.push((u16_at(bytes, 0).unwrap_or(0), number::parse(&text(bytes, &mut 2))));
            }
            617 => in_cells = true,
            618 => in_cells = false,
            47 if in_cells && styles.len() < MAX_COUNT => {
                let format = u16_at(bytes, 2).unwrap_or(0);
                let own = codes.iter().find(|it| it.0 == format).map(|it| it.1.clone());
                styles.push(own.unwrap_or_else(|| number::built_in(u32::from(format))));
            }
            _ => {}
        }
        true
    });
    styles
}

fn read_sheet(job: &mut Job<'_>, package: &mut Package<'_, '_>, book: &Book, name: &str, path: &str) -> bool {
    let mut cells = Cells::new(job, name);
    let bytes = part(job, package, path);
    let mut row: u32 = 0;
    each(job, &bytes, |job, id, bytes| {
        match id {
            0 => row = u32_at(bytes, 0).unwrap_or(row.saturating_add(1)),
            2..=11 => read_cell(job, book, &mut cells, row, id, bytes),
            // Links: where in the document, what is told, what is shown. Headers and footers.
            494 | 479 => {
                let mut at = if id == 494 { 16 } else { 2 };
                while at < bytes.len() {
                    let text = text(bytes, &mut at);
                    cells.push_beside(job, &strip_codes(&text));
                }
            }
            _ => {}
        }
        !cells.is_stopped()
    });
    let remarks = read_remarks(job, package, path);
    cells.finish(job, &remarks)
}

fn read_cell(job: &mut Job<'_>, book: &Book, cells: &mut Cells, row: u32, id: u32, bytes: &[u8]) {
    let (Some(column), Some(style)) = (u32_at(bytes, 0), u32_at(bytes, 4)) else { return };
    let style = style & 0xFF_FFFF;
    let text = match id {
        2 => book.show(number::packed(u32_at(bytes, 8).unwrap_or(0)), style),
        5 | 9 => f64_at(bytes, 8).map(|it| book.show(it, style)).unwrap_or_default(),
        6 | 8 => text(bytes, &mut 8),
        7 => {
            let text = book.strings.get(u32_at(bytes, 8).unwrap_or(u32::MAX) as usize).unwrap_or_default();
            return cells.push(job, row, column, text);
        }
        _ => return,
    };
    cells.push(job, row, column, &text);
}

/// Remarks stand in a part of their own.
fn read_remarks(job: &mut Job<'_>, package: &mut Package<'_, '_>, sheet: &str) -> Vec<Remark> {
    let relations = relations::of_part(job, package.archive, sheet);
    let Some(path) = relations.iter().find(|it| it.kind == "comments").map(|it| it.target.clone()) else {
        return Vec::new();
    };
    let bytes = part(job, package, &path);
    let (mut authors, mut remarks) = (Vec::new(), Vec::<Remark>::new());
    each(job, &bytes, |_, id, bytes| {
        match id {
            632 if authors.len() < MAX_COUNT => authors.push(text(bytes, &mut 0)),
            635 if remarks.len() < MAX_COUNT => {
                let word = |at| u32_at(bytes, at).unwrap_or(0);
                let author = authors.get(word(0) as usize).cloned().unwrap_or_default();
                remarks.push(Remark { row: word(4), column: word(12), author, text: String::new() });
            }
            637 => {
                if let Some(last) = remarks.last_mut() {
                    last.text = rich(bytes);
                }
            }
            _ => {}
        }
        true
    });
    remarks
}

/// The bytes of a part, as far as they are read.
fn part(job: &mut Job<'_>, package: &mut Package<'_, '_>, path: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(reader) = package.open_bytes(job, path) {
        // Damage further in is noted by the budget's reader.
        let _ = reader.take(MOST).read_to_end(&mut bytes);
    }
    if bytes.len() as u64 >= MOST {
        job.unread(Reason::LimitBytes, None);
    }
    bytes
}

/// Gives each record, its number and bytes, to `read` until that says false. Says so where the last one is cut.
fn each(job: &mut Job<'_>, bytes: &[u8], mut read: impl FnMut(&mut Job<'_>, u32, &[u8]) -> bool) {
    let mut at = 0;
    while at < bytes.len() && !job.is_over() {
        let (Some(id), Some(len)) = (number_at(bytes, &mut at, 2), number_at(bytes, &mut at, 4)) else {
            return job.unread(Reason::Malformed, None);
        };
        let record = slice(bytes, at, len as usize);
        at += len as usize;
        if !read(job, id, record) {
            return;
        }
    }
    if at > bytes.len() {
        job.unread(Reason::Malformed, None);
    }
}

/// A number of up to so many bytes, seven bits each.
fn number_at(bytes: &[u8], at: &mut usize, most: u32) -> Option<u32> {
    let mut number = 0;
    for index in 0..most {
        let byte = *bytes.get(*at)?;
        *at += 1;
        number |= u32::from(byte & 0x7F) << (7 * index);
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some(number)
}

/// A text behind the number of its characters; nothing where that is all ones.
fn text(bytes: &[u8], at: &mut usize) -> String {
    let Some(count) = u32_at(bytes, *at) else {
        *at = bytes.len();
        return String::new();
    };
    *at += 4;
    if count == u32::MAX {
        return String::new();
    }
    let text = slice(bytes, *at, count as usize * 2);
    *at += text.len();
    utf16(text)
}

/// A text with what says how it looks, and how it is spoken.
fn rich(bytes: &[u8]) -> String {
    let flags = bytes.first().copied().unwrap_or(0);
    let mut at = 1;
    let mut shown = text(bytes, &mut at);
    if flags & 1 != 0 {
        at += 4 + u32_at(bytes, at).unwrap_or(0) as usize * 4;
    }
    if flags & 2 != 0 {
        shown.push(' ');
        shown.push_str(&text(bytes, &mut at));
    }
    shown
}
