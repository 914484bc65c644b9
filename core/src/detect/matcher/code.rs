//! Codes of letters and digits.

use super::{byte, exactly};

/// `[ABCDEFGHJKLMPRSTUX][A-Z9][0-9]{7}`
pub fn dea(text: &[u8], at: usize) -> Option<usize> {
    let first = matches!(byte(text, at), b'A'..=b'H' | b'J'..=b'M' | b'P' | b'R'..=b'U' | b'X');
    let second = byte(text, at + 1).is_ascii_uppercase() || byte(text, at + 1) == b'9';
    (first && second).then(|| exactly(text, at + 2, 7)).flatten()
}

/// The letters of an MBI: A to Z without S, L, O, I, B, Z.
fn is_mbi_letter(byte: u8) -> bool {
    byte.is_ascii_uppercase() && !matches!(byte, b'S' | b'L' | b'O' | b'I' | b'B' | b'Z')
}

/// `[1-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y][0-9]-?…-?…`: 4, 3 and 4 characters, dashes for display only.
pub fn mbi(text: &[u8], at: usize) -> Option<usize> {
    let mut end = at;
    for (index, kind) in b"CANNANNAANN".iter().enumerate() {
        if (index == 4 || index == 7) && byte(text, end) == b'-' {
            end += 1;
        }
        let it = byte(text, end);
        let either = matches!(index, 2 | 5);
        let fits = match kind {
            b'C' => matches!(it, b'1'..=b'9'),
            b'A' => is_mbi_letter(it),
            _ => it.is_ascii_digit() || either && is_mbi_letter(it),
        };
        if !fits {
            return None;
        }
        end += 1;
    }
    Some(end)
}

/// `[A-HJ-NPR-Z0-9]{17}`
pub fn vin(text: &[u8], at: usize) -> Option<usize> {
    let bytes = text.get(at..at + 17)?;
    let fits = |it: &u8| it.is_ascii_digit() || it.is_ascii_uppercase() && !matches!(it, b'I' | b'O' | b'Q');
    bytes.iter().all(fits).then_some(at + 17)
}

/// `[A-Za-z0-9]{1,64}(?:[-./_][A-Za-z0-9]{1,64}){0,8}`
pub fn id_token(text: &[u8], at: usize) -> Option<usize> {
    let group = |start: usize| {
        let rest = text.get(start..text.len().min(start + 64))?;
        let len = rest.iter().position(|it| !ALPHANUMERIC[usize::from(*it)]).unwrap_or(rest.len());
        (len > 0).then_some(start + len)
    };
    let mut end = group(at)?;
    for _ in 0..8 {
        if !matches!(byte(text, end), b'-' | b'.' | b'/' | b'_') {
            break;
        }
        let Some(next) = group(end + 1) else { break };
        end = next;
    }
    Some(end)
}

const ALPHANUMERIC: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    table
};

/// `[A-Z][0-9][0-9AB]\.[0-9A-Z]{1,4}`
pub fn icd10(text: &[u8], at: usize) -> Option<usize> {
    let fits = |it: u8| it.is_ascii_digit() || it.is_ascii_uppercase();
    let category = byte(text, at).is_ascii_uppercase()
        && byte(text, at + 1).is_ascii_digit()
        && matches!(byte(text, at + 2), b'0'..=b'9' | b'A' | b'B')
        && byte(text, at + 3) == b'.';
    let more = (4..8).take_while(|it| fits(byte(text, at + it))).count();
    (category && more > 0).then_some(at + 4 + more)
}
