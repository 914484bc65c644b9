//! One segment into labelled values: elements, repetitions, components. Knows where qualifiers stand; what an element
//! means is the business of its table.

use std::ops::Range;

use super::super::base64;
use super::super::message::{Fields, Key, join_hints};
use super::loops::{Loops, Role};
use super::marks::Marks;
use crate::model::FieldKind;

/// A value that is longer and has spaces is prose.
const PROSE: usize = 64;
/// Shortest value looked at.
const SHORTEST: usize = 2;
/// Elements of a segment; no guide defines one with more.
const MAX_ELEMENTS: usize = 64;
/// Longest qualifier.
const LONGEST_QUALIFIER: usize = 3;

/// What a part of a block holds.
pub(super) struct Values {
    pub(super) fields: Fields,
    /// Places that may be base64.
    pub(super) literals: Vec<Range<u32>>,
}

/// Elements that say what others of their segment are: (segment, element, qualifying elements).
const QUALIFIERS: [(&[u8], &[usize], &[usize]); 12] = [
    (b"NM1", &[3, 4, 5, 6, 7], &[1]),
    (b"NM1", &[9], &[1, 8]),
    (b"N1", &[4], &[1, 3]),
    (b"REF", &[2], &[1]),
    (b"PER", &[4], &[3]),
    (b"PER", &[6], &[5]),
    (b"PER", &[8], &[7]),
    (b"DTP", &[3], &[1]),
    (b"DTM", &[2], &[1]),
    (b"LIN", &[3], &[2]),
    (b"TRN", &[2], &[1]),
    (b"PWK", &[6], &[5]),
];

/// Elements that are text: nothing in them separates.
const TEXTS: [(&[u8], &[usize]); 11] = [
    (b"NTE", &[2]),
    (b"K3", &[1]),
    (b"MSG", &[1]),
    (b"N3", &[1, 2]),
    (b"N4", &[1, 3]),
    (b"NM1", &[3, 4, 5, 6, 7, 9]),
    (b"N1", &[2]),
    (b"PER", &[2, 4, 6, 8]),
    (b"REF", &[2, 3]),
    (b"CR1", &[9, 10]),
    (b"FRM", &[4]),
];

/// Elements that are prose.
const PROSES: [(&[u8], usize); 5] = [(b"NTE", 2), (b"K3", 1), (b"MSG", 1), (b"CR1", 9), (b"CR1", 10)];

/// A segment being read.
struct Elements<'a> {
    text: &'a [u8],
    /// Places of its elements, its name the first of them.
    places: Vec<Range<usize>>,
    /// Where the part of the block begins that it belongs to.
    base: usize,
    record: u32,
    role: Role,
    marks: Marks,
}

/// Reads the segment at `place`. What it holds is counted from `base` and from `first_record` on.
pub(super) fn read(
    values: &mut Values,
    text: &[u8],
    place: Range<usize>,
    base: usize,
    marks: Marks,
    loops: &mut Loops,
    first_record: u64,
) {
    let mut places = Vec::with_capacity(16);
    let mut start = place.start;
    for end in memchr::memchr_iter(marks.element, &text[place.clone()]).map(|at| place.start + at).take(MAX_ELEMENTS) {
        places.push(start..end);
        start = end + 1;
    }
    places.push(start..place.end);
    let name = &text[places[0].clone()];
    let record = |loops: &Loops| u32::try_from(loops.record.max(1).saturating_sub(first_record)).unwrap_or(u32::MAX);
    if places.len() < 2 || !is_name(name) {
        let (start, end) = ((place.start - base) as u32, (place.end - base) as u32);
        return values.fields.push_prose(start..end, record(loops));
    }
    let elements: Vec<&[u8]> = places.iter().take(4).map(|place| &text[place.clone()]).collect();
    loops.enter(&elements);
    Elements { text, places, base, record: record(loops), role: loops.role, marks }.read(values);
}

