//! A detection with its place in a source: what sinks receive and stores keep.

use super::{Detection, Frame, LabelId, Span, Text};

/// One identifier at one place of one source. Holds no document text unless showing values was asked for.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What was detected.
    pub detection: Detection,
    /// Half-open bytes in the innermost stream that the frame's provenance names, before decoding; `None` where the
    /// text has no place in bytes.
    pub span: Option<Span>,
    /// Line in that stream, from 1; `None` where the text has no place in bytes.
    pub line: Option<u64>,
    /// The record (table row, message, object) it stands in, from 1.
    pub record: u64,
    /// The label of its field, or [`NO_LABEL`](super::NO_LABEL).
    pub label: LabelId,
    /// Its node in the frame, or [`NO_NODE`](super::NO_NODE).
    pub node: u32,
    /// The value itself; only where the caller asked for values.
    pub value: Option<Text>,
    /// What is kept of the value; nothing where the caller did not ask for seals.
    pub seal: Seal,
}

/// What is kept of a value instead of the value: keyed fingerprints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seal {
    /// Fingerprint of the normalised value among values of its kind; 0 where the kind is not sealed.
    pub print: u64,
    /// Of names: fingerprints of up to four of their words, the rest 0.
    pub words: [u32; 4],
}

/// Findings of one block, in order of their places.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// Where the block stands and what its fields are called.
    pub frame: &'a Frame,
    /// The findings.
    pub findings: &'a [Finding],
}
