//! What a number in a cell means by its format: dates, padded identifiers, plain numbers.

use std::fmt;

use super::amount::Amount;
use crate::model::civil;

/// Bytes of a format code that is looked at; Excel itself allows 255 characters.
const MAX_CODE: usize = 1024;

/// How the numbers of a cell are shown, as far as it changes what they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) enum Shown {
    /// As they are.
    #[default]
    Plain,
    /// As days since an epoch.
    Date { day: bool, time: bool },
    /// Their digits set into masks (`000-00-0000`); one may hold for small numbers only.
    Masks(Vec<Mask>),
    /// As amounts (`$1,599.99`), those that this tells whole.
    Amount(Amount),
}

/// Digits and what stands between them.
#[derive(Clone, PartialEq, Eq)]
pub(in super::super) struct Mask {
    /// `0`, `#` and literals.
    places: Vec<Place>,
    /// The largest number that it holds for.
    most: Option<u64>,
}

/// How many places: literals are words of the document.
impl fmt::Debug for Mask {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Mask({} places)", self.places.len())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A digit that is always shown.
    Zero,
    /// A digit that is shown where the number has one.
    Digit,
    Literal(char),
}

/// The format of that number that every workbook knows (ECMA-376, 18.8.30).
pub(in super::super) fn built_in(id: u32) -> Shown {
    match id {
        14..=17 | 27..=31 | 34..=36 | 50..=58 => Shown::Date { day: true, time: false },
        18..=21 | 32 | 33 | 45..=47 => Shown::Date { day: false, time: true },
        22 => Shown::Date { day: true, time: true },
        2 => parse("0.00"),
        4 => parse("#,##0.00"),
        5 | 6 => parse("$#,##0_);($#,##0)"),
        7 | 8 => parse("$#,##0.00_);($#,##0.00)"),
        9 => parse("0%"),
        10 => parse("0.00%"),
        12 => parse("# ?/?"),
        13 => parse("# ??/??"),
        _ => Shown::Plain,
    }
}

/// What a format code says.
pub(in super::super) fn parse(code: &str) -> Shown {
    if code.len() > MAX_CODE {
        return Shown::Plain;
    }
    let sections: Vec<&str> = sections(code);
    let bare = bare(sections.first().copied().unwrap_or_default());
    let has = |letters: &str| bare.chars().any(|it| letters.contains(it.to_ascii_lowercase()));
    if bare.eq_ignore_ascii_case("general") || bare.contains('@') {
        return Shown::Plain;
    }
    let time = has("hs");
    if has("yd") || time || has("m") || code.contains("[h") || code.contains("[m") || code.contains("[s") {
        let day = has("yd") || !time && has("m") && !code.contains('[');
        return Shown::Date { day, time: time || !day };
    }
    let masks: Option<Vec<Mask>> = sections.iter().take(2).map(|it| mask(it)).collect();
    match masks {
        Some(masks) if masks.iter().any(Mask::tells) => Shown::Masks(masks),
        _ => Amount::parse(&sections).map_or(Shown::Plain, Shown::Amount),
    }
}

