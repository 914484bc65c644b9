//! The records of a workbook's stream: numbers, lengths, bytes. One that does not fit goes on in the next ones.

use super::super::bytes::u16_at;

const CONTINUE: u16 = 0x3C;

/// One record.
#[derive(Clone, Debug)]
pub(super) struct Record<'a> {
    pub(super) id: u16,
    /// Where it stands in the stream.
    pub(super) at: usize,
    /// Its bytes, in the pieces that they were cut into.
    pub(super) pieces: Vec<&'a [u8]>,
}

impl<'a> Record<'a> {
    /// Its first piece, which is all of it but for long texts.
    pub(super) fn bytes(&self) -> &'a [u8] {
        self.pieces[0]
    }
}

/// The records of a stream, to where it ends or makes no sense.
#[derive(Clone, Debug)]
pub(super) struct Records<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The stream ended within a record.
    pub(super) is_cut: bool,
}

impl<'a> Records<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Records { bytes, at: 0, is_cut: false }
    }

    fn one(&mut self) -> Option<(u16, &'a [u8])> {
        let (id, len) = (u16_at(self.bytes, self.at)?, usize::from(u16_at(self.bytes, self.at + 2)?));
        let start = self.at + 4;
        let Some(bytes) = self.bytes.get(start..start + len) else {
            self.is_cut = true;
            self.at = self.bytes.len();
            return Some((id, self.bytes.get(start..).unwrap_or_default()));
        };
        self.at = start + len;
        Some((id, bytes))
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        let at = self.at;
        let (id, first) = self.one()?;
        // What stands behind the end of the stream is zeros.
        if id == 0 && first.is_empty() {
            return None;
        }
        let mut pieces = vec![first];
        while u16_at(self.bytes, self.at) == Some(CONTINUE)
            && let Some((_, more)) = self.one()
        {
            pieces.push(more);
        }
        Some(Record { id, at, pieces })
    }
}
