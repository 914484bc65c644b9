//! Columns whose header tells nothing, and in which names of people may stand: a single name in a cell is weak, a
//! column of different ones is not.

use super::normalise::Plain;
use super::{Candidate, Candidates, Detector, Prepared, bounds};
use crate::model::{Detection, Evidence, FieldKind, Label, Segment};

/// What a cell scores by itself that may be a name.
const MAYBE: u16 = 300;
/// A longer cell is no name.
const LONGEST: usize = 40;

/// True for a column's header that says nothing: none, a number, `_col3`, `Column 7`, `Unnamed: 0`.
pub(super) fn is_nameless(label: &Label) -> bool {
    const WORDS: [&[u8]; 9] = [b"", b"c", b"col", b"column", b"f", b"field", b"unnamed", b"v", b"var"];
    let bare = label.standard.is_none() && label.hints.is_empty() && label.column.is_some();
    let letters: Vec<u8> =
        label.name.iter().filter(|it| it.is_ascii_alphabetic()).map(u8::to_ascii_lowercase).collect();
    let plain = label.name.iter().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b':' | b' ' | b'.'));
    bare && plain && WORDS.contains(&letters.as_slice())
}

impl Detector {
    /// Adds the cells of columns without a telling header that may be names, and counts them for their columns. Looks
    /// at the fields of those numbers.
    pub(super) fn find_nameless(
        &self,
        segment: &Segment,
        plain: &Plain<'_>,
        prepared: Prepared<'_>,
        searched: &[u32],
        found: &mut Candidates,
    ) {
        let (Some(names), text) = (&self.names, &plain.text[..]) else { return };
        let nameless = |label: u32| prepared.lanes.get(label as usize).filter(|it| it.plan.is_nameless);
        if !prepared.lanes.iter().any(|it| it.plan.is_nameless) {
            return;
        }
        let fields = searched.iter().filter_map(|index| Some((index, segment.fields.get(*index as usize)?)));
        for (&index, field) in fields.filter(|it| it.1.kind == FieldKind::Structured) {
            let Some(lane) = nameless(field.label).filter(|it| it.column > 0) else { continue };
            let (lo, hi) = bounds(plain, field);
            let fits = lo < hi && hi - lo <= LONGEST && (text[lo].is_ascii_uppercase() || text[lo] >= 0x80);
            let cell = if fits { names.cell(text, prepared.masks, lo..hi) } else { None };
            let Some((known, hash)) = cell else { continue };
            let detection = Detection {
                entity: known.entity,
                pattern: known.pattern,
                start: lo as u32,
                end: hi as u32,
                permille: MAYBE,
                validated: None,
                role: None,
                subject: known.subject,
                evidence: Evidence::FORMAT,
                field: index,
            };
            found.columns[lane.column as usize - 1].count_name(&detection, hash);
            found.items.push(Candidate { detection, column: lane.column, words: 0, value: 0 });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Text;

    #[test]
    fn headers_that_say_nothing() {
        let label = |name: &str, column| Label { name: Text::from(name), column, ..Label::default() };
        for header in ["", "3", "_col2", "Column 7", "Unnamed: 0", "field_12", "V1"] {
            assert!(is_nameless(&label(header, Some(0))), "{header}");
            assert!(!is_nameless(&label(header, None)), "{header}");
        }
        for header in ["name", "city", "status", "Column A-1", "cost"] {
            assert!(!is_nameless(&label(header, Some(0))), "{header}");
        }
    }
}
