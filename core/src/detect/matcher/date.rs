//! Dates in every usual shape. Whether the day exists is the validator's question.

use super::{any_of, byte, digits, exactly};

/// Year, month and day with `-` or `/` between them, then an optional time of day and zone.
pub fn iso(text: &[u8], at: usize) -> Option<usize> {
    if !matches!(byte(text, at), b'1' | b'2') {
        return None;
    }
    let year = exactly(text, at, 4)?;
    let separator = byte(text, year);
    if separator != b'-' && separator != b'/' {
        return None;
    }
    let month = digits(text, year + 1, 2);
    if month == year + 1 || byte(text, month) != separator {
        return None;
    }
    let day = digits(text, month + 1, 2);
    if day == month + 1 {
        return None;
    }
    Some(time(text, day))
}

/// Behind an optional time of day.
fn time(text: &[u8], at: usize) -> usize {
    if !matches!(byte(text, at), b'T' | b' ') {
        return at;
    }
    let Some(mut end) = clock(text, at + 1) else { return at };
    if byte(text, end) == b':' && sixty(text, end + 1) {
        end += 3;
        if matches!(byte(text, end), b'.' | b',') {
            let fraction = digits(text, end + 1, 9);
            if fraction > end + 1 {
                end = fraction;
            }
        }
    }
    zone(text, end)
}

fn clock(text: &[u8], at: usize) -> Option<usize> {
    let hour = matches!(byte(text, at), b'0'..=b'2') && byte(text, at + 1).is_ascii_digit();
    (hour && byte(text, at + 2) == b':' && sixty(text, at + 3)).then_some(at + 5)
}

fn sixty(text: &[u8], at: usize) -> bool {
    matches!(byte(text, at), b'0'..=b'5') && byte(text, at + 1).is_ascii_digit()
}

fn zone(text: &[u8], at: usize) -> usize {
    match byte(text, at) {
        b'Z' => at + 1,
        b'+' | b'-' if matches!(byte(text, at + 1), b'0'..=b'2') && byte(text, at + 2).is_ascii_digit() => {
            let minutes = if byte(text, at + 3) == b':' { at + 4 } else { at + 3 };
            if sixty(text, minutes) { minutes + 2 } else { at }
        }
        _ => at,
    }
}

/// Behind one or two digits, the separator, one or two digits and the separator again.
fn day_and_month(text: &[u8], at: usize, separator: u8) -> Option<usize> {
    let first = digits(text, at, 2);
    if first == at || byte(text, first) != separator {
        return None;
    }
    let second = digits(text, first + 1, 2);
    (second > first + 1 && byte(text, second) == separator).then_some(second + 1)
}

/// `[0-9]{1,2}/[0-9]{1,2}/(?:[0-9]{4}|[0-9]{2})`
pub fn slash(text: &[u8], at: usize) -> Option<usize> {
    let year = day_and_month(text, at, b'/')?;
    exactly(text, year, 4).or_else(|| exactly(text, year, 2))
}

/// `[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}`
pub fn dash(text: &[u8], at: usize) -> Option<usize> {
    exactly(text, day_and_month(text, at, b'-')?, 4)
}

/// `[0-9]{1,2}-[0-9]{1,2}-[0-9]{2}`
pub fn dash_short(text: &[u8], at: usize) -> Option<usize> {
    exactly(text, day_and_month(text, at, b'-')?, 2)
}

/// `[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}`
pub fn dot(text: &[u8], at: usize) -> Option<usize> {
    exactly(text, day_and_month(text, at, b'.')?, 4)
}

/// `[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{2}`
pub fn dot_short(text: &[u8], at: usize) -> Option<usize> {
    exactly(text, day_and_month(text, at, b'.')?, 2)
}

/// `[0-9]{1,2}/[0-9]{1,2}`: a day without its year.
pub fn partial(text: &[u8], at: usize) -> Option<usize> {
    let first = digits(text, at, 2);
    if first == at || byte(text, first) != b'/' {
        return None;
    }
    let second = digits(text, first + 1, 2);
    (second > first + 1).then_some(second)
}

/// `[0-9]{1,2}/[12][0-9]{3}`: a month with its year.
pub fn month_year_slash(text: &[u8], at: usize) -> Option<usize> {
    let first = digits(text, at, 2);
    if first == at || byte(text, first) != b'/' {
        return None;
    }
    year(text, first + 1)
}

/// `[12][0-9]{3}[01][0-9][0-3][0-9](?:[0-2][0-9][0-5][0-9](?:[0-5][0-9](?:\.[0-9]{1,4})?)?)?`
pub fn compact(text: &[u8], at: usize) -> Option<usize> {
    let plausible = matches!(byte(text, at), b'1' | b'2')
        && exactly(text, at, 8).is_some()
        && matches!(byte(text, at + 4), b'0' | b'1')
        && matches!(byte(text, at + 6), b'0'..=b'3');
    if !plausible {
        return None;
    }
    let hour = matches!(byte(text, at + 8), b'0'..=b'2') && byte(text, at + 9).is_ascii_digit();
    if !hour || !sixty(text, at + 10) {
        return Some(at + 8);
    }
    if !sixty(text, at + 12) {
        return Some(at + 12);
    }
    let fraction = digits(text, at + 15, 4);
    Some(if byte(text, at + 14) == b'.' && fraction > at + 15 { fraction } else { at + 14 })
}

