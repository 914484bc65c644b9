//! The tokens of content streams and CMaps. Never fails: what is no token is passed over.

use std::borrow::Cow;

/// Arrays and dictionaries within each other that are followed.
const MAX_DEPTH: u32 = 32;
/// Bytes behind an inline image's `EI` that must look like operators.
const LOOKAHEAD: usize = 16;

/// What stands in a content stream.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'a> {
    Number(f64),
    Name(Cow<'a, [u8]>),
    Text(Cow<'a, [u8]>),
    Array(Vec<Token<'a>>),
    /// Keys and values in turn.
    Dictionary(Vec<Token<'a>>),
    /// An operator or keyword.
    Word(&'a [u8]),
    /// An end without a beginning.
    Close(u8),
}

/// Reads tokens from bytes.
#[derive(Clone, Debug)]
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Lexer { bytes, at: 0 }
    }

    /// Bytes read so far.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                let rest = &self.bytes[self.at..];
                self.at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
            } else if is_space(byte) {
                self.at += 1;
            } else {
                return;
            }
        }
    }

    fn token(&mut self, depth: u32) -> Option<Token<'a>> {
        self.skip_space();
        let byte = self.peek()?;
        self.at += 1;
        Some(match byte {
            b'/' => Token::Name(self.name()),
            b'(' => Token::Text(self.literal()),
            b'<' if self.peek() == Some(b'<') => {
                self.at += 1;
                Token::Dictionary(self.until(b'>', depth))
            }
            b'<' => Token::Text(Cow::Owned(self.hex())),
            b'[' => Token::Array(self.until(b']', depth)),
            b'>' => {
                self.at += usize::from(self.peek() == Some(b'>'));
                Token::Close(b'>')
            }
            b']' | b')' | b'{' | b'}' => Token::Close(byte),
            _ => self.word(),
        })
    }

    fn until(&mut self, end: u8, depth: u32) -> Vec<Token<'a>> {
        let mut tokens = Vec::new();
        if depth >= MAX_DEPTH {
            return tokens;
        }
        while let Some(token) = self.token(depth + 1) {
            match token {
                Token::Close(close) if close == end => break,
                Token::Close(_) => {}
                token => tokens.push(token),
            }
        }
        tokens
    }

    fn name(&mut self) -> Cow<'a, [u8]> {
        let rest = &self.bytes[self.at..];
        let len = rest.iter().position(|&byte| !is_regular(byte)).unwrap_or(rest.len());
        self.at += len;
        unescape_name(&rest[..len])
    }

    fn word(&mut self) -> Token<'a> {
        let start = self.at - 1;
        let rest = &self.bytes[self.at..];
        self.at += rest.iter().position(|&byte| !is_regular(byte)).unwrap_or(rest.len());
        let word = &self.bytes[start..self.at];
        number(word).map_or(Token::Word(word), Token::Number)
    }

    fn literal(&mut self) -> Cow<'a, [u8]> {
        let start = self.at;
        while let Some(byte) = self.peek() {
            match byte {
                b')' => {
                    self.at += 1;
                    return Cow::Borrowed(&self.bytes[start..self.at - 1]);
                }
                b'\\' | b'(' | b'\r' => return Cow::Owned(self.long_literal(start)),
                _ => self.at += 1,
            }
        }
        Cow::Borrowed(&self.bytes[start..])
    }

    /// A literal with escapes or brackets, whose first plain bytes were passed already.
    fn long_literal(&mut self, start: usize) -> Vec<u8> {
        let mut out = self.bytes[start..self.at].to_vec();
        let mut open = 1;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'(' => open += 1,
                b')' => {
                    open -= 1;
                    if open == 0 {
                        return out;
                    }
                }
                b'\\' => {
                    out.extend(self.escape());
                    continue;
                }
                _ => {}
            }
            out.push(byte);
        }
        out
    }

    fn escape(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        match byte {
            b'n' => Some(b'\n'),
            b'r' => Some(b'\r'),
            b't' => Some(b'\t'),
            b'b' => Some(8),
            b'f' => Some(12),
            b'\r' => {
                self.at += usize::from(self.peek() == Some(b'\n'));
                None
            }
            b'\n' => None,
            b'0'..=b'7' => {
                let mut code = u32::from(byte - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.peek() else { break };
                    code = code * 8 + u32::from(digit - b'0');
                    self.at += 1;
                }
                Some(code as u8)
            }
            byte => Some(byte),
        }
    }

    fn hex(&mut self) -> Vec<u8> {
        let rest = &self.bytes[self.at..];
        let len = memchr::memchr(b'>', rest).unwrap_or(rest.len());
        self.at = (self.at + len + 1).min(self.bytes.len());
        let mut out = Vec::with_capacity(len / 2 + 1);
        let mut high = None;
        for digit in rest[..len].iter().filter_map(|&byte| (byte as char).to_digit(16)) {
            match high.take() {
                None => high = Some(digit as u8),
                Some(first) => out.push(first << 4 | digit as u8),
            }
        }
        out.extend(high.map(|first| first << 4));
        out
    }

    /// Passes over an inline image, from behind `BI` to behind `EI`.
    pub(super) fn skip_image(&mut self) {
        while let Some(token) = self.token(0) {
            if token == Token::Word(b"ID") {
                break;
            }
        }
        let from = self.at;
        for at in memchr::memmem::find_iter(&self.bytes[from..], b"EI") {
            let end = from + at + 2;
            let before = self.bytes.get((from + at).wrapping_sub(1)).is_some_and(|&byte| is_space(byte));
            let behind = &self.bytes[end..self.bytes.len().min(end + LOOKAHEAD)];
            let alone = behind.first().is_none_or(|&byte| is_space(byte));
            if before && alone && behind.iter().all(|&byte| is_space(byte) || (b' '..0x7F).contains(&byte)) {
                self.at = end;
                return;
            }
        }
    }
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.token(0)
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

