//! Text in, detections out. Pure: no file, network, clock or environment. Knows no file formats.
//!
//! [`Detector::find`] looks at one block by itself; [`Detector::settle`] decides with what the source's other blocks
//! established. See `ARCHITECTURE.md` for how blocks, columns and document evidence fit together.

mod context;
mod custom;
mod find;
mod gate;
mod health;
mod label;
mod masks;
mod matcher;
mod memory;
#[doc(hidden)]
pub mod names;
mod normalise;
mod options;
mod plan;
mod resolve;
pub mod ruleset;
pub mod validate;
mod words;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use self::context::TellingWords;
use self::custom::Lead;
use self::find::{Finder, Hl7Fields};
pub use self::health::Tally as HealthTally;
use self::masks::Masks;
pub use self::memory::SourceMemory;
use self::memory::{ColumnTally, KnownNames};
use self::names::mention::Buffers;
use self::names::{Names, Searched, Words};
use self::normalise::Plain;
use self::plan::{Outcome, Plan, Plans};
pub use self::ruleset::{Entity, Ruleset};
use crate::Error;
use crate::model::{Detection, EntityId, Field, FieldKind, Label, Segment, Subject};

/// What to look for and what to report.
#[derive(Clone, Debug)]
pub struct DetectorOptions {
    /// Detections below this score, in thousandths, are dropped when settled. 0 shows everything with evidence.
    pub min_permille: u16,
    /// Only these entities, where not empty.
    pub only: Vec<EntityId>,
    /// Not these.
    pub skip: Vec<EntityId>,
    /// Health context is reported like identifiers, instead of being counted only.
    pub health: bool,
}

impl Default for DetectorOptions {
    fn default() -> Self {
        DetectorOptions { min_permille: 500, only: Vec::new(), skip: Vec::new(), health: false }
    }
}

/// Finds identifiers in segments. Immutable and shared by threads.
#[derive(Debug)]
pub struct Detector {
    ruleset: Arc<Ruleset>,
    options: DetectorOptions,
    hl7: Hl7Fields,
    names: Option<Names>,
    wanted: Vec<bool>,
    /// Tells it from the process's other detectors.
    number: u64,
}

/// What was found in one block before the rest of its source is known: detections with the evidence of their own
/// block, weak ones among them. Holds no text.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    /// In order of `start`; they overlap only where one identifier begins with another.
    pub items: Vec<Candidate>,
    /// Health evidence by kind, capped.
    pub health: HealthTally,
    columns: Vec<ColumnTally>,
    /// Words of names, as hashes.
    words: Vec<Words>,
}

/// A detection that may still change when its source is known.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    /// As its own block tells.
    pub detection: Detection,
    /// Index of its column in the block's tallies, plus one; 0 where it stands in none.
    column: u32,
    /// Index of its words among the block's, plus one; 0 where it is no name.
    words: u32,
}

/// Buffers of one thread, reused from block to block.
#[derive(Default)]
struct Scratch {
    masks: Masks,
    telling: TellingWords,
    plans: Plans,
    names: Buffers,
}

