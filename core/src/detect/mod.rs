//! Text in, detections out. Pure: no file, network, clock or environment. Knows no file formats.
//!
//! [`Detector::find`] looks at one block by itself; [`Detector::settle`] decides with what the source's other blocks
//! established. See `ARCHITECTURE.md` for how blocks, columns and document evidence fit together.

mod bits;
mod cells;
mod context;
mod custom;
mod decide;
#[cfg(test)]
mod dice;
mod find;
mod finish;
mod gate;
mod gazetteer;
mod health;
pub mod known;
mod label;
mod masks;
mod matcher;
mod memory;
mod nameless;
#[doc(hidden)]
pub mod names;
mod normalise;
mod options;
mod packed;
mod plan;
mod resolve;
pub mod ruleset;
mod sweep;
mod usual;
pub mod validate;
mod words;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub use self::cells::Counted;
use self::cells::{Cells, Keep, Lane};
use self::context::{Memo, TellingWords};
use self::custom::Lead;
use self::find::{Finder, Hl7Fields};
pub use self::health::{Tally as HealthTally, kind as health_kind};
use self::label::Meaning;
use self::masks::Masks;
pub use self::memory::SourceMemory;
use self::memory::{ColumnTally, KnownNames};
use self::names::mention::Buffers;
use self::names::{Names, Words};
use self::normalise::{Plain, bounds, unpadded};
use self::plan::{Fate, Plan, Plans};
use self::ruleset::StandardFields;
pub use self::ruleset::{Entity, Ruleset};
use self::sweep::Sweep;
use crate::Error;
use crate::model::{Detection, EntityId, Field, FieldKind, Label, Segment};

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
    fields: StandardFields,
    names: Option<Names>,
    known: Option<known::Known>,
    /// Per pattern: whether it is one of addresses, whose words are no names.
    addresses: Vec<bool>,
    wanted: Vec<bool>,
    sweep: Sweep,
    /// Tells it from the process's other detectors.
    number: u64,
}

/// What was found in one block before the rest of its source is known: detections with the evidence of their own
/// block, weak ones among them. Holds no text.
#[derive(Clone, Default)]
pub struct Candidates {
    /// In order of `start`; they overlap only where one identifier begins with another.
    pub items: Vec<Candidate>,
    /// Sure values that were only counted.
    pub counted: Vec<Counted>,
    /// Health evidence by kind, capped.
    pub health: HealthTally,
    columns: Vec<ColumnTally>,
    /// Words of names, as hashes.
    words: Vec<Words>,
    /// Values established, and those of places where known ones may stand, as keyed hashes.
    values: Vec<u64>,
    /// Words after which something is called, as hashes; at most as many as a block remembers.
    rejected: Vec<u64>,
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
    /// Index of its value's hash among the block's, plus one; 0 where it has none.
    value: u32,
}

impl Candidate {
    /// True for a mere place: only what its source knows can make something of it.
    fn is_swept(&self) -> bool {
        self.detection.permille == 0
    }
}

/// Buffers of one thread, reused from block to block.
#[derive(Default)]
struct Scratch {
    masks: Masks,
    telling: TellingWords,
    plans: Plans,
    cells: Cells,
    names: Buffers,
}

