//! One segment into labelled values: fields, repetitions, components. Knows where codes stand beside values, and which
//! values are prose; what a field means is the business of its table.

use std::ops::Range;

use super::super::base64;
use super::super::message::{Fields, Key, join_hints};
use super::super::unescaped::Unescaped;
use super::types::{Type, Types};
use super::{Reader, escape, is_blank};
use crate::model::FieldKind;

/// A value that is longer and has spaces is prose.
const PROSE: usize = 64;
/// Longest name of an observation.
const LONGEST_NAME: usize = 80;
/// Longest code beside a value.
const LONGEST_CODE: usize = 8;
/// Shortest value looked at: one character alone identifies nobody.
const SHORTEST: usize = 2;

/// The delimiters of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Marks {
    pub(super) field: u8,
    pub(super) component: u8,
    pub(super) repetition: u8,
    pub(super) escape: u8,
    pub(super) subcomponent: u8,
}

impl Default for Marks {
    fn default() -> Self {
        Marks { field: b'|', component: b'^', repetition: b'~', escape: b'\\', subcomponent: b'&' }
    }
}

impl Marks {
    /// Those that a header names in its first two fields.
    pub(super) fn of(header: &[u8]) -> Option<Marks> {
        let [name @ .., field] = header.first_chunk::<4>()?;
        if !matches!(name, b"MSH" | b"FHS" | b"BHS") || !field.is_ascii_punctuation() {
            return None;
        }
        let rest = &header[4..];
        let len = rest.iter().take(8).position(|byte| byte == field || matches!(byte, b'\r' | b'\n'));
        let named = &rest[..len.unwrap_or(rest.len().min(8))];
        if named.is_empty() || named.len() > 6 || !named.iter().all(u8::is_ascii_punctuation) {
            return None;
        }
        let usual = Marks::default();
        let mark = |index: usize, usual: u8| named.get(index).copied().unwrap_or(usual);
        Some(Marks {
            field: *field,
            component: mark(0, usual.component),
            repetition: mark(1, usual.repetition),
            escape: mark(2, usual.escape),
            subcomponent: mark(3, usual.subcomponent),
        })
    }

    /// True where `line` begins with the name of a segment.
    pub(super) fn begin_segment(&self, line: &[u8]) -> bool {
        let Some([name @ .., behind]) = line.first_chunk::<4>() else { return false };
        *behind == self.field && is_name(name)
    }
}

fn is_name(name: &[u8]) -> bool {
    name[0].is_ascii_uppercase() && name.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// A segment being read.
#[derive(Clone, Debug)]
pub(super) struct Open {
    name: [u8; 3],
    types: Types,
    /// The number of the next field.
    field: usize,
    /// What an observation is called (OBX-3).
    pub(super) observation: Vec<u8>,
    /// The type of its value (OBX-2).
    value_type: Vec<u8>,
}

/// What a block's segments hold.
pub(super) struct Values {
    pub(super) fields: Fields,
    /// Used where there are escapes.
    pub(super) text: Unescaped,
    /// Places in the text that may be base64.
    pub(super) literals: Vec<Range<u32>>,
}

/// A repetition being read.
struct Repetition<'a> {
    raw: &'a [u8],
    place: Range<usize>,
    /// Places of its components.
    components: &'a [Range<usize>],
    record: u32,
    /// False where none of the segment's values has an escape.
    escaped: bool,
}

impl Open {
    pub(super) fn new(name: [u8; 3]) -> Open {
        let first = if matches!(&name, b"MSH" | b"FHS" | b"BHS") { 3 } else { 1 };
        Open { name, types: Types::of(name), field: first, observation: Vec::new(), value_type: Vec::new() }
    }

    pub(super) fn key(&self, component: usize) -> Key<'_> {
        Key { segment: &self.name, field: self.field, component, ..Key::default() }
    }

    /// How the field in hand is read.
    fn reading(&self) -> Reading {
        match (&self.name, self.field) {
            (b"OBX", 5) => match &self.value_type[..] {
                b"TX" | b"FT" | b"ST" | b"CF" | b"" => Reading::Prose,
                _ => Reading::Observation,
            },
            (b"NTE", 3) => Reading::Prose,
            ([b'Z', ..], _) => Reading::FreeComponents,
            _ => Reading::Typed(self.types.field(self.field)),
        }
    }
}

/// How a field is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// As one piece of prose.
    Prose,
    /// Component by component, each called what the observation is.
    Observation,
    /// Component by component, of unknown meaning.
    FreeComponents,
    Typed(Type),
}

