//! Decides on tokens that mix letters and digits, and on everything that only a cue or label can name.

use super::Finder;
use super::number::is_money;
use crate::detect::context;
use crate::detect::matcher::Matcher::*;
use crate::detect::matcher::{Matcher, id_token};
use crate::detect::words::word_hash;

/// Shorter tokens are no identifiers, whatever stands before them.
const SHORTEST: usize = 4;

impl Finder<'_> {
    /// The token `start..stop`, whose first digits begin at `at`; where to go on.
    pub(super) fn token(&mut self, start: usize, at: usize, stop: usize) -> usize {
        let len = stop - start;
        let next = self.byte(stop);
        if start == at
            && let Some(found) = self.digits_then_letters(at, stop)
        {
            return found;
        }
        if (next == b'-' || self.previous(start) == b'-')
            && let Some(end) = self.hex_groups(start, len, next)
        {
            return end;
        }
        if len <= 4
            && matches!(self.previous(start), b':' | b'-')
            && let Some(found) = self.later_group(start)
        {
            return found;
        }
        if next == b':' && (len <= 4) && self.text[start..stop].iter().all(u8::is_ascii_hexdigit) {
            return self.colons(start).unwrap_or_else(|| self.hex_rest(stop));
        }
        if let Some(shapes) = shapes_of(len, next)
            && let Some(found) = self.consider(start, shapes)
        {
            return found;
        }
        if at == start + 2
            && (len >= 15 || len == 4 && next == b' ')
            && let Some(found) = self.consider(start, &[Iban])
        {
            return found;
        }
        if len == 3 && is_category(&self.text[start..stop]) {
            let before = self.directly_before(start);
            if before.hit.is_some() {
                return self.consider_in(start, &before, &[]).unwrap_or(stop);
            }
        }
        if len < SHORTEST && next != b'-' || len > 40 && self.meaning.patterns.is_empty() {
            return stop;
        }
        self.identifier(start, stop)
    }

    /// `4th of March`, `12Mar2024`, `94yo`.
    fn digits_then_letters(&mut self, at: usize, stop: usize) -> Option<usize> {
        match self.text[stop - 1] | 0x20 {
            b't' | b'd' | b'h' if stop - at <= 4 => {
                let ordinal = self.consider(at, &[DateDayFirst, DateDayMonth]);
                ordinal.or_else(|| self.behind_month(at, 2)).or_else(|| self.street(at, stop))
            }
            b'o' | b'r' | b's' if stop - at <= 8 => self.age(at, stop),
            b'y' if stop - at <= 4 && matches!(self.byte(stop), b'/' | b'.') => self.age(at, stop),
            _ => self.street(at, stop),
        }
    }

    /// A UUID that begins at or around `start`.
    fn hex_groups(&mut self, start: usize, len: usize, next: u8) -> Option<usize> {
        if !matches!(len, 4 | 8 | 12) {
            return None;
        }
        let begin = match (len, next) {
            (8, b'-') => start,
            (4, b'-') => (0..3)
                .map(|back| 9 + back * 5)
                .find_map(|back| start.checked_sub(back).filter(|it| self.is_uuid(*it)))?,
            (12, _) => start.checked_sub(24)?,
            _ => return None,
        };
        if begin < self.lo || begin + 36 > self.hi || !self.is_uuid(begin) {
            return None;
        }
        let end = begin + 36;
        let before = self.directly_before(begin);
        if before.hit.is_some() || !self.meaning.patterns.is_empty() {
            self.consider_in(begin, &before, &[Uuid]);
        }
        Some(end)
    }

    fn is_uuid(&self, at: usize) -> bool {
        // Words of 8, 4, 4, 4 and 12 bytes with one byte between them; the matcher looks at the rest.
        const WORDS: u64 = 0xff | 0xf << 9 | 0xf << 14 | 0xf << 19 | 0xfff << 24;
        at >= self.lo
            && self.masks.word.from(at) & 0xf_ffff_ffff == WORDS
            && self.text[at + 8] == b'-'
            && self.text[at + 23] == b'-'
    }

    /// A value that only a cue, a label or the field can name; where to go on.
    pub(super) fn identifier(&mut self, at: usize, end: usize) -> usize {
        if self.meaning.patterns.is_empty()
            && let Some(end) = self.nameless(at, end)
        {
            return end;
        }
        let start = self.identifier_start(at);
        let stop = id_token(self.bounded(), start).unwrap_or(end).max(end);
        if stop - start < SHORTEST || is_money(self.previous(start)) {
            return end;
        }
        let before = self.before(start);
        let named = before.hit.is_some() || before.date_hit.is_some() || !self.meaning.patterns.is_empty();
        if named {
            let opening = matches!(self.previous(start), b'(' | b'+');
            let found = self.consider_in(start, &before, &[]);
            let found = found.or_else(|| if opening { self.consider_in(start - 1, &before, &[]) } else { None });
            if let Some(found) = found {
                return found;
            }
        }
        self.identifier_by_what_follows(at, end)
    }

    /// Where to go on if nothing before the value can name it: cheap looks, because most numbers are nothing.
    fn nameless(&mut self, at: usize, end: usize) -> Option<usize> {
        let previous = self.previous(at);
        let behind = if at > self.lo + 1 { self.text[at - 2] } else { 0 };
        let known = match previous {
            b'+' if self.text[at].is_ascii_digit() => return Some(end),
            b'[' | b'.' | b'/' if behind.is_ascii_alphanumeric() => return Some(end),
            b'-' | b'_' if end - at < 3 || behind.is_ascii_lowercase() => self.is_labelled(at),
            b':' | b'=' | b'"' | b'|' | b'^' | b'~' | b'&' => self.is_labelled(at),
            // A number directly before it: the second of two is not what a label names.
            b' ' if behind.is_ascii_digit() && self.is_long_run(at - 1) => false,
            b' ' if self.is_quantity(end) => return Some(end),
            _ => context::any_telling(&self.rules.cues, &self.surroundings(), at),
        };
        if known { None } else { Some(self.identifier_by_what_follows(at, end)) }
    }

    /// True where the digits that end at `end` are three or more.
    fn is_long_run(&self, end: usize) -> bool {
        end - self.masks.digit.run_start(end, self.lo) >= 3
    }

    fn is_word_byte(&self, at: usize) -> bool {
        at >= self.lo && self.text[at].is_ascii_alphanumeric()
    }

    /// True where the word behind `end` says that the number is a quantity: `1234 rows`, `250 ms`.
    fn is_quantity(&self, end: usize) -> bool {
        self.byte(end) == b' '
            && self.byte(end + 1).is_ascii_lowercase()
            && context::after(&self.rules.cues, self.surroundings(), end).is_some_and(|cue| cue.veto)
    }

    /// True where the word directly before `at`, behind punctuation, may end a phrase that names something.
    pub(super) fn is_labelled(&self, at: usize) -> bool {
        let marks =
            |it: &&u8| matches!(**it, b':' | b'=' | b'"' | b' ' | b'\'' | b'-' | b'_' | b'|' | b'^' | b'~' | b'&');
        let end = at - self.text[self.lo..at].iter().rev().take(5).take_while(marks).count();
        end > self.lo && self.is_word_byte(end - 1) && context::label_tells(&self.rules.cues, self.surroundings(), end)
    }

    /// A value that the phrase behind it names: `12345678 (MRN)`.
    fn identifier_by_what_follows(&mut self, at: usize, end: usize) -> usize {
        if !matches!(self.byte(end), b' ' | b'-' | b'(' | b')' | b'^' | b'.' | b'_' | b'/') {
            return end;
        }
        if let Some(found) = self.named_behind(at) {
            return found;
        }
        let start = self.identifier_start(at);
        let stop = id_token(self.bounded(), start).unwrap_or(end).max(end);
        let Some(cue) = context::after(&self.rules.cues, self.surroundings(), stop) else { return end };
        if stop - start < SHORTEST || is_money(self.previous(start)) {
            return end;
        }
        if self.text[start..stop].iter().all(u8::is_ascii_digit) && !self.closes_clause(stop) {
            return end;
        }
        let before = Default::default();
        let best = cue.patterns.iter().find_map(|&index| self.attempt(index, start, &before));
        let Some(best) = best else { return end };
        self.emit(best);
        stop
    }

    /// Short numbers are looked at only in a field that names them.
    pub(super) fn identifier_if_labelled(&mut self, at: usize, end: usize) -> usize {
        if self.meaning.patterns.is_empty() { end } else { self.identifier(at, end) }
    }

    /// Where a joined token (`PT-4471-B`) begins, looking left over at most three joints. A cue of three letters or more
    /// is not part of it: shorter ones are the prefixes that numbers carry (`E-10045877`, `SN-4F01`).
    fn identifier_start(&self, at: usize) -> usize {
        let mut start = at;
        for _ in 0..3 {
            let joint = matches!(self.previous(start), b'-' | b'_');
            if !joint || start < self.lo + 2 || !self.text[start - 2].is_ascii_alphanumeric() {
                return start;
            }
            let word = self.word_start(start - 1);
            let hash = word_hash(self.text, word, start - 1);
            let long = start - 1 - word > 2;
            if long && self.rules.cues.ending_in(&[hash]).is_some_and(|(cue, _)| cue.names()) {
                return start;
            }
            start = word;
        }
        start
    }

    /// An age of 90 or more with its unit, or one that its label names.
    pub(super) fn age(&mut self, at: usize, end: usize) -> Option<usize> {
        let old = match &self.text[at..end] {
            [b'9', _] => true,
            [b'1', b'0'..=b'2', _] => true,
            _ => self.text[at..end].iter().any(|it| !it.is_ascii_digit()),
        };
        let found = if old && self.is_year_ahead(end) { self.consider(at, &[Age]) } else { None };
        if found.is_some() || self.options.min_permille >= 500 && !old {
            return found;
        }
        if self.meaning.patterns.is_empty() && !context::any_telling(&self.rules.cues, &self.surroundings(), at) {
            return self.age_behind(at, end);
        }
        let before = self.before(at);
        self.consider_in(at, &before, &[]).or_else(|| self.age_behind(at, end))
    }

    /// True where `y`, as in `years` or `y/o`, stands within two bytes.
    fn is_year_ahead(&self, end: usize) -> bool {
        let start = (end..end + 2).find(|at| !matches!(self.byte(*at), b' ' | b'-')).unwrap_or(end + 2);
        start > 0
            && (self.byte(start) | 0x20 == b'y'
                || self.byte(start - 1) | 0x20 == b'y'
                || self.text[end - 1].is_ascii_alphabetic())
    }

    /// An age that only the words behind it tell: `67-year-old`.
    fn age_behind(&mut self, at: usize, end: usize) -> Option<usize> {
        let cue = context::after(&self.rules.cues, self.surroundings(), end)?;
        let found = cue.patterns.iter().find_map(|&index| self.attempt(index, at, &Default::default()))?;
        self.emit(found);
        Some(found.detection.end as usize)
    }
}

/// A category of ICD-10-CM, the shortest code: `I10`.
fn is_category(token: &[u8]) -> bool {
    matches!(token, [b'A'..=b'Z', b'0'..=b'9', b'0'..=b'9' | b'A' | b'B'])
}

/// Shapes of tokens by their length.
fn shapes_of(len: usize, next: u8) -> Option<&'static [Matcher]> {
    match len {
        17 => Some(&[Vin]),
        11 => Some(&[Mbi, Hicn]),
        4 if next == b'-' => Some(&[Mbi]),
        9 => Some(&[Dea]),
        3 if next == b'.' => Some(&[Icd10]),
        10 => Some(&[Hicn]),
        _ => None,
    }
}
