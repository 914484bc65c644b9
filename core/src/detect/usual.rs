//! Values in their usual form, told at one look: shape, check and lists of published values together.
//!
//! What is told here is what matcher, validator and known-test list say one after the other, which a property test
//! proves. Whatever is not usual is left to them.

use super::packed::{all, digits, equal, is_number, letters, pack};
use super::validate::{is_icd10, is_no_name};

/// What a usual value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usual {
    /// Of the shape, accepted by the check, somebody's.
    Plain,
    /// The same, but nobody's: published for documentation or testing.
    KnownTest,
}

/// Tells a whole value, where it is usual.
pub type Look = fn(&[u8]) -> Option<Usual>;

/// Shape, check, entity (any that has no list of published values, where none is named) and look.
const LOOKS: [(&str, &str, Option<&str>, Look); 16] = [
    ("ssn", "ssn", Some("us_ssn"), ssn),
    ("date_iso", "date_ymd", None, year_first),
    ("date_slash", "date_mdy_or_dmy", None, year_last),
    ("date_slash", "date_mdy", None, year_last),
    ("phone_us", "nanp", Some("phone"), phone),
    ("phone_us", "nanp", Some("fax"), phone),
    ("npi", "npi", Some("us_npi"), npi),
    ("zip", "zip", Some("zip_code"), zip),
    ("id_token", "id_4_40", None, id),
    ("id_token", "id_5_40", None, id),
    ("id_token", "id_5_20", None, id),
    ("name", "person_name", None, name),
    ("city", "", None, city),
    ("email", "email", Some("email"), email),
    ("icd10", "icd10", None, icd10),
    ("icd10_short", "icd10", None, icd10_short),
];

/// The look for patterns of that shape, check and entity, if there is one.
pub fn look(shape: &str, check: &str, entity: &str) -> Option<Look> {
    let listed = super::validate::known_test::of(entity).is_some();
    let fits = |row: &&(&str, &str, Option<&str>, Look)| {
        let entity = row.2.map_or(!listed, |named| named == entity);
        row.0 == shape && row.1 == check && entity
    };
    LOOKS.iter().find(fits).map(|row| row.3)
}

/// The number of digits in a row.
#[inline]
fn number(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit & 15))
}

/// `123-45-6788`
fn ssn(value: &[u8]) -> Option<Usual> {
    let value: &[u8; 11] = value.try_into().ok()?;
    let [low, high] = pack(value)?;
    // The dashes as zeros.
    const LOW: u64 = 0x001d_0000_1d00_0000;
    let dashed = value[3] == b'-' && value[6] == b'-';
    if !dashed || !is_number(low ^ LOW) || digits(high) != 0x0080_8080 {
        return None;
    }
    let (area, group, serial) = (number(&value[..3]), number(&value[4..6]), number(&value[7..]));
    let valid = area != 0 && area != 666 && area < 900 && group != 0 && serial != 0;
    // Published ones, and rows of one digit.
    let other = !matches!(area, 78 | 219 | 457 | 123) && number(&value[..2]) != number(&value[1..3]);
    (valid && other).then_some(Usual::Plain)
}

/// `2024-01-05`, on the 30th at the latest.
fn year_first(value: &[u8]) -> Option<Usual> {
    let value: &[u8; 10] = value.try_into().ok()?;
    let [low, high] = pack(value)?;
    const LOW: u64 = 0x1d00_001d_0000_0000;
    let dashed = value[4] == b'-' && value[7] == b'-';
    if !dashed || !is_number(low ^ LOW) || digits(high) != 0x8080 {
        return None;
    }
    exists(number(&value[..2]), number(&value[5..7]), number(&value[8..]))
}

/// `01/05/2024`, on the 30th at the latest.
fn year_last(value: &[u8]) -> Option<Usual> {
    let value: &[u8; 10] = value.try_into().ok()?;
    let [low, high] = pack(value)?;
    const LOW: u64 = 0x0000_1f00_001f_0000;
    let slashed = value[2] == b'/' && value[5] == b'/';
    if !slashed || !is_number(low ^ LOW) || digits(high) != 0x8080 {
        return None;
    }
    exists(number(&value[6..8]), number(&value[..2]), number(&value[3..5]))
}

fn exists(century: u32, month: u32, day: u32) -> Option<Usual> {
    let last = if month == 2 { 28 } else { 30 };
    let exists = matches!(century, 19 | 20) && matches!(month, 1..=12) && (1..=last).contains(&day);
    exists.then_some(Usual::Plain)
}