/// Names found by labels whose words one block remembers.
const MOST_NAMES: usize = 1024;

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl Detector {
    /// A detector of those rules.
    ///
    /// # Errors
    /// Kind `Pattern` where the field tables do not fit the rules.
    pub fn new(ruleset: Arc<Ruleset>, options: DetectorOptions) -> Result<Self, Error> {
        let hl7 = Hl7Fields::builtin(&ruleset)?;
        let wants = |entity: EntityId| {
            (options.only.is_empty() || options.only.contains(&entity)) && !options.skip.contains(&entity)
        };
        let wanted: Vec<bool> = ruleset.patterns().iter().map(|it| it.health.is_some() || wants(it.entity)).collect();
        let names = Names::new(&ruleset, &wanted)?;
        static MADE: AtomicU64 = AtomicU64::new(1);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        Ok(Detector { ruleset, options, hl7, names, wanted, number })
    }

    /// The rules.
    pub fn ruleset(&self) -> &Ruleset {
        &self.ruleset
    }

    /// The options.
    pub fn options(&self) -> &DetectorOptions {
        &self.options
    }

    /// Candidates of one block. Pure; blocks of a source may be searched in parallel.
    pub fn find(&self, segment: &Segment) -> Candidates {
        let mut found = Candidates::default();
        self.find_into(segment, &mut found);
        found
    }

    /// The same into candidates whose buffers are used again.
    pub fn find_into(&self, segment: &Segment, found: &mut Candidates) {
        found.clear();
        let plain = normalise::normalise(&segment.text);
        SCRATCH.with_borrow_mut(|scratch| {
            scratch.masks.fill(&plain.text);
            scratch.telling.reset(plain.text.len());
            let lanes = found.lanes(&segment.frame.labels, |label| scratch.plans.of(self, label));
            let prepared = Prepared { masks: &scratch.masks, telling: &scratch.telling, lanes: &lanes };
            self.search(segment, &plain, prepared, found);
            self.find_names(segment, &plain, prepared, &mut scratch.names, found);
            self.weigh(&plain, prepared, found);
        });
        if !plain.is_original() {
            for item in &mut found.items {
                let it = &mut item.detection;
                (it.start, it.end) = (plain.start(it.start), plain.end(it.end));
            }
        }
        let own = &segment.own;
        found.items.retain(|it| own.contains(&it.detection.start));
    }

    fn search(&self, segment: &Segment, plain: &Plain<'_>, prepared: Prepared<'_>, found: &mut Candidates) {
        let Prepared { masks, telling, lanes } = prepared;
        let unlabelled = Lane::default();
        let mut finder = Finder {
            rules: &self.ruleset,
            options: &self.options,
            hl7: &self.hl7,
            wanted: &self.wanted,
            text: &plain.text,
            masks,
            telling,
            out: &mut found.items,
            health: &mut found.health,
            lo: 0,
            hi: 0,
            field: u32::MAX,
            meaning: &unlabelled.plan.meaning,
            keep_weak: false,
        };
        let whole = [find::whole_text(segment)];
        let fields = if segment.fields.is_empty() { &whole[..] } else { &segment.fields };
        let mut open = Open::default();
        for (index, field) in fields.iter().enumerate() {
            let (lo, hi) = bounds(plain, field);
            let lane = lanes.get(field.label as usize).unwrap_or(&unlabelled);
            if field.kind != FieldKind::Narrative
                && let Some(outcome) = lane.plan.whole(&self.ruleset, &plain.text, lo..hi)
            {
                let detection =
                    Detection { start: lo as u32, end: hi as u32, field: index as u32, ..outcome.detection };
                if lane.takes(outcome, self.options.min_permille) {
                    finder.out.push(Candidate { detection, column: lane.column, words: 0 });
                }
                if lane.column > 0 {
                    found.columns[lane.column as usize - 1].count_cell(outcome);
                }
                if let Some(kind) = outcome.health {
                    finder.health.add_number(kind);
                }
                let (custom, value) = (&self.ruleset.custom, &plain.text[lo..hi]);
                let leads = if outcome.is_sure { custom.may_lead_whole(value) } else { custom.may_lead(value) };
                if leads {
                    open.add(lo, hi, index);
                }
                continue;
            }
            (finder.lo, finder.hi) = (lo, hi);
            (finder.meaning, finder.keep_weak) = (&lane.plan.meaning, lane.column > 0);
            finder.field = if segment.fields.is_empty() { u32::MAX } else { index as u32 };
            let first = finder.out.len();
            finder.search();
            if lane.column > 0 {
                found.columns[lane.column as usize - 1].take_cell(&mut finder.out[first..], lane.column);
            }
            if self.ruleset.custom.may_lead(&plain.text[lo..hi.max(lo)]) {
                open.add(lo, hi, index);
            }
        }
        for span in &open.spans {
            self.follow_leads(&mut finder, span, fields, plain);
        }
        if self.ruleset.custom.has_starts(self.options.health) {
            for (index, field) in fields.iter().enumerate() {
                (finder.lo, finder.hi) = bounds(plain, field);
                finder.field = if segment.fields.is_empty() { u32::MAX } else { index as u32 };
                finder.try_starts();
            }
        }
    }

    /// Names of people and places in running text, beside what the patterns found.
    fn find_names(
        &self,
        segment: &Segment,
        plain: &Plain<'_>,
        prepared: Prepared<'_>,
        buffers: &mut Buffers,
        found: &mut Candidates,
    ) {
        let Some(names) = &self.names else { return };
        let (text, masks) = (&plain.text[..], prepared.masks);
        for item in found.items.iter_mut().filter(|it| names.is_person(it.detection.entity)) {
            let it = &item.detection;
            if found.words.len() < MOST_NAMES && it.permille >= 500 {
                found.words.push(names.words(text, masks, it.start as usize, it.end as usize));
                item.words = found.words.len() as u32;
            }
        }
        let whole = [find::whole_text(segment)];
        let fields = if segment.fields.is_empty() { &whole[..] } else { &segment.fields };
        for (index, field) in fields.iter().enumerate() {
            let (lo, hi) = bounds(plain, field);
            let number = if segment.fields.is_empty() { u32::MAX } else { index as u32 };
            if lo < hi && (field.kind == FieldKind::Narrative || names::is_prose(&text[lo..hi])) {
                let field = Searched { text, masks, lo, hi, number };
                names.search(field, buffers, &mut found.items, &mut found.words);
            }
        }
    }

    /// Settles what overlaps, and counts health evidence around what is left.
    fn weigh(&self, plain: &Plain<'_>, prepared: Prepared<'_>, found: &mut Candidates) {
        resolve::resolve(&mut found.items);
        self.report_contained(&plain.text, &mut found.items);
        let places = found.items.iter().map(|it| it.detection.start as usize);
        self.ruleset.vocabulary.count(&plain.text, prepared.masks, places, &mut found.health);
    }

    /// Identifiers that others begin with, such as the wage earner's SSN in a HICN. It may be another person's.
    fn report_contained(&self, text: &[u8], items: &mut Vec<Candidate>) {
        let rules = &self.ruleset;
        let holds = |it: &Candidate| rules.pattern(it.detection.pattern).contains.is_some();
        if !rules.has_containers() || !items.iter().any(holds) {
            return;
        }
        let mut all = Vec::with_capacity(items.len() + 8);
        for item in items.drain(..) {
            all.push(item);
            let Some(pattern) = rules.pattern(item.detection.pattern).contains else { continue };
            let value = &text[item.detection.range()];
            let digits = value.iter().take_while(|it| it.is_ascii_digit() || **it == b'-').count();
            let len = value[..digits].iter().rposition(u8::is_ascii_digit).map_or(0, |last| last + 1);
            if len == 0 || !self.wanted[usize::from(pattern)] {
                continue;
            }
            let entity = rules.pattern(pattern).entity;
            let end = item.detection.start + len as u32;
            let detection = Detection { entity, pattern, end, subject: Subject::Unknown, ..item.detection };
            all.push(Candidate { detection, ..item });
        }
        *items = all;
    }

    /// Literals: HL7 segments inside text, and patterns that begin with one.
    fn follow_leads<'a>(&'a self, finder: &mut Finder<'a>, span: &Span, fields: &[Field], plain: &'a Plain<'_>) {
        let mut index = span.first;
        for (at, lead) in self.ruleset.custom.leads(&plain.text[span.lo..span.hi]) {
            let at = span.lo + at;
            while index < fields.len() && bounds(plain, &fields[index]).1 <= at {
                index += 1;
            }
            let Some(field) = fields.get(index) else { return };
            let (lo, hi) = bounds(plain, field);
            if at < lo {
                continue;
            }
            (finder.lo, finder.hi) = (lo, hi);
            if finder.field != u32::MAX {
                finder.field = index as u32;
            }
            match lead {
                Lead::Segment => finder.hl7_segment(at),
                Lead::Pattern(pattern) => finder.lead(pattern, at),
            }
        }
    }

    /// Adds what a block establishes to the memory of its source, without deciding anything: the first of two passes
    /// over a source that is small enough to be settled twice.
    pub fn learn(&self, memory: &mut SourceMemory, candidates: &Candidates) {
        memory.learn(candidates);
    }

    /// Decides on a block's candidates, in block order: `decide` gets the candidate's index and the detection for each
    /// that reaches the threshold. Does not learn.
    pub fn settle(&self, memory: &SourceMemory, candidates: &Candidates, mut decide: impl FnMut(usize, Detection)) {
        let columns = memory.views(&candidates.columns);
        let known = KnownNames::of(candidates, memory);
        for (index, candidate) in candidates.items.iter().enumerate() {
            let detection = match candidate.column {
                0 => known.judge(candidate, candidates),
                column => columns[column as usize - 1].judge(candidate.detection),
            };
            if detection.permille >= self.options.min_permille {
                decide(index, detection);
            }
        }
    }

    /// Detections in one text by itself, without a file format: offsets are bytes of `text`.
    pub fn detect(&self, text: &str) -> Vec<Detection> {
        let candidates = self.find(&Segment::narrative(text.as_bytes()));
        let mut found = Vec::new();
        self.settle(&SourceMemory::default(), &candidates, |_, detection| found.push(detection));
        found
    }
}