impl Reader {
    /// Reads a line: a segment, the rest of one, or prose. It `goes_on` where its next fields are in the next block.
    pub(super) fn read_line(
        &mut self,
        values: &mut Values,
        text: &[u8],
        mut line: Range<usize>,
        first_record: u64,
        goes_on: bool,
    ) {
        let mut open = match self.open.take() {
            Some(open) => open,
            None => {
                while line.start < line.end && is_blank(text[line.start]) {
                    line.start += 1;
                }
                let Some(open) = self.begin(&text[line.clone()]) else {
                    let record = self.record(first_record);
                    return push_prose(values, text, line, record);
                };
                line.start =
                    (line.start + if open.field == 3 { header_length(&text[line.clone()]) } else { 4 }).min(line.end);
                open
            }
        };
        while !goes_on && line.end > line.start && is_blank(text[line.end - 1]) {
            line.end -= 1;
        }
        let record = self.record(first_record);
        let escaped = memchr::memchr(self.marks.escape, &text[line.clone()]).is_some();
        let mut start = line.start;
        for end in memchr::memchr_iter(self.marks.field, &text[line.clone()]).map(|at| line.start + at) {
            self.read_field(values, text, start..end, record, escaped, &mut open);
            open.field += 1;
            start = end + 1;
        }
        if goes_on {
            self.open = Some(open);
            return;
        }
        self.read_field(values, text, start..line.end, record, escaped, &mut open);
    }

    fn record(&self, first_record: u64) -> u32 {
        u32::try_from(self.message.max(1).saturating_sub(first_record)).unwrap_or(u32::MAX)
    }

    /// The segment that a line begins, if it is one. A header sets the delimiters.
    fn begin(&mut self, line: &[u8]) -> Option<Open> {
        if let Some(marks) = Marks::of(line) {
            self.marks = marks;
            self.message += u64::from(line.starts_with(b"MSH"));
        }
        let is_bare = line.len() == 3 && is_name(line);
        (is_bare || self.marks.begin_segment(line)).then(|| Open::new([line[0], line[1], line[2]]))
    }

    fn read_field(
        &self,
        values: &mut Values,
        text: &[u8],
        place: Range<usize>,
        record: u32,
        escaped: bool,
        open: &mut Open,
    ) {
        if place.is_empty() {
            return;
        }
        if &open.name == b"OBX" && matches!(open.field, 2 | 3) {
            self.note_observation(&text[place.clone()], open);
        }
        let mut components = Vec::with_capacity(8);
        let mut start = place.start;
        let ends = memchr::memchr_iter(self.marks.repetition, &text[place.clone()]).map(|at| place.start + at);
        for end in ends.chain([place.end]) {
            if end - start >= SHORTEST && &text[start..end] != b"\"\"" {
                split(text, start..end, self.marks.component, &mut components);
                let repetition = Repetition { raw: text, place: start..end, components: &components, record, escaped };
                self.read_repetition(values, &repetition, open);
            }
            start = end + 1;
        }
    }

    fn note_observation(&self, field: &[u8], open: &mut Open) {
        if open.field == 2 {
            open.value_type = field[..field.len().min(LONGEST_CODE)].to_vec();
            return;
        }
        let components: Vec<&[u8]> = field.split(|byte| *byte == self.marks.component).collect();
        let texts = [1, 4, 0].into_iter().filter_map(|index| components.get(index).copied());
        let name = texts.into_iter().find(|it| !it.is_empty()).unwrap_or_default();
        open.observation = name[..name.len().min(LONGEST_NAME)].to_vec();
    }

    fn read_repetition(&self, values: &mut Values, it: &Repetition<'_>, open: &Open) {
        match open.reading() {
            Reading::Prose => {
                let key = Key { name: &open.observation, ..open.key(0) };
                self.push(values, it, it.place.clone(), key, Some(FieldKind::Narrative));
            }
            Reading::Observation => {
                for (index, place) in it.components.iter().enumerate() {
                    let key = Key { name: &open.observation, ..open.key(it.number(index)) };
                    self.push(values, it, place.clone(), key, None);
                }
            }
            Reading::FreeComponents => {
                for (index, place) in it.components.iter().enumerate() {
                    self.push(values, it, place.clone(), open.key(it.number(index)), Some(FieldKind::Narrative));
                }
            }
            Reading::Typed(kind) => self.read_typed(values, it, open, kind),
        }
    }

    fn read_typed(&self, values: &mut Values, it: &Repetition<'_>, open: &Open, kind: Type) {
        let mut first = 0;
        if kind == Type::Name {
            self.push(values, it, it.run(0, 3), open.key(0), None);
            first = 3;
        }
        if kind == Type::Telecom && it.components.get(6).is_some_and(|place| !place.is_empty()) {
            for (index, place) in
                it.components.iter().enumerate().take(5).filter(|(index, _)| *index != 1 && *index != 2)
            {
                self.push_coded(values, it, place.clone(), open.key(index + 1), kind);
            }
            self.push_parts(values, it, open);
            first = 7;
        }
        for (index, place) in it.components.iter().enumerate().skip(first) {
            self.push_coded(values, it, place.clone(), open.key(it.number(index)), kind);
        }
    }

