//! The escapes of HL7 v2 text (v2.5.1, 2.7): delimiters, hexadecimal bytes, line breaks; highlighting is left out.

use super::super::unescaped::Unescaped;
use super::segment::Marks;

/// Bytes between the marks of an escape at most.
const LONGEST: usize = 256;

/// Decodes the value that stands at `start..end` of the raw bytes; returns its place in the text.
pub(super) fn decode(text: &mut Unescaped, raw: &[u8], start: usize, end: usize, marks: &Marks) -> (u32, u32) {
    text.copy_to(raw, start);
    let text_start = text.text.len() as u32;
    let mut at = start;
    while let Some(begin) = memchr::memchr(marks.escape, &raw[at..end]).map(|run| at + run) {
        let reach = end.min(begin + 1 + LONGEST);
        let close = memchr::memchr(marks.escape, &raw[begin + 1..reach]).map(|run| begin + 1 + run);
        let Some(meaning) = close.and_then(|close| meaning(&raw[begin + 1..close], marks).map(|it| (it, close + 1)))
        else {
            at = begin + 1;
            continue;
        };
        let (bytes, behind) = meaning;
        text.copy_to(raw, begin);
        if bytes.is_empty() {
            text.skip(behind - begin);
        } else {
            text.append(&bytes, behind - begin);
        }
        at = behind;
    }
    text.copy_to(raw, end);
    (text_start, text.text.len() as u32)
}

/// What stands for an escape: nothing for formatting; `None` where it is none.
fn meaning(body: &[u8], marks: &Marks) -> Option<Vec<u8>> {
    match body {
        b"F" => Some(vec![marks.field]),
        b"S" => Some(vec![marks.component]),
        b"R" => Some(vec![marks.repetition]),
        b"E" => Some(vec![marks.escape]),
        b"T" => Some(vec![marks.subcomponent]),
        b"P" => Some(vec![b'#']),
        b"H" | b"N" => Some(Vec::new()),
        [b'X', digits @ ..] => hexadecimal(digits),
        [b'C' | b'M', digits @ ..] if hexadecimal(digits).is_some() => Some(Vec::new()),
        [b'Z', rest @ ..] if rest.iter().all(u8::is_ascii_alphanumeric) => Some(Vec::new()),
        [b'.', command @ ..] => command.first_chunk().and_then(format_command),
        _ => None,
    }
}

/// `.br` and what moves to another line break it; `.in`, `.ti`, `.fi` and `.nf` only arrange it.
fn format_command(command: &[u8; 2]) -> Option<Vec<u8>> {
    match &command.map(|byte| byte.to_ascii_lowercase()) {
        b"br" | b"sp" | b"ce" => Some(vec![b'\n']),
        b"sk" => Some(vec![b' ']),
        b"in" | b"ti" | b"fi" | b"nf" => Some(Vec::new()),
        _ => None,
    }
}

/// Bytes that are no UTF-8 are Latin-1.
fn hexadecimal(digits: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).map(|it| it as u8);
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    let bytes: Option<Vec<u8>> = pairs.iter().map(|[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect();
    let bytes = bytes?;
    if std::str::from_utf8(&bytes).is_ok() {
        return Some(bytes);
    }
    Some(bytes.into_iter().map(char::from).collect::<String>().into_bytes())
}
