//! All words that say something about a value, in two hashed tables: phrases before it (and labels), phrases behind it.

use std::collections::HashMap;

use super::schema::ContextFile;
use crate::Error;
use crate::ErrorKind;
use crate::detect::words::{PhraseTable, chain, split, word_hash};
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
}

/// The longest phrase, in words.
pub const LONGEST: usize = 5;

/// Collects phrases before the tables are built.
#[derive(Debug, Default)]
pub struct CueBuilder {
    before: HashMap<u64, Cue>,
    after: HashMap<u64, Cue>,
    entries: Vec<u64>,
    after_entries: Vec<u64>,
}

impl CueBuilder {
    /// The cue of a phrase that stands before a value.
    pub fn before(&mut self, phrase: &str) -> &mut Cue {
        let hashes = hashes(phrase);
        self.entries.extend(hashes.last());
        let key = hashes.iter().rev().fold(0, |key, &word| chain(key, word));
        self.before.entry(key).or_default()
    }

    /// The cue of a phrase that stands behind a value.
    pub fn after(&mut self, phrase: &str) -> &mut Cue {
        let hashes = hashes(phrase);
        self.after_entries.extend(hashes.first());
        let key = hashes.iter().fold(0, |key, &word| chain(key, word));
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

    /// The tables.
    pub fn build(self) -> Cues {
        let mut cues = Vec::new();
        let mut table = |map: HashMap<u64, Cue>, entries: Vec<u64>| {
            let rows: Vec<(u64, u32)> = map
                .into_iter()
                .map(|(key, cue)| {
                    cues.push(cue);
                    (key, cues.len() as u32 - 1)
                })
                .collect();
            PhraseTable::new(&rows, entries.into_iter())
        };
        let before = table(self.before, self.entries);
        let after = table(self.after, self.after_entries);
        Cues { cues, before, after }
    }
}

fn hashes(phrase: &str) -> Vec<u64> {
    let bytes = phrase.as_bytes();
    split(bytes).iter().map(|&(start, end)| word_hash(bytes, start, end)).collect()
}

impl Cues {
    /// The longest phrase that ends with `words[0]` and runs on through `words[1..]` (the words further left), with
    /// its number of words.
    #[inline]
    pub fn ending_with(&self, words: &[u64]) -> Option<(&Cue, usize)> {
        Self::longest(&self.cues, &self.before, words)
    }

    /// The longest phrase that begins with `words[0]`.
    #[inline]
    pub fn beginning_with(&self, words: &[u64]) -> Option<(&Cue, usize)> {
        Self::longest(&self.cues, &self.after, words)
    }

    /// False where no phrase before a value ends with that word.
    #[inline]
    pub fn may_end_with(&self, word: u64) -> bool {
        self.before.may_begin(word)
    }

    /// False where no phrase behind a value begins with that word.
    #[inline]
    pub fn may_begin_with(&self, word: u64) -> bool {
        self.after.may_begin(word)
    }

    fn longest<'a>(cues: &'a [Cue], table: &PhraseTable, words: &[u64]) -> Option<(&'a Cue, usize)> {
        if !words.first().is_some_and(|&it| table.may_begin(it)) {
            return None;
        }
        let mut key = 0;
        let mut found = None;
        for (index, &word) in words.iter().take(LONGEST).enumerate() {
            key = chain(key, word);
            if let Some(value) = table.get(key) {
                found = Some((&cues[value as usize], index + 1));
            }
        }
        found
    }
}
