//! Arrow's own files (Feather) and streams. Every length is checked before the reader allocates by it.

use std::io::{BufReader, Read, SeekFrom};

use arrow_array::RecordBatch;
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_ipc::{Message, MessageHeader};
use arrow_schema::ArrowError;

use super::super::Random;
use super::super::head::{Head, Stream};
use super::super::job::Job;
use super::guard;
use super::rows::Rows;
use crate::model::Reason;

const MAGIC: &[u8] = b"ARROW1";
/// Says that a message of the current format follows.
const CONTINUES: [u8; 4] = [0xFF; 4];
/// Where the messages of a file begin.
const FIRST: u64 = 8;
/// Bytes of a message's description.
const MAX_DESCRIPTION: u64 = 16 << 20;
/// Bytes that one compressed buffer may grow to.
const MAX_BUFFER: i64 = 256 << 20;

/// True for an Arrow file or Feather version 2.
pub(in super::super) fn is_file(head: &Head<'_>) -> bool {
    head.raw.starts_with(MAGIC)
}

/// True for an Arrow stream: it begins with its schema.
pub(in super::super) fn is_stream(head: &Head<'_>) -> bool {
    let Some(length) = head.raw.strip_prefix(&CONTINUES).and_then(|it| it.first_chunk::<4>()) else { return false };
    let Some(message) = head.raw.get(8..8 + u32::from_le_bytes(*length) as usize) else { return false };
    arrow_ipc::root_as_message(message).is_ok_and(|it| it.header_type() == MessageHeader::Schema)
}

/// Reads a stream to its end as an Arrow file; as messages in their order where its footer is damaged.
pub(in super::super) fn read_file(job: &mut Job<'_>, stream: Stream<'_>) {
    let mut input = match stream.into_random() {
        Ok(input) => input,
        Err(reason) => return job.unread(reason, None),
    };
    let checked = check(&mut *input, FIRST);
    let open = |input| FileReader::try_new(BufReader::new(input), None).map_err(|_| Reason::Malformed);
    let reader = if checked.is_whole { guard(|| open(&mut *input)).ok() } else { None };
    match reader {
        Some(reader) => read_batches(job, reader),
        None => {
            job.unread(Reason::Malformed, None);
            read_messages(job, &mut *input, FIRST..checked.end);
        }
    }
}

/// Reads a stream to its end as Arrow messages.
pub(in super::super) fn read_stream(job: &mut Job<'_>, stream: Stream<'_>) {
    let mut input = match stream.into_random() {
        Ok(input) => input,
        Err(reason) => return job.unread(reason, None),
    };
    let checked = check(&mut *input, 0);
    if !checked.is_whole {
        job.unread(Reason::Malformed, None);
    }
    read_messages(job, &mut *input, 0..checked.end);
}

fn read_messages(job: &mut Job<'_>, input: &mut dyn Random, range: std::ops::Range<u64>) {
    if input.seek(SeekFrom::Start(range.start)).is_err() {
        return job.unread(Reason::Io, None);
    }
    let messages = input.take(range.end.saturating_sub(range.start));
    match guard(|| StreamReader::try_new(messages, None).map_err(|_| Reason::Malformed)) {
        Ok(reader) => read_batches(job, reader),
        Err(reason) => job.unread(reason, None),
    }
}

fn read_batches(job: &mut Job<'_>, mut reader: impl Iterator<Item = Result<RecordBatch, ArrowError>>) {
    let mut rows = Rows::new(job);
    loop {
        match guard(|| reader.next().transpose().map_err(|_| Reason::Malformed)) {
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

/// How far messages are sound.
struct Checked {
    /// Behind the last sound one.
    end: u64,
    /// They end as they should.
    is_whole: bool,
}

/// Looks at the lengths that messages say.
fn check(input: &mut dyn Random, start: u64) -> Checked {
    let length = input.seek(SeekFrom::End(0)).unwrap_or(0);
    let mut at = start;
    loop {
        match message(input, at, length) {
            Some(Some(next)) => at = next,
            Some(None) => return Checked { end: at, is_whole: true },
            None => return Checked { end: at, is_whole: at == length && start == 0 },
        }
    }
}

/// Where the message at `at` ends; an inner `None` where it says that nothing follows, an outer one where it is broken.
fn message(input: &mut dyn Random, at: u64, length: u64) -> Option<Option<u64>> {
    let mut word: [u8; 4] = read_at(input, at, 4)?.try_into().ok()?;
    let mut from = at + 4;
    if word == CONTINUES {
        word = read_at(input, from, 4)?.try_into().ok()?;
        from += 4;
    }
    let described = u64::from(u32::from_le_bytes(word));
    if described == 0 {
        return Some(None);
    }
    if described > MAX_DESCRIPTION.min(length.saturating_sub(from)) {
        return None;
    }
    let bytes = read_at(input, from, described as usize)?;
    let message = arrow_ipc::root_as_message(&bytes).ok()?;
    let body = from + described;
    let size = u64::try_from(message.bodyLength()).ok()?;
    let end = body.checked_add(size).filter(|end| *end <= length)?;
    has_sound_buffers(input, &message, body, size).then_some(Some(end))
}

/// True where all buffers lie in their message and no compressed one says that it is larger than may be.
fn has_sound_buffers(input: &mut dyn Random, message: &Message<'_>, body: u64, size: u64) -> bool {
    let dictionary = message.header_as_dictionary_batch().and_then(|it| it.data());
    let Some(batch) = message.header_as_record_batch().or(dictionary) else { return true };
    let is_compressed = batch.compression().is_some();
    batch.buffers().into_iter().flatten().all(|buffer| {
        let (Ok(offset), Ok(length)) = (u64::try_from(buffer.offset()), u64::try_from(buffer.length())) else {
            return false;
        };
        if offset.checked_add(length).is_none_or(|end| end > size) {
            return false;
        }
        if !is_compressed || length == 0 {
            return true;
        }
        let grown = read_at(input, body + offset, 8).and_then(|it| it.try_into().ok()).map(i64::from_le_bytes);
        grown.is_some_and(|grown| (-1..=MAX_BUFFER).contains(&grown))
    })
}

fn read_at(input: &mut dyn Random, at: u64, count: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0; count];
    input.seek(SeekFrom::Start(at)).ok()?;
    input.read_exact(&mut bytes).ok()?;
    Some(bytes)
}
