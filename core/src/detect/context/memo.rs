//! What stood before earlier values, by the very bytes that were looked at: labels repeat without end in logs and notes.

use std::cell::RefCell;

use super::{Before, Surroundings};

/// Bytes of a look that is remembered, at most.
const LONGEST: usize = 48;
/// Looks over fewer bytes than this are found by their last eight, others by their last sixteen.
const SHORT: usize = 16;
const SLOTS: usize = 1024;
/// The reach of a look that would have gone no further with any other.
const ANY: u8 = u8::MAX;
/// A text of fewer bytes repeats too little.
const WORTH: usize = 64 << 10;

/// One look to the left: the bytes it saw and what it found.
#[derive(Clone, Copy)]
struct Look<'r> {
    /// The bytes directly left of the value, the nearest last; `len` of them, 0 where the slot is free.
    bytes: [u8; LONGEST],
    len: u8,
    /// How many unknown words it might go over; `ANY` where it came to its end before it met one.
    reach: u8,
    /// Further left stood the end of a number, no matter which.
    behind_number: bool,
    found: Before<'r>,
}

/// What a look to the left saw: no byte before `from`, and there perhaps only that a number ends.
#[derive(Clone, Copy)]
pub struct Seen {
    /// 0 where the field's start or the window's end showed.
    pub from: usize,
    /// The last bytes before `from` are those of a number that ends all talk of the value.
    pub behind_number: bool,
    /// It ended with a label that says all of its value.
    pub whole_label: bool,
}

/// Looks to the left in one block. Equal bytes give an equal answer, so that it never changes a result.
#[derive(Default)]
pub struct Memo<'r> {
    looks: RefCell<Vec<Look<'r>>>,
}

impl<'r> Memo<'r> {
    /// A memo for a text of that many bytes.
    pub fn new(len: usize) -> Self {
        let free = Look { bytes: [0; LONGEST], len: 0, reach: 0, behind_number: false, found: Before::default() };
        Memo { looks: RefCell::new(if len < WORTH { Vec::new() } else { vec![free; SLOTS] }) }
    }

    /// What an earlier look over the same bytes found.
    #[inline]
    pub fn get(&self, around: &Surroundings<'_>, at: usize, reach: usize) -> Option<Before<'r>> {
        let looks = self.looks.borrow();
        if looks.is_empty() {
            return None;
        }
        let (short, long) = slots(around.text, at)?;
        let seen = |look: &&Look<'r>| {
            let len = usize::from(look.len);
            let fits = len > 0 && (look.reach == reach as u8 || look.reach == ANY) && len <= at - around.lo;
            fits && around.text[at - len..at] == look.bytes[LONGEST - len..]
                && (!look.behind_number || around.ends_number(at - len, around.lo))
        };
        [&looks[short], &looks[long]].into_iter().find(seen).map(|look| look.found)
    }

    /// Remembers what a look found.
    #[inline]
    pub fn put(&self, around: &Surroundings<'_>, at: usize, reach: usize, seen: Seen, found: Before<'r>) {
        let mut looks = self.looks.borrow_mut();
        let Seen { from, behind_number, whole_label } = seen;
        let len = at - from.min(at);
        if looks.is_empty() || len == 0 || len > LONGEST || from == 0 || from < around.lo {
            return;
        }
        let Some((short, long)) = slots(around.text, at) else { return };
        let look = &mut looks[if len < SHORT { short } else { long }];
        look.bytes[LONGEST - len..].copy_from_slice(&around.text[from..at]);
        look.reach = if whole_label { ANY } else { reach as u8 };
        (look.len, look.behind_number, look.found) = (len as u8, behind_number, found);
    }
}

/// Where a look to the left of `at` is kept: by its last eight and its last sixteen bytes.
#[inline]
fn slots(text: &[u8], at: usize) -> Option<(usize, usize)> {
    let (far, near) = text.get(at.checked_sub(16)?..at)?.split_at(8);
    let number = |bytes: &[u8]| bytes.try_into().map_or(0, u64::from_le_bytes);
    let near = number(near).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let both = (near ^ number(far)).wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
    Some(((near >> 54) as usize % SLOTS, (both >> 54) as usize % SLOTS))
}

#[cfg(test)]
mod tests {
    use super::super::{REACH, Surroundings, TellingWords, before};
    use super::*;
    use crate::detect::Ruleset;
    use crate::detect::masks::Masks;

    const PIECES: [&str; 34] = [
        "MRN: ",
        "   MRN: ",
        "DOB: ",
        "Patient ",
        "patient",
        "Id=",
        "\"mrn\":\"",
        "\",\"",
        "file ",
        "name ",
        "Name: ",
        "on ",
        "No. ",
        "Acct. ",
        "seen on ",
        "date of birth ",
        "Kevin ",
        "of ",
        "the ",
        "1963",
        " 45689 ",
        "4568",
        "A123 ",
        "A12345 ",
        "\n",
        "  ",
        ". ",
        "; ",
        ", ",
        "[mrn] ",
        "****** ",
        "é",
        "😀 ",
        "_",
    ];

    /// Pieces one after the other, most of them again and again.
    fn text(len: usize) -> (String, impl FnMut(usize) -> usize) {
        let mut random = crate::detect::dice::dice();
        let mut text = String::new();
        while text.len() < len {
            text.push_str(PIECES[random(PIECES.len())]);
        }
        (text, random)
    }

    #[test]
    fn what_is_remembered_is_what_a_look_finds() {
        let rules = Ruleset::builtin().expect("the built-in rules");
        let (text, mut random) = text(2 * WORTH);
        let (mut masks, mut telling) = (Masks::default(), TellingWords::default());
        masks.fill(text.as_bytes());
        telling.reset(text.len());
        let (memo, none) = (Memo::new(text.len()), Memo::default());
        let mut remembered = 0;
        for at in (1..text.len()).filter(|at| text.is_char_boundary(*at)) {
            let lo = if random(3) > 0 { 0 } else { at - random(at.min(60)) };
            let around = Surroundings { text: text.as_bytes(), masks: &masks, telling: &telling, lo, hi: text.len() };
            let reach = if random(2) > 0 { 0 } else { REACH };
            remembered += usize::from(memo.get(&around, at, reach).is_some());
            let found = before(&rules.cues, around, &memo, at, reach);
            let looked = before(&rules.cues, around, &none, at, reach);
            assert_eq!(format!("{found:?}"), format!("{looked:?}"), "{:?} from {lo}", text.get(at - at.min(60)..at));
        }
        assert!(remembered > 2_000, "{remembered}");
    }
}
