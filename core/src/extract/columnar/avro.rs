//! Avro container files: blocks of records, decoded by the schema they carry. A damaged block costs that block only.

mod schema;
mod value;

use std::io::Read;

use self::schema::Schema;
use self::value::Decoder;
use super::super::budget::DecodedReader;
use super::super::compose::{Composer, Value};
use super::super::head::{Head, MEMORY, Stream};
use super::super::job::Job;
use crate::model::{FieldKind, Grid, Reason};

const MAGIC: &[u8] = b"Obj\x01";
/// Bytes behind each block.
const MARKER: usize = 16;
/// Kibibytes that a dictionary may take.
const XZ_MEMORY: u32 = 256 << 10;
/// Bytes of the header.
const MAX_HEADER: usize = 16 << 20;

/// True for an Avro container file.
pub(in super::super) fn is_avro(head: &Head<'_>) -> bool {
    head.raw.starts_with(MAGIC)
}

/// Bytes that are read on demand.
struct Source<'a> {
    input: Box<dyn Read + 'a>,
    bytes: Vec<u8>,
    at: usize,
    ended: bool,
}

impl Source<'_> {
    /// Reads on until so many bytes are there, or the stream ends.
    fn fill(&mut self, wanted: usize) -> &[u8] {
        if self.at > 1 << 20 {
            self.bytes.drain(..self.at);
            self.at = 0;
        }
        while self.bytes.len() - self.at < wanted && !self.ended {
            let missing = (wanted - (self.bytes.len() - self.at)).max(64 << 10) as u64;
            let read = (&mut self.input).take(missing).read_to_end(&mut self.bytes);
            self.ended = !matches!(read, Ok(count) if count as u64 == missing);
        }
        &self.bytes[self.at..]
    }

    fn number(&mut self) -> Option<i64> {
        let (number, used) = value::number(self.fill(10))?;
        self.at += used;
        Some(number)
    }

    fn take(&mut self, count: usize) -> Option<Vec<u8>> {
        let bytes = self.fill(count).get(..count)?.to_vec();
        self.at += count;
        Some(bytes)
    }
}

/// What stands before the blocks.
struct Header {
    schema: Schema,
    codec: Vec<u8>,
    marker: Vec<u8>,
    /// What else it says.
    notes: Vec<(Vec<u8>, Vec<u8>)>,
}

/// Reads a stream to its end as Avro.
pub(in super::super) fn read_avro(job: &mut Job<'_>, stream: Stream<'_>) {
    let mut source = Source { input: stream.into_bytes(), bytes: Vec::new(), at: 0, ended: false };
    let Some(header) = read_header(&mut source) else { return job.unread(Reason::Malformed, None) };
    let mut composer = Composer::new(job).with_grid(Grid::Rows);
    for (key, text) in &header.notes {
        let label = composer.named(key);
        if !composer.push(job, Value { kind: FieldKind::Markup, label, ..Value::prose(text) }) {
            return;
        }
    }
    let mut decoder = Decoder::new(&header.schema, composer);
    // A line end behind the last block is no block.
    while source.fill(MARKER).iter().any(|byte| !byte.is_ascii_whitespace()) {
        match read_block(job, &mut source, &header, &mut decoder) {
            Ok(true) => {}
            Ok(false) => return,
            Err(reason) => {
                job.unread(reason, None);
                if reason != Reason::Malformed || !find_marker(&mut source, &header.marker) {
                    break;
                }
            }
        }
    }
    decoder.flush(job);
}

fn read_header(source: &mut Source<'_>) -> Option<Header> {
    source.take(MAGIC.len())?;
    let (mut schema, mut codec, mut notes) = (None, b"null".to_vec(), Vec::new());
    loop {
        let mut count = source.number()?;
        if count == 0 {
            break;
        }
        if count < 0 {
            count = count.checked_neg()?;
            source.number()?;
        }
        for _ in 0..count {
            let key = read_bytes(source)?;
            let text = read_bytes(source)?;
            match &key[..] {
                b"avro.schema" => schema = Schema::read(&text),
                b"avro.codec" => codec = text,
                _ => notes.push((key, text)),
            }
        }
    }
    Some(Header { schema: schema?, codec, marker: source.take(MARKER)?, notes })
}

