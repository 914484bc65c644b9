//! Pages of a database file, or of the copies that a log holds. Knows no trees.

use std::collections::HashMap;
use std::io::SeekFrom;

use super::super::Random;

/// Bytes read at a time.
const CHUNK: usize = 64 << 10;

/// Pages by number, from 1.
pub(super) struct Pages<'a> {
    input: Box<dyn Random + 'a>,
    length: u64,
    /// Bytes of a page.
    pub(super) size: usize,
    /// Bytes of a page that SQLite uses.
    pub(super) usable: usize,
    /// Pages there are.
    pub(super) count: u32,
    /// Where pages stand, where that is not in their order: a log holds some of them only.
    places: Option<HashMap<u32, u64>>,
    chunk: Vec<u8>,
    chunk_at: u64,
}

impl<'a> Pages<'a> {
    /// The bytes of `input`, before it is known what pages they are.
    pub(super) fn new(mut input: Box<dyn Random + 'a>) -> Self {
        let length = input.seek(SeekFrom::End(0)).unwrap_or(0);
        let (chunk, places) = (Vec::new(), None);
        Pages { input, length, size: 0, usable: 0, count: 0, places, chunk, chunk_at: 0 }
    }

    /// Bytes there are.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// True where pages that are not there are elsewhere.
    pub(super) fn is_log(&self) -> bool {
        self.places.is_some()
    }

    /// Says how large pages are; false where no page is.
    pub(super) fn set_size(&mut self, size: usize, reserved: usize) -> bool {
        self.size = size;
        self.usable = size.saturating_sub(reserved);
        self.count = u32::try_from(self.length.div_ceil(size.max(1) as u64)).unwrap_or(u32::MAX);
        size.is_power_of_two() && (512..=65536).contains(&size) && self.usable >= 480
    }

    /// Says where the pages of a log stand.
    pub(super) fn set_places(&mut self, places: HashMap<u32, u64>) {
        self.count = places.keys().copied().max().unwrap_or(0);
        self.places = Some(places);
    }

    /// Where a page stands.
    pub(super) fn place(&self, number: u32) -> Option<u64> {
        match &self.places {
            Some(places) => places.get(&number).copied(),
            None if number == 0 || number > self.count => None,
            None => Some(u64::from(number - 1) * self.size as u64),
        }
    }

    /// A whole page.
    pub(super) fn page(&mut self, number: u32) -> Option<Vec<u8>> {
        let place = self.place(number)?;
        self.bytes(place, self.size)
    }

    /// So many bytes from there on, if there are so many.
    pub(super) fn bytes(&mut self, at: u64, count: usize) -> Option<Vec<u8>> {
        let end = at.checked_add(count as u64).filter(|end| *end <= self.length)?;
        let mut bytes = Vec::with_capacity(count);
        let mut from = at;
        while from < end {
            let held = from.checked_sub(self.chunk_at).and_then(|skip| self.chunk.get(skip as usize..));
            match held.filter(|held| !held.is_empty()) {
                Some(held) => {
                    let used = held.len().min((end - from) as usize);
                    bytes.extend_from_slice(&held[..used]);
                    from += used as u64;
                }
                None => self.load(from - from % CHUNK as u64)?,
            }
        }
        Some(bytes)
    }

    fn load(&mut self, at: u64) -> Option<()> {
        self.chunk.resize(CHUNK, 0);
        self.input.seek(SeekFrom::Start(at)).ok()?;
        let mut filled = 0;
        while filled < CHUNK {
            match self.input.read(&mut self.chunk[filled..]).ok()? {
                0 => break,
                count => filled += count,
            }
        }
        self.chunk.truncate(filled);
        self.chunk_at = at;
        (filled > 0).then_some(())
    }
}

/// Pages that were visited.
pub(super) struct Seen(Vec<u64>);

impl Seen {
    pub(super) fn new(count: u32) -> Self {
        Seen(vec![0; count as usize / 64 + 1])
    }

    /// Notes a page; false where it was noted before.
    pub(super) fn visit(&mut self, page: u32) -> bool {
        let Some(word) = self.0.get_mut(page as usize / 64) else { return false };
        let bit = 1 << (page % 64);
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    pub(super) fn contains(&self, page: u32) -> bool {
        self.0.get(page as usize / 64).is_some_and(|word| word & (1 << (page % 64)) != 0)
    }
}

/// A big-endian number at that place.
pub(super) fn number16(bytes: &[u8], at: usize) -> Option<usize> {
    bytes.get(at..at + 2).map(|it| usize::from(u16::from_be_bytes([it[0], it[1]])))
}

/// The same of four bytes.
pub(super) fn number32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4).map(|it| u32::from_be_bytes([it[0], it[1], it[2], it[3]]))
}
