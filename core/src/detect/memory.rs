//! What a source is remembered by between its blocks: how valid each column's values are. Bounded.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::{BuildHasher, RandomState};

use super::names::Words;
use super::sweep::Known;
use super::words::{HashedMap, HashedSet};
use super::{Candidate, Candidates};
use crate::model::{Detection, EntityId, Evidence};

/// Cells after which a column is judged.
const ENOUGH: u32 = 8;
/// Rows on which a column's first judgement rests.
const FIRST_ROWS: u32 = 1000;
/// Columns remembered at most.
const MOST_COLUMNS: usize = 4096;
/// Share of cells, in thousandths, that must agree for the column to vouch for them.
const MAJORITY: u32 = 600;
/// Share below which a label is not believed.
const MINORITY: u32 = 150;
/// Kinds of cells below which names without a label are no names: colours and months repeat.
const VARIOUS: u32 = 12;
/// What a value scores whose column vouches for it.
const VOUCHED: u16 = 880;
/// What a value scores at most whose column contradicts the label.
const DOUBTED: u16 = 400;

/// Score from which on a name's words are known for the rest of its source.
pub(super) const SURE_NAME: u16 = 850;
/// What a part of a known name scores at least.
const KNOWN_NAME: u16 = 860;
/// What a single word scores at most after which something is called in the same source.
const REJECTED: u16 = 400;
/// Words of names remembered at most.
const MOST_WORDS: usize = 4096;
/// Values remembered at most.
const MOST_VALUES: usize = 4096;
/// A source that knows more words of names is about many people: a word of its path is one by chance.
const FEW_WORDS: usize = 64;

/// What is remembered of a source. Bounded.
#[derive(Clone, Default)]
pub struct SourceMemory {
    columns: HashMap<u64, Column>,
    names: Remembered,
    values: Values,
    /// Words after which something is called: they name nobody by themselves.
    rejected: Remembered,
}

/// How much is remembered, and no hash: words may be tried on one.
impl fmt::Debug for SourceMemory {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "SourceMemory({} columns)", self.columns.len())
    }
}

/// The same of a block.
impl fmt::Debug for Candidates {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Candidates({} items, {} counted)", self.items.len(), self.counted.len())
    }
}

/// What the source's structured fields hold, by keyed hash. Two generations, as of names.
#[derive(Clone, Default)]
struct Values {
    younger: HashedMap<Known>,
    older: HashedMap<Known>,
}

impl Values {
    /// The first that a value was found to be is what it is.
    fn add(&mut self, hash: u64, known: Known) {
        if self.younger.contains_key(&hash) {
            return;
        }
        if self.younger.len() >= MOST_VALUES / 2 {
            self.older = std::mem::take(&mut self.younger);
        }
        let known = self.older.get(&hash).copied().unwrap_or(known);
        self.younger.insert(hash, known);
    }

    fn get(&self, hash: u64) -> Option<Known> {
        self.younger.get(&hash).or_else(|| self.older.get(&hash)).copied()
    }
}

/// Words of the source's names, as hashes under a key of this memory's own, so that nobody who sees it can try words.
/// Two generations: when the younger is full it becomes the older, so that what was not met again for long is forgotten.
#[derive(Clone, Default)]
struct Remembered {
    key: RandomState,
    younger: HashedSet,
    older: HashedSet,
}

impl Remembered {
    fn add(&mut self, word: u64) {
        let word = self.key.hash_one(word);
        if self.younger.len() >= MOST_WORDS / 2 && !self.younger.contains(&word) {
            self.older = std::mem::take(&mut self.younger);
        }
        self.younger.insert(word);
    }

    fn has(&self, word: u64) -> bool {
        if self.younger.is_empty() {
            return false;
        }
        let word = self.key.hash_one(word);
        self.younger.contains(&word) || self.older.contains(&word)
    }
}

/// What is known of names when a block is settled: from the block itself, and from its source.
pub(super) struct KnownNames<'m> {
    own: HashSet<u64>,
    source: &'m SourceMemory,
}

