//! Content streams: runs their operators as far as text is placed by them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;

use lopdf::{Dictionary, Object, Stream};

use super::document::{PageNode, Pdf, as_dictionary};
use super::font::{Font, Fonts, Shown};
use super::layout::{Glyph, Sheet};
use super::lex::{Lexer, Token};
use super::matrix::Matrix;
use crate::model::Reason;

/// Forms within each other that are followed.
const MAX_DEPTH: usize = 12;
/// Saved states.
const MAX_SAVED: usize = 512;
/// Operands before an operator.
const MAX_OPERANDS: usize = 64;
/// Bytes of content that are run in all, forms counted each time.
const MAX_WORK: usize = 256 << 20;
/// Forms that are run in all.
const MAX_FORMS: usize = 1 << 16;
/// Characters of a page.
const MAX_GLYPHS: usize = 2 << 20;
/// Decoded forms kept.
const KEPT_FORMS: usize = 32 << 20;

/// Runs the content of all pages of a document.
pub(super) struct Reader<'p, 'a> {
    pub(super) pdf: &'p Pdf<'a>,
    fonts: Fonts,
    /// What is being run, outermost first.
    running: Vec<*const Stream>,
    forms: HashMap<*const Stream, Rc<Vec<u8>>>,
    kept: usize,
    work: usize,
    opened: usize,
    pub(super) page: Drawn,
}

/// What was drawn on a page.
#[derive(Default)]
pub(super) struct Drawn {
    pub(super) sheet: Sheet,
    /// Area of the images.
    pub(super) images: f64,
    /// Images of any size.
    pub(super) has_image: bool,
    /// Characters whose meaning no table tells.
    pub(super) nameless: usize,
    /// Characters laid invisibly over a scan.
    pub(super) invisible: usize,
}

#[derive(Clone)]
struct State {
    matrix: Matrix,
    font: Option<Rc<Font>>,
    size: f64,
    spacing: f64,
    word_spacing: f64,
    stretch: f64,
    leading: f64,
    rise: f64,
    mode: u8,
}

/// One stream being run.
struct Run<'a> {
    resources: Option<&'a Dictionary>,
    state: State,
    saved: Vec<State>,
    text: Matrix,
    line: Matrix,
    /// Marked content: what it says it shows, until that was shown.
    marked: Vec<Option<Option<String>>>,
}

impl State {
    fn new(matrix: Matrix) -> Self {
        State {
            matrix,
            font: None,
            size: 0.0,
            spacing: 0.0,
            word_spacing: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
            mode: 0,
        }
    }
}

impl<'p, 'a> Reader<'p, 'a> {
    pub(super) fn new(pdf: &'p Pdf<'a>) -> Self {
        Reader {
            pdf,
            fonts: Fonts::default(),
            running: Vec::new(),
            forms: HashMap::new(),
            kept: 0,
            work: 0,
            opened: 0,
            page: Drawn::default(),
        }
    }

    /// Draws a page's own content.
    pub(super) fn draw_page(&mut self, node: PageNode<'a>) {
        let mut bytes = Vec::new();
        let contents = self.pdf.get(node.page, b"Contents");
        let parts = match contents {
            Some(Object::Array(array)) => &array[..],
            Some(object) => std::slice::from_ref(object),
            None => &[],
        };
        for part in parts {
            let Some(Object::Stream(stream)) = self.pdf.resolve(part) else { continue };
            let part = self.pdf.bytes(stream).unwrap_or_default();
            if bytes.is_empty() {
                bytes = part;
            } else {
                bytes.extend_from_slice(&part);
            }
            bytes.push(b'\n');
            if bytes.len() > MAX_WORK {
                break;
            }
        }
        self.run(&bytes, node.resources, Matrix::ONE);
    }

    /// Draws a form (ISO 32000-2, 8.10) in the space that `matrix` makes.
    pub(super) fn draw_form(&mut self, form: &'a Stream, outer: Option<&'a Dictionary>, matrix: Matrix) {
        let key = std::ptr::from_ref(form);
        self.opened += 1;
        if self.running.len() >= MAX_DEPTH || self.opened > MAX_FORMS {
            return self.pdf.fail(Reason::LimitDepth);
        }
        if self.running.contains(&key) {
            return;
        }
        let Some(bytes) = self.form_bytes(form) else { return };
        let own = self.pdf.numbers::<6>(form.dict.get(b"Matrix").ok()).map_or(Matrix::ONE, Matrix);
        let resources = self.pdf.dictionary(&form.dict, b"Resources").or(outer);
        self.running.push(key);
        self.run(&bytes, resources, own.then(matrix));
        self.running.pop();
    }

    fn form_bytes(&mut self, form: &'a Stream) -> Option<Rc<Vec<u8>>> {
        let key = std::ptr::from_ref(form);
        if let Some(bytes) = self.forms.get(&key) {
            return Some(Rc::clone(bytes));
        }
        let bytes = Rc::new(self.pdf.bytes(form)?);
        if self.kept + bytes.len() <= KEPT_FORMS {
            self.kept += bytes.len();
            self.forms.insert(key, Rc::clone(&bytes));
        }
        Some(bytes)
    }

