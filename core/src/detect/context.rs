//! What the words around a value say of it. Looks a few words left and right, never across a sentence or field.

use super::masks::Masks;
use super::ruleset::cues::{Cue, Cues, LONGEST};
use super::words::{start_of_word, word_hash};
use crate::model::{Role, Subject};

/// How many unknown words may stand between a cue and its value.
const REACH: usize = 5;
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
    /// The nearest phrase that names a pattern.
    pub hit: Option<Hit<'r>>,
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
    labelled: bool,
    glued: bool,
}

/// The words to the left of a place, fetched one by one.
struct Leftward<'a> {
    around: Surroundings<'a>,
    floor: usize,
    at: usize,
    lines: usize,
    count: usize,
    hashes: [u64; 12],
    gaps: [Gap; 12],
    numbers: [bool; 12],
    ended: bool,
}

impl<'a> Leftward<'a> {
    fn new(around: Surroundings<'a>, at: usize) -> Self {
        let floor = around.lo.max(at.saturating_sub(WINDOW));
        let (hashes, gaps, numbers) = ([0; 12], [Gap::default(); 12], [false; 12]);
        Leftward { around, floor, at, lines: 0, count: 0, hashes, gaps, numbers, ended: false }
    }

    /// Makes sure that word `index` is there, if it exists.
    fn reach(&mut self, index: usize) -> bool {
        while self.count <= index && !self.ended && self.count < 12 {
            self.fetch();
        }
        index < self.count
    }

    fn fetch(&mut self) {
        let Surroundings { text, masks, .. } = self.around;
        let Some(end) = Masks::previous_set_end(&masks.word, self.at, self.floor) else {
            self.ended = true;
            return;
        };
        let gap = self.gap(end);
        if gap.stop {
            self.ended = true;
            return;
        }
        let start = start_of_word(text, masks, end, self.floor);
        let number = text[start].is_ascii_digit();
        if number && end - start > 3 {
            self.ended = true;
            return;
        }
        self.hashes[self.count] = word_hash(text, start, end);
        self.gaps[self.count] = gap;
        self.numbers[self.count] = number;
        self.count += 1;
        self.at = start;
    }

    /// Judges the bytes between the word that ends at `end` and the one (or the value) at `self.at`.
    fn gap(&mut self, end: usize) -> Gap {
        let text = self.around.text;
        let bytes = &text[end..self.at];
        let first = self.count == 0;
        if matches!(bytes, [] | [b' '] | [b'_']) {
            return Gap { glued: true, ..Gap::default() };
        }
        if bytes.len() > 40 {
            return Gap { stop: true, ..Gap::default() };
        }
        let mut gap = Gap { glued: bytes == b"-", ..Gap::default() };
        let mut blanks = 0;
        for (index, &byte) in bytes.iter().enumerate() {
            match byte {
                b':' | b'=' => gap.labelled = true,
                b'|' | b'\t' => gap.labelled |= first,
                b'\n' => self.lines += 1,
                b';' => gap.stop = true,
                b'.' | b'!' | b'?' => {
                    let closes = bytes.get(index + 1).is_none_or(u8::is_ascii_whitespace);
                    gap.stop |= closes && !(first && byte == b'.' && self.is_abbreviation(end));
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

    /// `No. 12`, `Acct. 12`: a short word with a full stop.
    fn is_abbreviation(&self, end: usize) -> bool {
        let start = Masks::run_start(&self.around.masks.word, end, self.floor);
        end - start <= 5
    }
}

/// Looks left of `at`.
pub fn before<'r>(cues: &'r Cues, around: Surroundings<'_>, at: usize) -> Before<'r> {
    let mut words = Leftward::new(around, at);
    let mut found = Before::default();
    let (mut index, mut unknown, mut labelled) = (0, 0, false);
    let mut limit = REACH;
    while unknown <= limit && words.reach(index) {
        labelled |= words.gaps[index].labelled && unknown == 0;
        let phrase = if cues.may_end_with(words.hashes[index]) {
            words.reach(index + LONGEST - 1);
            cues.ending_with(&words.hashes[index..words.count])
        } else {
            None
        };
        let Some((cue, len)) = phrase else {
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
        if names && found.hit.is_none() {
            let compound = words.reach(index) && words.gaps[index].glued && !is_known(cues, &words, index);
            let adjacent = unknown == 0;
            found.hit = Some(Hit { cue, distance: unknown as u8, adjacent, labelled: labelled && adjacent, compound });
            limit = unknown + 2;
        } else if !names && !cue.filler {
            unknown += 1;
        }
    }
    found
}

/// True where the word at `index` belongs to a phrase of its own.
fn is_known(cues: &Cues, words: &Leftward<'_>, index: usize) -> bool {
    cues.ending_with(&words.hashes[index..words.count]).is_some()
}

/// The phrase directly behind a value that ends at `at`, and whether it is a veto.
pub fn after<'r>(cues: &'r Cues, around: Surroundings<'_>, at: usize) -> Option<&'r Cue> {
    let Surroundings { text, masks, hi, .. } = around;
    let mut hashes = [0; 4];
    let mut count = 0;
    let mut from = at;
    while count < hashes.len() {
        let ceiling = hi.min(from + 8);
        let start = Masks::next_set(&masks.word, from, ceiling)?.min(hi);
        let plain = |byte: &u8| matches!(byte, b' ' | b'-' | b'(' | b'/' | b'.' | b'^' | b'_' | b',' | b'[');
        if !text[from..start].iter().all(plain) {
            break;
        }
        let end = Masks::run_end(&masks.word, start, hi);
        hashes[count] = word_hash(text, start, end);
        if count == 0 && !cues.may_begin_with(hashes[0]) {
            return None;
        }
        count += 1;
        from = end;
        if Masks::next_set(&masks.word, from, hi.min(from + 8)).is_none() {
            break;
        }
    }
    cues.beginning_with(&hashes[..count]).map(|(cue, _)| cue)
}
