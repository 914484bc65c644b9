//! ORC, one batch in memory at a time.

use std::cell::RefCell;
use std::io::{Cursor, Read, SeekFrom};

use bytes::Bytes;
use orc_rust::arrow_reader::ArrowReaderBuilder;
use orc_rust::reader::ChunkReader;

use super::super::Random;
use super::super::head::{Head, MEMORY, Stream};
use super::super::job::Job;
use super::guard;
use super::rows::Rows;
use crate::model::Reason;

/// Rows decoded at a time.
const BATCH: usize = 1024;

/// True for ORC: text that begins so has no bytes of that kind.
pub(in super::super) fn is_orc(head: &Head<'_>) -> bool {
    head.raw.starts_with(b"ORC") && head.raw.iter().any(|byte| *byte < 9)
}

/// A file that is read in parts.
struct Parts<'a> {
    input: RefCell<Box<dyn Random + 'a>>,
    length: u64,
}

impl Parts<'_> {
    fn part(&self, start: u64, length: u64) -> std::io::Result<Vec<u8>> {
        if start.checked_add(length).is_none_or(|end| end > self.length) || length > MEMORY {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let mut input = self.input.borrow_mut();
        input.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        (&mut **input).take(length).read_to_end(&mut bytes)?;
        if bytes.len() as u64 == length { Ok(bytes) } else { Err(std::io::ErrorKind::UnexpectedEof.into()) }
    }
}

impl ChunkReader for Parts<'_> {
    type T = Cursor<Vec<u8>>;

    fn len(&self) -> u64 {
        self.length
    }

    fn get_read(&self, start: u64) -> std::io::Result<Self::T> {
        self.part(start, self.length.saturating_sub(start)).map(Cursor::new)
    }

    fn get_bytes(&self, start: u64, length: u64) -> std::io::Result<Bytes> {
        self.part(start, length).map(Bytes::from)
    }
}

/// Reads a stream to its end as ORC.
pub(in super::super) fn read_orc(job: &mut Job<'_>, stream: Stream<'_>) {
    let mut input = match stream.into_random() {
        Ok(input) => input,
        Err(reason) => return job.unread(reason, None),
    };
    let Ok(length) = input.seek(SeekFrom::End(0)) else { return job.unread(Reason::Io, None) };
    // Where the last bytes are as they should be, what cannot be opened is of a kind that cannot be read yet.
    let is_sound = ends_well(&mut *input, length);
    let parts = Parts { input: RefCell::new(input), length };
    let opened = guard(|| ArrowReaderBuilder::try_new(parts).map_err(|error| reason_of(&error)));
    let builder = match opened {
        Ok(builder) => builder,
        Err(_) if is_sound => return job.unread(Reason::Unsupported, Some(length)),
        Err(reason) => return job.unread(reason, Some(length)),
    };
    let mut rows = Rows::new(job);
    for (key, value) in builder.file_metadata().user_custom_metadata() {
        rows.describe(job, key, &String::from_utf8_lossy(value));
    }
    let mut reader = builder.with_batch_size(BATCH).build();
    loop {
        match guard(|| reader.next().transpose().map_err(|error| reason_of(&error))) {
            Ok(Some(batch)) if rows.emit(job, &batch) => {}
            Ok(_) => break,
            Err(reason) => {
                job.unread(reason, None);
                break;
            }
        }
    }
    rows.flush(job);
}

/// True where the magic bytes stand before the last one.
fn ends_well(input: &mut dyn Random, length: u64) -> bool {
    let mut tail = [0; 4];
    let at = SeekFrom::Start(length.saturating_sub(4));
    input.seek(at).and_then(|_| input.read_exact(&mut tail)).is_ok() && tail.starts_with(b"ORC")
}

/// What the library cannot read yet it says in many words.
fn reason_of(error: &dyn std::error::Error) -> Reason {
    let said = error.to_string().to_ascii_lowercase();
    if said.contains("unsupported") || said.contains("not supported") || said.contains("not implemented") {
        return Reason::Unsupported;
    }
    Reason::Malformed
}
