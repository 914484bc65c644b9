//! Reads a stream into blocks of decoded text counted from its start, never from its reads. Knows no formats.

use std::io::{BufRead, Read};

use super::encoding::{self, Encoding, Output, decode, floor_boundary, note};
use crate::model::{OffsetMap, Piece, Segment, Text};

/// Decoded bytes a block holds at most, context included.
pub(super) const BLOCK: usize = 1 << 20;
/// Context on either side of a cut between lines.
const NEAR: usize = 256;
/// Context on either side of a cut within a line.
const WITHIN: usize = 2048;
/// Bytes read at a time where they must be decoded.
const CHUNK: usize = 64 << 10;

/// The part of a stream that is in memory, as UTF-8.
pub(super) struct Window<'a> {
    input: Box<dyn Read + 'a>,
    encoding: Encoding,
    /// Initialised as far as it is long; `filled` bytes of it are in use, of which `ready` are decoded.
    buffer: Vec<u8>,
    filled: usize,
    ready: usize,
    /// Original bytes that wait to be decoded, from `raw_at` on.
    raw: Vec<u8>,
    raw_at: usize,
    /// Offset in the stream of the first byte that is not decoded.
    orig: u64,
    map: OffsetMap,
    full: bool,
    eof: bool,
    lines_before: u64,
}

/// What a cut window gives away.
pub(super) struct Block {
    pub(super) text: Vec<u8>,
    pub(super) map: OffsetMap,
    pub(super) lines_before: u64,
}

/// Where a block of narrative text ends, and what its neighbours see of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    /// Behind the last byte the block owns.
    pub(super) own_end: usize,
    /// Behind the last byte it holds.
    pub(super) text_end: usize,
    /// First byte that the next block holds.
    pub(super) next_start: usize,
}

impl<'a> Window<'a> {
    /// A window on the stream that begins with `head` and goes on with `input`, unless it `ended` with the head.
    pub(super) fn new(mut head: Vec<u8>, input: Box<dyn Read + 'a>, ended: bool) -> Self {
        let (encoding, mark) = encoding::sniff(&head);
        head.drain(..mark);
        let orig = mark as u64;
        let mut window = Window {
            input,
            encoding,
            filled: 0,
            ready: 0,
            buffer: Vec::new(),
            raw: Vec::new(),
            raw_at: 0,
            orig,
            map: OffsetMap::identity(orig),
            full: false,
            eof: ended,
            lines_before: 0,
        };
        if encoding == Encoding::Utf8 {
            window.filled = head.len();
            window.buffer = head;
        } else {
            window.raw = head;
        }
        window
    }

    /// The decoded text in memory.
    pub(super) fn text(&self) -> &[u8] {
        &self.buffer[..self.ready]
    }

    /// From [`Window::text`] to bytes of the stream.
    pub(super) fn map(&self) -> &OffsetMap {
        &self.map
    }

    /// True where the text in memory is all that is left of the stream.
    pub(super) fn is_last(&self) -> bool {
        self.eof && self.ready == self.filled && self.raw_at == self.raw.len()
    }

    /// Reads on until a block is full or the stream ends.
    pub(super) fn fill(&mut self) {
        while !self.full && !self.is_last() {
            if self.encoding == Encoding::Utf8 && self.raw_at == self.raw.len() {
                self.read_plain();
            } else {
                self.read_decoding();
            }
        }
    }

    /// Gives away the text up to `end` and keeps what stands from `keep` on, in `fresh`.
    pub(super) fn cut(&mut self, end: usize, keep: usize, fresh: Vec<u8>) -> Block {
        let mut next = fresh;
        let kept = self.filled - keep;
        if next.len() < kept {
            next.resize(kept.next_power_of_two().min(BLOCK), 0);
        }
        next[..kept].copy_from_slice(&self.buffer[keep..self.filled]);
        let lines_before = self.lines_before;
        self.lines_before += memchr::memchr_iter(b'\n', &self.buffer[..keep]).count() as u64;
        let mut text = std::mem::replace(&mut self.buffer, next);
        text.truncate(end);
        let rest = tail(&self.map, keep);
        let mut map = std::mem::replace(&mut self.map, rest);
        map.pieces.truncate(map.pieces.partition_point(|piece| (piece.text_start as usize) < end));
        self.ready -= keep;
        self.filled = kept;
        self.full = false;
        Block { text, map, lines_before }
    }

    /// UTF-8 goes from the stream into the block untouched, as long as it is valid.
    fn read_plain(&mut self) {
        while self.filled < BLOCK && !self.eof {
            if self.filled == self.buffer.len() {
                let longer = (self.filled * 2).clamp(CHUNK, BLOCK);
                self.buffer.resize(longer, 0);
            }
            let room = self.buffer.len().min(BLOCK);
            match self.input.read(&mut self.buffer[self.filled..room]) {
                Ok(0) | Err(_) => self.eof = true,
                Ok(count) => self.filled += count,
            }
        }
        self.full = self.filled >= BLOCK;
        let fresh = &self.buffer[self.ready..self.filled.min(BLOCK)];
        let (valid, incomplete) = match std::str::from_utf8(fresh) {
            Ok(_) => (fresh.len(), false),
            Err(error) => (error.valid_up_to(), error.error_len().is_none() && !self.eof),
        };
        if valid > 0 {
            note(&mut self.map, self.ready, self.orig, (1, 1));
        }
        self.ready += valid;
        self.orig += valid as u64;
        if self.ready < self.filled && !incomplete {
            self.raw.clear();
            self.raw.extend_from_slice(&self.buffer[self.ready..self.filled]);
            self.raw_at = 0;
            self.filled = self.ready;
            self.full = false;
        }
    }

