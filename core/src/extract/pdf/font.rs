//! Fonts: from the bytes of a shown string to characters and how far each one moves on.

use std::collections::HashMap;

use lopdf::{Dictionary, Object};

use super::cmap::{self, CMap};
use super::document::Pdf;
use super::encoding::{self, GlyphNames, Table};
use super::widths;

/// Characters of predefined CMaps whose codes are text in a character set, by a part of their names.
const CHARSETS: [(&[u8], &encoding_rs::Encoding); 9] = [
    (b"RKSJ", encoding_rs::SHIFT_JIS),
    (b"EUC-H", encoding_rs::EUC_JP),
    (b"GBK", encoding_rs::GBK),
    (b"GB-EUC", encoding_rs::GBK),
    (b"GBpc-EUC", encoding_rs::GBK),
    (b"B5", encoding_rs::BIG5),
    (b"HKscs", encoding_rs::BIG5),
    (b"KSC", encoding_rs::EUC_KR),
    (b"EUC-V", encoding_rs::EUC_JP),
];

/// A font as text needs it.
pub(super) struct Font {
    kind: Kind,
    unicode: Option<CMap>,
    /// Codes are characters.
    plain: bool,
    /// Text runs downwards.
    pub(super) vertical: bool,
    /// From glyph units to text space: a thousandth, unless glyphs are procedures.
    pub(super) unit: f64,
    /// Height of an em in text space.
    pub(super) em: f64,
}

enum Kind {
    Simple { texts: Table, widths: Vec<f64> },
    Composite { codes: Codes, widths: Vec<(u32, u32, f64)>, default: f64 },
}

/// How the codes of a composite font are cut, and what they say.
enum Codes {
    /// Two bytes, a glyph number.
    Identity,
    /// Two bytes (or a surrogate pair), UTF-16.
    Utf16,
    /// Text in a character set.
    Charset(&'static encoding_rs::Encoding),
    /// As a map in the document says.
    Map(CMap),
}

/// One shown character.
pub(super) struct Shown<'a> {
    pub(super) text: &'a str,
    /// In glyph units.
    pub(super) width: f64,
    /// A code of one byte that is 32, to which word spacing applies.
    pub(super) is_space: bool,
}

impl Font {
    pub(super) fn read<'a>(pdf: &Pdf<'a>, font: &'a Dictionary, names: &mut GlyphNames) -> Font {
        let unicode = pdf.stream(font, b"ToUnicode").and_then(|it| pdf.bytes(it)).map(|it| CMap::parse(&it));
        let descendant = pdf.array(font, b"DescendantFonts").first().and_then(|it| pdf.resolve(it));
        let plain = pdf.name(font, b"ToUnicode").is_some_and(|it| it.starts_with(b"Identity"));
        let font = match descendant.and_then(super::document::as_dictionary) {
            Some(descendant) => composite(pdf, font, descendant, unicode),
            None => simple(pdf, font, unicode, names),
        };
        Font { plain, ..font }
    }

    /// Calls `show` for each character of a shown string.
    pub(super) fn decode(&self, bytes: &[u8], mut show: impl FnMut(Shown<'_>)) {
        let mut rest = bytes;
        let mut text = String::new();
        while !rest.is_empty() {
            let len = self.code_len(rest).clamp(1, rest.len());
            let code = cmap::value(&rest[..len]);
            text.clear();
            self.spell(&rest[..len], code, &mut text);
            show(Shown { text: &text, width: self.width(code, &text), is_space: len == 1 && code == 32 });
            rest = &rest[len..];
        }
    }

    fn code_len(&self, rest: &[u8]) -> usize {
        match &self.kind {
            Kind::Simple { .. } => 1,
            Kind::Composite { codes: Codes::Identity, .. } => 2,
            Kind::Composite { codes: Codes::Utf16, .. } => {
                if rest[0] & 0xFC == 0xD8 {
                    4
                } else {
                    2
                }
            }
            Kind::Composite { codes: Codes::Charset(_), .. } => {
                if rest[0] < 0x80 {
                    1
                } else {
                    2
                }
            }
            Kind::Composite { codes: Codes::Map(map), .. } => map.code_len(rest),
        }
    }

    fn spell(&self, bytes: &[u8], code: u32, out: &mut String) {
        let mapped = self.unicode.as_ref().is_some_and(|it| it.text(code, out));
        if mapped && !out.trim_matches(['\0', '\u{FFFD}']).is_empty() {
            return;
        }
        out.clear();
        if self.plain {
            return out.extend(char::from_u32(code));
        }
        match &self.kind {
            Kind::Simple { texts, .. } => out.push_str(texts.get(code as usize).map_or("", String::as_str)),
            Kind::Composite { codes: Codes::Utf16, .. } => {
                out.push_str(&encoding_rs::UTF_16BE.decode_without_bom_handling(bytes).0);
            }
            Kind::Composite { codes: Codes::Charset(charset), .. } => {
                out.push_str(&charset.decode_without_bom_handling(bytes).0);
            }
            Kind::Composite { .. } => {}
        }
    }

    fn width(&self, code: u32, text: &str) -> f64 {
        match &self.kind {
            Kind::Simple { widths, .. } => widths.get(code as usize).copied().unwrap_or(0.0),
            Kind::Composite { codes, widths, default } => {
                let glyph = match codes {
                    Codes::Map(map) => map.glyph(code).unwrap_or(code),
                    Codes::Identity => code,
                    // Widths are told by glyph number, which only the predefined map knows.
                    _ => return if text.is_ascii() { default / 2.0 } else { *default },
                };
                let index = widths.partition_point(|it| it.0 <= glyph);
                let range = index.checked_sub(1).map(|it| widths[it]);
                range.filter(|it| it.1 >= glyph).map_or(*default, |it| it.2)
            }
        }
    }
}

