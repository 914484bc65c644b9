//! Typographic dashes, spaces, quotes, full-width and zero-width characters and HTML entities become plain ASCII, with
//! a map back. Text without them is left alone.

use std::borrow::Cow;

use crate::model::{Field, NO_LABEL};

/// Text in its plain form, and how it maps to the original.
pub struct Plain<'a> {
    /// The plain text.
    pub text: Cow<'a, [u8]>,
    /// (offset in the plain text, offset in the original) behind each replacement, in order. Empty where nothing was
    /// replaced.
    shifts: Vec<(u32, u32)>,
}

impl Plain<'_> {
    /// True where nothing was replaced.
    pub fn is_original(&self) -> bool {
        self.shifts.is_empty()
    }

    /// The original offset at which the plain byte `at` begins.
    pub fn start(&self, at: u32) -> u32 {
        match self.shifts.partition_point(|it| it.0 <= at).checked_sub(1) {
            None => at,
            Some(index) => self.shifts[index].1 + (at - self.shifts[index].0),
        }
    }

    /// The original offset behind the plain text that ends at `at`.
    pub fn end(&self, at: u32) -> u32 {
        if at == 0 {
            return 0;
        }
        // The last byte may itself stand for a longer original: its end is where the next one starts, unless what
        // follows it was dropped.
        let last = self.start(at - 1);
        match self.shifts.binary_search_by_key(&at, |it| it.0) {
            Ok(_) => self.replacement_end(at, last),
            Err(_) => last + 1,
        }
    }

    fn replacement_end(&self, at: u32, last: u32) -> u32 {
        let first = self.shifts.partition_point(|it| it.0 < at);
        self.shifts[first].1.max(last + 1)
    }

    /// The plain offset of an original one (fields move with the text).
    pub fn forward(&self, original: u32) -> u32 {
        match self.shifts.partition_point(|it| it.1 <= original).checked_sub(1) {
            None => original.min(self.shifts.first().map_or(original, |it| it.0)),
            Some(index) => {
                let (plain, from) = self.shifts[index];
                let ceiling = self.shifts.get(index + 1).map_or(u32::MAX, |it| it.0);
                (plain + (original - from)).min(ceiling)
            }
        }
    }
}

/// The plain form of a text.
pub fn normalise(text: &[u8]) -> Plain<'_> {
    let mut shifts = Vec::new();
    let wide = memchr::memchr3(0xc2, 0xe2, 0xef, text).is_some();
    let entity = |at: usize| matches!(text[at + 1..], [b'#', ..] | [b'n', b'b', b's', b'p', b';', ..]);
    let entities = memchr::memchr_iter(b'&', text).any(entity);
    if !wide && !entities {
        return Plain { text: Cow::Borrowed(text), shifts };
    }
    let mut plain = Vec::new();
    let mut copied = 0;
    let mut wide = memchr::memchr3_iter(0xc2, 0xe2, 0xef, text).peekable();
    let mut entity = memchr::memchr_iter(b'&', text).peekable();
    loop {
        let at = match (wide.peek(), entity.peek()) {
            (Some(a), Some(b)) if a > b => entity.next(),
            (Some(_), _) => wide.next(),
            (None, _) => entity.next(),
        };
        let Some(at) = at else { break };
        replace(text, at, &mut copied, &mut plain, &mut shifts);
    }
    if shifts.is_empty() {
        return Plain { text: Cow::Borrowed(text), shifts };
    }
    plain.extend_from_slice(&text[copied..]);
    Plain { text: Cow::Owned(plain), shifts }
}

fn replace(text: &[u8], at: usize, copied: &mut usize, plain: &mut Vec<u8>, shifts: &mut Vec<(u32, u32)>) {
    if at < *copied {
        return;
    }
    let Some((len, replacement)) = plain_form(&text[at..]) else { return };
    plain.extend_from_slice(&text[*copied..at]);
    plain.extend(replacement);
    *copied = at + len;
    shifts.push((plain.len() as u32, *copied as u32));
}

