//! HL7 v2 segments inside other text: an interface log's `PID|1||…`. The field table says what each field holds.

use std::collections::HashMap;

use super::Finder;
use crate::detect::ruleset::StandardFields;
use crate::model::{Evidence, Role, Standard, Subject};

/// A segment longer than this is no segment.
const LONGEST: usize = 8192;

/// The rows of `fields/hl7v2.toml` that this ruleset can name.
#[derive(Debug, Default)]
pub struct Hl7Fields {
    rows: HashMap<([u8; 3], u16), Vec<Row>>,
}

#[derive(Clone, Debug)]
struct Row {
    pattern: u16,
    component: Option<u16>,
    subject: Option<Subject>,
    role: Option<Role>,
}

impl Hl7Fields {
    /// The rows of the HL7 v2 table, by segment and field. Inside other text no type code is looked for.
    pub fn new(fields: &StandardFields) -> Self {
        let mut found = Hl7Fields::default();
        let plain = fields.of(Standard::Hl7v2).filter(|(_, row)| row.when.is_empty());
        for (key, row) in plain {
            let Some((segment, field, component)) = parts_of(key) else { continue };
            let Some(&pattern) = row.patterns.first() else { continue };
            let row = Row { pattern, component, subject: row.subject, role: row.role };
            found.rows.entry((segment, field)).or_default().push(row);
        }
        found.rows.values_mut().for_each(|rows| rows.sort_by_key(|it| it.component));
        found
    }
}

/// `PID-3.1`: segment, field, component.
fn parts_of(key: &[u8]) -> Option<([u8; 3], u16, Option<u16>)> {
    let (segment, place) = std::str::from_utf8(key).ok()?.split_once('-')?;
    let (field, component) = match place.split_once('.') {
        Some((field, component)) => (field, Some(component.parse().ok()?)),
        None => (place, None),
    };
    Some((segment.as_bytes().try_into().ok()?, field.parse().ok()?, component))
}

impl Finder<'_> {
    /// The segment whose three-letter name begins at `at`.
    pub fn hl7_segment(&mut self, at: usize) {
        let previous = self.previous(at);
        if previous.is_ascii_alphanumeric() || at + 4 > self.hi {
            return;
        }
        let name = [self.text[at], self.text[at + 1], self.text[at + 2]];
        let limit = self.hi.min(at + LONGEST);
        let line = self.text[at..limit].iter().position(|it| matches!(it, b'\n' | b'\r')).map_or(limit, |it| at + it);
        let mut start = at + 4;
        let mut field = 1;
        while start <= line {
            let end = self.text[start..line].iter().position(|it| *it == b'|').map_or(line, |it| start + it);
            if end > start
                && let Some(rows) = self.hl7.rows.get(&(name, field))
            {
                self.hl7_field(rows, start, end);
            }
            start = end + 1;
            field += 1;
        }
    }

    fn hl7_field(&mut self, rows: &[Row], start: usize, end: usize) {
        let mut from = start;
        for repetition in self.text[start..end].split(|it| *it == b'~') {
            let to = from + repetition.len();
            for row in rows {
                if let Some((lo, hi)) = component(self.text, from, to, row.component) {
                    self.hl7_value(row, lo, hi);
                }
            }
            from = to + 1;
        }
    }

    fn hl7_value(&mut self, row: &Row, lo: usize, hi: usize) {
        let pattern = self.rules.pattern(row.pattern);
        let telling = self.text[lo..hi].iter().any(u8::is_ascii_alphanumeric);
        if !telling || !self.wanted[usize::from(row.pattern)] || &self.text[lo..hi] == b"\"\"" {
            return;
        }
        let Some(mut found) =
            self.judge(row.pattern, lo, hi, &Default::default()).or_else(|| self.unshaped(row, lo, hi))
        else {
            return;
        };
        let it = &mut found.detection;
        it.permille = it.permille.max(if it.validated == Some(false) { 550 } else { pattern.label });
        it.evidence = it.evidence.with(Evidence::LABEL);
        it.subject = row.subject.unwrap_or(it.subject);
        it.role = row.role.or(it.role);
        self.emit(found);
    }

    /// A field of known meaning needs no shape.
    fn unshaped(&self, row: &Row, lo: usize, hi: usize) -> Option<crate::detect::Candidate> {
        let pattern = self.rules.pattern(row.pattern);
        let detection = crate::model::Detection {
            entity: pattern.entity,
            pattern: row.pattern,
            start: lo as u32,
            end: hi as u32,
            permille: pattern.label,
            validated: None,
            role: row.role,
            subject: row.subject.unwrap_or(pattern.subject),
            evidence: Evidence::LABEL,
            field: self.field,
        };
        Some(crate::detect::Candidate { detection, column: 0, words: 0, value: 0 })
    }
}

/// The bytes of component `number` (from 1), or of the leading non-empty components together.
fn component(text: &[u8], from: usize, to: usize, number: Option<u16>) -> Option<(usize, usize)> {
    let Some(number) = number else {
        let trimmed = text[from..to].iter().rposition(|it| *it != b'^').map_or(from, |it| from + it + 1);
        return (trimmed > from).then_some((from, trimmed));
    };
    let mut start = from;
    for (index, part) in text[from..to].split(|it| *it == b'^').enumerate() {
        if index + 1 == usize::from(number) {
            return (!part.is_empty()).then_some((start, start + part.len()));
        }
        start += part.len() + 1;
    }
    None
}
