//! What is done once all fields of a block were looked at: names in running text, overlaps, health context.

use super::cells::Cells;
use super::context::{self, Memo, Surroundings};
use super::memory::SURE_NAME;
use super::names::mention::Buffers;
use super::names::{self, Names, Searched};
use super::normalise::Plain;
use super::{Candidate, Candidates, Detector, MOST_NAMES, Prepared, bounds, find, resolve};
use crate::model::{Detection, Evidence, FieldKind, Segment, Subject};

/// A longer value is not read to its end.
const LONGEST_VALUE: usize = 200;

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
        self.settle_places(&found.items, names, buffers.settled());
        let whole = [find::whole_text(segment)];
        let fields = if segment.fields.is_empty() { &whole[..] } else { &segment.fields };
        for &index in &cells.searched {
            let field = &fields[index as usize];
            let (lo, hi) = bounds(plain, field);
            let number = if segment.fields.is_empty() { u32::MAX } else { index };
            if lo < hi && (field.kind == FieldKind::Narrative || names::is_prose(&text[lo..hi])) {
                let (first, field) = (found.items.len(), Searched { text, masks, lo, hi, number });
                names.search(field, buffers, found);
                self.doubt_labelled(text, prepared, (lo, hi), &mut found.items[first..]);
            }
        }
        self.part_facilities(text, &mut found.items, names);
        self.find_nameless(segment, plain, prepared, &cells.searched, found);
    }

    /// `Hospital name: St Mary, attending Jane Doe`: a facility's name ends before that of somebody whom a role leads to,
    /// where that name ends the value.
    fn part_facilities(&self, text: &[u8], items: &mut [Candidate], names: &Names) {
        let is_facility = |it: &Candidate| self.ruleset.pattern(it.detection.pattern).file.id == "facility_name";
        if !items.iter().any(is_facility) {
            return;
        }
        let led = |it: &Detection| it.subject == Subject::Provider || it.evidence.has(Evidence::CUE);
        let sure = |it: &Detection| names.is_person(it.entity) && it.permille >= SURE_NAME && led(it);
        let mut people: Vec<(u32, u32)> =
            items.iter().map(|it| it.detection).filter(sure).map(|it| (it.start, it.end)).collect();
        people.sort_unstable();
        for facility in items.iter_mut().filter(|it| is_facility(it)).map(|it| &mut it.detection) {
            let behind = &people[people.partition_point(|it| it.0 <= facility.start)..];
            let inside = behind.iter().take_while(|it| it.0 < facility.end);
            let ends = |it: &&(u32, u32)| !text[it.1 as usize..facility.end.max(it.1) as usize].starts_with(b" ");
            if let Some(&(end, _)) = inside.into_iter().find(ends) {
                let start = facility.start as usize;
                match without_role(&text[start..end as usize]) {
                    0 => facility.permille = 0,
                    len => facility.end = (start + len) as u32,
                }
            }
        }
    }

    /// The places of names and addresses that the text itself tells: the model is not asked what they are.
    fn settle_places(&self, items: &[Candidate], names: &Names, places: &mut Vec<(u32, u32)>) {
        let tells = |it: &Candidate| {
            let it = &it.detection;
            it.permille >= 500 && (names.is_person(it.entity) || self.addresses[usize::from(it.pattern)])
        };
        places.clear();
        places.extend(items.iter().filter(|it| tells(it)).map(|it| (it.detection.start, it.detection.end)));
        places.sort_unstable();
        places.dedup_by(|next, it| {
            let overlap = next.0 < it.1;
            it.1 = if overlap { it.1.max(next.1) } else { it.1 };
            overlap
        });
    }

    /// `vendor.name="Cheng-Krueger"`: names in a value whose label says that nobody is called so are hardly anybody's.
    fn doubt_labelled(
        &self,
        text: &[u8],
        prepared: Prepared<'_>,
        (lo, hi): (usize, usize),
        mentions: &mut [Candidate],
    ) {
        let Prepared { masks, telling, .. } = prepared;
        let around = Surroundings { text, masks, telling, lo, hi };
        let rules = &self.ruleset;
        let mut doubted = 0;
        for it in mentions.iter_mut().map(|it| &mut it.detection) {
            let start = it.start as usize;
            let [mark, quote] = match &text[lo..start] {
                [.., mark, quote @ (b'"' | b'\'')] => [*mark, *quote],
                [.., mark @ (b':' | b'='), b' '] | [.., mark] => [*mark, 0],
                [] => [0, 0],
            };
            if start >= doubted && matches!(mark, b':' | b'=') {
                let before = context::before(&rules.cues, around, &Memo::default(), start, 0);
                let person = |index: &u16| rules.pattern(*index).entity == it.entity;
                if before.hit.is_none() && before.against.is_some_and(|cue| cue.against.iter().any(person)) {
                    let value = &text[start..hi.min(start + LONGEST_VALUE)];
                    // Without quotes, what stands behind a mark may be of somebody else.
                    let parts = |byte: u8| byte.is_ascii_control() || matches!(byte, b',' | b';' | b'.' | b'|' | b'(');
                    let len = value.iter().position(|byte| *byte == quote || quote == 0 && parts(*byte));
                    doubted = start + len.unwrap_or(value.len());
                }
            }
            if start < doubted {
                it.permille = it.permille * 3 / 10;
                it.evidence = it.evidence.with(Evidence::VETO);
            }
        }
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

/// Bytes of a facility's name without the words behind it that lead to somebody: `St Mary, attending Dr. `.
fn without_role(text: &[u8]) -> usize {
    let mut name = text.trim_ascii_end();
    while !name.is_empty() {
        let blank = name.iter().rposition(|it| *it == b' ');
        let word = &name[blank.map_or(0, |it| it + 1)..];
        let is_role = word[0].is_ascii_lowercase() || matches!(word.last(), Some(b'.' | b':')) || word == b"Dr";
        if !is_role {
            break;
        }
        name = name[..blank.unwrap_or(0)].trim_ascii_end();
    }
    name.strip_suffix(b",").unwrap_or(name).len()
}
