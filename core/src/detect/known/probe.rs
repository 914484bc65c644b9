//! Looks a text's words, and words that stand together, up in a list of known values.

use super::pairs::Pairing;
use super::shape::{Kind, Normal, joint};
use super::{Known, LONE_WORD, Shapes, WORDS};
use crate::detect::cells::Cells;
use crate::detect::masks::Masks;
use crate::detect::normalise::Plain;
use crate::detect::{Candidate, Candidates, Detector, Prepared, bounds, find};
use crate::model::{Detection, Evidence, FieldKind, Segment};

/// What a value scores that a pattern sees and a list has.
pub(super) const CONFIRMED: u16 = 990;

/// A known value in the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    pub start: usize,
    pub end: usize,
    pub column: u8,
    pub permille: u16,
    pub field: u32,
    /// Nothing else decided on its field: it counts even where no pattern saw it.
    pub may_add: bool,
}

/// A stretch of text to look through.
#[derive(Clone, Copy)]
pub(super) struct Stretch<'a> {
    pub text: &'a [u8],
    pub masks: &'a Masks,
    pub lo: usize,
    pub hi: usize,
}

impl Detector {
    /// Adds known values to what the patterns found, and raises what both agree on.
    pub(in crate::detect) fn find_known(
        &self,
        segment: &Segment,
        plain: &Plain<'_>,
        prepared: Prepared<'_>,
        cells: &Cells,
        found: &mut Candidates,
    ) {
        let Some(known) = &self.known else { return };
        let mut hits = Vec::new();
        let whole = [find::whole_text(segment)];
        let fields = if segment.fields.is_empty() { &whole[..] } else { &segment.fields };
        for &index in &cells.searched {
            let field = &fields[index as usize];
            let (lo, hi) = bounds(plain, field);
            let number = if segment.fields.is_empty() { u32::MAX } else { index };
            let stretch = Stretch { text: &plain.text, masks: prepared.masks, lo, hi };
            if field.kind != FieldKind::Structured || !known.whole(stretch, number, &mut hits) {
                known.words(stretch, &known.list.singles, &mut |start, end, normal| {
                    known.note(start, end, normal, number, &mut hits)
                });
            }
        }
        if !found.items.is_sorted_by_key(|it| it.detection.start) {
            found.items.sort_by_key(|it| (it.detection.start, u32::MAX - it.detection.end));
        }
        if !known.list.header.pairs.is_empty() {
            let text = (&plain.text[..], prepared.masks);
            Pairing { known, segment, plain, text, prepared, cells }.find(&found.items, &mut hits);
        }
        known.confirm(&plain.text, &mut found.items);
        known.add(hits, found);
    }
}

impl Known {
    /// Looks a whole field up; true where a list has it.
    fn whole(&self, at: Stretch<'_>, field: u32, hits: &mut Vec<Hit>) -> bool {
        let value = &at.text[at.lo..at.hi.max(at.lo)];
        // A longer one is written in words that are looked up anyway.
        let Some(normal) = Normal::of(value.get(..128).unwrap_or(value)) else { return false };
        let before = hits.len();
        if self.list.singles.admit(&normal) {
            let blank = |it: &&u8| it.is_ascii_whitespace();
            let (start, end) = (value.iter().take_while(blank).count(), value.iter().rev().take_while(blank).count());
            if start < value.len() && value.len() <= 128 {
                self.note(at.lo + start, at.hi - end, &normal, field, hits);
            }
        }
        hits.len() > before
    }

    /// Calls `see` with every run of words that looks like a value of the list. Words of letters alone begin one only
    /// where they begin with a capital.
    pub(super) fn words(&self, at: Stretch<'_>, shapes: &Shapes, see: &mut dyn FnMut(usize, usize, &Normal)) {
        let Stretch { masks, lo, hi, .. } = at;
        if lo >= hi {
            return;
        }
        let digits = shapes.lengths[Kind::Digits as usize] | shapes.lengths[Kind::Mixed as usize] != 0;
        let letters = shapes.lengths[Kind::Letters as usize] != 0;
        let mut from = lo;
        for index in lo / 64..hi.div_ceil(64) {
            let mut bits = if digits { masks.digit.chunk(index) } else { 0 };
            bits |= if letters { masks.capital.chunk(index) } else { 0 };
            loop {
                let base = index * 64;
                let kept =
                    if from > base { bits & (!0u64).checked_shl((from - base) as u32).unwrap_or(0) } else { bits };
                if kept == 0 {
                    break;
                }
                let place = base + kept.trailing_zeros() as usize;
                if place >= hi {
                    return;
                }
                let start = masks.word.run_start(place, from);
                let end = masks.word.run_end(place, hi);
                from = end;
                self.grow(at, shapes, start, end, see);
                if let Some(before) = glued_before(at, start) {
                    self.grow(at, shapes, before, start - 1, see);
                }
            }
        }
    }

