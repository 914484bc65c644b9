//! Values in words and simple codes that fill a cell. Found by the regex they equal: patterns name no shape for them,
//! because nothing but a label or cue leads to them.

use super::{Run, byte, digits, route, street};
use crate::detect::packed::{leading_letters, pack};

/// A shape's name, its normative regex (case told apart) and the matcher that equals it.
const CELLS: [(&str, &str, Run); 9] = [
    (
        "name",
        r"[A-Za-z\x80-\xFF][A-Za-z\x80-\xFF.'-]{0,30}[0-9]{0,3}(?:(?:, ?| |\^{1,3})[A-Za-z\x80-\xFF][A-Za-z\x80-\xFF.'-]{0,30}[0-9]{0,3}){0,5}",
        name,
    ),
    ("name_part", r"[A-Z][A-Za-z\x80-\xFF'-]{1,30}[0-9]{0,3}(?: [A-Z][A-Za-z\x80-\xFF'-]{1,30}[0-9]{0,3})?", name_part),
    (
        "city",
        r"[A-Za-z\x80-\xFF][A-Za-z\x80-\xFF.'-]{1,30}(?:,? {1,2}[A-Za-z\x80-\xFF(][A-Za-z\x80-\xFF.'()-]{0,30}){0,5}",
        city,
    ),
    (
        "address_line",
        r"[A-Za-z0-9#\x80-\xFF][A-Za-z0-9\x80-\xFF.,'#/&()-]{0,30}(?: {1,2}[A-Za-z0-9#\x80-\xFF.,'/&()-]{1,30}){1,12}",
        address_line,
    ),
    ("icd10_short", r"[A-Z][0-9][0-9AB][0-9A-Z]{0,4}", icd10_short),
    (
        "phone_other",
        r"(?:00[1-9][0-9]{0,2}[-. ]?)?(?:\([0-9]{1,5}\) ?|[0-9]{2,5}[-. /])[0-9]{2,9}(?:[-. /][0-9]{2,9}){0,4}",
        phone_other,
    ),
    ("nine_digits", r"[0-9]{9}", |text, at| super::exactly(text, at, 9)),
    ("long_number", r"[0-9]{7,15}", |text, at| Some(digits(text, at, 15)).filter(|end| end - at >= 7)),
    (
        "street_grid",
        r"[0-9]{1,6} (?:(?:N|S|E|W|NE|NW|SE|SW)\.? )?(?:US Highway|US Hwy|US Route|State Route|State Road|State Highway|County Road|County Rd|County Highway|County Route|Highway|Hwy|Route|Rte|Rural Route|RR|Broadway|Calle|Avenida|Avenue|Ave|FM|CR|SR)(?: #?[0-9A-Z][0-9A-Za-z-]{0,8})?(?:,? (?:[Aa]pt|APT|[Aa]partment|APARTMENT|[Uu]nit|UNIT|[Ss]uite|SUITE|[Ss]te|STE|[Rr]oom|[Rr]m|[Ff]loor|[Ff]l|[Bb]ldg|[Ll]ot|#)\.? ?#?[0-9A-Za-z-]{1,6})?",
        route::grid,
    ),
];

/// The name of a shape and the matcher that equals a regex, if there is one.
pub fn of_regex(regex: &str) -> Option<(&'static str, Run)> {
    let cell = CELLS.iter().find(|row| row.1 == regex).map(|row| (row.0, row.2));
    cell.or_else(|| street::of_regex(regex).map(|run| ("street", run)))
}

/// The classes of a byte.
pub(super) mod class {
    /// A letter, or part of one.
    pub const LETTER: u8 = 1;
    /// Inside a part of a name.
    pub const PART: u8 = 2;
    /// Inside a name.
    pub const NAME: u8 = 4;
    /// At the start of a later word of a city's name.
    pub const CITY_FIRST: u8 = 8;
    /// Inside one.
    pub const CITY: u8 = 16;
    /// At the start of an address.
    pub const LINE_FIRST: u8 = 32;
    /// Inside one.
    pub const LINE: u8 = 64;
}

