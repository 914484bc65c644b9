//! What stood before earlier values, by the very bytes that were looked at: labels repeat without end in logs and notes.

use std::cell::RefCell;

use super::{Before, Surroundings};

/// Bytes of a look that is remembered, at most.
const LONGEST: usize = 48;
/// Looks over fewer bytes than this are found by their last eight, others by their last sixteen.
const SHORT: usize = 16;
const SLOTS: usize = 1024;
/// A text of fewer bytes repeats too little.
const WORTH: usize = 64 << 10;

/// One look to the left: the bytes it saw and what it found.
#[derive(Clone, Copy)]
struct Look<'r> {
    /// The bytes directly left of the value, the nearest last; `len` of them, 0 where the slot is free.
    bytes: [u8; LONGEST],
    len: u8,
    reach: u8,
    found: Before<'r>,
}

/// Looks to the left in one block. Equal bytes give an equal answer, so that it never changes a result.
#[derive(Default)]
pub struct Memo<'r> {
    looks: RefCell<Vec<Look<'r>>>,
}

impl<'r> Memo<'r> {
    /// A memo for a text of that many bytes.
    pub fn new(len: usize) -> Self {
        let free = Look { bytes: [0; LONGEST], len: 0, reach: 0, found: Before::default() };
        Memo { looks: RefCell::new(if len < WORTH { Vec::new() } else { vec![free; SLOTS] }) }
    }

    /// What an earlier look over the same bytes found.
    #[inline]
    pub fn get(&self, around: &Surroundings<'_>, at: usize, reach: usize) -> Option<Before<'r>> {
        let looks = self.looks.borrow();
        if looks.is_empty() {
            return None;
        }
        let (short, long) = slots(around.text, at, reach)?;
        let seen = |look: &&Look<'r>| {
            let len = usize::from(look.len);
            let fits = len > 0 && usize::from(look.reach) == reach && len <= at - around.lo;
            fits && around.text[at - len..at] == look.bytes[LONGEST - len..]
        };
        [&looks[short], &looks[long]].into_iter().find(seen).map(|look| look.found)
    }

    /// Remembers what a look found that saw no byte before `seen`; 0 where it saw the field's start.
    #[inline]
    pub fn put(&self, around: &Surroundings<'_>, at: usize, reach: usize, seen: usize, found: Before<'r>) {
        let mut looks = self.looks.borrow_mut();
        let len = at - seen.min(at);
        if looks.is_empty() || len == 0 || len > LONGEST || seen == 0 || seen < around.lo {
            return;
        }
        let Some((short, long)) = slots(around.text, at, reach) else { return };
        let look = &mut looks[if len < SHORT { short } else { long }];
        look.bytes[LONGEST - len..].copy_from_slice(&around.text[seen..at]);
        (look.len, look.reach, look.found) = (len as u8, reach as u8, found);
    }
}

/// Where a look to the left of `at` is kept: by its last eight and its last sixteen bytes.
#[inline]
fn slots(text: &[u8], at: usize, reach: usize) -> Option<(usize, usize)> {
    let (far, near) = text.get(at.checked_sub(16)?..at)?.split_at(8);
    let number = |bytes: &[u8]| bytes.try_into().map_or(0, u64::from_le_bytes);
    let near = (number(near) ^ reach as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let both = (near ^ number(far)).wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
    Some(((near >> 54) as usize % SLOTS, (both >> 54) as usize % SLOTS))
}
