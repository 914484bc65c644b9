//! Words and their hashes: lower-cased, up to 24 bytes telling, the rest by length. Never compares strings.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// The hash of a word, ASCII case ignored: of its first eight bytes, its last eight and its length.
#[inline]
pub fn word_hash(text: &[u8], start: usize, end: usize) -> u64 {
    let first = eight(text, start);
    let last = if end - start > 8 { eight(text, end - 8) } else { first };
    hash_of(first, last, end - start)
}

/// The same in the beginning of a text, where eight bytes can be read from every place.
#[inline(always)]
pub fn near_hash(text: &[u8; 72], start: usize, end: usize) -> u64 {
    let read = |at: usize| u64::from_le_bytes(text[at..at + 8].try_into().expect("a slice of eight bytes"));
    hash_of(read(start), read(start.max(end.saturating_sub(8))), end - start)
}

/// The hash of a word of that length from its first and its last eight bytes, which are the same up to eight.
#[inline(always)]
fn hash_of(first: u64, last: u64, len: usize) -> u64 {
    let kept = !0 >> (64 - 8 * len.clamp(1, 8));
    let (first, last) = (first & kept | FOLD, last & kept | FOLD);
    let both = first.wrapping_mul(0xC2B2_AE3D_27D4_EB4F).rotate_left(29) ^ last;
    let hash = both.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add((len as u64) << 40);
    hash ^ hash >> 32
}

/// Sets the bit that tells lower from upper case.
const FOLD: u64 = 0x2020_2020_2020_2020;

/// Eight bytes from `at` on, zeros behind the text's end.
#[inline(always)]
fn eight(text: &[u8], at: usize) -> u64 {
    match text.get(at..at + 8) {
        Some(bytes) => u64::from_le_bytes(bytes.try_into().expect("a slice of eight bytes")),
        None => text[at..].iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte)),
    }
}

/// The keys of a phrase: of all its beginnings, the whole last.
pub fn keys(words: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut key = None;
    words
        .map(|word| {
            let next = key.map_or(word, |key| chain(key, word));
            key = Some(next);
            next
        })
        .collect()
}

/// A map whose keys are hashes already: of our own words, or keyed ones, so that nobody can make many fall together.
pub type HashedMap<V> = HashMap<u64, V, BuildHasherDefault<AsIs>>;
/// A set of such.
pub type HashedSet = HashSet<u64, BuildHasherDefault<AsIs>>;

/// The hash of a hash: itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| chain(hash, u64::from(*byte)));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// Adds a word to the hash of a phrase.
#[inline]
pub fn chain(phrase: u64, word: u64) -> u64 {
    mix(phrase.rotate_left(23) ^ word.wrapping_mul(0xFF51_AFD7_ED55_8CCD))
}

#[inline]
fn mix(value: u64) -> u64 {
    let value = (value ^ value >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    value ^ value >> 32
}

/// The words of a phrase or label in reading order: runs of letters and digits, split where a lower-case letter is
/// followed by an upper-case one.
pub fn split(text: &[u8]) -> Vec<(usize, usize)> {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte >= 0x80;
    let mut words = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if !word(text[at]) {
            at += 1;
            continue;
        }
        let mut end = at + 1;
        while end < text.len() && word(text[end]) && !is_hump(text, end) {
            end += 1;
        }
        words.push((at, end));
        at = end;
    }
    words
}

/// True where a camelCase word begins inside another: `patient|Id`, `HL7|Message` stays one (`L7M`).
#[inline]
fn is_hump(text: &[u8], at: usize) -> bool {
    at > 0 && text[at].is_ascii_uppercase() && text[at - 1].is_ascii_lowercase()
}

/// The value of a key that only begins longer phrases.
const PREFIX: u32 = u32::MAX - 1;
/// Added to the value of a key that begins no longer phrase: its next word is not asked for.
const LAST: u32 = 1 << 31;

/// A map from phrase hashes to values; open addressing, built once.
#[derive(Clone, Debug)]
pub struct PhraseTable {
    slots: Vec<(u64, u32)>,
    bits: Vec<u64>,
}

