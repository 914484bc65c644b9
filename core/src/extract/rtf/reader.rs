//! Reads the tokens of a document into its paragraphs, tables, values and objects.

use std::io::{Cursor, Read};

use encoding_rs::{Encoding, WINDOWS_1252};

use super::super::compose::Composer;
use super::super::head::Bytes;
use super::super::job::Job;
use super::super::office::Flow;
use super::charset;
use super::control::{Token, Tokens};
use super::groups::{self, Group, Target};
use crate::model::{Reason, Step};

/// Groups within groups.
const MAX_DEPTH: usize = 1 << 10;
/// Fonts remembered.
const MAX_FONTS: usize = 1 << 14;
/// Bytes of one embedded object.
const MAX_OBJECT: usize = 64 << 20;
/// Bytes of text gathered before it is decoded.
const ENOUGH: usize = 64 << 10;

/// A document being read.
struct Reader {
    flow: Flow,
    groups: Vec<Group>,
    /// Groups that are too deep to be kept.
    beyond: usize,
    fonts: Vec<(i32, &'static Encoding)>,
    font: i32,
    page: &'static Encoding,
    default_font: Option<i32>,
    /// Bytes of text that are not decoded yet.
    bytes: Vec<u8>,
    /// Characters to pass over behind a `\u`.
    skip: i32,
    /// The first half of a surrogate pair.
    high: Option<u16>,
    ignorable: bool,
    /// Texts of the named values that are open, innermost last.
    values: Vec<String>,
    object: Vec<u8>,
    in_table: bool,
    in_cell: bool,
    /// A paragraph's properties were reset: unless it says that it is in a table, it is not.
    reset: bool,
    pictures: bool,
}

/// Reads a document to its end.
pub(super) fn read<'i>(job: &mut Job<'_>, input: Box<dyn Read + 'i>) {
    let mut reader = Reader::new(job);
    let mut tokens = Tokens::new(input);
    let mut begun = false;
    while let Some(token) = tokens.next() {
        match token {
            Token::Open => {
                begun = true;
                reader.open(job);
            }
            Token::Close => {
                reader.close(job);
                if reader.groups.is_empty() && begun {
                    break;
                }
            }
            Token::Word(word, number) => reader.word(job, &word, number),
            Token::Binary(byte) => reader.binary(byte),
            Token::Symbol(symbol) => reader.symbol(job, symbol),
            Token::Byte(byte) => {
                reader.byte(byte);
                if reader.takes_plain() {
                    tokens.plain(&mut reader.bytes);
                }
            }
        }
        if reader.flow.is_full() {
            reader.flow.end_line(job);
        }
        if reader.flow.is_stopped() || reader.bytes.len() > ENOUGH && job.is_over() {
            return;
        }
    }
    reader.finish(job);
}

impl Reader {
    fn new(job: &Job<'_>) -> Self {
        Reader {
            flow: Flow::new(Composer::new(job)),
            groups: Vec::new(),
            beyond: 0,
            fonts: Vec::new(),
            font: 0,
            page: WINDOWS_1252,
            default_font: None,
            bytes: Vec::new(),
            skip: 0,
            high: None,
            ignorable: false,
            values: Vec::new(),
            object: Vec::new(),
            in_table: false,
            in_cell: false,
            reset: false,
            pictures: false,
        }
    }

    fn target(&self) -> Target {
        self.groups.last().map_or(Target::Body, |it| it.target)
    }

    fn open(&mut self, job: &mut Job<'_>) {
        self.decode(job);
        self.skip = 0;
        self.ignorable = false;
        if self.groups.len() >= MAX_DEPTH {
            self.beyond += 1;
            return;
        }
        let outer =
            Group { target: Target::Body, opened: false, encoding: self.page, after_unicode: 1, deleted: false };
        let group = self.groups.last().map_or(outer, |it| Group { opened: false, ..*it });
        self.groups.push(group);
    }

    fn close(&mut self, job: &mut Job<'_>) {
        self.decode(job);
        self.skip = 0;
        self.ignorable = false;
        if self.beyond > 0 {
            self.beyond -= 1;
            return;
        }
        let Some(group) = self.groups.pop().filter(|it| it.opened) else { return };
        match group.target {
            Target::Named(name) => {
                let value = self.values.pop().unwrap_or_default();
                self.flow.push_named(name, &value);
            }
            Target::Beside => {
                self.flow.end_line(job);
                self.flow.close_box();
            }
            Target::Object => self.read_object(job),
            Target::Picture => self.pictures = true,
            Target::Body | Target::Nowhere | Target::Fonts => {}
        }
    }

    /// The group that is open becomes one of that target.
    fn enter(&mut self, target: Target) {
        if self.beyond > 0 {
            return;
        }
        let Some(group) = self.groups.last_mut().filter(|it| !it.opened) else { return };
        (group.target, group.opened) = (target, true);
        match target {
            Target::Named(_) => self.values.push(String::new()),
            Target::Beside => self.flow.open_box(),
            _ => {}
        }
    }