fn is_name(name: &[u8]) -> bool {
    matches!(name.len(), 2 | 3) && name.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

impl Elements<'_> {
    fn element(&self, number: usize) -> &[u8] {
        self.places.get(number).map_or(b"", |place| &self.text[place.clone()])
    }

    fn read(&self, values: &mut Values) {
        for number in 1..self.places.len() {
            if self.element(number).len() < SHORTEST {
                continue;
            }
            let hints = self.hints(number);
            let key = Key { segment: self.element(0), field: number, hints: &hints, ..Key::default() };
            let place = self.places[number].clone();
            match (self.element(0), number) {
                (b"ISA", _) => self.push(values, self.trimmed(place), key),
                (b"DTP", 3) | (b"DTM", 6) => self.push_parts(values, place, b'-', key),
                _ if self.is_text(number) => self.push(values, place, key),
                _ => self.push_components(values, place, key),
            }
        }
    }

    /// Whom the segment is about, where that tells more than that it is a patient, and the qualifiers of an element.
    fn hints(&self, number: usize) -> Vec<u8> {
        let name = self.element(0);
        let row = QUALIFIERS.iter().find(|(segment, elements, _)| *segment == name && elements.contains(&number));
        let qualifier = |index: usize| {
            let number = row.and_then(|(_, _, numbers)| numbers.get(index));
            let code = number.map_or(&b""[..], |number| self.element(*number));
            if code.len() <= LONGEST_QUALIFIER { code } else { b"" }
        };
        join_hints(&[self.role(name, number).word(), qualifier(0), qualifier(1)])
    }

    fn role(&self, segment: &[u8], number: usize) -> Role {
        match (segment, number, self.role) {
            // The name of something that is no person is no person's name, whatever the loop is about.
            (b"NM1", 1..=8, _) if self.element(2) == b"2" => Role::Organization,
            (b"NM1", _, role) => role,
            (b"N1", 4, role) => role,
            (b"N3" | b"N4" | b"PER" | b"REF" | b"DMG", _, Role::Relative | Role::Provider | Role::Organization) => {
                self.role
            }
            _ => Role::Unknown,
        }
    }

    fn is_text(&self, number: usize) -> bool {
        TEXTS.iter().any(|(segment, elements)| *segment == self.element(0) && elements.contains(&number))
    }

    fn push_components(&self, values: &mut Values, place: Range<usize>, key: Key<'_>) {
        let mut start = place.start;
        let repeated = |byte: &u8| Some(*byte) == self.marks.repetition;
        for repetition in self.text[place].split(repeated) {
            let end = start + repetition.len();
            let composed = memchr::memchr(self.marks.component, repetition).is_some();
            if !composed {
                self.push(values, start..end, key);
            } else {
                let mut from = start;
                for (index, component) in repetition.split(|byte| *byte == self.marks.component).enumerate() {
                    self.push(values, from..from + component.len(), Key { component: index + 1, ..key });
                    from += component.len() + 1;
                }
            }
            start = end + 1;
        }
    }

    /// The two ends of a range of dates.
    fn push_parts(&self, values: &mut Values, place: Range<usize>, mark: u8, key: Key<'_>) {
        let mut start = place.start;
        for part in self.text[place].split(|byte| *byte == mark) {
            self.push(values, start..start + part.len(), key);
            start += part.len() + 1;
        }
    }

    fn trimmed(&self, place: Range<usize>) -> Range<usize> {
        let value = &self.text[place.clone()];
        let start = place.start + value.len() - value.trim_ascii_start().len();
        start..start + value.trim_ascii().len()
    }

    fn push(&self, values: &mut Values, place: Range<usize>, key: Key<'_>) {
        if place.len() < SHORTEST {
            return;
        }
        let value = &self.text[place.clone()];
        let has_spaces = value.len() > PROSE && memchr::memchr(b' ', value).is_some();
        let is_prose = has_spaces || PROSES.contains(&(key.segment, key.field));
        let placed = (place.start - self.base) as u32..(place.end - self.base) as u32;
        if !has_spaces && base64::may_be(value) {
            values.literals.push(placed.clone());
        }
        let kind = if is_prose { FieldKind::Narrative } else { FieldKind::Structured };
        values.fields.push(placed, key, self.record, kind);
    }
}
