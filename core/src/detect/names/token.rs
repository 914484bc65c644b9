//! Words and marks of running text, as the name model sees them. Never looks at meaning beyond a word's lexicon entry.

use super::hash::word_hash;
use super::lexicon::{Cue, Entry, Lexicon};
use crate::detect::bits::SEEN;
use crate::detect::masks::Masks;

/// What a token looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Shape {
    /// Nothing: before the first token and behind the last.
    #[default]
    Edge,
    /// `word`
    Lower,
    /// `Word`
    Title,
    /// `WORD`, of two letters or more
    Upper,
    /// `J` or `J.`
    Initial,
    /// `McDonald`, `O'Neill`, `DeShawn`
    Mixed,
    /// Letters with a hump that no name has, or joined by marks of code
    Code,
    /// Digits alone
    Digits,
    /// Letters and digits
    Alphanumeric,
    Comma,
    Period,
    Colon,
    Open,
    Close,
    Dash,
    /// Any other mark
    Mark,
}

/// What separates a token from the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Gap {
    /// Nothing
    #[default]
    None,
    /// One blank
    Space,
    /// Two blanks or more, or a tab
    Wide,
    /// A line end
    Line,
    /// An empty line, or the beginning of the text
    Paragraph,
}

/// One word or mark.
#[derive(Clone, Copy, Debug, Default)]
pub struct Token {
    /// First byte.
    pub start: u32,
    /// Behind the last byte.
    pub end: u32,
    /// Of the word, ASCII case ignored; of a mark, its byte.
    pub hash: u64,
    /// What the lexicon knows of the word.
    pub entry: Entry,
    /// What it looks like.
    pub shape: Shape,
    /// What stands before it.
    pub gap: Gap,
}

impl Token {
    /// What stands where there is none.
    pub const fn none() -> Token {
        Token { start: 0, end: 0, hash: 0, entry: Entry(0), shape: Shape::Edge, gap: Gap::None }
    }

    /// True for what may be part of a name by its shape alone.
    pub fn is_capitalised(&self) -> bool {
        matches!(self.shape, Shape::Title | Shape::Upper | Shape::Initial | Shape::Mixed)
    }

    /// True for a word that may itself be a name: no particle and no mark.
    pub fn may_name(&self) -> bool {
        self.is_capitalised() || self.shape == Shape::Lower && self.entry.cue() != Cue::Particle
    }

    /// True for what stands before a name and is no part of it, however it is written: `Mother`, `Patient`, a suffix.
    pub fn leads_to_name(&self) -> bool {
        matches!(self.entry.cue(), Cue::Relation | Cue::Patient | Cue::Suffix) && self.entry.given() <= 2
    }

    /// True for letters.
    pub fn is_word(&self) -> bool {
        self.is_capitalised() || matches!(self.shape, Shape::Lower | Shape::Code | Shape::Alphanumeric)
    }
}

/// A stretch of text with what is needed to cut it into tokens.
#[derive(Clone, Copy)]
pub struct Tokens<'a> {
    pub text: &'a [u8],
    pub masks: &'a Masks,
    pub lexicon: Lexicon<'a>,
    pub hi: usize,
}

/// Tokens that are kept.
const RECENT: usize = 64;

/// Tokens of one stretch of text that were read last, by the last bits of where they begin.
#[derive(Clone, Debug)]
pub struct Recent {
    starts: [usize; RECENT],
    tokens: [Token; RECENT],
}

impl Recent {
    /// Forgets them: another text follows.
    pub fn clear(&mut self) {
        self.starts.fill(usize::MAX);
    }
}

impl Default for Recent {
    fn default() -> Self {
        Recent { starts: [usize::MAX; RECENT], tokens: [Token::default(); RECENT] }
    }
}

