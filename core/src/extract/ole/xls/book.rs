//! What the sheets of a workbook share, and the walk over its records.

use std::collections::HashMap;

use encoding_rs::{Encoding, WINDOWS_1252};

use super::super::super::compose::{Composer, Value};
use super::super::super::job::Job;
use super::super::super::office::number::{self, Shown};
use super::super::super::office::strings::Strings;
use super::super::super::rtf::charset;
use super::super::bytes::{u16_at, u32_at};
use super::super::pictures;
use super::records::{Record, Records};
use super::sheet::Sheet;
use super::text::{self, Place};
use crate::model::{Reason, Step};

/// Formats, styles and sheets kept.
const MAX_COUNT: usize = 1 << 16;
/// Streams within streams: a chart in a sheet, and what no program writes.
const MAX_DEPTH: usize = 8;

/// A workbook, as far as it was read.
pub(super) struct Book {
    /// 2, 3, 4, 5 or 8: how records are laid out.
    pub(super) version: u8,
    pub(super) encoding: &'static Encoding,
    pub(super) strings: Strings,
    since_1904: bool,
    formats: HashMap<u16, Shown>,
    /// The formats of cells, by their style.
    styles: Vec<u16>,
    /// Where each sheet begins, and its name.
    sheets: Vec<(usize, String)>,
    /// Names that people gave to ranges, and who saved the file last.
    names: Vec<(&'static str, String)>,
}

impl Book {
    fn new() -> Self {
        Book {
            version: 8,
            encoding: WINDOWS_1252,
            strings: Strings::default(),
            since_1904: false,
            formats: HashMap::new(),
            styles: Vec::new(),
            sheets: Vec::new(),
            names: Vec::new(),
        }
    }

    /// The number as its style shows it.
    pub(super) fn show(&self, number: f64, style: u16) -> String {
        let format = self.styles.get(usize::from(style)).copied().unwrap_or(0);
        let raw = number::raw(number);
        match self.formats.get(&format) {
            Some(own) => number::show(&raw, own, self.since_1904),
            None => number::show(&raw, &number::built_in(u32::from(format)), self.since_1904),
        }
    }

    /// A text whose length is a number of so many bytes.
    pub(super) fn text(&self, record: &Record<'_>, at: usize, length: usize) -> Option<String> {
        if self.version >= 8 {
            return Place::new(&record.pieces, at).string(length);
        }
        text::narrow(record.bytes(), at, length, self.encoding)
    }

    fn read_shared(&mut self, record: &Record<'_>) {
        let bytes = record.bytes();
        let word = |at| u16_at(bytes, at).unwrap_or(0);
        match record.id {
            0x22 => self.since_1904 = word(0) == 1,
            0x42 => {
                let page = if word(0) == 0x8000 { 10_000 } else { i32::from(word(0)) };
                self.encoding = charset::of_page(page).unwrap_or(WINDOWS_1252);
            }
            0x85 if self.sheets.len() < MAX_COUNT => {
                let at = u32_at(bytes, 0).unwrap_or(0) as usize;
                self.sheets.push((at, self.text(record, 6, 1).unwrap_or_default()));
            }
            0x1E | 0x41E if self.formats.len() < MAX_COUNT => self.read_format(record),
            0xE0 if self.styles.len() < MAX_COUNT => self.styles.push(word(2)),
            0x243 | 0x443 if self.styles.len() < MAX_COUNT => self.styles.push(word(0) >> 8),
            0x43 if self.styles.len() < MAX_COUNT => self.styles.push(word(2) & 0x3F),
            0xFC => self.read_strings(record),
            0x5C if self.version >= 8 => self.names.extend(self.text(record, 0, 2).map(|it| ("lastModifiedBy", it))),
            0x5C => self.names.extend(self.text(record, 0, 1).map(|it| ("lastModifiedBy", it))),
            0x18 | 0x218 if self.names.len() < MAX_COUNT => self.names.extend(self.name(record).map(|it| ("name", it))),
            _ => {}
        }
    }

