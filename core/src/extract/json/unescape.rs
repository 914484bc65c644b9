//! The escapes of JSON strings, decoded.

pub(super) use super::super::unescaped::{Mark, Unescaped, compose};

impl Unescaped {
    /// Decodes the string contents that stand at `start..end` of the raw bytes; returns their place in the text.
    pub(super) fn decode(&mut self, raw: &[u8], start: usize, end: usize) -> (u32, u32) {
        self.copy_to(raw, start);
        let text_start = self.text.len() as u32;
        while let Some(run) = memchr::memchr(b'\\', &raw[self.copied..end]) {
            self.copy_to(raw, self.copied + run);
            let escape = &raw[self.copied..end];
            let length = escape_length(escape);
            let mut buffer = [0; 4];
            match character(&escape[..length]) {
                Some(character) => self.append(character.encode_utf8(&mut buffer).as_bytes(), length),
                None => self.copy_to(raw, self.copied + length),
            }
        }
        self.copy_to(raw, end);
        (text_start, self.text.len() as u32)
    }
}

/// How many raw bytes belong to the escape that `raw` begins with; a surrogate pair is one escape.
pub(super) fn escape_length(raw: &[u8]) -> usize {
    if raw.get(1) != Some(&b'u') {
        return raw.len().min(2);
    }
    let Some(first) = hex4(raw, 2) else { return 2 };
    let second = if raw.get(6..8) == Some(br"\u") { hex4(raw, 8) } else { None };
    let is_pair = (0xD800..0xDC00).contains(&first) && second.is_some_and(|it| (0xDC00..0xE000).contains(&it));
    if is_pair { 12 } else { 6 }
}

fn character(escape: &[u8]) -> Option<char> {
    Some(match *escape.get(1)? {
        b'n' => '\n',
        b't' => '\t',
        b'r' => '\r',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        byte @ (b'"' | b'\\' | b'/') => char::from(byte),
        b'u' if escape.len() == 12 => {
            let (high, low) = (hex4(escape, 2)?, hex4(escape, 8)?);
            char::from_u32(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))?
        }
        b'u' if escape.len() == 6 => char::from_u32(hex4(escape, 2)?).unwrap_or(char::REPLACEMENT_CHARACTER),
        _ => return None,
    })
}

fn hex4(raw: &[u8], at: usize) -> Option<u32> {
    let digits = raw.get(at..at + 4)?;
    digits.iter().try_fold(0, |value, &digit| Some(value * 16 + char::from(digit).to_digit(16)?))
}
