//! The walk to the left of a value, from word to word: which phrases stand there, and how near.

use super::super::bits::SEEN;
use super::super::ruleset::cues::{Cue, Cues, Mark};
use super::super::words::word_hash;
use super::memo::{Memo, Seen};
use super::{Before, Hit, Surroundings};

/// How far back words are looked for, in bytes.
const WINDOW: usize = 160;

/// Looks left of `at`, over at most `reach` unknown words.
pub fn before<'r>(cues: &'r Cues, around: Surroundings<'_>, memo: &Memo<'r>, at: usize, reach: usize) -> Before<'r> {
    if let Some(found) = memo.get(&around, at, reach) {
        return found;
    }
    let mut words = Leftward::new(cues, around, at);
    let found = look(cues, &mut words, reach);
    let (from, behind_number, whole_label) = (words.seen, words.behind_number, words.whole_label);
    let seen = Seen { from, behind_number, whole_label };
    memo.put(&around, at, reach, seen, found);
    found
}

fn look<'r>(cues: &'r Cues, words: &mut Leftward<'_>, reach: usize) -> Before<'r> {
    let mut found = Before::default();
    let (mut index, mut unknown, mut labelled, mut sentence) = (0, 0, false, false);
    let mut limit = reach;
    // `credit card. Number is 4…` goes on; behind the end of a sentence no word may be unknown.
    while unknown <= limit && !(sentence && unknown > 0) && words.reach(index, unknown > 0) {
        let gap = words.gaps[index];
        let ends = gap & between::SENTENCE != 0;
        sentence |= ends && index > 0;
        if (ends || sentence || index > 0 && words.leaves_key(gap)) && unknown > 0 {
            break;
        }
        labelled |= gap & between::LABELLED != 0 && unknown == 0;
        let Some((cue, len)) = words.phrase(cues, index) else {
            if gap & between::KEY == between::KEY {
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
            let glued = words.is_glued(index);
            let compound = glued && words.phrase(cues, index).is_none();
            let adjacent = unknown == 0;
            *slot = Some(Hit { cue, distance: unknown as u8, adjacent, labelled: labelled && adjacent, compound });
            if labelled && adjacent && !glued {
                // The label is whole: what stands further left says nothing of its value.
                words.whole_label = true;
                break;
            }
            limit = if cue.only_dates { limit.min(unknown + 2) } else { unknown + 1 };
        } else if !cue.filler {
            unknown += 1;
        }
    }
    found
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
pub(super) const WIDEST_GAP: usize = 12;

/// A word (or camelCase part of one), and how many bytes lie between it and the place it was reached from.
#[derive(Clone, Copy)]
pub(super) struct Word {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) gap: usize,
}

/// Walks left from word to word in a window of the masks.
pub(super) struct Cursor<'a> {
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
    pub(super) fn new(around: Surroundings<'a>, at: usize) -> Self {
        let floor = around.lo.max(at.saturating_sub(WINDOW));
        let mut cursor = Cursor { around, floor, at, word: 0, hump: 0, valid: 0 };
        cursor.refill();
        cursor
    }

    #[inline]
    fn refill(&mut self) {
        self.word = self.around.masks.word.before_until(self.at, self.floor);
        self.hump = self.around.masks.hump.before_until(self.at, self.floor);
        self.valid = SEEN;
    }

    /// How many bytes lie between here and the next word to the left; none behind half a window of punctuation.
    #[inline]
    fn gap(&mut self) -> Option<usize> {
        if self.valid < 32 {
            self.refill();
        }
        let gap = self.word.leading_zeros() as usize;
        (gap < self.valid).then_some(gap)
    }

    /// Moves on to the start of the word behind the gap.
    #[inline]
    fn pass(&mut self, gap: usize) -> Word {
        let end = self.at - gap;
        let len = (self.word << gap).leading_ones() as usize;
        let start = if gap + len < self.valid {
            let part = (self.hump << gap).leading_zeros() as usize + 1;
            end - part.min(len)
        } else {
            self.around.masks.part_start(end, self.floor)
        };
        let used = self.at - start;
        self.at = start;
        if used < self.valid {
            (self.word, self.hump, self.valid) = (self.word << used, self.hump << used, self.valid - used);
        } else {
            self.refill();
        }
        Word { start, end, gap }
    }

    /// The next word to the left.
    #[inline]
    pub(super) fn next(&mut self) -> Option<Word> {
        self.gap().map(|gap| self.pass(gap))
    }
}

