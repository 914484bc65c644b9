//! Groups of digits that only the words around them name: `call 450 0840`, `07700 063 966-Fax`, `(37) 788-063 office`.

use super::Finder;
use super::judge::rank;
use crate::detect::Candidate;
use crate::detect::context::{self, Before};
use crate::model::Evidence;

/// Groups and separators together are no longer.
const LONGEST: usize = 28;

impl<'a> Finder<'a> {
    /// The groups that begin with the digits `at..end`, where a cue before or a word behind names them as a whole.
    /// Never looked at from a later group of the same run.
    pub(super) fn groups(&mut self, at: usize, end: usize) -> Option<usize> {
        let joined = matches!(self.previous(at), b' ' | b'-' | b'.' | b'/');
        if joined && at > self.lo + 1 && self.text[at - 2].is_ascii_digit() {
            return None;
        }
        let start = if self.previous(at) == b'(' { at - 1 } else { at };
        self.run_of_groups(start)?;
        let before = self.before(start);
        let adjacent = before.hit.is_some_and(|hit| hit.adjacent);
        let named = if adjacent { self.named_beyond(start, end, &before) } else { None };
        named.or_else(|| self.named_behind(at))
    }

    /// The best pattern the context names whose value begins at `at` and goes on behind `end`.
    pub(super) fn named_beyond(&mut self, at: usize, end: usize, before: &Before<'a>) -> Option<usize> {
        let hit = before.hit?;
        let labels: &[u16] = if hit.labelled && !hit.compound { &hit.cue.label_patterns } else { &[] };
        let named = hit.cue.patterns.iter().chain(labels);
        let found = named.filter_map(|&index| self.attempt(index, at, before));
        let best = found.filter(|it| it.detection.end as usize > end).max_by_key(rank)?;
        self.emit(best);
        Some(best.detection.end as usize)
    }

    /// Groups of digits whose name follows them: `07700 063 966-Fax`, `655 437 108 office`.
    pub(super) fn named_behind(&mut self, at: usize) -> Option<usize> {
        let start = if self.previous(at) == b'(' { at - 1 } else { at };
        let end = self.run_of_groups(start)?;
        let cue = context::after(&self.rules.cues, self.surroundings(), end)?;
        let in_one_piece = self.text[start..end].iter().all(u8::is_ascii_digit);
        if in_one_piece && !self.closes_clause(end) {
            return None;
        }
        let before = Default::default();
        for &index in &cue.patterns {
            if let Some(found) = self.attempt(index, start, &before).filter(|it| it.detection.end as usize == end) {
                self.emit(found);
                return Some(end);
            }
        }
        None
    }

    /// Behind the last digit of groups that hold seven to fifteen digits in all.
    fn run_of_groups(&self, start: usize) -> Option<usize> {
        let digits = self.masks.digit.from(start) & !(!0 << LONGEST);
        // No letter stands between them.
        let letters = self.masks.word.from(start) & !digits;
        let digits = digits & !letters & letters.wrapping_sub(1);
        if digits.count_ones() < 7 {
            return None;
        }
        let window = &self.text[start..self.hi.min(start + LONGEST)];
        let other = |it: &u8| !it.is_ascii_digit() && !matches!(it, b' ' | b'-' | b'(' | b')' | b'.' | b'/');
        let run = window.iter().position(other).unwrap_or(window.len());
        let digits = digits & !(!0 << run);
        let end = start + 64 - digits.leading_zeros() as usize;
        (7..=15).contains(&digits.count_ones()).then_some(end)
    }

    /// True where the word behind `end` is the last of its line or clause: `3660170548-Fax`, not `1234567 fax pages`.
    pub(super) fn closes_clause(&self, end: usize) -> bool {
        let next = self.behind_next_word(end);
        matches!(self.byte(next), 0 | b'\n' | b'\r' | b'\t' | b'\\' | b',' | b';' | b')' | b'"' | b'<' | b'|')
            || self.byte(next) == b'.' && !self.byte(next + 1).is_ascii_alphanumeric()
    }

    /// Behind the first word that follows `end`.
    fn behind_next_word(&self, end: usize) -> usize {
        let mut next = end;
        while next < self.hi && next < end + 4 && !self.text[next].is_ascii_alphanumeric() {
            next += 1;
        }
        if next < self.hi && self.text[next].is_ascii_alphanumeric() { self.word_end(next) } else { next }
    }

    /// The other thing that the word directly behind a value says it is: `930.267.3943 fax` is no telephone number.
    /// A word that itself labels what comes next says nothing of what came before.
    pub(super) fn renamed_behind(&self, found: &Candidate, at: usize, before: &Before<'a>) -> Option<Candidate> {
        let it = &found.detection;
        let pattern = self.rules.pattern(it.pattern);
        let told = [Evidence::CUE, Evidence::CUE_AFTER, Evidence::LABEL, Evidence::SIBLING];
        if pattern.file.after.is_empty() || told.into_iter().any(|evidence| it.evidence.has(evidence)) {
            return None;
        }
        let end = it.end as usize;
        let cue = context::after(&self.rules.cues, self.surroundings(), end)?;
        let mut next = self.behind_next_word(end);
        while matches!(self.byte(next), b' ' | b'.') {
            next += 1;
        }
        if matches!(self.byte(next), b':' | b'=' | b'(' | b'+' | b'0'..=b'9') {
            return None;
        }
        let others = cue.patterns.iter().filter_map(|&index| self.attempt(index, at, before));
        others.filter(|other| other.detection.end == it.end).max_by_key(rank)
    }
}
