//! Cities and counties in running text: capitalised words behind a preposition or before a state. A name by itself is
//! none: it takes a list, words that speak of living somewhere, or a state.

use super::Finder;
use crate::detect::gazetteer::Place;
use crate::detect::matcher::Matcher::{AddressTail, CountyName, Crossing, PlaceName, PlaceWithState};
use crate::detect::matcher::{is_state_abbreviation, postcode};
use crate::detect::names::token::is_upper;
use crate::detect::validate::Words;

/// A shorter field is no running text.
const SHORTEST: usize = 16;
/// Bytes of a city's name on a line of its own.
const LONGEST_CITY: usize = 48;
/// Words between a preposition and what says that somebody lives there.
const REACH: usize = 3;

/// Words that lead to a place, and the bit by which `LIVING` refers to them.
const PREPOSITIONS: [(&[u8], u8); 10] = [
    (b"in", IN),
    (b"from", FROM),
    (b"to", TO),
    (b"of", OF),
    (b"near", IN),
    (b"outside", IN),
    (b"downtown", IN | DOWNTOWN),
    (b"city", CITY),
    (b"town", CITY),
    (b"hometown", CITY | DOWNTOWN),
];
const IN: u8 = 1;
const FROM: u8 = 2;
const TO: u8 = 4;
const OF: u8 = 8;
const CITY: u8 = 16;
/// The word tells by itself.
const DOWNTOWN: u8 = 32;

/// Words before a preposition that make a place of what follows, and the prepositions for which they do.
const LIVING: [(&[u8], u8); 55] = [
    (b"m", IN),
    (b"am", IN),
    (b"lives", IN),
    (b"live", IN),
    (b"lived", IN),
    (b"living", IN),
    (b"resides", IN),
    (b"reside", IN),
    (b"resided", IN),
    (b"residing", IN),
    (b"resident", IN | OF),
    (b"residents", IN | OF),
    (b"residence", IN),
    (b"born", IN),
    (b"raised", IN),
    (b"grew", IN),
    (b"settled", IN),
    (b"stationed", IN),
    (b"vacationing", IN),
    (b"home", IN | CITY),
    (b"house", IN),
    (b"apartment", IN),
    (b"year", IN),
    (b"moved", IN | FROM | TO),
    (b"moving", FROM | TO),
    (b"moves", FROM | TO),
    (b"relocated", FROM | TO),
    (b"relocating", FROM | TO),
    (b"immigrated", FROM | TO),
    (b"emigrated", FROM | TO),
    (b"originally", FROM),
    (b"native", OF),
    (b"city", OF),
    (b"town", OF),
    (b"village", OF),
    (b"suburb", OF),
    (b"outskirts", OF),
    (b"university", OF),
    (b"flew", FROM | TO),
    (b"flies", FROM | TO),
    (b"flying", FROM | TO),
    (b"fly", FROM | TO),
    (b"flight", FROM | TO),
    (b"trip", TO),
    (b"trips", TO),
    (b"travel", TO),
    (b"travels", TO),
    (b"traveled", TO),
    (b"travelled", TO),
    (b"traveling", TO),
    (b"travelling", TO),
    (b"vacation", IN | TO),
    (b"hails", FROM),
    (b"comes", FROM),
    (b"commutes", FROM | TO),
];

/// Abbreviations of states that are hardly anything else in clinical text.
const PLAIN_STATES: [&[u8]; 31] = [
    b"AK", b"AZ", b"FL", b"GA", b"IA", b"IL", b"KS", b"KY", b"MN", b"NC", b"NH", b"NJ", b"NM", b"NV", b"NY", b"OH",
    b"OR", b"RI", b"SD", b"TN", b"TX", b"UT", b"VT", b"WA", b"WI", b"WV", b"WY", b"CA", b"CO", b"MO", b"NE",
];
/// Abbreviations that are also the credentials of people.
const CREDENTIALS: [&[u8]; 6] = [b"MD", b"PA", b"MS", b"MA", b"ND", b"OD"];

