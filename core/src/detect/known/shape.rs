//! The normal form of a value and the shape by which most of a text is passed over unhashed.

use std::fmt;
use std::ops::Range;

/// Bytes of a normal form at most. Longer values are not listed.
pub const LONGEST: usize = 63;

/// What a value is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// ASCII digits only.
    Digits,
    /// No digits.
    Letters,
    /// Both.
    Mixed,
}

impl Kind {
    /// All of them with the letter that stands for each in a list's header.
    pub const ALL: [(Kind, char); 3] = [(Kind::Digits, 'd'), (Kind::Letters, 'l'), (Kind::Mixed, 'm')];
}

/// A normal form under construction: letters and digits in lower case, so that `123-45-6789` and `123 45 6789` are one
/// value, and `Doe, Mary` and `DOE MARY`.
#[derive(Clone, Copy)]
pub struct Normal {
    bytes: [u8; LONGEST],
    len: usize,
    digits: usize,
    /// Words it was written in.
    pub words: usize,
}

/// Shows a length: its bytes are a value.
impl fmt::Debug for Normal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Normal({} bytes)", self.len)
    }
}

impl Normal {
    /// Nothing yet.
    pub fn new() -> Self {
        Normal { bytes: [0; LONGEST], len: 0, digits: 0, words: 0 }
    }

    /// The normal form of a value, if it is short enough.
    pub fn of(value: &[u8]) -> Option<Self> {
        let mut normal = Normal::new();
        let mut at = 0;
        while let Some(word) = next_word(value, at) {
            at = word.end;
            if !normal.push(&value[word]) {
                return None;
            }
        }
        (normal.len > 0).then_some(normal)
    }

    /// Adds a word; false where it gets too long.
    #[inline]
    pub fn push(&mut self, word: &[u8]) -> bool {
        let end = self.len + word.len();
        let Some(room) = self.bytes.get_mut(self.len..end) else { return false };
        for (to, from) in room.iter_mut().zip(word) {
            *to = from.to_ascii_lowercase();
            self.digits += usize::from(from.is_ascii_digit());
        }
        self.len = end;
        self.words += 1;
        true
    }

    /// Its bytes.
    #[inline]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// What it is made of.
    #[inline]
    pub fn kind(&self) -> Kind {
        match self.digits {
            0 => Kind::Letters,
            digits if digits == self.len => Kind::Digits,
            _ => Kind::Mixed,
        }
    }

    /// True where it is too short to tell anybody by.
    pub fn is_too_short(&self) -> bool {
        match self.kind() {
            Kind::Digits => self.len < 5,
            Kind::Letters => self.len < 3,
            Kind::Mixed => self.len < 4,
        }
    }
}

/// True for what words are made of.
#[inline]
pub fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// The first word at or behind `at`.
fn next_word(text: &[u8], at: usize) -> Option<Range<usize>> {
    let start = at + text.get(at..)?.iter().position(|byte| is_word(*byte))?;
    let len = text[start..].iter().position(|byte| !is_word(*byte)).unwrap_or(text.len() - start);
    Some(start..start + len)
}

/// Bytes between two words of one value, 0 where they are of two: `-`, ` `, `, `, `) `.
#[inline]
pub fn joint(text: &[u8], at: usize, hi: usize) -> usize {
    let byte = |at: usize| if at < hi { text[at] } else { 0 };
    match (byte(at), byte(at + 1)) {
        (b'.' | b',' | b')', b' ') if is_word(byte(at + 2)) => 2,
        (b' ' | b'-' | b'.' | b'/' | b'_' | b'\'', next) if is_word(next) => 1,
        _ => 0,
    }
}

