//! What the words around a value say of it. Looks a few words left and right, never across a sentence or field.

mod label;
mod memo;
mod telling;
mod walk;

use super::bits::Bits;
use super::masks::Masks;
use super::ruleset::cues::{Cue, Cues, Mark};
use super::words::word_hash;
use crate::model::{Role, Subject};
pub use label::{label_captures, label_tells};
pub use memo::Memo;
pub use telling::TellingWords;
pub use walk::before;
use walk::{Cursor, WIDEST_GAP};

/// How many unknown words may stand between a cue and its value.
pub const REACH: usize = 4;
/// How far back a telling word must begin for the words to be looked at, in bytes.
const SIGHT: usize = 64;

/// A phrase found near a value.
#[derive(Clone, Copy, Debug)]
pub struct Hit<'r> {
    /// What it says.
    pub cue: &'r Cue,
    /// Unknown words between it and the value.
    pub distance: u8,
    /// Nothing but fillers and punctuation between it and the value.
    pub adjacent: bool,
    /// A `:` or `=` stands between it and the value.
    pub labelled: bool,
    /// An unknown word is glued to it on the left (`file name`): a label-only phrase then names something else.
    pub compound: bool,
}

/// What stands before a value.
#[derive(Clone, Copy, Debug, Default)]
pub struct Before<'r> {
    /// The nearest phrase that names a pattern other than a date.
    pub hit: Option<Hit<'r>>,
    /// The nearest phrase that names nothing but dates (`on`, `since`): too common to hide the other.
    pub date_hit: Option<Hit<'r>>,
    /// The nearest phrase that speaks against one.
    pub against: Option<&'r Cue>,
    /// The role of the nearest phrase that gives one.
    pub role: Option<Role>,
    /// Whose it is, by the nearest phrase that tells.
    pub subject: Option<Subject>,
    /// The word directly before says that a number is a quantity or count.
    pub veto: bool,
    /// The label is a log's clock.
    pub log_clock: bool,
}

/// Fetches the words left of `start`, one after the other; what lies between them is looked at later, if at all. `from`
/// is where the bytes begin that were looked at, 0 where that is not known.
fn further_left<'a>(
    around: Surroundings<'a>,
    start: usize,
    from: &'a mut usize,
) -> impl FnMut(usize) -> Option<u64> + 'a {
    let mut cursor: Option<Cursor<'a>> = None;
    move |_| {
        let cursor = cursor.get_or_insert_with(|| Cursor::new(around, start));
        let next = cursor.next();
        *from = next.filter(|it| it.start > around.lo).map_or(0, |it| it.start - 1).min(*from);
        let word = next?;
        (word.gap <= WIDEST_GAP).then(|| word_hash(around.text, word.start, word.end))
    }
}

/// A text with the bounds of a field in it.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    pub text: &'a [u8],
    pub masks: &'a Masks,
    pub telling: &'a TellingWords,
    pub lo: usize,
    pub hi: usize,
}

impl Surroundings<'_> {
    /// True where a whole number of four digits, or the end of five or more, stands directly before `at`, all of it
    /// behind `floor`.
    #[inline]
    fn ends_number(&self, at: usize, floor: usize) -> bool {
        let run = |mask: &Bits| mask.before_until(at, floor).leading_ones();
        let digits = run(&self.masks.digit);
        digits > 4 || digits == 4 && at - 4 > floor && run(&self.masks.word) == 4
    }
}

/// Looks left of `at` as far as any value's words may stand, if a telling word stands near; dates want more.
#[inline]
pub fn before_value<'r>(cues: &'r Cues, around: Surroundings<'_>, memo: &Memo<'r>, at: usize) -> Before<'r> {
    if any_telling(cues, &around, at) { before(cues, around, memo, at, REACH) } else { Before::default() }
}

/// True where a word near before `at` may end a phrase that names a pattern other than a date.
#[inline]
pub fn any_telling(cues: &Cues, around: &Surroundings<'_>, at: usize) -> bool {
    around.telling.any(cues, around, around.lo.max(at.saturating_sub(SIGHT)), at)
}

/// The phrase directly behind a value that ends at `at`.
#[inline]
pub fn after<'r>(cues: &'r Cues, around: Surroundings<'_>, at: usize) -> Option<&'r Cue> {
    let (start, end) = word_behind(cues, &around, at)?;
    let first = word_hash(around.text, start, end);
    if cues.has(Mark::Follows, first) { after_word(cues, around, first, end) } else { None }
}

/// The phrase that begins with the word `first`, which ends at `end`.
fn after_word<'r>(cues: &'r Cues, around: Surroundings<'_>, first: u64, end: usize) -> Option<&'r Cue> {
    let mut ends = [end; 6];
    let (cue, len) = cues.beginning_with(first, |index| {
        let (start, end) = if index < 5 { word_behind(cues, &around, ends[index - 1])? } else { return None };
        ends[index] = end;
        Some(word_hash(around.text, start, end))
    })?;
    // `5551212 m.doe@…`: the word is the beginning of something longer.
    let goes_on = match around.text[ends[len - 1]..around.hi] {
        [b'@', ..] => true,
        [b'.', next, ..] => next.is_ascii_alphanumeric(),
        _ => false,
    };
    (!goes_on).then_some(cue)
}

/// The word behind `at`, if only blanks and light punctuation stand between.
#[inline]
fn word_behind(cues: &Cues, around: &Surroundings<'_>, at: usize) -> Option<(usize, usize)> {
    let &Surroundings { text, masks, hi, .. } = around;
    let plain = |byte: u8| matches!(byte, b' ' | b'-' | b'(' | b'/' | b'.' | b'^' | b'_' | b',' | b'[');
    let mut start = at;
    while start < hi && start < at + 4 && plain(text[start]) {
        if text[start] == b'[' && cues.placeholder_begins(text, start) {
            return None;
        }
        start += 1;
    }
    (start < hi && masks.word.has(start)).then(|| (start, masks.word.run_end(start, hi)))
}
