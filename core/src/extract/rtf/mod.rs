//! Rich Text Format (RTF 1.9.1): text in its code pages, tables, notes, fields, document information, embedded objects.

pub(super) mod charset;
mod control;
mod groups;
mod reader;

use super::head::{Head, Stream};
use super::job::Job;

/// `{\rtf1`, sometimes behind a few line ends or a byte order mark.
pub(super) fn sniff(head: &Head<'_>) -> bool {
    let raw = head.raw.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head.raw);
    raw.trim_ascii_start().starts_with(b"{\\rtf")
}

/// Reads a document to its end.
pub(super) fn read(job: &mut Job<'_>, stream: Stream<'_>) {
    reader::read(job, stream.into_bytes());
}

#[cfg(test)]
mod tests;