    fn word(&mut self, job: &mut Job<'_>, word: &str, number: Option<i32>) {
        if self.skip > 0 && word != "u" && word != "bin" {
            self.skip -= 1;
            // A control word counts as one character for readers that pass over it.
            if matches!(word, "par" | "tab" | "cell" | "row") {
                self.skip = 0;
            } else {
                return;
            }
        }
        if word == "u" {
            return self.unicode(job, number.unwrap_or(0));
        }
        self.decode(job);
        let ignorable = std::mem::take(&mut self.ignorable);
        if let Some(target) = groups::target(word, ignorable, self.target()) {
            return self.enter(target);
        }
        if self.target() == Target::Fonts {
            return self.font_word(word, number);
        }
        self.format_word(word, number);
        match self.target() {
            Target::Body | Target::Beside => self.text_word(job, word, number),
            Target::Named(_) if matches!(word, "par" | "tab" | "line") => self.push(job, " "),
            _ => {}
        }
    }

    fn font_word(&mut self, word: &str, number: Option<i32>) {
        match (word, number) {
            ("f", Some(number)) => self.font = number,
            ("fcharset", Some(set)) if self.fonts.len() < MAX_FONTS => {
                self.fonts.extend(charset::of_font(set).map(|it| (self.font, it)));
            }
            ("cpg", Some(page)) if self.fonts.len() < MAX_FONTS => {
                self.fonts.extend(charset::of_page(page).map(|it| (self.font, it)));
            }
            _ => {}
        }
    }

