//! Numbers in groups: social security, telephone, card and ZIP numbers.

use super::{any_of, byte, digits, exactly};

/// `[0-9]{3}(?:-[0-9]{2}-[0-9]{4}| [0-9]{2} [0-9]{4}|[0-9]{6})`
pub fn ssn(text: &[u8], at: usize) -> Option<usize> {
    let area = exactly(text, at, 3)?;
    let separator = byte(text, area);
    if separator.is_ascii_digit() {
        return exactly(text, area, 6);
    }
    if separator != b'-' && separator != b' ' {
        return None;
    }
    let group = exactly(text, area + 1, 2)?;
    if byte(text, group) != separator {
        return None;
    }
    exactly(text, group + 1, 4)
}

/// `9[0-9]{2}(?:-[0-9]{2}-[0-9]{4}| [0-9]{2} [0-9]{4})`
pub fn itin(text: &[u8], at: usize) -> Option<usize> {
    let grouped = byte(text, at) == b'9' && matches!(byte(text, at + 3), b'-' | b' ');
    grouped.then(|| ssn(text, at)).flatten()
}

/// Behind an optional separator inside a telephone number: `(?: - |[-./]? ?(?:\r?\n {0,8})?)`.
fn separator(text: &[u8], at: usize) -> usize {
    if text.get(at..).is_some_and(|rest| rest.starts_with(b" - ")) {
        return at + 3;
    }
    let mut end = at;
    if matches!(byte(text, end), b'-' | b'.' | b'/') {
        end += 1;
    }
    if byte(text, end) == b' ' {
        end += 1;
    }
    let line = if byte(text, end) == b'\r' { end + 1 } else { end };
    if byte(text, line) != b'\n' {
        return end;
    }
    let mut indented = line + 1;
    while indented < line + 9 && byte(text, indented) == b' ' {
        indented += 1;
    }
    indented
}

/// North American numbers with optional country code and extension.
pub fn phone_us(text: &[u8], at: usize) -> Option<usize> {
    let mut start = at;
    if byte(text, start) == b'+' {
        start += 1;
        if byte(text, start) != b'1' {
            return None;
        }
    }
    if byte(text, start) == b'1' {
        start = separator(text, start + 1);
    }
    let area = if byte(text, start) == b'(' {
        let area = area_part(text, start + 1)?;
        if byte(text, area) != b')' {
            return None;
        }
        area + 1
    } else {
        area_part(text, start)?
    };
    let exchange = area_part(text, separator(text, area))?;
    let end = exactly(text, separator(text, exchange), 4)?;
    Some(extension(text, end).unwrap_or(end))
}

/// `[2-9][0-9]{2}`
fn area_part(text: &[u8], at: usize) -> Option<usize> {
    matches!(byte(text, at), b'2'..=b'9').then(|| exactly(text, at, 3)).flatten()
}

/// ` {0,2},? ?(?:extension|ext|x)[.:]? ?[0-9]{1,6}`, case ignored.
fn extension(text: &[u8], at: usize) -> Option<usize> {
    let mut start = at;
    while start < at + 2 && byte(text, start) == b' ' {
        start += 1;
    }
    if byte(text, start) == b',' {
        start += 1;
    }
    if byte(text, start) == b' ' {
        start += 1;
    }
    let mut start = any_of(text, start, &[b"extension", b"ext", b"x"])?;
    if matches!(byte(text, start), b'.' | b':') {
        start += 1;
    }
    if byte(text, start) == b' ' {
        start += 1;
    }
    let end = digits(text, start, 6);
    (end > start).then_some(end)
}

/// The same shape without the plan's rule for exchanges, always with separators.
pub fn phone_loose(text: &[u8], at: usize) -> Option<usize> {
    let dashed = |at: usize| matches!(byte(text, at), b'-' | b'.').then_some(at + 1);
    let mut start = at + usize::from(byte(text, at) == b'+');
    if byte(text, start) == b'1' {
        start += 1;
        start += usize::from(matches!(byte(text, start), b'-' | b'.' | b' '));
    } else if start > at {
        return None;
    }
    let exchange = if byte(text, start) == b'(' {
        let area = area_part(text, start + 1)?;
        if byte(text, area) != b')' {
            return None;
        }
        area + 1 + usize::from(byte(text, area + 1) == b' ')
    } else {
        dashed(area_part(text, start)?)?
    };
    exactly(text, dashed(exactly(text, exchange, 3)?)?, 4)
}

/// `1?[2-9][0-9]{2}[2-9][0-9]{6}`: no separators.
pub fn phone_run(text: &[u8], at: usize) -> Option<usize> {
    let start = if byte(text, at) == b'1' { at + 1 } else { at };
    exactly(text, area_part(text, area_part(text, start)?)?, 4)
}

/// `(?:9[0-9]|1[0-2][0-9])[ -]{0,2}(?:years?|yrs?|y/o|yo|y\.o)(?:[ -]?old)?`
pub fn age(text: &[u8], at: usize) -> Option<usize> {
    let number = match (byte(text, at), byte(text, at + 1)) {
        (b'9', b'0'..=b'9') => at + 2,
        (b'1', b'0'..=b'2') if byte(text, at + 2).is_ascii_digit() => at + 3,
        _ => return None,
    };
    let mut start = number;
    while start < number + 2 && matches!(byte(text, start), b' ' | b'-') {
        start += 1;
    }
    let end = any_of(text, start, &[b"years", b"year", b"yrs", b"yr", b"y/o", b"yo", b"y.o"])?;
    let old = end + usize::from(matches!(byte(text, end), b' ' | b'-'));
    Some(any_of(text, old, &[b"old"]).unwrap_or(end))
}

/// `[12][0-9]{9}`
pub fn npi(text: &[u8], at: usize) -> Option<usize> {
    matches!(byte(text, at), b'1' | b'2').then(|| exactly(text, at, 10)).flatten()
}

/// `[0-9]{5}(?:-?[0-9]{4})?`
pub fn zip(text: &[u8], at: usize) -> Option<usize> {
    let end = exactly(text, at, 5)?;
    let more = end + usize::from(byte(text, end) == b'-');
    Some(exactly(text, more, 4).unwrap_or(end))
}
