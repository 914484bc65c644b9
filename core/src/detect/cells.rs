//! Values that their labels decide, a table's cells above all: counted by what becomes of them.
//!
//! Whoever only counts needs no candidate for a value that is one identifier for sure, as nearly all of a table are.

use std::ops::Range;
use std::rc::Rc;

use super::health::{NEIGHBOURHOODS as MOST_PLACES, is_sampled};
use super::memory::ColumnTally;
use super::plan::{Fate, Outcome, Plan};
use super::sweep::MOST_VALUES;
use super::{Candidate, Candidates, MOST_NAMES};
use crate::model::Detection;

/// What becomes of sure values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Each is a candidate.
    Each,
    /// They are counted.
    Counts,
}

/// What is done with the fields of one label.
#[derive(Default)]
pub struct Lane {
    pub plan: Rc<Plan>,
    /// Its column in the block's tallies, plus one; 0 where it is none.
    pub column: u32,
    /// Where its outcomes begin among the cells' rows.
    pub first: usize,
}

/// Sure values of one column or label that are alike in all but their places.
#[derive(Clone, Copy, Debug)]
pub struct Counted {
    /// What each of them is. Says no place.
    pub detection: Detection,
    /// How many.
    pub count: u32,
    /// As a candidate's.
    pub(super) column: u32,
}

/// The values of a block by lane and outcome. Its buffers are used again.
#[derive(Debug, Default)]
pub struct Cells {
    rows: Vec<Row>,
    /// Rows that are not zero, in order of their first value: lane, outcome.
    seen: Vec<(u32, u32)>,
    /// Where the first counted values begin.
    places: Vec<u32>,
    /// Fields that no label decided: searched as text.
    pub searched: Vec<u32>,
    /// Fields whose sure values are candidates all the same, in order.
    kept: Vec<u32>,
    /// Names among the candidates.
    names: usize,
    /// Values among them that are looked for elsewhere.
    sought: usize,
    /// Behind this place, not all counted values are known that would have been.
    known_to: Option<u32>,
}

/// One outcome of one lane.
#[derive(Clone, Copy, Debug, Default)]
struct Row {
    values: u32,
    /// Those of them that are candidates.
    candidates: u32,
}

impl Cells {
    /// Forgets the last block.
    pub fn begin(&mut self, lanes: &[Lane]) {
        let rows = lanes.last().map_or(0, |it| it.first + it.plan.outcomes.len());
        self.rows.clear();
        self.rows.resize(rows, Row::default());
        self.seen.clear();
        self.places.clear();
        self.searched.clear();
        self.kept.clear();
        self.names = 0;
        self.sought = 0;
        self.known_to = None;
    }

    /// Counts a value; true where it is the first of its row.
    #[inline]
    pub fn count(&mut self, lane: &Lane, outcome: usize) -> bool {
        let row = &mut self.rows[lane.first + outcome];
        row.values += 1;
        row.values == 1
    }

    /// Notes a row's first value. The column hears of its entities in the order in which they come.
    #[cold]
    pub fn see(&mut self, lane: usize, lanes: &[Lane], outcome: usize, columns: &mut [ColumnTally]) {
        self.seen.push((lane as u32, outcome as u32));
        let it = &lanes[lane];
        if it.column > 0 {
            columns[it.column as usize - 1].count_cells(&it.plan.outcomes[outcome], 0);
        }
    }

    /// Says that the last value of a row, which is that of a field, is a candidate.
    #[inline]
    pub fn keep_field(&mut self, lane: &Lane, outcome: usize, field: usize) {
        self.kept.push(field as u32);
        self.keep(lane, outcome);
    }

    /// True where a field's value became a candidate when it was looked at.
    pub fn is_kept(&self, field: usize) -> bool {
        self.kept.binary_search(&(field as u32)).is_ok()
    }

