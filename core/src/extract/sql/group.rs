//! The fields of one table within a block, with the text they stand in. Knows no SQL.

use std::ops::Range;
use std::sync::Arc;

use super::super::block::Block;
use super::super::unescaped::{Unescaped, compose};
use crate::model::{Field, FieldKind, Frame, LabelId, LineEnds, NO_LABEL, NO_NODE, Segment, Text};

/// A value that is longer and has spaces is prose.
const PROSE: usize = 64;

/// A stretch of a block that becomes a segment.
#[derive(Default)]
pub(super) struct Group {
    /// The table's number.
    pub(super) table: usize,
    pub(super) unescaped: Unescaped,
    /// Where the block must end, once that is known.
    pub(super) stop: usize,
    start: usize,
    fields: Vec<Field>,
    first_record: u64,
}

impl Group {
    /// A stretch that begins at `start`.
    pub(super) fn new(table: usize, first_record: u64, start: usize) -> Self {
        let unescaped = Unescaped { copied: start, ..Unescaped::default() };
        Group { table, unescaped, stop: 0, start, fields: Vec::new(), first_record }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Adds prose; false where there is nothing to read in it.
    pub(super) fn push_prose(&mut self, text: &[u8], range: Range<usize>, record: u64) -> bool {
        let prose = &text[range.clone()];
        if !prose.iter().any(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80) {
            return false;
        }
        let start = range.start + (prose.len() - prose.trim_ascii_start().len());
        let end = start + text[start..range.end].trim_ascii_end().len();
        let place = self.unescaped.place(start);
        self.unescaped.copy_to(text, end);
        self.push(place, NO_LABEL, record, FieldKind::Narrative);
        true
    }

    /// Adds a value that stands at `range`, decoded by `decode`; false where it is empty.
    pub(super) fn push_value(
        &mut self,
        text: &[u8],
        range: Range<usize>,
        (label, record): (LabelId, u64),
        decode: impl FnOnce(&mut Unescaped, &[u8], usize),
    ) -> bool {
        self.unescaped.copy_to(text, range.start);
        let place = self.unescaped.place(range.start);
        decode(&mut self.unescaped, text, range.end);
        self.unescaped.copy_to(text, range.end);
        let value = &self.unescaped.text[place as usize..];
        if value.trim_ascii().is_empty() {
            return false;
        }
        let is_prose = value.len() > PROSE && memchr::memchr(b' ', value).is_some();
        let kind = if is_prose { FieldKind::Narrative } else { FieldKind::Structured };
        self.push(place, label, record, kind);
        true
    }

    /// Adds what was copied from `start` on.
    fn push(&mut self, start: u32, label: LabelId, record: u64, kind: FieldKind) {
        let end = self.unescaped.text.len() as u32;
        let record = u32::try_from(record.saturating_sub(self.first_record)).unwrap_or(u32::MAX);
        self.fields.push(Field { start, end, label, record, node: NO_NODE, kind });
    }

    /// The segment of a stretch of `block`.
    pub(super) fn into_segment(self, block: &Block, frame: Arc<Frame>) -> Segment {
        let Unescaped { text, map, line_ends, .. } = self.unescaped;
        let lines = memchr::memchr_iter(b'\n', &block.text[..self.start]).count() as u64;
        Segment {
            frame,
            own: 0..text.len() as u32,
            map: compose(&map, &block.map, text.len()),
            text: Text(text),
            fields: self.fields,
            lines_before: block.lines_before + lines,
            line_ends: LineEnds::At(line_ends),
            first_record: self.first_record,
        }
    }
}