    fn run(&mut self, bytes: &[u8], resources: Option<&'a Dictionary>, matrix: Matrix) {
        let mut run = Run {
            resources,
            state: State::new(matrix),
            saved: Vec::new(),
            text: Matrix::ONE,
            line: Matrix::ONE,
            marked: Vec::new(),
        };
        let mut operands = Vec::new();
        let mut lexer = Lexer::new(bytes);
        let mut counted = 0;
        while let Some(token) = lexer.next() {
            let Token::Word(word) = token else {
                if operands.len() < MAX_OPERANDS {
                    operands.push(token);
                }
                continue;
            };
            self.work += lexer.at() - counted;
            counted = lexer.at();
            if self.work > MAX_WORK || self.page.sheet.glyphs() > MAX_GLYPHS {
                return self.pdf.fail(Reason::LimitBytes);
            }
            match word {
                b"BI" => {
                    lexer.skip_image();
                    self.see_image(run.state.matrix);
                }
                b"Do" => self.draw_object(&run, &operands),
                b"Tf" => self.choose_font(&mut run, &operands),
                b"gs" => self.apply_graphics(&mut run, &operands),
                b"BDC" => {
                    let text = self.actual_text(&run, &operands);
                    run.marked.push(text);
                }
                b"Tj" | b"'" | b"\"" | b"TJ" => self.show_operator(&mut run, word, &operands),
                _ => run.apply(word, &operands),
            }
            operands.clear();
        }
    }

    fn see_image(&mut self, matrix: Matrix) {
        self.page.has_image = true;
        self.page.images += matrix.area();
    }

