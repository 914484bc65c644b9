//! Mail: messages (RFC 5322, MIME), mailboxes, and what Outlook makes of them. Follows no link, checks no signature.

mod charset;
mod headers;
mod html_text;
mod lzfu;
mod mapi;
mod mbox;
mod mime;
pub(super) mod msg;
#[cfg(test)]
mod msg_tests;
mod pst;
#[cfg(test)]
mod tests;
mod uuencode;

use std::io::Read;

use super::compose::Composer;
use super::head::{Head, Stream};
use super::job::Job;
use crate::model::Reason;
pub(super) use mbox::{read as read_mbox, sniff as is_mbox};
pub(super) use pst::{read as read_pst, sniff as is_pst};

/// Bytes of a message that are read: the rest of a longer one is not.
const LONGEST: u64 = 96 << 20;

/// True where the stream begins with the fields of a message.
pub(super) fn is_message(head: &Head<'_>) -> bool {
    headers::sniff(head.raw)
}

/// Reads a stream to its end as one message.
pub(super) fn read_message(job: &mut Job<'_>, stream: Stream<'_>) {
    let mut bytes = Vec::new();
    // Readers below end at errors and note why.
    let _ = stream.into_bytes().take(LONGEST + 1).read_to_end(&mut bytes);
    if bytes.len() as u64 > LONGEST {
        bytes.truncate(LONGEST as usize);
        job.unread(Reason::LimitBytes, None);
    }
    let message = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes).trim_ascii_start();
    let entity = headers::Entity::parse(message);
    let mut composer = Composer::new(job);
    if entity.emit(job, &mut composer, false) {
        mime::Reader::new(&mut composer).read(job, &entity);
    }
    composer.flush(job);
}
