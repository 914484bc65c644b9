//! Gathers labelled values and pieces of text into segments: cells, headers, message fields, paragraphs. Knows no formats.

use std::collections::HashMap;
use std::sync::Arc;

use super::block::BLOCK;
use super::encoding::floor_boundary;
use super::job::Job;
use crate::model::{
    Field, FieldKind, Frame, Grid, Label, LabelId, LineEnds, NO_LABEL, NO_NODE, OffsetMap, Piece, Segment, Step, Text,
};

/// Text bytes behind which a segment is emitted.
const ENOUGH: usize = 256 << 10;
/// Fields behind which it is.
const MAX_FIELDS: usize = 1 << 16;
/// Labels remembered: a hostile document could name every value otherwise.
const MAX_LABELS: usize = 1 << 14;

/// One value to gather.
#[derive(Clone, Copy)]
pub(super) struct Value<'a> {
    /// The decoded text.
    pub(super) text: &'a [u8],
    /// From [`Composer::label`], or [`NO_LABEL`].
    pub(super) label: LabelId,
    /// The record it belongs to, from 1: a row, a message, a paragraph of one person.
    pub(super) record: u64,
    /// What kind of text it is.
    pub(super) kind: FieldKind,
    /// Its first byte in the stream, where the text is a copy of the stream's bytes.
    pub(super) at: Option<u64>,
}

impl<'a> Value<'a> {
    /// Prose without a label.
    pub(super) fn prose(text: &'a [u8]) -> Self {
        Value { text, label: NO_LABEL, record: 1, kind: FieldKind::Narrative, at: None }
    }

    /// The name of a member of an archive, a record of its own.
    #[cfg(feature = "archive")]
    pub(super) fn path(name: &'a [u8], record: u64) -> Self {
        Value { kind: FieldKind::Path, record, ..Value::prose(name) }
    }

    /// A labelled value of a record.
    pub(super) fn structured(text: &'a [u8], label: LabelId, record: u64) -> Self {
        Value { text, label, record, kind: FieldKind::Structured, at: None }
    }
}

/// Gathers values; emits a segment whenever there is enough for one. What is left must be flushed.
#[derive(Default)]
pub(super) struct Composer {
    frame: Frame,
    known: HashMap<Label, LabelId>,
    text: Vec<u8>,
    fields: Vec<Field>,
    map: OffsetMap,
    first_record: u64,
}

impl Composer {
    /// For values that stand directly in the job's stream.
    pub(super) fn new(job: &Job<'_>) -> Self {
        let provenance = Arc::clone(&job.frame.provenance);
        Composer { frame: Frame { provenance, grid: Grid::Unnamed, ..Frame::default() }, ..Composer::default() }
    }

    /// For values that stand one step inside it: a page, a part.
    pub(super) fn inside(job: &Job<'_>, step: Step) -> Self {
        let provenance = job.frame.provenance.iter().cloned().chain([step]).collect();
        Composer { frame: Frame { provenance, grid: Grid::Unnamed, ..Frame::default() }, ..Composer::default() }
    }

    /// The same, one more step inside.
    #[cfg(feature = "office")]
    pub(super) fn and(mut self, step: Step) -> Self {
        self.frame.provenance = self.frame.provenance.iter().cloned().chain([step]).collect();
        self
    }

    /// The same, with records and columns that have names.
    pub(super) fn with_grid(mut self, grid: Grid) -> Self {
        self.frame.grid = grid;
        self
    }

    /// The id of a label, the same for equal ones.
    pub(super) fn label(&mut self, label: Label) -> LabelId {
        if let Some(id) = self.known.get(&label) {
            return *id;
        }
        if self.frame.labels.len() >= MAX_LABELS {
            return NO_LABEL;
        }
        let id = self.frame.labels.len() as LabelId;
        self.frame.labels.push(label.clone());
        self.known.insert(label, id);
        id
    }

    /// The id of a label that is only a name.
    pub(super) fn named(&mut self, name: &[u8]) -> LabelId {
        self.label(Label { name: Text(name.to_vec()), ..Label::default() })
    }

    /// The id of a label with hints that it had not; its own id where no more labels are remembered.
    #[cfg(feature = "columnar")]
    pub(super) fn hinted(&mut self, label: LabelId, hints: Vec<u8>) -> LabelId {
        let Some(known) = self.frame.labels.get(label as usize) else { return label };
        let hinted = Label { hints: Text(hints), ..known.clone() };
        Some(self.label(hinted)).filter(|it| *it != NO_LABEL).unwrap_or(label)
    }

