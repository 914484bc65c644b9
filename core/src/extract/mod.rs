//! Bytes in, segments out: one file per format, one row in `FORMATS`. Pure over `Read`; knows no identifiers.

mod base64;
mod block;
mod budget;
mod compress;
mod csv;
mod encoding;
mod head;
mod job;
mod json;
mod opaque;
#[cfg(test)]
mod testing;
mod text;

use std::io::Read;

use crate::model::{Limits, Outcome, Reason, Segment, SourceState, Unread};
use budget::{Budget, DiskReader};
use head::{Head, Stream};
use job::Job;

/// How a stream is to be read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hint<'a> {
    /// Its file name: a hint only, content decides.
    pub name: &'a [u8],
    /// A format id that overrides sniffing.
    pub format: Option<&'a str>,
}

/// Receives what an extractor reads, in stream order.
pub trait Emit {
    /// A block. False asks the extractor to stop (the scan was cancelled).
    fn segment(&mut self, segment: Segment) -> bool;
    /// A part that was not read.
    fn unread(&mut self, part: Unread);
    /// A used-up text buffer to fill again, if there is one.
    fn buffer(&mut self) -> Vec<u8> {
        Vec::new()
    }
}

/// How reading a stream ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extraction {
    /// Stable id of the outermost format.
    pub format: &'static str,
    /// How far it was read.
    pub state: SourceState,
    /// The main reason where it is not complete.
    pub reason: Option<Reason>,
    /// Byte counts.
    pub outcome: Outcome,
}

/// A kind of stream: how it is told, how it is read.
struct Format {
    /// Stable id.
    id: &'static str,
    /// Whether the first bytes are of this format.
    sniff: fn(&Head<'_>) -> bool,
    /// Reads the stream to its end.
    read: fn(&mut Job<'_>, Stream<'_>),
    /// Why reading it is not all there is to it, if so.
    unread: Option<Reason>,
}

/// The first row whose sniff accepts a stream reads it; the last one accepts everything. Compression comes before
/// text. Formats that are not read (`opaque`) are looked for before all of them.
const FORMATS: [Format; 7] = [
    Format { id: "gzip", sniff: compress::is_gzip, read: compress::read_gzip, unread: None },
    Format { id: "zstd", sniff: compress::is_zstd, read: compress::read_zstd, unread: None },
    Format { id: "bzip2", sniff: compress::is_bzip2, read: compress::read_bzip2, unread: None },
    Format { id: "xz", sniff: compress::is_xz, read: compress::read_xz, unread: None },
    Format { id: "json", sniff: json::sniff, read: json::read, unread: None },
    Format { id: "csv", sniff: csv::sniff, read: csv::read, unread: None },
    TEXT,
];

/// What everything is that nobody knows better.
const TEXT: Format = Format { id: "text", sniff: |_| true, read: text::read, unread: None };

/// Reads a stream to its end, as what its first bytes say it is, and emits its text.
///
/// Every decoder below works under `limits`. Bad input never fails the call: it becomes unread parts and a state.
pub fn extract(input: &mut dyn Read, hint: Hint<'_>, limits: &Limits, emit: &mut dyn Emit) -> Extraction {
    let budget = Budget::new(limits);
    let mut job = Job::new(emit, &budget, hint.name, hint.format);
    let disk = DiskReader { input, budget: &budget };
    let format = read_stream(&mut job, Box::new(disk));
    if budget.is_stopped() {
        job.reason = job.reason.or(Some(Reason::Interrupted));
    }
    let state = match job.reason {
        None => SourceState::Complete,
        Some(_) if budget.emitted() == 0 => SourceState::Failed,
        Some(_) => SourceState::Partial,
    };
    let decoded = (budget.decoded() > 0).then(|| budget.decoded());
    let outcome = Outcome { bytes_examined: budget.disk(), decoded };
    Extraction { format, state, reason: job.reason, outcome }
}

/// Reads one stream, the outermost or one within it, and says what format it has.
fn read_stream(job: &mut Job<'_>, input: Box<dyn Read + '_>) -> &'static str {
    let stream = Stream::open(input, job.buffer());
    let format = choose(&Head::new(&stream, &job.name), job.format);
    (format.read)(job, stream);
    if let Some(reason) = format.unread {
        job.unread(reason, None);
    }
    if let Some(reason) = job.budget.take_failure() {
        job.unread(reason, None);
    }
    format.id
}

/// The format a caller insists on, else what the content says.
fn choose(head: &Head<'_>, wanted: Option<&str>) -> &'static Format {
    const ALL: [&[Format]; 2] = [&opaque::FORMATS, &FORMATS];
    let rows = || ALL.into_iter().flatten();
    let by_id = rows().find(|format| Some(format.id) == wanted);
    by_id.or_else(|| rows().find(|format| (format.sniff)(head))).unwrap_or(&TEXT)
}

/// True where bytes are of a format that more can be told of than that they are bytes, or are text.
fn is_readable(bytes: &[u8]) -> bool {
    let stream = Stream::open(Box::new(bytes), Vec::new());
    let head = Head::new(&stream, b"");
    if choose(&head, None).id != "text" {
        return true;
    }
    let text = head.text();
    let odd = text.iter().filter(|byte| byte.is_ascii_control() && !byte.is_ascii_whitespace()).count();
    let plain = std::str::from_utf8(bytes).is_ok() || text.iter().all(u8::is_ascii);
    !text.is_empty() && plain && odd * 50 <= text.len()
}
