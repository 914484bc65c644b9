//! JSON written by hand into a byte buffer: what the hot rows of reports need, and no more.

/// `00` to `99`.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut number = 0;
    while number < 100 {
        pairs[number] = [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8];
        number += 1;
    }
    pairs
};

/// Appends a number in decimal.
pub fn write_number(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [[0u8; 4]; 5];
    let mut place = digits.len();
    let leading = loop {
        place -= 1;
        let four = (number % 10_000) as usize;
        let ([a, b], [c, d]) = (PAIRS[four / 100], PAIRS[four % 100]);
        digits[place] = [a, b, c, d];
        number /= 10_000;
        if number == 0 {
            break usize::from(four < 1_000) + usize::from(four < 100) + usize::from(four < 10);
        }
    };
    out.extend_from_slice(&digits.as_flattened()[place * 4 + leading..]);
}

/// A number that is written again and again: its digits are made once.
#[derive(Debug, Default)]
pub struct Repeated {
    number: u64,
    digits: Vec<u8>,
}

impl Repeated {
    /// Appends a number, which is mostly the last one.
    #[inline]
    pub fn write(&mut self, out: &mut Vec<u8>, number: u64) {
        if self.number != number || self.digits.is_empty() {
            self.number = number;
            self.digits.clear();
            write_number(&mut self.digits, number);
        }
        out.extend_from_slice(&self.digits);
    }
}

/// Appends thousandths as a decimal fraction without trailing zeros: 850 is `0.85`.
pub fn write_score(out: &mut Vec<u8>, permille: u16) {
    write_number(out, u64::from(permille / 1000));
    let rest = permille % 1000;
    if rest == 0 {
        return;
    }
    let digits = [b'.', b'0' + (rest / 100) as u8, b'0' + (rest / 10 % 10) as u8, b'0' + (rest % 10) as u8];
    let kept = digits.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1);
    out.extend_from_slice(&digits[..kept]);
}

/// Appends a string with its quotes.
pub fn write_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let mut done = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' && byte != 0x7f {
            continue;
        }
        out.extend_from_slice(&text.as_bytes()[done..at]);
        write_escape(out, byte);
        done = at + 1;
    }
    out.extend_from_slice(&text.as_bytes()[done..]);
    out.push(b'"');
}

fn write_escape(out: &mut Vec<u8>, byte: u8) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    match byte {
        b'"' => out.extend_from_slice(b"\\\""),
        b'\\' => out.extend_from_slice(b"\\\\"),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\t' => out.extend_from_slice(b"\\t"),
        _ => {
            out.extend_from_slice(b"\\u00");
            out.extend_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        }
    }
}

/// Appends an object of names and numbers.
pub(crate) fn write_counts<'a>(out: &mut Vec<u8>, counts: impl IntoIterator<Item = (&'a str, u64)>) {
    out.push(b'{');
    for (index, (name, count)) in counts.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_string(out, name);
        out.push(b':');
        write_number(out, count);
    }
    out.push(b'}');
}

/// Appends an array of strings.
pub(crate) fn write_strings<'a>(out: &mut Vec<u8>, strings: impl IntoIterator<Item = &'a str>) {
    out.push(b'[');
    for (index, text) in strings.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_string(out, text);
    }
    out.push(b']');
}

/// Base64 with padding (RFC 4648, section 4).
pub(crate) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let shown = digit <= chunk.len();
            let value = (group >> (18 - 6 * digit)) & 63;
            out.push(if shown { char::from(DIGITS[value as usize]) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_and_scores() {
        for number in (0..2000).chain([9_999, 10_000, 123_456_789, 1_000_000_000_000]) {
            assert_eq!(written(|out| write_number(out, number)), number.to_string());
        }
        assert_eq!(written(|out| write_number(out, u64::MAX)), u64::MAX.to_string());
        let mut repeated = Repeated::default();
        let all = written(|out| [0, 0, 7, 7, 12_345, 0].into_iter().for_each(|number| repeated.write(out, number)));
        assert_eq!(all, "0077123450");
        for (permille, text) in [(0, "0"), (1000, "1"), (850, "0.85"), (985, "0.985"), (5, "0.005"), (500, "0.5")] {
            assert_eq!(written(|out| write_score(out, permille)), text);
        }
    }

    #[test]
    fn strings_are_what_serde_writes() {
        for text in ["", "a\"b\\c", "line\nend\t\r", "\u{1}\u{1f}", "ü\u{1F600}"] {
            assert_eq!(written(|out| write_string(out, text)), serde_json::to_string(text).unwrap());
        }
    }

    #[test]
    fn base64_as_in_the_standard() {
        let rows = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        for (plain, encoded) in rows {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
    }
}
