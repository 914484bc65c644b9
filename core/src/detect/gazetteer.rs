//! Names of places, hashed: whether words are a city's, a country's or a state's name. Holds no text.

use super::words::{PhraseTable, chain, word_hash};
use crate::{Error, ErrorKind};

/// Words of a name, at most.
const MOST_WORDS: usize = 5;
/// Bytes of a word, at most.
const LONGEST_WORD: usize = 32;

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A city whose name is hardly anything else.
    City,
    /// A city whose name is also a person's or a common word.
    Shared,
    /// A country or a larger region: no identifier by itself.
    Country,
    /// A state: no identifier by itself either.
    State,
}

/// The sections of the file, by the number of what they hold.
const SECTIONS: [(&str, Place); 4] =
    [("[city]", Place::City), ("[shared]", Place::Shared), ("[country]", Place::Country), ("[state]", Place::State)];

/// The names of `place/places.txt`.
#[derive(Debug)]
pub struct Gazetteer {
    table: PhraseTable,
}

impl Gazetteer {
    /// The built-in names.
    ///
    /// # Errors
    /// Kind `Pattern` where the file has a name outside its sections.
    pub fn builtin() -> Result<Gazetteer, Error> {
        let text = phisift_patterns::file("place/places.txt").map_or("", |file| file.text);
        let (mut rows, mut beginnings, mut first) = (Vec::new(), Vec::new(), Vec::new());
        let mut section = None;
        for line in text.lines().filter(|it| !it.is_empty() && !it.starts_with('#')) {
            if line.starts_with('[') {
                section = SECTIONS.iter().position(|row| row.0 == line);
                continue;
            }
            let wrong = || Error::new(ErrorKind::Pattern, "place/places.txt: a name outside a section".to_owned());
            let value = section.ok_or_else(wrong)? as u32;
            for name in line.split(',').map(|it| it.trim().as_bytes()) {
                let Some((start, mut at)) = word(name, 0, true) else { continue };
                let mut key = word_hash(name, start, at);
                first.push(key);
                while let Some((start, end)) = word(name, at, false) {
                    beginnings.push(key);
                    key = chain(key, word_hash(name, start, end));
                    at = end;
                }
                rows.push((key, value));
            }
        }
        Ok(Gazetteer { table: PhraseTable::new(&rows, &beginnings, first.into_iter()) })
    }

    /// The longest name that begins with the word `at..end`, and where it ends.
    #[inline]
    pub fn longest(&self, text: &[u8], at: usize, end: usize) -> Option<(Place, usize)> {
        if at >= end || end > text.len() {
            return None;
        }
        let first = word_hash(text, at, end);
        if !self.table.may_begin(first) {
            return None;
        }
        let mut ends = [end; MOST_WORDS + 1];
        let next = |index: usize| {
            let (start, end) = if index < MOST_WORDS { word(text, ends[index - 1], false)? } else { return None };
            ends[index] = end;
            Some(word_hash(text, start, end))
        };
        let (value, len) = self.table.longest(first, next)?;
        Some((SECTIONS[value as usize].1, ends[len - 1]))
    }

    /// What the words `start..end` are the name of.
    pub fn whole(&self, text: &[u8], start: usize, end: usize) -> Option<Place> {
        let first = word(&text[..end], start, true)?.1;
        self.longest(&text[..end], start, first).filter(|it| it.1 == end).map(|it| it.0)
    }
}

/// The word at `at`; behind another one, what may part the words of a name is passed over.
fn word(text: &[u8], at: usize, first: bool) -> Option<(usize, usize)> {
    let mut start = at;
    if !first {
        start += match text.get(at)? {
            b'.' if text.get(at + 1) == Some(&b' ') => 2,
            b'\r' if text.get(at + 1) == Some(&b'\n') => 2,
            b' ' | b'-' | b'\'' | b'\n' | b'.' => 1,
            _ => return None,
        };
    }
    let rest = text.get(start..text.len().min(start + LONGEST_WORD))?;
    let len = rest.iter().position(|it| !it.is_ascii_alphanumeric() && *it < 0x80).unwrap_or(rest.len());
    (len > 0).then_some((start, start + len))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_as_long_as_they_are() {
        let names = Gazetteer::builtin().expect("the built-in names");
        let found = |text: &str| {
            let first = word(text.as_bytes(), 0, true)?.1;
            names.longest(text.as_bytes(), 0, first).map(|(place, end)| (place, text[..end].to_owned()))
        };
        assert_eq!(found("Chapel Hill NC"), Some((Place::City, "Chapel Hill".to_owned())));
        assert_eq!(found("Winston-Salem."), Some((Place::City, "Winston-Salem".to_owned())));
        assert_eq!(found("Coeur d'Alene"), Some((Place::City, "Coeur d'Alene".to_owned())));
        assert_eq!(found("St. Louis"), Some((Place::City, "St. Louis".to_owned())));
        assert_eq!(found("Jackson"), Some((Place::Shared, "Jackson".to_owned())));
        assert_eq!(found("New Zealand 8"), Some((Place::Country, "New Zealand".to_owned())));
        assert_eq!(found("Chapel"), None);
        assert_eq!(names.whole(b"Lagos x", 0, 5), Some(Place::City));
    }

    #[test]
    fn there_are_enough_of_them() {
        let text = phisift_patterns::file("place/places.txt").expect("the file").text;
        let cities = text.split("[country]").next().expect("what stands before the countries");
        assert!(cities.split(',').count() >= 1_100);
    }
}
