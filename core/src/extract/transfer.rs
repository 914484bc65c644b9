//! Bytes out of text that survives mail: base64, quoted-printable, uuencode. Lenient; knows no formats.

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

/// A uuencoded file within a text.
pub(super) struct Uuencoded<'a> {
    /// What stands before it.
    pub(super) before: &'a [u8],
    pub(super) name: &'a [u8],
    pub(super) bytes: Vec<u8>,
    /// What stands behind it.
    pub(super) after: &'a [u8],
}

/// The first file in a text that is `begin MODE NAME`, lines, and `end`.
pub(super) fn find_uuencoded(text: &[u8]) -> Option<Uuencoded<'_>> {
    for found in memchr::memmem::find_iter(text, b"begin ") {
        if found > 0 && text[found - 1] != b'\n' {
            continue;
        }
        let mut lines = text[found..].split_inclusive(|it| *it == b'\n');
        let line = lines.next()?.trim_ascii_end();
        let mode = &line[6..];
        let digits = mode.iter().take_while(|it| matches!(it, b'0'..=b'7')).count();
        if !(3..=4).contains(&digits) || mode.get(digits) != Some(&b' ') {
            continue;
        }
        let mut bytes = Vec::new();
        let mut at = found + text[found..].iter().position(|it| *it == b'\n')? + 1;
        for line in lines {
            let body = line.trim_ascii_end();
            if body != b"end" && !uudecode(body, &mut bytes) {
                break;
            }
            at += line.len();
            if body == b"end" {
                break;
            }
        }
        if !bytes.is_empty() {
            return Some(Uuencoded { before: &text[..found], name: &mode[digits + 1..], bytes, after: &text[at..] });
        }
    }
    None
}

/// Decodes one line; false where it is none.
fn uudecode(line: &[u8], bytes: &mut Vec<u8>) -> bool {
    let Some((&first, body)) = line.split_first() else { return true };
    if !(b' '..=b'`').contains(&first) || body.iter().any(|it| !(b' '..=b'`').contains(it)) {
        return false;
    }
    let wanted = usize::from((first - b' ') & 63);
    if wanted.div_ceil(3) * 4 > body.len() + 3 {
        return false;
    }
    let end = bytes.len() + wanted;
    for group in body.chunks(4) {
        let digit = |index: usize| u32::from(group.get(index).map_or(0, |it| (it - b' ') & 63));
        let bits = digit(0) << 18 | digit(1) << 12 | digit(2) << 6 | digit(3);
        bytes.extend_from_slice(&bits.to_be_bytes()[1..]);
    }
    bytes.truncate(end);
    true
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

    #[test]
    fn a_uuencoded_file_is_cut_out_of_its_text() {
        let found = find_uuencoded(b"see\nbegin to read\nbegin 644 cat.txt\n#0V%T\n`\nend\nbye\n").expect("one");
        assert_eq!(
            (found.before, found.name, &found.bytes[..]),
            (&b"see\nbegin to read\n"[..], &b"cat.txt"[..], &b"Cat"[..])
        );
        assert_eq!(found.after, b"bye\n");
        assert!(find_uuencoded(b"begin 644\n").is_none());
    }
}
