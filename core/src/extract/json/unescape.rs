//! The text of a block in which escapes are decoded, with the map back. Made only where there are escapes.

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
    copied: usize,
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

    /// Decodes the string contents that stand at `start..end` of the raw bytes; returns their place in the text.
    pub(super) fn decode(&mut self, raw: &[u8], start: usize, end: usize) -> (u32, u32) {
        self.copy_to(raw, start);
        let text_start = self.text.len() as u32;
        while let Some(run) = memchr::memchr(b'\\', &raw[self.copied..end]) {
            self.copy_to(raw, self.copied + run);
            let escape = &raw[self.copied..end];
            let length = escape_length(escape);
            let mut buffer = [0; 4];
            match character(&escape[..length]) {
                Some(character) => self.append(character.encode_utf8(&mut buffer).as_bytes(), length),
                None => self.copy_to(raw, self.copied + length),
            }
        }
        self.copy_to(raw, end);
        (text_start, self.text.len() as u32)
    }

    fn append(&mut self, bytes: &[u8], raw_length: usize) {
        let (text_step, orig_step) = (bytes.len() as u32, raw_length as u32);
        let (text_start, orig_start) = (self.text.len() as u32, self.copied as u64);
        self.map.push(Piece { text_start, orig_start, text_step, orig_step });
        self.text.extend_from_slice(bytes);
        self.copied += raw_length;
    }
}

/// How many raw bytes belong to the escape that `raw` begins with; a surrogate pair is one escape.
pub(super) fn escape_length(raw: &[u8]) -> usize {
    if raw.get(1) != Some(&b'u') {
        return raw.len().min(2);
    }
    let Some(first) = hex4(raw, 2) else { return 2 };
    let second = if raw.get(6..8) == Some(br"\u") { hex4(raw, 8) } else { None };
    let is_pair = (0xD800..0xDC00).contains(&first) && second.is_some_and(|it| (0xDC00..0xE000).contains(&it));
    if is_pair { 12 } else { 6 }
}

fn character(escape: &[u8]) -> Option<char> {
    Some(match *escape.get(1)? {
        b'n' => '\n',
        b't' => '\t',
        b'r' => '\r',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        byte @ (b'"' | b'\\' | b'/') => char::from(byte),
        b'u' if escape.len() == 12 => {
            let (high, low) = (hex4(escape, 2)?, hex4(escape, 8)?);
            char::from_u32(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))?
        }
        b'u' if escape.len() == 6 => char::from_u32(hex4(escape, 2)?).unwrap_or(char::REPLACEMENT_CHARACTER),
        _ => return None,
    })
}

fn hex4(raw: &[u8], at: usize) -> Option<u32> {
    let digits = raw.get(at..at + 4)?;
    digits.iter().try_fold(0, |value, &digit| Some(value * 16 + char::from(digit).to_digit(16)?))
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