fn read_bytes(source: &mut Source<'_>) -> Option<Vec<u8>> {
    let length = usize::try_from(source.number()?).ok().filter(|it| *it <= MAX_HEADER)?;
    source.take(length)
}

/// Reads one block; false where no more is wanted.
fn read_block(
    job: &mut Job<'_>,
    source: &mut Source<'_>,
    header: &Header,
    decoder: &mut Decoder<'_>,
) -> Result<bool, Reason> {
    let count = source.number().and_then(|it| u64::try_from(it).ok()).ok_or(Reason::Malformed)?;
    let size = source.number().and_then(|it| usize::try_from(it).ok()).ok_or(Reason::Malformed)?;
    if size as u64 > MEMORY {
        return Err(Reason::LimitBytes);
    }
    let rest = source.fill(size + MARKER);
    let (block, is_whole) =
        (rest[..size.min(rest.len())].to_vec(), rest.get(size..size + MARKER) == Some(&header.marker));
    let (plain, is_sound) = decompress(job, &header.codec, &block)?;
    let read = decoder.read_block(job, &plain, count);
    if job.is_over() {
        return Ok(false);
    }
    if !read || !is_sound || !is_whole {
        // Where it is the size that is damaged, the next marker is looked for from the beginning on.
        source.at += if is_whole { size } else { 0 };
        return Err(Reason::Malformed);
    }
    source.at += size + MARKER;
    Ok(true)
}

/// The block's records, and whether all of them.
fn decompress(job: &mut Job<'_>, codec: &[u8], block: &[u8]) -> Result<(Vec<u8>, bool), Reason> {
    let decoder: Box<dyn Read + '_> = match codec {
        b"null" => return Ok((block.to_vec(), true)),
        b"snappy" => return Ok(unsnap(block)),
        b"deflate" => Box::new(flate2::read::DeflateDecoder::new(block)),
        b"zstandard" => Box::new(zstd::Decoder::with_buffer(block).map_err(|_| Reason::Malformed)?),
        b"bzip2" => Box::new(bzip2::read::BzDecoder::new(block)),
        b"xz" => Box::new(lzma_rust2::XzReader::new_mem_limit(block, false, XZ_MEMORY)),
        _ => return Err(Reason::Unsupported),
    };
    let mut plain = Vec::new();
    // The reader ends at errors and notes why.
    let _ = DecodedReader::new(decoder, job.budget).take(MEMORY).read_to_end(&mut plain);
    match job.budget.take_failure() {
        None if plain.len() as u64 == MEMORY => Err(Reason::LimitBytes),
        None => Ok((plain, true)),
        Some(Reason::Malformed) => Ok((plain, false)),
        Some(reason) => Err(reason),
    }
}

/// Four bytes of checksum stand behind the block.
fn unsnap(block: &[u8]) -> (Vec<u8>, bool) {
    let body = &block[..block.len().saturating_sub(4)];
    let fits = snap::raw::decompress_len(body).is_ok_and(|it| it as u64 <= MEMORY);
    let plain = if fits { snap::raw::Decoder::new().decompress_vec(body).ok() } else { None };
    plain.map_or((Vec::new(), false), |plain| (plain, true))
}

/// Goes on behind the next marker, if there is one.
fn find_marker(source: &mut Source<'_>, marker: &[u8]) -> bool {
    loop {
        let rest = source.fill(1 << 20);
        if let Some(found) = memchr::memmem::find(rest, marker) {
            source.at += found + MARKER;
            return true;
        }
        let length = rest.len();
        if source.ended {
            source.at += length;
            return false;
        }
        source.at += length.saturating_sub(MARKER - 1);
    }
}
