//! From places in decoded text back to bytes of the stream it was decoded from.

use serde::{Deserialize, Serialize};

/// A run of text in which `text_step` text bytes stand for `orig_step` original bytes, again and again.
///
/// Plain ASCII is (1, 1), ASCII from UTF-16 is (1, 2), an escape `\u00e9` that became two UTF-8 bytes is (2, 6), a
/// whole base64 literal is one step (decoded length, literal length).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Where the run begins in the text.
    pub text_start: u32,
    /// Where it begins in the original stream.
    pub orig_start: u64,
    /// Text bytes per step, at least 1.
    pub text_step: u32,
    /// Original bytes per step.
    pub orig_step: u32,
}

/// A piecewise map from text offsets to original offsets. Without pieces it adds `base`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OffsetMap {
    /// Original offset of text offset 0 where there are no pieces.
    pub base: u64,
    /// Ordered by `text_start`; the first piece, if any, begins at 0.
    pub pieces: Vec<Piece>,
}

impl OffsetMap {
    /// The map of text that is the original bytes, beginning at `base`.
    pub fn identity(base: u64) -> Self {
        OffsetMap { base, pieces: Vec::new() }
    }

    /// The map of text that stands nowhere in the stream as bytes: cells of a workbook, a page of a PDF.
    pub fn nowhere() -> Self {
        OffsetMap { base: u64::MAX, pieces: Vec::new() }
    }

    /// True for such text.
    pub fn is_nowhere(&self) -> bool {
        self.base == u64::MAX
    }

    /// True where no offset of a text can break the arithmetic.
    pub(super) fn is_sound(&self) -> bool {
        let rising = self.pieces.is_sorted_by(|a, b| a.text_start < b.text_start);
        let first = self.pieces.first().is_none_or(|it| it.text_start == 0);
        let small = |it: &Piece| it.text_step > 0 && it.orig_start < 1 << 62;
        rising && first && self.pieces.iter().all(small) && (self.is_nowhere() || self.base < 1 << 62)
    }

    /// True where text bytes are original bytes, shifted by `base`.
    pub fn is_identity(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Adds a piece, unless the last one already continues to the same place.
    pub fn push(&mut self, piece: Piece) {
        if let Some(last) = self.pieces.last_mut() {
            if last.text_start == piece.text_start {
                *last = piece;
                return;
            }
            let steps = u64::from(piece.text_start - last.text_start) / u64::from(last.text_step);
            let aligned = (piece.text_start - last.text_start).is_multiple_of(last.text_step);
            let same_steps = (last.text_step, last.orig_step) == (piece.text_step, piece.orig_step);
            if aligned && same_steps && last.orig_start + steps * u64::from(last.orig_step) == piece.orig_start {
                return;
            }
        }
        self.pieces.push(piece);
    }

    /// The original offset at which the text byte `at` begins to be encoded.
    pub fn start(&self, at: u32) -> u64 {
        match self.piece(at) {
            None => self.base.saturating_add(u64::from(at)),
            Some(piece) => {
                let steps = u64::from((at - piece.text_start) / piece.text_step);
                piece.orig_start + steps * u64::from(piece.orig_step)
            }
        }
    }

    /// The original offset just behind the encoding of the text that ends at `at` (exclusive).
    pub fn end(&self, at: u32) -> u64 {
        if at == 0 {
            return self.start(0);
        }
        match self.piece(at - 1) {
            None => self.base.saturating_add(u64::from(at)),
            Some(piece) => {
                let steps = u64::from((at - piece.text_start).div_ceil(piece.text_step));
                piece.orig_start + steps * u64::from(piece.orig_step)
            }
        }
    }

    fn piece(&self, at: u32) -> Option<&Piece> {
        let behind = self.pieces.partition_point(|piece| piece.text_start <= at);
        behind.checked_sub(1).map(|index| &self.pieces[index])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_wide_text_map_back() {
        // Original: `a\u00e9b` (8 bytes) at 100; text: a, é (two bytes), b.
        let mut map = OffsetMap::default();
        map.push(Piece { text_start: 0, orig_start: 100, text_step: 1, orig_step: 1 });
        map.push(Piece { text_start: 1, orig_start: 101, text_step: 2, orig_step: 6 });
        map.push(Piece { text_start: 3, orig_start: 107, text_step: 1, orig_step: 1 });
        assert_eq!((map.start(0), map.end(1)), (100, 101));
        assert_eq!((map.start(1), map.end(3)), (101, 107));
        assert_eq!((map.start(3), map.end(4)), (107, 108));
    }

    #[test]
    fn a_continuing_piece_is_not_stored() {
        let mut map = OffsetMap::default();
        map.push(Piece { text_start: 0, orig_start: 0, text_step: 1, orig_step: 2 });
        map.push(Piece { text_start: 10, orig_start: 20, text_step: 1, orig_step: 2 });
        assert_eq!(map.pieces.len(), 1);
        assert_eq!((map.start(4), map.end(6)), (8, 12));
    }
}
