//! What is done once all fields of a block were looked at: names in running text, overlaps, health context.

use super::cells::Cells;
use super::names::mention::Buffers;
use super::names::{self, Searched};
use super::normalise::Plain;
use super::{Candidate, Candidates, Detector, MOST_NAMES, Prepared, bounds, find, resolve};
use crate::model::{Detection, FieldKind, Segment, Subject};

impl Detector {
    /// Sums up a block whose fields were all looked at. False where too few places of counted values are known.
    pub(super) fn finish(
        &self,
        plain: &Plain<'_>,
        prepared: Prepared<'_>,
        cells: &Cells,
        found: &mut Candidates,
    ) -> bool {
        let Prepared { masks, lanes, keep, .. } = prepared;
        cells.end(lanes, keep, found);
        resolve::resolve(&mut found.items, &self.addresses);
        self.report_contained(&plain.text, &mut found.items);
        let starts = found.items.iter().map(|it| it.detection.start);
        let Some(places) = cells.sampled_places(starts) else { return false };
        self.ruleset.vocabulary.count(&plain.text, masks, places.into_iter(), &mut found.health);
        true
    }

    /// Names of people and places in running text, beside what the patterns found.
    pub(super) fn find_names(
        &self,
        segment: &Segment,
        plain: &Plain<'_>,
        prepared: Prepared<'_>,
        (cells, buffers): (&Cells, &mut Buffers),
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
        for &index in &cells.searched {
            let field = &fields[index as usize];
            let (lo, hi) = bounds(plain, field);
            let number = if segment.fields.is_empty() { u32::MAX } else { index };
            if lo < hi && (field.kind == FieldKind::Narrative || names::is_prose(&text[lo..hi])) {
                let field = Searched { text, masks, lo, hi, number };
                names.search(field, buffers, found);
            }
        }
        self.find_nameless(segment, plain, prepared, &cells.searched, found);
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
}