const MONTHS: [(&[u8; 3], &[u8]); 12] = [
    (b"jan", b"uary"),
    (b"feb", b"ruary"),
    (b"mar", b"ch"),
    (b"apr", b"il"),
    (b"may", b""),
    (b"jun", b"e"),
    (b"jul", b"y"),
    (b"aug", b"ust"),
    (b"sep", b"tember"),
    (b"oct", b"ober"),
    (b"nov", b"ember"),
    (b"dec", b"ember"),
];

/// The places at which a month's name may end, the longest first: `Sept.`, `Sept`, `Sep`.
fn month(text: &[u8], at: usize) -> impl Iterator<Item = usize> {
    let rest = text
        .get(at..at + 3)
        .and_then(|three| MONTHS.iter().find(|(short, _)| three.eq_ignore_ascii_case(*short)).map(|(_, rest)| *rest));
    let mut ends = [0; 6];
    if let Some(rest) = rest {
        let behind = &text[at + 3..];
        let full = !rest.is_empty() && behind.len() >= rest.len() && behind[..rest.len()].eq_ignore_ascii_case(rest);
        let sept = rest == b"tember" && matches!(byte(text, at + 3), b't' | b'T');
        let cores = [full.then_some(at + 3 + rest.len()), sept.then_some(at + 4), Some(at + 3)];
        for (index, core) in cores.into_iter().enumerate() {
            let Some(core) = core else { continue };
            ends[index * 2] = if byte(text, core) == b'.' { core + 1 } else { 0 };
            ends[index * 2 + 1] = core;
        }
    }
    ends.into_iter().filter(|end| *end > 0)
}

/// Behind what stands between the parts of a date in words: `(?:,[ \n\r\t]{0,4}|[ \n\r\t]{1,4}|[-/.])`.
fn gap(text: &[u8], at: usize) -> Option<usize> {
    let blanks = at + usize::from(byte(text, at) == b',');
    let mut end = blanks;
    while end < blanks + 4 && matches!(byte(text, end), b' ' | b'\n' | b'\r' | b'\t') {
        end += 1;
    }
    if end > at {
        return Some(end);
    }
    matches!(byte(text, at), b'-' | b'/' | b'.').then_some(at + 1)
}

/// Behind a day of one or two digits with an optional ordinal ending.
fn day(text: &[u8], at: usize) -> Option<usize> {
    let end = digits(text, at, 2);
    if end == at {
        return None;
    }
    let ordinal = text
        .get(end..end + 2)
        .is_some_and(|it| [b"st", b"nd", b"rd", b"th"].iter().any(|ending| it.eq_ignore_ascii_case(ending.as_slice())));
    Some(if ordinal { end + 2 } else { end })
}

fn year(text: &[u8], at: usize) -> Option<usize> {
    matches!(byte(text, at), b'1' | b'2').then(|| exactly(text, at, 4)).flatten()
}

fn skip_of(text: &[u8], at: usize) -> usize {
    any_of(text, at, &[b"of "]).unwrap_or(at)
}

/// `March 4, 2024`, `Mar. 4th 2024`, `MAR-04-2024`.
pub fn month_first(text: &[u8], at: usize) -> Option<usize> {
    let ending = |end: usize| year(text, skip_of(text, gap(text, day(text, gap(text, end)?)?)?));
    month(text, at).find_map(ending)
}

/// `4 March 2024`, `04-MAR-2024`, `4th of March, 2024`, `04-MAR-24`, `04/Mar/2024`.
pub fn day_first(text: &[u8], at: usize) -> Option<usize> {
    let start = skip_of(text, gap(text, day(text, at)?)?);
    let short = |end: usize| (byte(text, end) == b'-').then(|| exactly(text, end + 1, 2)).flatten();
    month(text, start).find_map(|end| gap(text, end).and_then(|it| year(text, it)).or_else(|| short(end)))
}

/// `4 March`, `4th of March`.
pub fn day_month(text: &[u8], at: usize) -> Option<usize> {
    month(text, skip_of(text, gap(text, day(text, at)?)?)).next()
}

/// `March 2024`, `Mar-2024`, `March of 2024`.
pub fn month_year(text: &[u8], at: usize) -> Option<usize> {
    month(text, at).find_map(|end| year(text, skip_of(text, gap(text, end)?)))
}

/// `March 4`, `March 4th`.
pub fn month_day(text: &[u8], at: usize) -> Option<usize> {
    month(text, at).find_map(|end| day(text, gap(text, end)?))
}
