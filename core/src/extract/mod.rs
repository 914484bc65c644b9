//! Bytes in, segments out: one file per format, one row in `FORMATS`. Pure over `Read`; knows no identifiers.

mod base64;
mod block;
mod budget;
mod cards;
#[cfg(feature = "columnar")]
mod columnar;
mod compose;
mod compress;
mod csv;
#[cfg(feature = "dicom")]
mod dicom;
mod encoding;
mod head;
mod hl7v2;
mod html;
mod image;
mod job;
mod json;
mod lzw;
#[cfg(feature = "mail")]
mod mail;
mod message;
#[cfg(feature = "office")]
mod office;
#[cfg(feature = "ole")]
mod ole;
mod opaque;
#[cfg(feature = "pdf")]
mod pdf;
#[cfg(feature = "office")]
mod rtf;
mod runs;
#[cfg(feature = "archive")]
mod sevenz;
mod sibling;
mod sql;
mod sqlite;
mod table_name;
#[cfg(feature = "archive")]
mod tar;
#[cfg(test)]
mod testing;
mod text;
mod transfer;
mod unescaped;
mod x12;
mod xml;
#[cfg(feature = "archive")]
mod zip;

use std::borrow::Cow;
use std::io::{Read, Seek};

use crate::model::{Limits, Outcome, Reason, ReasonClass, Segment, SourceState, Unread};
use budget::{Budget, DiskReader};
use head::{Bytes, Head, Stream};
use job::Job;

/// How a stream is to be read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hint<'a> {
    /// Its file name: a hint only, content decides.
    pub name: &'a [u8],
    /// A format id that overrides sniffing.
    pub format: Option<&'a str>,
}

/// Bytes that can be read from any place.
pub trait Random: Read + Seek {}

impl<T: Read + Seek> Random for T {}

/// Where the bytes come from.
pub enum Input<'a> {
    /// A pipe, or anything else that goes forward only.
    Stream(&'a mut dyn Read),
    /// A file.
    File(&'a mut dyn Random),
}

/// Receives what an extractor reads, in stream order.
pub trait Emit {
    /// A block. False asks the extractor to stop (the scan was cancelled).
    fn segment(&mut self, segment: Segment) -> bool;
    /// A part that was not read.
    fn unread(&mut self, part: Unread);
    /// True where reading on makes no sense: cancelled, or out of time.
    fn is_over(&self) -> bool {
        false
    }
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
    /// Its parser is one that may die or hang: read in a worker process where there is one.
    isolated: bool,
}

impl Format {
    /// A format read in this process.
    const fn new(id: &'static str, sniff: fn(&Head<'_>) -> bool, read: fn(&mut Job<'_>, Stream<'_>)) -> Format {
        Format { id, sniff, read, unread: None, isolated: false }
    }

    /// A format read in a worker process where there is one.
    const fn isolated(id: &'static str, sniff: fn(&Head<'_>) -> bool, read: fn(&mut Job<'_>, Stream<'_>)) -> Format {
        Format { isolated: true, ..Format::new(id, sniff, read) }
    }
}