impl PhraseTable {
    /// A table of those rows. The first of equal keys wins. `prefixes` are the keys of phrases' beginnings.
    pub fn new(rows: &[(u64, u32)], prefixes: &[u64], first_words: impl Iterator<Item = u64>) -> Self {
        let goes_on: HashedSet = prefixes.iter().copied().collect();
        let beginnings = prefixes.iter().map(|key| (*key, PREFIX));
        let whole = rows.iter().map(|&(key, value)| (key, if goes_on.contains(&key) { value } else { value | LAST }));
        let rows: Vec<(u64, u32)> = whole.chain(beginnings).collect();
        let size = (rows.len() * 2).next_power_of_two().max(16);
        let mut slots = vec![(0, u32::MAX); size];
        for &(key, value) in &rows {
            let mut at = key as usize & (size - 1);
            while slots[at].1 != u32::MAX && slots[at].0 != key {
                at = (at + 1) & (size - 1);
            }
            if slots[at].1 == u32::MAX {
                slots[at] = (key, value);
            }
        }
        let mut bits = vec![0; 2048];
        for hash in first_words {
            bits[hash as usize >> 6 & 2047] |= 1 << (hash & 63);
        }
        PhraseTable { slots, bits }
    }

    /// False where no phrase is entered with that word.
    #[inline]
    pub fn may_begin(&self, word: u64) -> bool {
        self.bits[word as usize >> 6 & 2047] >> (word & 63) & 1 == 1
    }

    /// The value of the longest phrase of those words, and its length; asks for a word only where it may go on.
    #[inline]
    pub fn longest(&self, first: u64, next: impl FnMut(usize) -> Option<u64>) -> Option<(u32, usize)> {
        let mut found = None;
        self.each(first, next, |value, len| {
            found = Some((value, len));
            false
        });
        found
    }

    /// True where some phrase of those words is `wanted`; looks no further than the first.
    #[inline]
    pub fn any(&self, first: u64, next: impl FnMut(usize) -> Option<u64>, mut wanted: impl FnMut(u32) -> bool) -> bool {
        let mut any = false;
        self.each(first, next, |value, _| {
            any = wanted(value);
            any
        });
        any
    }

    /// Every phrase of those words, the shortest first, until one is `enough`.
    #[inline]
    fn each(&self, first: u64, mut next: impl FnMut(usize) -> Option<u64>, mut enough: impl FnMut(u32, usize) -> bool) {
        if !self.may_begin(first) {
            return;
        }
        let mut key = first;
        let mut len = 1;
        while let Some(value) = self.get(key) {
            if value != PREFIX && (enough(value & !LAST, len) || value & LAST != 0) {
                return;
            }
            let Some(word) = next(len) else { return };
            key = chain(key, word);
            len += 1;
        }
    }

    /// The value of a key.
    #[inline]
    fn get(&self, key: u64) -> Option<u32> {
        let size = self.slots.len();
        let mut at = key as usize & (size - 1);
        loop {
            let (found, value) = self.slots[at];
            if value == u32::MAX {
                return None;
            }
            if found == key {
                return Some(value);
            }
            at = (at + 1) & (size - 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_ignore_case_and_place() {
        let text = b"xx Medical RECORD medical administration ADMINISTRATION";
        assert_eq!(word_hash(text, 3, 10), word_hash(text, 18, 25));
        assert_eq!(word_hash(text, 26, 40), word_hash(text, 41, 55));
        assert_ne!(word_hash(text, 3, 10), word_hash(text, 11, 17));
        assert_eq!(word_hash(b"mrn", 0, 3), word_hash(b"the MRN is long enough", 4, 7));
        let mut near = [b' '; 72];
        near[..text.len()].copy_from_slice(text);
        for (start, end) in [(0, 1), (0, 2), (3, 10), (11, 17), (18, 25), (26, 40), (41, 55)] {
            assert_eq!(near_hash(&near, start, end), word_hash(text, start, end));
        }
    }

    #[test]
    fn labels_split_at_humps_and_punctuation() {
        let text = b"patient.birthDate_MRN-no HL7Message";
        let words: Vec<&[u8]> = split(text).iter().map(|&(a, b)| &text[a..b]).collect();
        let expected: [&[u8]; 6] = [b"patient", b"birth", b"Date", b"MRN", b"no", b"HL7Message"];
        assert_eq!(words, expected);
    }

    #[test]
    fn tables_find_what_was_put_in() {
        let rows: Vec<(u64, u32)> = (0..500).map(|it| (mix(it), it as u32)).collect();
        let table = PhraseTable::new(&rows, &[], rows.iter().map(|it| it.0));
        assert!(rows.iter().all(|row| table.get(row.0) == Some(row.1 | LAST) && table.may_begin(row.0)));
        assert_eq!(table.get(mix(7777)), None);
    }
}
