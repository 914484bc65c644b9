//! Where names may be: runs of capitalised words, with what stands around them. Decides nothing.

use std::ops::Range;

use super::hash::word_hash;
use super::lexicon::{Cue, Entry};
use super::token::{Gap, Recent, Shape, Token, Tokens, is_letter};

/// How far back from a run its surroundings are read, in bytes.
const LOOK_BACK: usize = 28;
/// Words and marks that are read before it, at least.
const TOKENS_BEFORE: usize = 3;
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
    /// 0 in a message or a sentence by itself, where people are named otherwise than in a report; else 1.
    pub register: u64,
    /// Tokens behind the run.
    ahead: usize,
    recent: Recent,
}

impl Run {
    /// The tokens that may be part of a name.
    pub fn own(&self) -> &[Token] {
        &self.tokens[self.first..self.last]
    }

    /// The table by which its names are scored.
    pub fn table_of_names(&self) -> usize {
        if self.register == 0 { 2 } else { 0 }
    }

    /// Reads the run that the word at `at` begins; where to go on, and whether it is worth a decision.
    pub fn read(&mut self, tokens: Tokens<'_>, at: usize, lo: usize, case: Case) -> (usize, bool) {
        let at = start_of_joined(tokens, at, lo);
        let Some(head) = tokens.next_again(at, &mut self.recent) else { return (at + 1, false) };
        if !case.may_begin(&head) {
            return (head.end as usize, false);
        }
        self.tokens.clear();
        self.take(tokens, head, case);
        let end = self.tokens[self.last - 1].end as usize;
        if !self.tokens[..self.last].iter().any(is_plausible) {
            return (end.max(at + 1), false);
        }
        self.look_ahead(tokens);
        self.look_back(tokens, at, lo);
        (end.max(at + 1), true)
    }

    /// Puts what stands before the head in front of it, and names and particles directly before it into the run.
    fn look_back(&mut self, tokens: Tokens<'_>, at: usize, lo: usize) {
        let mut from = context_start(tokens, at, lo);
        let own = self.last;
        while let Some(mut token) = tokens.next_again(from, &mut self.recent).filter(|it| (it.start as usize) < at) {
            from = token.end as usize;
            // The first token of a field begins a paragraph.
            if token.start as usize == lo {
                token.gap = Gap::Paragraph;
            }
            self.tokens.push(token);
        }
        let before = self.tokens.len() - own - self.ahead;
        self.tokens[0].gap = match self.tokens.last().filter(|_| before > 0) {
            Some(last) => tokens.gap_behind(last.end as usize),
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
        while let Some(token) = tokens.next_again(at, &mut self.recent) {
            if token.gap == Gap::Paragraph || self.tokens.len() >= LONGEST {
                break;
            }
            let links = self.tokens.len() - self.last;
            self.tokens.push(token);
            if is_own(&token) || case == Case::Lower && goes_on_in_lower_case(&token) {
                self.last = self.tokens.len();
            } else if links >= 2 || !is_link(&token) {
                break;
            }
            at = token.end as usize;
        }
    }

    /// Sees to it that as many tokens as are wanted stand behind the run, where there are so many.
    fn look_ahead(&mut self, tokens: Tokens<'_>) {
        self.tokens.truncate(self.last + AROUND);
        while self.tokens.len() < self.last + AROUND {
            let at = self.tokens[self.tokens.len() - 1].end as usize;
            let Some(token) = tokens.next_again(at, &mut self.recent) else { break };
            self.tokens.push(token);
        }
        self.ahead = self.tokens.len() - self.last;
    }
}

/// Where to read from, so that the words before `at` that matter are read. No token goes on over a blank or a mark that
/// joins nothing: reading from one gives the same tokens as reading from the start.
fn context_start(tokens: Tokens<'_>, at: usize, lo: usize) -> usize {
    let floor = lo.max(at.saturating_sub(LOOK_BACK));
    let (mut from, mut cut, mut before) = (at, at, 0);
    let mut in_word = false;
    while from > floor && before < TOKENS_BEFORE {
        from -= 1;
        let parts = PARTS[usize::from(tokens.text[from])];
        if parts > 0 {
            before += usize::from(in_word) + usize::from(parts - 1);
            cut = from;
        }
        in_word = parts == 0;
    }
    if from > lo { cut } else { lo }
}

/// What parts words: 1 for blanks, 2 for marks that are tokens by themselves, 0 for what may stand in a word.
const PARTS: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b' ' | b'\n' | b'\r' | b'\t' => 1,
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'\'' | b'.' | 0x80.. => 0,
            _ => 2,
        };
        byte += 1;
    }
    table
};

