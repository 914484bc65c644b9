//! X12 interchanges (health care transactions of 4010 and 5010), read segment by segment. Values stay parts of the stream's
//! own text; a transaction set is a message.

mod elements;
mod loops;
mod marks;

use std::ops::Range;

use self::elements::Values;
use self::loops::Loops;
use self::marks::Marks;
use super::base64;
use super::block::{Block, Window};
use super::head::{Head, Stream};
use super::job::Job;
use super::message::Fields;
use super::text;
use super::unescaped::Unescaped;
use crate::model::{Grid, Segment, Standard, Step};

/// Bytes by which a block may be shorter to end with a transaction set.
const MESSAGE_REACH: usize = 64 << 10;

/// True where the stream begins with the header of an interchange, a group or a transaction set.
pub(super) fn sniff(head: &Head<'_>) -> bool {
    Marks::of(head.text().trim_ascii_start()).is_some()
}

/// Reads a stream to its end as transaction sets.
pub(super) fn read(job: &mut Job<'_>, stream: Stream<'_>) {
    let mut window = stream.into_window();
    window.fill();
    let marks = Marks::of(window.text().trim_ascii_start()).unwrap_or_default();
    let mut reader = Reader { marks, message: 1, begun: false, loops: Loops::default() };
    while reader.read_block(job, &mut window) {}
}

/// What is known between blocks.
struct Reader {
    marks: Marks,
    /// Number, from 1, of the transaction set being read; its envelope counts to it.
    message: u64,
    /// True behind its header (ST).
    begun: bool,
    loops: Loops,
}

/// The part of a block that belongs to one transaction set.
struct Part {
    range: Range<usize>,
    message: u64,
    first_record: u64,
    values: Values,
}

impl Reader {
    /// Emits one block; false at the end.
    fn read_block(&mut self, job: &mut Job<'_>, window: &mut Window<'_>) -> bool {
        window.fill();
        let text = window.text();
        if text.is_empty() {
            return false;
        }
        if let Some(marks) = Marks::of_interchange(text.trim_ascii_start()) {
            self.marks = marks;
        }
        let Some(end) = self.reach(text, window.is_last()) else {
            let mark = self.marks.segment;
            let ends = |text: &[u8]| memchr::memchr(mark, text).map(|at| at + 1);
            return text::read_long(job, window, ends, |segment| segment);
        };
        let parts = self.read_parts(&window.text()[..end]);
        let block = window.cut(end, end, job.buffer());
        let mut lines = 0;
        parts.into_iter().all(|part| emit(job, &block, part, &mut lines))
    }

    /// A block ends with a transaction set if one ends near, else with a segment.
    fn reach(&self, text: &[u8], last: bool) -> Option<usize> {
        if last {
            return Some(text.len());
        }
        let end = memchr::memrchr(self.marks.segment, text)? + 1;
        let near = end.saturating_sub(MESSAGE_REACH);
        let begins = |at: &usize| {
            let before = &text[..*at];
            let mark = Some(&self.marks.segment);
            *at > 0 && (before.last() == mark || before.trim_ascii_end().last() == mark)
        };
        let header = [b'S', b'T', self.marks.element];
        let last = memchr::memmem::rfind(&text[near..end], &header).map(|at| near + at).filter(begins);
        Some(last.unwrap_or(end))
    }

    fn read_parts(&mut self, text: &[u8]) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut part = self.part(0);
        let mut start = 0;
        while start < text.len() {
            // The marks may change with the interchange.
            let end = memchr::memchr(self.marks.segment, &text[start..]).map_or(text.len(), |at| start + at);
            let begin = start + text[start..end].len() - text[start..end].trim_ascii_start().len();
            let segment = begin..begin + text[begin..end].trim_ascii_end().len();
            start = end + 1;
            if segment.is_empty() {
                continue;
            }
            if self.begins_message(&text[begin..]) {
                let next = self.part(begin);
                part.range.end = begin;
                parts.push(std::mem::replace(&mut part, next));
            }
            if let Some(marks) = Marks::of_interchange(&text[begin..])
                && marks != self.marks
            {
                self.marks = marks;
                start = begin;
                if memchr::memchr(self.marks.segment, &text[begin..]).is_some() {
                    continue;
                }
                start = end + 1;
            }
            elements::read(
                &mut part.values,
                text,
                segment,
                part.range.start,
                self.marks,
                &mut self.loops,
                part.first_record,
            );
        }
        part.range.end = text.len();
        parts.push(part);
        parts.retain(|part| !part.range.is_empty());
        parts
    }

    /// The part of the message in hand that begins at `start`.
    fn part(&self, start: usize) -> Part {
        let values = Values { fields: Fields::new(Standard::X12), literals: Vec::new() };
        Part { range: start..start, message: self.message, first_record: self.loops.record.max(1), values }
    }

    /// True where a segment belongs to another message than those before it.
    fn begins_message(&mut self, segment: &[u8]) -> bool {
        let is = |name: &[u8]| segment.starts_with(name) && segment.get(name.len()) == Some(&self.marks.element);
        let header = is(b"ST");
        let ends_one = self.begun && (header || is(b"GS") || is(b"ISA"));
        self.message += u64::from(ends_one);
        self.begun = header || self.begun && !ends_one;
        if ends_one {
            self.loops.leave();
        }
        ends_one
    }
}

/// Emits what belongs to one transaction set, and what is encoded in it.
fn emit(job: &mut Job<'_>, block: &Block, part: Part, lines: &mut u64) -> bool {
    let Part { range, message, first_record, values } = part;
    let mut segment = values.fields.into_segment(job, Grid::Unnamed, block.part(range, lines), Unescaped::default());
    segment.first_record = first_record;
    let frame = std::sync::Arc::make_mut(&mut segment.frame);
    frame.provenance = frame.provenance.iter().cloned().chain([Step::Message(message)]).collect();
    let literals = decode(&segment, &values.literals);
    job.send_framed(segment) && literals.into_iter().all(|literal| literal.read(job))
}

/// Decodes what is base64 at these places of a segment.
fn decode(segment: &Segment, places: &[Range<u32>]) -> Vec<base64::Literal> {
    let read = |place: &Range<u32>| {
        let contents = &segment.text[place.start as usize..place.end as usize];
        base64::Literal::decode(contents, segment.map.start(place.start)..segment.map.end(place.end))
    };
    places.iter().filter_map(read).collect()
}

#[cfg(test)]
mod tests;
