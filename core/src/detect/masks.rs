//! The prefilter: one bit per byte and class, from which every trigger is taken. Never looks at meaning.
//!
//! Three implementations give the same bits: `scalar` (the reference), `portable` (eight bytes at a time) and AVX2.
//! The bits of each movemask pass through an empty instruction before they are combined: LLVM would turn the mask algebra
//! into lane shuffles, ten times slower.

/// The class bits of a byte.
mod class {
    pub const DIGIT: u8 = 1;
    pub const WORD: u8 = 2;
    pub const AT: u8 = 4;
    pub const SEPARATOR: u8 = 8;
    pub const SLASH: u8 = 16;
    pub const UPPER: u8 = 32;
}

const CLASS: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        table[byte] = match b {
            b'0'..=b'9' => class::DIGIT | class::WORD,
            b'A'..=b'Z' => class::WORD | class::UPPER,
            b'a'..=b'z' | 0x80.. => class::WORD,
            b'@' => class::AT,
            b':' | b'=' | b'>' => class::SEPARATOR,
            b'/' => class::SLASH,
            _ => 0,
        };
        byte += 1;
    }
    table
};

use super::bits::{Bits, SEEN};

/// Bit masks of a text; bits behind the end are clear.
#[derive(Clone, Debug, Default)]
pub struct Masks {
    /// ASCII digits.
    pub digit: Bits,
    /// ASCII letters and digits, and every byte from 0x80.
    pub word: Bits,
    /// Places at which something may begin: a digit run, an `@`, a `:`, `=` or `>` not behind a digit, a `/` behind a
    /// letter.
    pub trigger: Bits,
    /// Where a camelCase part begins inside a word: `patient|Id`.
    pub hump: Bits,
    /// Where a word begins with an upper-case ASCII letter.
    pub capital: Bits,
}

/// A run of digits: its end, and where the word that holds it starts and stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    pub start: usize,
    pub end: usize,
    pub stop: usize,
}

/// The class bits of 64 bytes, in the order of `class`.
type Planes = [u64; 6];

/// The top bits of the 64 bytes before.
#[derive(Clone, Copy, Default)]
struct Before {
    digit: u64,
    letter: u64,
    lower: u64,
    word: u64,
}

impl Masks {
    /// Fills the masks for a text, reusing the buffers.
    pub fn fill(&mut self, text: &[u8]) {
        let masks = [&mut self.digit, &mut self.word, &mut self.trigger, &mut self.hump, &mut self.capital];
        masks.into_iter().for_each(|mask| mask.resize(text.len()));
        let mut before = Before::default();
        classify(text, |index, planes| before = self.put(index, planes, before));
    }

    /// Stores the bits of 64 bytes, and derives triggers, humps and capitals.
    #[inline(always)]
    fn put(&mut self, index: usize, planes: Planes, before: Before) -> Before {
        let [digit, word, at, separator, slash, upper] = planes;
        let letter = word & !digit;
        let lower = letter & !upper;
        let digit_before = digit << 1 | before.digit;
        let starts = digit & !digit_before;
        let labels = separator & !(separator << 1) & !digit_before;
        let hosts = slash & (letter << 1 | before.letter);
        self.digit.set_chunk(index, digit);
        self.word.set_chunk(index, word);
        self.trigger.set_chunk(index, at | starts | labels | hosts);
        self.hump.set_chunk(index, upper & (lower << 1 | before.lower));
        self.capital.set_chunk(index, upper & !(word << 1 | before.word));
        Before { digit: digit >> 63, letter: letter >> 63, lower: lower >> 63, word: word >> 63 }
    }

    /// The digits that begin at `at`, and the word that holds them.
    #[inline]
    pub fn number(&self, at: usize, lo: usize, hi: usize) -> Number {
        let (end, stop) = (self.digit.run_end(at, hi), self.word.run_end(at, hi));
        Number { start: self.word.run_start(at, lo), end, stop }
    }

    /// Where the last camelCase part of the word `start..end` begins; `start` where it is one part.
    #[inline]
    pub fn last_part(&self, start: usize, end: usize) -> usize {
        self.hump.previous_set_end(end, start + 1).map_or(start, |behind| behind - 1)
    }

