//! What the looks of paragraphs say of their numbers (MS-DOC 2.4.6.1), by where paragraphs end in the stream.

use super::super::bytes::{slice, u16_at, u32_at};
use super::fib::Fib;

/// Bytes of a page of looks.
const PAGE: usize = 512;
/// Styles that others are based on.
const MAX_BASES: usize = 16;
/// What changes the level of a paragraph's number, and the use of a list that it belongs to.
const LEVEL: u16 = 0x260A;
const LIST: u16 = 0x460B;

/// What is said of a paragraph's number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Numbered {
    pub(super) list: Option<u16>,
    pub(super) level: Option<u8>,
}

/// The looks of all paragraphs.
pub(super) struct Looks<'d> {
    main: &'d [u8],
    /// Where the pages' paragraphs begin, one more for the last end, and the numbers of the pages.
    starts: Vec<u32>,
    pages: Vec<u32>,
    styles: Vec<Style>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Style {
    based: u16,
    said: Numbered,
}

impl<'d> Looks<'d> {
    /// `None` where there are none.
    pub(super) fn of(main: &'d [u8], table: &[u8], fib: &Fib) -> Option<Self> {
        let list = slice(table, fib.paragraphs.0, fib.paragraphs.1);
        let count = list.len().checked_sub(4)? / 8;
        let starts: Vec<u32> = (0..=count).filter_map(|it| u32_at(list, it * 4)).collect();
        let pages = (0..count).filter_map(|it| u32_at(list, (count + 1 + it) * 4)).collect();
        starts.is_sorted().then(|| Looks { main, starts, pages, styles: read_styles(table, fib) })
    }

    /// What is said of the paragraph that ends there; `None` where none does.
    pub(super) fn at(&self, end: usize) -> Option<Numbered> {
        let end = u32::try_from(end).ok()?;
        let index = self.starts.partition_point(|it| *it < end).checked_sub(1)?;
        let page = (*self.pages.get(index)? & 0x3F_FFFF) as usize;
        let page = self.main.get(page * PAGE..(page + 1) * PAGE)?;
        let count = usize::from(page[PAGE - 1]);
        let place = (0..count).find(|it| u32_at(page, (it + 1) * 4) == Some(end))?;
        let at = usize::from(*page.get((count + 1) * 4 + place * 13)?) * 2;
        let looks = match *page.get(at)? {
            0 => slice(page, at + 2, usize::from(*page.get(at + 1)?) * 2),
            words => slice(page, at + 1, usize::from(words) * 2 - 1),
        };
        let mut said = changes(looks.get(2..)?);
        let mut style = u16_at(looks, 0)?;
        for _ in 0..MAX_BASES {
            let Some(its) = self.styles.get(usize::from(style)) else { break };
            said = Numbered { list: said.list.or(its.said.list), level: said.level.or(its.said.level) };
            style = its.based;
        }
        Some(said)
    }
}

/// The styles of paragraphs (2.9.271), as far as they number.
fn read_styles(table: &[u8], fib: &Fib) -> Vec<Style> {
    let sheet = slice(table, fib.styles.0, fib.styles.1);
    let (Some(head), Some(count), Some(base)) = (u16_at(sheet, 0), u16_at(sheet, 2), u16_at(sheet, 4)) else {
        return Vec::new();
    };
    let mut at = 2 + usize::from(head);
    let mut styles = Vec::new();
    for _ in 0..count {
        let Some(len) = u16_at(sheet, at) else { break };
        let style = slice(sheet, at + 2, usize::from(len));
        at += 2 + usize::from(len);
        styles.push(read_style(style, usize::from(base)).unwrap_or(Style { based: u16::MAX, ..Style::default() }));
    }
    styles
}

fn read_style(style: &[u8], base: usize) -> Option<Style> {
    let kind = u16_at(style, 2)?;
    let name = usize::from(u16_at(style, base)?);
    let looks = base + 2 + (name + 1) * 2;
    let len = usize::from(u16_at(style, looks)?);
    // Styles of paragraphs have the paragraphs' looks first, behind their own number.
    let said =
        if kind & 0xF == 1 { changes(slice(style, looks + 4, len.saturating_sub(2))) } else { Numbered::default() };
    Some(Style { based: kind >> 4, said })
}

/// What a list of changes says (2.6.2).
fn changes(list: &[u8]) -> Numbered {
    let (mut said, mut at) = (Numbered::default(), 0);
    while let Some(change) = u16_at(list, at) {
        at += 2;
        match change {
            LEVEL => said.level = list.get(at).copied(),
            LIST => said.list = u16_at(list, at),
            _ => {}
        }
        let counted = list.get(at).map_or(0, |it| usize::from(*it));
        at += match change >> 13 {
            0 | 1 => 1,
            2 | 4 | 5 => 2,
            3 => 4,
            7 => 3,
            // A definition of a table counts in two bytes, and one more than there is.
            _ if matches!(change, 0xD606 | 0xD608) => usize::from(u16_at(list, at).unwrap_or(0)) + 1,
            _ => 1 + counted,
        };
    }
    said
}
