//! Parquet, one row group in memory at a time.

use std::io::{Read, SeekFrom};

use bytes::{Buf, Bytes};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ParquetMetaDataReader, RowGroupMetaData};
use parquet::file::reader::{ChunkReader, Length};

use super::super::Random;
use super::super::head::{Head, MEMORY, Stream};
use super::super::job::Job;
use super::guard;
use super::rows::Rows;
use crate::model::Reason;

/// Rows decoded at a time.
const BATCH: usize = 1024;
/// A footer's length and the magic bytes behind it.
const TAIL: u64 = 8;

/// True for Parquet.
pub(in super::super) fn is_parquet(head: &Head<'_>) -> bool {
    head.raw.starts_with(b"PAR1")
}

/// True for Parquet whose footer is encrypted.
pub(in super::super) fn is_sealed(head: &Head<'_>) -> bool {
    head.raw.starts_with(b"PARE")
}

/// Says that nothing of it was read.
pub(in super::super) fn read_sealed(job: &mut Job<'_>, _stream: Stream<'_>) {
    job.unread(Reason::Encrypted, None);
}

/// Parts of a file, by where they begin.
struct Parts {
    length: u64,
    parts: Vec<(u64, Bytes)>,
}

impl Parts {
    fn from(&self, start: u64) -> Result<Bytes> {
        let part = self.parts.iter().find(|(at, part)| start >= *at && start < at + part.len() as u64);
        let (at, part) = part.ok_or_else(|| ParquetError::EOF("outside of its row group".to_owned()))?;
        Ok(part.slice((start - at) as usize..))
    }
}

impl Length for Parts {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Parts {
    type T = bytes::buf::Reader<Bytes>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        Ok(self.from(start)?.reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let part = self.from(start)?;
        if length > part.len() {
            return Err(ParquetError::EOF("ends behind its row group".to_owned()));
        }
        Ok(part.slice(..length))
    }
}

/// Reads a stream to its end as Parquet.
pub(in super::super) fn read_parquet(job: &mut Job<'_>, stream: Stream<'_>) {
    let mut input = match stream.into_random() {
        Ok(input) => input,
        Err(reason) => return job.unread(reason, None),
    };
    let mut rows = Rows::new(job);
    if let Err(reason) = read(job, &mut *input, &mut rows) {
        job.unread(reason, None);
    }
    rows.flush(job);
}

fn read(job: &mut Job<'_>, input: &mut dyn Random, rows: &mut Rows) -> std::result::Result<(), Reason> {
    let length = input.seek(SeekFrom::End(0)).map_err(|_| Reason::Io)?;
    let tail = read_part(input, length.checked_sub(TAIL).ok_or(Reason::Malformed)?, TAIL)?;
    if &tail[4..] == b"PARE" {
        return Err(Reason::Encrypted);
    }
    let size = u64::from(u32::from_le_bytes([tail[0], tail[1], tail[2], tail[3]]));
    let start = (length - TAIL).checked_sub(size).filter(|_| &tail[4..] == b"PAR1").ok_or(Reason::Malformed)?;
    let footer = read_part(input, start, size)?;
    let metadata = guard(|| ParquetMetaDataReader::decode_metadata(&footer).map_err(|error| reason_of(&error)))?;
    for pair in metadata.file_metadata().key_value_metadata().into_iter().flatten() {
        let value = pair.value.as_deref().filter(|_| pair.key != "ARROW:schema");
        if value.is_some_and(|value| !rows.describe(job, &pair.key, value)) {
            return Ok(());
        }
    }
    let options = ArrowReaderOptions::new();
    let plain = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let metadata = std::sync::Arc::new(metadata);
    let describe = || {
        ArrowReaderMetadata::try_new(metadata.clone(), options)
            .or_else(|_| ArrowReaderMetadata::try_new(metadata, plain))
            .map_err(|error| reason_of(&error))
    };
    let metadata = guard(describe)?;
    for (number, group) in metadata.metadata().row_groups().iter().enumerate() {
        match read_group(job, input, &metadata, (number, length), rows) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(reason) => job.unread(reason, u64::try_from(group.compressed_size()).ok()),
        }
    }
    Ok(())
}

/// Reads one row group; false where no more is wanted.
fn read_group(
    job: &mut Job<'_>,
    input: &mut dyn Random,
    metadata: &ArrowReaderMetadata,
    (number, length): (usize, u64),
    rows: &mut Rows,
) -> std::result::Result<bool, Reason> {
    let group = metadata.metadata().row_group(number);
    let parts = read_columns(job, input, group, length)?;
    let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(Parts { length, parts }, metadata.clone());
    let reader = guard(|| {
        let builder = builder.with_row_groups(vec![number]).with_batch_size(BATCH);
        builder.build().map_err(|error| reason_of(&error))
    });
    let mut left = u64::try_from(group.num_rows()).unwrap_or(0);
    let mut reader = reader?;
    loop {
        let batch = match guard(|| reader.next().transpose().map_err(|_| Reason::Malformed)) {
            Ok(Some(batch)) => batch,
            Ok(None) => return Ok(true),
            Err(reason) => {
                rows.skip(left);
                return Err(reason);
            }
        };
        left = left.saturating_sub(batch.num_rows() as u64);
        if !rows.emit(job, &batch) {
            return Ok(false);
        }
    }
}

/// The bytes of a row group's columns.
fn read_columns(
    job: &Job<'_>,
    input: &mut dyn Random,
    group: &RowGroupMetaData,
    length: u64,
) -> std::result::Result<Vec<(u64, Bytes)>, Reason> {
    let mut parts = Vec::new();
    let mut room = MEMORY;
    for column in group.columns() {
        if column.file_path().is_some_and(|path| !path.is_empty()) {
            return Err(Reason::Unsupported);
        }
        let start = offset(column.dictionary_page_offset().unwrap_or_else(|| column.data_page_offset()))?;
        let (size, plain) = (offset(column.compressed_size())?, offset(column.uncompressed_size())?);
        if let Some(reason) = job.budget.refuses(size, plain) {
            return Err(reason);
        }
        if start.checked_add(size).is_none_or(|end| end > length) {
            return Err(Reason::Malformed);
        }
        room = room.checked_sub(size).ok_or(Reason::LimitBytes)?;
        parts.push((start, Bytes::from(read_part(input, start, size)?)));
    }
    Ok(parts)
}

/// A length or place that is not negative.
fn offset(number: i64) -> std::result::Result<u64, Reason> {
    u64::try_from(number).map_err(|_| Reason::Malformed)
}

/// Bytes of the file that are known to be no more than it has.
fn read_part(input: &mut dyn Random, start: u64, size: u64) -> std::result::Result<Vec<u8>, Reason> {
    let mut bytes = Vec::new();
    input.seek(SeekFrom::Start(start)).map_err(|_| Reason::Io)?;
    input.take(size.min(MEMORY)).read_to_end(&mut bytes).map_err(|_| Reason::Io)?;
    if bytes.len() as u64 == size { Ok(bytes) } else { Err(Reason::Malformed) }
}

fn reason_of(error: &ParquetError) -> Reason {
    match error {
        ParquetError::NYI(_) => Reason::Unsupported,
        _ if error.to_string().to_ascii_lowercase().contains("encrypt") => Reason::Encrypted,
        _ => Reason::Malformed,
    }
}
