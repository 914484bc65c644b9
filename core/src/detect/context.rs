//! What the words around a value say of it. Looks a few words left and right, never across a sentence or field.

use super::masks::Masks;
use super::ruleset::cues::{Cue, Cues};
use super::words::{start_of_word, word_hash};
use crate::model::{Role, Subject};

/// How many unknown words may stand between a cue and its value.
pub const REACH: usize = 4;
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

/// A text with the bounds of a field in it.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    pub text: &'a [u8],
    pub masks: &'a Masks,
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

/// Words kept at most; a phrase and the words before it fit.
const KEPT: usize = 12;

/// The words to the left of a place, fetched one by one.
struct Leftward<'a> {
    around: Surroundings<'a>,
    floor: usize,
    at: usize,
    lines: usize,
    count: usize,
    hashes: [u64; KEPT],
    gaps: [Gap; KEPT],
    ended: bool,
}

impl<'a> Leftward<'a> {
    #[inline]
    fn new(around: Surroundings<'a>, at: usize) -> Self {
        let floor = around.lo.max(at.saturating_sub(WINDOW));
        Leftward { around, floor, at, lines: 0, count: 0, hashes: [0; KEPT], gaps: [Gap::default(); KEPT], ended: false }
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
        let Surroundings { text, masks, .. } = self.around;
        let Some(end) = Masks::previous_set_end(&masks.word, self.at, self.floor) else {
            self.ended = true;
            return;
        };
        let gap = self.gap(end);
        let start = start_of_word(text, masks, end, self.floor);
        // A value ends what was said before it.
        let coded = end - start > 5 && text[end - 4..end].iter().all(u8::is_ascii_digit);
        let number = text[start].is_ascii_digit() && end - start > 3 || coded;
        if gap.stop || number {
            self.ended = true;
            return;
        }
        self.hashes[self.count] = word_hash(text, start, end);
        self.gaps[self.count] = gap;
        self.count += 1;
        self.at = start;
    }

    /// Judges the bytes between the word that ends at `end` and the one (or the value) at `self.at`.
    #[inline]
    fn gap(&mut self, end: usize) -> Gap {
        let bytes = &self.around.text[end..self.at];
        match bytes {
            [] | [b' '] | [b'_'] => Gap { glued: true, ..Gap::default() },
            [b'-'] => Gap { glued: true, ..Gap::default() },
            [b'='] => Gap { labelled: true, tight: true, stop: self.count > 0, ..Gap::default() },
            _ => self.wide_gap(end),
        }
    }

    fn wide_gap(&mut self, end: usize) -> Gap {
        let bytes = &self.around.text[end..self.at];
        let first = self.count == 0;
        if bytes.len() > 40 {
            return Gap { stop: true, ..Gap::default() };
        }
        let mut gap = Gap { tight: matches!(bytes, [b'"' | b'=' | b':', ..] if first), ..Gap::default() };
        gap.stop = self.is_redacted(end, bytes);
        let mut blanks = 0;
        for (index, &byte) in bytes.iter().enumerate() {
            match byte {
                b':' | b'=' => {
                    gap.labelled = true;
                    gap.tight &= bytes.get(index + 1) != Some(&b' ') || index > 0;
                }
                b'|' | b'\t' => gap.labelled |= first,
                b'\n' => self.lines += 1,
                b';' => gap.stop = true,
                b'.' | b'!' | b'?' => {
                    let closes = bytes.get(index + 1).is_none_or(u8::is_ascii_whitespace);
                    gap.sentence |= closes && !(first && byte == b'.' && self.is_abbreviation(end));
                }
                b' ' => blanks += 1,
                b'{' | b'}' | b'<' | b'>' => gap.stop |= !first,
                _ => {}
            }
        }
        let far = self.lines > 1 || self.lines == 1 && !first && gap.labelled;
        gap.stop |= far || blanks > 2 && !first || gap.labelled && !first && !self.gaps[0].labelled && bytes[0] != b':';
        gap
    }

    /// `[mrn] 4029887`, `MRN: ******* 4029887`: something taken out stands in between, to which the words belonged.
    fn is_redacted(&self, end: usize, gap: &[u8]) -> bool {
        gap[0] == b']' && self.around.text[end - 1].is_ascii_lowercase() || gap.iter().filter(|it| **it == b'*').count() > 4
    }

    /// `No. 12`, `Acct. 12`: a short word with a full stop.
    fn is_abbreviation(&self, end: usize) -> bool {
        let start = Masks::run_start(&self.around.masks.word, end, self.floor);
        end - start <= 5
    }
}

/// Looks left of `at`, over at most `reach` unknown words.
pub fn before<'r>(cues: &'r Cues, around: Surroundings<'_>, at: usize, reach: usize) -> Before<'r> {
    let mut words = Leftward::new(around, at);
    let mut found = Before::default();
    let (mut index, mut unknown, mut labelled) = (0, 0, false);
    let mut limit = reach;
    while unknown <= limit && words.reach(index) {
        let gap = words.gaps[index];
        // `"span_id":…`: a key with an unknown word names something else, whatever stands before the key.
        let leaves_key = words.gaps[0].tight && words.gaps[0].labelled && !gap.glued && index > 0;
        if (gap.sentence || leaves_key) && unknown > 0 {
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
            let compound = words.reach(index) && words.gaps[index].glued && !is_known(cues, &mut words, index);
            let adjacent = unknown == 0;
            *slot = Some(Hit { cue, distance: unknown as u8, adjacent, labelled: labelled && adjacent, compound });
            if !cue.only_dates {
                limit = unknown + 1;
            }
        } else if !names && !cue.filler {
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

/// The phrase directly behind a value that ends at `at`.
pub fn after<'r>(cues: &'r Cues, around: Surroundings<'_>, at: usize) -> Option<&'r Cue> {
    let mut ends = [at; 6];
    let mut word = |index: usize| {
        let (start, end) = word_behind(&around, ends[index])?;
        if index + 1 < ends.len() {
            ends[index + 1] = end;
        }
        Some(word_hash(around.text, start, end))
    };
    let first = word(0)?;
    cues.beginning_with(first, |index| if index < 5 { word(index) } else { None }).map(|(cue, _)| cue)
}

/// The word behind `at`, if only blanks and light punctuation stand between.
#[inline]
fn word_behind(around: &Surroundings<'_>, at: usize) -> Option<(usize, usize)> {
    let &Surroundings { text, masks, hi, .. } = around;
    let plain = |byte: u8| matches!(byte, b' ' | b'-' | b'(' | b'/' | b'.' | b'^' | b'_' | b',' | b'[');
    let mut start = at;
    while start < hi && start < at + 4 && plain(text[start]) {
        start += 1;
    }
    let word = start < hi && (text[start].is_ascii_alphanumeric() || text[start] >= 0x80);
    word.then(|| (start, Masks::run_end(&masks.word, start, hi)))
}
