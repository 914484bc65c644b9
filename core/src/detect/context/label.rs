//! Whether the phrase directly before a mark such as `:` or `=` is a label worth following.

use std::cell::Cell;

use super::super::ruleset::cues::{Cues, marks};
use super::super::words::word_hash;
use super::{Surroundings, further_left};

/// Rows of a table of mute words.
const ROWS: usize = 256;

/// Last words of labels that are known to name nothing, by the eight bytes that end with them: equal bytes, equal word.
#[derive(Clone, Debug)]
pub struct Mute {
    rows: [Cell<u64>; ROWS],
}

impl Default for Mute {
    fn default() -> Self {
        Mute { rows: [const { Cell::new(0) }; ROWS] }
    }
}

impl Mute {
    /// Forgets everything.
    pub fn clear(&mut self) {
        self.rows.fill(Cell::new(0));
    }

    /// The row of the eight bytes before `end`, and those bytes, where they lie in the field.
    #[inline]
    fn row(&self, around: &Surroundings<'_>, end: usize) -> Option<(&Cell<u64>, u64)> {
        let from = end.checked_sub(8).filter(|from| *from >= around.lo)?;
        let bytes = u64::from_le_bytes(around.text[from..end].try_into().ok()?);
        Some((&self.rows[(bytes.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as usize % ROWS], bytes))
    }
}

/// True where a phrase that ends at `end` names a pattern other than a date, as a label.
pub fn label_tells(cues: &Cues, around: Surroundings<'_>, end: usize) -> bool {
    let word = last_word(cues, &around, end, marks::TELLS, &around.telling.untold);
    word.is_some_and(|(start, hash)| cues.tell(hash, true, further_left(around, start)))
}

/// True where a phrase that ends at `end` names a pattern whose value may hold no digit.
pub fn label_captures(cues: &Cues, around: Surroundings<'_>, end: usize) -> bool {
    let word = last_word(cues, &around, end, marks::CAPTURES, &around.telling.uncaptured);
    word.is_some_and(|(start, hash)| cues.capture(hash, further_left(around, start)))
}

/// Where the word (or camelCase part) begins that ends at `end`, and its hash, if it may have that mark.
#[inline]
fn last_word(cues: &Cues, around: &Surroundings<'_>, end: usize, mark: u8, mute: &Mute) -> Option<(usize, u64)> {
    let row = mute.row(around, end);
    if row.is_some_and(|(row, bytes)| row.get() == bytes) {
        return None;
    }
    let start = around.masks.part_start(end, around.lo);
    let hash = word_hash(around.text, start, end);
    if cues.marks(hash) & mark != 0 {
        return Some((start, hash));
    }
    // Where the word is shorter than the eight bytes, they show all of it and what stands before it.
    if let Some((row, bytes)) = row
        && end - start < 8
    {
        row.set(bytes);
    }
    None
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