/// The first row whose sniff accepts a stream reads it; the last one accepts everything. Compression comes before
/// text. Formats that are not read (`opaque`) are looked for before all of them.
const FORMATS: &[Format] = &[
    #[cfg(feature = "archive")]
    Format::isolated("tar", tar::sniff, tar::read),
    #[cfg(feature = "archive")]
    Format::isolated("7z", sevenz::sniff, sevenz::read),
    #[cfg(feature = "office")]
    Format::isolated("docx", office::is_docx, zip::read),
    #[cfg(feature = "office")]
    Format::isolated("xlsb", office::is_xlsb, zip::read),
    #[cfg(feature = "office")]
    Format::isolated("xlsx", office::is_xlsx, zip::read),
    #[cfg(feature = "office")]
    Format::isolated("pptx", office::is_pptx, zip::read),
    #[cfg(feature = "office")]
    Format::isolated("odt", office::is_odt, zip::read),
    #[cfg(feature = "office")]
    Format::isolated("ods", office::is_ods, zip::read),
    #[cfg(feature = "office")]
    Format::isolated("odp", office::is_odp, zip::read),
    #[cfg(feature = "office")]
    Format::isolated("odf", office::is_flat, office::read_flat),
    #[cfg(feature = "office")]
    Format::isolated("rtf", rtf::sniff, rtf::read),
    #[cfg(feature = "archive")]
    Format::isolated("zip", zip::sniff, zip::read),
    #[cfg(feature = "mail")]
    Format::isolated("msg", |head| ole::names(head, "__substg1.0_"), ole::read),
    #[cfg(feature = "office")]
    Format::isolated("doc", |head| ole::is_document(head, "doc"), ole::read),
    #[cfg(feature = "office")]
    Format::isolated("ppt", |head| ole::is_document(head, "ppt"), ole::read),
    #[cfg(feature = "office")]
    Format::isolated("xls", |head| ole::is_document(head, "xls"), ole::read),
    #[cfg(feature = "office")]
    Format::isolated("biff", ole::is_bare, ole::read_bare),
    #[cfg(feature = "ole")]
    Format::isolated("ole", ole::sniff, ole::read),
    #[cfg(feature = "mail")]
    Format::isolated("pst", mail::is_pst, mail::read_pst),
    Format::new("gzip", compress::is_gzip, compress::read_gzip),
    Format::new("zstd", compress::is_zstd, compress::read_zstd),
    Format::new("bzip2", compress::is_bzip2, compress::read_bzip2),
    Format::new("xz", compress::is_xz, compress::read_xz),
    Format::new("lz4", compress::is_lz4, compress::read_lz4),
    Format::new("compress", compress::is_compress, compress::read_compress),
    Format::new("lzma", compress::is_lzma, compress::read_lzma),
    #[cfg(feature = "dicom")]
    Format::new("dicom", dicom::sniff, dicom::read),
    #[cfg(feature = "mail")]
    Format::isolated("mbox", mail::is_mbox, mail::read_mbox),
    #[cfg(feature = "mail")]
    Format::isolated("eml", mail::is_message, mail::read_message),
    Format::isolated("vcard", cards::is_vcard, cards::read_vcards),
    Format::isolated("icalendar", cards::is_calendar, cards::read_calendar),
    Format::isolated("ldif", cards::is_ldif, cards::read_ldif),
    #[cfg(feature = "columnar")]
    Format::isolated("parquet", columnar::is_parquet, columnar::read_parquet),
    #[cfg(feature = "columnar")]
    Format::new("parquet-encrypted", columnar::is_sealed, columnar::read_sealed),
    #[cfg(feature = "columnar")]
    Format::isolated("arrow", columnar::is_file, columnar::read_file),
    #[cfg(feature = "columnar")]
    Format::isolated("arrow-stream", columnar::is_stream, columnar::read_stream),
    #[cfg(feature = "columnar")]
    Format::isolated("avro", columnar::avro::is_avro, columnar::avro::read_avro),
    #[cfg(feature = "orc")]
    Format::isolated("orc", columnar::is_orc, columnar::read_orc),
    Format::new("sqlite", sqlite::sniff, sqlite::read),
    Format::new("sqlite-wal", sqlite::is_wal, sqlite::read_wal),
    Format::new("sqlite-journal", sqlite::is_journal, sqlite::read_journal),
    Format::new("sql", sql::sniff, sql::read),
    Format::isolated("html", html::sniff, html::read),
    Format::isolated("xml", xml::sniff, xml::read),
    #[cfg(feature = "pdf")]
    Format::isolated("pdf", pdf::sniff, pdf::read),
    Format::new("json", json::sniff, json::read),
    Format::new("hl7v2", hl7v2::sniff, hl7v2::read),
    Format::new("x12", x12::sniff, x12::read),
    Format::new("sqlcipher", sqlite::is_encrypted, sqlite::read_encrypted),
    Format::new("binary", runs::is_binary, runs::read_binary),
    Format::new("csv", csv::sniff, csv::read),
    TEXT,
];

