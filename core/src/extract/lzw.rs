//! Decodes what Unix `compress` wrote (.Z): LZW with codes of 9 to 16 bits. Knows no formats.

use std::io::{ErrorKind, Read, Result};

/// The code that empties the table, in block mode.
const CLEAR: u16 = 256;
const MIN_BITS: u32 = 9;
const MAX_BITS: u32 = 16;

/// The decoded bytes of a stream behind its three bytes of header.
pub(super) struct Decoder<R> {
    input: R,
    max_bits: u32,
    /// Code 256 empties the table.
    is_block_mode: bool,
    bits: u32,
    /// The group of codes being read: as many bytes as a code has bits, eight codes.
    group: [u8; MAX_BITS as usize],
    /// Bits in the group, and those of them that are used up.
    group_bits: u32,
    used_bits: u32,
    /// What stands before the last byte of each code, and that byte.
    prefixes: Vec<u16>,
    suffixes: Vec<u8>,
    last: Option<u16>,
    first_byte: u8,
    /// Decoded bytes in reverse order.
    pending: Vec<u8>,
}

impl<R: Read> Decoder<R> {
    /// A decoder by the third byte of the header; `None` where no `compress` wrote it.
    pub(super) fn new(input: R, flags: u8) -> Option<Self> {
        let max_bits = u32::from(flags & 0x1F);
        if !(MIN_BITS..=MAX_BITS).contains(&max_bits) || flags & 0x60 != 0 {
            return None;
        }
        let is_block_mode = flags & 0x80 != 0;
        let mut decoder = Decoder {
            input,
            max_bits,
            is_block_mode,
            bits: MIN_BITS,
            group: [0; MAX_BITS as usize],
            group_bits: 0,
            used_bits: 0,
            prefixes: Vec::new(),
            suffixes: Vec::new(),
            last: None,
            first_byte: 0,
            pending: Vec::new(),
        };
        decoder.clear();
        Some(decoder)
    }

    fn clear(&mut self) {
        let codes = if self.is_block_mode { 257 } else { 256 };
        self.prefixes.clear();
        self.prefixes.resize(codes, 0);
        self.suffixes.clear();
        self.suffixes.extend((0..codes).map(|it| it as u8));
        self.last = None;
        self.set_bits(MIN_BITS);
    }

    /// Codes of another length begin with a group of their own.
    fn set_bits(&mut self, bits: u32) {
        self.bits = bits;
        self.used_bits = self.group_bits;
    }

    /// The next code; `None` at the end.
    fn code(&mut self) -> Result<Option<u16>> {
        if self.used_bits + self.bits > self.group_bits {
            self.fill_group()?;
        }
        if self.bits > self.group_bits {
            return Ok(None);
        }
        let at = (self.used_bits / 8) as usize;
        let byte = |offset: usize| u32::from(self.group.get(at + offset).copied().unwrap_or(0));
        let three = byte(0) | byte(1) << 8 | byte(2) << 16;
        let code = three >> (self.used_bits % 8) & ((1 << self.bits) - 1);
        self.used_bits += self.bits;
        Ok(Some(code as u16))
    }

    fn fill_group(&mut self) -> Result<()> {
        let mut filled = 0;
        while filled < self.bits as usize {
            match self.input.read(&mut self.group[filled..self.bits as usize]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        (self.group_bits, self.used_bits) = (filled as u32 * 8, 0);
        Ok(())
    }

    /// Decodes the next code into `pending`; false at the end.
    fn step(&mut self) -> Result<bool> {
        let Some(code) = self.code()? else { return Ok(false) };
        if code == CLEAR && self.is_block_mode {
            self.clear();
            return Ok(true);
        }
        let known = self.prefixes.len();
        let mut at = code;
        if usize::from(code) >= known {
            // The code that this very step will define: the last one, and its own first byte.
            at = self.last.filter(|_| usize::from(code) == known).ok_or(ErrorKind::InvalidData)?;
            self.pending.push(self.first_byte);
        }
        // Every prefix is smaller than its code, so this ends.
        while at > CLEAR || at == CLEAR && !self.is_block_mode {
            self.pending.push(self.suffixes[usize::from(at)]);
            at = self.prefixes[usize::from(at)];
        }
        self.first_byte = at as u8;
        self.pending.push(self.first_byte);
        if let Some(last) = self.last.replace(code) {
            self.define(last);
        }
        Ok(true)
    }

    fn define(&mut self, prefix: u16) {
        if self.prefixes.len() >= 1 << self.max_bits {
            return;
        }
        self.prefixes.push(prefix);
        self.suffixes.push(self.first_byte);
        if self.prefixes.len() >= 1 << self.bits && self.bits < self.max_bits {
            self.set_bits(self.bits + 1);
        }
    }
}

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            let Some(byte) = self.pending.pop() else {
                match self.step() {
                    Ok(true) => continue,
                    Ok(false) => break,
                    // What was decoded before goes first; the damage shows again with the next call.
                    Err(_) if filled > 0 => break,
                    Err(error) => return Err(error),
                }
            };
            buffer[filled] = byte;
            filled += 1;
        }
        Ok(filled)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::HashMap;

