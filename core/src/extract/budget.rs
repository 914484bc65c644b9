//! The one budget under which every decoder of a source works. Counts bytes; has no clock.

use std::cell::Cell;
use std::io::{ErrorKind, Read, Seek, SeekFrom};

use super::Random;
use crate::model::{Limits, Reason};

/// Decoded bytes below which the ratio is not looked at.
const RATIO_FLOOR: u64 = 16 << 20;

/// What a source has used of its limits, shared by all the readers stacked on it.
pub(super) struct Budget {
    limits: Limits,
    disk: Cell<u64>,
    /// Size of the outermost file, where it is read out of order.
    random: Cell<Option<u64>>,
    decoded: Cell<u64>,
    members: Cell<u64>,
    failure: Cell<Option<Reason>>,
    emitted: Cell<u64>,
    stopped: Cell<bool>,
}

impl Budget {
    pub(super) fn new(limits: &Limits) -> Self {
        Budget {
            limits: limits.clone(),
            disk: Cell::new(0),
            random: Cell::new(None),
            decoded: Cell::new(0),
            members: Cell::new(0),
            failure: Cell::new(None),
            emitted: Cell::new(0),
            stopped: Cell::new(false),
        }
    }

    /// Bytes of the outermost stream that were examined. One that is read out of order, by its own directory, is
    /// examined whole where nothing `failed`.
    pub(super) fn examined(&self, failed: bool) -> u64 {
        match self.random.get() {
            None => self.disk.get(),
            Some(size) if failed => self.disk.get().min(size),
            Some(size) => size,
        }
    }

    /// Bytes that came out of decoders.
    pub(super) fn decoded(&self) -> u64 {
        self.decoded.get()
    }

    /// How deep decoders may be stacked.
    pub(super) fn depth(&self) -> u32 {
        self.limits.depth
    }

    /// Notes that one more member is opened; false where that is one too many.
    pub(super) fn open_member(&self) -> bool {
        self.members.set(self.members.get() + 1);
        self.members.get() <= self.limits.members
    }

    /// Notes why a stream ended early. The first cause stays: later ones are its consequences.
    pub(super) fn fail(&self, reason: Reason) {
        if self.failure.get().is_none() {
            self.failure.set(Some(reason));
        }
    }

    /// The cause noted since it was last taken.
    pub(super) fn take_failure(&self) -> Option<Reason> {
        self.failure.take()
    }

    /// Notes that a block was emitted.
    pub(super) fn emit(&self) {
        self.emitted.set(self.emitted.get() + 1);
    }

    /// Blocks emitted.
    pub(super) fn emitted(&self) -> u64 {
        self.emitted.get()
    }

    /// The receiver wants no more.
    pub(super) fn stop(&self) {
        self.stopped.set(true);
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.get()
    }

    /// Accounts for values of so many bytes that a library decoded. Their ratio to what is on disk is none of a bomb:
    /// a column of one value takes no room at all.
    #[cfg(feature = "columnar")]
    pub(super) fn spend_values(&self, count: usize) -> Option<Reason> {
        self.decoded.set(self.decoded.get() + count as u64);
        (self.decoded.get() > self.limits.decoded_bytes).then_some(Reason::LimitBytes)
    }

    /// Why a part that says it grows so much is not decoded, if it is not.
    #[cfg(feature = "columnar")]
    pub(super) fn refuses(&self, packed: u64, plain: u64) -> Option<Reason> {
        (plain > RATIO_FLOOR && plain / packed.max(1) > self.limits.ratio).then_some(Reason::LimitRatio)
    }

    /// Accounts for `count` decoded bytes; the reason where a limit is now passed.
    pub(super) fn spend(&self, count: usize) -> Option<Reason> {
        let decoded = self.decoded.get() + count as u64;
        self.decoded.set(decoded);
        if decoded > self.limits.decoded_bytes {
            return Some(Reason::LimitBytes);
        }
        let bomb = decoded > RATIO_FLOOR && decoded / self.disk.get().max(1) > self.limits.ratio;
        bomb.then_some(Reason::LimitRatio)
    }
}

/// The outermost stream: counts on-disk bytes and turns errors into an end with a noted cause.
pub(super) struct DiskReader<'a, R: ?Sized> {
    pub(super) input: &'a mut R,
    pub(super) budget: &'a Budget,
}

impl<R: Random + ?Sized> DiskReader<'_, R> {
    /// The file will be read out of order from now on. True where that is possible.
    pub(super) fn rewind(&mut self) -> bool {
        let size = self.input.seek(SeekFrom::End(0)).and_then(|size| self.input.rewind().map(|()| size));
        self.budget.random.set(size.as_ref().ok().copied());
        size.is_ok()
    }
}

impl<R: Random + ?Sized> Seek for DiskReader<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.input.seek(to)
    }
}

impl<R: Read + ?Sized> Read for DiskReader<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            match self.input.read(buffer) {
                Ok(count) => {
                    self.budget.disk.set(self.budget.disk.get() + count as u64);
                    return Ok(count);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => {
                    self.budget.fail(Reason::Io);
                    return Ok(0);
                }
            }
        }
    }
}

/// A decoder's output: counts against the budget and turns damage into an end with a noted cause.
pub(super) struct DecodedReader<'a> {
    decoder: Box<dyn Read + 'a>,
    budget: &'a Budget,
    ended: bool,
}

impl<'a> DecodedReader<'a> {
    pub(super) fn new(decoder: Box<dyn Read + 'a>, budget: &'a Budget) -> Self {
        DecodedReader { decoder, budget, ended: false }
    }
}

impl Read for DecodedReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while !self.ended && !buffer.is_empty() {
            match self.decoder.read(buffer) {
                Ok(count) => {
                    let over = self.budget.spend(count);
                    if let Some(reason) = over {
                        self.budget.fail(reason);
                    }
                    self.ended = count == 0 || over.is_some();
                    return Ok(count);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => {
                    self.budget.fail(Reason::Malformed);
                    self.ended = true;
                }
            }
        }
        Ok(0)
    }
}
