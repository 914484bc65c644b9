//! Pairs of columns: a name and a date of birth, say, that stand in the same record. Each by itself tells nobody.
//!
//! A record is a table's row, a message, an object; in running text, what stands within `NEAR` bytes.

use super::Known;
use super::probe::{Hit, Stretch};
use super::shape::{Normal, date};
use crate::detect::cells::{Cells, Lane};
use crate::detect::masks::Masks;
use crate::detect::normalise::Plain;
use crate::detect::{Candidate, Prepared, bounds, find};
use crate::model::{Field, FieldKind, Role, Segment};

/// Bytes between two values of one record of running text, at most.
const NEAR: usize = 256;
/// Parts of one record that are paired, at most.
const MOST_PARTS: usize = 64;
/// What a pair's values score.
const PAIRED: u16 = 990;

/// A value that may be half of a pair.
#[derive(Clone, Copy)]
struct Part {
    hit: Hit,
    hash: u64,
}

/// Kinds of parts that a field may hold.
#[derive(Clone, Copy)]
struct Parts {
    dates: bool,
    others: bool,
}

impl Parts {
    const ALL: Parts = Parts { dates: true, others: true };
}

/// The parts of a record of fields.
#[derive(Default)]
struct Record {
    number: Option<u32>,
    parts: Vec<Part>,
    /// Nearly every date is in a list: they are looked up where something is to go with them.
    dates: Vec<Dated>,
}

/// A field that is a date.
struct Dated {
    start: usize,
    end: usize,
    normal: Normal,
    label: u32,
    field: (u32, bool),
}

/// What pairs are looked for in.
pub(super) struct Pairing<'a> {
    pub known: &'a Known,
    pub segment: &'a Segment,
    pub plain: &'a Plain<'a>,
    pub text: (&'a [u8], &'a Masks),
    pub prepared: Prepared<'a>,
    pub cells: &'a Cells,
}

