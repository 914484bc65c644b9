//! One sheet: its cells, and the texts that hang on them or stand beside them.

use std::collections::HashMap;

use super::super::super::job::Job;
use super::super::super::office::cells::{Cells, Remark};
use super::super::super::office::number;
use super::super::super::office::sheet::strip_codes;
use super::super::super::runs::printable;
use super::super::bytes::{f64_at, slice, u16_at, u32_at};

use super::book::Book;
use super::records::Record;
use super::text::Place;

/// Remarks and boxes of one sheet.
const MAX_REMARKS: usize = 1 << 16;

/// A sheet being read.
pub(super) struct Sheet {
    cells: Cells,
    /// How deep its stream stands in others.
    pub(super) depth: usize,
    /// The formula whose text comes in the next record.
    waiting: Option<(u16, u16)>,
    /// The object whose text comes.
    object: Option<u16>,
    boxes: HashMap<u16, String>,
    /// Remarks with the objects that hold their texts.
    remarks: Vec<(u16, Remark)>,
}

impl Sheet {
    pub(super) fn new(job: &Job<'_>, name: &str, depth: usize) -> Self {
        let cells = Cells::new(job, name);
        Sheet { cells, depth, waiting: None, object: None, boxes: HashMap::new(), remarks: Vec::new() }
    }

    /// Reads one record; false where the receiver wants no more.
    pub(super) fn read(&mut self, job: &mut Job<'_>, book: &Book, record: &Record<'_>) -> bool {
        let bytes = record.bytes();
        let word = |at| u16_at(bytes, at).unwrap_or(0);
        match record.id {
            0xFD | 0x04 | 0x204 | 0xD6 | 0x02 | 0x03 | 0x203 | 0x27E | 0x06 | 0x206 | 0x406 => {
                self.read_cell(job, book, record);
            }
            0xBD => self.read_numbers(job, book, bytes),
            0x07 | 0x207 => {
                let length = if book.version == 2 { 1 } else { 2 };
                let text = book.text(record, 0, length).unwrap_or_default();
                if let Some((row, column)) = self.waiting.take() {
                    self.cells.push(job, row.into(), column.into(), &text);
                }
            }
            0x1C => self.read_remark(book, record),
            0x5D => self.object = (word(0) == 0x15).then(|| word(6)),
            0x1B6 => self.read_box(job, record),
            0x14 | 0x15 => {
                let length = if book.version >= 8 { 2 } else { 1 };
                let text = book.text(record, 0, length).unwrap_or_default();
                self.cells.push_beside(job, &strip_codes(&text));
            }
            0x100D => {
                let text = book.text(record, 2, 1).unwrap_or_default();
                self.cells.push_beside(job, &text);
            }
            // Links to other places, and the name of an external sheet.
            0x1B8 | 0x800 => self.cells.push_beside(job, &printable(&record.pieces.concat())),
            0x1BE if book.version >= 8 => self.read_rule(job, record),
            _ => {}
        }
        !self.cells.is_stopped()
    }

    fn read_cell(&mut self, job: &mut Job<'_>, book: &Book, record: &Record<'_>) {
        let bytes = record.bytes();
        let (Some(row), Some(column)) = (u16_at(bytes, 0), u16_at(bytes, 2)) else { return };
        // Excel 2 tells the look of a cell in three bytes.
        let old = book.version == 2;
        let at = if old { 7 } else { 6 };
        let style =
            if old { u16::from(bytes.get(4).copied().unwrap_or(0) & 0x3F) } else { u16_at(bytes, 4).unwrap_or(0) };
        let shown;
        let text = match record.id {
            0xFD => book.strings.get(u32_at(bytes, at).unwrap_or(u32::MAX) as usize).unwrap_or_default(),
            0x04 | 0x204 | 0xD6 => {
                shown = book.text(record, at, if old { 1 } else { 2 }).unwrap_or_default();
                &shown
            }
            0x02 => {
                shown = book.show(f64::from(u16_at(bytes, at).unwrap_or(0)), style);
                &shown
            }
            0x27E => {
                shown = book.show(number::packed(u32_at(bytes, at).unwrap_or(0)), style);
                &shown
            }
            0x06 | 0x206 | 0x406 if u16_at(bytes, at + 6) == Some(0xFFFF) => {
                self.waiting = (bytes.get(at) == Some(&0)).then_some((row, column));
                ""
            }
            _ => {
                shown = f64_at(bytes, at).map(|it| book.show(it, style)).unwrap_or_default();
                &shown
            }
        };
        self.cells.push(job, row.into(), column.into(), text);
    }

