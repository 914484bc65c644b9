//! Extracted text as JSON lines: what stands where in a document, before anything is looked for. The text itself is shown.

use super::json::write_string;
use super::labels::{Labels, Spot, Where};
use crate::model::{Field, FieldKind, NO_LABEL, NO_NODE, Segment, Unread};

/// Writes segments as `{"where":[…],"label"?,"kind","text"}`, a line for each field.
pub struct Extracted {
    labels: Labels,
    place: Where,
}

impl Default for Extracted {
    fn default() -> Self {
        Extracted { labels: Labels::plain(), place: Where::default() }
    }
}

impl Extracted {
    /// Appends what a segment owns.
    pub fn write_segment(&mut self, out: &mut Vec<u8>, segment: &Segment) {
        self.place.enter(&segment.frame, &mut self.labels);
        let own = Field {
            start: segment.own.start,
            end: segment.own.end,
            label: NO_LABEL,
            record: 0,
            node: NO_NODE,
            kind: FieldKind::Narrative,
        };
        let whole = [own];
        let fields = if segment.fields.is_empty() { &whole[..] } else { &segment.fields };
        for field in fields {
            self.write_field(out, segment, field);
        }
    }

    fn write_field(&mut self, out: &mut Vec<u8>, segment: &Segment, field: &Field) {
        out.extend_from_slice(b"{\"where\":");
        self.place.write(out, &segment.frame, Spot::of_field(segment, field), &mut self.labels);
        if let Some(label) = segment.frame.labels.get(field.label as usize).filter(|it| !it.name.is_empty()) {
            out.extend_from_slice(b",\"label\":");
            write_string(out, &label.name.reveal());
        }
        out.extend_from_slice(b",\"kind\":");
        write_string(out, field.kind.id());
        out.extend_from_slice(b",\"text\":");
        write_string(out, &String::from_utf8_lossy(&segment.text[field.start as usize..field.end as usize]));
        out.extend_from_slice(b"}\n");
    }

    /// Appends a part that was not read: `{"where":[…],"unread":"encrypted"}`.
    pub fn write_unread(&mut self, out: &mut Vec<u8>, part: &Unread) {
        out.extend_from_slice(b"{\"where\":[");
        self.labels.write_steps(out, &part.place);
        out.extend_from_slice(b"],\"unread\":");
        write_string(out, part.reason.id());
        out.extend_from_slice(b"}\n");
    }
}
