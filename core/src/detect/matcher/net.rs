//! What machines are called: addresses, hosts, mail, URLs, UUIDs.

use super::{byte, digits, literal};

/// Four groups of one to three digits, dots between them.
pub fn ipv4(text: &[u8], at: usize) -> Option<usize> {
    let mut end = at;
    for group in 0..4 {
        if group > 0 {
            if byte(text, end) != b'.' {
                return None;
            }
            end += 1;
        }
        let next = digits(text, end, 3);
        if next == end {
            return None;
        }
        end = next;
    }
    Some(end)
}

fn hex(text: &[u8], at: usize, most: usize) -> usize {
    let mut end = at;
    while end < text.len() && end - at < most && text[end].is_ascii_hexdigit() {
        end += 1;
    }
    end
}

/// `[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}` with one kind of separator, or `hhhh.hhhh.hhhh`.
pub fn mac(text: &[u8], at: usize) -> Option<usize> {
    let first = hex(text, at, 4);
    if first - at == 4 && byte(text, first) == b'.' {
        let second = hex(text, first + 1, 4);
        let third = hex(text, second + 1, 4);
        let whole = second == first + 5 && byte(text, second) == b'.' && third == second + 5;
        return whole.then_some(third);
    }
    let separator = byte(text, at + 2);
    if separator != b':' && separator != b'-' {
        return None;
    }
    for group in 0..6 {
        let start = at + group * 3;
        if hex(text, start, 2) != start + 2 || group < 5 && byte(text, start + 2) != separator {
            return None;
        }
    }
    Some(at + 17)
}

/// `[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}`
pub fn uuid(text: &[u8], at: usize) -> Option<usize> {
    let bytes = text.get(at..at + 36)?;
    let dashes = bytes[8] == b'-' && bytes[13] == b'-' && bytes[18] == b'-' && bytes[23] == b'-';
    if !dashes {
        return None;
    }
    let groups = [0..8, 9..13, 14..18, 19..23, 24..36];
    groups.into_iter().all(|it| bytes[it].iter().all(u8::is_ascii_hexdigit)).then_some(at + 36)
}

/// True for a byte of a mailbox name.
#[inline]
pub fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'%' | b'+' | b'-' | b'\'')
}

/// `[A-Za-z0-9_][A-Za-z0-9._%+'-]{0,63}@` and a host that ends in a name of letters.
pub fn email(text: &[u8], at: usize) -> Option<usize> {
    if !byte(text, at).is_ascii_alphanumeric() && byte(text, at) != b'_' {
        return None;
    }
    let end = run(text, at + 1, 63, &LOCAL);
    if byte(text, end) != b'@' {
        return None;
    }
    host(text, end + 1)
}

/// Behind the longest `(?:[A-Za-z0-9-]{1,63}\.){1,9}[A-Za-z]{2,24}`.
fn host(text: &[u8], at: usize) -> Option<usize> {
    let mut start = at;
    let mut found = None;
    for label in 0..10 {
        let letters = run(text, start, 24, &LETTER);
        if label > 0 && letters >= start + 2 {
            found = Some(letters);
        }
        let end = run(text, letters, 63 - (letters - start), &HOST);
        if end == start || byte(text, end) != b'.' {
            return found;
        }
        start = end + 1;
    }
    found
}

/// Bytes of a mailbox name, of a host's name, and letters.
const LOCAL: [bool; 256] = letters_digits_and(b"._%+-'");
const HOST: [bool; 256] = letters_digits_and(b"-");
const LETTER: [bool; 256] = {
    let mut table = letters_digits_and(b"");
    let mut digit = b'0';
    while digit <= b'9' {
        table[digit as usize] = false;
        digit += 1;
    }
    table
};

/// Behind the bytes of a table at `at`, at most `most` of them.
#[inline]
fn run(text: &[u8], at: usize, most: usize, table: &[bool; 256]) -> usize {
    let rest = text.get(at..text.len().min(at + most)).unwrap_or_default();
    at + rest.iter().position(|it| !table[usize::from(*it)]).unwrap_or(rest.len())
}

/// Every byte a URL may hold.
const URL: [bool; 256] = letters_digits_and(b"/?#&=%_~+$@:;.,!*'()-");
/// Those it may end with.
const URL_END: [bool; 256] = letters_digits_and(b"/#&=%_~+$-");

const fn letters_digits_and(marks: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let mut index = 0;
    while index < marks.len() {
        table[marks[index] as usize] = true;
        index += 1;
    }
    table
}

/// A scheme, `://`, and all that may follow, without closing punctuation.
pub fn url(text: &[u8], at: usize) -> Option<usize> {
    const SCHEMES: [&[u8]; 7] = [b"https://", b"http://", b"ftp://", b"sftp://", b"ftps://", b"HTTPS://", b"HTTP://"];
    let start = SCHEMES.iter().find_map(|it| literal(text, at, it))?;
    let mut end = start + text[start..].iter().take_while(|it| URL[usize::from(**it)]).count();
    while end > start && !URL_END[usize::from(text[end - 1])] {
        end -= 1;
    }
    (end > start).then_some(end)
}