    /// What changes how text is read.
    fn format_word(&mut self, word: &str, number: Option<i32>) {
        let font_of = |fonts: &[(i32, &'static Encoding)], font| fonts.iter().find(|it| it.0 == font).map(|it| it.1);
        let page = match word {
            "ansicpg" => number.and_then(charset::of_page),
            "mac" => charset::of_page(10_000),
            "pc" => charset::of_page(437),
            "pca" => charset::of_page(850),
            _ => None,
        };
        if let Some(page) = page {
            self.page = page;
            self.groups.iter_mut().for_each(|it| it.encoding = page);
        }
        if word == "deff" {
            self.default_font = number;
        }
        let Some(group) = self.groups.last_mut() else { return };
        match (word, number) {
            ("f", Some(font)) => group.encoding = font_of(&self.fonts, font).unwrap_or(self.page),
            ("plain", _) => {
                let font = self.default_font.and_then(|it| font_of(&self.fonts, it));
                group.encoding = font.unwrap_or(self.page);
                group.deleted = false;
            }
            ("uc", Some(count)) => group.after_unicode = count.clamp(0, 16),
            ("deleted", number) => group.deleted = number != Some(0),
            _ => {}
        }
    }

    /// What is text, or ends some.
    fn text_word(&mut self, job: &mut Job<'_>, word: &str, number: Option<i32>) {
        const CHARS: [(&str, &str); 12] = [
            ("tab", "\t"),
            ("line", "\n"),
            ("softline", "\n"),
            ("lquote", "\u{2018}"),
            ("rquote", "\u{2019}"),
            ("ldblquote", "\u{201C}"),
            ("rdblquote", "\u{201D}"),
            ("bullet", "\u{2022}"),
            ("endash", "\u{2013}"),
            ("emdash", "\u{2014}"),
            ("emspace", " "),
            ("enspace", " "),
        ];
        if let Some((_, text)) = CHARS.iter().find(|it| it.0 == word) {
            return self.push(job, text);
        }
        match word {
            "par" | "sect" | "page" | "column" => {
                self.flow.end_line(job);
            }
            "pard" => self.reset = true,
            "trowd" => self.reset = false,
            "intbl" => {
                self.reset = false;
                self.enter_table(job);
            }
            "itap" if number.is_some_and(|it| it > 0) => self.reset = false,
            "cell" | "nestcell" => {
                self.reset = false;
                self.enter_table(job);
                self.enter_cell();
                self.flow.close_cell(job);
                self.in_cell = false;
            }
            "row" | "nestrow" => {
                if self.in_cell && self.target() == Target::Body {
                    self.flow.close_cell(job);
                    self.in_cell = false;
                }
                self.flow.close_row(job);
            }
            _ => {}
        }
    }

    fn enter_table(&mut self, job: &mut Job<'_>) {
        if !self.in_table {
            self.flow.end_line(job);
            self.flow.open_table(job);
            self.in_table = true;
        }
    }

    fn enter_cell(&mut self) {
        if !self.in_cell {
            self.flow.open_cell();
            self.in_cell = true;
        }
    }

    /// Text of the body goes into the table's next cell, or ends the table.
    fn place(&mut self, job: &mut Job<'_>) {
        if self.in_table && !self.in_cell && self.reset {
            self.flow.close_table(job);
            self.in_table = false;
        } else if self.in_table {
            self.enter_cell();
        }
    }

    fn symbol(&mut self, job: &mut Job<'_>, symbol: u8) {
        if self.skip > 0 {
            self.skip -= 1;
            return;
        }
        self.decode(job);
        // What keeps words and numbers together on a line must not keep them from being told.
        match symbol {
            b'*' => self.ignorable = true,
            b'~' => self.push(job, " "),
            b'_' => self.push(job, "-"),
            b'\r' | b'\n' => self.push(job, "\n"),
            b'\t' => self.push(job, "\t"),
            _ => {}
        }
    }

    fn unicode(&mut self, job: &mut Job<'_>, code: i32) {
        self.decode(job);
        self.skip = self.groups.last().map_or(1, |it| it.after_unicode);
        // Above 32767 the specification has negative numbers; some writers do not.
        let Ok(unit) = u16::try_from(code.rem_euclid(0x1_0000)) else { return };
        let units: &[u16] = &[self.high.take().unwrap_or(0), unit];
        match unit {
            0xD800..=0xDBFF => self.high = Some(unit),
            0xDC00..=0xDFFF => self.push(job, &String::from_utf16_lossy(units)),
            _ => self.push(job, &String::from_utf16_lossy(&units[1..])),
        }
    }

    fn byte(&mut self, byte: u8) {
        if self.skip > 0 {
            self.skip -= 1;
            return;
        }
        match self.target() {
            Target::Nowhere | Target::Fonts | Target::Picture => {}
            Target::Object if self.object.len() < MAX_OBJECT * 2 => self.object.push(byte),
            Target::Object => {}
            _ => self.bytes.push(byte),
        }
    }

    fn binary(&mut self, byte: u8) {
        if self.target() == Target::Object && self.object.len() < MAX_OBJECT * 2 {
            self.object.extend(format!("{byte:02x}").bytes());
        }
    }

    /// True where the bytes that follow are text like the one before.
    fn takes_plain(&self) -> bool {
        self.skip == 0 && self.bytes.len() < ENOUGH && matches!(self.target(), Target::Body | Target::Beside)
    }

    /// Decodes the bytes gathered, as the group says that is open.
    fn decode(&mut self, job: &mut Job<'_>) {
        if self.bytes.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut self.bytes);
        let encoding = self.groups.last().map_or(self.page, |it| it.encoding);
        let (text, _) = encoding.decode_without_bom_handling(&bytes);
        self.push(job, &text);
        self.bytes = bytes;
        self.bytes.clear();
    }

    fn push(&mut self, job: &mut Job<'_>, text: &str) {
        let deleted = self.groups.last().is_some_and(|it| it.deleted);
        match self.target() {
            Target::Named(_) => {
                if let Some(value) = self.values.last_mut() {
                    value.push_str(text);
                }
            }
            Target::Body | Target::Beside if deleted => self.flow.push_deleted(text),
            Target::Body => {
                self.place(job);
                self.flow.push(text);
            }
            Target::Beside => self.flow.push(text),
            _ => {}
        }
    }

    /// Reads an embedded object: what is wrapped in an OLE 1 header as what it is.
    fn read_object(&mut self, job: &mut Job<'_>) {
        let digits = std::mem::take(&mut self.object);
        if digits.len() >= MAX_OBJECT * 2 {
            job.unread_inside(Step::part("embedded object"), Reason::LimitBytes, None);
        }
        let nibbles: Vec<u8> = digits.iter().filter_map(|it| char::from(*it).to_digit(16)).map(|it| it as u8).collect();
        let bytes: Vec<u8> = nibbles.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
        let native = native_data(&bytes);
        if !native.is_empty() {
            let reader = Box::new(Cursor::new(native.to_vec()));
            job.read_inside(Step::part("embedded object"), b"", Bytes::Stream(reader));
        }
    }

    fn finish(mut self, job: &mut Job<'_>) {
        self.decode(job);
        if !self.groups.is_empty() || self.beyond > 0 {
            job.unread(Reason::Malformed, None);
        }
        if self.pictures {
            job.unread(Reason::ImageContent, None);
        }
        self.flow.finish(job);
    }
}

/// The data of an embedded object ([MS-OLEDS] 2.2.5: version, kind, three names, size), or all of it.
fn native_data(bytes: &[u8]) -> &[u8] {
    let u32_at = |at: usize| bytes.get(at..at + 4).map(|it| u32::from_le_bytes([it[0], it[1], it[2], it[3]]) as usize);
    if u32_at(4) != Some(2) {
        return bytes;
    }
    let mut at = 8usize;
    for _ in 0..3 {
        let Some(len) = u32_at(at) else { return bytes };
        at = at.saturating_add(4).saturating_add(len);
        if at > bytes.len() {
            return bytes;
        }
    }
    let Some(size) = u32_at(at) else { return bytes };
    let data = &bytes[at + 4..];
    &data[..size.min(data.len())]
}
