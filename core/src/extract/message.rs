//! Gathers the values of a message format's blocks: each is a part of the block's own text, called by its standard's key.

use std::collections::HashMap;
use std::io::Write as _;
use std::ops::Range;
use std::sync::Arc;

use super::block::Block;
use super::job::Job;
use super::unescaped::{self, Unescaped};
use crate::model::{
    Field, FieldKind, Frame, Grid, Label, LabelId, LineEnds, NO_LABEL, NO_NODE, Segment, Standard, StandardField, Text,
};

/// Labels of a block above which further ones are left out: a hostile message could name every value otherwise.
const MAX_LABELS: usize = 1 << 14;

/// What a value is called.
#[derive(Clone, Copy, Default)]
pub(super) struct Key<'a> {
    /// The segment's name: `PID`, `NM1`.
    pub(super) segment: &'a [u8],
    /// The field's number, from 1.
    pub(super) field: usize,
    /// The component's number, from 1; 0 for all of the field.
    pub(super) component: usize,
    /// Codes beside it that say what it is, parted by spaces.
    pub(super) hints: &'a [u8],
    /// What a message calls the value itself.
    pub(super) name: &'a [u8],
}

/// The values of one block.
pub(super) struct Fields {
    standard: Standard,
    labels: Vec<Label>,
    known: HashMap<Vec<u8>, LabelId>,
    fields: Vec<Field>,
    /// The key being looked up.
    wanted: Vec<u8>,
}

impl Fields {
    pub(super) fn new(standard: Standard) -> Self {
        Fields { standard, labels: Vec::new(), known: HashMap::new(), fields: Vec::new(), wanted: Vec::new() }
    }

    /// Adds the value at `place`; its record is counted from the block's first one.
    pub(super) fn push(&mut self, place: Range<u32>, key: Key<'_>, record: u32, kind: FieldKind) {
        let label = self.label(key);
        self.fields.push(Field { start: place.start, end: place.end, label, record, node: NO_NODE, kind });
    }

    /// Adds prose without a label.
    pub(super) fn push_prose(&mut self, place: Range<u32>, record: u32) {
        let (start, end, kind) = (place.start, place.end, FieldKind::Narrative);
        self.fields.push(Field { start, end, label: NO_LABEL, record, node: NO_NODE, kind });
    }

    fn label(&mut self, key: Key<'_>) -> LabelId {
        self.wanted.clear();
        write_key(&mut self.wanted, self.standard, key);
        let shown = self.wanted.len();
        for part in [key.hints, key.name] {
            self.wanted.push(0);
            self.wanted.extend_from_slice(part);
        }
        if let Some(id) = self.known.get(&self.wanted[..]) {
            return *id;
        }
        if self.labels.len() >= MAX_LABELS {
            return NO_LABEL;
        }
        let id = self.labels.len() as LabelId;
        let key_text = Text(self.wanted[..shown].to_vec());
        self.labels.push(Label {
            name: Text(key.name.to_vec()),
            hints: Text(key.hints.to_vec()),
            column: None,
            standard: Some(StandardField { standard: self.standard, key: key_text, within: Text::default() }),
        });
        self.known.insert(self.wanted.clone(), id);
        id
    }

    /// The block as a segment with these values. Where there were escapes, `text` replaces the block's.
    pub(super) fn into_segment(self, job: &Job<'_>, grid: Grid, block: Block, text: Unescaped) -> Segment {
        let len = block.text.len();
        let mut segment = block.into_segment(0..len);
        if text.is_used() {
            segment.own = 0..text.text.len() as u32;
            segment.map = unescaped::compose(&text.map, &segment.map, text.text.len());
            segment.text = Text(text.text);
            segment.line_ends = LineEnds::At(text.line_ends);
        }
        let provenance = Arc::clone(&job.frame.provenance);
        segment.frame = Arc::new(Frame { provenance, labels: self.labels, grid, ..Frame::default() });
        segment.fields = self.fields;
        segment
    }
}

/// `PID-3.1`, `NM1-03`, `HI-01.2`.
fn write_key(out: &mut Vec<u8>, standard: Standard, key: Key<'_>) {
    out.extend_from_slice(key.segment);
    // Writing to a vector cannot fail.
    let _ = match standard {
        Standard::X12 => write!(out, "-{:02}", key.field),
        _ => write!(out, "-{}", key.field),
    };
    if key.component > 0 {
        let _ = write!(out, ".{}", key.component);
    }
}

/// The words of `parts` that are not empty, parted by spaces.
pub(super) fn join_hints(parts: &[&[u8]]) -> Vec<u8> {
    let told: Vec<&[u8]> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    told.join(&b' ')
}
