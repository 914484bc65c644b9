//! Postal places: street lines, post office boxes, city with state and ZIP code.

use super::{any_of, byte, digits};

/// USPS Publication 28, appendix C1: the common street suffixes and their usual short forms, lower case, sorted.
const SUFFIXES: [&[u8]; 88] = [
    b"alley",
    b"aly",
    b"ave",
    b"avenue",
    b"bend",
    b"blvd",
    b"boulevard",
    b"branch",
    b"bridge",
    b"brook",
    b"bypass",
    b"center",
    b"cir",
    b"circle",
    b"close",
    b"corner",
    b"corners",
    b"court",
    b"cove",
    b"creek",
    b"crescent",
    b"crest",
    b"crossing",
    b"ct",
    b"dale",
    b"dr",
    b"drive",
    b"estate",
    b"estates",
    b"expressway",
    b"extension",
    b"ferry",
    b"field",
    b"freeway",
    b"garden",
    b"gardens",
    b"gate",
    b"glen",
    b"green",
    b"grove",
    b"harbor",
    b"heights",
    b"highway",
    b"hill",
    b"hills",
    b"hollow",
    b"hwy",
    b"island",
    b"isle",
    b"junction",
    b"knoll",
    b"knolls",
    b"landing",
    b"lane",
    b"ln",
    b"loop",
    b"manor",
    b"meadow",
    b"meadows",
    b"mews",
    b"park",
    b"parkway",
    b"pass",
    b"passage",
    b"path",
    b"pike",
    b"pines",
    b"pkwy",
    b"pl",
    b"place",
    b"plaza",
    b"point",
    b"rd",
    b"ridge",
    b"road",
    b"route",
    b"row",
    b"run",
    b"sq",
    b"square",
    b"st",
    b"street",
    b"ter",
    b"terrace",
    b"trail",
    b"turnpike",
    b"way",
    b"wy",
];

/// True for a street suffix, ASCII case ignored.
#[inline]
pub fn street_suffix(word: &[u8]) -> bool {
    if !(2..=10).contains(&word.len()) {
        return false;
    }
    let mut lower = [0; 10];
    let lower = &mut lower[..word.len()];
    lower.copy_from_slice(word);
    lower.make_ascii_lowercase();
    SUFFIXES.binary_search_by(|it| (*it).cmp(lower)).is_ok()
}

const UNITS: [&[u8]; 14] = [
    b"apartment",
    b"apt.",
    b"apt",
    b"suite",
    b"ste.",
    b"ste",
    b"unit",
    b"floor",
    b"fl",
    b"room",
    b"rm",
    b"bldg",
    b"lot",
    b"#",
];

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || matches!(byte, b'.' | b'\'' | b'-')
}

/// The end of the word at `at`, a closing full stop included.
fn word(text: &[u8], at: usize) -> usize {
    let mut end = at;
    while end < text.len() && end - at < 30 && is_name_byte(text[end]) {
        end += 1;
    }
    end
}

fn without_stop(word: &[u8]) -> &[u8] {
    word.strip_suffix(b".").unwrap_or(word)
}

/// House number, one to four words, a street suffix, optionally a direction and a unit.
pub fn street(text: &[u8], at: usize) -> Option<usize> {
    let mut number = digits(text, at, 6);
    if number == at || byte(text, number).is_ascii_digit() {
        return None;
    }
    if byte(text, number) == b'-' {
        let more = digits(text, number + 1, 4);
        number = if more > number + 1 { more } else { return None };
    } else if byte(text, number).is_ascii_alphabetic() {
        number += 1;
    }
    if byte(text, number) != b' ' {
        return None;
    }
    let mut start = number + 1;
    for index in 0..5 {
        let end = word(text, start);
        if end == start {
            return None;
        }
        if index > 0 && street_suffix(without_stop(&text[start..end])) {
            let end = end - usize::from(ends_sentence(text, end));
            return Some(unit(text, direction(text, end)));
        }
        if byte(text, end) != b' ' {
            return None;
        }
        start = end + 1;
    }
    None
}

/// True where the full stop before `end` closes a sentence rather than an abbreviation.
fn ends_sentence(text: &[u8], end: usize) -> bool {
    text[end - 1] == b'.' && !matches!(byte(text, end), b',' | b' ')
}

fn direction(text: &[u8], at: usize) -> usize {
    const POINTS: [&[u8]; 8] = [b"NE", b"NW", b"SE", b"SW", b"N", b"S", b"E", b"W"];
    let Some(point) = POINTS.iter().find(|it| byte(text, at) == b' ' && text[at + 1..].starts_with(it)) else {
        return at;
    };
    let end = at + 1 + point.len();
    if is_name_byte(byte(text, end)) { at } else { end }
}