    fn read_numbers(&mut self, job: &mut Job<'_>, book: &Book, bytes: &[u8]) {
        let (Some(row), Some(first)) = (u16_at(bytes, 0), u16_at(bytes, 2)) else { return };
        let cells = bytes.get(4..bytes.len().saturating_sub(2)).unwrap_or_default().chunks_exact(6);
        for (index, cell) in cells.enumerate() {
            let style = u16_at(cell, 0).unwrap_or(0);
            let text = book.show(number::packed(u32_at(cell, 2).unwrap_or(0)), style);
            self.cells.push(job, row.into(), u32::from(first) + index as u32, &text);
        }
    }

    fn read_remark(&mut self, book: &Book, record: &Record<'_>) {
        let bytes = record.bytes();
        let (Some(row), Some(column)) = (u16_at(bytes, 0), u16_at(bytes, 2)) else { return };
        if self.remarks.len() >= MAX_REMARKS {
            return;
        }
        let mut remark = Remark { row: row.into(), column: column.into(), ..Remark::default() };
        if book.version >= 8 {
            remark.author = book.text(record, 8, 2).unwrap_or_default();
            return self.remarks.push((u16_at(bytes, 6).unwrap_or(0), remark));
        }
        let text = slice(bytes, 6, usize::from(u16_at(bytes, 4).unwrap_or(0)));
        let text = book.encoding.decode_without_bom_handling(text).0;
        match self.remarks.last_mut().filter(|_| row == u16::MAX) {
            // A long one goes on in the next record.
            Some((_, last)) => last.text.push_str(&text),
            None => {
                remark.text = text.into_owned();
                self.remarks.push((0, remark));
            }
        }
    }

    fn read_box(&mut self, job: &mut Job<'_>, record: &Record<'_>) {
        let count = usize::from(u16_at(record.bytes(), 10).unwrap_or(0));
        let mut place = Place::behind_first(&record.pieces);
        let Some(flags) = place.number(1).filter(|_| count > 0) else { return };
        let text = place.chars(count, flags & 1 != 0);
        match self.object.take().filter(|_| self.boxes.len() < MAX_REMARKS) {
            Some(object) => drop(self.boxes.insert(object, text)),
            None => self.cells.push_beside(job, &text),
        }
    }

    /// What a cell is to hold: the texts that tell people so.
    fn read_rule(&mut self, job: &mut Job<'_>, record: &Record<'_>) {
        let mut place = Place::new(&record.pieces, 4);
        for _ in 0..4 {
            let Some(text) = place.string(2) else { return };
            self.cells.push_beside(job, text.trim_matches('\0'));
        }
    }

    /// Emits what is held back; false where the receiver wants no more.
    pub(super) fn finish(mut self, job: &mut Job<'_>) -> bool {
        let mut boxes = self.boxes;
        let mut remarks = Vec::new();
        for (object, mut remark) in self.remarks {
            if let Some(text) = boxes.remove(&object) {
                remark.text = text;
            }
            remarks.push(remark);
        }
        let mut rest: Vec<(u16, String)> = boxes.into_iter().collect();
        rest.sort_unstable();
        for (_, text) in rest {
            self.cells.push_beside(job, &text);
        }
        self.cells.finish(job, &remarks)
    }
}
