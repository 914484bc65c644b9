//! Addresses in the forms of many countries: the number behind the street's name, units on lines of their own, and what
//! stands below a street. Every look has a small bound.

use super::Finder;
use crate::detect::gazetteer::Place;
use crate::detect::matcher::Matcher::{self, AddressTail, AddressUnit, PlaceName, StreetBehind};
use crate::detect::matcher::{is_state_abbreviation, postcode, street_ending, street_lead, street_suffix, street_word};

/// Words of a street's name, at most.
const STREET_WORDS: usize = 6;
/// Parts of an address behind its street: unit, city, region, country, postcode.
const PARTS: usize = 6;
/// Bytes between two parts, at most.
const WIDEST: usize = 14;

/// How far apart two parts of an address stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    Blank,
    Comma,
    Line,
}

/// What stands behind a street.
#[derive(Default)]
struct Rest {
    unit: Option<(usize, usize)>,
    start: Option<usize>,
    city_end: Option<usize>,
    /// The city is in the list.
    is_known: bool,
    /// The city counts without a region or postcode behind it.
    is_sure: bool,
    /// Behind the last region, country or postcode.
    last: Option<usize>,
    has_postcode: bool,
    /// City, state and ZIP code: they are found by their own shape.
    is_american: bool,
}

impl Finder<'_> {
    /// Makes a candidate of a place that its surroundings tell.
    pub(super) fn put(&mut self, shape: Matcher, start: usize, end: usize) -> Option<usize> {
        let index = self.rules.slots[shape as usize].filter(|it| self.wanted[usize::from(*it)])?;
        self.emit(self.told(index, start, end));
        Some(end)
    }

    /// The longest name of a place that begins at `at`.
    #[inline]
    pub(super) fn place_at(&self, at: usize) -> Option<(Place, usize)> {
        if at >= self.hi { None } else { self.rules.places.longest(self.bounded(), at, self.word_end(at)) }
    }

    /// A number behind a street's name, `Hauptstraße 12`, or behind the word for a part of a building.
    #[inline]
    pub(super) fn behind_name(&mut self, at: usize) -> Option<usize> {
        if self.previous(at) != b' ' || at < self.lo + 4 {
            return None;
        }
        let last = self.text[at - 2];
        if !(last.is_ascii_alphabetic() || last >= 0x80 || matches!(last, b'.' | b',')) {
            return None;
        }
        let stop = at - 1 - usize::from(last == b',');
        let word = self.word_start(stop - usize::from(self.text[stop - 1] == b'.'));
        if self.may_name_street(word, stop) { self.numbered(at, stop) } else { None }
    }

    /// False for nearly all words `start..stop` that are no part of an address, whatever stands before them.
    #[inline]
    pub(super) fn may_name_street(&self, start: usize, stop: usize) -> bool {
        let word = &self.text[start..stop - usize::from(self.text[stop - 1] == b'.')];
        match word {
            [b'a'..=b'z', ..] => street_word(word) || matches!(word, b"apt" | b"apartment"),
            [b'A'..=b'Z', ..] => {
                let before = if start > self.lo + 1 { &self.text[start - 2..start] } else { &[] };
                let follows =
                    matches!(before, [b, b' ' | b'-'] if b.is_ascii_alphanumeric() || *b >= 0x80 || *b == b'.');
                follows || street_ending(word) || matches!(word[0], b'A' | b'S')
            }
            _ => true,
        }
    }

    /// The same where the word that ends at `stop` may be a part of an address.
    fn numbered(&mut self, at: usize, stop: usize) -> Option<usize> {
        let end = self.word_end(at);
        if !self.may_be_house(at, end) {
            return None;
        }
        if let Some(start) = self.unit_start(stop) {
            return self.unit(start);
        }
        let start = self.street_start(stop, end)?;
        self.put(StreetBehind, start, end)?;
        Some(self.rest_of_address(end))
    }

    /// A line that begins with a number, has any name and goes on as an address does: `4400 Belmont Park N, Nashville TN`,
    /// `1230 Woodward Heights, Suite 4`. A suffix may have slipped into the next line.
    pub(super) fn street_by_company(&mut self, at: usize, end: usize) -> Option<usize> {
        let begins = matches!(self.previous(at), 0 | b' ' | b'\n' | b'(' | b'>' | b'\t' | b'"' | b'|');
        if !begins || !self.may_be_house(at, end) {
            return None;
        }
        let mut stop = self.words_of_name(end + 1)?;
        if let Some((start, Gap::Line)) = self.gap_behind(stop) {
            let suffix = self.word_end(start);
            if self.text[start].is_ascii_uppercase() && street_suffix(&self.text[start..suffix]) {
                stop = suffix;
            }
        }
        let rest = self.parse_rest(stop);
        let comma = self.byte(stop) == b',';
        let company = rest.unit.is_some() || rest.is_american || comma && rest.city_end.is_some() && rest.is_known;
        company.then(|| self.put(StreetBehind, at, stop))??;
        Some(self.rest_of_address(stop))
    }

    /// With a number before it, a street that begins at `at`: `935 69 Gordon Terrace`.
    pub(super) fn with_number_before(&mut self, at: usize, end: usize) {
        let start = self.with_house_number(at);
        if start < at {
            self.put(StreetBehind, start, end);
        }
    }

    /// False for years, parts of dates and of decimals, and percentages.
    fn may_be_house(&self, at: usize, end: usize) -> bool {
        let digits = &self.text[at..end];
        if !digits.first().is_some_and(u8::is_ascii_digit) {
            return false;
        }
        let year = digits.len() == 4 && matches!(digits, [b'1', b'8' | b'9', ..] | [b'2', b'0', ..]);
        let next = self.byte(end);
        let joined = matches!(next, b'.' | b',') && self.byte(end + 1).is_ascii_digit();
        digits.len() <= 5 && !year && !joined && !matches!(next, b'%' | b':' | b'/' | b'-' | b'_' | b'=')
    }

    /// Where `Apt.` or `Suite` before a number begins: `stop` is behind it.
    fn unit_start(&self, stop: usize) -> Option<usize> {
        let end = stop - usize::from(self.text[stop - 1] == b'.');
        let start = self.word_start(end);
        let word = &self.text[start..end];
        let known = match word.first()? {
            b'A' | b'a' => word.eq_ignore_ascii_case(b"apt") || word.eq_ignore_ascii_case(b"apartment"),
            b'S' => matches!(word, b"Suite" | b"SUITE") && !self.text[self.lo..start].ends_with(b"Test "),
            _ => false,
        };
        known.then_some(start)
    }

    fn unit(&mut self, start: usize) -> Option<usize> {
        let index = self.rules.slots[AddressUnit as usize]?;
        let end = self.stands(index, start)?;
        self.put(AddressUnit, start, end)?;
        Some(self.rest_of_address(end))
    }

    /// Where the street begins whose name ends at `stop` and whose number ends at `end`.
    fn street_start(&self, stop: usize, end: usize) -> Option<usize> {
        let (mut cursor, mut nearest, mut typed) = (stop, None, false);
        for count in 0..STREET_WORDS {
            let word_end = cursor - usize::from(self.text[cursor - 1] == b'.');
            let start = self.word_start(word_end);
            let word = &self.text[start..word_end];
            let first = *word.first()?;
            let capital = first.is_ascii_uppercase() || first >= 0x80;
            if count == 0 {
                typed = word.len() <= 8 && street_word(word);
                if !capital && !typed {
                    return None;
                }
                if street_ending(word) {
                    return Some(self.with_house_number(start));
                }
            } else if typed {
                return capital.then(|| self.with_house_number(start));
            } else if street_lead(word) {
                return Some(self.with_house_number(start));
            } else if first.is_ascii_digit() {
                // The number behind the name may look like a year there.
                let house = word.len() <= 5 && word.iter().all(u8::is_ascii_digit) && nearest.is_some();
                return (house && self.is_address_behind(end)).then_some(start);
            } else if !capital && !is_particle(word) {
                return None;
            }
            nearest = Some(start);
            if start < self.lo + 3 || !matches!(self.text[start - 1], b' ' | b'-') {
                return None;
            }
            cursor = start - 1;
            let before = self.text[cursor - 1];
            if !(before.is_ascii_alphanumeric() || before >= 0x80 || before == b'.') {
                return None;
            }
        }
        None
    }

    /// With a number directly before the name: `31 Via Roma 5`.
    fn with_house_number(&self, start: usize) -> usize {
        if self.previous(start) != b' ' || start < self.lo + 2 || !self.text[start - 2].is_ascii_digit() {
            return start;
        }
        let number = self.masks.digit.run_start(start - 1, self.lo);
        let alone = matches!(self.previous(number), 0 | b' ' | b'\n' | b'>' | b'\t');
        if alone && start - number <= 6 { number } else { start }
    }

    /// `12 rue de Rivoli`: the number `at..end` before a street's name that begins with its kind.
    pub(super) fn street_of_other_languages(&mut self, at: usize, end: usize) -> Option<usize> {
        let word = self.word_end(end + 1);
        if end - at > 5 || !street_lead(&self.text[end + 1..word]) || word - end > 12 {
            return None;
        }
        let start = word + usize::from(self.byte(word) == b'.');
        let named = (self.byte(start) == b' ').then(|| self.words_of_name(start + 1))?;
        let named = named.or_else(|| self.words_of_a_rue(end + 1, start + 1));
        let stop = named.filter(|stop| *stop > start + 3)?;
        self.put(StreetBehind, self.with_house_number(at), stop)?;
        Some(self.rest_of_address(stop))
    }

    /// `26 rue des martyrs`: behind an article and a word in lower case at `at`, which many a French street is called,
    /// and a name that may follow. The word for its kind is at `kind`.
    fn words_of_a_rue(&self, kind: usize, at: usize) -> Option<usize> {
        const KINDS: [&[u8]; 5] = [b"rue", b"impasse", b"chemin", b"quai", b"boulevard"];
        const ARTICLES: [&[u8]; 6] = [b"de la ", b"de l'", b"des ", b"du ", b"de ", b"d'"];
        if !KINDS.iter().any(|it| it.eq_ignore_ascii_case(&self.text[kind..self.word_end(kind)])) {
            return None;
        }
        let rest = &self.bounded()[at..];
        let start = at + ARTICLES.iter().find(|it| rest.starts_with(it))?.len();
        let stop = self.word_end(start.min(self.hi));
        let word = &self.text[start..stop];
        let whole = word.len() > 3 && word.iter().all(|it| it.is_ascii_lowercase() || *it >= 0x80);
        let name = || if self.byte(stop) == b' ' { self.words_of_name(stop + 1) } else { None };
        whole.then(|| name().unwrap_or(stop))
    }

    /// Behind up to five capitalised words that begin at `at`, particles between them.
    pub(super) fn words_of_name(&self, at: usize) -> Option<usize> {
        let (mut start, mut end) = (at, None);
        for _ in 0..5 {
            let stop = self.word_end(start.min(self.hi));
            let word = self.text.get(start..stop)?;
            let Some(&first) = word.first() else { break };
            let capital = first.is_ascii_uppercase() || first >= 0x80;
            if word.iter().any(u8::is_ascii_digit) || self.masks.digit.has(stop) || !capital && !is_particle(word) {
                break;
            }
            if capital {
                end = Some(stop);
            }
            let saint = matches!(word, b"St" | b"Ste" | b"Mt" | b"Ft") && self.byte(stop) == b'.';
            let joint = stop + usize::from(saint);
            match self.byte(joint) {
                b' ' | b'-' => start = joint + 1,
                b'\'' if self.byte(joint + 1) != b's' => start = joint + 1,
                _ => break,
            }
        }
        end
    }

    /// True where a unit, or a city with its postcode, follows.
    fn is_address_behind(&self, end: usize) -> bool {
        let rest = self.parse_rest(end);
        rest.unit.is_some() || rest.city_end.is_some() && rest.has_postcode
    }

    /// Takes what follows a street that ends at `end`; where it ends.
    pub(super) fn rest_of_address(&mut self, end: usize) -> usize {
        let rest = self.parse_rest(end);
        let mut stop = end;
        if let Some((start, end)) = rest.unit {
            self.put(AddressUnit, start, end);
            stop = end;
        }
        if rest.is_american {
            return stop;
        }
        let (shape, until) = match (rest.last, rest.city_end) {
            (Some(last), city) if city.is_some() || rest.has_postcode => (AddressTail, last),
            (None, Some(city)) if rest.is_sure => (PlaceName, city),
            _ => return stop,
        };
        rest.start.and_then(|start| self.put(shape, start, until)).unwrap_or(stop)
    }

    fn parse_rest(&self, end: usize) -> Rest {
        let mut rest = Rest::default();
        let mut at = end;
        for _ in 0..PARTS {
            let Some((start, gap)) = self.gap_behind(at) else { break };
            let Some(behind) = self.part(start, gap, &mut rest) else { break };
            if rest.has_postcode || rest.is_american {
                break;
            }
            at = behind;
        }
        rest
    }

    /// One part of an address that begins at `at`; where it ends.
    fn part(&self, at: usize, gap: Gap, rest: &mut Rest) -> Option<usize> {
        if rest.unit.is_none()
            && rest.start.is_none()
            && matches!(self.text[at], b'A' | b'a' | b'S' | b's' | b'U' | b'u')
            && let Some(end) = self.rules.slots[AddressUnit as usize].and_then(|it| self.stands(it, at))
        {
            rest.unit = Some((at, end));
            return Some(end);
        }
        let named = self.place_at(at);
        if let Some((Place::Country | Place::State, end)) = named
            && self.text[at].is_ascii_uppercase()
        {
            rest.start = rest.start.or(Some(at));
            rest.last = Some(end);
            return Some(end);
        }
        if let Some(end) = postcode(self.bounded(), at).filter(|_| gap != Gap::Blank || rest.start.is_some()) {
            return self.postcode_part(at, end, rest);
        }
        if rest.city_end.is_none() && rest.last.is_none() {
            return if gap == Gap::Blank && rest.unit.is_none() { None } else { self.city_part(at, gap, rest) };
        }
        self.region_part(at, rest).or_else(|| self.unknown_region(at, gap, rest))
    }

    /// A line of a capitalised word and a postcode.
    fn unknown_region(&self, at: usize, gap: Gap, rest: &mut Rest) -> Option<usize> {
        let named = (gap == Gap::Line).then(|| self.words_of_name(at))?;
        let end = named.filter(|it| self.byte(*it) == b' ').and_then(|it| postcode(self.bounded(), it + 1))?;
        if !matches!(self.byte(end), 0 | b'\n' | b'\r') {
            return None;
        }
        (rest.last, rest.has_postcode) = (Some(end), true);
        Some(end)
    }

    fn postcode_part(&self, at: usize, end: usize, rest: &mut Rest) -> Option<usize> {
        if rest.start.is_some() {
            (rest.last, rest.has_postcode) = (Some(end), true);
            return Some(end);
        }
        // Before the city, where it stands in most of Europe.
        let city = (self.byte(end) == b' ').then(|| self.words_of_name(end + 1)).flatten()?;
        (rest.start, rest.city_end, rest.last, rest.has_postcode) = (Some(at), Some(city), Some(city), true);
        Some(city)
    }

    fn city_part(&self, at: usize, gap: Gap, rest: &mut Rest) -> Option<usize> {
        let known = self.place_at(at).filter(|_| self.text[at].is_ascii_uppercase());
        let end = known.map(|it| it.1).or_else(|| self.words_of_name(at))?;
        let next = self.byte(end);
        if matches!(next, b':' | b'=' | b'_') || self.is_no_place(at, end) {
            return None;
        }
        let closes = matches!(next, 0 | b'\n' | b'\r' | b')' | b'.' | b';' | b'"' | b',') && end - at >= 4;
        rest.is_known = matches!(known, Some((Place::City | Place::Shared, _)));
        rest.is_sure = match known {
            Some((Place::City, _)) => !self.goes_on(end),
            _ => gap == Gap::Comma && closes,
        };
        (rest.start, rest.city_end) = (Some(at), Some(end));
        Some(end)
    }

    /// A state's or region's letters.
    fn region_part(&self, at: usize, rest: &mut Rest) -> Option<usize> {
        let end = self.word_end(at.min(self.hi - 1));
        let word = &self.text[at..end];
        if !matches!(word.len(), 2 | 3) || !word.iter().all(u8::is_ascii_alphabetic) {
            return None;
        }
        let behind = self.gap_behind(end).and_then(|(start, _)| postcode(self.bounded(), start).map(|it| (start, it)));
        let upper = word.iter().all(u8::is_ascii_uppercase);
        if let Some((start, stop)) = behind {
            rest.is_american = is_state_abbreviation(word)
                && stop - start >= 5
                && self.text[start..start + 5].iter().all(u8::is_ascii_digit);
            (rest.last, rest.has_postcode) = (Some(stop), true);
            return Some(stop);
        }
        rest.is_sure |= upper && is_state_abbreviation(word);
        upper.then_some(end)
    }

    /// Where the next part of an address begins behind `at`: over blanks, one comma, one line end and the marks of a
    /// quoted mail.
    fn gap_behind(&self, at: usize) -> Option<(usize, Gap)> {
        let (mut start, mut gap) = (at, Gap::Blank);
        while start < at + WIDEST {
            match self.byte(start) {
                b' ' | b'\t' => {}
                b',' if gap != Gap::Comma => gap = if gap == Gap::Line { gap } else { Gap::Comma },
                b'\r' if self.byte(start + 1) == b'\n' => {}
                b'\n' if gap != Gap::Line => gap = Gap::Line,
                b'>' if gap == Gap::Line => {}
                0 => return None,
                _ if start == at => return None,
                _ => return Some((start, gap)),
            }
            start += 1;
        }
        None
    }
}

fn is_particle(word: &[u8]) -> bool {
    const PARTICLES: [&[u8]; 26] = [
        b"de", b"del", b"della", b"delle", b"dei", b"di", b"da", b"do", b"dos", b"das", b"la", b"le", b"les", b"los",
        b"las", b"el", b"du", b"des", b"der", b"den", b"van", b"von", b"nad", b"sur", b"y", b"z",
    ];
    PARTICLES.contains(&word)
}
