//! From offsets in a block's text to places in the stream it came from.

use crate::model::{Detection, Finding, LabelId, LineEnds, NO_LABEL, NO_NODE, Seal, Segment, Span, Text};

/// Where a candidate stands: what is kept of its block's text and map.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// `None` where the text has no place in bytes.
    pub span: Option<Span>,
    pub line: Option<u64>,
    pub record: u64,
    pub label: LabelId,
    pub node: u32,
}

impl Place {
    pub fn finding(&self, detection: Detection, value: Option<Text>, seal: Seal) -> Finding {
        Finding {
            detection,
            span: self.span.clone(),
            line: self.line,
            record: self.record,
            label: self.label,
            node: self.node,
            value,
            seal,
        }
    }
}

/// The places of a block's detections, which come in order of `start`.
pub(super) fn locate(segment: &Segment, detections: impl Iterator<Item = Detection>, places: &mut Vec<Place>) {
    let mut lines = Lines::new(segment);
    let placed = !segment.map.is_nowhere();
    places.clear();
    places.extend(detections.map(|it| {
        let field = segment.fields.get(it.field as usize);
        Place {
            span: placed.then(|| segment.map.start(it.start)..segment.map.end(it.end)),
            line: lines.number(it.start).filter(|_| placed),
            record: segment.first_record + field.map_or(0, |it| u64::from(it.record)),
            label: field.map_or(NO_LABEL, |it| it.label),
            node: field.map_or(NO_NODE, |it| it.node),
        }
    }));
}

/// Line numbers of rising offsets: each byte of the text is looked at once.
struct Lines<'a> {
    segment: &'a Segment,
    seen: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    fn new(segment: &'a Segment) -> Self {
        Lines { segment, seen: 0, line: segment.lines_before + 1 }
    }

    fn number(&mut self, at: u32) -> Option<u64> {
        match &self.segment.line_ends {
            LineEnds::InText => {
                let at = (at as usize).min(self.segment.text.len());
                if at > self.seen {
                    self.line += line_ends(&self.segment.text[self.seen..at]);
                    self.seen = at;
                }
            }
            LineEnds::At(ends) => {
                while ends.get(self.seen).is_some_and(|end| *end < at) {
                    self.seen += 1;
                    self.line += 1;
                }
            }
            LineEnds::Uncounted => return None,
        }
        Some(self.line)
    }
}

/// The cells of a table are near each other: a search costs more than a look at each byte.
#[inline]
fn line_ends(text: &[u8]) -> u64 {
    const NEAR: usize = 32;
    if text.len() > NEAR {
        return memchr::memchr_iter(b'\n', text).count() as u64;
    }
    text.iter().fold(0, |count, byte| count + u64::from(*byte == b'\n'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{EntityId, Evidence, Field, FieldKind, OffsetMap, Subject};

    fn detection(start: u32, end: u32, field: u32) -> Detection {
        Detection {
            entity: EntityId(0),
            pattern: 0,
            start,
            end,
            permille: 900,
            validated: None,
            role: None,
            subject: Subject::Unknown,
            evidence: Evidence::FORMAT,
            field,
        }
    }

    #[test]
    fn lines_and_offsets_count_from_the_stream() {
        let mut segment = Segment::narrative(b"one\ntwo\nthree");
        segment.map = OffsetMap::identity(100);
        segment.lines_before = 7;
        segment.first_record = 1;
        segment.fields = vec![Field { start: 4, end: 7, label: 3, record: 1, node: 5, kind: FieldKind::Structured }];
        let mut places = Vec::new();
        locate(
            &segment,
            [detection(0, 3, u32::MAX), detection(4, 7, 0), detection(8, 13, u32::MAX)].into_iter(),
            &mut places,
        );
        assert_eq!(places.iter().map(|it| it.line).collect::<Vec<_>>(), [8, 9, 10].map(Some));
        assert_eq!(places[1].span, Some(104..107));
        assert_eq!((places[1].record, places[1].label, places[1].node), (2, 3, 5));
    }

    #[test]
    fn given_line_ends_count_instead_of_the_text() {
        let mut segment = Segment::narrative(b"one\ntwo\nthree");
        segment.line_ends = LineEnds::At(vec![7]);
        let mut places = Vec::new();
        locate(&segment, [detection(4, 7, 0), detection(8, 13, 0)].into_iter(), &mut places);
        assert_eq!(places.iter().map(|it| it.line).collect::<Vec<_>>(), [1, 2].map(Some));
    }
}
