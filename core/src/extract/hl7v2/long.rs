//! Values that are encoded documents, and values longer than a block.

use std::ops::Range;
use std::sync::Arc;

use super::super::base64;
use super::super::block::Window;
use super::super::job::Job;
use super::super::message::{Fields, Key};
use super::super::text;
use super::super::unescaped::Unescaped;
use super::Reader;
use crate::model::{Field, FieldKind, Grid, NO_NODE, Reason, Segment, Standard};

/// Bytes at the beginning of a long value within which its encoded part begins.
const PREFIX: usize = 256;

/// Decodes what is base64 at these places of a block.
pub(super) fn decode(segment: &Segment, places: &[Range<u32>]) -> Vec<base64::Literal> {
    let read = |place: &Range<u32>| {
        let contents = &segment.text[place.start as usize..place.end as usize];
        base64::Literal::decode(contents, segment.map.start(place.start)..segment.map.end(place.end))
    };
    places.iter().filter_map(read).collect()
}

impl Reader {
    /// Emits a value that is longer than a block, from the beginning of the window to its end.
    pub(super) fn read_long_value(&mut self, job: &mut Job<'_>, window: &mut Window<'_>) -> bool {
        let text = window.text();
        let prefix = &text[..text.len().min(PREFIX)];
        let start = memchr::memrchr(self.marks.component, prefix).map_or(0, |at| at + 1);
        if base64::may_be(&text[start..]) {
            return self.read_long_literal(job, window, start);
        }
        let field = self.marks.field;
        let Some(open) = &self.open else { return text::read_long_line(job, window, |segment| segment) };
        let mut fields = Fields::new(Standard::Hl7v2);
        fields.push(0..0, Key { name: &open.observation, ..open.key(0) }, 0, FieldKind::Narrative);
        let block = window.cut(0, 0, Vec::new());
        let model = fields.into_segment(job, Grid::Messages, block, Unescaped::default());
        let first_record = self.message.max(1);
        let ends = |text: &[u8]| memchr::memchr3(field, b'\r', b'\n', text);
        text::read_long(job, window, ends, |segment| {
            let (end, kind) = (segment.text.len() as u32, FieldKind::Narrative);
            let whole = Field { start: 0, end, label: 0, record: 0, node: NO_NODE, kind };
            Segment { frame: Arc::clone(&model.frame), fields: vec![whole], first_record, ..segment }
        })
    }

    /// Collects an encoded document, and reads it.
    fn read_long_literal(&mut self, job: &mut Job<'_>, window: &mut Window<'_>, start: usize) -> bool {
        let mut literal = base64::Collected::new(window.map().start(start as u32));
        let mut start = start;
        loop {
            window.fill();
            let text = window.text();
            let end = memchr::memchr3(self.marks.field, b'\r', b'\n', text);
            let own_end = end.unwrap_or(text.len());
            literal.add(&text[start.min(own_end)..own_end]);
            let ended = end.is_some() || window.is_last();
            window.cut(own_end, own_end, job.buffer());
            if ended {
                break;
            }
            if job.is_over() {
                return false;
            }
            start = 0;
        }
        if literal.is_too_long() {
            job.unread(Reason::LimitBytes, None);
        }
        literal.finish().is_none_or(|literal| literal.read(job))
    }
}
