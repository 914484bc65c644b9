//! Rows and cells of a block, found in one pass. Does not decode: doubled quotes stay doubled.

use std::ops::Range;

use crate::model::{Field, FieldKind, NO_LABEL, NO_NODE};

/// Fields behind which a block ends at the next row.
pub(super) const MAX_FIELDS: usize = 1 << 17;
/// A cell that is longer and has spaces is prose.
const PROSE: usize = 64;
/// Bytes classified at a time.
const STRIDE: usize = 64;

/// The cells of a block.
pub(super) struct Rows {
    delimiter: u8,
    columns: u32,
    /// The cells that are not empty.
    pub(super) fields: Vec<Field>,
    /// Behind the last whole row.
    pub(super) end: usize,
    /// Whole rows.
    pub(super) records: u32,
    fields_at_end: usize,
    cell_start: usize,
    column: u32,
    quoted: bool,
}

impl Rows {
    pub(super) fn new(delimiter: u8, columns: u32) -> Self {
        Rows {
            delimiter,
            columns,
            fields: Vec::new(),
            end: 0,
            records: 0,
            fields_at_end: 0,
            cell_start: 0,
            column: 0,
            quoted: false,
        }
    }

    /// Finds the cells of all whole rows of `text`. `last` says that the stream ends with it.
    pub(super) fn read(&mut self, text: &[u8], last: bool) {
        let (chunks, rest) = text.as_chunks::<STRIDE>();
        let mut full = false;
        for (index, chunk) in chunks.iter().enumerate() {
            full = self.read_chunk(text, index * STRIDE, chunk);
            if full {
                break;
            }
        }
        if !full {
            let mut chunk = [0; STRIDE];
            chunk[..rest.len()].copy_from_slice(rest);
            full = self.read_chunk(text, chunks.len() * STRIDE, &chunk);
        }
        if last && !full && !self.quoted && self.end < text.len() {
            self.end_cell(text, text.len());
            self.end_row(text.len());
        }
        self.fields.truncate(self.fields_at_end);
    }

    /// True where the block has fields enough.
    #[inline]
    fn read_chunk(&mut self, text: &[u8], base: usize, chunk: &[u8; STRIDE]) -> bool {
        let (separators, quotes) = classify(chunk, self.delimiter);
        if quotes != 0 || self.quoted {
            return self.read_quoted(text, base, separators, quotes);
        }
        let (fields, columns) = (&mut self.fields, self.columns);
        let (mut start, mut column, mut record) = (self.cell_start, self.column, self.records);
        let mut left = separators;
        while left != 0 {
            let place = left.trailing_zeros() as usize;
            left &= left - 1;
            let end = base + place;
            let label = if column < columns { column } else { NO_LABEL };
            if is_plain(text, start, end) {
                fields.push(structured(start..end, label, record));
            } else {
                push_cell(text, start..end, label, record, fields);
            }
            start = end + 1;
            column += 1;
            if chunk[place & (STRIDE - 1)] == b'\n' {
                (column, record) = (0, record + 1);
                (self.end, self.fields_at_end) = (start, fields.len());
                if fields.len() >= MAX_FIELDS {
                    break;
                }
            }
        }
        (self.cell_start, self.column, self.records) = (start, column, record);
        self.end == start && self.fields_at_end >= MAX_FIELDS
    }

    /// A stretch with quotes in it or inside of them.
    fn read_quoted(&mut self, text: &[u8], base: usize, separators: u64, quotes: u64) -> bool {
        let mut left = separators | quotes;
        while left != 0 {
            let bit = left & left.wrapping_neg();
            let at = base + left.trailing_zeros() as usize;
            left ^= bit;
            if bit & quotes != 0 {
                self.quoted = !self.quoted && self.opens(text, at);
                continue;
            }
            if self.quoted {
                continue;
            }
            self.end_cell(text, at);
            self.cell_start = at + 1;
            if text[at] == b'\n' && self.end_row(at + 1) {
                return true;
            }
        }
        false
    }

    /// A quote opens at the beginning of its cell only, or as the second of a doubled one. Others are literal.
    fn opens(&self, text: &[u8], at: usize) -> bool {
        let before = &text[self.cell_start..at];
        before.iter().all(|&byte| byte == b' ') || (before.last() == Some(&b'"') && starts_quoted(before))
    }

