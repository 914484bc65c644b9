//! Streets that are named by their number or before their name: `1201 State Route 9`, `77 N Highway 5`.

use super::street::unit;
use super::{byte, digits};

/// Names of numbered routes, in the order in which they are tried.
const ROUTES: [&[u8]; 14] = [
    b"US Highway",
    b"US Hwy",
    b"US Route",
    b"State Route",
    b"State Road",
    b"State Highway",
    b"State Hwy",
    b"County Road",
    b"County Rd",
    b"County Highway",
    b"County Hwy",
    b"County Route",
    b"Rural Route",
    b"Farm to Market Road",
];

/// Names that stand before what tells one street from the other.
const NAMES: [&[u8]; 22] = [
    b"US Highway",
    b"US Hwy",
    b"US Route",
    b"State Route",
    b"State Road",
    b"State Highway",
    b"County Road",
    b"County Rd",
    b"County Highway",
    b"County Route",
    b"Highway",
    b"Hwy",
    b"Route",
    b"Rte",
    b"Rural Route",
    b"RR",
    b"Broadway",
    b"Calle",
    b"Avenida",
    b"Avenue",
    b"Ave",
    b"FM",
];

/// Those of two letters that are tried last.
const SHORT: [&[u8]; 2] = [b"CR", b"SR"];

const DIRECTIONS: [&[u8]; 8] = [b"N", b"S", b"E", b"W", b"NE", b"NW", b"SE", b"SW"];

/// A number, perhaps a direction, a route and its number, perhaps a unit.
pub fn route(text: &[u8], at: usize) -> Option<usize> {
    behind_number(text, at, |start| {
        let name = named(text, start, &ROUTES)?;
        let start = blank(text, name)?;
        let start = start + usize::from(byte(text, start) == b'#');
        let end = Some(digits(text, start, 4)).filter(|end| *end > start)?;
        Some(end + usize::from(byte(text, end).is_ascii_uppercase()))
    })
}

/// A number, perhaps a direction, a name, perhaps what follows it, perhaps a unit.
pub fn grid(text: &[u8], at: usize) -> Option<usize> {
    behind_number(text, at, |start| {
        let name = named(text, start, &NAMES).or_else(|| named(text, start, &SHORT))?;
        Some(blank(text, name).and_then(|start| token(text, start)).unwrap_or(name))
    })
}

/// `#?[0-9A-Z][0-9A-Za-z-]{0,8}`
fn token(text: &[u8], at: usize) -> Option<usize> {
    let start = at + usize::from(byte(text, at) == b'#');
    let opens = byte(text, start).is_ascii_digit() || byte(text, start).is_ascii_uppercase();
    let inner = |it: &usize| byte(text, *it).is_ascii_alphanumeric() || byte(text, *it) == b'-';
    opens.then(|| start + 1 + (start + 1..start + 9).take_while(inner).count())
}

/// `[0-9]{1,6} (?:(?:N|S|E|W|NE|NW|SE|SW)\.? )?`, the street, perhaps a unit.
#[inline]
fn behind_number(text: &[u8], at: usize, street: impl Fn(usize) -> Option<usize>) -> Option<usize> {
    let start = blank(text, Some(digits(text, at, 6)).filter(|end| *end > at)?)?;
    let directed = direction(text, start).and_then(&street);
    let end = directed.or_else(|| street(start))?;
    Some(unit(text, end).unwrap_or(end))
}

fn direction(text: &[u8], at: usize) -> Option<usize> {
    if !matches!(byte(text, at), b'N' | b'S' | b'E' | b'W') {
        return None;
    }
    let behind = |end: usize| blank(text, end + usize::from(byte(text, end) == b'.'));
    let named = DIRECTIONS.iter().filter(|it| text[at..].starts_with(it));
    named.map(|it| at + it.len()).find_map(behind)
}

fn blank(text: &[u8], at: usize) -> Option<usize> {
    (byte(text, at) == b' ').then_some(at + 1)
}

/// Behind the first of the names that stands there.
#[inline]
fn named(text: &[u8], at: usize, names: &[&[u8]]) -> Option<usize> {
    let first = byte(text, at);
    let second: &[u8] = match first {
        b'A' => b"v",
        b'B' => b"r",
        b'C' => b"oaR",
        b'F' => b"aM",
        b'H' => b"iw",
        b'R' => b"uotR",
        b'S' => b"tR",
        b'U' => b"S",
        _ => return None,
    };
    if !second.contains(&byte(text, at + 1)) {
        return None;
    }
    let alike = names.iter().filter(|it| it[0] == first);
    alike.into_iter().find(|it| text[at..].starts_with(it)).map(|it| at + it.len())
}