impl<'m> KnownNames<'m> {
    pub(super) fn of(candidates: &Candidates, memory: &'m SourceMemory) -> Self {
        let weak = |it: &Candidate| it.words > 0 && !it.is_swept() && it.detection.permille < SURE_NAME;
        let rejects = !candidates.rejected.is_empty() || !memory.rejected.younger.is_empty();
        let own = match rejects || candidates.items.iter().any(weak) {
            true => established(candidates).collect(),
            false => HashSet::new(),
        };
        KnownNames { own, source: memory }
    }

    /// A place in which something known may stand, as that.
    pub(super) fn again(&self, candidate: &Candidate, candidates: &Candidates) -> Option<Detection> {
        let place = candidate.detection;
        if candidate.words == 0 {
            return Some(self.source.values.get(candidates.values[candidate.value as usize - 1])?.again(place));
        }
        let word = candidates.words[candidate.words as usize - 1][0];
        let few = self.source.names.younger.len() + self.source.names.older.len() <= FEW_WORDS;
        (few && self.source.names.has(word)).then(|| Known::of(&place).again(place))
    }

    /// A candidate in running text: a part of a name that was established elsewhere is that name again, and a word
    /// after which something is called is no name by itself.
    #[inline]
    pub(super) fn judge(&self, candidate: &Candidate, candidates: &Candidates) -> Detection {
        let mut detection = candidate.detection;
        if candidate.words == 0 {
            return detection;
        }
        let words = &candidates.words[candidate.words as usize - 1];
        let known = || words.iter().any(|it| *it != 0 && (self.own.contains(it) || self.source.names.has(*it)));
        let single = words[0] != 0 && words[1] == 0;
        let single = single && detection.evidence.has(Evidence::MODEL) && !detection.evidence.has(Evidence::CUE);
        let rejected = || candidates.rejected.contains(&words[0]) || self.source.rejected.has(words[0]);
        if single && rejected() && !known() {
            detection.permille = detection.permille.min(REJECTED);
        } else if detection.permille < SURE_NAME && known() {
            detection.permille = detection.permille.max(KNOWN_NAME);
            detection.evidence = detection.evidence.with(Evidence::KNOWN_VALUE);
        }
        detection
    }
}

/// Words of the names that are sure in their own block: labelled, titled or full ones. A single word by itself
/// establishes nothing, however sure it is.
fn established(candidates: &Candidates) -> impl Iterator<Item = u64> {
    let sure = candidates.items.iter().filter(|it| it.words > 0 && it.detection.permille >= SURE_NAME);
    let words = sure.map(|it| (it.detection.evidence, candidates.words[it.words as usize - 1]));
    let establishes = |(evidence, words): &(Evidence, Words)| {
        !evidence.has(Evidence::MODEL) || evidence.has(Evidence::CUE) || words[1] != 0
    };
    words.filter(establishes).flat_map(|it| it.1).filter(|it| *it != 0)
}

#[derive(Clone, Debug, Default)]
struct Column {
    cells: u32,
    /// Entities seen, with how many cells hold a valid one; judged once, raised later.
    hits: Vec<(EntityId, u32)>,
    /// As in tallies.
    maybe: Option<EntityId>,
    variety: u64,
    vouched: Option<EntityId>,
}

/// Cells of one column in one block.
#[derive(Clone, Debug, Default)]
pub struct ColumnTally {
    /// The column, by number and header.
    pub key: u64,
    /// True where the header names an identifier.
    pub labelled: bool,
    /// Cells that are not empty.
    pub cells: u32,
    /// Cells in which an entity's pattern matched and its check, if any, held.
    pub hits: Vec<(EntityId, u32)>,
    /// Cells that may be names: what they would be, and how various they are, a bit for each of 64 kinds by their hashes.
    pub maybe: Option<EntityId>,
    pub variety: u64,
}

impl ColumnTally {
    /// Counts a candidate in so many cells, where it is what it is called. A published test value is: nobody's, but of the
    /// kind that the column holds.
    #[inline]
    pub(super) fn count(&mut self, detection: &Detection, times: u32) {
        if detection.validated != Some(false) || detection.evidence.has(Evidence::KNOWN_TEST) {
            self.hit(detection.entity, times);
        }
    }