/// The length of the sequence at the start of `rest` and the ASCII byte that stands for it, if any.
fn plain_form(rest: &[u8]) -> Option<(usize, Option<u8>)> {
    match rest {
        [0xc2, 0xa0, ..] => Some((2, Some(b' '))),
        [0xc2, 0xad, ..] => Some((2, None)),
        [0xe2, 0x80, 0x90..=0x95, ..] | [0xe2, 0x88, 0x92, ..] => Some((3, Some(b'-'))),
        [0xe2, 0x80, 0x80..=0x8a | 0xaf, ..] | [0xe2, 0x81, 0x9f, ..] => Some((3, Some(b' '))),
        [0xe2, 0x80, 0x8b..=0x8f, ..] | [0xe2, 0x81, 0xa0, ..] | [0xef, 0xbb, 0xbf, ..] => Some((3, None)),
        [0xe2, 0x80, 0x98 | 0x99, ..] => Some((3, Some(b'\''))),
        [0xe2, 0x80, 0x9c | 0x9d, ..] => Some((3, Some(b'"'))),
        [0xef, 0xbc, low @ 0x81..=0xbf, ..] => Some((3, Some(low - 0x81 + b'!'))),
        [0xef, 0xbd, low @ 0x80..=0x9e, ..] => Some((3, Some(low - 0x80 + b'`'))),
        [b'&', b'n', b'b', b's', b'p', b';', ..] => Some((6, Some(b' '))),
        [b'&', b'#', ..] => entity(rest),
        _ => None,
    }
}

/// A numeric character reference to a printable ASCII character or one of the typographic ones above.
fn entity(rest: &[u8]) -> Option<(usize, Option<u8>)> {
    let end = rest.iter().take(10).position(|it| *it == b';')?;
    let digits = std::str::from_utf8(&rest[2..end]).ok()?;
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => digits.parse().ok()?,
    };
    let byte = match code {
        0x20..=0x7e => code as u8,
        0xa0 | 0x2000..=0x200a => b' ',
        0x2010..=0x2015 | 0x2212 => b'-',
        0x2018 | 0x2019 => b'\'',
        _ => return None,
    };
    Some((end + 1, Some(byte)))
}

/// A field's place in the plain text.
#[inline]
pub fn bounds(plain: &Plain<'_>, field: &Field) -> (usize, usize) {
    if plain.is_original() {
        return (field.start as usize, field.end as usize);
    }
    if field.end as usize >= plain.text.len() && field.start == 0 && field.label == NO_LABEL {
        return (0, plain.text.len());
    }
    (plain.forward(field.start) as usize, plain.forward(field.end) as usize)
}

/// The same place without the blanks around its value: databases fill columns of fixed width with them.
#[inline]
pub fn unpadded(text: &[u8], (mut lo, mut hi): (usize, usize)) -> (usize, usize) {
    while lo < hi && text[hi - 1] == b' ' {
        hi -= 1;
    }
    while lo < hi && text[lo] == b' ' {
        lo += 1;
    }
    (lo, hi)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaced_characters_map_back() {
        let text = "x 123\u{2011}45\u{2011}6789 y".as_bytes();
        let plain = normalise(text);
        assert_eq!(&*plain.text, b"x 123-45-6789 y");
        assert_eq!((plain.start(2), plain.end(13)), (2, 17));
        assert_eq!(&text[2..17], "123\u{2011}45\u{2011}6789".as_bytes());
    }

    #[test]
    fn full_width_digits_and_entities() {
        let text = "１２３&#45;45&#x2d;6789".as_bytes();
        let plain = normalise(text);
        assert_eq!(&*plain.text, b"123-45-6789");
        assert_eq!((plain.start(0), plain.end(11)), (0, text.len() as u32));
        assert_eq!(plain.end(3), 9);
    }

    #[test]
    fn plain_text_is_borrowed() {
        assert!(normalise("caf\u{e9} 12".as_bytes()).is_original());
    }
}