impl Pairing<'_> {
    /// Adds both values of every pair that the list has. `items` are in order of their places.
    pub fn find(&self, items: &[Candidate], hits: &mut Vec<Hit>) {
        let whole = [find::whole_text(self.segment)];
        let has_fields = !self.segment.fields.is_empty();
        let fields = if has_fields { &self.segment.fields[..] } else { &whole[..] };
        let mut searched = self.cells.searched.iter().copied().peekable();
        let lanes: Vec<Parts> = self.prepared.lanes.iter().map(|it| self.parts_of(it)).collect();
        let mut record = Record::default();
        for (index, field) in (0u32..).zip(fields) {
            let is_searched = searched.next_if_eq(&index).is_some();
            let number = if has_fields { index } else { u32::MAX };
            if field.kind == FieldKind::Structured {
                if record.number.replace(field.record) != Some(field.record) {
                    self.close(&mut record, hits);
                }
                let wanted = lanes.get(field.label as usize).copied().unwrap_or(Parts::ALL);
                self.field(field, wanted, (number, is_searched), &mut record);
            } else if is_searched {
                self.running(field, number, items, hits);
            }
        }
        self.close(&mut record, hits);
    }

    /// Pairs the parts of a record, and forgets them.
    fn close(&self, record: &mut Record, hits: &mut Vec<Hit>) {
        let Record { parts, dates, .. } = record;
        if !parts.is_empty() || self.pairs_dates() {
            for it in dates.iter() {
                let lane = self.prepared.lanes.get(it.label as usize);
                let says = |column: u8| lane.is_none_or(|lane| self.fits(lane, column));
                self.take(it.start, it.end, &it.normal, true, it.field, &says, parts);
            }
        }
        self.pair(parts, usize::MAX, hits);
        parts.clear();
        dates.clear();
    }

    /// The parts in one field of a record.
    fn field(&self, field: &Field, wanted: Parts, (number, may_add): (u32, bool), record: &mut Record) {
        if !wanted.dates && !wanted.others {
            return;
        }
        let (lo, hi) = bounds(self.plain, field);
        let value = &self.text.0[lo..hi.max(lo)];
        let Record { parts, dates, .. } = record;
        if value.len() < 2 || value.len() > 96 || parts.len() >= MOST_PARTS {
            return;
        }
        if value.iter().any(u8::is_ascii_digit)
            && wanted.dates
            && let Some(normal) = date(value).and_then(|it| Normal::of(&it))
        {
            if dates.len() < MOST_PARTS {
                dates.push(Dated { start: lo, end: hi, normal, label: field.label, field: (number, may_add) });
            }
            return;
        }
        if !wanted.others {
            return;
        }
        let lane = self.prepared.lanes.get(field.label as usize);
        let says = |column: u8| lane.is_none_or(|lane| self.fits(lane, column));
        let Some(normal) = Normal::of(value) else { return };
        let before = parts.len();
        self.take(lo, hi, &normal, false, (number, may_add), &says, parts);
        if parts.len() == before && normal.words > 1 {
            self.words(lo, hi, (number, may_add), &says, parts);
        }
    }

    /// True where a label does not speak against a column's kind of value.
    fn fits(&self, lane: &Lane, column: u8) -> bool {
        let Some(target) = self.known.targets[usize::from(column)] else { return false };
        if target.is_date && lane.plan.meaning.role.is_some_and(|it| it != Role::Birth) {
            return false;
        }
        let outcomes = &lane.plan.outcomes;
        outcomes.is_empty() || outcomes.iter().any(|it| it.detection.entity == target.entity)
    }

    /// Pairs in a field of running text: around its dates, or all over it where a pair needs none.
    fn running(&self, field: &Field, number: u32, items: &[Candidate], hits: &mut Vec<Hit>) {
        let (lo, hi) = bounds(self.plain, field);
        let mut parts = Vec::new();
        let any = |_: u8| true;
        let first = items.partition_point(|it| (it.detection.start as usize) < lo);
        for item in items[first..].iter().take_while(|it| (it.detection.start as usize) < hi) {
            let it = &item.detection;
            if it.role.is_some_and(|role| role != Role::Birth) || !self.is_date(item) {
                continue;
            }
            let value = &self.text.0[it.range()];
            if let Some(normal) = date(value).and_then(|it| Normal::of(&it)) {
                self.take(it.start as usize, it.end as usize, &normal, true, (number, true), &any, &mut parts);
            }
        }
        let mut from = lo;
        if self.all_dated() {
            let dates: Vec<(usize, usize)> = parts.iter().map(|it| (it.hit.start, it.hit.end)).collect();
            for (start, end) in dates {
                let (begin, stop) = (start.saturating_sub(NEAR).max(from), (end + NEAR).min(hi));
                self.words(begin, stop, (number, true), &any, &mut parts);
                from = from.max(stop);
            }
        } else {
            self.words(lo, hi, (number, true), &any, &mut parts);
        }
        parts.sort_unstable_by_key(|it| it.hit.start);
        self.pair(&parts, NEAR, hits);
    }

    /// Words of a stretch that are parts.
    fn words(&self, lo: usize, hi: usize, field: (u32, bool), says: &dyn Fn(u8) -> bool, parts: &mut Vec<Part>) {
        let stretch = Stretch { text: self.text.0, masks: self.text.1, lo, hi };
        self.known.words(stretch, &self.known.list.parts, &mut |start, end, normal| {
            self.take(start, end, normal, false, field, says, parts);
        });
    }

    /// Takes a value that a column of pairs has.
    #[allow(clippy::too_many_arguments, reason = "a place, a value and where they belong")]
    fn take(
        &self,
        start: usize,
        end: usize,
        normal: &Normal,
        is_date: bool,
        (field, may_add): (u32, bool),
        says: &dyn Fn(u8) -> bool,
        parts: &mut Vec<Part>,
    ) {
        let list = &self.known.list;
        if !list.parts.admit(normal) {
            return;
        }
        let hash = list.key.hash(normal.bytes());
        for column in list.table.find(hash) {
            let target = self.known.targets.get(usize::from(column)).copied().flatten();
            let is_part = list.header.columns.get(usize::from(column)).is_some_and(|it| it.part);
            if is_part && target.is_some_and(|it| it.is_date == is_date) && says(column) {
                let hit = Hit { start, end, column, permille: PAIRED, field, may_add };
                parts.push(Part { hit, hash });
            }
        }
    }

    /// Adds both of any two parts that the list has as a pair and that stand near enough.
    fn pair(&self, parts: &[Part], near: usize, hits: &mut Vec<Hit>) {
        let list = &self.known.list;
        for (at, a) in parts.iter().enumerate() {
            let close = |b: &&Part| b.hit.start.saturating_sub(a.hit.end) <= near;
            for b in parts[at + 1..].iter().take_while(close).take(MOST_PARTS) {
                for (number, &(first, second)) in (0u8..).zip(&list.header.pairs) {
                    let hash = if (first, second) == (a.hit.column, b.hit.column) {
                        list.key.pair(number, a.hash, b.hash)
                    } else if (second, first) == (a.hit.column, b.hit.column) {
                        list.key.pair(number, b.hash, a.hash)
                    } else {
                        continue;
                    };
                    let column = list.header.columns.len() + usize::from(number);
                    if list.table.find(hash).any(|it| usize::from(it) == column) {
                        hits.extend([a.hit, b.hit]);
                    }
                }
            }
        }
    }

    fn is_date(&self, item: &Candidate) -> bool {
        let is = |target: &super::Target| target.is_date && target.entity == item.detection.entity;
        self.known.targets.iter().flatten().any(is)
    }

    /// The kinds of parts that a label does not speak against.
    fn parts_of(&self, lane: &Lane) -> Parts {
        let mut parts = Parts { dates: false, others: false };
        for (number, column) in (0u8..).zip(&self.known.list.header.columns) {
            if column.part && self.fits(lane, number) {
                let is_date = self.known.targets[usize::from(number)].is_some_and(|it| it.is_date);
                parts.dates |= is_date;
                parts.others |= !is_date;
            }
        }
        parts
    }

    /// True for a column of dates.
    fn is_dated(&self, column: u8) -> bool {
        self.known.targets[usize::from(column)].is_some_and(|it| it.is_date)
    }

    /// True where two dates make a pair.
    fn pairs_dates(&self) -> bool {
        self.known.list.header.pairs.iter().any(|&(first, second)| self.is_dated(first) && self.is_dated(second))
    }

    /// True where every pair has a date.
    fn all_dated(&self) -> bool {
        self.known.list.header.pairs.iter().all(|&(first, second)| self.is_dated(first) || self.is_dated(second))
    }
}