fn simple<'a>(pdf: &Pdf<'a>, font: &'a Dictionary, unicode: Option<CMap>, names: &mut GlyphNames) -> Font {
    let texts = table(pdf, font, names);
    let base = pdf.name(font, b"BaseFont").unwrap_or_default();
    let widths = simple_widths(pdf, font, base, &texts);
    let (unit, em) = if pdf.name(font, b"Subtype") == Some(b"Type3") { procedures(pdf, font) } else { (0.001, 1.0) };
    Font { kind: Kind::Simple { texts, widths }, unicode, plain: false, vertical: false, unit, em }
}

/// Unit and em of a font whose glyphs are procedures in a space of their own.
fn procedures<'a>(pdf: &Pdf<'a>, font: &'a Dictionary) -> (f64, f64) {
    let matrix = pdf.numbers::<6>(font.get(b"FontMatrix").ok()).unwrap_or([0.001, 0.0, 0.0, 0.001, 0.0, 0.0]);
    let unit = matrix[0].hypot(matrix[1]);
    let bounds = pdf.numbers::<4>(font.get(b"FontBBox").ok()).unwrap_or_default();
    let height = (bounds[3] - bounds[1]).abs() * matrix[2].hypot(matrix[3]);
    let widths = pdf.array(font, b"Widths").iter().filter_map(|it| pdf.number(it));
    let widest = widths.fold(0.0, f64::max) * unit;
    let em = if height > 0.0 && (widest == 0.0 || height < 4.0 * widest) { height } else { widest };
    (unit, if em > 0.0 { em } else { 1.0 })
}

/// What the codes stand for: the encoding that the font names, else the one that its program has.
fn table<'a>(pdf: &Pdf<'a>, font: &'a Dictionary, names: &mut GlyphNames) -> Table {
    let encoding = pdf.get(font, b"Encoding");
    let named = match encoding {
        Some(Object::Name(name)) => Some(&**name),
        Some(Object::Dictionary(dictionary)) => pdf.name(dictionary, b"BaseEncoding"),
        _ => None,
    };
    let mut table = match named {
        Some(name) => encoding::base(name),
        None => built_in(pdf, font, names).unwrap_or_else(|| encoding::base(usual(pdf, font))),
    };
    if let Some(Object::Dictionary(dictionary)) = encoding {
        encoding::differ(&mut table, pdf.array(dictionary, b"Differences"), names);
    }
    table
}

fn usual<'a>(pdf: &Pdf<'a>, font: &'a Dictionary) -> &'static [u8] {
    if pdf.name(font, b"Subtype") == Some(b"TrueType") { b"WinAnsiEncoding" } else { b"StandardEncoding" }
}

