//! Splits SQL into tokens, whatever dialect it is. Never fails; knows no statements.

use std::ops::Range;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Kind {
    /// A keyword or a plain name.
    Word,
    /// A name in `"…"`, `` `…` `` or `[…]`.
    Quoted,
    /// A string, with the escapes it may hold.
    Text(Escapes),
    /// `X'…'` or `0x…`: hexadecimal digits.
    Hex,
    /// A number without its sign.
    Number,
    /// `--`, `#` or `/*`: what is said to people.
    Comment,
    /// Any other character.
    Symbol(u8),
}

/// How a string says what cannot stand in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Escapes {
    /// A doubled quote only.
    Doubled,
    /// Backslashes too.
    Backslash,
    /// Nothing: what stands between `$tag$` and `$tag$`.
    Dollar,
}

/// A piece of SQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Token {
    pub(in super::super) kind: Kind,
    /// All of it.
    pub(in super::super) range: Range<usize>,
    /// Without quotes or comment marks.
    pub(in super::super) inner: Range<usize>,
}

/// What stands next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Next {
    Token(Token),
    /// A token that begins there goes on behind the text.
    Cut(Token),
    End,
}

/// What dialects differ in.
#[derive(Clone, Copy, Debug, Default)]
pub(in super::super) struct Dialect {
    /// MySQL: `\'` in strings, `#` before comments.
    pub(in super::super) is_mysql: bool,
    /// Too much was looked for in vain: no more `$tag$`, no more beginnings of statements.
    pub(in super::super) is_plain: bool,
}

impl Dialect {
    /// The dialect of a dump that begins so.
    pub(in super::super) fn of(head: &[u8]) -> Dialect {
        let is_mysql = [&b"`"[..], b"MySQL", b"MariaDB"].iter().any(|it| memchr::memmem::find(head, it).is_some());
        Dialect { is_mysql, is_plain: false }
    }

    /// The token that stands at or behind `at`. `last` says that nothing follows the text.
    pub(in super::super) fn next(self, text: &[u8], at: usize, last: bool) -> Next {
        let Some(blanks) = text[at..].iter().position(|byte| !byte.is_ascii_whitespace()) else { return Next::End };
        let start = at + blanks;
        let scan = Scan { text, start, dialect: self };
        let (kind, inner, end) = scan.token();
        let (range, is_cut) = match end {
            Some(end) => (start..end, end == text.len() && !last && !matches!(kind, Kind::Symbol(b';'))),
            None => (start..text.len(), !last),
        };
        let token = Token { kind, inner, range };
        if is_cut { Next::Cut(token) } else { Next::Token(token) }
    }
}

/// A token being read: its kind, what is within its quotes, and where it ends if it does.
type Scanned = (Kind, Range<usize>, Option<usize>);

struct Scan<'a> {
    text: &'a [u8],
    start: usize,
    dialect: Dialect,
}