/// `(919) 555-2014`, `919-555-2014`, `919.555.2014`, `+1-919-555-2014`
fn phone(value: &[u8]) -> Option<Usual> {
    let (area, rest) = match value {
        [b'(', area @ .., b')', b' ', _, _, _, b'-', _, _, _, _] if area.len() == 3 => (area, &value[6..]),
        [b'+', b'1', b'-', area @ .., b'-', _, _, _, b'-', _, _, _, _] if area.len() == 3 => (area, &value[7..]),
        [area @ .., b'-', _, _, _, b'-', _, _, _, _] if area.len() == 3 => (area, &value[4..]),
        [area @ .., b'.', _, _, _, b'.', _, _, _, _] if area.len() == 3 => (area, &value[4..]),
        _ => return None,
    };
    let (&[a, b, c], &[d, e, f, _, g, h, i, j]) = (area, rest) else { return None };
    let ten = [a, b, c, d, e, f, g, h, i, j];
    if !is_number(u64::from_le_bytes([a, b, c, d, e, f, g, h])) || !i.is_ascii_digit() || !j.is_ascii_digit() {
        return None;
    }
    let assigned = a >= b'2' && b != b'9' && d >= b'2' && ten[1..3] != *b"11" && ten[4..6] != *b"11";
    // Rows of one digit, and exchange 555, are looked at more closely.
    let other = a != b && ten[3..6] != *b"555";
    (assigned && other).then_some(Usual::Plain)
}

/// Ten digits with the right last one.
fn npi(value: &[u8]) -> Option<Usual> {
    let value: &[u8; 10] = value.try_into().ok()?;
    let [low, high] = pack(value)?;
    if !is_number(low) || digits(high) != 0x8080 || !matches!(value[0], b'1' | b'2') {
        return None;
    }
    /// Twice a digit, its own digits added.
    const DOUBLED: [u32; 16] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9, 0, 0, 0, 0, 0, 0];
    let pairs = value.as_chunks::<2>().0;
    let sum = pairs.iter().fold(24, |sum, pair| sum + DOUBLED[usize::from(pair[0] & 15)] + u32::from(pair[1] & 15));
    (sum.is_multiple_of(10) && value != b"1234567893").then_some(Usual::Plain)
}

/// Five digits.
fn zip(value: &[u8]) -> Option<Usual> {
    let value: &[u8; 5] = value.try_into().ok()?;
    let [word, _] = pack(value)?;
    let used = digits(word) == all(5)[0] && number(value) > 500 && value != b"12345";
    used.then_some(Usual::Plain)
}

/// Letters and digits, five to twelve of them.
fn id(value: &[u8]) -> Option<Usual> {
    if !(5..=12).contains(&value.len()) {
        return None;
    }
    let [low, high] = pack(value)?;
    let (in_low, in_high) = (digits(low), digits(high));
    let fits = [in_low | letters(low), in_high | letters(high)] == all(value.len());
    (fits && in_low | in_high != 0).then_some(Usual::Plain)
}

/// One word of letters.
fn name(value: &[u8]) -> Option<Usual> {
    let [low, high] = pack(value)?;
    let fits = [letters(low), letters(high)] == all(value.len());
    (value.len() >= 2 && fits && !is_no_name(value)).then_some(Usual::Plain)
}

/// One word of letters, or two with a blank between them.
fn city(value: &[u8]) -> Option<Usual> {
    let [low, high] = pack(value)?;
    let len = value.len();
    let (in_low, in_high) = (letters(low), letters(high));
    let blanks = [equal(low, b' '), equal(high, b' ')];
    let fits = [in_low | blanks[0], in_high | blanks[1]] == all(len);
    let blank = blanks[0] >> 7 | blanks[1];
    let few = blank & blank.wrapping_sub(1) == 0;
    // The first two are letters, and so is the last.
    (len >= 2 && fits && few && in_low & 0x8080 == 0x8080 && value[len - 1] != b' ').then_some(Usual::Plain)
}

/// A code with its dot.
fn icd10(value: &[u8]) -> Option<Usual> {
    (value.get(3) == Some(&b'.') && is_icd10(value)).then_some(Usual::Plain)
}

/// A code without it.
fn icd10_short(value: &[u8]) -> Option<Usual> {
    (value.get(3) != Some(&b'.') && is_icd10(value)).then_some(Usual::Plain)
}