/// The hash of a column's header, 0 where it has none.
fn name_hash(name: &[u8]) -> u64 {
    if name.is_empty() { 0 } else { words::word_hash(name, 0, name.len()) }
}

/// A field's place in the plain text.
#[inline]
fn bounds(plain: &Plain<'_>, field: &Field) -> (usize, usize) {
    if plain.is_original() {
        return (field.start as usize, field.end as usize);
    }
    if field.end as usize >= plain.text.len() && field.start == 0 && field.label == crate::model::NO_LABEL {
        return (0, plain.text.len());
    }
    (plain.forward(field.start) as usize, plain.forward(field.end) as usize)
}

impl Candidates {
    fn clear(&mut self) {
        self.items.clear();
        self.health = HealthTally::default();
        self.columns.clear();
        self.words.clear();
    }

    /// One lane per label, and a tally where it is a table's column.
    fn lanes(&mut self, labels: &[Label], mut plan: impl FnMut(&Label) -> Rc<Plan>) -> Vec<Lane> {
        let lane = |label: &Label| {
            let plan = plan(label);
            let column = label.column.map_or(0, |number| {
                let key = words::chain(u64::from(number) + 1, name_hash(&label.name));
                let labelled = !plan.meaning.patterns.is_empty();
                self.columns.push(ColumnTally { key, labelled, ..ColumnTally::default() });
                self.columns.len() as u32
            });
            Lane { plan, column }
        };
        labels.iter().map(lane).collect()
    }
}