/// A date as eight digits, year first; `None` where it does not say all of year, month and day. Of `02/03/1960` the
/// first is the month, as in the United States, unless it cannot be.
pub fn date(value: &[u8]) -> Option<[u8; 8]> {
    let mut runs = [(0u32, 0usize); 3];
    let mut count = 0;
    let mut month = None;
    let mut at = 0;
    while let Some(word) = next_word(value, at).filter(|_| count < 3) {
        at = word.end;
        let text = &value[word];
        let digits = text.iter().take_while(|it| it.is_ascii_digit()).count();
        if digits == 8 && count == 0 {
            return Some(text[..8].try_into().expect("eight digits")).filter(is_date);
        }
        match digits {
            0 => month = month.or_else(|| month_of(text)),
            1..=4 => {
                runs[count] = (number(&text[..digits]), digits);
                count += 1;
            }
            _ => return None,
        }
    }
    let [a, b, c] = runs;
    let (year, month, day) = match (month, count) {
        (Some(month), 2..) if b.1 == 4 => (b.0, month, a.0),
        (Some(month), 2..) if a.1 == 4 => (a.0, month, b.0),
        (None, 3) if a.1 == 4 => (a.0, b.0, c.0),
        (None, 3) if c.1 == 4 && a.0 > 12 => (c.0, b.0, a.0),
        (None, 3) if c.1 == 4 => (c.0, a.0, b.0),
        _ => return None,
    };
    let mut out = [0; 8];
    for (at, byte) in out.iter_mut().enumerate() {
        let (part, power) = if at < 4 {
            (year, 3 - at)
        } else if at < 6 {
            (month, 5 - at)
        } else {
            (day, 7 - at)
        };
        *byte = b'0' + (part / 10u32.pow(power as u32) % 10) as u8;
    }
    Some(out).filter(is_date)
}

fn is_date(digits: &[u8; 8]) -> bool {
    let (year, month, day) = (number(&digits[..4]), number(&digits[4..6]), number(&digits[6..]));
    (1850..=2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day)
}

fn number(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit.wrapping_sub(b'0')))
}

fn month_of(word: &[u8]) -> Option<u32> {
    const NAMES: [&[u8; 3]; 12] =
        [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];
    let head = word.get(..3)?;
    NAMES.iter().position(|name| name.eq_ignore_ascii_case(head)).map(|at| at as u32 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_one_normal_form() {
        let normal = |value: &str| Normal::of(value.as_bytes()).map(|it| (it.bytes().to_vec(), it.kind(), it.words));
        assert_eq!(normal("123-45-6789"), Some((b"123456789".to_vec(), Kind::Digits, 3)));
        assert_eq!(normal("Doe, Mary"), Some((b"doemary".to_vec(), Kind::Letters, 2)));
        assert_eq!(normal(" MRN0012 "), Some((b"mrn0012".to_vec(), Kind::Mixed, 1)));
        assert_eq!(normal("--"), None);
        assert_eq!(normal(&"x".repeat(64)), None);
    }

    #[test]
    fn dates_are_one_however_they_are_written() {
        for text in [
            "1960-02-03",
            "02/03/1960",
            "2/3/1960",
            "19600203",
            "February 3, 1960",
            "3 Feb 1960",
            "1960-02-03T00:00:00Z",
        ] {
            assert_eq!(date(text.as_bytes()).as_ref().map(|it| &it[..]), Some(&b"19600203"[..]), "{text}");
        }
        assert_eq!(date(b"23/02/1960"), Some(*b"19600223"));
        for text in ["1960", "02/1960", "Feb 1960", "1960-13-40", "120/80/1960", "99999999"] {
            assert_eq!(date(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn words_are_joined_by_what_values_are_written_with() {
        let joins = |text: &[u8]| joint(text, 1, text.len());
        assert_eq!((joins(b"1-2"), joins(b"1 2"), joins(b"1) 2"), joins(b"a, b")), (1, 1, 2, 2));
        assert_eq!((joins(b"1:2"), joins(b"1  2"), joins(b"1-"), joins(b"1\n2")), (0, 0, 0, 0));
    }
}
