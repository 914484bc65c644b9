//! Values that a source's structured fields establish, and where they may stand again: in prose, in paths, in fields
//! of which nobody knows what they hold. Keeps keyed hashes, never text.

use std::cmp::Reverse;
use std::hash::{BuildHasher, RandomState};

use super::masks::Masks;
use super::normalise::Plain;
use super::{Candidate, Candidates, Detector, Prepared, bounds};
use crate::model::{Detection, EntityId, Evidence, Field, FieldKind, SafeHarbor, Segment, Subject};

/// What a value scores at least that establishes itself.
pub(super) const ESTABLISHES: u16 = 850;
/// What it scores where it stands again.
pub(super) const FOUND_AGAIN: u16 = 860;
/// Values that one block establishes, and places that are looked at in it, at most.
pub(super) const MOST_VALUES: usize = 1024;
const MOST_PLACES: usize = 1 << 14;
/// Letters and digits of a value.
const SHORTEST: usize = 5;
const LONGEST: usize = 40;
/// A number must be longer: five digits stand everywhere.
const SHORTEST_NUMBER: usize = 6;
/// Runs of letters and digits that one value may join.
const MOST_RUNS: usize = 8;

/// Identifiers whose values are looked for again: those that are nobody's words.
const SOUGHT: [SafeHarbor; 10] = [
    SafeHarbor::D,
    SafeHarbor::E,
    SafeHarbor::G,
    SafeHarbor::H,
    SafeHarbor::I,
    SafeHarbor::J,
    SafeHarbor::K,
    SafeHarbor::L,
    SafeHarbor::M,
    SafeHarbor::R,
];

/// What is looked for again, and the key of its hashes.
#[derive(Debug)]
pub(super) struct Sweep {
    key: RandomState,
    /// Per pattern.
    sought: Vec<bool>,
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub entity: EntityId,
    pub pattern: u16,
    pub subject: Subject,
}

impl Known {
    pub(super) fn of(detection: &Detection) -> Known {
        Known { entity: detection.entity, pattern: detection.pattern, subject: detection.subject }
    }

    /// The value where it stands again.
    pub(super) fn again(self, place: Detection) -> Detection {
        let Known { entity, pattern, subject } = self;
        Detection { entity, pattern, subject, permille: FOUND_AGAIN, evidence: Evidence::KNOWN_VALUE, ..place }
    }
}

impl Sweep {
    pub(super) fn new(categories: impl Iterator<Item = Option<SafeHarbor>>) -> Sweep {
        let sought = categories.map(|it| it.is_some_and(|it| SOUGHT.contains(&it))).collect();
        Sweep { key: RandomState::new(), sought }
    }

    /// True for a value that is looked for again, if it stands in a structured field.
    #[inline]
    pub(super) fn establishes(&self, detection: &Detection) -> bool {
        let sure = detection.permille >= ESTABLISHES && detection.validated != Some(false);
        sure && self.sought[usize::from(detection.pattern)]
    }

    /// The hash of a value's letters and digits, case ignored; 0 where they tell too little.
    fn hash(&self, value: &[u8]) -> u64 {
        let mut kept = [0; LONGEST];
        let (mut len, mut digits) = (0, 0);
        for byte in value.iter().filter(|it| it.is_ascii_alphanumeric()) {
            if len == LONGEST {
                return 0;
            }
            kept[len] = byte.to_ascii_uppercase();
            len += 1;
            digits += usize::from(byte.is_ascii_digit());
        }
        let kept = &kept[..len];
        let tells = len >= SHORTEST && digits > 0 && (digits < len || len >= SHORTEST_NUMBER && !is_day(kept));
        let varied = kept.iter().any(|it| *it != kept[0]);
        if tells && varied { self.key.hash_one(kept).max(1) } else { 0 }
    }
}

/// True for digits that are a day, perhaps with a time: dates stand everywhere.
fn is_day(digits: &[u8]) -> bool {
    let number = |from: usize| u32::from(digits[from] & 15) * 10 + u32::from(digits[from + 1] & 15);
    matches!(digits.len(), 8 | 10 | 12 | 14)
        && matches!(number(0), 18..=20)
        && (1..=12).contains(&number(4))
        && (1..=31).contains(&number(6))
}

impl Detector {
    /// Notes a block's established values, and as candidates without a score the places where known ones may stand: in
    /// the fields of those numbers, which were searched as text.
    pub(super) fn sweep(
        &self,
        segment: &Segment,
        plain: &Plain<'_>,
        prepared: Prepared<'_>,
        searched: &[u32],
        found: &mut Candidates,
    ) {
        if segment.fields.is_empty() && segment.frame.provenance.is_empty() {
            // A text by itself has no structured fields: whatever it knows, it knows from its words.
            return;
        }
        let whole = [super::find::whole_text(segment)];
        let fields = if segment.fields.is_empty() { &whole[..] } else { &segment.fields };
        self.establish(fields, &plain.text, found);
        let settled = found.items.len();
        let mut places =
            Places { sweep: &self.sweep, text: &plain.text, masks: prepared.masks, found, next: 0, settled };
        for &index in searched {
            let field = &fields[index as usize];
            let (lo, hi) = bounds(plain, field);
            if lo >= hi || !is_swept(field, segment, prepared) {
                continue;
            }
            let number = if segment.fields.is_empty() { u32::MAX } else { index };
            places.numbers(lo, hi, number);
            if field.kind == FieldKind::Path
                && let Some(names) = &self.names
            {
                names.words_of_path(&plain.text, prepared.masks, lo..hi, |name, hash| places.name(name, hash, number));
            }
        }
        if found.items.len() > settled {
            found.items.sort_by_key(|it| (it.detection.start, Reverse(it.detection.end)));
        }
    }