    fn read_format(&mut self, record: &Record<'_>) {
        let count = self.formats.len() as u16;
        let (id, code) = match self.version {
            8 => (u16_at(record.bytes(), 0), self.text(record, 2, 2)),
            5 => (u16_at(record.bytes(), 0), self.text(record, 2, 1)),
            4 => (Some(count), self.text(record, 2, 1)),
            _ => (Some(count), self.text(record, 0, 1)),
        };
        if let (Some(id), Some(code)) = (id, code) {
            self.formats.insert(id, number::parse(&code));
        }
    }

    fn read_strings(&mut self, record: &Record<'_>) {
        let mut place = Place::new(&record.pieces, 8);
        while !place.is_at_end() && !self.strings.is_full() {
            let Some(text) = place.string(2) else { break };
            self.strings.text.push_str(&text);
            self.strings.end();
        }
    }

    /// A defined name; those of one character are built in.
    fn name(&self, record: &Record<'_>) -> Option<String> {
        let count = usize::from(*record.bytes().get(3)?);
        if count < 2 {
            return None;
        }
        if self.version < 8 {
            let bytes = super::super::bytes::slice(record.bytes(), 14, count);
            return Some(self.encoding.decode_without_bom_handling(bytes).0.into_owned());
        }
        let mut place = Place::new(&record.pieces, 14);
        let flags = place.number(1)?;
        Some(place.chars(count, flags & 1 != 0))
    }

    fn emit_names(&self, job: &mut Job<'_>) -> bool {
        let mut out = Composer::inside(job, Step::part("workbook"));
        for (record, (name, value)) in self.names.iter().enumerate() {
            let label = out.named(name.as_bytes());
            if !out.push(job, Value::structured(value.trim().as_bytes(), label, record as u64 + 1)) {
                return false;
            }
        }
        out.flush(job)
    }
}

/// Reads a workbook's stream to its end; false where the receiver wants no more.
pub(super) fn read(job: &mut Job<'_>, bytes: &[u8]) -> bool {
    let (mut book, mut records) = (Book::new(), Records::new(bytes));
    let (mut depth, mut begun) = (0, 0);
    let mut sheet: Option<Sheet> = None;
    for record in records.by_ref() {
        match record.id {
            0x2F => {
                job.unread(Reason::Encrypted, None);
                return true;
            }
            0x09 | 0x209 | 0x409 | 0x809 => {
                depth += 1;
                if depth > MAX_DEPTH {
                    job.unread(Reason::LimitDepth, None);
                    return true;
                }
                let kind = begin(&mut book, &record);
                if sheet.is_none() && !matches!(kind, 0x05 | 0x100) {
                    let known = book.sheets.iter().find(|it| it.0 == record.at).or_else(|| book.sheets.get(begun));
                    sheet = Some(Sheet::new(job, known.map_or("", |it| &it.1), depth));
                    begun += 1;
                }
            }
            0x0A => {
                depth = depth.saturating_sub(1);
                if let Some(done) = sheet.take_if(|it| it.depth > depth)
                    && !done.finish(job)
                {
                    return false;
                }
            }
            _ => match &mut sheet {
                Some(sheet) => {
                    // Workbooks of one sheet have what others share in it.
                    if book.version < 5 {
                        book.read_shared(&record);
                    }
                    if !sheet.read(job, &book, &record) {
                        return false;
                    }
                }
                // What the sheets draw, in pieces.
                None if record.id == 0xEB => pictures::report(job, &record.pieces.concat(), bytes.len()),
                None => book.read_shared(&record),
            },
        }
    }
    let whole = begun > 0 && sheet.is_none() && !records.is_cut && !book.strings.is_full();
    if sheet.is_some_and(|it| !it.finish(job)) {
        return false;
    }
    if !whole {
        job.unread(Reason::Malformed, None);
    }
    if begun == 0 {
        return super::super::read_printable(job, bytes);
    }
    book.emit_names(job) && book.strings.emit_unused(job)
}

/// A stream of records begins: which kind.
fn begin(book: &mut Book, record: &Record<'_>) -> u16 {
    book.version = match (record.id, u16_at(record.bytes(), 0)) {
        (0x09, _) => 2,
        (0x209, _) => 3,
        (0x409, _) => 4,
        (_, Some(0x0600)) => 8,
        _ => 5,
    };
    u16_at(record.bytes(), 2).unwrap_or(0)
}