/// What lies between two neighbouring words, a bit each.
mod between {
    /// No word further left belongs to the value.
    pub const STOP: u8 = 1;
    /// A sentence ends here.
    pub const SENTENCE: u8 = 2;
    pub const LABELLED: u8 = 4;
    /// The label stands directly at its value, as in `key=value`.
    pub const TIGHT: u8 = 8;
    pub const GLUED: u8 = 16;
    pub const KEY: u8 = LABELLED | TIGHT;
}

/// The words to the left of a place, fetched one by one with what lies between them.
struct Leftward<'a> {
    cues: &'a Cues,
    cursor: Cursor<'a>,
    /// No byte before this one was looked at; 0 where the field's start or the window's end showed.
    seen: usize,
    /// The last bytes before `seen` are a number's.
    behind_number: bool,
    /// The walk ended with a label that says all of its value.
    whole_label: bool,
    lines: usize,
    count: usize,
    hashes: [u64; KEPT],
    gaps: [u8; KEPT],
    ended: bool,
}

impl<'a> Leftward<'a> {
    #[inline]
    fn new(cues: &'a Cues, around: Surroundings<'a>, at: usize) -> Self {
        let cursor = Cursor::new(around, at);
        Leftward {
            cues,
            cursor,
            seen: at,
            behind_number: false,
            whole_label: false,
            lines: 0,
            count: 0,
            hashes: [0; KEPT],
            gaps: [0; KEPT],
            ended: false,
        }
    }

    /// Makes sure that word `index` is there, if it exists; where words are `lost`, none behind the end of a sentence
    /// or outside the key is looked for.
    #[inline]
    fn reach(&mut self, index: usize, lost: bool) -> bool {
        while self.count <= index && !self.ended && self.count < KEPT {
            self.fetch(lost);
        }
        index < self.count
    }

    /// The word `more` words left of `index`, if it stands in the same sentence.
    fn further(&mut self, index: usize, more: usize) -> Option<u64> {
        let at = index + more;
        (self.reach(at, false) && self.gaps[at] & between::SENTENCE == 0).then(|| self.hashes[at])
    }