    use super::*;

    /// What `compress -b bits` writes, kept simple: the table is emptied once it is full.
    pub(in super::super) fn compress(bytes: &[u8], max_bits: u32) -> Vec<u8> {
        let mut out = vec![0x1F, 0x9D, 0x80 | max_bits as u8];
        let (mut bits, mut free, mut table) = (9u32, 257u32, HashMap::new());
        let (mut acc, mut acc_bits, mut group) = (0u64, 0u32, Vec::new());
        let mut last: Option<u32> = None;
        // A group ends where its length must be a multiple of `end`.
        let mut put = |code: u32, bits: u32, end: u32, out: &mut Vec<u8>| {
            acc |= u64::from(code) << acc_bits;
            acc_bits += bits;
            while acc_bits >= 8 {
                group.push(acc as u8);
                acc >>= 8;
                acc_bits -= 8;
            }
            if end > 0 {
                if acc_bits > 0 {
                    group.push(acc as u8);
                    (acc, acc_bits) = (0, 0);
                }
                group.resize(group.len().next_multiple_of(end as usize), 0);
            }
            if group.len() == bits as usize || end > 0 {
                out.append(&mut group);
            }
        };
        for &byte in bytes {
            let Some(prefix) = last else {
                last = Some(u32::from(byte));
                continue;
            };
            if let Some(&code) = table.get(&(prefix, byte)) {
                last = Some(code);
                continue;
            }
            last = Some(u32::from(byte));
            if free == 1 << max_bits {
                put(prefix, bits, 0, &mut out);
                put(256, bits, bits, &mut out);
                (bits, free, table) = (9, 257, HashMap::new());
                continue;
            }
            table.insert((prefix, byte), free);
            free += 1;
            let grows = free > 1 << bits && bits < max_bits;
            put(prefix, bits, if grows { bits } else { 0 }, &mut out);
            bits += u32::from(grows);
        }
        if let Some(code) = last {
            put(code, bits, 1, &mut out);
        }
        out
    }

    fn decoded(packed: &[u8]) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        Decoder::new(&packed[3..], packed[2]).expect("flags").read_to_end(&mut out).map(|_| out)
    }

    #[test]
    fn codes_of_all_lengths_and_their_table_are_followed() {
        let text: Vec<u8> =
            (0..60_000u32).flat_map(|it| it.wrapping_mul(2_654_435_761).to_string().into_bytes()).collect();
        for bits in [9, 12, 16] {
            assert!(decoded(&compress(&text, bits)).expect("decodes") == text, "{bits} bits");
        }
        assert_eq!(decoded(&compress(&[b'a'; 1000], 16)).expect("decodes"), [b'a'; 1000]);
        assert_eq!(decoded(&[0x1F, 0x9D, 0x90]).expect("decodes"), b"");
    }

    #[test]
    fn codes_that_are_not_defined_are_damage() {
        assert!(decoded(&[0x1F, 0x9D, 0x90, 0xFF, 0xFF, 0xFF]).is_err());
        assert!(Decoder::new(&b""[..], 0x88).is_none() && Decoder::new(&b""[..], 0xF0).is_none());
    }
}
