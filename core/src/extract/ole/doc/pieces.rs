//! The text of a document, put together from its pieces (MS-DOC 2.4.1): each of bytes or of UTF-16.

use encoding_rs::WINDOWS_1252;

use super::super::super::job::Job;
use super::super::super::runs::printable;
use super::super::bytes::{slice, u16_at, u32_at};
use super::fib::Fib;
use crate::model::Reason;

/// Characters of a document that are read.
const MOST: usize = 64 << 20;

/// The characters of a document.
#[derive(Default)]
pub(super) struct Characters {
    pub(super) units: Vec<u16>,
    /// Where pieces begin: in the text, in the stream, and how many bytes each character takes there.
    runs: Vec<(usize, usize, usize)>,
}

impl Characters {
    /// Where in the stream that character ends.
    pub(super) fn end_of(&self, at: usize) -> usize {
        let run = self.runs.partition_point(|it| it.0 <= at).checked_sub(1).map(|it| self.runs[it]);
        run.map_or(0, |(first, place, width)| place + (at + 1 - first) * width)
    }
}

/// All characters, as UTF-16; `None` where it cannot be told where they are.
pub(super) fn read(job: &mut Job<'_>, main: &[u8], table: &[u8], fib: &Fib) -> Option<Characters> {
    let mut text = Characters::default();
    let list = slice(table, fib.pieces.0, fib.pieces.1);
    let Some(pieces) = pieces(list) else {
        let (start, end) = fib.text;
        if !fib.is_old || start >= end || start >= main.len() {
            return None;
        }
        push_bytes(slice(main, start, end - start), &mut text.units);
        return Some(text);
    };
    let count = pieces.len().saturating_sub(4) / 12;
    let mut whole = true;
    for index in 0..count {
        let Some((start, size, narrow)) = piece(pieces, count, index, fib.is_old) else {
            whole = false;
            continue;
        };
        let bytes = slice(main, start, size);
        whole &= bytes.len() == size;
        // Pieces may all lie at one place.
        if job.budget.spend(bytes.len()).is_some() || text.units.len() + bytes.len() > MOST || job.is_over() {
            job.unread(Reason::LimitBytes, None);
            return Some(text);
        }
        text.runs.push((text.units.len(), start, if narrow { 1 } else { 2 }));
        if narrow {
            push_bytes(bytes, &mut text.units);
        } else {
            text.units.extend(bytes.chunks_exact(2).map(|it| u16::from_le_bytes([it[0], it[1]])));
        }
    }
    if !whole {
        job.unread(Reason::Malformed, None);
    }
    Some(text)
}

/// The printable runs of text that no piece shows any more: fast saves leave it in the file.
pub(super) fn left_over(main: &[u8], table: &[u8], fib: &Fib) -> String {
    let Some(pieces) = pieces(slice(table, fib.pieces.0, fib.pieces.1)) else { return String::new() };
    let count = pieces.len().saturating_sub(4) / 12;
    let places = (0..count).filter_map(|index| piece(pieces, count, index, fib.is_old));
    let mut shown: Vec<(usize, usize)> = places.map(|it| (it.0, it.0 + it.1)).collect();
    shown.sort_unstable();
    let (mut at, end) = (fib.text.0, fib.text.1.min(main.len()));
    let mut text = String::new();
    for (from, to) in shown.into_iter().chain([(end, end)]) {
        let from = from.min(end);
        if from > at {
            text.push_str(&printable(&main[at..from]));
        }
        at = at.max(to);
    }
    text
}

/// Where a piece begins, its bytes, and whether each of them is a character.
fn piece(pieces: &[u8], count: usize, index: usize, is_old: bool) -> Option<(usize, usize, bool)> {
    let (from, to) = (u32_at(pieces, index * 4)?, u32_at(pieces, index * 4 + 4)?);
    let place = u32_at(pieces, (count + 1) * 4 + index * 8 + 2)?;
    let len = to.checked_sub(from)? as usize;
    Some(match (is_old, place & 0x4000_0000 != 0) {
        (true, _) => (place as usize, len, true),
        (_, true) => ((place & 0x3FFF_FFFF) as usize / 2, len, true),
        _ => (place as usize, len * 2, false),
    })
}

/// The list of pieces, behind what changes how they look.
fn pieces(list: &[u8]) -> Option<&[u8]> {
    let mut at = 0;
    loop {
        match list.get(at)? {
            1 => at += 3 + usize::from(u16_at(list, at + 1)?),
            2 => return Some(slice(list, at + 5, u32_at(list, at + 1)? as usize)),
            _ => return None,
        }
    }
}

fn push_bytes(bytes: &[u8], text: &mut Vec<u16>) {
    text.extend(WINDOWS_1252.decode_without_bom_handling(bytes).0.encode_utf16());
}