/// Capitalised words that are no places, in order.
static NO_PLACES: Words = Words::new(&[
    "a",
    "abc",
    "admission",
    "alf",
    "allergy",
    "an",
    "applied",
    "april",
    "arabic",
    "article",
    "arts",
    "asdf",
    "assisted",
    "atrial",
    "august",
    "autumn",
    "bay",
    "bed",
    "block",
    "box",
    "building",
    "cardiology",
    "case",
    "chapter",
    "chart",
    "chinese",
    "clinic",
    "college",
    "critical",
    "day",
    "december",
    "diagnosis",
    "dialysis",
    "doctor",
    "doctors",
    "dr",
    "ed",
    "education",
    "emergency",
    "engineering",
    "english",
    "er",
    "exam",
    "fall",
    "father",
    "february",
    "figure",
    "floor",
    "french",
    "friday",
    "gate",
    "german",
    "god",
    "grade",
    "group",
    "he",
    "health",
    "heaven",
    "her",
    "his",
    "history",
    "home",
    "hospice",
    "hospital",
    "i",
    "icu",
    "inpatient",
    "intensive",
    "it",
    "item",
    "jail",
    "january",
    "job",
    "july",
    "june",
    "labor",
    "law",
    "level",
    "line",
    "love",
    "ltac",
    "march",
    "may",
    "medicaid",
    "medical",
    "medicare",
    "medicine",
    "memory",
    "miss",
    "monday",
    "mother",
    "mr",
    "mrs",
    "ms",
    "music",
    "my",
    "neurology",
    "nicu",
    "normal",
    "november",
    "nursing",
    "october",
    "oncology",
    "option",
    "or",
    "order",
    "outpatient",
    "pacu",
    "page",
    "patient",
    "pediatrics",
    "phase",
    "phone",
    "pod",
    "primary",
    "prison",
    "prof",
    "psychiatry",
    "radiology",
    "rehab",
    "room",
    "saturday",
    "school",
    "science",
    "sciences",
    "section",
    "september",
    "she",
    "sinus",
    "sir",
    "skilled",
    "snf",
    "spanish",
    "spring",
    "stage",
    "step",
    "suite",
    "summer",
    "sunday",
    "surgery",
    "table",
    "team",
    "technology",
    "the",
    "therapy",
    "they",
    "this",
    "thread",
    "thursday",
    "ticket",
    "title",
    "tuesday",
    "type",
    "unit",
    "usa",
    "version",
    "ward",
    "we",
    "wednesday",
    "winter",
    "xyz",
    "you",
]);

