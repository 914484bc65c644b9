//! A text stream through a redactor, line by line. Holds one line, or a window of a longer one; what comes out does
//! not depend on how the stream is cut into reads.

use super::Redactor;
use crate::detect::SourceMemory;
use crate::model::{Segment, Text};

/// Longer lines are redacted in windows of this size.
const WINDOW: usize = 256 << 10;
/// The end of a window is decided only with the next: no value or cue is longer.
const CARRY: usize = 4 << 10;
/// Context before a line or window: cues may stand in front of a line break.
const CONTEXT: usize = 256;

/// A stream being redacted.
#[derive(Debug)]
pub struct RedactStream<'a> {
    redactor: &'a Redactor,
    memory: SourceMemory,
    /// What the detector sees: reused, so that a line costs no allocation.
    segment: Segment,
    /// Context, then text not yet decided.
    text: Text,
    /// Where the undecided text begins.
    own: usize,
    /// No line end in the undecided text before here.
    searched: usize,
}

impl<'a> RedactStream<'a> {
    pub(super) fn new(redactor: &'a Redactor) -> Self {
        RedactStream {
            redactor,
            memory: SourceMemory::default(),
            segment: Segment::default(),
            text: Text::default(),
            own: 0,
            searched: 0,
        }
    }

    /// Takes the next bytes; appends what is decided, which is every whole line.
    pub fn push(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) {
        while !bytes.is_empty() {
            let room = (self.own + WINDOW).saturating_sub(self.text.len());
            let taken = bytes.len().min(room);
            self.text.extend_from_slice(&bytes[..taken]);
            bytes = &bytes[taken..];
            while let Some(at) = memchr::memchr(b'\n', &self.text[self.searched..]) {
                let end = self.searched + at + 1;
                self.redact_to(end, end, out);
                self.searched = self.own;
            }
            self.searched = self.text.len();
            if self.text.len() >= self.own + WINDOW {
                let end = self.text.len();
                self.redact_to(end - CARRY, end, out);
                self.searched = self.text.len();
            }
            self.forget();
        }
    }

    /// The stream is over; appends the rest.
    pub fn finish(mut self, out: &mut Vec<u8>) {
        let end = self.text.len();
        if self.own < end {
            self.redact_to(end, end, out);
        }
    }

    /// Redacts what begins before `to`, seeing the text up to `seen`. A value that reaches across `to` goes whole.
    fn redact_to(&mut self, to: usize, seen: usize, out: &mut Vec<u8>) {
        let context = self.context();
        let segment = &mut self.segment;
        segment.text.clear();
        segment.text.extend_from_slice(&self.text[context..seen]);
        segment.own = (self.own - context) as u32..(to - context) as u32;
        let candidates = self.redactor.detector.find(segment);
        let mut done = self.own - context;
        let redactor = self.redactor;
        redactor.detector.learn(&mut self.memory, &candidates);
        redactor.detector.settle(&self.memory, &candidates, |_, detection| {
            if detection.range().start < to - context {
                redactor.replace(&segment.text, (detection.range(), detection), &mut done, out);
            }
        });
        let decided = (to - context).max(done);
        out.extend_from_slice(&segment.text[done..decided]);
        self.own = context + decided;
    }

    /// Where the context of the undecided text begins: within a long line, some way before; at the start of a line,
    /// with the line before it where that may announce a value (`SSN:`, or a short heading).
    fn context(&self) -> usize {
        let earliest = self.own.saturating_sub(CONTEXT);
        let Some((b'\n', before)) = self.text[earliest..self.own].split_last() else { return earliest };
        let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        let line = before[start..].trim_ascii_end();
        let announces = line.len() <= 40 || matches!(line.last(), Some(b':' | b'=' | b',' | b'-' | b'#'));
        if announces { earliest + start } else { self.own }
    }

    /// Drops decided text that is no context any more.
    fn forget(&mut self) {
        let kept = self.own.saturating_sub(CONTEXT);
        if kept >= WINDOW / 2 || kept > 0 && self.own == self.text.len() {
            self.text.drain(..kept);
            self.own -= kept;
            self.searched -= kept;
        }
    }
}