/// A mailbox of letters and digits at a host of one name, or of a reserved one.
fn email(value: &[u8]) -> Option<Usual> {
    const RESERVED: [&[u8]; 3] = [b"@example.com", b"@example.net", b"@example.org"];
    let (mailbox, host) = value.split_last_chunk::<12>()?;
    let plain = (1..=16).contains(&mailbox.len()) && RESERVED.contains(&host.as_slice());
    let [low, high] = pack(mailbox).filter(|_| plain)?;
    let fits = [digits(low) | letters(low), digits(high) | letters(high)] == all(mailbox.len());
    fits.then_some(Usual::KnownTest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::Ruleset;

    /// Values of each look, to be spoilt in one or two places.
    const SEEDS: [&[&str]; 16] = [
        &["123-45-6788", "201-59-3348", "899-01-0001", "666-01-0001", "777-77-7777", "078-05-1120", "219-09-9999"],
        &["2024-01-05", "1999-12-28", "1849-01-01", "2024-02-30", "0000-00-00"],
        &["01/05/2024", "12/28/1999", "28/12/1999", "00/01/2000", "1/05/2024"],
        &["01/05/2024", "12/28/1999", "28/12/1999", "00/01/2000", "1/05/2024"],
        &[
            "(919) 555-2014",
            "919-555-0114",
            "356.248.5297",
            "911-234-5678",
            "222-222-2222",
            "(211) 234-5678",
            "+1-216-456-7702",
        ],
        &[
            "(919) 555-2014",
            "919-555-0114",
            "356.248.5297",
            "911-234-5678",
            "222-222-2222",
            "(211) 234-5678",
            "+1-216-456-7702",
        ],
        &["1234567893", "1245319599", "1029567058", "2664756709"],
        &["61869", "12345", "00501", "00500", "00000", "94609-1234"],
        &["49889018", "C000000001", "A1", "1234", "12.50", "03/14/1958", "ABCDEFGH1234", "20240105T1022"],
        &["49889018", "C000000001", "A1", "1234", "12.50", "03/14/1958", "ABCDEFGH1234", "20240105T1022"],
        &["49889018", "C000000001", "A1", "1234", "12.50", "03/14/1958", "ABCDEFGH1234", "20240105T1022"],
        &["Douglas", "Blanchard", "Unknown", "Jo", "na", "J", "O'Neil", "Jane Q", "Constantinopoulou"],
        &["Johnsonmouth", "North Breanna", "East St. Paul", "New  York", "A", "Ab", "Port ", "Wilkes-Barre"],
        &["anthony10@example.org", "a@example.com", "bo.b@example.net", "x@examples.com", "_a@example.org"],
        &["E11.9", "C50.911", "O80", "U99.9", "S52.501A", "E11.90000", "E11."],
        &["E119", "C50911", "O80", "U999", "Z3A01", "E1190000"],
    ];

    #[test]
    fn looks_say_what_matcher_check_and_list_say() {
        let rules = Ruleset::builtin().expect("built-in patterns");
        let mut random = crate::detect::dice::dice();
        for (row, seeds) in LOOKS.iter().zip(SEEDS) {
            let of_row = |it: &&crate::detect::ruleset::Pattern| {
                let equal = super::super::matcher::of_regex(&it.file.regex).map(|it| it.0);
                let shape = it.file.matcher.as_deref().or(equal);
                shape == Some(row.0) && it.look.is_some() && it.file.validator.as_deref().unwrap_or("") == row.1
            };
            let patterns: Vec<_> = rules.patterns().iter().filter(of_row).collect();
            let mut told = 0;
            for _ in 0..60_000 {
                let mut value = seeds[random(seeds.len())].as_bytes().to_vec();
                for _ in 0..random(4) {
                    let at = random(value.len());
                    let byte = b"0123456789019-/. (),@_'azAZTtnoExq\x80\xff"[random(36)];
                    match random(6) {
                        0 => value.insert(at, byte),
                        1 if value.len() > 1 => drop(value.remove(at)),
                        _ => value[at] = byte,
                    }
                }
                let Some(usual) = row.3(&value) else { continue };
                told += 1;
                for pattern in &patterns {
                    let shown = value.escape_ascii();
                    assert_eq!(pattern.regex_at(&value, 0, value.len()), Some(value.len()), "{}: {shown}", row.0);
                    assert!(pattern.validator.is_none_or(|check| check(&value)), "{}: {shown}", row.0);
                    let known = pattern.known_test.is_some_and(|is_known| is_known(&value));
                    assert_eq!(known, usual == Usual::KnownTest, "{}: {shown}", row.0);
                }
            }
            assert!(told > 1000, "{}: {told}", row.0);
            assert!(!patterns.is_empty() || row.1 == "date_mdy" || row.1 == "id_5_20", "{} {}", row.0, row.1);
        }
    }
}
