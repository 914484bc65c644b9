//! All words that say something about a value, in two hashed tables: phrases before it (and labels), phrases behind it.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::schema::ContextFile;
use crate::Error;
use crate::ErrorKind;
use crate::detect::words::{HashedMap, PhraseTable, keys, split, word_hash};
use crate::model::{Role, Subject};

/// What a phrase says.
#[derive(Clone, Debug, Default)]
pub struct Cue {
    /// Patterns it names as prose cue or label.
    pub patterns: Vec<u16>,
    /// Patterns it names only as a label.
    pub label_patterns: Vec<u16>,
    /// Patterns it speaks against.
    pub against: Vec<u16>,
    /// Every pattern it names is a date's.
    pub only_dates: bool,
    /// Every pattern it names is a date whose shape is seen without it.
    only_shapes: bool,
    /// It names a pattern whose value may hold no digit.
    captures: bool,
    /// The role it gives a date.
    pub role: Option<Role>,
    /// Whose the value is.
    pub subject: Option<Subject>,
    /// A word that may stand between a cue and its value.
    pub filler: bool,
    /// A number directly behind it is no identifier.
    pub veto: bool,
    /// The field is a log's clock.
    pub log_clock: bool,
}

impl Cue {
    /// True where it says what a number without a shape of its own is; a name that counts only as a label must be one.
    fn tells(&self, labelled: bool) -> bool {
        !self.only_shapes && (!self.patterns.is_empty() || labelled && !self.label_patterns.is_empty())
    }

    /// True where it names a pattern in prose.
    pub fn names(&self) -> bool {
        !self.patterns.is_empty()
    }
}

/// The two tables. Phrases before a value are hashed from their last word back, those behind it from the first on.
#[derive(Clone, Debug)]
pub struct Cues {
    cues: Vec<Cue>,
    before: PhraseTable,
    after: PhraseTable,
    /// What a word may be: for each mark a bit by the word's hash, few enough that all of a mark stay near at hand.
    marks: Box<Marks>,
    /// What may stand in brackets in the place of a value, sorted.
    placeholders: Vec<Vec<u8>>,
}

/// Bits for each mark, in words of 64.
type Marks = [[u64; 1 << 10]; 4];

/// What a word may be. Other words share its bit, so that a mark is only a reason to look the word up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A phrase that tells what a value is ends with it.
    Tells,
    /// A phrase that names a pattern of words ends with it.
    Captures,
    /// A phrase before a value ends with it.
    Enters,
    /// A phrase behind a value begins with it.
    Follows,
}

/// Collects phrases before the tables are built.
#[derive(Debug, Default)]
pub struct CueBuilder {
    before: HashedMap<Cue>,
    after: HashedMap<Cue>,
    before_entries: Entries,
    after_entries: Entries,
    placeholders: BTreeSet<Vec<u8>>,
}

/// First words and beginnings of the phrases of a table.
#[derive(Debug, Default)]
struct Entries {
    first: Vec<u64>,
    beginnings: Vec<u64>,
    /// Key of each phrase with the word it is entered by.
    entered: Vec<(u64, u64)>,
}

impl Entries {
    /// Takes a phrase's words in the order they are asked for; its key.
    fn take(&mut self, words: Vec<u64>) -> u64 {
        let first = words.first().copied().unwrap_or(0);
        self.first.push(first);
        let mut keys = keys(words.into_iter());
        let whole = keys.pop().unwrap_or(0);
        self.beginnings.extend(keys);
        self.entered.push((whole, first));
        whole
    }
}

/// Longest placeholder that is looked for, in bytes.
const LONGEST_PLACEHOLDER: usize = 48;

impl CueBuilder {
    /// An entity, whose id may stand in brackets in the place of a value.
    pub fn placeholder(&mut self, id: &str) {
        self.placeholders.insert(id.into());
    }

    /// The cue of a phrase that stands before a value.
    pub fn before(&mut self, phrase: &str) -> &mut Cue {
        let key = self.before_entries.take(hashes(phrase).into_iter().rev().collect());
        self.before.entry(key).or_default()
    }

    /// The cue of a phrase that stands behind a value.
    pub fn after(&mut self, phrase: &str) -> &mut Cue {
        let key = self.after_entries.take(hashes(phrase));
        self.after.entry(key).or_default()
    }

    /// Adds the roles, subjects, fillers and vetoes.
    ///
    /// # Errors
    /// Kind `Pattern` where a role or subject is unknown.
    pub fn context(&mut self, file: &ContextFile) -> Result<(), Error> {
        let unknown = |what: &str, id: &str| Error::new(ErrorKind::Pattern, format!("context.toml: no {what} {id}"));
        for (id, phrases) in &file.roles {
            let role = Role::from_id(id).ok_or_else(|| unknown("role", id))?;
            phrases.iter().for_each(|it| self.before(it).role = Some(role));
        }
        for (id, phrases) in &file.subjects {
            let subject = Subject::from_id(id).ok_or_else(|| unknown("subject", id))?;
            phrases.iter().for_each(|it| self.before(it).subject = Some(subject));
        }
        file.fillers.iter().for_each(|it| self.before(it).filler = true);
        file.before_vetoes.iter().for_each(|it| self.before(it).veto = true);
        file.after_vetoes.iter().for_each(|it| self.after(it).veto = true);
        file.log_clocks.iter().for_each(|it| self.before(it).log_clock = true);
        Ok(())
    }