/// Where the word begins that hyphens or apostrophes join to the one at `at`: `al-Rashid`, `d'Angelo`.
fn start_of_joined(tokens: Tokens<'_>, at: usize, lo: usize) -> usize {
    let mut start = at;
    while start >= lo + 2 && matches!(tokens.text[start - 1], b'-' | b'\'') && is_letter(tokens.text[start - 2]) {
        start = tokens.masks.word.run_start(start - 1, lo);
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
    let named = is_named(entry);
    match token.shape {
        Shape::Title | Shape::Upper | Shape::Mixed => named || entry.common() == 0,
        Shape::Lower => named && entry.cue() != Cue::Particle,
        _ => false,
    }
}

#[inline]
fn is_named(entry: Entry) -> bool {
    entry.given() > 0 || entry.surname() > 0 || entry.place() > 0
}

/// Bytes of the longest particle.
const LONGEST_PARTICLE: usize = 5;
/// Bytes whose case is judged together.
const STRETCH: usize = 1024;
/// Bytes of a text up to which it is a message or a sentence by itself.
const SHORT_MESSAGE: usize = 150;
/// Bytes of a text up to which it may be a message in lower case.
const MESSAGE: usize = 4096;
/// Bytes to each capital from which on a stretch counts as written in lower case.
const SPARSE: usize = 72;

/// Stretches of a text, apart from each other and in order, of which it is known what they are: no run begins in them.
#[derive(Clone, Copy, Default)]
pub struct Settled<'a>(pub &'a [(u32, u32)]);

impl Settled<'_> {
    /// The end of the one that holds `at`. Places are asked for in order.
    #[inline]
    fn end_of(&mut self, at: usize) -> Option<usize> {
        while let Some(&(start, end)) = self.0.first() {
            if at < end as usize {
                return (start as usize <= at).then_some(end as usize);
            }
            self.0 = &self.0[1..];
        }
        None
    }
}

/// Calls `visit` with every run of the text `lo..hi` that begins in none of the `settled` stretches.
pub fn each_run(tokens: Tokens<'_>, lo: usize, settled: Settled<'_>, run: &mut Run, mut visit: impl FnMut(&Run)) {
    let (mut from, mut at) = (lo, lo);
    run.register = u64::from(tokens.hi - lo > SHORT_MESSAGE);
    run.recent.clear();
    let mut heads = Heads { settled, ..Heads::default() };
    while from < tokens.hi {
        let to = (from + STRETCH).min(tokens.hi);
        let case = if tokens.hi - lo > MESSAGE { Case::Mixed } else { case_of(tokens, from, to) };
        heads.resume = 0;
        while heads.fill(tokens, at.max(from), to, case) {
            at = heads.behind;
            for head in 0..heads.count {
                let (start, end, entry) = (heads.starts[head], heads.ends[head], heads.entries[head]);
                if start < heads.resume || case == Case::Mixed && is_hopeless(tokens, start..end, entry) {
                    continue;
                }
                let (next, plausible) = run.read(tokens, start, lo, case);
                if plausible {
                    visit(run);
                }
                heads.resume = next.max(start + 1);
            }
            at = at.max(heads.resume);
        }
        from = to;
    }
}

/// Words of a batch.
const BATCH: usize = 16;

/// The next words that may begin a name. The lexicon is asked for all of a batch at once: each answer comes from memory
/// that is seldom at hand, and so they are waited for together.
#[derive(Default)]
struct Heads<'a> {
    settled: Settled<'a>,
    count: usize,
    starts: [usize; BATCH],
    ends: [usize; BATCH],
    entries: [Entry; BATCH],
    /// Behind the last of them.
    behind: usize,
    /// Behind the last run read: no word before it begins another.
    resume: usize,
}

impl Heads<'_> {
    /// Takes the words from `at` on; false where there is none.
    fn fill(&mut self, tokens: Tokens<'_>, mut at: usize, to: usize, case: Case) -> bool {
        let mut hashes = [0; BATCH];
        let mut count = 0;
        // In lower case, where the next word begins depends on where the run before it ends.
        let most = if case == Case::Lower { 1 } else { BATCH };
        while count < most {
            let Some(start) = next_start(tokens, at, to, case) else { break };
            if let Some(end) = self.settled.end_of(start) {
                at = end;
                continue;
            }
            at = tokens.masks.word.run_end(start, tokens.hi);
            // Most capitals begin code or words that are never names: nothing more is looked at.
            if !tokens.is_code(start, at) {
                (self.starts[count], self.ends[count]) = (start, at);
                hashes[count] = word_hash(tokens.text, start, at);
                count += 1;
            }
        }
        let mut kept = 0;
        for (index, hash) in hashes.into_iter().enumerate().take(count) {
            let entry = tokens.lexicon.entry(hash);
            (self.starts[kept], self.ends[kept], self.entries[kept]) = (self.starts[index], self.ends[index], entry);
            kept += usize::from(!entry.is_never());
        }
        (self.count, self.behind) = (kept, at);
        count > 0
    }
}