/// What everything is that nobody knows better.
const TEXT: Format = Format::new("text", |_| true, text::read);

/// Reads a stream to its end, as what its first bytes say it is, and emits its text.
///
/// Every decoder below works under `limits`. Bad input never fails the call: it becomes unread parts and a state.
pub fn extract(input: Input<'_>, hint: Hint<'_>, limits: &Limits, emit: &mut dyn Emit) -> Extraction {
    let budget = Budget::new(limits);
    let mut job = Job::new(emit, &budget, hint.name, hint.format);
    let bytes = match input {
        Input::Stream(input) => Bytes::Stream(Box::new(DiskReader { input, budget: &budget })),
        Input::File(input) => Bytes::File(DiskReader { input, budget: &budget }),
    };
    let format = read_stream(&mut job, bytes);
    if budget.is_stopped() {
        job.reason = job.reason.or(Some(Reason::Interrupted));
    }
    let state = match job.reason {
        None => SourceState::Complete,
        Some(it) if budget.emitted() == 0 && it.class() == ReasonClass::Failure => SourceState::Failed,
        Some(_) => SourceState::Partial,
    };
    let decoded = (budget.decoded() > 0).then(|| budget.decoded());
    let failed = job.reason.is_some_and(|it| it.class() == ReasonClass::Failure);
    let outcome = Outcome { bytes_examined: budget.examined(failed), decoded };
    Extraction { format, state, reason: job.reason, outcome }
}

/// Reads one stream, the outermost or one within it, and says what format it has.
fn read_stream(job: &mut Job<'_>, bytes: Bytes<'_>) -> &'static str {
    let stream = Stream::open(bytes, job.buffer());
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

/// True where the file that begins with `bytes` is best read in a worker process. The inside of a compressed one counts
/// as far as its first bytes tell.
pub fn wants_isolation(bytes: &[u8], hint: Hint<'_>) -> bool {
    let mut bytes = Cow::Borrowed(bytes);
    for _ in 0..PEEKED_LAYERS {
        let format = {
            let stream = Stream::open(Bytes::Stream(Box::new(&*bytes)), Vec::new());
            choose(&Head::new(&stream, hint.name), hint.format)
        };
        if format.isolated {
            return true;
        }
        let Some(inner) = compress::peek(format.id, &bytes) else { return false };
        bytes = Cow::Owned(inner);
    }
    true
}

/// Bytes at a file's beginning that [`wants_isolation`] wants to see.
pub const PEEKED: usize = head::PEEKED;
/// Layers of compression that are looked through before a file is read.
const PEEKED_LAYERS: usize = 4;

/// The stable id of that name, if there is such a format.
pub fn format_id(id: &str) -> Option<&'static str> {
    let known = [opaque::FORMATS, FORMATS].into_iter().flatten().map(|format| format.id);
    known.chain(["unknown"]).find(|it| *it == id)
}

/// The format a caller insists on, else what the content says.
fn choose(head: &Head<'_>, wanted: Option<&str>) -> &'static Format {
    const ALL: [&[Format]; 2] = [opaque::FORMATS, FORMATS];
    let rows = || ALL.into_iter().flatten();
    let by_id = rows().find(|format| Some(format.id) == wanted);
    by_id.or_else(|| rows().find(|format| (format.sniff)(head))).unwrap_or(&TEXT)
}

/// True where bytes are of a format that more can be told of than that they are bytes, or are text.
fn is_readable(bytes: &[u8]) -> bool {
    let stream = Stream::open(Bytes::Stream(Box::new(bytes)), Vec::new());
    let head = Head::new(&stream, b"");
    match choose(&head, None).id {
        "binary" => return false,
        "text" => {}
        _ => return true,
    }
    let text = head.text();
    let odd = text.iter().filter(|byte| byte.is_ascii_control() && !byte.is_ascii_whitespace()).count();
    let plain = std::str::from_utf8(bytes).is_ok() || text.iter().all(u8::is_ascii);
    !text.is_empty() && plain && odd * 50 <= text.len()
}