    /// Counts a cell that may be a name, with the hash of its words.
    pub(super) fn count_name(&mut self, detection: &Detection, hash: u64) {
        self.maybe = Some(detection.entity);
        self.variety |= 1 << (hash.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 58);
        self.hit(detection.entity, 1);
    }

    #[inline]
    fn hit(&mut self, entity: EntityId, times: u32) {
        match self.hits.iter_mut().find(|it| it.0 == entity) {
            Some(row) => row.1 += times,
            None => self.hits.push((entity, times)),
        }
    }
}

impl SourceMemory {
    /// Adds a block's columns. The first rows decide; later blocks may still make a column vouch for its values.
    pub(super) fn learn(&mut self, candidates: &Candidates) {
        established(candidates).for_each(|word| self.names.add(word));
        for it in candidates.items.iter().filter(|it| it.value > 0 && !it.is_swept()) {
            self.values.add(candidates.values[it.value as usize - 1], Known::of(&it.detection));
        }
        candidates.rejected.iter().for_each(|word| self.rejected.add(*word));
        for tally in &candidates.columns {
            if self.columns.len() >= MOST_COLUMNS && !self.columns.contains_key(&tally.key) {
                continue;
            }
            let column = self.columns.entry(tally.key).or_default();
            if column.cells < FIRST_ROWS || column.vouched.is_none() {
                column.add(tally);
            }
        }
    }

    /// What is known of each of a block's columns.
    pub(super) fn views<'m>(&'m self, tallies: &[ColumnTally]) -> Vec<ColumnView<'m>> {
        tallies.iter().map(|tally| ColumnView::of(self.columns.get(&tally.key), tally.labelled)).collect()
    }
}

/// A column as it is known when a block is settled.
pub(super) struct ColumnView<'m> {
    column: Option<&'m Column>,
    /// Its header names an identifier, and enough cells were seen to doubt that.
    doubtful: bool,
}

impl<'m> ColumnView<'m> {
    fn of(column: Option<&'m Column>, labelled: bool) -> Self {
        ColumnView { column, doubtful: labelled && column.is_some_and(|it| it.cells >= ENOUGH * 4) }
    }

    /// A candidate of the column as the column sees it.
    #[inline]
    pub(super) fn judge(&self, mut detection: Detection) -> Detection {
        let Some(column) = self.column else { return detection };
        if column.vouched == Some(detection.entity) && detection.validated != Some(false) {
            detection.permille = detection.permille.max(VOUCHED);
            detection.evidence = detection.evidence.with(Evidence::COLUMN_VOTE);
        } else if self.doubtful && detection.validated.is_some() && column.contradicts(detection.entity) {
            detection.permille = detection.permille.min(DOUBTED);
        }
        detection
    }
}

impl Column {
    fn add(&mut self, tally: &ColumnTally) {
        self.cells = self.cells.saturating_add(tally.cells);
        self.maybe = self.maybe.or(tally.maybe);
        self.variety |= tally.variety;
        for &(entity, count) in &tally.hits {
            match self.hits.iter().position(|it| it.0 == entity) {
                Some(row) => self.hits[row].1 = self.hits[row].1.saturating_add(count),
                None if self.hits.len() < 16 => self.hits.push((entity, count)),
                None => {}
            }
        }
        if self.cells >= ENOUGH && self.vouched.is_none() {
            let best = self.hits.iter().max_by_key(|it| it.1);
            let various = |entity: EntityId| self.maybe != Some(entity) || self.variety.count_ones() >= VARIOUS;
            self.vouched = best.filter(|it| self.share(it.1) >= MAJORITY && various(it.0)).map(|it| it.0);
        }
    }

    fn share(&self, count: u32) -> u32 {
        (u64::from(count) * 1000 / u64::from(self.cells.max(1))) as u32
    }

    fn contradicts(&self, entity: EntityId) -> bool {
        let count = self.hits.iter().find(|it| it.0 == entity).map_or(0, |it| it.1);
        self.share(count) < MINORITY
    }
}
