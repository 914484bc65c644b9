//! The values of statements: rows in parentheses, lines of COPY, assignments.

use super::super::unescaped::Unescaped;
use super::lex::{Escapes, Kind, Token};
use super::{Blob, Reader, State};
use crate::model::NO_LABEL;

/// Words that stand where column names may and are none.
const NO_COLUMNS: [&str; 20] = [
    "AND", "OR", "NOT", "NULL", "IN", "IS", "LIKE", "WHERE", "SET", "BETWEEN", "CASE", "WHEN", "THEN", "ELSE", "END",
    "TRUE", "FALSE", "DEFAULT", "CAST", "FROM",
];

impl Reader {
    /// Takes in a token of rows in parentheses.
    pub(super) fn take_in_values(&mut self, text: &[u8], token: Token, begins_line: bool) -> usize {
        let State::Values { ref labels, ref mut column, ref mut depth, selects } = self.state else {
            return token.range.end;
        };
        let label = match labels.get(*column) {
            Some(label) => *label,
            None => self.tables[self.table].label(b"", Some(*column as u32)),
        };
        let end = token.range.end;
        if token.kind == Kind::Comment {
            self.prose_from = token.inner.start;
            self.prose_to(text, token.inner.end);
            self.prose_from = end;
            return end;
        }
        match token.kind {
            Kind::Symbol(b'(' | b'[') => {
                *column = if *depth == 0 { 0 } else { *column };
                *depth += 1;
            }
            Kind::Symbol(b')' | b']') => {
                self.tables[self.table].next_record += u64::from(*depth == 1);
                *depth = depth.saturating_sub(1);
            }
            Kind::Symbol(b',') => *column += usize::from(*depth == 1),
            Kind::Symbol(b';') => self.end_statement(),
            Kind::Symbol(_) | Kind::Comment => {}
            Kind::Word if *depth == 0 || selects => self.take_word(text, &token, begins_line),
            Kind::Word => {}
            Kind::Text(_) | Kind::Hex | Kind::Number | Kind::Quoted if *depth > 0 => {
                self.take_value(text, &token, label);
            }
            _ => {}
        }
        self.prose_from = end;
        end
    }

    /// A word between rows: `SELECT … UNION ALL SELECT …`, `ON CONFLICT`, the next statement.
    fn take_word(&mut self, text: &[u8], token: &Token, begins_line: bool) {
        let State::Values { ref mut column, ref mut depth, selects, .. } = self.state else { return };
        if selects && token.is(text, "SELECT") {
            (*column, *depth) = (0, 1);
        } else if selects && token.is(text, "UNION") {
            self.tables[self.table].next_record += 1;
            *depth = 0;
        } else if *depth == 0 && !token.is(text, "ALL")
            || selects && (token.is(text, "FROM") || begins_line && token.is(text, "GO"))
        {
            self.end_statement();
        }
    }

    /// Takes in a token of `column = value`.
    pub(super) fn take_in_set(&mut self, text: &[u8], token: Token) -> usize {
        let State::Set { label } = self.state else { return token.range.end };
        match token.kind {
            Kind::Symbol(b';') => self.end_statement(),
            Kind::Text(_) | Kind::Hex | Kind::Number => self.take_value(text, &token, label),
            Kind::Word | Kind::Quoted if !NO_COLUMNS.iter().any(|it| token.is(text, it)) => {
                if token.is(text, "GO") && self.fresh {
                    self.end_statement();
                } else if let Some(name) = token.name(text) {
                    let label = self.tables[self.table].label(&name, None);
                    self.state = State::Set { label };
                }
            }
            Kind::Comment => {
                self.prose_from = token.inner.start;
                self.prose_to(text, token.inner.end);
            }
            _ => {}
        }
        self.prose_from = token.range.end;
        token.range.end
    }

    fn take_value(&mut self, text: &[u8], token: &Token, label: u32) {
        let record = self.tables[self.table].next_record;
        let inner = token.inner.clone();
        let value = &text[inner.clone()];
        let hex = if token.kind == Kind::Hex { Some(value) } else { value.strip_prefix(b"\\x") };
        if let Some(bytes) = hex.and_then(decode_hex) {
            return self.take_blob(bytes, label);
        }
        let signed = token.kind == Kind::Number && inner.start > 0 && text[inner.start - 1] == b'-';
        let range = inner.start - usize::from(signed)..inner.end;
        let decode = |out: &mut Unescaped, text: &[u8], end: usize| match token.kind {
            Kind::Text(Escapes::Backslash) => decode_backslash(out, text, end),
            Kind::Text(Escapes::Doubled) => decode_doubled(out, text, end, b'\''),
            Kind::Quoted => decode_doubled(out, text, end, text[inner.start - 1]),
            _ => {}
        };
        self.fields += usize::from(self.group.push_value(text, range, (label, record), decode));
    }