/// What a block is searched with.
#[derive(Clone, Copy)]
struct Prepared<'a> {
    masks: &'a Masks,
    telling: &'a TellingWords,
    lanes: &'a [Lane],
}

impl Lane {
    /// True where the column or the threshold wants to see what becomes of a value.
    #[inline]
    fn takes(&self, outcome: &Outcome, least: u16) -> bool {
        outcome.is_reported && (self.column > 0 || outcome.detection.permille >= least)
    }
}

/// Stretches of text in which a literal may still lead to something: fields whose labels do not tell all.
#[derive(Default)]
struct Open {
    spans: Vec<Span>,
}

/// From the beginning of one field to the end of another.
struct Span {
    lo: usize,
    hi: usize,
    first: usize,
}

impl Open {
    /// Fields that are closer together than this are searched in one go.
    const NEAR: usize = 64;

    #[inline]
    fn add(&mut self, lo: usize, hi: usize, field: usize) {
        match self.spans.last_mut() {
            Some(last) if lo < last.hi + Self::NEAR => last.hi = last.hi.max(hi),
            _ => self.spans.push(Span { lo, hi, first: field }),
        }
    }
}

/// What is done with the fields of one label.
#[derive(Default)]
struct Lane {
    plan: Rc<Plan>,
    /// Its column in the block's tallies, plus one; 0 where it is none.
    column: u32,
}

impl ColumnTally {
    /// Counts a cell that was searched and marks its candidates as the column's.
    fn take_cell(&mut self, found: &mut [Candidate], column: u32) {
        self.cells += 1;
        for candidate in found {
            candidate.column = column;
            self.count(&candidate.detection);
        }
    }

    /// Counts a cell of which its label told what it is.
    #[inline]
    fn count_cell(&mut self, outcome: &Outcome) {
        self.cells += 1;
        if outcome.is_reported {
            self.count(&outcome.detection);
        }
    }
}

#[cfg(test)]
mod tests;
