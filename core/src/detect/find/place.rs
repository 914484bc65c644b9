//! House numbers, ZIP codes and coordinates.

use super::Finder;
use crate::detect::masks::Masks;
use crate::detect::matcher::Matcher::{CityStateZip, PoBox, StateZip, Street, StreetRoute, ZipPlus4};
use crate::detect::matcher::{is_state, street_suffix, street_suffix_ahead};

/// Words of a city's name, at most.
const CITY_WORDS: usize = 3;

impl Finder<'_> {
    /// A street line that begins with the house number at `at`.
    pub(super) fn street(&mut self, at: usize, end: usize) -> Option<usize> {
        if self.byte(end) != b' ' {
            return None;
        }
        if street_suffix_ahead(self.bounded(), end + 1)
            && let Some(found) = self.consider(at, &[Street, StreetRoute])
        {
            return Some(found);
        }
        if !self.byte(end + 1).is_ascii_uppercase() {
            return None;
        }
        let before = self.directly_before(at);
        // What follows a label was looked at there: it goes on to the end of the line.
        let in_prose = before.hit.is_some_and(|hit| !hit.labelled);
        if in_prose { self.named_beyond(at, end, &before) } else { None }
    }

    /// A run of five digits: behind a state it is a ZIP code, and the city stands before the state.
    pub(super) fn zip(&mut self, at: usize, end: usize) -> usize {
        if let Some(start) = self.city_start(at)
            && let Some(found) = self.consider(start, &[CityStateZip, StateZip])
        {
            return found;
        }
        if self.byte(end) == b'-'
            && let Some(found) = self.consider(at, &[ZipPlus4])
        {
            return found;
        }
        self.identifier(at, end)
    }

    /// Where a city's name begins whose state stands before `at`.
    fn city_start(&self, at: usize) -> Option<usize> {
        if self.previous(at) != b' ' {
            return None;
        }
        let state = self.state_start(at)?;
        let mut start = state;
        let mut words = 0;
        while words < CITY_WORDS {
            let Some(end) = Masks::previous_set_end(&self.masks.word, start, self.lo) else { break };
            let word = self.word_start(end);
            let gap = &self.text[end..start];
            let joined =
                if words == 0 { matches!(gap, b" " | b", " | b",\n") } else { matches!(gap, b" " | b"-" | b". ") };
            let name =
                self.text[word].is_ascii_uppercase() && self.text[word..end].iter().all(|it| !it.is_ascii_digit());
            let street = words > 0 && street_suffix(&self.text[word..end]) && gap != b". ";
            if !joined || !name || street {
                break;
            }
            start = word;
            words += 1;
        }
        Some(start)
    }

    /// Where the state's name or abbreviation before `at` begins.
    fn state_start(&self, at: usize) -> Option<usize> {
        let end = Masks::previous_set_end(&self.masks.word, at, self.lo)?;
        if at - end > 2 || !self.text[end..at].iter().all(|it| matches!(it, b' ' | b',')) {
            return None;
        }
        let start = self.word_start(end);
        if !self.text[start].is_ascii_uppercase() || end - start > 13 {
            return None;
        }
        if is_state(&self.text[start..end]) {
            return Some(start);
        }
        if end - start == 2 {
            return None;
        }
        let before = Masks::previous_set_end(&self.masks.word, start, self.lo)?;
        let two = self.word_start(before);
        is_state(&self.text[two..end]).then_some(two)
    }

    /// A number behind `Box`: where the post office box begins, its number is the match's end.
    pub(super) fn post_box(&mut self, at: usize) -> Option<usize> {
        let boxed =
            at >= self.lo + 6 && self.text[at - 1] == b' ' && self.text[at - 4..at - 1].eq_ignore_ascii_case(b"box");
        if !boxed {
            return None;
        }
        let floor = self.lo.max(at.saturating_sub(18));
        let starts = (floor..at).filter(|it| matches!(self.text[*it], b'P' | b'p'));
        let start = starts.rev().find(|it| *it == self.lo || !self.text[*it - 1].is_ascii_alphanumeric())?;
        self.consider(start, &[PoBox])
    }

    /// A pair of decimal degrees, or one in a field that says so.
    pub(super) fn coordinate(&mut self, at: usize, end: usize) -> Option<usize> {
        let decimals = end - at;
        if decimals < 6 {
            return None;
        }
        let start = if self.previous(at) == b'-' { at - 1 } else { at };
        let before = self.before(start);
        if before.hit.is_none() && self.meaning.patterns.is_empty() {
            return None;
        }
        self.consider_in(start, &before, &[])
    }
}
