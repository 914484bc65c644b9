//! What the words around a value say of it. Looks a few words left and right, never across a sentence or field.

use std::cell::Cell;

use super::masks::Masks;
use super::ruleset::cues::{Cue, Cues};
use super::words::word_hash;
use crate::model::{Role, Subject};

/// How many unknown words may stand between a cue and its value.
pub const REACH: usize = 4;
/// How far back a telling word must begin for the words to be looked at, in bytes.
const SIGHT: usize = 64;
/// How far back words are looked for, in bytes.
const WINDOW: usize = 160;

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

/// Which words of a block may end a phrase that tells what a value is: looked up 64 bytes at a time, on demand, so
/// that a number with no such word before it costs next to nothing.
#[derive(Debug, Default)]
pub struct TellingWords {
    /// One bit per byte, set where such a word begins.
    bits: Vec<Cell<u64>>,
    known: Vec<Cell<bool>>,
}

impl TellingWords {
    /// Forgets everything; for a text of that many bytes.
    pub fn reset(&mut self, len: usize) {
        let words = len.div_ceil(64) + 1;
        self.bits.resize(words.max(self.bits.len()), Cell::new(0));
        self.known.clear();
        self.known.resize(words, Cell::new(false));
    }

    /// True where such a word begins in `from..to`.
    #[inline]
    fn any(&self, cues: &Cues, around: &Surroundings<'_>, from: usize, to: usize) -> bool {
        if from >= to {
            return false;
        }
        let (first, last) = (from / 64, (to - 1) / 64);
        (first..=last).rev().any(|index| {
            let mut bits = self.chunk(cues, around, index);
            if index == first {
                bits &= !0 << (from % 64);
            }
            if index == last {
                bits &= !0 >> (63 - (to - 1) % 64);
            }
            bits != 0
        })
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
    let word = masks.word[index];
    let hump = masks.hump[index];
    let carry = if index > 0 { masks.word[index - 1] >> 63 } else { 0 };
    let mut starts = word & !(word << 1 | carry) & !masks.digit[index];
    let mut found = 0;
    while starts != 0 {
        let at = starts.trailing_zeros() as usize;
        let bit = 1 << at;
        starts &= starts - 1;
        let len = (word >> at).trailing_ones() as usize;
        let start = index * 64 + at;
        let (part, end) = if at + len < 64 {
            let humps = hump & (!0 << at) & !(!0 << (at + len));
            let part = if humps == 0 { start } else { index * 64 + 63 - humps.leading_zeros() as usize };
            (part, start + len)
        } else {
            let end = Masks::run_end(&masks.word, start, text.len());
            (masks.last_part(start, end), end)
        };
        let hash = word_hash(text, part, end);
        if cues.may_tell(hash) && tells(cues, around, part, end, hash) {
            found |= bit;
        }
    }
    found
}

/// True where a phrase that ends with the word `start..end` tells what a value is.
fn tells(cues: &Cues, around: &Surroundings<'_>, start: usize, end: usize, hash: u64) -> bool {
    let whole = Surroundings { lo: 0, hi: around.text.len(), ..*around };
    cues.tell(hash, is_label(around.text, end), further_left(whole, start))
}

/// Fetches the words left of `start`, one after the other; what lies between them is looked at later, if at all.
fn further_left<'a>(around: Surroundings<'a>, start: usize) -> impl FnMut(usize) -> Option<u64> + 'a {
    let mut cursor: Option<Cursor<'a>> = None;
    move |_| {
        let cursor = cursor.get_or_insert_with(|| Cursor::new(around, start));
        let word = cursor.next()?;
        (word.gap <= WIDEST_GAP).then(|| word_hash(around.text, word.start, word.end))
    }
}

/// True where a phrase that ends at `end` names a pattern other than a date, as a label.
pub fn label_tells(cues: &Cues, around: Surroundings<'_>, end: usize) -> bool {
    let (start, hash) = last_word(&around, end);
    cues.may_tell(hash) && cues.tell(hash, true, further_left(around, start))
}

/// True where a phrase that ends at `end` names a pattern whose value may hold no digit.
pub fn label_captures(cues: &Cues, around: Surroundings<'_>, end: usize) -> bool {
    let (start, hash) = last_word(&around, end);
    cues.may_capture(hash) && cues.capture(hash, further_left(around, start))
}

/// Where the word (or camelCase part) that ends at `end` begins, and its hash.
#[inline]
fn last_word(around: &Surroundings<'_>, end: usize) -> (usize, u64) {
    let start = Masks::run_start(&around.masks.word, end, around.lo);
    let start = around.masks.last_part(start, end);
    (start, word_hash(around.text, start, end))
}

