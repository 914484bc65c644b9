//! The numbers of a document's lists (MS-DOC 2.9.147, 2.9.131): which paragraphs have one, and what it is.

use std::collections::HashMap;
use std::ops::Range;

use super::super::super::office::lists::{LEVELS, Level, Lists, Look, MAX_LISTS, MAX_PARTS, Part, Use};
use super::super::bytes::{slice, u16_at, u32_at};
use super::fib::Fib;
use super::looks::{Looks, Numbered};
use super::pieces::Characters;

/// What paragraphs end in: their own mark, that of a cell, that of a section.
const ENDS: [u16; 3] = [13, 7, 12];

/// The lists of a document and what its paragraphs say of them.
pub(super) struct Numbers<'d> {
    lists: Lists,
    looks: Looks<'d>,
}

impl<'d> Numbers<'d> {
    /// `None` where the document has no lists.
    pub(super) fn of(main: &'d [u8], table: &'d [u8], fib: &Fib) -> Option<Self> {
        let mut lists = Lists::default();
        let ids = read_lists(table, fib.lists, &mut lists)?;
        read_uses(table, fib.uses, &ids, &mut lists)?;
        Some(Numbers { lists, looks: Looks::of(main, table, fib)? })
    }

    /// Part of a text with the numbers of its paragraphs before them.
    pub(super) fn put(&mut self, text: &Characters, part: Range<usize>) -> Vec<u16> {
        let mut out = Vec::with_capacity(part.len());
        let mut start = part.start;
        for at in part.clone().filter(|it| ENDS.contains(&text.units[*it])) {
            let Some(said) = self.looks.at(text.end_of(at)) else { continue };
            let number = self.next(said).unwrap_or_default();
            let paragraph = &text.units[start..=at];
            if !number.is_empty() && paragraph.iter().any(|it| *it > u16::from(b' ')) {
                out.extend(number.encode_utf16().chain([u16::from(b' ')]));
            }
            out.extend_from_slice(paragraph);
            start = at + 1;
        }
        out.extend_from_slice(&text.units[start..part.end]);
        out
    }

    fn next(&mut self, Numbered { list, level }: Numbered) -> Option<String> {
        let list = list.filter(|it| (1..=0x7FE).contains(it))?;
        self.lists.next(u32::from(list), usize::from(level.unwrap_or(0)))
    }
}

/// Defines every list by its place in the table; places by the lists' own ids.
fn read_lists(table: &[u8], place: (usize, usize), lists: &mut Lists) -> Option<HashMap<u32, u32>> {
    let count = usize::from(u16_at(slice(table, place.0, place.1), 0)?).min(MAX_LISTS);
    let mut ids = HashMap::new();
    // The levels follow behind all lists.
    let mut at = place.0 + 2 + count * 28;
    for index in 0..count {
        let head = place.0 + 2 + index * 28;
        let is_simple = table.get(head + 26)? & 1 != 0;
        let mut levels: [Level; LEVELS] = Default::default();
        for level in levels.iter_mut().take(if is_simple { 1 } else { LEVELS }) {
            *level = read_level(table, &mut at)?;
        }
        ids.entry(u32_at(table, head)?).or_insert(index as u32);
        lists.define(index as u32, levels);
    }
    Some(ids)
}

/// Defines the uses of lists, which paragraphs name by their places from 1.
fn read_uses(table: &[u8], place: (usize, usize), ids: &HashMap<u32, u32>, lists: &mut Lists) -> Option<()> {
    let count = (u32_at(slice(table, place.0, place.1), 0)? as usize).min(MAX_LISTS);
    let mut at = place.0 + 4 + count * 16;
    for index in 0..count {
        let head = place.0 + 4 + index * 16;
        let mut used = Use { list: ids.get(&u32_at(table, head)?).copied().unwrap_or(u32::MAX), ..Use::default() };
        let changed = *table.get(head + 12)?;
        at += 4;
        for _ in 0..changed {
            let (start, flags) = (u32_at(table, at)?, u32_at(table, at + 4)?);
            at += 8;
            let level = (flags & 0xF) as usize;
            let own = if flags & 0x20 != 0 { Some(read_level(table, &mut at)?) } else { None };
            if level < LEVELS {
                used.starts[level] = (flags & 0x10 != 0).then(|| own.as_ref().map_or(start, |it| it.start));
                used.levels[level] = own;
            }
        }
        lists.define_use(index as u32 + 1, used);
    }
    Some(())
}

/// One level (2.9.150): a head, what its looks are, its text. Characters below 9 stand for numbers.
fn read_level(table: &[u8], at: &mut usize) -> Option<Level> {
    let head = table.get(*at..*at + 28)?;
    let looks = usize::from(head[24]) + usize::from(head[25]);
    let text = *at + 28 + looks;
    let count = usize::from(u16_at(table, text)?);
    let units = slice(table, text + 2, count * 2).chunks_exact(2).map(|it| u16::from_le_bytes([it[0], it[1]]));
    let part = |char: char| match char as usize {
        level if level < LEVELS => Part::Number(level),
        _ => Part::Char(char),
    };
    let shown = char::decode_utf16(units).take(MAX_PARTS);
    let parts = shown.map(|it| part(it.unwrap_or(char::REPLACEMENT_CHARACTER))).collect();
    *at = text + 2 + count * 2;
    let flags = head[5];
    Some(Level {
        start: u32_at(head, 0)?,
        look: look(head[4]),
        parts,
        is_legal: flags & 4 != 0,
        restart: (flags & 8 != 0).then(|| usize::from(head[26])),
    })
}

/// The formats of MS-OSHARED 2.2.1.3 that are written as they are counted; all others in decimal.
fn look(format: u8) -> Look {
    match format {
        1 => Look::UpperRoman,
        2 => Look::LowerRoman,
        3 => Look::UpperLetter,
        4 => Look::LowerLetter,
        5 => Look::Ordinal,
        22 => Look::TwoDigits,
        23 | 255 => Look::Nothing,
        _ => Look::Decimal,
    }
}
