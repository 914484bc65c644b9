//! Specific character sets (PS3.3 C.12.1.1.2) and code extensions (PS3.5 section 6.1). Decodes; never fails.

use encoding_rs::{
    EUC_KR, Encoding, GB18030, GBK, ISO_8859_2, ISO_8859_3, ISO_8859_4, ISO_8859_5, ISO_8859_6, ISO_8859_7, ISO_8859_8,
    SHIFT_JIS, UTF_8, WINDOWS_874, WINDOWS_1252, WINDOWS_1254,
};

/// The character sets of a data set, the default first.
#[derive(Clone, Debug, Default)]
pub(super) struct Charsets {
    first: Option<Set>,
    /// Escape sequences switch between several.
    extended: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Set {
    Encoding(&'static Encoding),
    /// JIS X 0208 or 0212 by escape sequences.
    Jis,
}

impl Charsets {
    /// By the value of (0008,0005).
    pub(super) fn of(value: &[u8]) -> Self {
        let names: Vec<String> =
            String::from_utf8_lossy(trim(value)).split('\\').map(|it| it.trim().to_owned()).collect();
        let first = names.first().and_then(|name| set_of(name));
        let escaped = names.iter().any(|name| name.starts_with("ISO 2022"));
        Charsets { first, extended: escaped || names.len() > 1 }
    }

    /// The text of a value.
    pub(super) fn decode(&self, value: &[u8]) -> String {
        let value = trim(value);
        if value.is_ascii() && !value.contains(&0x1B) {
            return String::from_utf8_lossy(value).into_owned();
        }
        if self.extended || value.contains(&0x1B) {
            return self.decode_extended(value);
        }
        match self.first {
            Some(Set::Encoding(encoding)) => encoding.decode_without_bom_handling(value).0.into_owned(),
            Some(Set::Jis) => self.decode_extended(value),
            None => match std::str::from_utf8(value) {
                Ok(text) => text.to_owned(),
                Err(_) => WINDOWS_1252.decode_without_bom_handling(value).0.into_owned(),
            },
        }
    }

    /// Stretches between escape sequences, each in the set that its sequence designates. Delimiters of a value go back
    /// to the first one.
    fn decode_extended(&self, value: &[u8]) -> String {
        let mut out = String::new();
        let mut current = Stretch::Plain(self.first_encoding());
        let mut start = 0;
        let mut at = 0;
        while at < value.len() {
            if value[at] == 0x1B
                && let Some((next, length)) = designated(&value[at..], current)
            {
                current.decode(&value[start..at], &mut out);
                (current, at) = (next, at + length);
                start = at;
                continue;
            }
            let two_bytes = current == Stretch::TwoByte;
            if !two_bytes && matches!(value[at], b'\\' | b'^' | b'=' | b'\r' | b'\n' | 0x0C | b'\t') {
                current.decode(&value[start..at], &mut out);
                (current, start) = (Stretch::Plain(self.first_encoding()), at);
            }
            at += if two_bytes { 2 } else { 1 };
        }
        current.decode(&value[start.min(value.len())..], &mut out);
        out
    }

    fn first_encoding(&self) -> &'static Encoding {
        match self.first {
            Some(Set::Encoding(encoding)) => encoding,
            _ => WINDOWS_1252,
        }
    }
}

/// How the bytes behind an escape sequence are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stretch {
    Plain(&'static Encoding),
    /// JIS X 0208 in two seven-bit bytes each.
    TwoByte,
    /// JIS X 0212 in the same way.
    Supplement,
}

impl Stretch {
    fn decode(self, bytes: &[u8], out: &mut String) {
        match self {
            Stretch::Plain(encoding) => out.push_str(&encoding.decode_without_bom_handling(bytes).0),
            Stretch::TwoByte => {
                let euc: Vec<u8> = bytes.iter().map(|it| it | 0x80).collect();
                out.push_str(&encoding_rs::EUC_JP.decode_without_bom_handling(&euc).0);
            }
            Stretch::Supplement => {
                let euc: Vec<u8> =
                    bytes.chunks(2).flat_map(|pair| [0x8F, pair[0] | 0x80, pair[pair.len() - 1] | 0x80]).collect();
                out.push_str(&encoding_rs::EUC_JP.decode_without_bom_handling(&euc).0);
            }
        }
    }
}

/// What an escape sequence designates, and its length (PS3.3 tables C.12-3 and C.12-4).
fn designated(bytes: &[u8], current: Stretch) -> Option<(Stretch, usize)> {
    let plain = |encoding| Stretch::Plain(encoding);
    Some(match bytes {
        [_, b'$', b'B' | b'@', ..] => (Stretch::TwoByte, 3),
        [_, b'$', b'(', b'D', ..] => (Stretch::Supplement, 4),
        [_, b'$', b')', b'C', ..] => (plain(EUC_KR), 4),
        [_, b'$', b')', b'A', ..] => (plain(GBK), 4),
        // ASCII in the lower half: the upper half stays as it is.
        [_, b'(', b'B', ..] => match current {
            Stretch::Plain(encoding) => (plain(encoding), 3),
            _ => (plain(WINDOWS_1252), 3),
        },
        [_, b'(', b'J', ..] | [_, b')', b'I', ..] => (plain(SHIFT_JIS), 3),
        [_, b'-', set, ..] => {
            let encoding = match set {
                b'A' => WINDOWS_1252,
                b'B' => ISO_8859_2,
                b'C' => ISO_8859_3,
                b'D' => ISO_8859_4,
                b'L' => ISO_8859_5,
                b'G' => ISO_8859_6,
                b'F' => ISO_8859_7,
                b'H' => ISO_8859_8,
                b'M' => WINDOWS_1254,
                b'T' => WINDOWS_874,
                _ => return None,
            };
            (plain(encoding), 3)
        }
        _ => return None,
    })
}

/// The set of a defined term.
fn set_of(name: &str) -> Option<Set> {
    let plain = |encoding| Some(Set::Encoding(encoding));
    let number = name.rsplit(' ').next().unwrap_or_default();
    let number = number.strip_prefix("IR_").or_else(|| name.strip_prefix("ISO_IR ")).unwrap_or(number);
    match number {
        "100" => plain(WINDOWS_1252),
        "101" => plain(ISO_8859_2),
        "109" => plain(ISO_8859_3),
        "110" => plain(ISO_8859_4),
        "144" => plain(ISO_8859_5),
        "127" => plain(ISO_8859_6),
        "126" => plain(ISO_8859_7),
        "138" => plain(ISO_8859_8),
        "148" => plain(WINDOWS_1254),
        "166" => plain(WINDOWS_874),
        "13" => plain(SHIFT_JIS),
        "87" | "159" => Some(Set::Jis),
        "149" => plain(EUC_KR),
        "58" => plain(GBK),
        "192" => plain(UTF_8),
        "GB18030" => plain(GB18030),
        "GBK" => plain(GBK),
        _ => None,
    }
}

/// Without padding: blanks and zeros around the value.
pub(super) fn trim(value: &[u8]) -> &[u8] {
    let padding = |it: &u8| matches!(it, b' ' | 0);
    let start = value.iter().take_while(|it| padding(it)).count();
    let end = value.len() - value[start..].iter().rev().take_while(|it| padding(it)).count();
    &value[start..end]
}

/// True where a value without a type reads as text: printable, and more than a stray byte or two.
pub(super) fn is_text(value: &[u8]) -> bool {
    let value = trim(value);
    let odd = value.iter().filter(|it| it.is_ascii_control() && !matches!(it, b'\r' | b'\n' | b'\t' | 0x0C | 0x1B));
    value.len() > 1 && odd.count() == 0
}