    /// The tables. `is_date` tells the patterns of dates, `has_shape` those of dates that need no cue to be seen,
    /// `rank` which of the patterns that a phrase names is tried first, `in_words` those whose value may hold no digit.
    pub fn build(
        mut self,
        is_date: impl Fn(u16) -> bool,
        has_shape: impl Fn(u16) -> bool,
        rank: impl Fn(u16) -> (Reverse<u16>, bool, u16),
        in_words: impl Fn(u16) -> bool,
    ) -> Cues {
        for cue in self.before.values_mut() {
            let all = |test: &dyn Fn(u16) -> bool| cue.patterns.iter().chain(&cue.label_patterns).all(|it| test(*it));
            (cue.only_dates, cue.only_shapes) = (all(&is_date), all(&has_shape));
            cue.captures = cue.patterns.iter().chain(&cue.label_patterns).any(|it| in_words(*it));
            cue.patterns.sort_by_key(|it| rank(*it));
            cue.label_patterns.sort_by_key(|it| rank(*it));
        }
        let marks = self.marks();
        let mut cues = Vec::new();
        let mut table = |map: HashedMap<Cue>, entries: Entries| {
            let rows: Vec<(u64, u32)> = map
                .into_iter()
                .map(|(key, cue)| {
                    cues.push(cue);
                    (key, cues.len() as u32 - 1)
                })
                .collect();
            PhraseTable::new(&rows, &entries.beginnings, entries.first.into_iter())
        };
        let before = table(self.before, self.before_entries);
        let after = table(self.after, self.after_entries);
        let placeholders = self.placeholders.into_iter().collect();
        Cues { cues, before, after, marks, placeholders }
    }
}

impl CueBuilder {
    /// Marks the words by which phrases are entered.
    fn marks(&self) -> Box<Marks> {
        let mut marks = Box::new([[0; 1 << 10]; 4]);
        let mut mark = |mark: Mark, word: u64| {
            let (row, bit) = place(word);
            marks[mark as usize][row] |= 1 << bit;
        };
        for (key, first) in &self.before_entries.entered {
            let cue = self.before.get(key);
            mark(Mark::Enters, *first);
            if cue.is_some_and(|cue| cue.tells(true)) {
                mark(Mark::Tells, *first);
            }
            if cue.is_some_and(|cue| cue.captures) {
                mark(Mark::Captures, *first);
            }
        }
        self.after_entries.first.iter().for_each(|first| mark(Mark::Follows, *first));
        marks
    }
}

/// A word's place among the bits of a mark.
#[inline]
fn place(word: u64) -> (usize, u32) {
    (word as usize >> 8 & ((1 << 10) - 1), word as u32 >> 18 & 63)
}

fn hashes(phrase: &str) -> Vec<u64> {
    let bytes = phrase.as_bytes();
    split(bytes).iter().map(|&(start, end)| word_hash(bytes, start, end)).collect()
}

impl Cues {
    /// The longest phrase that ends with the word `last` and runs on through the words further left, which `next`
    /// fetches by number from 1; with its number of words.
    #[inline]
    pub fn ending_with(&self, last: u64, next: impl FnMut(usize) -> Option<u64>) -> Option<(&Cue, usize)> {
        let (value, len) = self.before.longest(last, next)?;
        Some((&self.cues[value as usize], len))
    }

    /// The longest phrase that begins with the word `first`.
    #[inline]
    pub fn beginning_with(&self, first: u64, next: impl FnMut(usize) -> Option<u64>) -> Option<(&Cue, usize)> {
        let (value, len) = self.after.longest(first, next)?;
        Some((&self.cues[value as usize], len))
    }

    /// The same as `ending_with` over words already at hand, the last first.
    pub fn ending_in(&self, words: &[u64]) -> Option<(&Cue, usize)> {
        self.ending_with(*words.first()?, |index| words.get(index).copied())
    }

    /// True where some phrase that ends with the word `last` tells what a value is.
    pub fn tell(&self, last: u64, labelled: bool, next: impl FnMut(usize) -> Option<u64>) -> bool {
        self.before.any(last, next, |value| self.cues[value as usize].tells(labelled))
    }

    /// True where some phrase that ends with the word `last` names a pattern of words.
    pub fn capture(&self, last: u64, next: impl FnMut(usize) -> Option<u64>) -> bool {
        self.before.any(last, next, |value| self.cues[value as usize].captures)
    }

    /// True where the word may be that.
    #[inline]
    pub fn has(&self, mark: Mark, word: u64) -> bool {
        let (row, bit) = place(word);
        self.marks[mark as usize][row] >> bit & 1 == 1
    }

    /// True where `[id]` ends at `end`, brackets included, in the place of a value that was taken out: its words say
    /// what stood there, not what stands beside it. `mrn[phone]` is a name with an index.
    pub fn placeholder_ends(&self, text: &[u8], end: usize) -> bool {
        let from = end.saturating_sub(LONGEST_PLACEHOLDER);
        let Some(open) = text[from..end].iter().rposition(|it| *it == b'[').map(|it| from + it) else { return false };
        text[end - 1] == b']' && self.is_placeholder(text, open, end - 1)
    }

    /// True where `[id]` begins at `at`.
    pub fn placeholder_begins(&self, text: &[u8], at: usize) -> bool {
        let to = text.len().min(at + LONGEST_PLACEHOLDER);
        let close = text[at..to].iter().position(|it| *it == b']').map(|it| at + it);
        text[at] == b'[' && close.is_some_and(|close| self.is_placeholder(text, at, close))
    }

    fn is_placeholder(&self, text: &[u8], open: usize, close: usize) -> bool {
        let glued = open > 0 && (text[open - 1].is_ascii_alphanumeric() || text[open - 1] == b'_');
        let id = &text[open + 1..close];
        !glued && self.placeholders.binary_search_by(|it| it.as_slice().cmp(id)).is_ok()
    }
}
