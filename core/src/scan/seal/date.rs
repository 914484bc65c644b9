//! Dates in any usual form, as year, month and day.

/// English months by their first three letters.
const MONTHS: [&[u8]; 12] =
    [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];

/// Years of two digits above this are of the last century: nobody alive was born later than now, and a fixed line is
/// the same on every day.
const LATEST_SHORT_YEAR: u32 = 29;

/// `YYYYMMDD`; `None` where it is no whole date. Of 03/04/1980 the month comes first, as in the United States, unless
/// dots part the numbers.
pub(super) fn canonical(value: &[u8]) -> Option<[u8; 8]> {
    let value = value.trim_ascii();
    let digits = value.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (year, month, day) = match digits {
        8.. => together(&value[..8])?,
        _ => apart(value)?,
    };
    let short = year < 100;
    let year = if short { year + if year > LATEST_SHORT_YEAR { 1900 } else { 2000 } } else { year };
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || !(1000..=9999).contains(&year) {
        return None;
    }
    let mut out = [b'0'; 8];
    let mut rest = year * 10_000 + month * 100 + day;
    for digit in out.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    Some(out)
}

/// Eight digits: the year first, or last where it cannot be first.
fn together(digits: &[u8]) -> Option<(u32, u32, u32)> {
    let (first, last) = (number(&digits[..4])?, number(&digits[4..])?);
    if (1800..2200).contains(&first) {
        return Some((first, last / 100, last % 100));
    }
    Some((last, first / 100, first % 100))
}

fn apart(value: &[u8]) -> Option<(u32, u32, u32)> {
    let mut parts = value.split(|byte| !byte.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let (a, b, c) = (parts.next()?, parts.next()?, parts.next()?);
    // A time may follow the day at once: 1980-03-14T00:00.
    let leading = |part: &[u8]| number(&part[..part.iter().take_while(|it| it.is_ascii_digit()).count()]);
    if let Some(month) = month(a) {
        return Some((leading(c)?, month, leading(b)?));
    }
    if let Some(month) = month(b) {
        let (first, last) = (leading(a)?, leading(c)?);
        return Some(if first > 31 { (first, month, last) } else { (last, month, first) });
    }
    let (a, b, c) = (number(a)?, number(b)?, leading(c)?);
    if a > 31 {
        return Some((a, b, c));
    }
    let day_first = a > 12 || (value.contains(&b'.') && b <= 12);
    Some(if day_first { (c, b, a) } else { (c, a, b) })
}

fn month(part: &[u8]) -> Option<u32> {
    let first = part.get(..3)?.to_ascii_lowercase();
    MONTHS.iter().position(|month| **month == *first).map(|at| at as u32 + 1)
}

fn number(digits: &[u8]) -> Option<u32> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_day_in_many_forms() {
        for text in [
            "1980-03-14",
            "19800314",
            "198003140830",
            "03/14/1980",
            "3/14/1980",
            "14.03.1980",
            "14/03/1980",
            "03141980",
            "Mar 14, 1980",
            "March 14th, 1980",
            "14 March 1980",
            "14-MAR-1980",
            "1980/03/14",
            "3/14/80",
            "1980-03-14 08:30:00",
        ] {
            assert_eq!(canonical(text.as_bytes()), Some(*b"19800314"), "{text}");
        }
        for text in ["1980", "March 1980", "13/13/1980", "", "00/00/0000"] {
            assert_eq!(canonical(text.as_bytes()), None, "{text}");
        }
    }
}
