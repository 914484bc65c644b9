//! Health context: a vocabulary of clinical terms, counted as evidence. Not identifiers, not reported as findings.
//!
//! Large blocks are sampled: what a source is about shows in any part of it, and records with identifiers are looked
//! at wherever they stand.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::masks::Masks;
use super::words::{PhraseTable, keys, split, word_hash};
use crate::{Error, ErrorKind};

/// Kinds of health evidence, by their stable names.
pub const KINDS: [&str; 11] =
    ["anatomy", "diagnosis", "drug", "lab", "procedure", "section", "specialty", "symptom", "vital", "device", "other"];

/// Per block and kind, more is not counted.
pub const CAP: u64 = 64;
/// A block up to this size is looked at whole.
const WHOLE: usize = 64 << 10;
/// Samples of a larger block, and the bytes of each.
const SAMPLES: usize = 8;
const SAMPLE: usize = 4 << 10;
/// Bytes looked at on either side of an identifier.
const NEAR: usize = 256;
/// Identifiers whose surroundings are looked at, per block.
pub const NEIGHBOURHOODS: usize = 64;

/// True for the identifiers whose surroundings may be looked at.
#[inline]
pub fn is_sampled(at: usize) -> bool {
    at % 4 != 3
}

/// The kind of that name.
pub fn kind(id: &str) -> Option<&'static str> {
    KINDS.iter().find(|it| **it == id).copied()
}

/// The terms, by the hash of their words in reading order.
#[derive(Debug)]
pub struct Vocabulary {
    table: PhraseTable,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TermFile {
    kind: String,
    /// For readers of the file.
    #[serde(default, rename = "source")]
    _source: String,
    terms: Vec<String>,
}

/// Health evidence of a block, by index into `KINDS`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally(pub [u64; KINDS.len()]);

impl Tally {
    /// Counts one, up to the cap.
    pub fn add(&mut self, kind: &str) {
        if let Some(number) = Self::number(kind) {
            self.add_many(number, 1);
        }
    }

    /// The number of a kind.
    pub fn number(kind: &str) -> Option<usize> {
        KINDS.iter().position(|it| *it == kind)
    }

    /// Counts some of a kind by its number, up to the cap.
    pub fn add_many(&mut self, number: usize, count: u64) {
        self.0[number] = (self.0[number] + count).min(CAP);
    }

    /// The kinds counted, by name.
    pub fn by_kind(&self) -> BTreeMap<&'static str, u64> {
        KINDS.iter().copied().zip(self.0).filter(|it| it.1 > 0).collect()
    }

    fn total(&self) -> u64 {
        self.0.iter().sum()
    }
}

impl Vocabulary {
    /// The terms of `health/*.toml`.
    ///
    /// # Errors
    /// Kind `Pattern` where a file does not follow the schema.
    pub fn builtin() -> Result<Self, Error> {
        let mut rows = Vec::new();
        let mut entries = Vec::new();
        let mut prefixes = Vec::new();
        for file in phisift_patterns::FILES.iter().filter(|it| it.path.starts_with("health/")) {
            let wrong = |what: &str| Error::new(ErrorKind::Pattern, format!("{}: {what}", file.path));
            let parsed: TermFile = toml::from_str(file.text).map_err(|error| wrong(error.message()))?;
            let kind = KINDS.iter().position(|it| *it == parsed.kind).ok_or_else(|| wrong("no such kind"))?;
            for term in parsed.terms.iter().flat_map(|it| it.lines()).map(str::trim).filter(|it| !it.is_empty()) {
                let bytes = term.as_bytes();
                let words: Vec<u64> = split(bytes).iter().map(|&(from, to)| word_hash(bytes, from, to)).collect();
                entries.extend(words.first());
                let mut keys = keys(words.iter().copied());
                rows.extend(keys.pop().map(|whole| (whole, kind as u32)));
                prefixes.extend(keys);
            }
        }
        Ok(Vocabulary { table: PhraseTable::new(&rows, &prefixes, entries.into_iter()) })
    }

    /// Counts the terms of a block: all of a small one; of a large one samples and the surroundings of identifiers.
    pub fn count(&self, text: &[u8], masks: &Masks, identifiers: impl Iterator<Item = usize>, tally: &mut Tally) {
        if text.len() <= WHOLE {
            self.count_range(text, masks, 0, text.len(), tally);
            return;
        }
        for sample in 0..SAMPLES {
            let from = text.len() / SAMPLES * sample;
            self.count_range(text, masks, from, (from + SAMPLE).min(text.len()), tally);
        }
        let mut behind = 0;
        for at in identifiers.filter(|at| is_sampled(*at)).take(NEIGHBOURHOODS) {
            let from = at.saturating_sub(NEAR).max(behind);
            behind = (at + NEAR).min(text.len());
            self.count_range(text, masks, from, behind, tally);
        }
    }

    fn count_range(&self, text: &[u8], masks: &Masks, from: usize, to: usize, tally: &mut Tally) {
        let mut at = from;
        while let Some(start) = masks.word.next_set(at, to) {
            let end = masks.word.run_end(start, to);
            at = end;
            if end - start < 2 || text[start].is_ascii_digit() {
                continue;
            }
            let first = word_hash(text, start, end);
            if let Some((kind, behind)) = self.term(text, masks, first, end, to) {
                tally.0[kind] = (tally.0[kind] + 1).min(CAP);
                at = behind;
                if tally.total() >= CAP * 2 {
                    return;
                }
            }
        }
    }

    /// The longest term that begins with the word `first`, which ends at `end`, and where it ends.
    fn term(&self, text: &[u8], masks: &Masks, first: u64, end: usize, to: usize) -> Option<(usize, usize)> {
        let mut ends = [end; 5];
        let next = |index: usize| {
            let at = ends[index - 1];
            let start = masks.word.next_set(at, to.min(at + 3)).filter(|_| index < 4)?;
            if !matches!(&text[at..start], b" " | b"-" | b"'") {
                return None;
            }
            ends[index] = masks.word.run_end(start, to);
            Some(word_hash(text, start, ends[index]))
        };
        let (kind, len) = self.table.longest(first, next)?;
        Some((kind as usize, ends[len - 1]))
    }
}
