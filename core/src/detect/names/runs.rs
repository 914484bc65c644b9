//! Where names may be: runs of capitalised words, with what stands around them. Decides nothing.

use super::lexicon::Cue;
use super::token::{Gap, Shape, Token, Tokens, is_letter};
use crate::detect::masks::Masks;

/// How far back from a run its surroundings are read, in bytes.
const LOOK_BACK: usize = 64;
/// Tokens of surroundings that are kept on each side.
const AROUND: usize = 3;
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
}

impl Run {
    /// The tokens that may be part of a name.
    pub fn own(&self) -> &[Token] {
        &self.tokens[self.first..self.last]
    }

    /// Reads the run that the capitalised word at `at` begins; where to go on, and whether it is worth a decision.
    pub fn read(&mut self, tokens: Tokens<'_>, at: usize, lo: usize) -> (usize, bool) {
        self.tokens.clear();
        let at = start_of_joined(tokens, at, lo);
        let Some(head) = tokens.next(at) else { return (at + 1, false) };
        if !is_own(&head) {
            return (head.end as usize, false);
        }
        self.look_back(tokens, at, lo);
        self.take(tokens, head);
        let end = self.tokens[self.last - 1].end as usize;
        self.look_ahead(tokens, end);
        let plausible = self.own().iter().any(is_plausible);
        (end.max(at + 1), plausible)
    }

    fn look_back(&mut self, tokens: Tokens<'_>, at: usize, lo: usize) {
        let mut from = lo.max(at.saturating_sub(LOOK_BACK));
        if from > lo {
            // Tokens never hold blanks, so that reading from one gives the same tokens as reading from the start.
            match tokens.text[from..at].iter().position(|it| matches!(it, b' ' | b'\n' | b'\t')) {
                Some(blank) => from += blank,
                None => from = at,
            }
        }
        while from < at {
            let Some(token) = tokens.next(from) else { break };
            if token.start as usize >= at {
                break;
            }
            from = token.end as usize;
            self.tokens.push(token);
        }
        // The first token of a field begins a paragraph.
        if let Some(first) = self.tokens.first_mut()
            && first.start as usize == lo
        {
            first.gap = Gap::Paragraph;
        }
        let excess = self.tokens.len().saturating_sub(AROUND + 4);
        self.tokens.drain(..excess);
    }

    /// Takes the run's own tokens, and names and particles directly before its head.
    fn take(&mut self, tokens: Tokens<'_>, mut head: Token) {
        head.gap = match self.tokens.last() {
            Some(before) => tokens.next(before.end as usize).map_or(Gap::Space, |it| it.gap),
            None => Gap::Paragraph,
        };
        self.tokens.push(head);
        self.first = self.tokens.len() - 1;
        while self.first > 0 && joins_backwards(&self.tokens[self.first - 1]) && self.tokens[self.first].gap < Gap::Line {
            self.first -= 1;
        }
        self.last = self.tokens.len();
        let mut at = head.end as usize;
        while let Some(token) = tokens.next(at) {
            if token.gap == Gap::Paragraph || self.tokens.len() - self.first >= LONGEST {
                break;
            }
            if is_own(&token) {
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
        }
    }
}

/// Where the word begins that hyphens or apostrophes join to the one at `at`: `al-Rashid`, `d'Angelo`.
fn start_of_joined(tokens: Tokens<'_>, at: usize, lo: usize) -> usize {
    let mut start = at;
    while start >= lo + 2
        && matches!(tokens.text[start - 1], b'-' | b'\'')
        && is_letter(tokens.text[start - 2])
    {
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

/// A run is decided on where one of its words is a known name or place, or no known word at all.
fn is_plausible(token: &Token) -> bool {
    let entry = token.entry;
    token.is_capitalised()
        && token.shape != Shape::Initial
        && (entry.given() > 0 || entry.surname() > 0 || entry.place() > 0 || entry.common() == 0)
}

/// Calls `visit` with every run of the text `lo..hi`.
pub fn each_run(tokens: Tokens<'_>, lo: usize, run: &mut Run, mut visit: impl FnMut(&Run)) {
    let mut at = lo;
    while let Some(start) = Masks::next_set(&tokens.masks.capital, at, tokens.hi) {
        let (next, plausible) = run.read(tokens, start, lo);
        if plausible {
            visit(run);
        }
        at = next.max(start + 1);
    }
}