/// True where a `:`, `=` or `|` follows, quotes, brackets and blanks aside.
fn is_label(text: &[u8], end: usize) -> bool {
    let behind = text[end..].iter().take(4).find(|it| !matches!(it, b'"' | b'\'' | b')' | b']' | b' ' | b'#' | b'.'));
    matches!(behind, Some(b':' | b'=' | b'|' | b'\t'))
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

/// What lies between two neighbouring words.
#[derive(Clone, Copy, Default)]
struct Gap {
    stop: bool,
    /// A sentence ends here.
    sentence: bool,
    labelled: bool,
    /// The label stands directly at its value, as in `key=value`.
    tight: bool,
    glued: bool,
}

/// What a byte between words says.
mod mark {
    pub const LABEL: u8 = 1;
    pub const BAR: u8 = 2;
    pub const LINE: u8 = 4;
    pub const STOP: u8 = 8;
    pub const SENTENCE: u8 = 16;
    pub const BRACKET: u8 = 32;
    pub const BLANK: u8 = 64;
    pub const TAKEN: u8 = 128;
}

const MARKS: [u8; 256] = {
    let mut table = [0; 256];
    table[b':' as usize] = mark::LABEL;
    table[b'=' as usize] = mark::LABEL;
    table[b'|' as usize] = mark::BAR;
    table[b'\t' as usize] = mark::BAR;
    table[b'\n' as usize] = mark::LINE;
    table[b';' as usize] = mark::STOP;
    table[b'.' as usize] = mark::SENTENCE;
    table[b'!' as usize] = mark::SENTENCE;
    table[b'?' as usize] = mark::SENTENCE;
    table[b'{' as usize] = mark::BRACKET;
    table[b'}' as usize] = mark::BRACKET;
    table[b'<' as usize] = mark::BRACKET;
    table[b'>' as usize] = mark::BRACKET;
    table[b']' as usize] = mark::TAKEN;
    table[b'*' as usize] = mark::TAKEN;
    table[b' ' as usize] = mark::BLANK;
    table
};

/// Words kept at most; a phrase and the words before it fit.
const KEPT: usize = 12;

/// Words of a phrase stand no further apart, in bytes.
const WIDEST_GAP: usize = 12;

/// A word (or camelCase part of one), and how many bytes lie between it and the place it was reached from.
#[derive(Clone, Copy)]
struct Word {
    start: usize,
    end: usize,
    gap: usize,
}

/// Walks left from word to word in a window of 64 bytes of the masks.
struct Cursor<'a> {
    around: Surroundings<'a>,
    floor: usize,
    at: usize,
    /// Mask bits of the bytes before `at`, the nearest on top, and how many of them are valid.
    word: u64,
    hump: u64,
    valid: usize,
}

impl<'a> Cursor<'a> {
    #[inline]
    fn new(around: Surroundings<'a>, at: usize) -> Self {
        let floor = around.lo.max(at.saturating_sub(WINDOW));
        let mut cursor = Cursor { around, floor, at, word: 0, hump: 0, valid: 0 };
        cursor.refill();
        cursor
    }

    #[inline]
    fn refill(&mut self) {
        self.word = Masks::window_before(&self.around.masks.word, self.at, self.floor);
        self.hump = Masks::window_before(&self.around.masks.hump, self.at, self.floor);
        self.valid = 64;
    }

    /// The next word to the left; none behind half a window of punctuation.
    #[inline]
    fn next(&mut self) -> Option<Word> {
        if self.valid < 32 {
            self.refill();
        }
        let gap = self.word.leading_zeros() as usize;
        if gap >= self.valid {
            return None;
        }
        let end = self.at - gap;
        let len = (self.word << gap).leading_ones() as usize;
        let start = if gap + len < self.valid {
            let part = (self.hump << gap).leading_zeros() as usize + 1;
            end - part.min(len)
        } else {
            let masks = self.around.masks;
            masks.last_part(Masks::run_start(&masks.word, end, self.floor), end)
        };
        let used = self.at - start;
        self.at = start;
        if used < self.valid {
            (self.word, self.hump, self.valid) = (self.word << used, self.hump << used, self.valid - used);
        } else {
            self.refill();
        }
        Some(Word { start, end, gap })
    }
}

/// The words to the left of a place, fetched one by one with what lies between them.
struct Leftward<'a> {
    cues: &'a Cues,
    cursor: Cursor<'a>,
    lines: usize,
    count: usize,
    hashes: [u64; KEPT],
    gaps: [Gap; KEPT],
    ended: bool,
}

impl<'a> Leftward<'a> {
    #[inline]
    fn new(cues: &'a Cues, around: Surroundings<'a>, at: usize) -> Self {
        let cursor = Cursor::new(around, at);
        Leftward { cues, cursor, lines: 0, count: 0, hashes: [0; KEPT], gaps: [Gap::default(); KEPT], ended: false }
    }