    /// The word, and it with those behind it.
    #[inline]
    fn grow(
        &self,
        at: Stretch<'_>,
        shapes: &Shapes,
        start: usize,
        end: usize,
        see: &mut dyn FnMut(usize, usize, &Normal),
    ) {
        let Stretch { text, masks, hi, .. } = at;
        if end - start > shapes.longest {
            return;
        }
        let mut normal = Normal::new();
        let (mut from, mut end) = (start, end);
        loop {
            if !normal.push(&text[from..end]) || normal.bytes().len() > shapes.longest {
                return;
            }
            if shapes.admit(&normal) && normal.words <= shapes.words[normal.kind() as usize] {
                see(start, end, &normal);
            }
            let gap = joint(text, end, hi);
            if gap == 0 || normal.words >= shapes.most_words() {
                return;
            }
            from = end + gap;
            end = masks.word.run_end(from, hi);
        }
    }

    /// Notes a value that a column has.
    pub(super) fn note(&self, start: usize, end: usize, normal: &Normal, field: u32, hits: &mut Vec<Hit>) {
        for column in self.list.columns_of(normal) {
            let kind = normal.kind();
            let score = self.list.scores[usize::from(column)][kind as usize][normal.bytes().len()];
            let permille = if score == LONE_WORD && kind == Kind::Letters && normal.words > 1 { WORDS } else { score };
            hits.push(Hit { start, end, column, permille, field, may_add: true });
        }
    }

    /// Raises what the patterns found and the list has.
    fn confirm(&self, text: &[u8], items: &mut [Candidate]) {
        for item in items {
            let it = &item.detection;
            let same = |column: u8| self.targets[usize::from(column)].is_some_and(|target| target.entity == it.entity);
            // Most of what patterns find is of kinds that no column holds by itself.
            let columns = (0u8..).zip(&self.list.header.columns);
            if !columns.filter(|it| !it.1.part).any(|it| same(it.0)) {
                continue;
            }
            let Some(normal) = text.get(it.range()).and_then(Normal::of) else { continue };
            if self.list.singles.admit(&normal) && self.list.columns_of(&normal).any(same) {
                raise(item);
            }
        }
    }

    /// Adds hits to candidates that are in order of their places, unless they are among them.
    fn add(&self, mut hits: Vec<Hit>, found: &mut Candidates) {
        hits.sort_unstable_by_key(|it| (it.start, it.end, it.column));
        hits.dedup_by_key(|it| (it.start, it.end, it.column));
        let sorted = found.items.len();
        for hit in hits {
            let Some(target) = self.targets.get(usize::from(hit.column)).copied().flatten() else { continue };
            let behind = found.items[..sorted].partition_point(|it| it.detection.start as usize <= hit.start);
            let covers = |it: &&mut Candidate| {
                it.detection.entity == target.entity && it.detection.end as usize >= hit.end && hit.permille >= 500
            };
            let nearest = behind.saturating_sub(3);
            if let Some(item) = found.items[nearest..behind].iter_mut().rev().find(covers) {
                raise(item);
                continue;
            }
            if hit.may_add {
                let detection = Detection {
                    entity: target.entity,
                    pattern: target.pattern,
                    start: hit.start as u32,
                    end: hit.end as u32,
                    permille: hit.permille,
                    validated: None,
                    role: None,
                    subject: target.subject,
                    evidence: Evidence::EDM,
                    field: hit.field,
                };
                found.items.push(Candidate { detection, column: 0, words: 0, value: 0 });
            }
        }
    }
}

/// The list vouches for a candidate, whatever its column or check digit says.
fn raise(item: &mut Candidate) {
    item.detection.permille = CONFIRMED;
    item.detection.evidence = item.detection.evidence.with(Evidence::EDM);
    item.column = 0;
}

/// Where a word of letters begins that a sign of identifiers joins to the word at `start`: `ab-1234`, `LAB_77`.
fn glued_before(at: Stretch<'_>, start: usize) -> Option<usize> {
    let joined = start > at.lo + 1 && matches!(at.text[start - 1], b'-' | b'_' | b'/');
    let begin = joined.then(|| at.masks.word.run_start(start - 1, at.lo))?;
    let word = &at.text[begin..start - 1];
    let lower = word.first().is_some_and(|it| !it.is_ascii_uppercase()) && !word.iter().any(u8::is_ascii_digit);
    lower.then_some(begin)
}
