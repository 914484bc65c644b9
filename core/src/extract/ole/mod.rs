//! OLE compound files (MS-CFB): opened with care, then read by the kind that their streams tell.

#[cfg(feature = "office")]
pub(super) mod bytes;
#[cfg(feature = "office")]
mod doc;
#[cfg(feature = "office")]
mod macros;
#[cfg(feature = "office")]
mod objects;
mod padded;
#[cfg(feature = "office")]
mod pictures;
#[cfg(feature = "office")]
mod ppt;
#[cfg(feature = "office")]
mod properties;
#[cfg(feature = "office")]
mod xls;

use std::collections::HashSet;
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;

use cfb::CompoundFile;

use super::budget::DecodedReader;
use super::compose::Composer;
use super::head::{Bytes, Head, Stream};
use super::job::Job;
use super::{Random, runs};
use crate::model::{Reason, Step, Text};
use padded::Padded;

const MAGIC: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// An open compound file.
pub(super) type Container<'a> = CompoundFile<&'a mut dyn Random>;

/// A kind of compound file: the stream that only it has, and what reads it.
struct Kind {
    stream: &'static str,
    /// Reads what stands in the storage of that path, which is empty for the file itself.
    read: fn(&mut Job<'_>, &mut Container<'_>, &str),
}

/// The first row whose stream is there reads the file.
const KINDS: &[Kind] = &[
    Kind { stream: "EncryptedPackage", read: read_encrypted },
    Kind { stream: "EncryptedSummary", read: read_encrypted },
    #[cfg(feature = "mail")]
    Kind { stream: "__properties_version1.0", read: |job, container, _| super::mail::msg::read(job, container) },
    #[cfg(feature = "office")]
    Kind { stream: "WordDocument", read: doc::read },
    #[cfg(feature = "office")]
    Kind { stream: "PowerPoint Document", read: ppt::read },
    #[cfg(feature = "office")]
    Kind { stream: xls::STREAMS[0], read: xls::read },
    #[cfg(feature = "office")]
    Kind { stream: xls::STREAMS[1], read: xls::read },
    #[cfg(feature = "office")]
    Kind { stream: "VBA/dir", read: macros::read },
];

/// What the storage of that path is.
fn kind_in(container: &Container<'_>, path: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|it| container.is_stream(format!("{path}/{}", it.stream)))
}

/// True where the stream is a compound file.
pub(super) fn sniff(head: &Head<'_>) -> bool {
    head.raw.starts_with(MAGIC)
}

/// True where a compound file's first bytes name a stream or storage that begins so.
pub(super) fn names(head: &Head<'_>, stream: &str) -> bool {
    let wide: Vec<u8> = stream.bytes().flat_map(|it| [it, 0]).collect();
    sniff(head) && memchr::memmem::find(head.raw, &wide).is_some()
}

#[cfg(feature = "office")]
pub(super) use xls::{is_bare, read_bare};

/// The names of streams that tell documents.
#[cfg(feature = "office")]
const DOCUMENTS: [(&str, &str); 4] =
    [("doc", "WordDocument"), ("ppt", "PowerPoint Document"), ("xls", "Workbook"), ("xls", "Book")];

/// True where the first stream that a compound file's first bytes name is one of that kind of document.
#[cfg(feature = "office")]
pub(super) fn is_document(head: &Head<'_>, id: &str) -> bool {
    let first = |stream: &str| {
        let wide: Vec<u8> = stream.bytes().chain([0]).flat_map(|it| [it, 0]).collect();
        // An entry of the directory begins with its name.
        memchr::memmem::find_iter(head.raw, &wide).find(|at| at % 128 == 0)
    };
    let found = DOCUMENTS.iter().filter_map(|it| Some((first(it.1)?, it.0)));
    sniff(head) && found.min().is_some_and(|it| it.1 == id)
}

/// Reads a stream to its end as what its compound file holds.
pub(super) fn read(job: &mut Job<'_>, stream: Stream<'_>) {
    let mut bytes = match stream.into_random() {
        Ok(bytes) => bytes,
        Err(reason) => return job.unread(reason, None),
    };
    let size = bytes.seek(SeekFrom::End(0)).unwrap_or(0);
    let is_sane = is_sane(&mut *bytes, size);
    if is_sane && let Some(mut container) = open(&mut *bytes, size) {
        return read_kind(job, &mut container);
    }
    // The end may be missing, or its table may be longer than it is.
    if is_sane
        && let Some(mut padded) = Padded::new(&mut *bytes)
        && let Some(mut container) = open(&mut padded, size)
    {
        if !is_whole(&mut container) {
            job.unread(Reason::Malformed, None);
        }
        return read_kind(job, &mut container);
    }
    job.unread(Reason::Malformed, None);
    if bytes.rewind().is_ok() {
        let mut composer = Composer::new(job);
        runs::read(job, &mut composer, bytes);
        composer.flush(job);
    }
}

fn open(bytes: &mut dyn Random, size: u64) -> Option<Container<'_>> {
    bytes.rewind().ok()?;
    let container = CompoundFile::open(bytes).ok()?;
    // Streams that share their bytes would be read over and over.
    let total = container.walk().map(|it| it.len()).fold(0, u64::saturating_add);
    (total <= size.saturating_mul(2)).then_some(container)
}

fn read_kind(job: &mut Job<'_>, container: &mut Container<'_>) {
    match kind_in(container, "") {
        Some(kind) => (kind.read)(job, container, ""),
        None => read_unknown(job, container),
    }
}