    /// Says that a value of a row is a candidate.
    #[inline]
    pub fn keep(&mut self, lane: &Lane, outcome: usize) {
        self.rows[lane.first + outcome].candidates += 1;
        let outcome = &lane.plan.outcomes[outcome];
        self.names += usize::from(outcome.is_name);
        self.sought += usize::from(outcome.is_sought);
    }

    /// True for a value that the block will remember, a name or what is looked for elsewhere: it must be a candidate.
    #[inline]
    pub fn wants(&self, lane: &Lane, outcome: usize) -> bool {
        let outcome = &lane.plan.outcomes[outcome];
        self.names < MOST_NAMES && outcome.is_name || self.sought < MOST_VALUES && outcome.is_sought
    }

    /// Notes where a counted value begins.
    #[inline]
    pub fn place(&mut self, at: usize) {
        if self.places.len() < MOST_PLACES && is_sampled(at) {
            self.places.push(at as u32);
        }
    }

    /// Forgets a counted value that became a candidate.
    pub fn unplace(&mut self, at: usize) {
        let before = self.places.len();
        self.places.retain(|it| *it as usize != at);
        self.known_to = self.known_to.or(self.places.last().copied().filter(|_| before == MOST_PLACES));
    }

    /// The first places of candidates, whose starts are given in order, and counted values together, in order. `None`
    /// where so many counted values became candidates, and were lost to others, that too few places are known.
    pub fn sampled_places(&self, starts: impl Iterator<Item = u32>) -> Option<Vec<usize>> {
        let sampled = starts.map(|it| it as usize).filter(|it| is_sampled(*it)).take(MOST_PLACES);
        let mut places: Vec<usize> = sampled.chain(self.places.iter().map(|it| *it as usize)).collect();
        places.sort_unstable();
        let known = |to: u32| places.iter().filter(|it| **it <= to as usize).count() >= MOST_PLACES;
        self.known_to.is_none_or(known).then_some(places)
    }

    /// Adds the counts to the block's results.
    pub fn end(&self, lanes: &[Lane], keep: Keep, found: &mut Candidates) {
        for &(lane, outcome) in &self.seen {
            let lane = &lanes[lane as usize];
            let row = self.rows[lane.first + outcome as usize];
            let is_counted = lane.plan.fate(outcome as usize) == Fate::Counted;
            let outcome = &lane.plan.outcomes[outcome as usize];
            if lane.column > 0 {
                found.columns[lane.column as usize - 1].count_cells(outcome, row.values);
            }
            if let Some(kind) = outcome.health {
                found.health.add_many(kind, row.values.into());
            }
            let count = row.values - row.candidates;
            if keep == Keep::Counts && is_counted && count > 0 {
                found.counted.push(Counted { detection: outcome.detection, count, column: lane.column });
            }
        }
    }
}

impl Lane {
    /// A value as a candidate.
    #[inline]
    pub fn candidate(&self, outcome: usize, place: Range<usize>, field: usize) -> Candidate {
        let (start, end) = (place.start as u32, place.end as u32);
        let detection = Detection { start, end, field: field as u32, ..self.plan.outcomes[outcome].detection };
        Candidate { detection, column: self.column, words: 0, value: 0 }
    }

    /// True where the column or the threshold wants to see what becomes of a value.
    #[inline]
    pub fn takes(&self, outcome: usize) -> bool {
        let outcome = &self.plan.outcomes[outcome];
        outcome.is_reported && (self.column > 0 || outcome.reaches)
    }
}

impl ColumnTally {
    /// Counts a cell that was searched and marks its candidates as the column's.
    pub fn take_cell(&mut self, found: &mut [Candidate], column: u32) {
        self.cells += 1;
        for candidate in found {
            candidate.column = column;
            self.count(&candidate.detection, 1);
        }
    }

    /// Counts cells of which their label told what they are.
    fn count_cells(&mut self, outcome: &Outcome, cells: u32) {
        self.cells += cells;
        if outcome.is_reported {
            self.count(&outcome.detection, cells);
        }
    }
}
