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

/// Groups of up to four hexadecimal digits and colons, at most one `::`, eight groups or fewer with `::`; an IPv4
/// tail and a zone are left to the validator.
pub fn ipv6(text: &[u8], at: usize) -> Option<usize> {
    let mut end = at;
    let mut groups = 0;
    let mut doubled = false;
    if literal(text, end, b"::").is_some() {
        doubled = true;
        end += 2;
    }
    loop {
        let next = hex(text, end, 4);
        if next == end {
            break;
        }
        groups += 1;
        end = next;
        if groups == 8 || byte(text, end) != b':' {
            break;
        }
        if byte(text, end + 1) == b':' {
            if doubled {
                break;
            }
            doubled = true;
            end += 2;
        } else if byte(text, end + 1).is_ascii_hexdigit() {
            end += 1;
        } else {
            break;
        }
    }
    let whole = if doubled { (2..8).contains(&groups) } else { groups == 8 };
    whole.then_some(end)
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

/// `[A-Za-z0-9._%+'-]{1,64}@` and a host with a name of letters at its end.
pub fn email(text: &[u8], at: usize) -> Option<usize> {
    let mut end = at;
    while end < text.len() && end - at <= 64 && is_local(text[end]) {
        end += 1;
    }
    if end == at || end - at > 64 || byte(text, end) != b'@' {
        return None;
    }
    host(text, end + 1)
}

/// Behind `(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}`, the longest.
fn host(text: &[u8], at: usize) -> Option<usize> {
    let mut start = at;
    let mut found = None;
    loop {
        let mut end = start;
        while end < text.len() && end - start < 63 && (text[end].is_ascii_alphanumeric() || text[end] == b'-') {
            end += 1;
        }
        if end == start {
            return found;
        }
        let letters = text[start..end].iter().take_while(|it| it.is_ascii_alphabetic()).count();
        if start > at && (2..=24).contains(&letters) && letters == end - start {
            found = Some(end);
        }
        if byte(text, end) != b'.' {
            return found;
        }
        start = end + 1;
    }
}

/// `(?:https?|ftp)://` or `www.`, then anything up to white space or a quote, without closing punctuation.
pub fn url(text: &[u8], at: usize) -> Option<usize> {
    let start = [b"https://".as_slice(), b"http://", b"ftp://", b"HTTP://", b"HTTPS://", b"www.", b"WWW."]
        .iter()
        .find_map(|it| literal(text, at, it))
        .or_else(|| host_with_path(text, at))?;
    let mut end = start;
    while end < text.len() && end - start < 2048 && is_url_byte(text[end]) {
        end += 1;
    }
    while end > start && matches!(text[end - 1], b'.' | b',' | b';' | b':' | b')' | b']' | b'!' | b'?' | b'\'') {
        end -= 1;
    }
    (end > start).then_some(end)
}

fn host_with_path(text: &[u8], at: usize) -> Option<usize> {
    let end = host(text, at)?;
    (byte(text, end) == b'/').then_some(end)
}

#[inline]
fn is_url_byte(byte: u8) -> bool {
    byte > b' '
        && byte != 0x7f
        && !matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'\\' | b'`' | b'{' | b'}' | b'|' | b'^')
}
