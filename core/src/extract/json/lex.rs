//! Where tokens end, and whether a stream begins like JSON. Knows no meaning.

/// A string, from behind its opening quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StringEnd {
    /// The closing quote stands there; whether there are escapes before it.
    At(usize, bool),
    /// A line ends in it and the next one begins with a new document: the quote was never closed.
    Broken,
    /// It goes on behind the text.
    Open,
}

/// Finds the end of the string whose contents begin at `start`.
#[inline]
pub(super) fn string_end(text: &[u8], start: usize) -> StringEnd {
    let mut at = start;
    let mut escaped = false;
    loop {
        let near = text.len().min(at + 24);
        let found = text[at..near].iter().position(|&byte| matches!(byte, b'"' | b'\\' | b'\n')).map(|it| at + it);
        let found = found.or_else(|| memchr::memchr3(b'"', b'\\', b'\n', &text[near..]).map(|it| near + it));
        let Some(found) = found else { return StringEnd::Open };
        match text[found] {
            b'"' => return StringEnd::At(found, escaped),
            b'\\' => {
                escaped = true;
                at = found + 2;
                if at > text.len() {
                    return StringEnd::Open;
                }
            }
            _ if text.get(found + 1) == Some(&b'{') => return StringEnd::Broken,
            _ if found + 1 == text.len() => return StringEnd::Open,
            _ => at = found + 1,
        }
    }
}

/// Behind the last byte of a number, word or other run without structure.
pub(super) fn run_end(text: &[u8], start: usize) -> usize {
    let ends = |byte: &u8| matches!(byte, b',' | b':' | b'"' | b'{' | b'}' | b'[' | b']') || *byte <= b' ';
    text[start..].iter().position(ends).map_or(text.len(), |at| start + at)
}

/// True where the run is a word that stands for no text.
pub(super) fn is_word(run: &[u8]) -> bool {
    const WORDS: [&[u8]; 6] = [b"true", b"false", b"null", b"NaN", b"Infinity", b"-Infinity"];
    WORDS.contains(&run)
}

/// True where the run is made of what numbers are made of.
pub(super) fn is_number(run: &[u8]) -> bool {
    run.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E'))
        && run.iter().any(u8::is_ascii_digit)
}

/// What may stand next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expected {
    Value,
    Key,
    Colon,
    Comma,
}

/// True where `text` begins with objects or arrays and nothing else. A comma too many is forgiven, and a document that
/// goes on behind the text (or was cut off there).
pub(super) fn is_json(text: &[u8]) -> bool {
    let mut open: Vec<bool> = Vec::new();
    let mut expected = Expected::Value;
    let mut at = 0;
    let mut seen = false;
    while let Some(&byte) = text.get(at) {
        let in_object = open.last().copied();
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {}
            b'{' | b'[' if expected == Expected::Value => {
                seen = true;
                open.push(byte == b'{');
                expected = if byte == b'{' { Expected::Key } else { Expected::Value };
            }
            b'}' | b']' if in_object == Some(byte == b'}') && expected != Expected::Colon => {
                open.pop();
                expected = if open.is_empty() { Expected::Value } else { Expected::Comma };
            }
            b',' if expected == Expected::Comma => {
                expected = if in_object == Some(true) { Expected::Key } else { Expected::Value };
            }
            b':' if expected == Expected::Colon => expected = Expected::Value,
            b'"' if in_object.is_some() && matches!(expected, Expected::Key | Expected::Value) => {
                match string_end(text, at + 1) {
                    StringEnd::At(end, _) => at = end,
                    StringEnd::Open => return true,
                    StringEnd::Broken => return false,
                }
                expected = if expected == Expected::Key { Expected::Colon } else { Expected::Comma };
            }
            _ if in_object.is_some() && expected == Expected::Value => {
                let end = run_end(text, at);
                let run = &text[at..end];
                if end == text.len() {
                    return true;
                }
                if !is_strict_number(run) && !is_word(run) {
                    return false;
                }
                at = end - 1;
                expected = Expected::Comma;
            }
            _ => return false,
        }
        at += 1;
    }
    seen
}

/// RFC 8259 section 6, leading zeros forgiven.
fn is_strict_number(run: &[u8]) -> bool {
    let digits = run.strip_prefix(b"-").unwrap_or(run);
    let exponent = digits.iter().position(|byte| matches!(byte, b'e' | b'E'));
    let mantissa = &digits[..exponent.unwrap_or(digits.len())];
    mantissa.first().is_some_and(u8::is_ascii_digit)
        && mantissa.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
        && mantissa.iter().filter(|byte| **byte == b'.').count() <= 1
}