/// True where every stream is there to its last byte.
fn is_whole(container: &mut Container<'_>) -> bool {
    let streams: Vec<_> = container.walk().filter(|it| it.is_stream() && !it.is_empty()).collect();
    streams.iter().all(|it| {
        let Ok(mut stream) = container.open_stream(it.path()) else { return false };
        stream.seek(SeekFrom::End(-1)).and_then(|_| stream.read_exact(&mut [0])).is_ok()
    })
}

/// The library trusts the list of sectors that hold the allocation table: it must name each once and none that is not
/// there, or a small file asks for much memory.
fn is_sane(bytes: &mut dyn Random, size: u64) -> bool {
    let mut header = [0; 512];
    if bytes.rewind().is_err() || bytes.read_exact(&mut header).is_err() {
        return false;
    }
    let shift = u16::from_le_bytes([header[30], header[31]]);
    if !matches!(shift, 9 | 12) {
        return false;
    }
    let word = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let mut seen = HashSet::new();
    let mut table: Vec<u32> =
        header[76..].chunks_exact(4).map(|it| u32::from_le_bytes([it[0], it[1], it[2], it[3]])).collect();
    let mut next = word(68);
    let mut sector = vec![0; 1 << shift];
    loop {
        let free = |it: &u32| *it >= 0xFFFF_FFFA || *it == 0;
        if !table.iter().filter(|it| !free(it)).all(|it| u64::from(*it) < size >> shift && seen.insert(*it)) {
            return false;
        }
        if next >= 0xFFFF_FFFA {
            return true;
        }
        let at = (u64::from(next) + 1) << shift;
        if !seen.insert(next) || bytes.seek(SeekFrom::Start(at)).is_err() || bytes.read_exact(&mut sector).is_err() {
            return false;
        }
        table = sector.chunks_exact(4).map(|it| u32::from_le_bytes([it[0], it[1], it[2], it[3]])).collect();
        next = table.pop().unwrap_or(u32::MAX);
    }
}

fn read_encrypted(job: &mut Job<'_>, _: &mut Container<'_>, _: &str) {
    job.unread(Reason::Encrypted, None);
}

/// Reads what can be read of a kind nobody knows: the printable runs of its streams.
fn read_unknown(job: &mut Job<'_>, container: &mut Container<'_>) {
    #[cfg(feature = "office")]
    if objects::read_files(job, container, "object", "") {
        return;
    }
    read_runs(job, container, |_| true);
    job.unread(Reason::Unsupported, None);
}

/// Emits the printable runs of those streams whose paths are wanted.
pub(super) fn read_runs(job: &mut Job<'_>, container: &mut Container<'_>, wanted: impl Fn(&str) -> bool) {
    let streams = container.walk().filter(|it| it.is_stream()).map(|it| it.path().to_path_buf());
    let wanted = streams.filter(|it| wanted(it.to_string_lossy().trim_start_matches('/'))).collect();
    read_runs_of(job, container, wanted);
}

/// Emits the printable runs of the streams in a storage.
#[cfg(feature = "office")]
fn read_runs_in(job: &mut Job<'_>, container: &mut Container<'_>, storage: &str) {
    let Ok(entries) = container.walk_storage(storage) else { return };
    let streams = entries.filter(|it| it.is_stream()).map(|it| it.path().to_path_buf()).collect();
    read_runs_of(job, container, streams);
}

fn read_runs_of(job: &mut Job<'_>, container: &mut Container<'_>, streams: Vec<PathBuf>) {
    for path in streams {
        let name = path.to_string_lossy().trim_start_matches('/').to_owned();
        let Ok(stream) = container.open_stream(&path) else {
            job.unread_inside(Step::Member(Text::from(name.as_str())), Reason::Malformed, None);
            continue;
        };
        let mut composer = Composer::inside(job, Step::Member(Text::from(name.as_str())));
        let budget = job.budget;
        let going = runs::read(job, &mut composer, DecodedReader::new(Box::new(stream), budget));
        if !going || !composer.flush(job) {
            return;
        }
    }
}

/// Emits the printable runs of bytes that make no other sense; false where the receiver wants no more.
#[cfg(feature = "office")]
fn read_printable(job: &mut Job<'_>, bytes: &[u8]) -> bool {
    let mut composer = Composer::new(job);
    runs::read(job, &mut composer, bytes) && composer.flush(job)
}

/// A stream's bytes, up to `most`; what is longer is reported and cut.
pub(super) fn read_stream(job: &mut Job<'_>, container: &mut Container<'_>, path: &str, most: u64) -> Option<Vec<u8>> {
    let stream = container.open_stream(path).ok()?;
    let mut bytes = Vec::new();
    if stream.len() > most {
        job.unread(Reason::LimitBytes, None);
    }
    // Damage further in is noted by the budget's reader.
    let _ = DecodedReader::new(Box::new(stream.take(most)), job.budget).read_to_end(&mut bytes);
    Some(bytes)
}

/// A stream to be read as one of its own.
pub(super) fn open_stream<'x, 'a: 'x, 'c: 'x>(
    job: &Job<'a>,
    container: &mut Container<'c>,
    path: &str,
) -> Option<Bytes<'x>> {
    let stream = container.open_stream(path).ok()?;
    Some(Bytes::Stream(Box::new(DecodedReader::new(Box::new(stream), job.budget))))
}
