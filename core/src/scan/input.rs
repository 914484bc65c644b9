//! The stream of a source as extractors see it: counted, and cut short by a deadline or a cancelled scan.

use std::io::{self, Read, Seek, SeekFrom};
use std::time::Instant;

use super::{Cancel, Progress};
use crate::model::Reason;

/// A reader with a budget of time.
pub(super) struct Watched<'a, R> {
    pub inner: R,
    /// Bytes read so far.
    pub read: u64,
    pub watch: Watch<'a>,
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
        self.inner.seek(to)
    }
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.watch.is_over() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let count = self.inner.read(buffer)?;
        self.read += count as u64;
        Progress::add(&self.watch.progress.bytes, count as u64);
        Ok(count)
    }
}