/// The parts of a code between semicolons that are not quoted.
fn sections(code: &str) -> Vec<&str> {
    let mut sections = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, char) in code.char_indices() {
        match char {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                sections.push(&code[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    sections.push(&code[start..]);
    sections
}

/// A section without what is quoted, escaped or bracketed.
fn bare(section: &str) -> String {
    let (mut bare, mut quoted, mut bracketed, mut skip) = (String::new(), false, false, false);
    for char in section.chars() {
        match char {
            _ if skip => skip = false,
            '\\' | '_' | '*' if !quoted => skip = true,
            '"' => quoted = !quoted,
            '[' if !quoted => bracketed = true,
            ']' if !quoted => bracketed = false,
            _ if !quoted && !bracketed => bare.push(char),
            _ => {}
        }
    }
    bare
}

/// A section of digits and literals alone.
fn mask(section: &str) -> Option<Mask> {
    let mut mask = Mask { places: Vec::new(), most: None };
    let mut chars = section.chars();
    while let Some(char) = chars.next() {
        match char {
            '0' => mask.places.push(Place::Zero),
            '#' | '?' => mask.places.push(Place::Digit),
            '\\' => mask.places.push(Place::Literal(chars.next()?)),
            '_' | '*' => drop(chars.next()),
            '"' => mask.places.extend(chars.by_ref().take_while(|it| *it != '"').map(Place::Literal)),
            '[' => {
                let inside: String = chars.by_ref().take_while(|it| *it != ']').collect();
                if let Some(most) = inside.strip_prefix("<=").or_else(|| inside.strip_prefix('<')) {
                    mask.most = most.parse().ok();
                }
            }
            // A fraction.
            '/' if mask.places.last() == Some(&Place::Digit) => return None,
            '-' | ' ' | '(' | ')' | '/' | ':' | '+' => mask.places.push(Place::Literal(char)),
            _ => return None,
        }
    }
    Some(mask)
}

impl Mask {
    /// True where it changes more than how large numbers are grouped.
    fn tells(&self) -> bool {
        let digits = self.places.iter().filter(|it| **it != Place::Literal('-')).count();
        let zeros = self.places.iter().filter(|it| **it == Place::Zero).count();
        let literals = self.places.iter().any(|it| matches!(it, Place::Literal(_)));
        digits > 1 && (zeros > 1 || literals && self.places.contains(&Place::Digit))
    }

    fn fill(&self, number: u64) -> String {
        let digits = number.to_string();
        let places = self.places.iter().filter(|it| !matches!(it, Place::Literal(_))).count();
        let mut rest = digits.chars().rev().collect::<Vec<_>>();
        // Digits that have no place stand before all others.
        let ahead: String = rest.iter().skip(places).rev().collect();
        rest.truncate(places);
        let mut out: Vec<char> = Vec::new();
        let mut left = rest.into_iter();
        for place in self.places.iter().rev() {
            match *place {
                Place::Literal(char) => out.push(char),
                Place::Zero => out.push(left.next().unwrap_or('0')),
                Place::Digit => out.extend(left.next()),
            }
        }
        ahead + &out.iter().rev().collect::<String>()
    }
}

/// The text of a number; `since_1904` says which epoch its days count from.
pub(in super::super) fn show(raw: &str, shown: &Shown, since_1904: bool) -> String {
    let plain = || plain(raw);
    match shown {
        Shown::Plain => plain(),
        Shown::Date { day, time } => date(raw, *day, *time, since_1904).unwrap_or_else(plain),
        Shown::Amount(amount) => amount.show(&plain()).unwrap_or_else(plain),
        Shown::Masks(masks) => {
            let Ok(number) = plain().parse::<u64>() else { return plain() };
            let first = masks.first().filter(|it| it.most.is_none_or(|most| number <= most));
            let mask = first.or_else(|| masks.get(1)).filter(|it| it.tells());
            mask.map_or_else(plain, |mask| mask.fill(number))
        }
    }
}

/// A number in the four bytes of binary workbooks (MS-XLS 2.5.217, RkNumber).
pub(in super::super) fn packed(raw: u32) -> f64 {
    let number =
        if raw & 2 != 0 { f64::from(raw as i32 >> 2) } else { f64::from_bits(u64::from(raw & 0xFFFF_FFFC) << 32) };
    if raw & 1 != 0 { number / 100.0 } else { number }
}

/// A number of a binary workbook as one in XML writes it.
pub(in super::super) fn raw(number: f64) -> String {
    let size = number.abs();
    let plain = size < 1e18 && (size >= 1e-7 || size == 0.0);
    if plain { format!("{number}") } else { format!("{number:E}") }
}

/// A number without exponent, and without the noise of its binary form.
pub(in super::super) fn plain(raw: &str) -> String {
    let noisy = raw.len() > 15 || raw.bytes().any(|byte| matches!(byte, b'E' | b'e'));
    match raw.parse::<f64>() {
        Ok(number) if noisy && number.is_finite() && number.abs() < 1e18 => format!("{number}"),
        _ => raw.to_owned(),
    }
}

fn date(raw: &str, day: bool, time: bool, since_1904: bool) -> Option<String> {
    const LAST_DAY: f64 = 2_958_466.0;
    let serial: f64 = raw.parse().ok()?;
    if !(0.0..LAST_DAY).contains(&serial) {
        return None;
    }
    let mut seconds = ((serial - serial.floor()) * 86_400.0).round() as u64;
    let mut days = serial.floor() as i64;
    if seconds == 86_400 {
        (seconds, days) = (0, days + 1);
    }
    let clock = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if !day {
        return Some(clock);
    }
    // The 1900 system counts a 29 February that never was.
    let before_unix = match (since_1904, days < 60) {
        (true, _) => 24_107,
        (false, true) => 25_568,
        (false, false) => 25_569,
    };
    let (year, month, day) = civil(days - before_unix);
    let date = format!("{year:04}-{month:02}-{day:02}");
    Some(if time && seconds > 0 { format!("{date} {clock}") } else { date })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_told_by_their_format() {
        for (code, raw, expected) in [
            ("yyyy\\-mm\\-dd", "36526", "2000-01-01"),
            ("m/d/yy h:mm", "45356.5", "2024-03-05 12:00:00"),
            ("[$-409]d\\-mmm\\-yy;@", "59", "1900-02-28"),
            ("h:mm AM/PM", "0.75", "18:00:00"),
            ("[h]:mm:ss", "0.5", "12:00:00"),
            ("mmm", "36526", "2000-01-01"),
            ("General", "36526", "36526"),
            ("0.00", "36526", "36526"),
            ("\"days\" 0", "36526", "days 36526"),
            ("[Red]0.0", "36526", "36526"),
            ("yyyy", "-5", "-5"),
            ("yyyy", "99999999", "99999999"),
        ] {
            assert_eq!(show(raw, &parse(code), false), expected, "{code}");
        }
        assert_eq!(show("0", &built_in(14), true), "1904-01-01");
        assert_eq!(show("36526.999999999", &built_in(22), false), "2000-01-02");
    }

    #[test]
    fn digits_are_set_into_masks() {
        let phone = "[<=9999999]###\\-####;\\(###\\)\\ ###\\-####";
        for (code, raw, expected) in [
            ("000\\-00\\-0000", "12345678", "012-34-5678"),
            ("000-00-0000", "123456789", "123-45-6789"),
            ("00000", "1234", "01234"),
            ("00000\\-0000", "12345678", "01234-5678"),
            (phone, "5551234", "555-1234"),
            (phone, "2125551234", "(212) 555-1234"),
            ("\"MRN\"0000000", "42", "MRN0000042"),
            ("0", "7", "7"),
            ("#,##0", "1234567", "1234567"),
            ("00000", "12.5", "12.5"),
        ] {
            assert_eq!(show(raw, &parse(code), false), expected, "{code}");
        }
    }

    #[test]
    fn numbers_lose_their_noise_and_nothing_else() {
        for (raw, expected) in [
            ("123456789", "123456789"),
            ("1.23456789E8", "123456789"),
            ("0.10000000000000001", "0.1"),
            ("1E+300", "1E+300"),
            ("0012", "0012"),
            ("98.599999999999994", "98.6"),
        ] {
            assert_eq!(plain(raw), expected);
        }
    }
}