    fn draw_object(&mut self, run: &Run<'a>, operands: &[Token<'_>]) {
        let Some(Object::Stream(stream)) = self.resource(run, b"XObject", operands) else { return };
        match self.pdf.name(&stream.dict, b"Subtype") {
            Some(b"Image") => self.see_image(run.state.matrix),
            _ => self.draw_form(stream, run.resources, run.state.matrix),
        }
    }

    fn resource(&self, run: &Run<'a>, kind: &[u8], operands: &[Token<'_>]) -> Option<&'a Object> {
        let Some(Token::Name(name)) = operands.iter().rev().find(|it| matches!(it, Token::Name(_))) else {
            return None;
        };
        self.pdf.get(self.pdf.dictionary(run.resources?, kind)?, name)
    }

    fn choose_font(&mut self, run: &mut Run<'a>, operands: &[Token<'_>]) {
        run.state.size = numbers::<1>(operands).map_or(0.0, |it| it[0]);
        let font = self.resource(run, b"Font", operands).and_then(as_dictionary);
        run.state.font = font.map(|it| self.fonts.get(self.pdf, it));
    }

    fn apply_graphics(&mut self, run: &mut Run<'a>, operands: &[Token<'_>]) {
        let state = self.resource(run, b"ExtGState", operands).and_then(as_dictionary);
        let Some([font, size]) = state.map(|it| self.pdf.array(it, b"Font")) else { return };
        run.state.size = self.pdf.number(size).unwrap_or(0.0);
        let font = self.pdf.resolve(font).and_then(as_dictionary);
        run.state.font = font.map(|it| self.fonts.get(self.pdf, it));
    }

    /// What marked content says that it shows.
    fn actual_text(&self, run: &Run<'a>, operands: &[Token<'_>]) -> Option<Option<String>> {
        match operands.last()? {
            Token::Dictionary(entries) => {
                let value = entries.chunks_exact(2).find(|it| it[0] == Token::Name(Cow::Borrowed(b"ActualText")))?;
                let Token::Text(bytes) = &value[1] else { return None };
                let object = Object::String(bytes.to_vec(), lopdf::StringFormat::Literal);
                super::document::text(&object).map(Some)
            }
            Token::Name(_) => {
                let properties = as_dictionary(self.resource(run, b"Properties", operands)?)?;
                self.pdf.text(properties, b"ActualText").map(Some)
            }
            _ => None,
        }
    }

    fn show_operator(&mut self, run: &mut Run<'a>, word: &[u8], operands: &[Token<'_>]) {
        if word == b"\""
            && let Some([word_spacing, spacing]) = numbers::<2>(operands)
        {
            (run.state.word_spacing, run.state.spacing) = (word_spacing, spacing);
        }
        if word == b"'" || word == b"\"" {
            run.next_line(0.0, -run.state.leading);
        }
        match operands.last() {
            Some(Token::Text(bytes)) => self.show(run, bytes),
            Some(Token::Array(parts)) => {
                for part in parts {
                    match part {
                        Token::Text(bytes) => self.show(run, bytes),
                        Token::Number(back) => run.move_on(-back / 1000.0 * run.state.size),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn show(&mut self, run: &mut Run<'a>, bytes: &[u8]) {
        let Some(font) = run.state.font.clone() else { return };
        font.decode(bytes, |shown| self.show_one(run, &font, shown));
    }

    fn show_one(&mut self, run: &mut Run<'a>, font: &Font, shown: Shown<'_>) {
        let State { size, spacing, word_spacing, stretch, rise, mode, .. } = run.state;
        let extra = spacing + if shown.is_space { word_spacing } else { 0.0 };
        let advance = if font.vertical { -size } else { shown.width * font.unit * size };
        let place = run.text.then(run.state.matrix);
        let (x, y) = place.point(0.0, rise);
        let (dx, dy) = if font.vertical { place.vector(0.0, advance) } else { place.vector(advance * stretch, 0.0) };
        let up = place.vector(0.0, size * font.em);
        let right = if font.vertical { place.vector(0.0, -1.0) } else { place.vector(size.signum() * stretch, 0.0) };
        self.page.invisible += usize::from(mode == 3);
        match run.spoken() {
            None if shown.text.is_empty() => {
                self.page.nameless += 1;
                self.page.sheet.skip();
            }
            said => {
                let said = said.map_or(Cow::Borrowed(shown.text), Cow::Owned);
                self.page.sheet.place(Glyph { text: &tidy(&said), x, y, dx, dy, right, em: up.0.hypot(up.1) });
            }
        }
        if font.vertical {
            run.text = Matrix([1.0, 0.0, 0.0, 1.0, 0.0, advance - extra]).then(run.text);
        } else {
            run.move_text((advance + extra) * stretch);
        }
    }
}

impl Run<'_> {
    fn apply(&mut self, word: &[u8], operands: &[Token<'_>]) {
        let one = || numbers::<1>(operands).map(|it| it[0]);
        match word {
            b"q" if self.saved.len() < MAX_SAVED => self.saved.push(self.state.clone()),
            b"Q" => self.state = self.saved.pop().unwrap_or_else(|| self.state.clone()),
            b"cm" => {
                if let Some(matrix) = numbers(operands) {
                    self.state.matrix = Matrix(matrix).then(self.state.matrix);
                }
            }
            b"BT" => (self.text, self.line) = (Matrix::ONE, Matrix::ONE),
            b"Tm" => {
                if let Some(matrix) = numbers(operands) {
                    (self.text, self.line) = (Matrix(matrix), Matrix(matrix));
                }
            }
            b"Td" | b"TD" => {
                let Some([x, y]) = numbers(operands) else { return };
                if word == b"TD" {
                    self.state.leading = -y;
                }
                self.next_line(x, y);
            }
            b"T*" => self.next_line(0.0, -self.state.leading),
            b"Tc" => self.state.spacing = one().unwrap_or(0.0),
            b"Tw" => self.state.word_spacing = one().unwrap_or(0.0),
            b"Tz" => self.state.stretch = one().unwrap_or(100.0) / 100.0,
            b"TL" => self.state.leading = one().unwrap_or(0.0),
            b"Ts" => self.state.rise = one().unwrap_or(0.0),
            b"Tr" => self.state.mode = one().unwrap_or(0.0) as u8,
            b"BMC" => self.marked.push(None),
            b"EMC" => {
                self.marked.pop();
            }
            _ => {}
        }
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.line = Matrix([1.0, 0.0, 0.0, 1.0, x, y]).then(self.line);
        self.text = self.line;
    }

    /// Moves on as a number in a `TJ` array does.
    fn move_on(&mut self, by: f64) {
        if self.state.font.as_ref().is_some_and(|it| it.vertical) {
            self.text = Matrix([1.0, 0.0, 0.0, 1.0, 0.0, by]).then(self.text);
            return;
        }
        self.move_text(by * self.state.stretch);
    }

    fn move_text(&mut self, by: f64) {
        self.text = Matrix([1.0, 0.0, 0.0, 1.0, by, 0.0]).then(self.text);
    }

    /// What the marked content says in which a character stands: all of it at once, then nothing.
    fn spoken(&mut self) -> Option<String> {
        self.marked.iter_mut().rev().find_map(Option::as_mut).map(|said| said.take().unwrap_or_default())
    }
}

/// The last numbers among the operands.
fn numbers<const N: usize>(operands: &[Token<'_>]) -> Option<[f64; N]> {
    let mut found = operands.iter().rev().filter_map(|it| if let Token::Number(it) = it { Some(*it) } else { None });
    let mut out = [0.0; N];
    for slot in out.iter_mut().rev() {
        *slot = found.next()?;
    }
    Some(out)
}

/// Characters as they are searched for: ligatures apart, one kind of space and hyphen, no controls.
fn tidy(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| (b' '..0x7F).contains(&byte)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\u{FB00}' => out.push_str("ff"),
            '\u{FB01}' => out.push_str("fi"),
            '\u{FB02}' => out.push_str("fl"),
            '\u{FB03}' => out.push_str("ffi"),
            '\u{FB04}' => out.push_str("ffl"),
            '\u{FB05}' | '\u{FB06}' => out.push_str("st"),
            '\u{A0}' | '\t' | '\n' | '\r' => out.push(' '),
            '\u{AD}' | '\u{2010}' | '\u{2011}' => out.push('-'),
            letter if letter.is_control() || letter == '\u{FFFD}' => {}
            letter => out.push(letter),
        }
    }
    Cow::Owned(out)
}