/// Behind an optional unit: `, Apt 4B`, ` Suite 221`, ` #12`.
fn unit(text: &[u8], at: usize) -> usize {
    let mut start = if byte(text, at) == b',' { at + 1 } else { at };
    if byte(text, start) == b' ' {
        start += 1;
    }
    let Some(mut value) = (start > at).then(|| any_of(text, start, &UNITS)).flatten() else { return at };
    if byte(text, value) == b' ' {
        value += 1;
    } else if text[value - 1] != b'#' {
        return at;
    }
    let end = value + text[value..].iter().take(6).take_while(|it| it.is_ascii_alphanumeric() || **it == b'-').count();
    let telling = text[value..end].iter().any(u8::is_ascii_digit) || end == value + 1;
    if telling && end > value { end } else { at }
}

/// `P.O. Box 123`, `PO Box 12-B`, `Post Office Box 7`.
pub fn po_box(text: &[u8], at: usize) -> Option<usize> {
    let start = any_of(text, at, &[b"P.O. Box ", b"P.O.Box ", b"P. O. Box ", b"PO Box ", b"Post Office Box "])?;
    let start = any_of(text, start, &[b"#"]).unwrap_or(start);
    let end = digits(text, start, 6);
    (end > start).then_some(end)
}

/// State and territory abbreviations, sorted.
const STATES: [&[u8; 2]; 56] = [
    b"AK", b"AL", b"AR", b"AS", b"AZ", b"CA", b"CO", b"CT", b"DC", b"DE", b"FL", b"GA", b"GU", b"HI", b"IA", b"ID",
    b"IL", b"IN", b"KS", b"KY", b"LA", b"MA", b"MD", b"ME", b"MI", b"MN", b"MO", b"MP", b"MS", b"MT", b"NC", b"ND",
    b"NE", b"NH", b"NJ", b"NM", b"NV", b"NY", b"OH", b"OK", b"OR", b"PA", b"PR", b"RI", b"SC", b"SD", b"TN", b"TX",
    b"UT", b"VA", b"VI", b"VT", b"WA", b"WI", b"WV", b"WY",
];

/// State names, the longer before those they begin with.
const STATE_NAMES: [&[u8]; 51] = [
    b"Alabama",
    b"Alaska",
    b"Arizona",
    b"Arkansas",
    b"California",
    b"Colorado",
    b"Connecticut",
    b"Delaware",
    b"District of Columbia",
    b"Florida",
    b"Georgia",
    b"Hawaii",
    b"Idaho",
    b"Illinois",
    b"Indiana",
    b"Iowa",
    b"Kansas",
    b"Kentucky",
    b"Louisiana",
    b"Maine",
    b"Maryland",
    b"Massachusetts",
    b"Michigan",
    b"Minnesota",
    b"Mississippi",
    b"Missouri",
    b"Montana",
    b"Nebraska",
    b"Nevada",
    b"New Hampshire",
    b"New Jersey",
    b"New Mexico",
    b"New York",
    b"North Carolina",
    b"North Dakota",
    b"Ohio",
    b"Oklahoma",
    b"Oregon",
    b"Pennsylvania",
    b"Rhode Island",
    b"South Carolina",
    b"South Dakota",
    b"Tennessee",
    b"Texas",
    b"Utah",
    b"Vermont",
    b"Virginia",
    b"Washington",
    b"West Virginia",
    b"Wisconsin",
    b"Wyoming",
];

/// True for a state's abbreviation in capitals, or its name.
pub fn is_state(word: &[u8]) -> bool {
    match <&[u8; 2]>::try_from(word) {
        Ok(two) => STATES.binary_search(&two).is_ok(),
        Err(_) => STATE_NAMES.iter().any(|it| word.eq_ignore_ascii_case(it)),
    }
}

/// One to four capitalised words, a comma or not, a state, a ZIP code.
pub fn city_state_zip(text: &[u8], at: usize) -> Option<usize> {
    let mut start = at;
    for _ in 0..4 {
        if !byte(text, start).is_ascii_uppercase() {
            return None;
        }
        start = word(text, start);
        if byte(text, start) == b',' {
            start += 1;
        }
        if !matches!(byte(text, start), b' ' | b'\n') {
            return None;
        }
        start += 1;
        if let Some(end) = state_zip(text, start) {
            return Some(end);
        }
    }
    None
}

fn state_zip(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let short = rest.len() > 2 && is_state(&rest[..2]);
    let state = if short { 2 } else { STATE_NAMES.iter().find(|it| rest.starts_with(it))?.len() };
    let mut end = at + state;
    if byte(text, end) == b',' {
        end += 1;
    }
    let blanks = text[end..].iter().take(3).take_while(|it| **it == b' ').count();
    (blanks > 0).then(|| super::number::zip(text, end + blanks)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        assert!(SUFFIXES.is_sorted() && STATES.is_sorted());
    }

    #[test]
    fn street_lines_end_where_they_should() {
        let end = |text: &str| street(text.as_bytes(), 0).map(|it| text[..it].to_string());
        assert_eq!(end("4002 Erwin Rd, Durham").as_deref(), Some("4002 Erwin Rd"));
        assert_eq!(end("12 St. Mary Street Apt 4B now").as_deref(), Some("12 St. Mary Street Apt 4B"));
        assert_eq!(end("9 N. Main St.").as_deref(), Some("9 N. Main St"));
        assert_eq!(end("500 mg twice daily"), None);
    }
}
