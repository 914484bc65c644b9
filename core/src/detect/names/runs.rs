//! Where names may be: runs of capitalised words, with what stands around them. Decides nothing.

use super::hash::word_hash;
use super::lexicon::Cue;
use super::token::{Gap, Shape, Token, Tokens, is_letter};
use crate::detect::masks::Masks;

/// How far back from a run its surroundings are read, in bytes.
const LOOK_BACK: usize = 28;
/// Tokens that are read behind a run.
const AROUND: usize = 2;
/// Tokens of a run at most.
pub const LONGEST: usize = 32;

/// Words and marks of one run and around it.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// In reading order.
    pub tokens: Vec<Token>,
    /// The run's own among them.
    pub first: usize,
    /// Behind the last of them.
    pub last: usize,
    /// Tokens behind the run.
    ahead: usize,
}

impl Run {
    /// The tokens that may be part of a name.
    pub fn own(&self) -> &[Token] {
        &self.tokens[self.first..self.last]
    }

    /// Reads the run that the word at `at` begins; where to go on, and whether it is worth a decision.
    pub fn read(&mut self, tokens: Tokens<'_>, at: usize, lo: usize, case: Case) -> (usize, bool) {
        let at = start_of_joined(tokens, at, lo);
        let Some(head) = tokens.next(at) else { return (at + 1, false) };
        if !case.may_begin(&head) {
            return (head.end as usize, false);
        }
        self.tokens.clear();
        self.take(tokens, head, case);
        let end = self.tokens[self.last - 1].end as usize;
        if !self.tokens.iter().any(is_plausible) {
            return (end.max(at + 1), false);
        }
        self.look_ahead(tokens, end);
        self.look_back(tokens, at, lo);
        (end.max(at + 1), true)
    }

    /// Puts what stands before the head in front of it, and names and particles directly before it into the run.
    fn look_back(&mut self, tokens: Tokens<'_>, at: usize, lo: usize) {
        let mut from = lo.max(at.saturating_sub(LOOK_BACK));
        if from > lo {
            // Tokens never hold blanks, so that reading from one gives the same tokens as reading from the start.
            match tokens.text[from..at].iter().position(|it| matches!(it, b' ' | b'\n' | b'\t')) {
                Some(blank) => from += blank,
                None => from = at,
            }
        }
        let own = self.last;
        while let Some(mut token) = tokens.next(from).filter(|it| (it.start as usize) < at) {
            from = token.end as usize;
            // The first token of a field begins a paragraph.
            if token.start as usize == lo {
                token.gap = Gap::Paragraph;
            }
            self.tokens.push(token);
        }
        let before = self.tokens.len() - own - self.ahead;
        self.tokens[0].gap = match self.tokens.last().filter(|_| before > 0) {
            Some(last) => tokens.next(last.end as usize).map_or(Gap::Space, |it| it.gap),
            None => Gap::Paragraph,
        };
        self.tokens.rotate_right(before);
        (self.first, self.last) = (before, before + own);
        let joined = |it: &Run| joins_backwards(&it.tokens[it.first - 1]) && it.tokens[it.first].gap < Gap::Line;
        while self.first > 0 && self.last - self.first < LONGEST && joined(self) {
            self.first -= 1;
        }
    }

    /// Takes the run's own tokens from its head on.
    fn take(&mut self, tokens: Tokens<'_>, head: Token, case: Case) {
        self.tokens.push(head);
        (self.first, self.last, self.ahead) = (0, 1, 0);
        let mut at = head.end as usize;
        while let Some(token) = tokens.next(at) {
            if token.gap == Gap::Paragraph || self.tokens.len() >= LONGEST {
                break;
            }
            if is_own(&token) || case == Case::Lower && goes_on_in_lower_case(&token) {
                self.tokens.push(token);
                self.last = self.tokens.len();
            } else if is_link(&token) && self.tokens.len() - self.last < 2 {
                self.tokens.push(token);
            } else {
                break;
            }
            at = token.end as usize;
        }
        self.tokens.truncate(self.last);
    }

    fn look_ahead(&mut self, tokens: Tokens<'_>, mut at: usize) {
        for _ in 0..AROUND {
            let Some(token) = tokens.next(at) else { break };
            at = token.end as usize;
            self.tokens.push(token);
            self.ahead += 1;
        }
    }
}

/// Where the word begins that hyphens or apostrophes join to the one at `at`: `al-Rashid`, `d'Angelo`.
fn start_of_joined(tokens: Tokens<'_>, at: usize, lo: usize) -> usize {
    let mut start = at;
    while start >= lo + 2 && matches!(tokens.text[start - 1], b'-' | b'\'') && is_letter(tokens.text[start - 2]) {
        start = Masks::run_start(&tokens.masks.word, start - 1, lo);
    }
    start
}

