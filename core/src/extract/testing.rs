//! What the tests of extractors share: a receiver that keeps everything, and readers that read oddly.

use std::io::Read;

use super::{Emit, Extraction, Hint, Input, extract};
use crate::model::{Field, FieldKind, Limits, Segment, Unread};

/// Keeps what was emitted.
#[derive(Default)]
pub(super) struct Kept {
    pub(super) segments: Vec<Segment>,
    pub(super) unread: Vec<Unread>,
    pub(super) buffers: Vec<Vec<u8>>,
}

impl Emit for Kept {
    fn segment(&mut self, segment: Segment) -> bool {
        self.segments.push(segment);
        true
    }
    fn unread(&mut self, part: Unread) {
        self.unread.push(part);
    }
    fn buffer(&mut self) -> Vec<u8> {
        self.buffers.pop().unwrap_or_default()
    }
}

/// Reads at most `step` bytes at a time.
pub(super) struct Dribble<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) step: usize,
}

impl Read for Dribble<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.step.min(buffer.len());
        (&mut self.bytes).take(count as u64).read(buffer)
    }
}

/// A field as a test wants to see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) text: String,
    pub(super) label: String,
    pub(super) hints: String,
    pub(super) record: u64,
    pub(super) pointer: String,
    pub(super) kind: FieldKind,
    pub(super) start: u64,
    pub(super) end: u64,
}

impl Kept {
    /// The fields of all segments.
    pub(super) fn fields(&self) -> Vec<Seen> {
        self.segments.iter().flat_map(|segment| segment.fields.iter().map(|field| seen(segment, field))).collect()
    }

    /// The texts of all fields.
    pub(super) fn texts(&self) -> Vec<String> {
        let text = |it: &Segment, field: &Field| {
            String::from_utf8_lossy(&it.text[field.start as usize..field.end as usize]).into_owned()
        };
        self.segments.iter().flat_map(|it| it.fields.iter().map(move |field| text(it, field))).collect()
    }

    /// `label=text` of all fields.
    pub(super) fn pairs(&self) -> Vec<String> {
        self.fields().iter().map(|field| format!("{}={}", field.label, field.text)).collect()
    }

    /// What the segments own, joined.
    pub(super) fn owned(&self) -> Vec<u8> {
        let own = |it: &Segment| it.text[it.own.start as usize..it.own.end as usize].to_vec();
        self.segments.iter().flat_map(own).collect()
    }
}

fn seen(segment: &Segment, field: &Field) -> Seen {
    let label = segment.frame.labels.get(field.label as usize).cloned().unwrap_or_default();
    Seen {
        text: String::from_utf8(segment.text[field.start as usize..field.end as usize].to_vec()).expect("UTF-8"),
        label: label.name.reveal(),
        hints: label.hints.reveal(),
        record: segment.first_record + u64::from(field.record),
        pointer: segment.frame.pointer(field.node).reveal(),
        kind: field.kind,
        start: segment.map.start(field.start),
        end: segment.map.end(field.end),
    }
}

pub(super) fn run(bytes: &[u8]) -> (Kept, Extraction) {
    run_as(bytes, bytes.len().max(1), Hint::default(), &Limits::default())
}

pub(super) fn run_as(bytes: &[u8], step: usize, hint: Hint<'_>, limits: &Limits) -> (Kept, Extraction) {
    let mut kept = Kept::default();
    let extraction = extract(Input::Stream(&mut Dribble { bytes, step }), hint, limits, &mut kept);
    (kept, extraction)
}

/// Asserts that reads of any size give the same segments.
pub(super) fn same_in_any_reads(bytes: &[u8]) {
    let (whole, _) = run(bytes);
    for step in [1, 7, 4096, 65_537] {
        let (kept, _) = run_as(bytes, step, Hint::default(), &Limits::default());
        assert_eq!(kept.segments.len(), whole.segments.len(), "reads of {step}");
        for (left, right) in kept.segments.iter().zip(&whole.segments) {
            assert!(left.text == right.text && left.own == right.own && left.map == right.map, "reads of {step}");
            assert_eq!(left.fields, right.fields);
            assert_eq!((left.lines_before, left.first_record), (right.lines_before, right.first_record));
            assert_eq!(left.frame.labels, right.frame.labels);
            assert_eq!(left.frame.nodes, right.frame.nodes);
        }
    }
}
