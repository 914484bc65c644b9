//! What the model is told of a token: seventeen hashed facts about it and its neighbours. Training calls the same code.

use super::lexicon::Entry;
use super::token::{Shape, Token};

/// Facts told of each token.
pub const FACTS: usize = 17;
/// Those of them that name the token itself. Training leaves them out now and then, so that names it never saw are
/// judged by their surroundings.
pub const OF_ITS_WORD: [usize; 4] = [1, 4, 7, 8];

/// The facts of token `at` of `tokens`, as hashes.
#[inline]
pub fn facts(text: &[u8], tokens: &[Token], at: usize, register: u64) -> [u64; FACTS] {
    const NONE: Token = Token::none();
    let token = |place: usize| tokens.get(place).unwrap_or(&NONE);
    let (two_before, before) = (token(at.wrapping_sub(2)), token(at.wrapping_sub(1)));
    let (this, behind, two_behind) = (token(at), token(at + 1), token(at + 2));
    let (k2b, kb, k, ka, k2a) = (kind(two_before), kind(before), kind(this), kind(behind), kind(two_behind));
    let s = this.shape as u64;
    let gaps = this.gap as u64 | (behind.gap as u64) << 3 | (before.gap as u64) << 6;
    let outline = [two_before, before, this, behind, two_behind];
    let outline = outline.iter().fold(0, |value, it| value << 4 | it.shape as u64);
    let word = &text[this.start as usize..this.end as usize];
    let (head, tail) = (letters(word.first_chunk()), letters(word.last_chunk()));
    [
        mix(u64::from(this.entry.0), s, 1),
        mix(this.hash, 0, 2),
        mix(before.hash, k, 3),
        mix(behind.hash, k, 4),
        mix(this.hash.rotate_left(17) ^ behind.hash, 0, 5),
        mix(two_before.hash.rotate_left(17) ^ before.hash, s, 6),
        mix(behind.hash.rotate_left(17) ^ two_behind.hash, s, 7),
        mix(tail, s, 8),
        mix(head, s, 9),
        mix(kb << 32 | k, ka, 10),
        mix(outline, gaps, 11),
        mix(k2b << 32 | kb, k, 12),
        mix(k << 32 | ka, k2a, 13),
        mix(two_before.hash, kb << 32 | k, 14),
        mix(before.hash.rotate_left(17) ^ behind.hash, k, 15),
        mix(outline, k2b << 32 | kb, 16),
        mix(k, register, 17),
    ]
}

/// A word's kind: its shape and the coarse part of its entry.
#[inline]
fn kind(token: &Token) -> u64 {
    let Entry(bits) = token.entry;
    let it = token.entry;
    let coarse = |rank: u16| u64::from(rank.div_ceil(2));
    let cue = u64::from(bits >> 11 & 15);
    let mark = if token.shape == Shape::Mark { token.hash & 0xff } else { 0 };
    token.shape as u64
        | cue << 4
        | coarse(it.given()) << 8
        | coarse(it.surname()) << 11
        | coarse(it.common()) << 14
        | u64::from(it.place()) << 17
        | mark << 19
}

/// Three bytes in lower case; 0 where a word is shorter.
#[inline]
fn letters(bytes: Option<&[u8; 3]>) -> u64 {
    bytes.map_or(0, |&[a, b, c]| u64::from(u32::from_be_bytes([0, a | 0x20, b | 0x20, c | 0x20])))
}

#[inline]
fn mix(a: u64, b: u64, number: u64) -> u64 {
    let value = (a ^ number.wrapping_mul(0xA24B_AED4_963E_E407)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let value = (value ^ value >> 32 ^ b.wrapping_mul(0xC2B2_AE3D_27D4_EB4F)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    value ^ value >> 29
}