/// True for words that may be part of a name.
fn is_own(token: &Token) -> bool {
    token.is_capitalised() && !token.entry.is_never() && !matches!(token.entry.cue(), Cue::Title | Cue::Credential)
}

/// True for what may stand inside a name or between two.
fn is_link(token: &Token) -> bool {
    match token.shape {
        Shape::Comma | Shape::Dash => true,
        Shape::Mark => matches!(token.hash as u8, b'^' | b'"' | b'&'),
        Shape::Lower => token.entry.cue() == Cue::Particle,
        _ => false,
    }
}

fn joins_backwards(token: &Token) -> bool {
    token.shape == Shape::Lower && token.entry.cue() == Cue::Particle || is_own(token)
}

/// How a stretch of text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// Names are capitalised.
    Mixed,
    /// Hardly a capital in it: names may be in lower case as well.
    Lower,
}

impl Case {
    fn may_begin(self, token: &Token) -> bool {
        is_own(token) || self == Case::Lower && begins_in_lower_case(token)
    }
}

/// True for a common name that is no common word.
fn begins_in_lower_case(token: &Token) -> bool {
    let entry = token.entry;
    token.shape == Shape::Lower
        && !entry.is_never()
        && token.end - token.start > 2
        && (entry.given() >= 4 && entry.common() <= 2 || entry.surname() >= 5 && entry.common() <= 1)
        && matches!(entry.cue(), Cue::None | Cue::Eponym | Cue::Calendar)
}

/// True for what may follow such a name as a part of it.
fn goes_on_in_lower_case(token: &Token) -> bool {
    let entry = token.entry;
    token.shape == Shape::Lower
        && !entry.is_never()
        && matches!(entry.cue(), Cue::None | Cue::Suffix | Cue::Eponym)
        && entry.common() <= 1
}

/// A run is decided on where one of its words is a known name or place, or no known word at all.
fn is_plausible(token: &Token) -> bool {
    let entry = token.entry;
    let named = entry.given() > 0 || entry.surname() > 0 || entry.place() > 0;
    match token.shape {
        Shape::Title | Shape::Upper | Shape::Mixed => named || entry.common() == 0,
        Shape::Lower => named && entry.cue() != Cue::Particle,
        _ => false,
    }
}

/// Bytes whose case is judged together.
const STRETCH: usize = 1024;
/// Bytes of a text up to which it may be a message in lower case.
const MESSAGE: usize = 4096;
/// Bytes to each capital from which on a stretch counts as written in lower case.
const SPARSE: usize = 72;

/// Calls `visit` with every run of the text `lo..hi`.
pub fn each_run(tokens: Tokens<'_>, lo: usize, run: &mut Run, mut visit: impl FnMut(&Run)) {
    let (mut from, mut at) = (lo, lo);
    while from < tokens.hi {
        let to = (from + STRETCH).min(tokens.hi);
        let case = if tokens.hi - lo > MESSAGE { Case::Mixed } else { case_of(tokens, from, to) };
        while let Some(start) = next_start(tokens, at.max(from), to, case) {
            let end = Masks::run_end(&tokens.masks.word, start, tokens.hi);
            // Most capitals begin code or words that are never names: nothing more is looked at.
            if tokens.is_code(start, end) {
                at = end;
                continue;
            }
            if tokens.lexicon.entry(word_hash(tokens.text, start, end)).is_never() {
                at = end;
                continue;
            }
            let (next, plausible) = run.read(tokens, start, lo, case);
            if plausible {
                visit(run);
            }
            at = next.max(start + 1);
        }
        from = to;
    }
}

/// Where a word begins that may begin a name.
#[inline]
fn next_start(tokens: Tokens<'_>, at: usize, to: usize, case: Case) -> Option<usize> {
    let masks = tokens.masks;
    match case {
        Case::Mixed => Masks::next_set(&masks.capital, at, to),
        Case::Lower => {
            let mut at = at;
            // Behind a word's beginning there is nothing to find in it.
            if at > 0 && Masks::window(&masks.word, at - 1) & 1 == 1 {
                at = Masks::run_end(&masks.word, at, to);
            }
            Masks::next_set(&masks.word, at, to)
        }
    }
}

fn case_of(tokens: Tokens<'_>, from: usize, to: usize) -> Case {
    let capitals: u32 = (from / 64..=(to - 1) / 64).map(|it| tokens.masks.capital[it].count_ones()).sum();
    if capitals as usize * SPARSE < to - from { Case::Lower } else { Case::Mixed }
}
