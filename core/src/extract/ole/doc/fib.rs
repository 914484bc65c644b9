//! The head of a document (MS-DOC 2.5, FIB): how much text of which kind there is, and where.

use super::super::bytes::{u16_at, u32_at};

/// Kinds of text in the order in which they stand.
const STORIES: [&str; 8] =
    ["", "footnotes", "header", "macros", "comments", "endnotes", "text boxes", "header text boxes"];

/// What is needed of it.
#[derive(Clone, Debug)]
pub(super) struct Fib {
    /// Word 6 or 95: bytes of text, and everything in one stream.
    pub(super) is_old: bool,
    pub(super) is_encrypted: bool,
    /// The stream that says where things are.
    pub(super) table: &'static str,
    /// Where the text begins and ends, where there are no pieces.
    pub(super) text: (usize, usize),
    /// The list of pieces: where, how long. So are those that follow.
    pub(super) pieces: (usize, usize),
    pub(super) styles: (usize, usize),
    /// The pages of paragraphs' looks.
    pub(super) paragraphs: (usize, usize),
    pub(super) lists: (usize, usize),
    /// The uses of lists.
    pub(super) uses: (usize, usize),
    pub(super) remark_authors: (usize, usize),
    pub(super) change_authors: (usize, usize),
    pub(super) saved_by: (usize, usize),
    counts: [usize; 8],
}

impl Fib {
    /// `None` where it is of no version known.
    pub(super) fn read(bytes: &[u8]) -> Option<Fib> {
        let (magic, version, flags) = (u16_at(bytes, 0)?, u16_at(bytes, 2)?, u16_at(bytes, 10)?);
        let is_old = match (magic, version) {
            (0xA5DC, 101..=105) => true,
            (0xA5EC, 190..) => false,
            _ => return None,
        };
        let long = |at: usize| u32_at(bytes, at).unwrap_or(0) as usize;
        let place = |at: usize| if is_old { (0, 0) } else { (long(at), long(at + 4)) };
        let first = if is_old { 0x34 } else { 0x4C };
        Some(Fib {
            is_old,
            is_encrypted: flags & 0x100 != 0,
            table: if flags & 0x200 != 0 { "1Table" } else { "0Table" },
            text: (long(0x18), long(0x1C)),
            pieces: if is_old { (long(0x160), long(0x164)) } else { place(0x1A2) },
            styles: place(0xA2),
            paragraphs: place(0x102),
            lists: place(0x2E2),
            uses: place(0x2EA),
            remark_authors: place(0x1BA),
            change_authors: place(0x232),
            saved_by: place(0x2D2),
            counts: std::array::from_fn(|index| long(first + index * 4)),
        })
    }

    /// The kinds of text and the number of characters of each.
    pub(super) fn stories(&self) -> impl Iterator<Item = (&'static str, usize)> {
        STORIES.into_iter().zip(self.counts)
    }
}
