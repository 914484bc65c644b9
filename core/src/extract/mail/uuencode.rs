//! Files in texts, uuencoded (POSIX uuencode): found and decoded. Lenient.

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
        let Some(mode) = line.get(6..) else { continue };
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
    fn a_uuencoded_file_is_cut_out_of_its_text() {
        let found = find_uuencoded(b"see\nbegin to read\nbegin 644 cat.txt\n#0V%T\n`\nend\nbye\n").expect("one");
        assert_eq!(
            (found.before, found.name, &found.bytes[..]),
            (&b"see\nbegin to read\n"[..], &b"cat.txt"[..], &b"Cat"[..])
        );
        assert_eq!(found.after, b"bye\n");
        assert!(find_uuencoded(b"begin 644\n").is_none() && find_uuencoded(b"begin \n").is_none());
    }
}