impl Tokens<'_> {
    /// The token at or behind `at`, where there is one.
    pub fn next(&self, at: usize) -> Option<Token> {
        let (start, gap) = self.skip_blanks(at);
        (start < self.hi).then(|| Token { gap, ..self.read(start) })
    }

    /// The same of tokens that are asked for again and again.
    pub fn next_again(&self, at: usize, recent: &mut Recent) -> Option<Token> {
        let (start, gap) = self.skip_blanks(at);
        if start >= self.hi {
            return None;
        }
        let place = start % RECENT;
        if recent.starts[place] != start {
            (recent.starts[place], recent.tokens[place]) = (start, self.read(start));
        }
        Some(Token { gap, ..recent.tokens[place] })
    }

    /// What separates the token behind `at` from what ends there.
    pub fn gap_behind(&self, at: usize) -> Gap {
        self.skip_blanks(at).1
    }

    /// The token that begins at `start`.
    #[inline]
    fn read(&self, start: usize) -> Token {
        if self.masks.word.has(start) { self.word(start) } else { self.mark(start) }
    }

    #[inline]
    fn skip_blanks(&self, mut at: usize) -> (usize, Gap) {
        let start = at;
        let (mut lines, mut wide) = (0, false);
        while at < self.hi {
            match self.text[at] {
                b' ' | b'\r' => {}
                b'\n' => lines += 1,
                b'\t' => wide = true,
                _ => break,
            }
            at += 1;
        }
        let gap = match (lines, at - start) {
            (2.., _) => Gap::Paragraph,
            (1, _) => Gap::Line,
            (_, 0) => Gap::None,
            (_, 1) if !wide => Gap::Space,
            _ => Gap::Wide,
        };
        (at, gap)
    }

    /// The word that begins at `start`. An ordinary one is told by the masks and the bytes beside it.
    fn word(&self, start: usize) -> Token {
        let len = (self.masks.word.from(start).trailing_ones() as usize).min(self.hi - start);
        let end = start + len;
        let after = self.beside(start, end).1;
        if len >= SEEN {
            return self.long_word(start, self.masks.word.run_end(start, self.hi));
        }
        if BESIDE[usize::from(after)] & JOINT != 0 {
            return self.long_word(start, end);
        }
        let own = !(!0 << len);
        let digits = self.masks.digit.from(start) & own;
        let bounds = (start as u32, end as u32);
        if digits != 0 {
            let shape = if digits == own { Shape::Digits } else { Shape::Alphanumeric };
            let hash = Shape::Digits as u64;
            return Token { start: bounds.0, end: bounds.1, hash, shape, ..Token::default() };
        }
        let shape = match self.text[start] {
            _ if self.masks.hump.from(start) & own != 0 || self.is_glued_like_code(start, end) => None,
            b'a'..=b'z' => Some(Shape::Lower),
            b'A'..=b'Z' if len == 1 => Some(Shape::Initial),
            // Behind a small letter, only a hump begins another case.
            b'A'..=b'Z' if self.text[start + 1].is_ascii_lowercase() => Some(Shape::Title),
            _ => None,
        };
        let Some(shape) = shape else { return self.long_word(start, end) };
        let (hash, entry) = self.known(start, end);
        dotted(Token { start: bounds.0, end: bounds.1, hash, entry, shape, gap: Gap::None }, after)
    }

    /// The bytes beside a word, blanks where there is none.
    #[inline]
    fn beside(&self, start: usize, end: usize) -> (u8, u8) {
        let before = if start > 0 { self.text[start - 1] } else { b' ' };
        let after = if end < self.hi { self.text[end] } else { b' ' };
        (before, after)
    }

    /// The hash of a word and its entry.
    #[inline]
    fn known(&self, start: usize, end: usize) -> (u64, Entry) {
        let hash = word_hash(self.text, start, end);
        let entry = self.lexicon.entry(hash);
        (hash, if entry.is_unknown() { self.folded(start, end).unwrap_or_default() } else { entry })
    }

    /// A word of any kind, of which one run of letters and digits ends at `end`.
    fn long_word(&self, start: usize, mut end: usize) -> Token {
        let mut parts = [(start, end); 4];
        let mut count = 1;
        while let Some(next) = self.joined(end) {
            let apostrophe = self.text[end] == b'\'';
            end = next;
            if apostrophe || count == parts.len() {
                parts[count - 1].1 = end;
            } else {
                parts[count] = (self.start_behind(end), end);
                count += 1;
            }
        }
        let shape = self.shape(start, end);
        let (hash, entry) = if matches!(shape, Shape::Digits | Shape::Alphanumeric) {
            (Shape::Digits as u64, Entry::default())
        } else {
            self.look_up(start, end, &parts[..count])
        };
        let after = self.beside(start, end).1;
        dotted(Token { start: start as u32, end: end as u32, hash, entry, shape, gap: Gap::None }, after)
    }

    /// Where the next part ends that a hyphen or apostrophe at `end` joins to a word; a possessive `'s` is none.
    fn joined(&self, end: usize) -> Option<usize> {
        if end + 1 >= self.hi || !matches!(self.text[end], b'-' | b'\'') || !is_letter(self.text[end + 1]) {
            return None;
        }
        let next = self.masks.word.run_end(end + 1, self.hi);
        let possessive = self.text[end] == b'\'' && next == end + 2 && self.text[end + 1] | 0x20 == b's';
        (!possessive).then_some(next)
    }

    fn start_behind(&self, end: usize) -> usize {
        self.masks.word.run_start(end, 0)
    }

    /// The hash of a word, and its own entry or that of its likeliest part.
    fn look_up(&self, start: usize, end: usize, parts: &[(usize, usize)]) -> (u64, Entry) {
        let (hash, mut entry) = self.known(start, end);
        if entry.is_unknown() && parts.len() > 1 {
            let of = |it: &(usize, usize)| self.lexicon.entry(word_hash(self.text, it.0, it.1));
            let entries = parts.iter().map(of).filter(|it| it.cue() != Cue::Particle);
            entry = entries.fold(Entry::default(), Entry::likelier_name);
        }
        (hash, entry)
    }

    /// The entry of the word without its diacritics.
    fn folded(&self, start: usize, end: usize) -> Option<Entry> {
        let word = &self.text[start..end];
        if word.len() > 24 || word.is_ascii() {
            return None;
        }
        let (mut plain, mut len) = ([0; 24], 0);
        for letter in std::str::from_utf8(word).ok()?.chars() {
            plain[len] = unaccented(letter)?;
            len += 1;
        }
        Some(self.lexicon.entry(word_hash(&plain[..len], 0, len)))
    }

    fn shape(&self, start: usize, end: usize) -> Shape {
        let word = &self.text[start..end];
        let (mut digits, mut upper, mut lower) = (0, 0, 0);
        for byte in word {
            digits += usize::from(byte.is_ascii_digit());
            upper += usize::from(byte.is_ascii_uppercase());
            lower += usize::from(byte.is_ascii_lowercase());
        }
        if digits > 0 {
            return if digits == word.len() { Shape::Digits } else { Shape::Alphanumeric };
        }
        if self.is_glued_like_code(start, end) {
            return Shape::Code;
        }
        if lower == word.len() {
            return Shape::Lower;
        }
        if !is_upper(word) {
            return match word.iter().position(|it| matches!(it, b'-' | b'\'')) {
                _ if upper == 0 => Shape::Lower,
                Some(1..=3) if upper == 1 => Shape::Mixed,
                _ => Shape::Code,
            };
        }
        match (word.len(), upper, lower) {
            (1, ..) => Shape::Initial,
            (.., 0) => Shape::Upper,
            (_, 0 | 1, _) => Shape::Title,
            _ => humped(word),
        }
    }

    /// True where marks of code, paths, handles or hosts touch the word.
    #[inline]
    fn is_glued_like_code(&self, start: usize, end: usize) -> bool {
        let (before, after) = self.beside(start, end);
        (BESIDE[usize::from(before)] & BEFORE_CODE | BESIDE[usize::from(after)] & BEHIND_CODE) != 0
            && self.is_touched(start, end)
    }

    /// The same where the bytes beside the word may be such marks.
    fn is_touched(&self, start: usize, end: usize) -> bool {
        let before = if start > 0 { self.text[start - 1] } else { b' ' };
        let behind = |at: usize| if at < self.hi { self.text[at] } else { b' ' };
        let dotted_before =
            before == b'.' && start > 2 && is_letter(self.text[start - 2]) && is_letter(self.text[start - 3]);
        let dotted_behind = behind(end) == b'.' && end > start + 1 && is_letter(behind(end + 1));
        matches!(before, b'_' | b'@' | b'#' | b'$' | b'\\' | b'%' | b'&' | b'/')
            || matches!(behind(end), b'_' | b'$' | b'\\' | b'=' | b'/')
            || behind(end) == b'@' && !(before == b' ' && behind(end + 1).is_ascii_uppercase())
            || behind(end) == b'(' && is_letter(behind(end + 1))
            || behind(end) == b':' && behind(end + 1) == b':'
            || dotted_before
            || dotted_behind
    }

    /// True for a word by itself that can be no name, as its bytes and its neighbours tell: `HTTP2`, `Foo.java`, `/Path`.
    #[inline]
    pub fn is_code(&self, start: usize, end: usize) -> bool {
        let (before, after) = self.beside(start, end);
        let (before, after) = (BESIDE[usize::from(before)], BESIDE[usize::from(after)]);
        let digits = self.masks.digit.from(start) & !(!0 << (end - start).min(63)) != 0;
        let touched = || (before & BEFORE_CODE | after & BEHIND_CODE) != 0 && self.is_touched(start, end);
        (before | after) & JOINT == 0 && (digits || touched())
    }

    /// True where a hyphen or apostrophe stands before `start`.
    #[inline]
    pub fn is_joined_before(&self, start: usize) -> bool {
        start > 0 && BESIDE[usize::from(self.text[start - 1])] & JOINT != 0
    }

    /// True where one stands at `end`.
    #[inline]
    pub fn is_joined_behind(&self, end: usize) -> bool {
        end < self.hi && BESIDE[usize::from(self.text[end])] & JOINT != 0
    }

    fn mark(&self, start: usize) -> Token {
        let byte = self.text[start];
        let possessive = byte == b'\'' && start + 1 < self.hi && self.text[start + 1] | 0x20 == b's';
        let len = if possessive { 2 } else { 1 };
        let shape = match byte {
            b',' => Shape::Comma,
            b'.' | b'!' | b'?' => Shape::Period,
            b':' => Shape::Colon,
            b'(' | b'[' | b'<' | b'{' => Shape::Open,
            b')' | b']' | b'>' | b'}' => Shape::Close,
            b'-' | b'/' => Shape::Dash,
            _ => Shape::Mark,
        };
        let hash = u64::from(byte) + if possessive { 256 } else { 0 };
        let (start, end) = (start as u32, (start + len) as u32);
        Token { start, end, hash, entry: Entry::default(), shape, gap: Gap::None }
    }
}