const CLASS: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let words = class::PART | class::NAME | class::CITY;
        table[byte] = match byte as u8 {
            b'A'..=b'Z' | b'a'..=b'z' | 0x80.. => !0,
            b'0'..=b'9' | b'#' => class::LINE_FIRST | class::LINE,
            b'\'' | b'-' => words | class::LINE,
            b'.' => class::NAME | class::CITY | class::LINE,
            b'(' => class::CITY_FIRST | class::CITY | class::LINE,
            b')' => class::CITY | class::LINE,
            b',' | b'/' | b'&' => class::LINE,
            _ => 0,
        };
        byte += 1;
    }
    table
};

#[inline]
fn is(byte: u8, class: u8) -> bool {
    CLASS[usize::from(byte)] & class != 0
}

/// Behind the bytes of a class at `at`, at most `most` of them.
#[inline]
pub(super) fn run(text: &[u8], at: usize, most: usize, class: u8) -> usize {
    let rest = &text[at..text.len().min(at + most)];
    // Letters are in every class.
    let mut end = match rest.first_chunk::<8>() {
        Some(eight) => leading_letters(u64::from_le_bytes(*eight)),
        None => pack(rest).map_or(0, |[low, _]| leading_letters(low)),
    };
    while end < rest.len() && is(rest[end], class) {
        end += 1;
    }
    at + end
}

/// A letter, what may follow inside a name, up to three digits.
#[inline]
fn name_word(text: &[u8], at: usize) -> Option<usize> {
    if !is(byte(text, at), class::LETTER) {
        return None;
    }
    let end = run(text, at + 1, 30, class::NAME);
    Some(digits(text, end, 3))
}

fn name(text: &[u8], at: usize) -> Option<usize> {
    let mut end = name_word(text, at)?;
    for _ in 0..5 {
        let next = match byte(text, end) {
            b' ' => end + 1,
            b',' => end + 1 + usize::from(byte(text, end + 1) == b' '),
            b'^' => (end + 1..end + 3).find(|it| byte(text, *it) != b'^').unwrap_or(end + 3),
            _ => break,
        };
        let Some(behind) = name_word(text, next) else { break };
        end = behind;
    }
    Some(end)
}

#[inline]
fn capitalised(text: &[u8], at: usize) -> Option<usize> {
    if !byte(text, at).is_ascii_uppercase() {
        return None;
    }
    let end = run(text, at + 1, 30, class::PART);
    (end > at + 1).then(|| digits(text, end, 3))
}

fn name_part(text: &[u8], at: usize) -> Option<usize> {
    let end = capitalised(text, at)?;
    let second = if byte(text, end) == b' ' { capitalised(text, end + 1) } else { None };
    Some(second.unwrap_or(end))
}

fn city(text: &[u8], at: usize) -> Option<usize> {
    if !is(byte(text, at), class::LETTER) {
        return None;
    }
    let mut end = run(text, at + 1, 30, class::NAME);
    if end == at + 1 {
        return None;
    }
    for _ in 0..5 {
        let blank = end + usize::from(byte(text, end) == b',');
        if byte(text, blank) != b' ' {
            break;
        }
        let word = blank + 1 + usize::from(byte(text, blank + 1) == b' ');
        if !is(byte(text, word), class::CITY_FIRST) {
            break;
        }
        end = run(text, word + 1, 30, class::CITY);
    }
    Some(end)
}

fn address_line(text: &[u8], at: usize) -> Option<usize> {
    if !is(byte(text, at), class::LINE_FIRST) {
        return None;
    }
    let mut end = run(text, at + 1, 30, class::LINE);
    for word in 0..12 {
        let blank = byte(text, end) == b' ';
        let start = end + 1 + usize::from(byte(text, end + 1) == b' ');
        if !blank || !is(byte(text, start), class::LINE) {
            return (word > 0).then_some(end);
        }
        end = run(text, start + 1, 29, class::LINE);
    }
    Some(end)
}

fn icd10_short(text: &[u8], at: usize) -> Option<usize> {
    let category = byte(text, at).is_ascii_uppercase()
        && byte(text, at + 1).is_ascii_digit()
        && matches!(byte(text, at + 2), b'0'..=b'9' | b'A' | b'B');
    let fits = |it: &usize| byte(text, at + it).is_ascii_digit() || byte(text, at + it).is_ascii_uppercase();
    category.then(|| at + 3 + (3..7).take_while(fits).count())
}