    /// Adds a value; false where the receiver wants no more.
    pub(super) fn push(&mut self, job: &mut Job<'_>, value: Value<'_>) -> bool {
        let mut rest = value;
        while !rest.text.is_empty() {
            let len = if rest.text.len() <= ENOUGH { rest.text.len() } else { cut(rest.text) };
            if !self.push_piece(job, Value { text: &rest.text[..len], ..rest }) {
                return false;
            }
            rest = Value { text: &rest.text[len..], at: rest.at.map(|at| at + len as u64), ..rest };
        }
        true
    }

    fn push_piece(&mut self, job: &mut Job<'_>, value: Value<'_>) -> bool {
        let placed = value.at.is_some();
        let other = !self.fields.is_empty() && (placed == self.map.is_nowhere() || value.record < self.first_record);
        let full = self.text.len() + value.text.len() > ENOUGH || self.fields.len() >= MAX_FIELDS;
        if (other || full && !self.fields.is_empty()) && !self.flush(job) {
            return false;
        }
        if self.fields.is_empty() {
            self.first_record = value.record;
            self.map = if placed { OffsetMap::default() } else { OffsetMap::nowhere() };
        }
        let start = self.text.len() as u32;
        if let Some(at) = value.at {
            self.map.push(Piece { text_start: start, orig_start: at, text_step: 1, orig_step: 1 });
        }
        self.text.extend_from_slice(value.text);
        let end = self.text.len() as u32;
        let record = u32::try_from(value.record - self.first_record).unwrap_or(u32::MAX);
        self.fields.push(Field { start, end, label: value.label, record, node: NO_NODE, kind: value.kind });
        self.text.push(b'\n');
        true
    }

    /// Emits what was gathered; false where the receiver wants no more.
    pub(super) fn flush(&mut self, job: &mut Job<'_>) -> bool {
        if self.fields.is_empty() {
            return !job.is_over();
        }
        let text = std::mem::take(&mut self.text);
        debug_assert!(text.len() <= BLOCK, "a segment is no larger than a block");
        job.send_framed(Segment {
            frame: Arc::new(self.frame.clone()),
            own: 0..text.len() as u32,
            text: Text(text),
            map: std::mem::take(&mut self.map),
            fields: std::mem::take(&mut self.fields),
            lines_before: 0,
            line_ends: LineEnds::Uncounted,
            first_record: self.first_record,
        })
    }
}

/// Where to cut a long text: behind its last line or word within a segment's size.
fn cut(text: &[u8]) -> usize {
    let window = &text[..ENOUGH];
    let at = memchr::memrchr(b'\n', window).or_else(|| memchr::memrchr(b' ', window)).map_or(0, |at| at + 1);
    if at > 0 { at } else { floor_boundary(text, ENOUGH).max(1) }
}

#[cfg(test)]
mod tests {
    use super::super::budget::Budget;
    use super::super::testing::Kept;
    use super::*;
    use crate::model::Limits;

    fn with_job(act: impl FnOnce(&mut Job<'_>)) -> Kept {
        let (mut kept, budget) = (Kept::default(), Budget::new(&Limits::default()));
        act(&mut Job::new(&mut kept, &budget, b"", None));
        kept
    }

    #[test]
    fn values_become_fields_with_their_labels_and_places() {
        let kept = with_job(|job| {
            let mut composer = Composer::inside(job, Step::Page(3));
            let name = composer.named(b"name");
            assert_eq!(composer.named(b"name"), name);
            composer.push(job, Value { at: Some(100), ..Value::structured(b"Doe", name, 5) });
            composer.push(job, Value { at: Some(200), ..Value::structured(b"Roe", name, 6) });
            composer.push(job, Value::prose(b"seen today"));
            composer.flush(job);
        });
        assert_eq!(kept.pairs(), ["name=Doe", "name=Roe", "=seen today"]);
        assert_eq!(kept.segments.len(), 2, "text without a place in bytes is kept apart");
        let fields = kept.fields();
        assert_eq!((fields[0].record, fields[1].record, fields[1].start, fields[1].end), (5, 6, 200, 203));
        assert!(kept.segments[1].map.is_nowhere() && kept.segments.iter().all(Segment::is_sound));
        assert_eq!(kept.segments[0].frame.provenance[..], [Step::Page(3)]);
    }

    #[test]
    fn long_texts_are_cut_between_words_and_nothing_is_lost() {
        let text = "word ".repeat(200_000);
        let kept = with_job(|job| {
            let mut composer = Composer::new(job);
            composer.push(job, Value::prose(text.as_bytes()));
            composer.flush(job);
        });
        assert!(kept.segments.len() > 2 && kept.segments.iter().all(|it| it.text.len() <= BLOCK));
        assert_eq!(kept.texts().concat(), text);
    }
}
