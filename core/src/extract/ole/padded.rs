//! A compound file that says it is as long as its allocation table: what is missing cannot be read, the rest can.

use std::io::{Error, ErrorKind, Read, Result, Seek, SeekFrom};

use super::super::Random;

/// A file with an end behind its own.
pub(super) struct Padded<'a> {
    inner: &'a mut dyn Random,
    at: u64,
    /// Where it ends in truth, and where it says that it does.
    size: u64,
    end: u64,
}

impl<'a> Padded<'a> {
    /// As long as the table of allocation that its header declares may say; `None` where there is no header.
    pub(super) fn new(inner: &'a mut dyn Random) -> Option<Self> {
        let size = inner.seek(SeekFrom::End(0)).ok()?;
        let mut header = [0; 48];
        inner.rewind().and_then(|()| inner.read_exact(&mut header)).ok()?;
        let shift = u32::from(u16::from_le_bytes([header[30], header[31]]).clamp(9, 12));
        let tables = u32::from_le_bytes([header[44], header[45], header[46], header[47]]);
        let sectors = u64::from(tables).min(size >> shift) << (shift - 2);
        Some(Padded { inner, at: 0, size, end: size.max((sectors + 1) << shift) })
    }
}

impl Read for Padded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let missing = self.at >= self.size && self.at < self.end && !buffer.is_empty();
        if missing {
            return Err(Error::from(ErrorKind::UnexpectedEof));
        }
        let count = self.inner.read(buffer)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Padded<'_> {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.end.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        let target = target.ok_or_else(|| Error::from(ErrorKind::InvalidInput))?;
        self.at = self.inner.seek(SeekFrom::Start(target))?;
        Ok(self.at)
    }
}