    /// A binary value is looked into where something can be told of it.
    pub(super) fn take_blob(&mut self, bytes: Vec<u8>, label: u32) {
        if !super::super::is_readable(&bytes) {
            return;
        }
        let known = &self.tables[self.table];
        let column = known.frame.labels.get(label as usize).map_or(&known.name, |it| &it.name.0);
        let name = [column, &b"["[..], known.next_record.to_string().as_bytes(), b"]"].concat();
        self.blobs.push(Blob { name, bytes });
    }

    /// Takes in a line of COPY that begins at `at`; returns where the next one begins, nothing where it is cut off.
    pub(super) fn read_line(&mut self, text: &[u8], at: usize, last: bool) -> Option<usize> {
        let State::Copy { ref labels } = self.state else { return None };
        let line_end = memchr::memchr(b'\n', &text[at..]).map(|it| at + it);
        let end = if last { line_end.unwrap_or(text.len()) } else { line_end? };
        let next = (end + 1).min(text.len());
        let line = text[at..end].strip_suffix(b"\r").unwrap_or(&text[at..end]);
        self.prose_from = next;
        if line == b"\\." {
            self.state = State::Open;
            self.fresh = true;
            return Some(next);
        }
        let record = self.tables[self.table].next_record;
        self.tables[self.table].next_record += 1;
        let mut blobs = Vec::new();
        let mut start = at;
        for (column, cell) in line.split(|byte| *byte == b'\t').enumerate() {
            let range = start..start + cell.len();
            start = range.end + 1;
            let label = labels.get(column).copied().unwrap_or(NO_LABEL);
            if cell == b"\\N" {
                continue;
            }
            if let Some(bytes) = cell.strip_prefix(b"\\\\x").and_then(decode_hex) {
                blobs.push((bytes, label));
                continue;
            }
            self.fields += usize::from(self.group.push_value(text, range, (label, record), decode_copy));
        }
        for (bytes, label) in blobs {
            self.take_blob(bytes, label);
        }
        Some(next)
    }
}

/// The bytes that so many digits stand for; nothing where they are none.
pub(super) fn decode_hex(digits: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|it| it as u8);
    if digits.is_empty() || !digits.len().is_multiple_of(2) {
        return None;
    }
    digits.chunks_exact(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

fn decode_doubled(out: &mut Unescaped, text: &[u8], end: usize, quote: u8) {
    while let Some(run) = memchr::memchr(quote, &text[out.copied..end]) {
        out.copy_to(text, out.copied + run);
        let is_pair = out.copied + 1 < end && text[out.copied + 1] == quote;
        out.append(&[quote], 1 + usize::from(is_pair));
    }
}

/// `\n`, `\'`, `''` (MySQL, `E'…'`).
fn decode_backslash(out: &mut Unescaped, text: &[u8], end: usize) {
    while let Some(run) = memchr::memchr2(b'\\', b'\'', &text[out.copied..end]) {
        out.copy_to(text, out.copied + run);
        let Some(&escaped) = text[..end].get(out.copied + 1) else { break };
        let character = if text[out.copied] == b'\'' { b'\'' } else { control(escaped).unwrap_or(escaped) };
        // A character of more than one byte is not cut.
        if escaped >= 0x80 {
            out.copy_to(text, out.copied + 1);
            continue;
        }
        out.append(&[character], 2);
    }
}

/// `\n`, `\\`, `\011`, `\x09` (COPY).
fn decode_copy(out: &mut Unescaped, text: &[u8], end: usize) {
    while let Some(run) = memchr::memchr(b'\\', &text[out.copied..end]) {
        out.copy_to(text, out.copied + run);
        let escape = &text[out.copied + 1..end];
        let octal = escape.iter().take(3).take_while(|it| (b'0'..=b'7').contains(it)).count();
        let hex = if escape.first() == Some(&b'x') {
            escape[1..].iter().take(2).take_while(|it| it.is_ascii_hexdigit()).count()
        } else {
            0
        };
        let number = |digits: &[u8], base: u32| {
            digits.iter().fold(0u32, |all, it| all * base + char::from(*it).to_digit(base).unwrap_or(0)) as u8
        };
        let (byte, length) = match escape.first() {
            None => break,
            Some(_) if octal > 0 => (number(&escape[..octal], 8), octal),
            Some(_) if hex > 0 => (number(&escape[1..=hex], 16), hex + 1),
            Some(byte) => (control(*byte).unwrap_or(*byte), 1),
        };
        if byte >= 0x80 {
            out.copy_to(text, out.copied + 1);
            continue;
        }
        out.append(&[byte], length + 1);
    }
}

fn control(escaped: u8) -> Option<u8> {
    Some(match escaped {
        b'n' => b'\n',
        b't' => b'\t',
        b'r' => b'\r',
        b'b' => 8,
        b'f' => 12,
        b'v' => 11,
        b'0' => 0,
        b'Z' => 26,
        _ => return None,
    })
}
