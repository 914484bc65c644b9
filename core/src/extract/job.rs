//! One stream being extracted: where it stands, what it may cost, who gets its text. Knows no formats.

use std::sync::Arc;

use super::Emit;
use super::budget::Budget;
use super::head::Bytes;
use crate::model::{Frame, Provenance, Reason, Segment, Step, Unread};

/// What every format reader works with.
pub(super) struct Job<'a> {
    pub(super) emit: &'a mut dyn Emit,
    pub(super) budget: &'a Budget,
    /// A frame without labels, shared by all blocks that have none.
    pub(super) frame: Arc<Frame>,
    /// How many decoders this stream came through.
    pub(super) depth: u32,
    /// The file or member name, a hint only.
    pub(super) name: Vec<u8>,
    /// The format the caller insists on.
    pub(super) format: Option<&'a str>,
    /// The gravest thing that happened to this stream and those within it.
    pub(super) reason: Option<Reason>,
}

impl<'a> Job<'a> {
    pub(super) fn new(emit: &'a mut dyn Emit, budget: &'a Budget, name: &[u8], format: Option<&'a str>) -> Self {
        Job { emit, budget, frame: Arc::default(), depth: 0, name: name.to_vec(), format, reason: None }
    }

    /// The job for the stream that stands one `step` inside this one.
    pub(super) fn inner(&mut self, step: Step, name: Vec<u8>) -> Job<'_> {
        let frame = self.frame_inside(step);
        Job { emit: self.emit, budget: self.budget, frame, depth: self.depth + 1, name, format: None, reason: None }
    }

    /// A frame without labels, one `step` further in.
    pub(super) fn frame_inside(&self, step: Step) -> Arc<Frame> {
        let provenance: Provenance = self.frame.provenance.iter().cloned().chain([step]).collect();
        Arc::new(Frame { provenance, ..Frame::default() })
    }

    /// Emits a block; false where the receiver wants no more. A segment without labels gets this stream's frame.
    pub(super) fn send(&mut self, mut segment: Segment) -> bool {
        if segment.frame.labels.is_empty() && segment.frame.nodes.is_empty() {
            segment.frame = Arc::clone(&self.frame);
        }
        self.send_framed(segment)
    }

    /// Emits a block that has a frame of its own.
    pub(super) fn send_framed(&mut self, segment: Segment) -> bool {
        self.budget.emit();
        if self.budget.is_stopped() || !self.emit.segment(segment) {
            self.budget.stop();
        }
        !self.budget.is_stopped()
    }

    /// True where reading on makes no sense. Asked now and then by whatever works long without emitting or reading.
    pub(super) fn is_over(&mut self) -> bool {
        if !self.budget.is_stopped() && self.emit.is_over() {
            self.budget.stop();
        }
        self.budget.is_stopped()
    }

    /// True where a limit was passed after which no further member can be read.
    #[cfg(feature = "archive")]
    pub(super) fn is_spent(&self) -> bool {
        matches!(self.reason, Some(Reason::LimitBytes | Reason::LimitRatio | Reason::LimitMembers))
    }

    /// Reads what is left of a member that its reader did not want, so that the next one can be reached.
    #[cfg(feature = "archive")]
    pub(super) fn drain(&mut self, rest: &mut dyn std::io::Read) {
        let mut sink = vec![0; 64 << 10];
        while !self.is_over() && matches!(rest.read(&mut sink), Ok(1..)) {}
    }

    /// Reads a stream that stands one `step` inside this one, unless that is one too deep or too many. Says what of it
    /// was not read.
    pub(super) fn read_inside(&mut self, step: Step, name: &[u8], bytes: Bytes<'_>) {
        self.read_inside_as(step, name, None, bytes);
    }

    /// The same, with the format given where what stands around it says what it is.
    pub(super) fn read_inside_as(&mut self, step: Step, name: &[u8], format: Option<&'static str>, bytes: Bytes<'_>) {
        if let Err(reason) = self.may_open() {
            let place = self.frame_inside(step).provenance.clone();
            self.note(reason);
            return self.emit.unread(Unread { place, reason, bytes: None });
        }
        let mut inner = self.inner(step, name.to_vec());
        inner.format = format;
        super::read_stream(&mut inner, bytes);
        if let Some(reason) = inner.reason {
            self.note(reason);
        }
    }

    /// Whether one more stream may be opened inside this one; it then counts as opened.
    pub(super) fn may_open(&self) -> Result<(), Reason> {
        if self.depth >= self.budget.depth() {
            return Err(Reason::LimitDepth);
        }
        if self.budget.open_member() { Ok(()) } else { Err(Reason::LimitMembers) }
    }

    /// Reports that a part one `step` inside this stream was not read.
    pub(super) fn unread_inside(&mut self, step: Step, reason: Reason, bytes: Option<u64>) {
        self.note(reason);
        let place = self.frame_inside(step).provenance.clone();
        self.emit.unread(Unread { place, reason, bytes });
    }

    /// A buffer for the next block, a used one if there is one.
    pub(super) fn buffer(&mut self) -> Vec<u8> {
        self.emit.buffer()
    }

    /// Reports that something of this stream was not read.
    pub(super) fn unread(&mut self, reason: Reason, bytes: Option<u64>) {
        self.note(reason);
        self.emit.unread(Unread { place: Arc::clone(&self.frame.provenance), reason, bytes });
    }

    /// Notes a reason without reporting it (it was reported further in). Failures go before what is by design.
    pub(super) fn note(&mut self, reason: Reason) {
        use crate::model::ReasonClass::Failure;
        let graver = self.reason.is_none_or(|old| old.class() != Failure && reason.class() == Failure);
        if graver {
            self.reason = Some(reason);
        }
    }
}
