//! Long values that are base64 of something readable: decoded and read as streams of their own. Never guesses at binary.

use std::ops::Range;
use std::sync::Arc;

use super::Emit;
use super::head::Bytes;
use super::job::Job;
use crate::model::{LineEnds, OffsetMap, Piece, Reason, Segment, Step, Unread};

/// Characters below which a value is not looked at.
const SHORTEST: usize = 40;
/// Characters above which a value is not decoded.
const LONGEST: usize = 16 << 20;

/// A decoded value.
pub(super) struct Literal {
    bytes: Vec<u8>,
    /// The whole literal in the stream it stands in.
    place: Range<u64>,
}

/// A value that comes in parts.
pub(super) struct Collected {
    characters: Vec<u8>,
    start: u64,
    alive: bool,
    too_long: bool,
}

/// True where `value` is long enough, and made of nothing but base64 (RFC 4648, either alphabet, line ends allowed).
pub(super) fn may_be(value: &[u8]) -> bool {
    value.len() > SHORTEST && body(value).iter().all(|&byte| is_part(byte))
}

/// Without the head of a data URL (RFC 2397).
fn body(value: &[u8]) -> &[u8] {
    if !value.starts_with(b"data:") {
        return value;
    }
    let head = &value[..value.len().min(256)];
    match memchr::memmem::find(head, b";base64,") {
        Some(at) => &value[at + 8..],
        None => value,
    }
}

fn digit(byte: u8) -> Option<u32> {
    Some(match byte {
        b'A'..=b'Z' => u32::from(byte - b'A'),
        b'a'..=b'z' => u32::from(byte - b'a') + 26,
        b'0'..=b'9' => u32::from(byte - b'0') + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

/// True for a character of base64, its padding and its line ends included.
pub(super) fn is_part(byte: u8) -> bool {
    digit(byte).is_some() || is_filler(byte)
}

fn is_filler(byte: u8) -> bool {
    matches!(byte, b'=' | b'\r' | b'\n')
}

fn decode(value: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(value.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0);
    for &byte in body(value) {
        let Some(digit) = digit(byte) else { continue };
        bits = bits << 6 | digit;
        count += 1;
        if count == 4 {
            bytes.extend_from_slice(&bits.to_be_bytes()[1..]);
            (bits, count) = (0, 0);
        }
    }
    match count {
        0 => {}
        2 => bytes.push((bits >> 4) as u8),
        3 => bytes.extend_from_slice(&((bits >> 2) as u16).to_be_bytes()),
        _ => return None,
    }
    Some(bytes)
}

impl Literal {
    /// Decodes a value that stands at `place`, if it is base64 of something readable.
    pub(super) fn decode(value: &[u8], place: Range<u64>) -> Option<Literal> {
        let bytes = decode(value)?;
        super::is_readable(&bytes).then_some(Literal { bytes, place })
    }

    /// Reads it as a stream of its own; false where the receiver wants no more.
    pub(super) fn read(&self, job: &mut Job<'_>) -> bool {
        if job.depth >= job.budget.depth() {
            job.unread(Reason::LimitDepth, None);
            return true;
        }
        let frame = job.frame_inside(Step::part("base64"));
        let mut emit = WithinLiteral { emit: job.emit, place: self.place.clone() };
        let mut inner = Job {
            emit: &mut emit,
            budget: job.budget,
            frame: Arc::clone(&frame),
            depth: job.depth + 1,
            name: Vec::new(),
            format: None,
            reason: None,
        };
        super::read_stream(&mut inner, Bytes::Stream(Box::new(&self.bytes[..])));
        if let Some(reason) = inner.reason {
            job.note(reason);
        }
        !job.budget.is_stopped()
    }
}

/// The bytes of a value, if it is base64 of something readable.
pub(super) fn decoded(value: &[u8]) -> Option<Vec<u8>> {
    let bytes = if may_be(value) { decode(value)? } else { return None };
    super::is_readable(&bytes).then_some(bytes)
}

impl Collected {
    /// A value that begins at `start` in its stream.
    pub(super) fn new(start: u64) -> Self {
        Collected { characters: Vec::new(), start, alive: true, too_long: false }
    }

    /// The next part.
    pub(super) fn add(&mut self, part: &[u8]) {
        let fits = self.characters.len() + part.len() <= LONGEST;
        let plain = |part: &[u8]| part.iter().all(|&byte| is_part(byte));
        self.too_long |= self.alive && !fits && plain(part);
        self.alive &= fits && if self.characters.is_empty() { may_be(part) } else { plain(part) };
        if self.alive {
            self.characters.extend_from_slice(part);
        } else {
            self.characters = Vec::new();
        }
    }

    /// True where it is base64 as far as was looked, and too long to decode.
    pub(super) fn is_too_long(&self) -> bool {
        self.too_long
    }

    /// The decoded value, if it is base64 of something readable.
    pub(super) fn finish(self) -> Option<Literal> {
        let end = self.start + self.characters.len() as u64;
        if !self.alive || self.characters.is_empty() {
            return None;
        }
        Literal::decode(&self.characters, self.start..end)
    }
}

/// Everything in a literal has the place of the whole literal.
struct WithinLiteral<'a> {
    emit: &'a mut dyn Emit,
    place: Range<u64>,
}

impl Emit for WithinLiteral<'_> {
    fn segment(&mut self, mut segment: Segment) -> bool {
        let text_step = (segment.text.len() as u32).max(1);
        let orig_step = (self.place.end - self.place.start) as u32;
        let piece = Piece { text_start: 0, orig_start: self.place.start, text_step, orig_step };
        segment.map = OffsetMap { base: 0, pieces: vec![piece] };
        segment.lines_before = 0;
        segment.line_ends = LineEnds::At(Vec::new());
        self.emit.segment(segment)
    }
    fn unread(&mut self, part: Unread) {
        self.emit.unread(part);
    }
    fn buffer(&mut self) -> Vec<u8> {
        self.emit.buffer()
    }
}