/// Entities of addresses.
const ADDRESSES: [&str; 3] = ["street_address", "address_line", "po_box"];
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
        let fields = StandardFields::builtin(&ruleset)?;
        let hl7 = Hl7Fields::new(&fields);
        let wants = |entity: EntityId| {
            (options.only.is_empty() || options.only.contains(&entity)) && !options.skip.contains(&entity)
        };
        let wanted: Vec<bool> = ruleset.patterns().iter().map(|it| it.health.is_some() || wants(it.entity)).collect();
        let names = Names::new(&ruleset, &wanted)?;
        static MADE: AtomicU64 = AtomicU64::new(1);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let address = |it: &ruleset::Pattern| ADDRESSES.contains(&ruleset.entity(it.entity).id.as_str());
        let addresses = ruleset.patterns().iter().map(address).collect();
        let sweep = Sweep::new(ruleset.patterns().iter().map(|it| ruleset.entity(it.entity).category));
        Ok(Detector { ruleset, options, hl7, fields, names, known: None, addresses, wanted, sweep, number })
    }

    /// The same detector, to which values of a list are known.
    ///
    /// # Errors
    /// Kind `Usage` where no pattern reports what a column of the list holds.
    pub fn with_known(mut self, list: Arc<known::KnownList>) -> Result<Self, Error> {
        self.known = Some(known::Known::new(list, &self.ruleset, &self.wanted)?);
        Ok(self)
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
        self.look(segment, Keep::Each, found);
    }

    /// The same for those who only count: sure values that fill their fields are counted, not listed.
    pub fn count_into(&self, segment: &Segment, found: &mut Candidates) {
        self.look(segment, Keep::Counts, found);
    }

    fn look(&self, segment: &Segment, keep: Keep, found: &mut Candidates) {
        let plain = normalise::normalise(&segment.text);
        SCRATCH.with_borrow_mut(|scratch| {
            scratch.masks.fill(&plain.text);
            scratch.telling.reset(plain.text.len());
            let owns_all = segment.own.start == 0 && segment.own.end as usize >= plain.text.len();
            let may_count = owns_all && plain.is_original() && !self.ruleset.custom.has_starts(self.options.health);
            let mut keep = if may_count { keep } else { Keep::Each };
            loop {
                found.clear();
                let lanes = found.lanes(&segment.frame.labels, |label| scratch.plans.of(self, label));
                let prepared = Prepared { masks: &scratch.masks, telling: &scratch.telling, lanes: &lanes, keep };
                if self.search(segment, &plain, prepared, &mut scratch.cells, &mut scratch.names, found) {
                    break;
                }
                keep = Keep::Each;
            }
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

    /// False where values must not be counted only.
    fn search(
        &self,
        segment: &Segment,
        plain: &Plain<'_>,
        prepared: Prepared<'_>,
        cells: &mut Cells,
        names: &mut Buffers,
        found: &mut Candidates,
    ) -> bool {
        let Prepared { lanes, keep, .. } = prepared;
        let unlabelled = Lane::default();
        let out = (&mut found.items, &mut found.health);
        let mut finder = self.finder(&plain.text, prepared, &unlabelled.plan.meaning, out);
        let whole = [find::whole_text(segment)];
        let fields = if segment.fields.is_empty() { &whole[..] } else { &segment.fields };
        let mut open = Open::default();
        cells.begin(lanes);
        let mut next = 0;
        while next < fields.len() {
            if keep == Keep::Counts {
                next += self.count_usual(&fields[next..], &plain.text, lanes, cells, &mut found.columns);
            }
            let Some(field) = fields.get(next) else { break };
            let index = next;
            next += 1;
            let lane = lanes.get(field.label as usize).unwrap_or(&unlabelled);
            if let Some(kind) = lane.plan.health {
                finder.health.add_many(kind, 1);
            }
            let (lo, hi) = unpadded(&plain.text, bounds(plain, field));
            let decided = match keep {
                Keep::Each => self.decide_usual(lane, field.kind, &plain.text[lo..hi.max(lo)]),
                Keep::Counts => None,
            };
            let is_open = match decided.or_else(|| self.decide(lane, field.kind, &plain.text, lo..hi)) {
                Some((outcome, leads)) => {
                    if cells.count(lane, outcome) {
                        cells.see(field.label as usize, lanes, outcome, &mut found.columns);
                    }
                    let sure = lane.plan.fate(outcome) == Fate::Counted && !leads && !cells.wants(lane, outcome);
                    if keep == Keep::Counts && sure {
                        cells.place(lo);
                    } else if lane.takes(outcome) {
                        finder.out.push(lane.candidate(outcome, lo..hi, index));
                        cells.keep_field(lane, outcome, index);
                    }
                    leads
                }
                None => {
                    cells.searched.push(index as u32);
                    (finder.lo, finder.hi) = (lo, hi);
                    (finder.meaning, finder.keep_weak) = (&lane.plan.meaning, lane.column > 0);
                    finder.field = if segment.fields.is_empty() { u32::MAX } else { index as u32 };
                    search_text(&mut finder, lane, field.kind, &mut found.columns);
                    self.ruleset.custom.may_lead(&plain.text[lo..hi.max(lo)])
                }
            };
            if is_open {
                open.add(lo, hi, index);
            }
        }
        let counted = if keep == Keep::Counts { lanes } else { &[] };
        for span in &open.spans {
            self.follow_leads(&mut finder, span, fields, plain, (counted, cells));
        }
        if self.ruleset.custom.has_starts(self.options.health) {
            for (index, field) in fields.iter().enumerate() {
                (finder.lo, finder.hi) = bounds(plain, field);
                finder.field = if segment.fields.is_empty() { u32::MAX } else { index as u32 };
                finder.try_starts();
            }
        }
        self.find_names(segment, plain, prepared, (cells, names), found);
        self.find_known(segment, plain, prepared, cells, found);
        let is_whole = self.finish(plain, prepared, cells, found);
        if is_whole {
            self.sweep(segment, plain, prepared, &cells.searched, found);
        }
        is_whole
    }

    /// A finder that stands before the first field.
    fn finder<'a>(
        &'a self,
        text: &'a [u8],
        prepared: Prepared<'a>,
        meaning: &'a Meaning,
        (out, health): (&'a mut Vec<Candidate>, &'a mut HealthTally),
    ) -> Finder<'a> {
        Finder {
            rules: &self.ruleset,
            options: &self.options,
            hl7: &self.hl7,
            wanted: &self.wanted,
            memo: Memo::new(text.len()),
            text,
            masks: prepared.masks,
            telling: prepared.telling,
            out,
            health,
            lo: 0,
            hi: 0,
            field: u32::MAX,
            meaning,
            keep_weak: false,
        }
    }

    /// Literals: HL7 segments inside text, and patterns that begin with one. A value of `counted` lanes in which one
    /// stands becomes a candidate after all.
    fn follow_leads<'a>(
        &'a self,
        finder: &mut Finder<'a>,
        span: &Span,
        fields: &[Field],
        plain: &'a Plain<'_>,
        (counted, cells): (&[Lane], &mut Cells),
    ) {
        let mut last = usize::MAX;
        let mut index = span.first;
        for (at, lead) in self.ruleset.custom.leads(&plain.text[span.lo..span.hi]) {
            let at = span.lo + at;
            while index < fields.len() && bounds(plain, &fields[index]).1 <= at {
                index += 1;
            }
            let Some(field) = fields.get(index) else { return };
            let (lo, hi) = unpadded(&plain.text, bounds(plain, field));
            if at < lo {
                continue;
            }
            if let Some(lane) = counted.get(field.label as usize).filter(|_| last != index && !cells.is_kept(index))
                && let Some((outcome, false)) = self.decide(lane, field.kind, &plain.text, lo..hi)
                && lane.plan.fate(outcome) == Fate::Counted
            {
                finder.out.push(lane.candidate(outcome, lo..hi, index));
                cells.keep(lane, outcome);
                cells.unplace(lo);
            }
            last = index;
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
        let mut reported = 0;
        for (index, candidate) in candidates.items.iter().enumerate() {
            let detection = match (candidate.column, candidate.is_swept()) {
                (0, true) if candidate.detection.start < reported => continue,
                (0, true) => match known.again(candidate, candidates) {
                    Some(detection) => detection,
                    None => continue,
                },
                (0, false) => known.judge(candidate, candidates),
                (column, _) => columns[column as usize - 1].judge(candidate.detection),
            };
            if detection.permille >= self.options.min_permille {
                reported = reported.max(detection.end);
                decide(index, detection);
            }
        }
    }

    /// The same of the values that were only counted: `decide` gets what they are and how many.
    pub fn settle_counted(
        &self,
        memory: &SourceMemory,
        candidates: &Candidates,
        mut decide: impl FnMut(Detection, u64),
    ) {
        let columns = memory.views(&candidates.columns);
        for counted in &candidates.counted {
            let detection = match counted.column {
                0 => counted.detection,
                column => columns[column as usize - 1].judge(counted.detection),
            };
            if detection.permille >= self.options.min_permille {
                decide(detection, counted.count.into());
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

/// Searches a field as text.
fn search_text(finder: &mut Finder<'_>, lane: &Lane, kind: FieldKind, columns: &mut [ColumnTally]) {
    let first = finder.out.len();
    finder.search();
    if kind == FieldKind::Path {
        finder.calm_dates(first);
    }
    if let Some(unshaped) = &lane.plan.unshaped {
        finder.take_unshaped(unshaped, first);
    }
    if lane.column > 0 {
        columns[lane.column as usize - 1].take_cell(&mut finder.out[first..], lane.column);
    }
}

impl Candidates {
    fn clear(&mut self) {
        self.items.clear();
        self.counted.clear();
        self.health = HealthTally::default();
        self.columns.clear();
        self.words.clear();
        self.values.clear();
        self.rejected.clear();
    }

    /// Detections before they are settled, counted ones among them.
    pub fn len(&self) -> usize {
        self.items.len() + self.counted.iter().map(|it| it.count as usize).sum::<usize>()
    }

    /// True where nothing was found.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One lane per label, and a tally where it is a table's column.
    fn lanes(&mut self, labels: &[Label], mut plan: impl FnMut(&Label) -> Rc<Plan>) -> Vec<Lane> {
        let mut first = 0;
        let lane = |label: &Label| {
            let plan = plan(label);
            let column = label.column.map_or(0, |number| {
                let key = words::chain(u64::from(number) + 1, name_hash(&label.name));
                let labelled = !plan.meaning.patterns.is_empty();
                self.columns.push(ColumnTally { key, labelled, ..ColumnTally::default() });
                self.columns.len() as u32
            });
            let rows = first..first + plan.outcomes.len();
            first = rows.end;
            Lane { plan, column, first: rows.start }
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
    keep: Keep,
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

#[cfg(test)]
mod tests;