/// What a byte beside a word may make of it.
const BESIDE: [u8; 256] = {
    let mut table = [0; 256];
    let (before, behind) = (*b"_@#$\\%&/.", *b"_@$\\=/(:.");
    let mut at = 0;
    while at < before.len() {
        table[before[at] as usize] |= BEFORE_CODE;
        table[behind[at] as usize] |= BEHIND_CODE;
        at += 1;
    }
    table[b'-' as usize] |= JOINT;
    table[b'\'' as usize] |= JOINT;
    table
};
const BEFORE_CODE: u8 = 1;
const BEHIND_CODE: u8 = 2;
/// Marks that join words.
const JOINT: u8 = 4;

/// The token with the period that belongs to it, where one stands behind it.
#[inline]
fn dotted(mut token: Token, after: u8) -> Token {
    if after == b'.' && (token.shape == Shape::Initial || token.entry.cue().takes_a_dot()) {
        token.end += 1;
    }
    token
}

#[inline]
pub fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80
}

/// True where a word begins with a capital: ASCII, or of Latin-1, Greek or Cyrillic.
pub fn is_upper(word: &[u8]) -> bool {
    match *word {
        [b'A'..=b'Z', ..] | [0xC3, 0x80..=0x9E, ..] | [0xCE, 0x80..=0xAB, ..] | [0xD0, 0x80..=0xAF, ..] => true,
        // Latin Extended-A: capitals are even up to U+0137 and from U+014A on, odd between.
        [0xC4, second, ..] => (second & 1 == 0) != (second > 0xB8),
        [0xC5, second, ..] => (second & 1 == 0) == (0x8A..=0xB8).contains(&second),
        _ => false,
    }
}