fn built_in<'a>(pdf: &Pdf<'a>, font: &'a Dictionary, names: &mut GlyphNames) -> Option<Table> {
    let descriptor = pdf.dictionary(font, b"FontDescriptor")?;
    let program = pdf.bytes(pdf.stream(descriptor, b"FontFile")?)?;
    encoding::of_type1(&program, names)
}

fn simple_widths<'a>(pdf: &Pdf<'a>, font: &'a Dictionary, base: &[u8], texts: &Table) -> Vec<f64> {
    let told = pdf.array(font, b"Widths");
    if told.is_empty() {
        return texts.iter().map(|text| widths::standard(base, text)).collect();
    }
    let missing = pdf.dictionary(font, b"FontDescriptor").and_then(|it| pdf.number(it.get(b"MissingWidth").ok()?));
    let first = font.get(b"FirstChar").ok().and_then(|it| pdf.number(it)).unwrap_or(0.0).clamp(0.0, 255.0) as usize;
    let mut widths = vec![missing.unwrap_or(0.0); 256];
    for (slot, object) in widths[first..].iter_mut().zip(told) {
        *slot = pdf.number(object).unwrap_or(0.0);
    }
    widths
}

fn composite<'a>(pdf: &Pdf<'a>, font: &'a Dictionary, descendant: &'a Dictionary, unicode: Option<CMap>) -> Font {
    let (codes, vertical) = match pdf.get(font, b"Encoding") {
        Some(Object::Name(name)) => (predefined(name), name.ends_with(b"-V") || **name == *b"V"),
        Some(Object::Stream(stream)) => pdf.bytes(stream).map_or((Codes::Identity, false), |it| embedded(&it)),
        _ => (Codes::Identity, false),
    };
    let default = descendant.get(b"DW").ok().and_then(|it| pdf.number(it)).unwrap_or(1000.0);
    let widths = composite_widths(pdf, pdf.array(descendant, b"W"));
    Font { kind: Kind::Composite { codes, widths, default }, unicode, plain: false, vertical, unit: 0.001, em: 1.0 }
}

fn embedded(bytes: &[u8]) -> (Codes, bool) {
    let map = CMap::parse(bytes);
    let vertical = map.vertical;
    if map.has_spaces() {
        return (Codes::Map(map), vertical);
    }
    (map.base.as_deref().map_or(Codes::Identity, predefined), vertical)
}

fn predefined(name: &[u8]) -> Codes {
    let has = |part: &[u8]| name.windows(part.len()).any(|it| it == part);
    if has(b"UCS2") || has(b"UTF16") {
        return Codes::Utf16;
    }
    let charset = CHARSETS.iter().find(|it| has(it.0));
    charset.map_or(Codes::Identity, |it| Codes::Charset(it.1))
}

/// `W`: `first [w w w]` or `first last w`, in turn.
fn composite_widths<'a>(pdf: &Pdf<'a>, array: &'a [Object]) -> Vec<(u32, u32, f64)> {
    let mut widths = Vec::new();
    let mut objects = array.iter().filter_map(|it| pdf.resolve(it));
    while let (Some(first), Some(second)) = (objects.next(), objects.next()) {
        let Some(first) = first.as_float().ok().map(|it| it as u32) else { continue };
        if let Object::Array(list) = second {
            let each = list.iter().zip(first..).map(|(it, code)| (code, code, pdf.number(it).unwrap_or(0.0)));
            widths.extend(each);
            continue;
        }
        let (Ok(last), Some(width)) = (second.as_float(), objects.next().and_then(|it| it.as_float().ok())) else {
            break;
        };
        widths.push((first, last as u32, f64::from(width)));
    }
    widths.sort_by_key(|it| it.0);
    widths
}

/// The fonts of a document, each read once.
#[derive(Default)]
pub(super) struct Fonts {
    /// By address: objects stay where they are while a document is read.
    known: HashMap<*const Dictionary, std::rc::Rc<Font>>,
    names: GlyphNames,
}

impl Fonts {
    pub(super) fn get<'a>(&mut self, pdf: &Pdf<'a>, font: &'a Dictionary) -> std::rc::Rc<Font> {
        let Fonts { known, names } = self;
        known.entry(std::ptr::from_ref(font)).or_insert_with(|| Font::read(pdf, font, names).into()).clone()
    }
}
