//! Findings as bytes: what changes little from one to the next is told by the difference. No text, no values.
//!
//! A block is a sequence of findings. Each is, in order: its kind; flags; the first byte and the length, where it has
//! a place in bytes; the line, where lines are counted; the record; the number of its place below the stream (0: none)
//! and as many indices as that place has; eight bytes of fingerprint, where its kind is sealed. Numbers are unsigned
//! LEB128. First byte, line and record are differences from the finding before, signed numbers in zigzag form.

/// A finding as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Packed {
    pub kind: u32,
    pub span: Option<(u64, u64)>,
    pub line: Option<u64>,
    pub record: u64,
    pub label: u32,
    pub indices: Vec<u32>,
    pub print: u64,
}

const HAS_SPAN: u8 = 1;
const HAS_LINE: u8 = 2;
const IS_SEALED: u8 = 4;

/// Writes findings one after the other.
#[derive(Default)]
pub(super) struct Packer {
    pub data: Vec<u8>,
    pub count: u32,
    start: u64,
    line: u64,
    record: u64,
}

impl Packer {
    /// An empty block in the same buffer.
    pub fn clear(&mut self) {
        self.data.clear();
        (self.count, self.start, self.line, self.record) = (0, 0, 0, 0);
    }

    #[inline]
    pub fn push(&mut self, it: &Packed) {
        self.count += 1;
        write(&mut self.data, it.kind.into());
        let flag = |is: bool, flag: u8| if is { flag } else { 0 };
        let flags = flag(it.span.is_some(), HAS_SPAN) | flag(it.line.is_some(), HAS_LINE);
        self.data.push(flags | flag(it.print != 0, IS_SEALED));
        if let Some((start, end)) = it.span {
            write_change(&mut self.data, &mut self.start, start);
            write(&mut self.data, end.saturating_sub(start));
        }
        if let Some(line) = it.line {
            write_change(&mut self.data, &mut self.line, line);
        }
        write_change(&mut self.data, &mut self.record, it.record);
        write(&mut self.data, it.label.into());
        for index in &it.indices {
            write(&mut self.data, (*index).into());
        }
        if it.print != 0 {
            self.data.extend_from_slice(&it.print.to_le_bytes());
        }
    }
}

/// Reads what a [`Packer`] wrote.
pub(super) struct Unpacker<'a> {
    rest: &'a [u8],
    start: u64,
    line: u64,
    record: u64,
}

impl<'a> Unpacker<'a> {
    pub fn new(data: &'a [u8]) -> Self {
        Unpacker { rest: data, start: 0, line: 0, record: 0 }
    }

    /// The next finding; `None` at the end, and where the bytes are none of ours. `indices` says how many a place has.
    pub fn next(&mut self, into: &mut Packed, indices: impl Fn(u32) -> usize) -> Option<()> {
        if self.rest.is_empty() {
            return None;
        }
        into.kind = u32::try_from(read(&mut self.rest)?).ok()?;
        let (flags, rest) = self.rest.split_first()?;
        self.rest = rest;
        into.span = None;
        if flags & HAS_SPAN != 0 {
            let start = read_change(&mut self.rest, &mut self.start)?;
            into.span = Some((start, start + read(&mut self.rest)?));
        }
        into.line = if flags & HAS_LINE != 0 { Some(read_change(&mut self.rest, &mut self.line)?) } else { None };
        into.record = read_change(&mut self.rest, &mut self.record)?;
        into.label = u32::try_from(read(&mut self.rest)?).ok()?;
        into.indices.clear();
        for _ in 0..indices(into.label) {
            into.indices.push(u32::try_from(read(&mut self.rest)?).ok()?);
        }
        into.print = 0;
        if flags & IS_SEALED != 0 {
            let (print, rest) = self.rest.split_first_chunk()?;
            self.rest = rest;
            into.print = u64::from_le_bytes(*print);
        }
        Some(())
    }
}

/// Unsigned LEB128.
#[inline]
pub(super) fn write(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

pub(super) fn read(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, behind) = rest.split_first()?;
        *rest = behind;
        number |= u64::from(byte & 0x7f) << shift;
        if *byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[inline]
fn write_change(out: &mut Vec<u8>, last: &mut u64, now: u64) {
    let change = now.wrapping_sub(*last) as i64;
    write(out, ((change << 1) ^ (change >> 63)) as u64);
    *last = now;
}

fn read_change(rest: &mut &[u8], last: &mut u64) -> Option<u64> {
    let zigzag = read(rest)?;
    let change = (zigzag >> 1) as i64 ^ -((zigzag & 1) as i64);
    *last = last.wrapping_add(change as u64);
    Some(*last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_out_again() {
        let findings = [
            Packed { kind: 3, span: Some((10, 21)), line: Some(1), record: 1, print: u64::MAX, ..Packed::default() },
            Packed { kind: 700, span: Some((5, 6)), line: None, record: 9, label: 2, indices: vec![300, 0], print: 0 },
            Packed { kind: 1, span: None, line: Some(u64::MAX), record: 0, label: 1, ..Packed::default() },
        ];
        let mut packer = Packer::default();
        findings.iter().for_each(|it| packer.push(it));
        let indices = |label| if label == 2 { 2 } else { 0 };
        let (mut unpacker, mut it) = (Unpacker::new(&packer.data), Packed::default());
        for expected in &findings {
            unpacker.next(&mut it, indices).unwrap();
            assert_eq!(it, *expected);
        }
        assert!(unpacker.next(&mut it, indices).is_none());
    }

    #[test]
    fn broken_bytes_end_the_block() {
        let mut it = Packed::default();
        for bytes in [&[0x80][..], &[1], &[1, 4, 0, 0, 1, 2], &[0xff; 40]] {
            let mut unpacker = Unpacker::new(bytes);
            while unpacker.next(&mut it, |_| 0).is_some() {}
        }
    }
}