    #[inline]
    fn end_cell(&mut self, text: &[u8], end: usize) {
        let label = if self.column < self.columns { self.column } else { NO_LABEL };
        push_cell(text, self.cell_start..end, label, self.records, &mut self.fields);
        self.column += 1;
    }

    #[inline]
    fn end_row(&mut self, end: usize) -> bool {
        self.column = 0;
        self.records += 1;
        self.end = end;
        self.fields_at_end = self.fields.len();
        self.fields.len() >= MAX_FIELDS
    }
}

fn starts_quoted(cell: &[u8]) -> bool {
    cell.iter().find(|&&byte| byte != b' ') == Some(&b'"')
}

/// True for a cell of usual length with nothing around its value.
#[inline]
fn is_plain(text: &[u8], start: usize, end: usize) -> bool {
    if start >= end || end - start > PROSE {
        return false;
    }
    let (first, last) = (text[start], text[end - 1]);
    first > b' ' && last > b' ' && first != b'"'
}

#[inline]
fn structured(range: Range<usize>, label: u32, record: u32) -> Field {
    let (start, end) = (range.start as u32, range.end as u32);
    Field { start, end, label, record, node: NO_NODE, kind: FieldKind::Structured }
}

/// Adds the cell that stands in `range`, unless it is empty.
pub(super) fn push_cell(text: &[u8], range: Range<usize>, label: u32, record: u32, fields: &mut Vec<Field>) {
    let (mut start, mut end) = (range.start, range.end);
    if start >= end {
        return;
    }
    let (first, last) = (text[start], text[end - 1]);
    if first <= b' ' || last <= b' ' || first == b'"' {
        (start, end) = trim(text, start, end);
        if start == end {
            return;
        }
    }
    let is_prose = end - start > PROSE && memchr::memchr(b' ', &text[start..end]).is_some();
    let kind = if is_prose { FieldKind::Narrative } else { FieldKind::Structured };
    fields.push(Field { kind, ..structured(start..end, label, record) });
}

/// Without the spaces and quotes around it.
#[cold]
#[inline(never)]
pub(super) fn trim(text: &[u8], start: usize, end: usize) -> (usize, usize) {
    let (start, end) = trim_blanks(text, start, end);
    if end - start >= 2 && text[start] == b'"' && text[end - 1] == b'"' {
        return trim_blanks(text, start + 1, end - 1);
    }
    (start, end)
}

fn trim_blanks(text: &[u8], mut start: usize, mut end: usize) -> (usize, usize) {
    let blank = |byte: u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    while start < end && blank(text[start]) {
        start += 1;
    }
    while start < end && blank(text[end - 1]) {
        end -= 1;
    }
    (start, end)
}

/// One bit per byte: delimiters and line ends; quotes.
#[inline]
fn classify(chunk: &[u8; STRIDE], delimiter: u8) -> (u64, u64) {
    let mut kinds = [0u8; STRIDE];
    for (kind, &byte) in kinds.iter_mut().zip(chunk) {
        *kind = u8::from(byte == delimiter) | u8::from(byte == b'\n') | (u8::from(byte == b'"') << 1);
    }
    let (words, _) = kinds.as_chunks::<8>();
    let mut separators = 0;
    let mut all = 0;
    for (index, &word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(word);
        separators |= gather(word) << (index * 8);
        all |= word;
    }
    if all & 0x0202_0202_0202_0202 == 0 {
        return (separators, 0);
    }
    let quotes = |(index, word): (usize, &[u8; 8])| gather(u64::from_le_bytes(*word) >> 1) << (index * 8);
    (separators, words.iter().enumerate().map(quotes).fold(0, |all, it| all | it))
}

/// The lowest bits of eight bytes as one byte.
#[inline]
fn gather(word: u64) -> u64 {
    (word & 0x0101_0101_0101_0101).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_told() {
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        for _ in 0..20_000 {
            let chunk = std::array::from_fn(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                b",\n\";\t a1\x80\xff"[(state >> 33) as usize % 10]
            });
            for delimiter in [b',', b';', b'\t', 0xff] {
                let mut expected = (0, 0);
                for (at, byte) in chunk.iter().enumerate() {
                    expected.0 |= u64::from(*byte == delimiter || *byte == b'\n') << at;
                    expected.1 |= u64::from(*byte == b'"') << at;
                }
                assert_eq!(classify(&chunk, delimiter), expected);
            }
        }
    }
}
