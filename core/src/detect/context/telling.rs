//! Which words of a block may end a phrase that tells what a value is: looked up 64 bytes at a time, on demand.

use std::cell::Cell;

use super::super::ruleset::cues::{Cues, Mark};
use super::super::words::{near_hash, word_hash};
use super::label::Mute;
use super::{Surroundings, further_left};

/// Which words of a block may end a phrase that tells what a value is: looked up 64 bytes at a time, on demand, so
/// that a number with no such word before it costs next to nothing.
#[derive(Debug, Default)]
pub struct TellingWords {
    /// One bit per byte, set where such a word begins.
    bits: Vec<Cell<u64>>,
    known: Vec<Cell<bool>>,
    pub(super) untold: Mute,
    pub(super) uncaptured: Mute,
}

impl TellingWords {
    /// Forgets everything; for a text of that many bytes.
    pub fn reset(&mut self, len: usize) {
        let words = len.div_ceil(64) + 1;
        self.bits.resize(words.max(self.bits.len()), Cell::new(0));
        self.known.clear();
        self.known.resize(words, Cell::new(false));
        self.untold.clear();
        self.uncaptured.clear();
    }

    /// True where such a word begins in `from..to`.
    #[inline]
    pub(super) fn any(&self, cues: &Cues, around: &Surroundings<'_>, from: usize, to: usize) -> bool {
        if from >= to {
            return false;
        }
        let (first, last) = (from / 64, (to - 1) / 64);
        let (mut below, above) = (!0 >> (63 - (to - 1) % 64), !0 << (from % 64));
        for index in (first + 1..=last).rev() {
            if self.chunk(cues, around, index) & below != 0 {
                return true;
            }
            below = !0;
        }
        self.chunk(cues, around, first) & below & above != 0
    }

    #[inline]
    fn chunk(&self, cues: &Cues, around: &Surroundings<'_>, index: usize) -> u64 {
        if !self.known[index].get() {
            self.known[index].set(true);
            self.bits[index].set(telling_words(cues, around, index));
        }
        self.bits[index].get()
    }
}

/// The telling words that begin in the 64 bytes of that number.
fn telling_words(cues: &Cues, around: &Surroundings<'_>, index: usize) -> u64 {
    let Surroundings { text, masks, .. } = *around;
    let (word, hump, base) = (masks.word.chunk(index), masks.hump.chunk(index), index * 64);
    let carry = if index > 0 { masks.word.chunk(index - 1) >> 63 } else { 0 };
    let mut starts = word & !(word << 1 | carry) & !masks.digit.chunk(index);
    let mut found = 0;
    let ends = word & !(word >> 1) & !(1 << 63);
    if let Some(near) = text.get(base..base + 72).and_then(|it| <&[u8; 72]>::try_from(it).ok()) {
        while starts != 0 {
            let at = starts.trailing_zeros() as usize;
            let last = (ends >> at).trailing_zeros() as usize;
            if last == 64 {
                break;
            }
            let end = at + last + 1;
            let humps = hump & (!1 << at) & !(!0 << (end - 1) << 1);
            let part = if humps == 0 { at } else { 63 - humps.leading_zeros() as usize };
            starts &= starts - 1;
            let hash = near_hash(near, part, end);
            if cues.has(Mark::Tells, hash) && tells(cues, around, base + part, base + end, hash) {
                found |= 1 << at;
            }
        }
    }
    while starts != 0 {
        let at = starts.trailing_zeros() as usize;
        starts &= starts - 1;
        let end = masks.word.run_end(base + at, text.len());
        let part = masks.last_part(base + at, end);
        let hash = word_hash(text, part, end);
        if cues.has(Mark::Tells, hash) && tells(cues, around, part, end, hash) {
            found |= 1 << at;
        }
    }
    found
}

/// True where a phrase that ends with the word `start..end` tells what a value is.
fn tells(cues: &Cues, around: &Surroundings<'_>, start: usize, end: usize, hash: u64) -> bool {
    let whole = Surroundings { lo: 0, hi: around.text.len(), ..*around };
    cues.tell(hash, is_label(around.text, end), further_left(whole, start, &mut 0))
}

/// True where a `:`, `=` or `|` follows, quotes, brackets and blanks aside.
fn is_label(text: &[u8], end: usize) -> bool {
    let behind = text[end..].iter().take(4).find(|it| !matches!(it, b'"' | b'\'' | b')' | b']' | b' ' | b'#' | b'.'));
    matches!(behind, Some(b':' | b'=' | b'|' | b'\t'))
}