/// Groups of digits, perhaps behind an international prefix that takes as many digits as the rest can spare.
fn phone_other(text: &[u8], at: usize) -> Option<usize> {
    if text[at..].starts_with(b"00") && matches!(byte(text, at + 2), b'1'..=b'9') {
        let prefixed = |end: usize| {
            let separated = matches!(byte(text, end), b'-' | b'.' | b' ');
            let behind = if separated { phone_groups(text, end + 1) } else { None };
            behind.or_else(|| phone_groups(text, end))
        };
        if let Some(end) = (at + 3..=digits(text, at + 3, 2)).rev().find_map(prefixed) {
            return Some(end);
        }
    }
    phone_groups(text, at)
}

fn phone_groups(text: &[u8], at: usize) -> Option<usize> {
    let separator = |at: usize| matches!(byte(text, at), b'-' | b'.' | b' ' | b'/');
    let group = |at: usize| Some(digits(text, at, 9)).filter(|end| end - at >= 2);
    let first = if byte(text, at) == b'(' {
        let end = digits(text, at + 1, 5);
        if end == at + 1 || byte(text, end) != b')' {
            return None;
        }
        end + 1 + usize::from(byte(text, end + 1) == b' ')
    } else {
        Some(digits(text, at, 5)).filter(|end| end - at >= 2 && separator(*end))? + 1
    };
    let mut end = group(first)?;
    for _ in 0..4 {
        let next = if separator(end) { group(end + 1) } else { None };
        let Some(next) = next else { break };
        end = next;
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pieces that such values are made of, and some that they are not.
    const PIECES: [&str; 42] = [
        "a",
        "B",
        "é",
        "Doe",
        "JANE",
        "O'Neil",
        "-",
        ".",
        "'",
        ",",
        ", ",
        " ",
        "  ",
        "^",
        "^^",
        "^^^",
        "^^^^",
        "0",
        "7",
        "42",
        "1234567",
        "#",
        "/",
        "&",
        "(",
        ")",
        "A1",
        "E119",
        "Z3A",
        "_",
        ":",
        "\"",
        "St. ",
        "van ",
        "de",
        "Abcdefghij",
        "abcdefghijklmnopqrstuvwxyzabcde",
        "123456789",
        "\u{ff}",
        "00",
        "/",
        "12",
    ];

    #[test]
    fn matchers_equal_their_regexes() {
        // A few kinds of pieces in each value, so that many come close.
        let make = |random: &mut dyn FnMut(usize) -> usize| {
            let kinds = [0; 5].map(|_| PIECES[random(PIECES.len())]);
            (0..=random(14)).map(|_| kinds[random(kinds.len())]).collect()
        };
        for (_, text, run) in CELLS.into_iter().filter(|row| row.0 != "street_grid") {
            super::super::testing::assert_equal(text, run, make);
        }
    }

    #[test]
    fn grids_equal_their_regex() {
        let names =
            ["Highway", "US Hwy", "State Road", "Ave", "Avenue", "Avenida", "RR", "FM", "Calle", "S", "NE.", "N"];
        let others = ["9", "#12", "A1", "Norte", "Apt", "Unit 4", ", ", " ", "  ", "#", "12B", "x", "."];
        let make = |random: &mut dyn FnMut(usize) -> usize| {
            let mut value = format!("{} ", ["1", "385", "1234567", "77"][random(4)]);
            for index in 0..random(6) {
                let row: &[&str] = if index < 2 && random(4) > 0 { &names } else { &others };
                value.push_str(row[random(row.len())]);
                value.push_str(["", " ", " ", " "][random(4)]);
            }
            value
        };
        let (_, text, run) = CELLS[8];
        super::super::testing::assert_equal(text, run, make);
    }

    #[test]
    fn every_regex_is_a_pattern_files() {
        for (_, regex, _) in CELLS {
            let of = |it: &&phisift_patterns::File| {
                let file: crate::detect::ruleset::schema::PatternFile = toml::from_str(it.text).expect("the schema");
                file.regex == regex
            };
            let mut files = phisift_patterns::identifiers().filter(|it| it.path != "context.toml");
            assert!(files.find(|it| of(it)).is_some(), "{regex}");
        }
    }
}
