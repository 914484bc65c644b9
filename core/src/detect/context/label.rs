//! Whether the phrase directly before a mark such as `:` or `=` is a label worth following.

use std::cell::Cell;

use super::super::ruleset::cues::{Cues, Mark};
use super::super::words::word_hash;
use super::{Surroundings, further_left};

/// Rows of a table of mute labels.
const ROWS: usize = 256;

/// Labels that are known to name nothing, by the eight or sixteen bytes that end with them, which show all that was
/// looked at: equal bytes, equal answer.
#[derive(Clone, Debug)]
pub struct Mute {
    near: [Cell<u64>; ROWS],
    far: [Cell<u128>; ROWS],
}

impl Default for Mute {
    fn default() -> Self {
        Mute { near: [const { Cell::new(0) }; ROWS], far: [const { Cell::new(0) }; ROWS] }
    }
}

impl Mute {
    /// Forgets everything.
    pub fn clear(&mut self) {
        self.near.fill(Cell::new(0));
        self.far.fill(Cell::new(0));
    }

    /// True where the label that ends at `end` is known to name nothing.
    #[inline]
    fn knows(&self, around: &Surroundings<'_>, end: usize) -> bool {
        let Some(near) = last(around, end).map(u64::from_le_bytes) else { return false };
        let is_far = |it: u128| self.far[row_of(it)].get() == it;
        self.near[row(near)].get() == near || last(around, end).map(u128::from_le_bytes).is_some_and(is_far)
    }

    /// Remembers it; no byte before `from` was looked at.
    fn put(&self, around: &Surroundings<'_>, from: usize, end: usize) {
        if end <= from + 8 {
            let bytes = last(around, end).map(u64::from_le_bytes);
            bytes.inspect(|it| self.near[row(*it)].set(*it));
        } else if end <= from + 16 {
            let bytes = last(around, end).map(u128::from_le_bytes);
            bytes.inspect(|it| self.far[row_of(*it)].set(*it));
        }
    }
}

/// The last bytes before `end`, where so many lie in the field.
#[inline]
fn last<const N: usize>(around: &Surroundings<'_>, end: usize) -> Option<[u8; N]> {
    around.text[around.lo..end].last_chunk().copied()
}

#[inline]
fn row(bytes: u64) -> usize {
    (bytes.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as usize % ROWS
}

#[inline]
fn row_of(bytes: u128) -> usize {
    row((bytes >> 64) as u64 ^ (bytes as u64).rotate_left(29))
}

/// True where a phrase that ends at `end` names a pattern other than a date, as a label.
#[inline]
pub fn label_tells(cues: &Cues, around: Surroundings<'_>, end: usize) -> bool {
    !around.telling.untold.knows(&around, end) && label_says(cues, around, end, Question::Tells)
}

/// True where a phrase that ends at `end` names a pattern whose value may hold no digit.
#[inline]
pub fn label_captures(cues: &Cues, around: Surroundings<'_>, end: usize) -> bool {
    !around.telling.uncaptured.knows(&around, end) && label_says(cues, around, end, Question::Captures)
}

/// What is asked of a label.
#[derive(Clone, Copy)]
enum Question {
    Tells,
    Captures,
}

/// Asks the phrases that end at `end`, and remembers a label that says nothing.
#[inline(never)]
fn label_says(cues: &Cues, around: Surroundings<'_>, end: usize, question: Question) -> bool {
    let start = around.masks.part_start(end, around.lo);
    let hash = word_hash(around.text, start, end);
    let mut from = if start > around.lo { start - 1 } else { 0 };
    let (mark, mute) = match question {
        Question::Tells => (Mark::Tells, &around.telling.untold),
        Question::Captures => (Mark::Captures, &around.telling.uncaptured),
    };
    if cues.has(mark, hash) {
        let next = further_left(around, start, &mut from);
        let says = match question {
            Question::Tells => cues.tell(hash, true, next),
            Question::Captures => cues.capture(hash, next),
        };
        if says {
            return true;
        }
    }
    if from > 0 {
        mute.put(&around, from, end);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::super::TellingWords;
    use super::*;
    use crate::detect::Ruleset;
    use crate::detect::masks::Masks;

    #[test]
    fn a_mute_word_is_mute_wherever_its_bytes_stand() {
        let rules = Ruleset::builtin().expect("the built-in rules");
        let text =
            "level: requestId= patientName: id: mrn: last name: name: file_name= MRN: status: xname: no: ".repeat(40);
        let mut masks = Masks::default();
        masks.fill(text.as_bytes());
        let (mut kept, mut named) = (TellingWords::default(), 0);
        kept.reset(text.len());
        for end in (1..text.len()).filter(|end| text.as_bytes()[end - 1].is_ascii_alphabetic()) {
            let lo = end.saturating_sub(end % 13);
            let asks = |telling: &TellingWords| {
                let around = Surroundings { text: text.as_bytes(), masks: &masks, telling, lo, hi: text.len() };
                (label_tells(&rules.cues, around, end), label_captures(&rules.cues, around, end))
            };
            let mut fresh = TellingWords::default();
            fresh.reset(text.len());
            assert_eq!(asks(&kept), asks(&fresh), "{:?}", &text[lo..end]);
            named += usize::from(asks(&kept).0) + usize::from(asks(&kept).1);
        }
        assert!(named > 100, "{named}");
    }
}