    /// Hashes the sure values of structured fields.
    fn establish(&self, fields: &[Field], text: &[u8], found: &mut Candidates) {
        let structured =
            |it: &Candidate| fields.get(it.detection.field as usize).is_some_and(|it| it.kind == FieldKind::Structured);
        let sure = found.items.iter_mut().filter(|it| self.sweep.establishes(&it.detection) && structured(it));
        for item in sure.take(MOST_VALUES) {
            let hash = self.sweep.hash(&text[item.detection.range()]);
            if hash != 0 {
                found.values.push(hash);
                item.value = found.values.len() as u32;
            }
        }
    }
}

/// True for prose, paths and remains, and for fields of a standard that says nothing of what they hold.
fn is_swept(field: &Field, segment: &Segment, prepared: Prepared<'_>) -> bool {
    let told = || prepared.lanes.get(field.label as usize).is_some_and(|it| !it.plan.meaning.patterns.is_empty());
    let label = || segment.frame.labels.get(field.label as usize);
    match field.kind {
        FieldKind::Narrative | FieldKind::Path | FieldKind::Residual => true,
        FieldKind::Structured => label().is_some_and(|it| it.standard.is_some()) && !told(),
        FieldKind::Markup => false,
    }
}

/// Looks for places in one block.
struct Places<'a> {
    sweep: &'a Sweep,
    text: &'a [u8],
    masks: &'a Masks,
    found: &'a mut Candidates,
    /// Of the candidates before the sweep, the first that may reach beyond the place in hand.
    next: usize,
    settled: usize,
}

impl Places<'_> {
    /// Every word with a digit in `lo..hi`, and what `-`, `.`, `/` join it to.
    fn numbers(&mut self, lo: usize, hi: usize, field: u32) {
        let mut at = lo;
        let mut chained = lo;
        while let Some(digit) = self.masks.digit.next_set(at, hi) {
            let start = self.masks.word.run_start(digit, lo);
            let end = self.masks.word.run_end(digit, hi);
            at = end;
            self.place((start, end), field);
            if start >= chained {
                let chain = self.chain((start, end), lo, hi);
                if chain != (start, end) {
                    self.place(chain, field);
                }
                chained = chain.1;
            }
        }
    }

    /// The run with those joined to it on both sides.
    fn chain(&self, (mut start, mut end): (usize, usize), lo: usize, hi: usize) -> (usize, usize) {
        let word = &self.masks.word;
        let joins = |at: usize| matches!(self.text[at], b'-' | b'.' | b'/');
        let is_word = |at: usize| word.has(at);
        for _ in 0..MOST_RUNS {
            if start > lo + 1 && joins(start - 1) && is_word(start - 2) {
                start = word.run_start(start - 1, lo);
            } else if end + 1 < hi && joins(end) && is_word(end + 1) {
                end = word.run_end(end + 1, hi);
            } else {
                break;
            }
        }
        (start, end)
    }

    fn place(&mut self, (start, end): (usize, usize), field: u32) {
        if end - start > 2 * LONGEST || self.is_full() || self.is_taken(start, end) {
            return;
        }
        let hash = self.sweep.hash(&self.text[start..end]);
        if hash != 0 {
            self.found.values.push(hash);
            let value = self.found.values.len() as u32;
            let anything = Known { entity: EntityId(0), pattern: 0, subject: Subject::Unknown };
            self.push(anything, (start, end), field, (value, 0));
        }
    }

    fn name(&mut self, (known, start, end): (Known, usize, usize), hash: u64, field: u32) {
        if !self.is_full() && !self.is_taken(start, end) {
            self.found.words.push([hash, 0, 0, 0]);
            let words = self.found.words.len() as u32;
            self.push(known, (start, end), field, (0, words));
        }
    }

    fn is_full(&self) -> bool {
        self.found.items.len() - self.settled >= MOST_PLACES
    }

    /// Adds a place without a score.
    fn push(&mut self, known: Known, (start, end): (usize, usize), field: u32, (value, words): (u32, u32)) {
        let Known { entity, pattern, subject } = known;
        let detection = Detection {
            entity,
            pattern,
            subject,
            start: start as u32,
            end: end as u32,
            permille: 0,
            validated: None,
            role: None,
            evidence: Evidence::default(),
            field,
        };
        self.found.items.push(Candidate { detection, column: 0, words, value });
    }

    /// True where something was found at the place already, or may be when its source is known.
    fn is_taken(&mut self, start: usize, end: usize) -> bool {
        let before = |it: &Candidate| (it.detection.end as usize) + 2 * LONGEST <= start;
        while self.next < self.settled && before(&self.found.items[self.next]) {
            self.next += 1;
        }
        let counts = |it: &Candidate| it.detection.permille >= 500 || it.words > 0 || it.column > 0;
        let near = self.found.items[self.next..self.settled].iter();
        let mut near = near.take_while(|it| (it.detection.start as usize) < end);
        near.any(|it| it.detection.end as usize > start && counts(it))
    }
}
