//! Values of which their label tells what they are, whole fields of tables above all.

use std::ops::Range;

use super::Detector;
use super::cells::{Cells, Lane};
use super::memory::ColumnTally;
use super::plan::Fate;
use crate::model::{Field, FieldKind};

impl Detector {
    /// Counts the first values that stand in their usual form and of which there is nothing else to say; how many.
    #[inline(never)]
    pub(super) fn count_usual(
        &self,
        fields: &[Field],
        text: &[u8],
        lanes: &[Lane],
        cells: &mut Cells,
        columns: &mut [ColumnTally],
    ) -> usize {
        let custom = &self.ruleset.custom;
        for (index, field) in fields.iter().enumerate() {
            let (Some(lane), Some(value)) =
                (lanes.get(field.label as usize), text.get(field.start as usize..field.end as usize))
            else {
                return index;
            };
            if field.kind == FieldKind::Narrative || lane.plan.health.is_some() {
                return index;
            }
            let Some(outcome) = lane.plan.usual(value) else { return index };
            match lane.plan.fate(outcome) {
                Fate::Counted if !custom.may_lead_whole(value) && !cells.wants(lane, outcome) => {
                    cells.place(field.start as usize)
                }
                Fate::Unreported if !custom.may_lead(value) => {}
                _ => return index,
            }
            if cells.count(lane, outcome) {
                cells.see(field.label as usize, lanes, outcome, columns);
            }
        }
        fields.len()
    }

    /// The same as `decide` says, of a value in its usual form only.
    #[inline]
    pub(super) fn decide_usual(&self, lane: &Lane, kind: FieldKind, value: &[u8]) -> Option<(usize, bool)> {
        let outcome = lane.plan.usual(value).filter(|_| kind != FieldKind::Narrative)?;
        Some((outcome, self.leads(lane, outcome, value)))
    }

    #[inline]
    fn leads(&self, lane: &Lane, outcome: usize, value: &[u8]) -> bool {
        let custom = &self.ruleset.custom;
        if lane.plan.outcomes[outcome].is_sure { custom.may_lead_whole(value) } else { custom.may_lead(value) }
    }

    /// What becomes of a value that its label decides, and whether a literal in it may lead to something else.
    #[inline]
    pub(super) fn decide(
        &self,
        lane: &Lane,
        kind: FieldKind,
        text: &[u8],
        place: Range<usize>,
    ) -> Option<(usize, bool)> {
        if kind == FieldKind::Narrative {
            return None;
        }
        let outcome = lane.plan.whole(&self.ruleset, text, place.clone())?;
        Some((outcome, self.leads(lane, outcome, &text[place])))
    }
}
