//! The stream of a source as extractors see it: counted, and cut short by a deadline or a cancelled scan.

use std::io::{self, Read, Seek, SeekFrom};
use std::time::Instant;

use super::{Cancel, Progress};
use crate::model::Reason;

/// A reader with a budget of time.
pub(super) struct Watched<'a, R> {
    pub inner: R,
    pub watch: Watch<'a>,
    /// Hashes what is read, where that is wanted.
    pub content: Option<&'a mut ContentHash>,
}

/// Hashes the content of a stream while somebody reads it, once and in order, whatever is read twice.
pub(super) struct ContentHash {
    hasher: blake3::Hasher,
    /// Bytes hashed: the content's first.
    hashed: u64,
    /// Where the reader stands.
    at: u64,
}

impl ContentHash {
    pub fn new(hasher: blake3::Hasher) -> Self {
        ContentHash { hasher, hashed: 0, at: 0 }
    }

    fn read(&mut self, bytes: &[u8]) {
        let known = self.hashed.saturating_sub(self.at);
        // Where something was left out, what comes behind it is of no use.
        if self.at <= self.hashed
            && let Some(new) = bytes.get(usize::try_from(known).unwrap_or(usize::MAX)..)
        {
            self.hasher.update(new);
            self.hashed += new.len() as u64;
        }
        self.at += bytes.len() as u64;
    }

    /// The hash, where all bytes of a content of that size were read.
    pub fn of_all(&self, size: u64) -> Option<[u8; 32]> {
        (self.hashed == size).then(|| *self.hasher.finalize().as_bytes())
    }
}

/// What may stop a source early.
#[derive(Clone, Copy)]
pub(super) struct Watch<'a> {
    pub progress: &'a Progress,
    pub cancel: &'a Cancel,
    pub deadline: Option<Instant>,
}

impl Watch<'_> {
    /// True where reading on makes no sense.
    pub fn is_over(&self) -> bool {
        self.cancel.is_cancelled() || self.is_late()
    }

    /// Why reading stopped.
    pub fn reason(&self) -> Reason {
        if self.is_late() { Reason::Timeout } else { Reason::Interrupted }
    }

    fn is_late(&self) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }
}

impl<R: Seek> Seek for Watched<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = self.inner.seek(to)?;
        if let Some(content) = &mut self.content {
            content.at = at;
        }
        Ok(at)
    }
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.watch.is_over() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let count = self.inner.read(buffer)?;
        if let Some(content) = &mut self.content {
            content.read(&buffer[..count]);
        }
        Progress::add(&self.watch.progress.bytes, count as u64);
        Ok(count)
    }
}
