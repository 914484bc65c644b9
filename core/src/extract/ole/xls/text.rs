//! The texts of records: counted, of bytes or of UTF-16, with what says how they look between them.

use encoding_rs::Encoding;

use super::super::bytes::{latin1, u16_at, utf16};

/// A place in a record that may be cut into pieces.
pub(super) struct Place<'p, 'a> {
    pieces: &'p [&'a [u8]],
    piece: usize,
    at: usize,
}

impl<'p, 'a> Place<'p, 'a> {
    pub(super) fn new(pieces: &'p [&'a [u8]], at: usize) -> Self {
        Place { pieces, piece: 0, at }
    }

    /// The beginning of its second piece, where the text of a box stands.
    pub(super) fn behind_first(pieces: &'p [&'a [u8]]) -> Self {
        Place { pieces, piece: 1, at: 0 }
    }

    fn rest(&self) -> &'a [u8] {
        self.pieces.get(self.piece).and_then(|it| it.get(self.at..)).unwrap_or_default()
    }

    /// True where there is nothing more.
    pub(super) fn is_at_end(&self) -> bool {
        self.piece + 1 >= self.pieces.len() && self.rest().is_empty()
    }

    pub(super) fn take(&mut self, mut len: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        while len > 0 && !self.is_at_end() {
            let rest = self.rest();
            let count = rest.len().min(len);
            bytes.extend_from_slice(&rest[..count]);
            (self.at, len) = (self.at + count, len - count);
            if len > 0 {
                (self.piece, self.at) = (self.piece + 1, 0);
            }
        }
        bytes
    }

    pub(super) fn number(&mut self, len: usize) -> Option<usize> {
        let bytes = self.take(len);
        (bytes.len() == len).then(|| bytes.iter().rev().fold(0, |sum, it| sum << 8 | usize::from(*it)))
    }

    /// So many characters; where a piece ends within them, the next one says anew how wide they are.
    pub(super) fn chars(&mut self, mut count: usize, mut wide: bool) -> String {
        let mut text = String::new();
        while count > 0 {
            let width = 1 + usize::from(wide);
            let rest = self.rest();
            let here = (rest.len() / width).min(count);
            let bytes = &rest[..here * width];
            text.push_str(&if wide { utf16(bytes) } else { latin1(bytes) });
            (self.at, count) = (self.at + here * width, count - here);
            if count > 0 {
                if self.piece + 1 >= self.pieces.len() {
                    break;
                }
                (self.piece, self.at) = (self.piece + 1, 0);
                let Some(flags) = self.number(1) else { break };
                wide = flags & 1 != 0;
            }
        }
        text
    }

    /// A text of BIFF8 whose length is a number of so many bytes; `None` where there is none.
    pub(super) fn string(&mut self, length: usize) -> Option<String> {
        let count = self.number(length)?;
        let flags = self.number(1)?;
        let runs = if flags & 8 != 0 { self.number(2)? } else { 0 };
        let more = if flags & 4 != 0 { self.number(4)? } else { 0 };
        let mut text = self.chars(count, flags & 1 != 0);
        self.take(runs * 4);
        let more = self.take(more);
        let spoken = spoken(&more);
        if !spoken.is_empty() {
            text.push(' ');
            text.push_str(&spoken);
        }
        Some(text)
    }
}

/// How a text is spoken (MS-XLS 2.5.86, ExtRst), which is where the names of people in Japanese can be read.
fn spoken(more: &[u8]) -> String {
    let count = u16_at(more, 12).unwrap_or(0);
    utf16(super::super::bytes::slice(more, 14, usize::from(count) * 2))
}

/// A text of the workbook's code page, whose length is a number of so many bytes.
pub(super) fn narrow(bytes: &[u8], at: usize, length: usize, encoding: &'static Encoding) -> Option<String> {
    let count = if length == 1 { usize::from(*bytes.get(at)?) } else { usize::from(u16_at(bytes, at)?) };
    let text = super::super::bytes::slice(bytes, at + length, count);
    Some(encoding.decode_without_bom_handling(text).0.into_owned())
}
