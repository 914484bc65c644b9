//! Dates that exist: the day of its month, leap years, 1850 to 2100 (no living person's record is older).

use super::digits;

/// Days of a month in a leap year.
const DAYS: [u32; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// True where the month has that day. A year of two digits is one of this century or the last.
fn exists(year: Option<u32>, month: u32, day: u32) -> bool {
    let Some(&days) = DAYS.get((month as usize).wrapping_sub(1)) else { return false };
    // Two digits: 1900 was no leap year, 2000 was, so 00 gets the benefit of the doubt.
    let leap =
        year.is_none_or(
            |year| if year < 100 { year % 4 == 0 } else { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) },
        );
    let year_fits = year.is_none_or(|year| year < 100 || (1850..=2100).contains(&year));
    let last = if month == 2 && !leap { 28 } else { days };
    year_fits && (1..=last).contains(&day)
}

/// Runs of digits: their values and lengths. Runs longer than nine digits count as 0.
fn runs(value: &[u8]) -> impl Iterator<Item = (u32, usize)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        at += value[at..].iter().position(u8::is_ascii_digit)?;
        let (start, mut number) = (at, 0u32);
        while let Some(digit) = value.get(at).filter(|it| it.is_ascii_digit()) {
            number = number.wrapping_mul(10).wrapping_add(u32::from(digit - b'0'));
            at += 1;
        }
        Some((if at - start > 9 { 0 } else { number }, at - start))
    })
}

/// The first three runs of digits, the second and third of at most four digits.
fn three(value: &[u8]) -> Option<[(u32, usize); 3]> {
    let mut runs = runs(value);
    Some([runs.next()?, runs.next()?, runs.next()?])
}

/// Two digits as a number.
#[inline]
fn two(tens: u8, ones: u8) -> Option<u32> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
}

/// The numbers of `2024-01-05`, whatever the separators: the usual form of ten characters at once.
#[inline]
fn year_first(value: &[u8]) -> Option<(u32, u32, u32)> {
    let &[a, b, c, d, s, e, f, t, g, h] = value else { return None };
    if s.is_ascii_digit() || t.is_ascii_digit() {
        return None;
    }
    Some((two(a, b)? * 100 + two(c, d)?, two(e, f)?, two(g, h)?))
}

/// The numbers of `01/05/2024` in their order.
#[inline]
fn year_last(value: &[u8]) -> Option<(u32, u32, u32)> {
    let &[a, b, s, c, d, t, e, f, g, h] = value else { return None };
    if s.is_ascii_digit() || t.is_ascii_digit() {
        return None;
    }
    Some((two(a, b)?, two(c, d)?, two(e, f)? * 100 + two(g, h)?))
}

/// Year, month, day, with separators or as `YYYYMMDD…`.
pub(super) fn ymd(value: &[u8]) -> bool {
    if let Some((year, month, day)) = year_first(value) {
        return exists(Some(year), month, day);
    }
    let leading = value.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if leading >= 8 {
        let part =
            |range: std::ops::Range<usize>| digits(&value[range]).fold(0, |sum, digit| sum * 10 + u32::from(digit));
        return exists(Some(part(0..4)), part(4..6), part(6..8));
    }
    three(value).is_some_and(|[(year, length), (month, _), (day, _)]| length == 4 && exists(Some(year), month, day))
}

/// Month, day, year.
pub(super) fn mdy(value: &[u8]) -> bool {
    if let Some((month, day, year)) = year_last(value) {
        return exists(Some(year), month, day);
    }
    three(value)
        .is_some_and(|[(month, _), (day, _), (year, length)]| matches!(length, 2 | 4) && exists(Some(year), month, day))
}

/// Day, month, year.
pub(super) fn dmy(value: &[u8]) -> bool {
    if let Some((day, month, year)) = year_last(value) {
        return exists(Some(year), month, day);
    }
    three(value)
        .is_some_and(|[(day, _), (month, _), (year, length)]| matches!(length, 2 | 4) && exists(Some(year), month, day))
}

/// Either order.
pub(super) fn mdy_or_dmy(value: &[u8]) -> bool {
    mdy(value) || dmy(value)
}

/// Month and day without a year.
pub(super) fn md(value: &[u8]) -> bool {
    let mut runs = runs(value);
    let (Some((month, _)), Some((day, _))) = (runs.next(), runs.next()) else { return false };
    exists(None, month, day)
}

/// Month and year: `03/2021`, `March 2021`, `marzo de 2021`, `dic-09`.
pub(super) fn my(value: &[u8]) -> bool {
    let mut runs = runs(value);
    let named = value.first().is_some_and(|byte| !byte.is_ascii_digit());
    let month = if named { month(value) } else { runs.next().map(|run| run.0) };
    let (Some(month), Some((year, length))) = (month, runs.next()) else { return false };
    matches!(length, 2 | 4) && (length == 2 || year > 100) && exists(Some(year), month, 1)
}