    /// Makes sure that word `index` is there, if it exists.
    #[inline]
    fn reach(&mut self, index: usize) -> bool {
        while self.count <= index && !self.ended && self.count < KEPT {
            self.fetch();
        }
        index < self.count
    }

    /// The word `more` words left of `index`, if it stands in the same sentence.
    fn further(&mut self, index: usize, more: usize) -> Option<u64> {
        let at = index + more;
        (self.reach(at) && !self.gaps[at].sentence).then(|| self.hashes[at])
    }

    #[inline]
    fn fetch(&mut self) {
        let Some(word) = self.cursor.next() else {
            self.ended = true;
            return;
        };
        let text = self.cursor.around.text;
        let mut gap = self.gap(&text[word.end..word.end + word.gap], word.end);
        let bytes = &text[word.start..word.end];
        // Symbols (U+2000 to U+2FFF) and emoji are no part of a phrase.
        gap.glued &= bytes[0] < 0xf0 && bytes[0] != 0xe2;
        if gap.stop || is_value(bytes) {
            self.ended = true;
            return;
        }
        self.hashes[self.count] = word_hash(text, word.start, word.end);
        self.gaps[self.count] = gap;
        self.count += 1;
    }

    /// Judges the bytes between the word that ends at `end` and the one (or the value) reached before.
    #[inline]
    fn gap(&mut self, bytes: &[u8], end: usize) -> Gap {
        let first = self.count == 0;
        match bytes {
            [] | [b' '] | [b'_'] | [b'-'] => Gap { glued: true, ..Gap::default() },
            [b',', b' '] => Gap::default(),
            [b'='] => Gap { labelled: true, tight: true, stop: !first, ..Gap::default() },
            [b':', b' '] => Gap { labelled: true, stop: self.lines > 0 && !first, ..Gap::default() },
            _ => self.wide_gap(bytes, end),
        }
    }

    #[inline(never)]
    fn wide_gap(&mut self, bytes: &[u8], end: usize) -> Gap {
        let first = self.count == 0;
        if bytes.len() > 40 {
            return Gap { stop: true, ..Gap::default() };
        }
        let marks = bytes.iter().fold(0, |marks, &byte| marks | MARKS[usize::from(byte)]);
        if marks == 0 {
            return Gap::default();
        }
        let mut gap = Gap { labelled: marks & mark::LABEL != 0 || first && marks & mark::BAR != 0, ..Gap::default() };
        if gap.labelled && first {
            // `key: value` has a blank behind its mark, `key=value`, `"key":"value"` and `key:value` have none.
            let blank = bytes.iter().position(|it| matches!(it, b':' | b'=')).and_then(|it| bytes.get(it + 1));
            gap.tight = matches!(bytes[0], b'"' | b'=' | b':') && (blank != Some(&b' ') || bytes[0] == b'"');
        }
        if marks & mark::LINE != 0 {
            self.lines += bytes.iter().filter(|it| **it == b'\n').count();
        }
        if marks & mark::SENTENCE != 0 {
            gap.sentence = self.ends_sentence(bytes, end, first);
        }
        gap.stop = marks & mark::STOP != 0 || marks & mark::BRACKET != 0 && !first;
        gap.stop |= marks & mark::TAKEN != 0 && self.is_redacted(end, bytes);
        let blanks = bytes.len() > 2 && bytes.iter().filter(|it| **it == b' ').count() > 2;
        let far = self.lines > 1 || self.lines == 1 && !first && gap.labelled;
        gap.stop |= far || blanks && !first || gap.labelled && !first && !self.gaps[0].labelled && bytes[0] != b':';
        gap
    }

    /// `[mrn] 4029887`, `MRN: ******* 4029887`: something taken out stands in between, to which the words belonged.
    fn is_redacted(&self, end: usize, gap: &[u8]) -> bool {
        let text = self.cursor.around.text;
        let placeholder = gap[0] == b']' && self.cues.placeholder_ends(text, end + 1);
        placeholder || gap.iter().filter(|it| **it == b'*').count() > 4
    }

    /// True where a full stop, exclamation or question mark before white space closes a sentence.
    fn ends_sentence(&self, bytes: &[u8], end: usize, first: bool) -> bool {
        bytes.iter().enumerate().any(|(index, byte)| {
            matches!(byte, b'.' | b'!' | b'?')
                && bytes.get(index + 1).is_none_or(u8::is_ascii_whitespace)
                && !(first && *byte == b'.' && self.is_abbreviation(end))
        })
    }

