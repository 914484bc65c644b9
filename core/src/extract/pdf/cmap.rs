//! Character maps: from the codes of a font to text (`ToUnicode`) or to glyph numbers (`Encoding` of composite fonts).

use super::lex::{Lexer, Token};

/// What a map holds at most.
const MAX_RANGES: usize = 1 << 20;

/// A map as read from its stream. Ranges are kept as ranges: a hostile one covers four billion codes.
#[derive(Debug, Default)]
pub(super) struct CMap {
    /// Lengths and bounds of codes.
    spaces: Vec<(usize, u32, u32)>,
    /// Codes to text, sorted.
    texts: Vec<(u32, u32, String)>,
    /// Codes to glyph numbers, sorted.
    glyphs: Vec<(u32, u32, u32)>,
    /// Written from top to bottom.
    pub(super) vertical: bool,
    /// The map this one begins with.
    pub(super) base: Option<Vec<u8>>,
}

impl CMap {
    pub(super) fn parse(bytes: &[u8]) -> CMap {
        let mut map = CMap::default();
        let mut operands: Vec<Token<'_>> = Vec::new();
        for token in Lexer::new(bytes) {
            let Token::Word(word) = token else {
                operands.push(token);
                continue;
            };
            if map.texts.len() + map.glyphs.len() > MAX_RANGES {
                break;
            }
            map.apply(word, &operands);
            operands.clear();
        }
        map.texts.sort_by_key(|it| it.0);
        map.glyphs.sort_by_key(|it| it.0);
        map
    }

    fn apply(&mut self, word: &[u8], operands: &[Token<'_>]) {
        match word {
            b"endcodespacerange" => self.spaces.extend(operands.chunks_exact(2).filter_map(space)),
            b"endbfchar" => self.texts.extend(operands.chunks_exact(2).filter_map(|it| {
                let code = code(&it[0])?;
                Some((code, code, text(&it[1])?))
            })),
            b"endbfrange" => operands.chunks_exact(3).for_each(|it| self.text_range(it)),
            b"endcidchar" => self.glyphs.extend(operands.chunks_exact(2).filter_map(|it| {
                let code = code(&it[0])?;
                Some((code, code, number(&it[1])?))
            })),
            b"endcidrange" => self.glyphs.extend(
                operands.chunks_exact(3).filter_map(|it| Some((code(&it[0])?, code(&it[1])?, number(&it[2])?))),
            ),
            b"def" => {
                if let [.., Token::Name(key), value] = operands
                    && **key == *b"WMode"
                {
                    self.vertical = *value == Token::Number(1.0);
                }
            }
            b"usecmap" => {
                if let Some(Token::Name(name)) = operands.last() {
                    self.base = Some(name.to_vec());
                }
            }
            _ => {}
        }
    }

    fn text_range(&mut self, operands: &[Token<'_>]) {
        let (Some(low), Some(high)) = (code(&operands[0]), code(&operands[1])) else { return };
        if let Token::Array(texts) = &operands[2] {
            for (code, token) in (low..=high).zip(texts) {
                self.texts.extend(text(token).map(|it| (code, code, it)));
            }
            return;
        }
        self.texts.extend(text(&operands[2]).map(|it| (low, high, it)));
    }

    /// Appends the text of a code; false where it has none.
    pub(super) fn text(&self, code: u32, out: &mut String) -> bool {
        let Some((low, text)) = find(&self.texts, code) else { return false };
        let Some(last) = text.chars().next_back() else { return false };
        let Some(last) = (last as u32).checked_add(code - low).and_then(char::from_u32) else { return false };
        out.extend(text.chars().take(text.chars().count() - 1));
        out.push(last);
        true
    }

    /// The glyph number of a code.
    pub(super) fn glyph(&self, code: u32) -> Option<u32> {
        find(&self.glyphs, code).map(|(low, first)| first.wrapping_add(code - low))
    }

    /// True where it says how long codes are.
    pub(super) fn has_spaces(&self) -> bool {
        !self.spaces.is_empty()
    }

    /// Length of the code at the beginning of `bytes`.
    pub(super) fn code_len(&self, bytes: &[u8]) -> usize {
        for len in 1..=bytes.len().min(4) {
            let code = value(&bytes[..len]);
            if self.spaces.iter().any(|&(size, low, high)| size == len && within(code, low, high, len)) {
                return len;
            }
        }
        self.spaces.iter().map(|it| it.0).min().unwrap_or(1)
    }
}

/// The value of a range that covers `code`, and where the range begins.
fn find<T>(ranges: &[(u32, u32, T)], code: u32) -> Option<(u32, &T)> {
    let index = ranges.partition_point(|it| it.0 <= code);
    let (low, high, value) = ranges.get(index.checked_sub(1)?)?;
    (*high >= code).then_some((*low, value))
}

/// Bounds of code spaces hold for each byte (ISO 32000-1, 9.7.5.1).
fn within(code: u32, low: u32, high: u32, len: usize) -> bool {
    (0..len).all(|at| {
        let byte = |it: u32| (it >> (8 * at)) as u8;
        (byte(low)..=byte(high)).contains(&byte(code))
    })
}

fn space(pair: &[Token<'_>]) -> Option<(usize, u32, u32)> {
    let Token::Text(low) = &pair[0] else { return None };
    (1..=4).contains(&low.len()).then_some((low.len(), code(&pair[0])?, code(&pair[1])?))
}

fn code(token: &Token<'_>) -> Option<u32> {
    match token {
        Token::Text(bytes) if bytes.len() <= 4 => Some(value(bytes)),
        _ => None,
    }
}

fn number(token: &Token<'_>) -> Option<u32> {
    match token {
        Token::Number(number) => Some(*number as u32),
        _ => None,
    }
}

/// Bytes as a big-endian number.
pub(super) fn value(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |code, &byte| code << 8 | u32::from(byte))
}

fn text(token: &Token<'_>) -> Option<String> {
    match token {
        Token::Text(bytes) if bytes.len() == 1 => Some(char::from(bytes[0]).to_string()),
        Token::Text(bytes) => {
            let units = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            Some(char::decode_utf16(units).flatten().collect())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_arrays_and_ligatures_are_read() {
        let map = CMap::parse(
            b"1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfchar <0003> <00660066> endbfchar \
              2 beginbfrange <0010> <0012> <0041> <0020> <0021> [<0058> <0059>] endbfrange",
        );
        let text = |code| {
            let mut out = String::new();
            map.text(code, &mut out).then_some(out)
        };
        assert_eq!(map.code_len(b"\x00\x03\x00"), 2);
        assert_eq!([text(3), text(0x12), text(0x21)].map(Option::unwrap), ["ff", "C", "Y"]);
        assert_eq!([text(0x13), text(0x22)], [None, None]);
    }

    #[test]
    fn a_range_of_all_codes_costs_nothing() {
        let map = CMap::parse(b"beginbfrange <00000000> <FFFFFFFF> <0041> endbfrange");
        let mut out = String::new();
        assert!(map.text(1, &mut out) && !map.text(u32::MAX, &mut out));
        assert_eq!(out, "B");
    }
}