/// Three runs of digits, one of them a year of four digits, that are a date in any usual order.
pub(super) fn numeric(value: &[u8]) -> bool {
    let Some([first, second, last]) = three(value) else { return false };
    if runs(value).count() != 3 || second.1 > 2 {
        return false;
    }
    (first.1 == 4 && last.1 <= 2 && ymd(value)) || (first.1 <= 2 && last.1 == 4 && mdy_or_dmy(value))
}

/// A date with the month as a word, English or Spanish; the year may be missing.
pub(super) fn text(value: &[u8]) -> bool {
    let words = value.split(|byte| !byte.is_ascii_alphabetic());
    let Some(month) = words.filter_map(month).next() else { return false };
    let mut runs = runs(value);
    let Some((day, length)) = runs.next() else { return false };
    let rest = runs;
    // Behind the day: a year of four digits anywhere (asctime puts the time before it), or two digits and no time.
    let timed = value.contains(&b':');
    let year = rest.fold(None, |year, (number, length)| match length {
        4 if year.is_none() => Some(number),
        2 if year.is_none() && !timed => Some(number),
        _ => year,
    });
    length <= 2 && exists(year, month, day)
}

/// The number of a month by the first three letters of its name.
fn month(word: &[u8]) -> Option<u32> {
    // English, and behind it Spanish where it differs.
    let month = match word.first_chunk()?.map(|it: u8| it.to_ascii_lowercase()) {
        [b'j', b'a', b'n'] | [b'e', b'n', b'e'] => 1,
        [b'f', b'e', b'b'] => 2,
        [b'm', b'a', b'r'] => 3,
        [b'a', b'p' | b'b', b'r'] => 4,
        [b'm', b'a', b'y'] => 5,
        [b'j', b'u', b'n'] => 6,
        [b'j', b'u', b'l'] => 7,
        [b'a', b'u', b'g'] | [b'a', b'g', b'o'] => 8,
        [b's', b'e', b'p'] => 9,
        [b'o', b'c', b't'] => 10,
        [b'n', b'o', b'v'] => 11,
        [b'd', b'e' | b'i', b'c'] => 12,
        _ => return None,
    };
    Some(month)
}

/// Seconds since 1970 in nine or ten digits (1973 to 2100), or thousandths in twelve or thirteen.
pub(super) fn epoch(value: &[u8]) -> bool {
    let count = digits(value).count();
    let number = digits(value).take(13).fold(0_u64, |sum, digit| sum * 10 + u64::from(digit));
    let seconds = match count {
        9 | 10 => number,
        12 | 13 => number / 1000,
        _ => return false,
    };
    (100_000_000..=4_133_980_799).contains(&seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_months_and_leap_years() {
        assert!(ymd(b"2024-02-29"));
        assert!(!ymd(b"2023-02-29"));
        assert!(!ymd(b"1900-02-29"));
        assert!(ymd(b"2000-02-29"));
        assert!(!ymd(b"2024-04-31"));
        assert!(!ymd(b"1849-01-01"));
        assert!(!ymd(b"2101-01-01"));
        assert!(ymd(b"2024-01-05T10:22:33.5+01:00"));
        assert!(ymd(b"20240105102233"));
        assert!(!ymd(b"20240132"));
    }

    #[test]
    fn orders() {
        assert!(mdy(b"03/14/1958"));
        assert!(!mdy(b"14/03/1958"));
        assert!(dmy(b"14/03/1958"));
        assert!(mdy(b"2/29/00"));
        assert!(!mdy(b"2/30/2024"));
        assert!(mdy_or_dmy(b"14.03.58"));
        assert!(!mdy_or_dmy(b"32.13.58"));
        assert!(md(b"4/19"));
        assert!(md(b"2/29"));
        assert!(!md(b"2/30"));
        assert!(numeric(b"2024-1-5"));
        assert!(numeric(b"1.5.2024"));
        assert!(!numeric(b"778-3201-99"));
        assert!(!numeric(b"12-05-93"));
    }

    #[test]
    fn words() {
        for good in [
            "Jan 5, 2024",
            "January 5th, 2024",
            "5th of May",
            "05-JAN-61",
            "05JAN1961",
            "29 February",
            "Feb 29 2024",
            "20/Jul/2009:22:59:26 +0000",
            "May 19 08:00:01 EST 2021",
            "31 de diciembre de 2023",
            "Jan  5 10:22:33",
        ] {
            assert!(text(good.as_bytes()), "{good}");
        }
        for bad in ["June 31, 2024", "Feb 29 2023", "31 de junio", "Apr 31 10:22:33", "May 0", "the 5th"] {
            assert!(!text(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn months_of_years() {
        for good in ["03/2021", "1/1999", "March 2021", "sept. of 2020", "enero de 2014", "dic-09", "Abril del 2007"] {
            assert!(my(good.as_bytes()), "{good}");
        }
        for bad in ["13/2021", "42/1999", "0/2020", "March 1200", "May 2999", "room 2020", "marzo"] {
            assert!(!my(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn unix_time() {
        assert!(epoch(b"1104537600"));
        assert!(epoch(b"1104537600000"));
        assert!(!epoch(b"9999999999"));
        assert!(!epoch(b"12345678901"));
    }
}