    /// The longest phrase that ends with the word at `index`, and its number of words.
    #[inline]
    fn phrase<'r>(&mut self, cues: &'r Cues, index: usize) -> Option<(&'r Cue, usize)> {
        let last = self.hashes[index];
        if !cues.has(Mark::Enters, last) {
            return None;
        }
        cues.ending_with(last, |more| self.further(index, more))
    }

    /// True where the word at `index` stands directly left of the one before.
    #[inline]
    fn is_glued(&mut self, index: usize) -> bool {
        if self.count <= index && !self.ended && self.cursor.valid > 1 && self.cursor.word >> 63 == 0 {
            // Two bytes or more, or one that parts them, lie between: whatever word it is, it is not looked at.
            let at = self.cursor.at;
            if self.cursor.word >> 62 == 0 || !matches!(self.cursor.around.text[at - 1], b' ' | b'_' | b'-' | b'.') {
                self.seen = self.seen.min(at.saturating_sub(2));
                return false;
            }
        }
        self.reach(index, false) && self.gaps[index] & between::GLUED != 0
    }

    #[inline]
    fn fetch(&mut self, lost: bool) {
        let Some(gap) = self.cursor.gap() else {
            (self.ended, self.seen) = (true, 0);
            return;
        };
        let text = self.cursor.around.text;
        let end = self.cursor.at - gap;
        let mut kind = self.kind(&text[end..self.cursor.at], end);
        let leaves = kind & between::SENTENCE != 0 || self.leaves_key(kind);
        if kind & between::STOP != 0 || lost && leaves {
            (self.ended, self.seen) = (true, self.seen.min(end - 1));
            return;
        }
        if gap > 0 && text[end - 1].is_ascii_digit() && self.cursor.around.ends_number(end, self.cursor.floor) {
            (self.ended, self.behind_number) = (true, true);
            self.seen = if end <= self.seen { end } else { 0 };
            return;
        }
        let word = self.cursor.pass(gap);
        self.seen = self.seen.min(word.start.saturating_sub(1));
        if word.start == self.cursor.floor {
            self.seen = 0;
        }
        let bytes = &text[word.start..word.end];
        if is_value(bytes) {
            self.ended = true;
            return;
        }
        if bytes[0] >= 0xf0 || bytes[0] == 0xe2 {
            // Symbols (U+2000 to U+2FFF) and emoji are no part of a phrase.
            kind &= !between::GLUED;
        }
        self.hashes[self.count] = word_hash(text, word.start, word.end);
        self.gaps[self.count] = kind;
        self.count += 1;
    }

    /// `"span_id":…`: behind what lies between, nothing belongs to the value's key any more.
    #[inline]
    fn leaves_key(&self, kind: u8) -> bool {
        self.count > 0 && self.gaps[0] & between::KEY == between::KEY && kind & between::GLUED == 0
    }

    /// Judges the bytes between the word that ends at `end` and the one (or the value) reached before.
    #[inline]
    fn kind(&mut self, bytes: &[u8], end: usize) -> u8 {
        let first = self.count == 0;
        match bytes {
            [] | [b' ' | b'_' | b'-'] => between::GLUED,
            // `vendor.name=`: a dotted key is one key.
            [b'.'] if !first => between::GLUED,
            [b',', b' '] => 0,
            [b'='] => between::KEY | if first { 0 } else { between::STOP },
            [b':', b' '] => between::LABELLED | if self.lines > 0 && !first { between::STOP } else { 0 },
            _ => self.wide_kind(bytes, end),
        }
    }

    #[inline(never)]
    fn wide_kind(&mut self, bytes: &[u8], end: usize) -> u8 {
        let first = self.count == 0;
        if bytes.len() > 40 {
            return between::STOP;
        }
        let marks = bytes.iter().fold(0, |marks, &byte| marks | MARKS[usize::from(byte)]);
        if marks == 0 {
            return 0;
        }
        let labelled = marks & mark::LABEL != 0 || first && marks & mark::BAR != 0;
        let mut kind = if labelled { between::LABELLED } else { 0 };
        if labelled && first && is_tight(bytes) {
            kind |= between::TIGHT;
        }
        if marks & mark::LINE != 0 {
            self.lines += bytes.iter().filter(|it| **it == b'\n').count();
        }
        if marks & mark::SENTENCE != 0 && self.ends_sentence(bytes, end, first) {
            kind |= between::SENTENCE;
        }
        let mut stop = marks & mark::STOP != 0 || marks & mark::BRACKET != 0 && !first;
        stop |= marks & mark::TAKEN != 0 && self.is_redacted(end, bytes);
        let blanks = bytes.len() > 2 && bytes.iter().filter(|it| **it == b' ').count() > 2;
        let far = self.lines > 1 || self.lines == 1 && !first && labelled;
        let unlike = labelled && !first && self.gaps[0] & between::LABELLED == 0 && bytes[0] != b':';
        stop |= far || blanks && !first || unlike;
        kind | if stop { between::STOP } else { 0 }
    }

    /// `[mrn] 4029887`, `MRN: ******* 4029887`: something taken out stands in between, to which the words belonged.
    fn is_redacted(&mut self, end: usize, gap: &[u8]) -> bool {
        let text = self.cursor.around.text;
        if gap[0] == b']' {
            self.seen = 0;
        }
        let placeholder = gap[0] == b']' && self.cues.placeholder_ends(text, end + 1);
        placeholder || gap.iter().filter(|it| **it == b'*').count() > 4
    }

    /// True where a full stop, exclamation or question mark before white space closes a sentence.
    fn ends_sentence(&mut self, bytes: &[u8], end: usize, first: bool) -> bool {
        let mut ends = bytes.iter().enumerate().filter(|(index, byte)| {
            matches!(byte, b'.' | b'!' | b'?') && bytes.get(index + 1).is_none_or(u8::is_ascii_whitespace)
        });
        ends.any(|(_, byte)| !(first && *byte == b'.' && self.is_abbreviation(end)))
    }

    /// `No. 12`, `Acct. 12`: a short word with a full stop.
    fn is_abbreviation(&mut self, end: usize) -> bool {
        let start = self.cursor.around.masks.word.run_start(end, self.cursor.floor);
        self.seen = self.seen.min(start.saturating_sub(1));
        if start == self.cursor.floor {
            self.seen = 0;
        }
        end - start <= 5
    }
}

/// `key: value` has a blank behind its mark, `key=value`, `"key":"value"` and `key:value` have none.
fn is_tight(bytes: &[u8]) -> bool {
    let blank = bytes.iter().position(|it| matches!(it, b':' | b'=')).and_then(|it| bytes.get(it + 1));
    matches!(bytes[0], b'"' | b'=' | b':') && (blank != Some(&b' ') || bytes[0] == b'"')
}

/// A value ends what was said before it: a number of four digits or more, a code that ends in as many.
#[inline]
fn is_value(word: &[u8]) -> bool {
    let coded = word.len() > 5 && word[word.len() - 4..].iter().all(u8::is_ascii_digit);
    word[0].is_ascii_digit() && word.len() > 3 || coded
}
