//! What the codes of simple fonts stand for: base encodings, differences, glyph names, a Type 1 program's own table.

use std::collections::HashMap;

use lopdf::{Dictionary, Document, Object};

use super::lex::{Lexer, Token};

/// Text of all codes of a simple font; empty where it has none.
pub(super) type Table = Vec<String>;

/// Glyph names and their texts, once looked up.
#[derive(Debug, Default)]
pub(super) struct GlyphNames {
    known: HashMap<Vec<u8>, String>,
}

impl GlyphNames {
    /// The text of a glyph name, as the Adobe Glyph List specification reads it: suffixes go, parts are joined.
    pub(super) fn text(&mut self, name: &[u8]) -> &str {
        if !self.known.contains_key(name) {
            let text = spell(name);
            self.known.insert(name.to_vec(), text);
        }
        &self.known[name]
    }
}

fn spell(name: &[u8]) -> String {
    let whole = listed(name);
    if !whole.is_empty() {
        return whole;
    }
    let stem = name.split(|&byte| byte == b'.').next().unwrap_or(name);
    stem.split(|&byte| byte == b'_')
        .map(|part| {
            let listed = listed(part);
            if listed.is_empty() { by_number(part).unwrap_or_default() } else { listed }
        })
        .collect()
}

/// `uni` with groups of four digits, `u` with four to six.
fn by_number(name: &[u8]) -> Option<String> {
    let name = std::str::from_utf8(name).ok()?;
    let hex = |digits: &str| u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
    if let Some(digits) = name.strip_prefix("uni").filter(|it| it.len() >= 4 && it.len() % 4 == 0 && it.is_ascii()) {
        return (0..digits.len()).step_by(4).map(|at| hex(&digits[at..at + 4])).collect();
    }
    let digits = name.strip_prefix('u').filter(|it| (4..=6).contains(&it.len()))?;
    hex(digits).map(String::from)
}

/// A name on the list.
fn listed(name: &[u8]) -> String {
    let mut encoding = Dictionary::new();
    encoding.set("Differences", vec![Object::Integer(0), Object::Name(name.to_vec())]);
    // An unknown name makes it the standard encoding, where code 0 is nothing.
    table_of(Object::Dictionary(encoding), 1).swap_remove(0)
}

/// The texts of the codes of a named encoding.
pub(super) fn base(name: &[u8]) -> Table {
    table_of(Object::Name(name.to_vec()), 256)
}

fn table_of(encoding: Object, codes: usize) -> Table {
    let mut font = Dictionary::new();
    font.set("Type", Object::Name(b"Font".to_vec()));
    font.set("Encoding", encoding);
    let document = Document::new();
    let Ok(encoding) = font.get_font_encoding_with_limit(&document, 0) else {
        return vec![String::new(); codes];
    };
    (0..codes).map(|code| encoding.bytes_to_string(&[code as u8]).unwrap_or_default()).collect()
}

/// Puts the glyphs of a `Differences` array into a table.
pub(super) fn differ(table: &mut Table, differences: &[Object], names: &mut GlyphNames) {
    let mut code = 0usize;
    for object in differences {
        match object {
            Object::Integer(next) => code = usize::try_from(*next).unwrap_or(256),
            Object::Real(next) => code = *next as usize,
            Object::Name(name) => {
                if let Some(slot) = table.get_mut(code) {
                    *slot = names.text(name).to_string();
                }
                code = code.saturating_add(1);
            }
            _ => {}
        }
    }
}

/// The encoding that stands in the clear part of a Type 1 font program: `dup 65 /A put`.
pub(super) fn of_type1(program: &[u8], names: &mut GlyphNames) -> Option<Table> {
    let clear = &program[..memchr::memmem::find(program, b"eexec").unwrap_or(program.len())];
    let start = memchr::memmem::find(clear, b"/Encoding")?;
    let mut table = vec![String::new(); 256];
    let mut last = None;
    let mut found = false;
    for token in Lexer::new(&clear[start + 9..]) {
        match token {
            Token::Word(b"StandardEncoding") => return Some(base(b"StandardEncoding")),
            Token::Word(b"def" | b"readonly") if found => break,
            Token::Number(code) => last = Some(code as usize),
            Token::Name(name) => {
                if let Some(slot) = last.take().and_then(|code| table.get_mut(code)) {
                    *slot = names.text(&name).to_string();
                    found = true;
                }
            }
            _ => {}
        }
    }
    found.then_some(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn glyph_names_are_spelled() {
        let mut names = GlyphNames::default();
        let spelled =
            [&b"A"[..], b"eacute", b"uni00410042", b"u1F600", b"a.sc", b"f_i", b"zero.oldstyle", b"g17", b".notdef"]
                .map(|name| names.text(name).to_string());
        assert_eq!(spelled, ["A", "é", "AB", "😀", "a", "\u{FB01}", "0", "", ""]);
    }

    #[test]
    fn an_unknown_name_spoils_no_other() {
        let mut table = base(b"WinAnsiEncoding");
        let name = |it: &str| Object::Name(it.into());
        let differences = [Object::Integer(65), name("nonsense"), name("B"), Object::Integer(300), name("x")];
        differ(&mut table, &differences, &mut GlyphNames::default());
        assert_eq!([&table[65], &table[66], &table[67], &table[0xE9]], ["", "B", "C", "é"]);
    }

    #[test]
    fn a_type1_program_tells_its_encoding() {
        let program = b"%!PS /FontName /X def /Encoding 256 array 0 1 255 {1 index exch /.notdef put} for\n\
                        dup 12 /fi put dup 65 /A put readonly def currentfile eexec dup 66 /B put";
        let table = of_type1(program, &mut GlyphNames::default()).expect("a table");
        assert_eq!([&table[65], &table[66]], ["A", ""]);
        assert!(!table[12].is_empty());
    }
}
