//! House numbers, ZIP codes and coordinates.

use super::Finder;
use crate::detect::gazetteer::Place;
use crate::detect::matcher::Matcher::{AddressTail, CityStateZip, PoBox, StateZip, Street, StreetRoute, ZipPlus4};
use crate::detect::matcher::{is_state, street_lead, street_suffix, street_suffix_ahead};

/// Words of a city's name, at most.
const CITY_WORDS: usize = 3;

impl Finder<'_> {
    /// A street line that begins with the house number at `at`.
    #[inline]
    pub(super) fn street(&mut self, at: usize, end: usize) -> Option<usize> {
        // Most numbers stand before words in lower case, of which few begin a street's name.
        let ordinary = self.text[end - 1].is_ascii_digit()
            && (self.byte(end) != b' ' || self.byte(end + 1).is_ascii_lowercase() && !self.leads_street(end + 1));
        if ordinary { None } else { self.any_street(at, end) }
    }

    /// True where the word at `at` may begin a street's name.
    #[inline]
    fn leads_street(&self, at: usize) -> bool {
        street_lead(&self.text[at..self.word_end(at)])
    }

    fn any_street(&mut self, at: usize, end: usize) -> Option<usize> {
        // A number with a letter, `12B`: one without is looked at where nothing else takes it.
        if self.text[end - 1].is_ascii_alphabetic()
            && end - at <= 6
            && self.text[end - 2].is_ascii_digit()
            && let Some(found) = self.behind_name(at)
        {
            return Some(found);
        }
        if self.byte(end) != b' ' {
            return None;
        }
        if street_suffix_ahead(self.bounded(), end + 1)
            && let Some(found) = self.consider(at, &[Street, StreetRoute])
        {
            self.with_number_before(at, found);
            return Some(self.rest_of_address(found));
        }
        if let Some(found) = self.street_of_other_languages(at, end) {
            return Some(found);
        }
        if !self.byte(end + 1).is_ascii_uppercase() {
            return None;
        }
        if let Some(found) = self.street_by_company(at, end) {
            return Some(found);
        }
        let before = self.directly_before(at);
        // What follows a label was looked at there: it goes on to the end of the line.
        let in_prose = before.hit.is_some_and(|hit| !hit.labelled);
        if in_prose { self.named_beyond(at, end, &before) } else { None }
    }

    /// `lives at 14 mill lane`: a short number may be a house's, where words in small letters follow.
    #[inline]
    pub(super) fn leads_to_a_street(&self, at: usize, end: usize) -> bool {
        self.byte(end) == b' ' && self.byte(end + 1).is_ascii_lowercase() && {
            let before = self.text[self.lo..at].strip_suffix(b" at ");
            before.is_some_and(|it| [&b"es"[..], b"ve", b"ng"].iter().any(|verb| it.ends_with(verb)))
        }
    }

    /// A run of five digits: behind a state it is a ZIP code, and the city stands before the state.
    pub(super) fn zip(&mut self, at: usize, end: usize) -> usize {
        if let Some(start) = self.city_start(at)
            && let Some(found) = self.consider(start, &[CityStateZip, StateZip])
        {
            return found;
        }
        if let Some(start) = self.small_field_post(at)
            && let Some(found) = self.put(AddressTail, start, end)
        {
            return found;
        }
        if self.byte(end) == b'-'
            && let Some(found) = self.consider(at, &[ZipPlus4])
        {
            return found;
        }
        if let Some(found) = self.city_behind_postcode(at, end) {
            return found;
        }
        self.identifier(at, end)
    }

    /// `10115 Berlin`: five digits and a city that is known.
    fn city_behind_postcode(&mut self, at: usize, end: usize) -> Option<usize> {
        if self.byte(end) != b' ' || !self.byte(end + 1).is_ascii_uppercase() {
            return None;
        }
        let (place, stop) = self.place_at(end + 1)?;
        (place == Place::City && !self.goes_on(stop)).then(|| self.put(AddressTail, at, stop)).flatten()
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
            let Some(end) = self.masks.word.previous_set_end(start, self.lo) else { break };
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
        let end = self.masks.word.previous_set_end(at, self.lo)?;
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
        if matches!(&self.text[start..end], b"AA" | b"AE" | b"AP") && self.is_field_post(start) {
            return Some(start);
        }
        if end - start == 2 {
            return None;
        }
        let before = self.masks.word.previous_set_end(start, self.lo)?;
        let two = self.word_start(before);
        is_state(&self.text[two..end]).then_some(two)
    }

    /// True where a field post office stands before `at`: it is the city of the states AA, AE and AP.
    fn is_field_post(&self, at: usize) -> bool {
        let before = &self.text[self.lo.max(at.saturating_sub(4))..at];
        matches!(before, b"APO " | b"FPO " | b"DPO ")
    }

    /// Where `apo ae` in small letters before `at` begins: nothing else ends so.
    fn small_field_post(&self, at: usize) -> Option<usize> {
        let start = at.checked_sub(7).filter(|it| *it >= self.lo)?;
        let post =
            matches!(self.text[start..at], [b'a' | b'd' | b'f', b'p', b'o', b' ', b'a', b'a' | b'e' | b'p', b' ']);
        (post && !self.previous(start).is_ascii_alphanumeric()).then_some(start)
    }

    /// True directly behind `Box` and a blank.
    pub(super) fn is_behind_box(&self, at: usize) -> bool {
        at >= self.lo + 6 && self.text[at - 1] == b' ' && self.text[at - 4..at - 1].eq_ignore_ascii_case(b"box")
    }

    /// A number behind `Box`, a street's name or the word for a part of a building.
    pub(super) fn post_box(&mut self, at: usize) -> Option<usize> {
        if !self.is_behind_box(at) {
            return self.behind_name(at);
        }
        let floor = self.lo.max(at.saturating_sub(22));
        let (text, lo) = (self.text, self.lo);
        let begins = |it: &usize| *it == lo || !text[*it - 1].is_ascii_alphanumeric();
        let leads = |it: &usize| matches!(text[*it] | 0x20, b'p' | b'c' | b'u' | b'r' | b'h') && begins(it);
        (floor..at - 4).rev().filter(leads).find_map(|start| self.consider(start, &[PoBox]))
    }

    /// A pair of decimal degrees, or one in a field that says so.
    pub(super) fn coordinate(&mut self, at: usize, end: usize) -> Option<usize> {
        let decimals = end - at;
        if decimals < 6 {
            return None;
        }
        let labelled = matches!(self.previous(at), b':' | b'=' | b'"');
        if labelled && self.meaning.patterns.is_empty() && !self.is_labelled(at) {
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