impl Finder<'_> {
    /// Looks at the capitalised words of the field that stand where a place may stand.
    pub(super) fn localities(&mut self) {
        let (lo, hi) = (self.lo, self.hi);
        if hi < lo + SHORTEST {
            return;
        }
        let masks = self.masks;
        let (first, last) = ((lo + 4) / 64, (hi - 1) / 64);
        for index in first..=last {
            let mut bits = masks.capital.chunk(index);
            while bits != 0 {
                let at = index * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                if at >= lo + 4 && at < hi {
                    self.capital(at);
                }
            }
        }
        if !self.text[lo..hi].is_ascii() {
            self.other_capitals(lo + 4);
        }
    }

    /// The same for capitals that are no ASCII letters, which the masks do not know: `in Århus`.
    fn other_capitals(&mut self, mut at: usize) {
        while let Some(start) = self.masks.word.next_set(at, self.hi) {
            at = self.word_end(start);
            if self.text[start - 1] == b' ' && is_upper(&self.text[start..at]) && self.text[start] >= 0x80 {
                self.behind_preposition(start - 1, start);
            }
        }
    }

    #[inline]
    fn capital(&mut self, at: usize) {
        let Some(&[a, b, c, blank]) = self.text[..at].last_chunk::<4>() else { return };
        if blank != b' ' && blank != b'\n' {
            return;
        }
        let (a, b, behind) = if matches!(c, b' ' | b'\r') { (a, b, at - 2) } else { (b, c, at - 1) };
        if b == b',' {
            self.state(behind - 1, at, true);
        } else if b.is_ascii_digit() || b == b'.' && self.text.get(behind.wrapping_sub(4)) == Some(&b' ') {
            self.corner(behind);
        } else if b.is_ascii_lowercase() {
            let ends = [a | 0x20, b];
            if matches!(&ends, b"in" | b"wn" | b"om" | b"of" | b"to" | b"ar" | b"de" | b"ty") {
                self.behind_preposition(behind, at);
            }
            if self.byte(at + 1).is_ascii_uppercase() {
                self.state(behind, at, false);
            }
        } else if b.is_ascii_uppercase() && self.byte(at + 1).is_ascii_uppercase() {
            self.state(behind, at, false);
        }
        if matches!(self.text[at], b'C' | b'P') {
            self.county(at);
        }
        if blank == b'\n' {
            self.country_line(behind, at);
        }
    }

    /// A line that is a country's name, at `at`, and nothing else: the line before it, which ends at `end` and begins a
    /// paragraph, is a city.
    fn country_line(&mut self, end: usize, at: usize) {
        let Some((Place::Country, stop)) = self.place_at(at) else { return };
        if !matches!(self.byte(stop), 0 | b'\n' | b'\r') {
            return;
        }
        let floor = self.lo.max(end.saturating_sub(LONGEST_CITY));
        let Some(line) = self.text[floor..end].iter().rposition(|it| *it == b'\n').map(|it| floor + it + 1) else {
            return;
        };
        let paragraph = line >= self.lo + 2 && matches!(self.text[line - 2], b'\n' | b'\r');
        if paragraph && self.words_of_name(line) == Some(end) && !self.is_no_place(line, end) {
            self.put(AddressTail, line, stop);
        }
    }

    /// A state at `at` behind the words that end at `end`: with the city before it.
    fn state(&mut self, end: usize, at: usize, comma: bool) {
        let word = self.word_end(at);
        let abbreviated = word == at + 2;
        let stop = if abbreviated {
            if !is_state_abbreviation(&self.text[at..word]) {
                return;
            }
            word
        } else {
            match self.place_at(at) {
                Some((Place::State, stop)) if comma => stop,
                _ => return,
            }
        };
        let letters = &self.text[at..word];
        let Some(start) = self.city_before(end, letters, comma) else { return };
        self.put(PlaceWithState, start, stop);
    }

    /// Where the city that ends at `end` begins, before a state that is written so.
    fn city_before(&self, end: usize, state: &[u8], comma: bool) -> Option<usize> {
        let abbreviated = state.len() == 2;
        let plain = !abbreviated || PLAIN_STATES.contains(&state);
        let credentials = CREDENTIALS.contains(&state);
        let mut start = end;
        let (mut unknown, mut shared) = (None, None);
        for count in 0..3 {
            let stop = if count == 0 { end } else { start - 1 - usize::from(self.text[start - 2] == b'.') };
            let word = self.word_start(stop);
            if word == stop
                || !self.text[word].is_ascii_uppercase()
                || self.text[word..stop].iter().any(u8::is_ascii_digit)
            {
                break;
            }
            start = word;
            match self.rules.places.whole(self.text, start, end) {
                Some(Place::City) if !credentials || !self.is_behind_name(start) => return Some(start),
                Some(Place::Shared) => shared = Some(start),
                Some(_) => {}
                None if !self.is_no_place(start, stop) && end - start >= 4 => unknown = Some(start),
                None => {}
            }
            if start < self.lo + 3 || self.text[start - 1] != b' ' {
                break;
            }
        }
        if let Some(start) = shared {
            let told = self.is_behind_preposition(start) || !credentials && (comma || plain);
            return told.then_some(start);
        }
        let start = unknown?;
        let told = self.is_behind_preposition(start);
        (comma && told).then_some(start)
    }

    /// True where a capitalised word that is no preposition stands directly before: `Jane Houston, MD`.
    fn is_behind_name(&self, at: usize) -> bool {
        if at < self.lo + 3 || self.text[at - 1] != b' ' || self.is_behind_preposition(at) {
            return false;
        }
        let end = at - 1 - usize::from(self.text[at - 2] == b'.');
        let start = self.word_start(end);
        start < end && self.text[start].is_ascii_uppercase()
    }

    fn is_behind_preposition(&self, at: usize) -> bool {
        at >= self.lo + 3 && self.text[at - 1] == b' ' && {
            let word = self.word_start(at - 1);
            PREPOSITIONS.iter().any(|row| row.0.eq_ignore_ascii_case(&self.text[word..at - 1]))
        }
    }

    /// Capitalised words at `at` behind a word that ends at `end` and may be a preposition.
    fn behind_preposition(&mut self, end: usize, at: usize) {
        let start = self.word_start(end);
        let word = &self.text[start..end];
        let Some(&(_, kind)) = PREPOSITIONS.iter().find(|row| row.0.eq_ignore_ascii_case(word)) else { return };
        if kind == OF
            && let Some(stop) = self.crossing(start, at)
        {
            self.put(Crossing, at, stop);
            return;
        }
        match self.place_at(at) {
            Some((Place::City, stop)) if kind & (OF | CITY) == 0 || self.speaks_of_living(start, kind) => {
                if !self.goes_on(stop) && !self.is_eponym(stop) {
                    self.put(PlaceName, at, stop);
                }
            }
            Some((Place::Shared, stop))
                if self.speaks_of_living(start, kind) && !self.goes_on(stop) && !self.is_no_place(at, stop) =>
            {
                self.put(PlaceName, at, stop);
            }
            Some((Place::Country | Place::State, _)) => {}
            _ => self.unknown_place(start, at, kind),
        }
    }

    /// Words that no list has: only behind words that speak of living there, or before a postcode.
    fn unknown_place(&mut self, preposition: usize, at: usize, kind: u8) {
        let Some(stop) = self.words_of_name(at) else { return };
        let none = self.is_no_place(at, self.word_end(at)) || self.is_no_place_at_end(at, stop);
        if stop < at + 4 || none || self.is_of_code(at, stop) {
            return;
        }
        if self.speaks_of_living(preposition, kind) {
            let next = self.byte(stop);
            if !matches!(next, b'_' | b'=' | b'/') && (next != b':' || kind & CITY != 0) {
                self.put(PlaceName, at, stop);
            }
            return;
        }
        let code = if kind == IN && self.byte(stop) == b' ' { postcode(self.bounded(), stop + 1) } else { None };
        let year = |it: usize| {
            it - stop == 5
                && matches!(&self.text[stop + 1..stop + 3], b"18" | b"19" | b"20")
                && self.text[it - 1].is_ascii_digit()
        };
        if let Some(code) = code.filter(|it| !year(*it) && *it >= stop + 5 && self.byte(*it) != b':') {
            self.put(AddressTail, at, code);
        }
    }

    /// True for words such as `CopyTools`, but not for `McAllen` or `LaGrange`.
    fn is_of_code(&self, at: usize, end: usize) -> bool {
        /// Letters before the second capital of a place's name.
        const LONGEST: usize = 3;
        let hump = self.masks.hump.next_set(at + 1, end);
        hump.is_some_and(|at| self.text[at - 1].is_ascii_lowercase() && at - self.word_start(at) > LONGEST)
    }

    /// True where one of the words before a preposition at `at` speaks of living somewhere.
    fn speaks_of_living(&self, at: usize, kind: u8) -> bool {
        if kind & DOWNTOWN != 0 {
            return true;
        }
        let mut before = at;
        for _ in 0..REACH {
            let Some(end) = self.masks.word.previous_set_end(before, self.lo) else { return false };
            if before - end > 2 || !self.text[end..before].iter().all(|it| matches!(it, b' ' | b'\n' | b'\r')) {
                return false;
            }
            before = self.word_start(end);
            let word = &self.text[before..end];
            let says = |row: &&(&[u8], u8)| {
                row.1 & kind != 0 && row.0[0] == word[0] | 0x20 && row.0.eq_ignore_ascii_case(word)
            };
            if let Some(row) = LIVING.iter().find(says) {
                return match row.0 {
                    // `year in` is one only behind an ordinal number: `its 10th year in`.
                    b"year" => self.is_ordinal_before(before),
                    // `I'm in`, `I am in`
                    b"m" | b"am" => matches!(self.text[self.lo..before], [.., b'I', b'\'' | b' ']) && end + 1 == at,
                    _ => true,
                };
            }
        }
        false
    }

    fn is_ordinal_before(&self, at: usize) -> bool {
        let before = &self.text[self.lo.max(at.saturating_sub(4))..at];
        matches!(before, [b'0'..=b'9', b't' | b's' | b'n' | b'r', b'h' | b't' | b'd', b' '])
    }

    /// True where a name goes on behind `end`: `Houston Methodist`, but not `Houston Texas`.
    pub(super) fn goes_on(&self, end: usize) -> bool {
        if self.byte(end) != b' '
            || !self.byte(end + 1).is_ascii_uppercase()
            || !self.byte(end + 2).is_ascii_alphabetic()
        {
            return false;
        }
        let word = self.word_end(end + 1);
        let region = matches!(self.place_at(end + 1), Some((Place::State | Place::Country, _)));
        !region && !is_state_abbreviation(&self.text[end + 1..word])
    }

    /// `Rome criteria`, `Glasgow coma scale`.
    fn is_eponym(&self, end: usize) -> bool {
        const KINDS: [&[u8]; 12] = [
            b"criteria",
            b"coma",
            b"scale",
            b"score",
            b"classification",
            b"protocol",
            b"brace",
            b"system",
            b"staging",
            b"consensus",
            b"declaration",
            b"agreement",
        ];
        self.byte(end) == b' ' && KINDS.contains(&&self.text[end + 1..self.word_end(end + 1)])
    }

    /// True where the word `start..end` is a month, a title, a department or another common word.
    pub(super) fn is_no_place(&self, start: usize, end: usize) -> bool {
        let end = end.min(self.word_end(start));
        let word = &self.text[start..end];
        NO_PLACES.has(word)
    }

    fn is_no_place_at_end(&self, start: usize, end: usize) -> bool {
        let last = self.word_start(end);
        last > start && self.is_no_place(last, end)
    }

    /// `Wake County` and `County of Wake`: the word at `at` may be `County` or `Parish`.
    fn county(&mut self, at: usize) {
        let end = self.word_end(at);
        if !matches!(&self.text[at..end], b"County" | b"COUNTY" | b"Parish" | b"PARISH") {
            return;
        }
        if self.text[end.min(self.hi)..self.hi].starts_with(b" of ") {
            if let Some(stop) = self.words_of_name(end + 4) {
                self.put(CountyName, at, stop);
            }
            return;
        }
        // `Wake County Memorial Hospital` is a hospital.
        if self.goes_on(end) {
            return;
        }
        let mut start = at;
        for _ in 0..3 {
            let saint = start > self.lo + 3 && self.text[start - 2] == b'.';
            let stop = start - 1 - usize::from(saint);
            let word = self.word_start(stop);
            let name = word < stop && self.text[word].is_ascii_uppercase() && !self.is_no_place(word, stop);
            let preposition = PREPOSITIONS.iter().any(|row| row.0.eq_ignore_ascii_case(&self.text[word..stop]));
            if !name || preposition || saint && stop - word > 3 {
                break;
            }
            start = word;
            if start < self.lo + 3 || !matches!(self.text[start - 1], b' ' | b'-') {
                break;
            }
        }
        if start < at {
            self.put(CountyName, start, end);
        }
    }
}