impl Scan<'_> {
    fn token(&self) -> Scanned {
        let (text, start) = (self.text, self.start);
        let second = text.get(start + 1).copied();
        match text[start] {
            b'\'' => self.string(start, self.dialect.is_mysql),
            quote @ (b'"' | b'`') => self.quoted(quote),
            b'[' => self.bracket(),
            b'$' if !self.dialect.is_plain => self.dollar(),
            b'-' if second == Some(b'-') => self.line_comment(2),
            b'#' if self.dialect.is_mysql => self.line_comment(1),
            b'/' if second == Some(b'*') => self.block_comment(),
            b'0' if matches!(second, Some(b'x' | b'X')) => self.hex_number(),
            b'0'..=b'9' => self.number(),
            b'.' if second.is_some_and(|it| it.is_ascii_digit()) => self.number(),
            b'n' | b'N' | b'e' | b'E' | b'b' | b'B' if second == Some(b'\'') => {
                self.string(start + 1, self.dialect.is_mysql || text[start].eq_ignore_ascii_case(&b'e'))
            }
            b'x' | b'X' if second == Some(b'\'') => {
                let (_, inner, end) = self.string(start + 1, false);
                (Kind::Hex, inner, end)
            }
            byte if is_word(byte) => {
                let end = self.while_from(start, is_word);
                (Kind::Word, start..end, Some(end))
            }
            byte => (Kind::Symbol(byte), start..start + 1, Some(start + 1)),
        }
    }

    fn while_from(&self, from: usize, is_part: fn(u8) -> bool) -> usize {
        self.text[from..].iter().position(|byte| !is_part(*byte)).map_or(self.text.len(), |it| from + it)
    }

    fn string(&self, quote: usize, backslash: bool) -> Scanned {
        let kind = Kind::Text(if backslash { Escapes::Backslash } else { Escapes::Doubled });
        let mut at = quote + 1;
        match string_end(self.text, &mut at, backslash) {
            Some(end) => (kind, quote + 1..end, Some(end + 1)),
            None => (kind, quote + 1..self.text.len(), None),
        }
    }

    fn quoted(&self, quote: u8) -> Scanned {
        let inner = self.start + 1;
        let is_end = |at: usize| self.text[at] == quote && self.text.get(at + 1) != Some(&quote);
        let mut at = inner;
        while at < self.text.len() && !is_end(at) {
            at += 1 + usize::from(self.text[at] == quote);
        }
        if at >= self.text.len() {
            return (Kind::Quoted, inner..self.text.len(), None);
        }
        (Kind::Quoted, inner..at, Some(at + 1))
    }

    /// `[name]`; any other bracket is a symbol (arrays have them).
    fn bracket(&self) -> Scanned {
        let inner = self.start + 1;
        let is_name = |byte: &u8| is_word(*byte) || matches!(byte, b' ' | b'-' | b'/' | b'.' | b'#');
        let end = self.while_from(inner, |byte| byte != b']');
        let name = &self.text[inner..end];
        let starts = name.first().is_some_and(|byte| is_word(*byte) && !byte.is_ascii_digit());
        if end < self.text.len() && starts && name.len() <= 128 && name.iter().all(is_name) {
            return (Kind::Quoted, inner..end, Some(end + 1));
        }
        (Kind::Symbol(b'['), self.start..inner, Some(inner))
    }

    /// `$tag$ … $tag$`, or a parameter.
    fn dollar(&self) -> Scanned {
        let tag_end = self.while_from(self.start + 1, |byte| byte != b'$' && is_word(byte));
        if self.text.get(tag_end) != Some(&b'$') {
            return (Kind::Symbol(b'$'), self.start..tag_end, Some(self.start + 1));
        }
        let (tag, inner) = (&self.text[self.start..=tag_end], tag_end + 1);
        let kind = Kind::Text(Escapes::Dollar);
        match memchr::memmem::find(&self.text[inner..], tag) {
            Some(length) => (kind, inner..inner + length, Some(inner + length + tag.len())),
            None => (kind, inner..self.text.len(), None),
        }
    }

    fn line_comment(&self, mark: usize) -> Scanned {
        let inner = self.start + mark;
        let end = memchr::memchr(b'\n', &self.text[inner..]).map(|it| inner + it);
        (Kind::Comment, inner..end.unwrap_or(self.text.len()), end.map(|it| it + 1))
    }

    /// What stands in `/*!40101 … */` is no comment: the marks are.
    fn block_comment(&self) -> Scanned {
        let inner = self.start + 2;
        if self.text.get(inner) == Some(&b'!') {
            let end = self.while_from(inner + 1, |byte| byte.is_ascii_digit());
            return (Kind::Symbol(b'!'), inner..inner, Some(end));
        }
        match memchr::memmem::find(&self.text[inner..], b"*/") {
            Some(length) => (Kind::Comment, inner..inner + length, Some(inner + length + 2)),
            None => (Kind::Comment, inner..self.text.len(), None),
        }
    }

    fn hex_number(&self) -> Scanned {
        let end = self.while_from(self.start + 2, |byte| byte.is_ascii_hexdigit());
        (Kind::Hex, self.start + 2..end, Some(end))
    }

    fn number(&self) -> Scanned {
        let end = self.while_from(self.start, |byte| is_word(byte) || byte == b'.');
        (Kind::Number, self.start..end, Some(end))
    }
}

/// The closing quote of the string whose contents go on at `at`; where there is none yet, `at` is left where to look
/// on.
pub(super) fn string_end(text: &[u8], at: &mut usize, backslash: bool) -> Option<usize> {
    while *at < text.len() {
        let found =
            if backslash { memchr::memchr2(b'\'', b'\\', &text[*at..]) } else { memchr::memchr(b'\'', &text[*at..]) };
        let Some(found) = found else {
            *at = text.len();
            return None;
        };
        let place = *at + found;
        if text[place] == b'\'' && text.get(place + 1) != Some(&b'\'') {
            return Some(place);
        }
        *at = place + 2;
    }
    None
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte == b'@' || byte >= 0x80
}

impl Token {
    /// True for that keyword.
    pub(in super::super) fn is(&self, text: &[u8], keyword: &str) -> bool {
        self.kind == Kind::Word && text[self.inner.clone()].eq_ignore_ascii_case(keyword.as_bytes())
    }

    /// True for that character.
    pub(in super::super) fn is_symbol(&self, symbol: u8) -> bool {
        self.kind == Kind::Symbol(symbol)
    }

    /// The name it stands for, if it can be one.
    pub(in super::super) fn name(&self, text: &[u8]) -> Option<Vec<u8>> {
        let inner = &text[self.inner.clone()];
        match self.kind {
            Kind::Word => Some(inner.to_vec()),
            Kind::Quoted => {
                let quote = text[self.range.start];
                let mut name = inner.to_vec();
                if quote != b'[' {
                    let mut before = false;
                    name.retain(|byte| {
                        before = *byte == quote && !before;
                        *byte != quote || before
                    });
                }
                Some(name)
            }
            Kind::Text(_) => Some(inner.to_vec()),
            _ => None,
        }
    }
}