/// The shape of a word with a capital inside.
fn humped(word: &[u8]) -> Shape {
    let begins = |at: usize| matches!(word[at - 1], b'-' | b'\'');
    let humps = (1..word.len()).filter(|&at| word[at].is_ascii_uppercase() && !begins(at)).count();
    match humps {
        0 => Shape::Title,
        1 if has_name_prefix(word) => Shape::Mixed,
        _ => Shape::Code,
    }
}

/// True where a capital inside a word belongs to a name.
fn has_name_prefix(word: &[u8]) -> bool {
    const PREFIXES: [&[u8]; 17] = [
        b"Mc", b"Mac", b"De", b"Di", b"Du", b"La", b"Le", b"Van", b"Von", b"Fitz", b"Mar", b"Jo", b"Da", b"El", b"Al",
        b"O'", b"D'",
    ];
    PREFIXES.iter().any(|it| word.len() > it.len() + 2 && word.starts_with(it) && word[it.len()].is_ascii_uppercase())
}

/// The ASCII letter under a Latin one.
fn unaccented(letter: char) -> Option<u8> {
    const FROM_C0: &[u8; 64] = b"aaaaaaaceeeeiiiidnooooo*ouuuuytsaaaaaaaceeeeiiiidnooooo*ouuuuyty";
    const FROM_100: &[u8; 128] = b"aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
    match letter as u32 {
        0x00..0x80 => Some(letter as u8),
        0xC0..0x100 => Some(FROM_C0[letter as usize - 0xC0]),
        0x100..0x180 => Some(FROM_100[letter as usize - 0x100]),
        _ => None,
    }
}