    /// Reads original bytes until there are enough to decode, or the stream ends.
    fn read_raw(&mut self) {
        self.raw.drain(..self.raw_at);
        self.raw_at = 0;
        let mut used = self.raw.len();
        self.raw.resize(CHUNK, 0);
        while used < CHUNK && !self.eof {
            let count = self.input.read(&mut self.raw[used..]).unwrap_or(0);
            self.eof = count == 0;
            used += count;
        }
        self.raw.truncate(used);
    }

    /// Anything else goes through the decoder.
    fn read_decoding(&mut self) {
        if self.raw.len() - self.raw_at < CHUNK && !self.eof {
            self.read_raw();
        }
        if self.buffer.len() < BLOCK {
            self.buffer.resize(BLOCK, 0);
        }
        let text = &mut self.buffer[..BLOCK];
        let mut out = Output { text, filled: self.filled, map: &mut self.map };
        let progress = decode(self.encoding, &self.raw[self.raw_at..], self.orig, self.eof, &mut out);
        self.filled = out.filled;
        self.ready = out.filled;
        self.raw_at += progress.consumed;
        self.orig += progress.consumed as u64;
        self.full = progress.full;
    }
}

/// A stream's text as UTF-8, for parsers that want to read it by themselves.
pub(super) struct Utf8<'a> {
    window: Window<'a>,
    at: usize,
}

impl<'a> Utf8<'a> {
    pub(super) fn new(window: Window<'a>) -> Self {
        Utf8 { window, at: 0 }
    }

    /// The window, from the first byte that was not consumed on.
    pub(super) fn into_window(mut self) -> Window<'a> {
        self.window.cut(self.at, self.at, Vec::new());
        self.window
    }
}

impl BufRead for Utf8<'_> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        if self.at == self.window.text().len() {
            let used = std::mem::take(&mut self.at);
            let spare = self.window.cut(used, used, Vec::new()).text;
            drop(spare);
            self.window.fill();
        }
        Ok(&self.window.text()[self.at..])
    }

    fn consume(&mut self, count: usize) {
        self.at += count;
    }
}

impl Read for Utf8<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let text = self.fill_buf()?;
        let count = text.len().min(buffer.len());
        buffer[..count].copy_from_slice(&text[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl Block {
    /// A copy of a part of the block, before which `lines` end in it; those that end in the part are added.
    pub(super) fn part(&self, range: std::ops::Range<usize>, lines: &mut u64) -> Block {
        let mut map = tail(&self.map, range.start);
        map.pieces.truncate(map.pieces.partition_point(|piece| (piece.text_start as usize) < range.len()));
        let text = self.text[range].to_vec();
        let lines_before = self.lines_before + *lines;
        *lines += memchr::memchr_iter(b'\n', &text).count() as u64;
        Block { text, map, lines_before }
    }

    /// The block as a segment that owns `own` of it.
    pub(super) fn into_segment(self, own: std::ops::Range<usize>) -> Segment {
        Segment {
            text: Text(self.text),
            own: own.start as u32..own.end as u32,
            map: self.map,
            lines_before: self.lines_before,
            first_record: 1,
            ..Segment::default()
        }
    }
}

/// Where to cut narrative text of which `begin` bytes are context: behind the last line end, else within the line.
pub(super) fn cut_lines(text: &[u8], begin: usize) -> Cut {
    let limit = text.len().saturating_sub(NEAR).max(begin);
    if let Some(line_end) = memchr::memrchr(b'\n', &text[begin..limit]) {
        let own_end = begin + line_end + 1;
        let next_start = floor_boundary(text, own_end.saturating_sub(NEAR));
        return Cut { own_end, text_end: floor_boundary(text, own_end + NEAR), next_start };
    }
    let own_end = floor_boundary(text, text.len().saturating_sub(WITHIN)).max(begin);
    let next_start = floor_boundary(text, own_end.saturating_sub(WITHIN));
    Cut { own_end, text_end: text.len(), next_start }
}

/// The map of the text from `from` on.
fn tail(map: &OffsetMap, from: usize) -> OffsetMap {
    if map.is_identity() {
        return OffsetMap::identity(map.base + from as u64);
    }
    let behind = map.pieces.partition_point(|piece| piece.text_start as usize <= from);
    let mut pieces: Vec<Piece> = Vec::with_capacity(map.pieces.len() + 1 - behind);
    if let Some(first) = behind.checked_sub(1).map(|index| map.pieces[index]) {
        pieces.push(Piece { text_start: 0, orig_start: map.start(from as u32), ..first });
    }
    let moved = |piece: &Piece| Piece { text_start: piece.text_start - from as u32, ..*piece };
    pieces.extend(map.pieces[behind..].iter().map(moved));
    match pieces[..] {
        [Piece { text_step: 1, orig_step: 1, orig_start, .. }] => OffsetMap::identity(orig_start),
        _ => OffsetMap { base: 0, pieces },
    }
}
