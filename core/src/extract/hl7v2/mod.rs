//! HL7 v2 messages, one or a feed of them, read segment by segment. Values stay parts of the stream's own text; what is
//! no segment is read as prose.

mod escape;
mod long;
mod segment;
mod types;

use self::segment::{Marks, Open, Values};
use super::block::Window;
use super::head::{Head, Stream};
use super::job::Job;
use super::message::Fields;
use super::text;
use super::unescaped::Unescaped;
use crate::model::{Grid, Standard};

/// Bytes by which a block may be shorter to end with a message.
const MESSAGE_REACH: usize = 64 << 10;

/// True where the stream begins with the header of a message, a batch or a file, framed (MLLP) or not.
pub(super) fn sniff(head: &Head<'_>) -> bool {
    let text = head.text();
    let start = text.iter().position(|byte| !is_blank(*byte)).unwrap_or(text.len());
    Marks::of(&text[start..]).is_some()
}

/// White space and the bytes that MLLP puts around messages.
fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, 0 | 0x0B | 0x1C)
}

/// Reads a stream to its end as messages.
pub(super) fn read(job: &mut Job<'_>, stream: Stream<'_>) {
    let mut window = stream.into_window();
    let mut reader = Reader::default();
    while reader.read_block(job, &mut window) {}
}

/// What is known between blocks.
#[derive(Default)]
struct Reader {
    /// The delimiters of the message being read.
    marks: Marks,
    /// Its number, from 1; 0 before the first one.
    message: u64,
    /// The segment that the block begins within.
    open: Option<Open>,
}

/// How much of a window is read at once.
enum Reach {
    /// Whole segments.
    Segments(usize),
    /// A part of a segment that is longer than a block: whole fields.
    Fields(usize),
    /// A value that is longer than a block.
    Value,
    /// Prose that is.
    Prose,
}

impl Reader {
    /// Emits one block; false at the end.
    fn read_block(&mut self, job: &mut Job<'_>, window: &mut Window<'_>) -> bool {
        window.fill();
        if window.text().is_empty() {
            return false;
        }
        match self.reach(window.text(), window.is_last()) {
            Reach::Segments(end) => self.read_segments(job, window, end, true),
            Reach::Fields(end) => self.read_segments(job, window, end, false),
            Reach::Value => self.read_long_value(job, window),
            Reach::Prose => text::read_long_line(job, window, |segment| segment),
        }
    }

    /// A block ends with a message if one ends near, else with a segment.
    fn reach(&self, text: &[u8], last: bool) -> Reach {
        if last {
            return Reach::Segments(text.len());
        }
        let near = text.len().saturating_sub(MESSAGE_REACH);
        let header = [b'M', b'S', b'H', self.marks.field];
        let begins = |at: &usize| *at > 0 && matches!(text[at - 1], b'\r' | b'\n' | 0x0B);
        if let Some(at) = memchr::memmem::rfind(&text[near..], &header).map(|at| near + at).filter(begins) {
            return Reach::Segments(at);
        }
        if let Some(at) = memchr::memrchr2(b'\r', b'\n', text) {
            return Reach::Segments(at + 1);
        }
        if self.open.is_none() && !self.marks.begin_segment(text) {
            return Reach::Prose;
        }
        memchr::memrchr(self.marks.field, text).map_or(Reach::Value, |at| Reach::Fields(at + 1))
    }

    /// Emits what stands before `end`; the last segment may go on behind it.
    fn read_segments(&mut self, job: &mut Job<'_>, window: &mut Window<'_>, end: usize, ended: bool) -> bool {
        let text = &window.text()[..end];
        let first_record = match text.iter().position(|byte| !is_blank(*byte)) {
            Some(start) if self.open.is_none() && text[start..].starts_with(b"MSH") => self.message + 1,
            _ => self.message.max(1),
        };
        let mut values = Values::default();
        let mut start = 0;
        for line_end in memchr::memchr2_iter(b'\r', b'\n', text).chain([end]) {
            if line_end > start || self.open.is_some() {
                let goes_on = line_end == end && !ended;
                self.read_line(&mut values, text, start..line_end, first_record, goes_on);
            }
            start = line_end + 1;
        }
        let Values { fields, mut text, literals } = values;
        if text.is_used() {
            text.copy_to(window.text(), end);
        }
        let block = window.cut(end, end, job.buffer());
        let mut segment = fields.into_segment(job, Grid::Messages, block, text);
        segment.first_record = first_record;
        let literals = long::decode(&segment, &literals);
        job.send_framed(segment) && literals.into_iter().all(|literal| literal.read(job))
    }
}

impl Default for Values {
    fn default() -> Self {
        Values { fields: Fields::new(Standard::Hl7v2), text: Unescaped::default(), literals: Vec::new() }
    }
}

#[cfg(test)]
mod tests;
