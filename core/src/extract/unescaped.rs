//! The text of a block in which escapes are decoded, with the map back. Made only where there are escapes; knows none.

use crate::model::{OffsetMap, Piece};

/// Text being made from raw bytes. As long as it is not used, the raw bytes are the text.
#[derive(Default)]
pub(super) struct Unescaped {
    pub(super) text: Vec<u8>,
    /// From the text to offsets in the raw bytes.
    pub(super) map: OffsetMap,
    /// Line ends of the stream in the text.
    pub(super) line_ends: Vec<u32>,
    /// Raw bytes that are in the text already.
    pub(super) copied: usize,
}

/// A state to go back to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mark {
    text: usize,
    pieces: usize,
    line_ends: usize,
    copied: usize,
}

impl Unescaped {
    /// True where something was decoded.
    pub(super) fn is_used(&self) -> bool {
        self.copied > 0
    }

    /// The place in the text of a raw offset that is not copied yet.
    #[inline]
    pub(super) fn place(&self, raw: usize) -> u32 {
        (raw - self.copied + self.text.len()) as u32
    }

    pub(super) fn mark(&self) -> Mark {
        let (text, pieces) = (self.text.len(), self.map.pieces.len());
        Mark { text, pieces, line_ends: self.line_ends.len(), copied: self.copied }
    }

    pub(super) fn rewind(&mut self, mark: Mark) {
        self.text.truncate(mark.text);
        self.map.pieces.truncate(mark.pieces);
        self.line_ends.truncate(mark.line_ends);
        self.copied = mark.copied;
    }

    /// Copies the raw bytes up to `end` as they are.
    pub(super) fn copy_to(&mut self, raw: &[u8], end: usize) {
        if end <= self.copied {
            return;
        }
        let run = &raw[self.copied..end];
        let at = self.text.len() as u32;
        self.map.push(Piece { text_start: at, orig_start: self.copied as u64, text_step: 1, orig_step: 1 });
        self.line_ends.extend(memchr::memchr_iter(b'\n', run).map(|line_end| at + line_end as u32));
        self.text.extend_from_slice(run);
        self.copied = end;
    }

    /// Leaves the next `raw_length` raw bytes out.
    pub(super) fn skip(&mut self, raw_length: usize) {
        self.copied += raw_length;
    }

    /// Appends what the next `raw_length` raw bytes stand for.
    pub(super) fn append(&mut self, bytes: &[u8], raw_length: usize) {
        let (text_step, orig_step) = (bytes.len() as u32, raw_length as u32);
        let (text_start, orig_start) = (self.text.len() as u32, self.copied as u64);
        self.map.push(Piece { text_start, orig_start, text_step, orig_step });
        self.text.extend_from_slice(bytes);
        self.copied += raw_length;
    }
}

/// `inner` maps text to offsets that `outer` maps to the stream; both in one step.
pub(super) fn compose(inner: &OffsetMap, outer: &OffsetMap, text_len: usize) -> OffsetMap {
    let mut map = OffsetMap::default();
    for (index, piece) in inner.pieces.iter().enumerate() {
        let text_end = inner.pieces.get(index + 1).map_or(text_len as u32, |next| next.text_start);
        let raw = piece.orig_start as u32;
        if (piece.text_step, piece.orig_step) != (1, 1) {
            compose_escapes(&mut map, piece, text_end, outer);
            continue;
        }
        if outer.is_identity() {
            map.push(Piece { orig_start: outer.start(raw), ..*piece });
            continue;
        }
        let raw_end = raw + (text_end - piece.text_start);
        let from = outer.pieces.partition_point(|it| it.text_start <= raw).saturating_sub(1);
        for it in outer.pieces[from..].iter().take_while(|it| it.text_start < raw_end) {
            let begin = it.text_start.max(raw);
            let text_start = piece.text_start + (begin - raw);
            map.push(Piece { text_start, orig_start: outer.start(begin), ..*it });
        }
    }
    map
}

fn compose_escapes(map: &mut OffsetMap, piece: &Piece, text_end: u32, outer: &OffsetMap) {
    let mut raw = piece.orig_start as u32;
    for text_start in (piece.text_start..text_end).step_by(piece.text_step as usize) {
        let orig_start = outer.start(raw);
        let orig_step = (outer.end(raw + piece.orig_step) - orig_start) as u32;
        map.push(Piece { text_start, orig_start, text_step: piece.text_step, orig_step });
        raw += piece.orig_step;
    }
}