    /// Where the camelCase part begins that ends a word at `end`, at or behind `floor`.
    #[inline]
    pub fn part_start(&self, end: usize, floor: usize) -> usize {
        let len = end - self.word.run_start(end, floor);
        let part = self.hump.before(end).leading_zeros() as usize + 1;
        if len < SEEN { end - part.min(len) } else { self.last_part(end - len, end) }
    }
}

/// Calls `each` with the class bits of every 64 bytes, in order.
fn classify(text: &[u8], each: impl FnMut(usize, Planes)) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the CPU has AVX2, just checked.
        unsafe { avx2::classify(text, each) };
        return;
    }
    portable(text, each);
}

/// The reference: one byte after the other.
fn scalar(text: &[u8], mut each: impl FnMut(usize, Planes)) {
    for (index, chunk) in text.chunks(64).enumerate() {
        let mut planes = Planes::default();
        for (at, &byte) in chunk.iter().enumerate() {
            let classes = CLASS[usize::from(byte)];
            for (bit, plane) in planes.iter_mut().enumerate() {
                *plane |= u64::from(classes >> bit & 1) << at;
            }
        }
        each(index, planes);
    }
}

/// Eight bytes at a time: class bytes are gathered into one word and each bit plane is multiplied into place.
fn portable(text: &[u8], mut each: impl FnMut(usize, Planes)) {
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let (chunks, rest) = text.as_chunks::<64>();
    for (index, chunk) in chunks.iter().enumerate() {
        let mut planes = Planes::default();
        for (part, eight) in chunk.chunks_exact(8).enumerate() {
            let mut classes = 0u64;
            for (at, &byte) in eight.iter().enumerate() {
                classes |= u64::from(CLASS[usize::from(byte)]) << (8 * at);
            }
            for (bit, plane) in planes.iter_mut().enumerate() {
                let ones = (classes >> bit) & 0x0101_0101_0101_0101;
                *plane |= (ones.wrapping_mul(GATHER) >> 56) << (8 * part);
            }
        }
        each(index, planes);
    }
    scalar(rest, |_, planes| each(chunks.len(), planes));
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    //! 32 bytes at a time: two nibble look-ups give a byte's classes, one movemask per class the bits.

    use std::arch::asm;
    use std::arch::x86_64::*;

    use super::Planes;

    // Class bits of the nibble tables. A byte has a class where both its nibbles allow it.
    const DIGIT: u8 = 1; //      3x, 0-9
    const LETTER_1: u8 = 2; //   4x 6x, 1-f
    const LETTER_2: u8 = 4; //   5x 7x, 0-a
    const HIGH: u8 = 8; //       8x-fx
    const AT: u8 = 16; //        40
    const SEPARATOR: u8 = 32; // 3a 3d 3e
    const SLASH: u8 = 64; //     2f
    const CAPITAL: u8 = 128; //  4x 5x; letters among them are upper case

    const fn low_nibbles() -> [u8; 16] {
        let mut table = [0; 16];
        let mut low = 0;
        while low < 16 {
            let mut bits = HIGH | CAPITAL;
            if low <= 9 {
                bits |= DIGIT;
            }
            if low >= 1 {
                bits |= LETTER_1;
            }
            if low <= 10 {
                bits |= LETTER_2;
            }
            if low == 0 {
                bits |= AT;
            }
            if low == 10 || low == 13 || low == 14 {
                bits |= SEPARATOR;
            }
            if low == 15 {
                bits |= SLASH;
            }
            table[low] = bits;
            low += 1;
        }
        table
    }

    const LOW: [u8; 16] = low_nibbles();
    const TOP: [u8; 16] = {
        let letters = [LETTER_1, LETTER_2];
        [
            0,
            0,
            SLASH,
            DIGIT | SEPARATOR,
            letters[0] | AT | CAPITAL,
            letters[1] | CAPITAL,
            letters[0],
            letters[1],
            HIGH,
            HIGH,
            HIGH,
            HIGH,
            HIGH,
            HIGH,
            HIGH,
            HIGH,
        ]
    };

    /// # Safety
    /// The CPU must have AVX2.
    #[target_feature(enable = "avx2")]
    pub unsafe fn classify(text: &[u8], mut each: impl FnMut(usize, Planes)) {
        // SAFETY: both tables are 16 bytes long.
        let (low, top) = unsafe {
            (
                _mm256_broadcastsi128_si256(_mm_loadu_si128(LOW.as_ptr().cast())),
                _mm256_broadcastsi128_si256(_mm_loadu_si128(TOP.as_ptr().cast())),
            )
        };
        let (chunks, rest) = text.as_chunks::<64>();
        // What is behind the end has no class.
        let mut last = [0; 64];
        last[..rest.len()].copy_from_slice(rest);
        let last = (!rest.is_empty()).then_some(&last);
        for (index, chunk) in chunks.iter().chain(last).enumerate() {
            // SAFETY: a chunk is 64 bytes long.
            let (a, b) = unsafe {
                let at = chunk.as_ptr();
                (_mm256_loadu_si256(at.cast()), _mm256_loadu_si256(at.add(32).cast()))
            };
            let (a, b) = (classes(a, low, top), classes(b, low, top));
            let word = words(a, b);
            let upper = plane::<0>(a, b) & word;
            each(index, [plane::<7>(a, b), word, plane::<3>(a, b), plane::<2>(a, b), plane::<1>(a, b), upper]);
        }
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn classes(bytes: __m256i, low: __m256i, top: __m256i) -> __m256i {
        let nibble = _mm256_set1_epi8(15);
        let lows = _mm256_shuffle_epi8(low, _mm256_and_si256(bytes, nibble));
        let tops = _mm256_shuffle_epi8(top, _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), nibble));
        _mm256_and_si256(lows, tops)
    }

    /// The class bit that `SHIFT` moves to the top of each byte.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn plane<const SHIFT: i32>(a: __m256i, b: __m256i) -> u64 {
        join(_mm256_movemask_epi8(_mm256_slli_epi16::<SHIFT>(a)), _mm256_movemask_epi8(_mm256_slli_epi16::<SHIFT>(b)))
    }

    /// Digits, letters and high bytes.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn words(a: __m256i, b: __m256i) -> u64 {
        let wanted = _mm256_set1_epi8((DIGIT | LETTER_1 | LETTER_2 | HIGH) as i8);
        let none = |it| _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_and_si256(it, wanted), _mm256_setzero_si256()));
        !join(none(a), none(b))
    }

    /// The bits of both halves, kept in a register of their own: LLVM would turn them into lane shuffles.
    #[inline]
    fn join(a: i32, b: i32) -> u64 {
        let mut bits = u64::from(a as u32) | u64::from(b as u32) << 32;
        // SAFETY: no instruction at all.
        unsafe { asm!("/* {0} */", inout(reg) bits, options(pure, nomem, nostack, preserves_flags)) };
        bits
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn planes(classify: impl FnOnce(&[u8], &mut dyn FnMut(usize, Planes)), text: &[u8]) -> Vec<Planes> {
        let mut all = Vec::new();
        classify(text, &mut |index, planes| {
            assert_eq!(index, all.len());
            all.push(planes);
        });
        all
    }

    proptest! {
        #[test]
        fn every_implementation_gives_the_scalar_bits(text in proptest::collection::vec(any::<u8>(), 0..400)) {
            let expected = planes(|text, each| scalar(text, each), &text);
            prop_assert_eq!(&planes(|text, each| portable(text, each), &text), &expected);
            prop_assert_eq!(&planes(|text, each| classify(text, each), &text), &expected);
        }

        #[test]
        fn numbers_are_those_of_the_bytes(text in "[0-9a ]{1,200}", at in 0usize..200) {
            let text = text.as_bytes();
            let at = at % text.len();
            prop_assume!(text[at].is_ascii_digit());
            let mut masks = Masks::default();
            masks.fill(text);
            let len = |of: &[u8], word: fn(&u8) -> bool| of.iter().take_while(|it| word(it)).count();
            let before: Vec<u8> = text[..at].iter().rev().copied().collect();
            let number = Number {
                start: at - len(&before, u8::is_ascii_alphanumeric),
                end: at + len(&text[at..], u8::is_ascii_digit),
                stop: at + len(&text[at..], u8::is_ascii_alphanumeric),
            };
            prop_assert_eq!(masks.number(at, 0, text.len()), number);
        }
    }

    #[test]
    fn triggers_are_digit_runs_at_signs_and_separators() {
        let text = b"ab 12x3 c@d k: v=1 a/b //";
        let mut masks = Masks::default();
        masks.fill(text);
        let places: Vec<usize> = (0..text.len()).filter(|it| masks.trigger.has(*it)).collect();
        assert_eq!(places, [3, 6, 9, 13, 16, 17, 20]);
    }
}