fn is_regular(byte: u8) -> bool {
    !is_space(byte) && !b"()<>[]{}/%".contains(&byte)
}

fn unescape_name(raw: &[u8]) -> Cow<'_, [u8]> {
    if !raw.contains(&b'#') {
        return Cow::Borrowed(raw);
    }
    let digit = |byte: Option<&u8>| byte.and_then(|&byte| (byte as char).to_digit(16));
    let mut out = Vec::new();
    let mut at = 0;
    while at < raw.len() {
        match (raw[at], digit(raw.get(at + 1)), digit(raw.get(at + 2))) {
            (b'#', Some(high), Some(low)) => {
                out.push((high << 4 | low) as u8);
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    Cow::Owned(out)
}

/// A number as PDF writers write it: `-.5`, `5.`, `--5`, `0.00-41`.
fn number(word: &[u8]) -> Option<f64> {
    let signs = word.iter().take_while(|&&byte| byte == b'-' || byte == b'+').count();
    let digits = &word[signs..];
    if !digits.first().is_some_and(|byte| byte.is_ascii_digit() || *byte == b'.') {
        return None;
    }
    let (mut value, mut scale) = (0.0, 0.0);
    for &byte in digits {
        match byte {
            b'0'..=b'9' if scale == 0.0 => value = value * 10.0 + f64::from(byte - b'0'),
            b'0'..=b'9' => {
                value += f64::from(byte - b'0') * scale;
                scale /= 10.0;
            }
            b'.' if scale == 0.0 => scale = 0.1,
            b'-' => break,
            _ => return None,
        }
    }
    Some(if word[0] == b'-' { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> Token<'static> {
        Token::Text(Cow::Owned(bytes.to_vec()))
    }

    #[test]
    fn tokens_are_told_apart() {
        let tokens: Vec<_> = Lexer::new(b"/F#31 12 Tf % note\n[(A\\)) -120.5 <4142 4>] TJ <</K [1]>> BDC T*").collect();
        let name = |it: &[u8]| Token::Name(Cow::Owned(it.to_vec()));
        assert_eq!(tokens[..3], [name(b"F1"), Token::Number(12.0), Token::Word(b"Tf")]);
        assert_eq!(tokens[3], Token::Array(vec![text(b"A)"), Token::Number(-120.5), text(b"AB@")]));
        assert_eq!(tokens[5], Token::Dictionary(vec![name(b"K"), Token::Array(vec![Token::Number(1.0)])]));
        assert_eq!(tokens[6..], [Token::Word(b"BDC"), Token::Word(b"T*")]);
    }

    #[test]
    fn literals_and_odd_numbers_are_read_as_readers_read_them() {
        let tokens: Vec<_> = Lexer::new(b"(a(b)\\\n\\101\\53x) -.5 --5 0.04-12 5. (open").collect();
        assert_eq!(tokens[0], text(b"a(b)A+x"));
        let Token::Number(odd) = tokens[3] else { panic!("a number") };
        assert!((odd - 0.04).abs() < 1e-9);
        assert_eq!([&tokens[1], &tokens[2], &tokens[4]], [-0.5, -5.0, 5.0].map(Token::Number).each_ref());
        assert_eq!(tokens[5], text(b"open"));
    }

    #[test]
    fn inline_images_are_passed_over() {
        let mut lexer = Lexer::new(b"BI /W 2 ID \x00EI\xFF(EI \xFE\nEI Q (x) Tj");
        assert_eq!(lexer.next(), Some(Token::Word(b"BI")));
        lexer.skip_image();
        assert_eq!(lexer.next(), Some(Token::Word(b"Q")));
    }

    #[test]
    fn nesting_has_an_end() {
        let deep = b"[".repeat(100_000);
        assert!(Lexer::new(&deep).count() > 0);
    }
}
