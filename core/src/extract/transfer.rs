//! Bytes out of text that survives mail: base64, quoted-printable. Lenient; knows no formats.

/// Decodes base64 (RFC 2045, 6.8; either alphabet). What is no digit is skipped, as are the bits of a cut last byte.
pub(super) fn base64(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0u32);
    for &byte in text {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                // Padding ends a value; another one may stand behind it.
                (bits, count) = (0, 0);
                continue;
            }
            _ => continue,
        };
        bits = bits << 6 | u32::from(digit);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    bytes
}

/// Decodes quoted-printable (RFC 2045, 6.7). What is no escape stays as it is.
pub(super) fn quoted_printable(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'=', rest) {
        bytes.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        if let [high, low, tail @ ..] = rest
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
        {
            bytes.push(high << 4 | low);
            rest = tail;
            continue;
        }
        let blanks = rest.iter().take_while(|it| matches!(it, b' ' | b'\t' | b'\r')).count();
        match rest.get(blanks) {
            Some(b'\n') => rest = &rest[blanks + 1..],
            None if blanks == rest.len() => rest = &[],
            _ => bytes.push(b'='),
        }
    }
    bytes.extend_from_slice(rest);
    bytes
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|it| it as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_through_dirt_and_padding() {
        assert_eq!(base64(b"SGVs\r\nbG8="), b"Hello");
        assert_eq!(base64(b"SGVsbG8=IHlvdQ=="), b"Hello you");
        assert_eq!(base64(b"SGVsb"), b"Hel");
    }

    #[test]
    fn quoted_printable_joins_lines_and_keeps_what_is_no_escape() {
        assert_eq!(
            quoted_printable(b"caf=C3=A9 =\r\nau lait=3d 1=2 a =x ="),
            "caf\u{e9} au lait= 1=2 a =x ".as_bytes()
        );
    }
}