    /// `No. 12`, `Acct. 12`: a short word with a full stop.
    fn is_abbreviation(&self, end: usize) -> bool {
        let start = Masks::run_start(&self.cursor.around.masks.word, end, self.cursor.floor);
        end - start <= 5
    }
}

/// A value ends what was said before it: a number of four digits or more, a code that ends in as many.
#[inline]
fn is_value(word: &[u8]) -> bool {
    let coded = word.len() > 5 && word[word.len() - 4..].iter().all(u8::is_ascii_digit);
    word[0].is_ascii_digit() && word.len() > 3 || coded
}

/// Looks left of `at`, over at most `reach` unknown words, if a telling word stands near; dates want more.
#[inline]
pub fn before_value<'r>(cues: &'r Cues, around: Surroundings<'_>, at: usize, reach: usize) -> Before<'r> {
    if any_telling(cues, &around, at) { before(cues, around, at, reach) } else { Before::default() }
}

/// Looks left of `at`, over at most `reach` unknown words.
pub fn before<'r>(cues: &'r Cues, around: Surroundings<'_>, at: usize, reach: usize) -> Before<'r> {
    let mut found = Before::default();
    let mut words = Leftward::new(cues, around, at);
    let (mut index, mut unknown, mut labelled, mut sentence) = (0, 0, false, false);
    let mut limit = reach;
    while unknown <= limit && words.reach(index) {
        let gap = words.gaps[index];
        // `"span_id":…`: a key with an unknown word names something else, whatever stands before the key.
        let leaves_key = words.gaps[0].tight && words.gaps[0].labelled && !gap.glued && index > 0;
        // `credit card. Number is 4…` goes on; behind the end of a sentence no word may be unknown.
        sentence |= gap.sentence && index > 0;
        if (gap.sentence || sentence || leaves_key) && unknown > 0 {
            break;
        }
        labelled |= gap.labelled && unknown == 0;
        let Some((cue, len)) = cues.ending_with(words.hashes[index], |more| words.further(index, more)) else {
            if gap.labelled && gap.tight {
                // `requestId=…`: a key that is not known names something else, whatever stands before it.
                break;
            }
            unknown += 1;
            index += 1;
            continue;
        };
        found.role = found.role.or(cue.role);
        found.subject = found.subject.or(cue.subject);
        found.veto |= cue.veto && unknown == 0 && index == 0;
        found.log_clock |= cue.log_clock && unknown == 0;
        if found.against.is_none() && !cue.against.is_empty() && unknown <= 2 {
            found.against = Some(cue);
        }
        let names = cue.names() || !cue.label_patterns.is_empty() && labelled;
        index += len;
        let slot = if cue.only_dates { &mut found.date_hit } else { &mut found.hit };
        if names && slot.is_none() {
            let glued = words.reach(index) && words.gaps[index].glued;
            let compound = glued && !is_known(cues, &mut words, index);
            let adjacent = unknown == 0;
            *slot = Some(Hit { cue, distance: unknown as u8, adjacent, labelled: labelled && adjacent, compound });
            if labelled && adjacent && !glued {
                // The label is whole: what stands further left says nothing of its value.
                break;
            }
            limit = if cue.only_dates { limit.min(unknown + 2) } else { unknown + 1 };
        } else if !cue.filler {
            unknown += 1;
        }
    }
    found
}

/// True where the word at `index` belongs to a phrase of its own.
fn is_known(cues: &Cues, words: &mut Leftward<'_>, index: usize) -> bool {
    let hash = words.hashes[index];
    cues.ending_with(hash, |more| words.further(index, more)).is_some()
}

/// True where a word near before `at` may end a phrase that names a pattern other than a date.
#[inline]
pub fn any_telling(cues: &Cues, around: &Surroundings<'_>, at: usize) -> bool {
    around.telling.any(cues, around, around.lo.max(at.saturating_sub(SIGHT)), at)
}

/// The phrase directly behind a value that ends at `at`.
pub fn after<'r>(cues: &'r Cues, around: Surroundings<'_>, at: usize) -> Option<&'r Cue> {
    let mut ends = [at; 7];
    let mut word = |index: usize| {
        let (start, end) = word_behind(cues, &around, ends[index])?;
        ends[index + 1] = end;
        Some(word_hash(around.text, start, end))
    };
    let first = word(0)?;
    let (cue, len) = cues.beginning_with(first, |index| if index < 5 { word(index) } else { None })?;
    // `5551212 m.doe@…`: the word is the beginning of something longer.
    let goes_on = match around.text[ends[len]..around.hi] {
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
    let word = start < hi && (text[start].is_ascii_alphanumeric() || text[start] >= 0x80);
    word.then(|| (start, Masks::run_end(&masks.word, start, hi)))
}