    /// A value with the codes beside it, where its type has such.
    fn push_coded(&self, values: &mut Values, it: &Repetition<'_>, place: Range<usize>, key: Key<'_>, kind: Type) {
        let hints = match (kind, key.component) {
            (Type::Id, 0 | 1) => it.codes(&[5], &[4], self.marks.subcomponent),
            (Type::Person, 0 | 1) => it.codes(&[13, 9, 12], &[], self.marks.subcomponent),
            (Type::License, 0 | 1) => it.codes(&[2], &[], self.marks.subcomponent),
            (Type::Telecom, _) => it.codes(&[2, 3], &[], self.marks.subcomponent),
            _ => Vec::new(),
        };
        self.push(values, it, place, Key { hints: &hints, ..key }, None);
    }

    /// The area code and the number of a telephone, as people write them.
    fn push_parts(&self, values: &mut Values, it: &Repetition<'_>, open: &Open) {
        let hints = it.codes(&[2, 3], &[], self.marks.subcomponent);
        let place = it.run(5, 7);
        let key = Key { hints: &hints, ..open.key(7) };
        let Some(mark) = memchr::memchr(self.marks.component, &it.raw[place.clone()]) else {
            return self.push(values, it, place, key, None);
        };
        values.text.copy_to(it.raw, place.start + mark);
        let start = values.text.place(place.start + mark) - mark as u32;
        values.text.append(b"-", 1);
        let end = values.text.place(place.end);
        values.fields.push(start..end, key, it.record, FieldKind::Structured);
    }

    fn push(
        &self,
        values: &mut Values,
        it: &Repetition<'_>,
        place: Range<usize>,
        key: Key<'_>,
        kind: Option<FieldKind>,
    ) {
        let place = trim(it.raw, place);
        let raw = &it.raw[place.clone()];
        if raw.len() < SHORTEST || raw == b"\"\"" {
            return;
        }
        let placed = if it.escaped && memchr::memchr(self.marks.escape, raw).is_some() {
            escape::decode(&mut values.text, it.raw, place.start, place.end, &self.marks)
        } else {
            (values.text.place(place.start), values.text.place(place.end))
        };
        if placed.0 == placed.1 {
            return;
        }
        let has_spaces = memchr::memchr(b' ', raw).is_some();
        let usual = if has_spaces && raw.len() > PROSE { FieldKind::Narrative } else { FieldKind::Structured };
        if !has_spaces {
            let decoded = placed.0 as usize..placed.1 as usize;
            if base64::may_be(values.text.text.get(decoded).unwrap_or(raw)) {
                values.literals.push(placed.0..placed.1);
            }
        }
        values.fields.push(placed.0..placed.1, key, it.record, kind.unwrap_or(usual));
    }
}

impl Repetition<'_> {
    /// The number of a component; 0 where it is the only one.
    fn number(&self, index: usize) -> usize {
        if self.components.len() > 1 { index + 1 } else { 0 }
    }

    /// The place of the components from `first` on, before the one at `behind`, without empty ones at either end.
    fn run(&self, first: usize, behind: usize) -> Range<usize> {
        let all = self.components.get(first..behind.min(self.components.len())).unwrap_or_default();
        let mut filled = all.iter().filter(|place| !place.is_empty());
        let Some(begin) = filled.next() else { return 0..0 };
        begin.start..filled.next_back().unwrap_or(begin).end
    }

    /// The codes among the components of these numbers, or else of those.
    fn codes(&self, numbers: &[usize], or_else: &[usize], subcomponent: u8) -> Vec<u8> {
        let code = |number: &usize| {
            let text = &self.raw[self.components.get(number - 1).cloned().unwrap_or(0..0)];
            let code = text.split(|byte| *byte == subcomponent).next().unwrap_or_default().trim_ascii();
            if code.len() <= LONGEST_CODE && code.iter().all(u8::is_ascii_alphanumeric) { code } else { b"" }
        };
        let told: Vec<&[u8]> = numbers.iter().map(code).collect();
        let hints = join_hints(&told);
        if !hints.is_empty() || or_else.is_empty() { hints } else { self.codes(or_else, &[], subcomponent) }
    }
}

/// The places of the parts of `place`.
fn split(text: &[u8], place: Range<usize>, mark: u8, parts: &mut Vec<Range<usize>>) {
    parts.clear();
    let mut start = place.start;
    for end in memchr::memchr_iter(mark, &text[place.clone()]).map(|at| place.start + at) {
        parts.push(start..end);
        start = end + 1;
    }
    parts.push(start..place.end);
}

/// Without the white space around it.
fn trim(text: &[u8], place: Range<usize>) -> Range<usize> {
    let value = &text[place.clone()];
    let start = place.start + value.len() - value.trim_ascii_start().len();
    start..start + value.trim_ascii().len()
}

/// Length of a header's name and its two fields of delimiters.
fn header_length(line: &[u8]) -> usize {
    let Some((mark, rest)) = line.get(3..).and_then(<[u8]>::split_first) else { return line.len() };
    memchr::memchr(*mark, rest).map_or(line.len(), |at| 4 + at + 1)
}

fn push_prose(values: &mut Values, text: &[u8], line: Range<usize>, record: u32) {
    if text[line.clone()].iter().any(u8::is_ascii_graphic) {
        values.fields.push_prose(values.text.place(line.start)..values.text.place(line.end), record);
    }
}