/// True for a capitalised word that by itself and before what follows is no name: an ordinary or unknown word before a
/// common or unknown one in lower case, a month in a date, a code between the marks of a message.
#[inline]
fn is_hopeless(tokens: Tokens<'_>, word: Range<usize>, entry: Entry) -> bool {
    let before = if word.start > 0 { tokens.text[word.start - 1] } else { b' ' };
    let [behind, next] = match tokens.text[..tokens.hi].get(word.end..) {
        Some(&[behind, next, ..]) => [behind, next],
        Some(&[behind]) => [behind, b' '],
        _ => return false,
    };
    match (behind, next) {
        (b' ', b'a'..=b'z') => !matches!(before, b'-' | b'\'') && is_lone(tokens, word, entry),
        (b' ' | b'-', b'0'..=b'9') => entry.cue() == Cue::Calendar,
        (b' ', b' ') => entry.cue() == Cue::Calendar && tokens.masks.digit.has(word.end + 2),
        (b' ', b'/') => true,
        (b'|' | b'^' | b'&', _) => matches!(before, b'|' | b'^' | b'&') && is_rare(entry),
        _ => false,
    }
}

/// True for what hardly anybody is called.
fn is_rare(entry: Entry) -> bool {
    entry.given() == 0 && entry.surname() <= 2 && entry.place() == 0
}

/// True where a short capitalised word with a period stands before: `Dr. Waters`.
fn may_be_titled(tokens: Tokens<'_>, at: usize) -> bool {
    let before = tokens.text[..at].iter().rev();
    let mut letters = before.skip(2).take_while(|it| it.is_ascii_alphabetic()).take(4);
    at > 3 && tokens.text[at - 2] == b'.' && (1..4).contains(&letters.by_ref().count()) && {
        let word = tokens.masks.word.run_start(at - 2, 0);
        tokens.text[word].is_ascii_uppercase()
    }
}

/// The same before a word in lower case, which begins behind one blank.
fn is_lone(tokens: Tokens<'_>, word: Range<usize>, entry: Entry) -> bool {
    let ordinary = entry.common() > 0 && !is_named(entry)
        || entry.given() == 0 && entry.surname() <= 3 && entry.place() == 0 && entry.common() >= 4;
    let unknown = entry.is_unknown() && tokens.text[word.clone()].is_ascii() && word.len() > 1;
    if !ordinary && !unknown || may_be_titled(tokens, word.start) {
        return false;
    }
    let next = word.end + 1;
    let end = tokens.masks.word.run_end(next, tokens.hi);
    if tokens.is_joined_behind(end) {
        return false;
    }
    if ordinary && end - next > LONGEST_PARTICLE {
        return true;
    }
    let follower = tokens.lexicon.entry(word_hash(tokens.text, next, end));
    if ordinary { follower.cue() != Cue::Particle } else { follower.is_unknown() }
}

/// Where a word begins that may begin a name.
#[inline]
fn next_start(tokens: Tokens<'_>, at: usize, to: usize, case: Case) -> Option<usize> {
    let masks = tokens.masks;
    match case {
        Case::Mixed => masks.capital.next_set(at, to),
        Case::Lower => {
            let mut at = at;
            // Behind a word's beginning there is nothing to find in it.
            if at > 0 && masks.word.has(at - 1) {
                at = masks.word.run_end(at, to);
            }
            masks.word.next_set(at, to)
        }
    }
}

fn case_of(tokens: Tokens<'_>, from: usize, to: usize) -> Case {
    let capitals: u32 = (from / 64..=(to - 1) / 64).map(|it| tokens.masks.capital.chunk(it).count_ones()).sum();
    if capitals as usize * SPARSE < to - from { Case::Lower } else { Case::Mixed }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settled_places_are_passed_over() {
        let mut settled = Settled(&[(3, 5), (5, 9), (20, 21)]);
        let ends: Vec<Option<usize>> = [0, 3, 4, 5, 9, 19, 20, 21].map(|at| settled.end_of(at)).into();
        assert_eq!(ends, [None, Some(5), Some(5), Some(9), None, None, Some(21), None]);
    }
}
