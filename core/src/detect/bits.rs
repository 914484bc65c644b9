//! One bit per byte of a text, and what is asked of such bits: where runs begin and end. Knows no meaning.

/// Bits of a text, 64 to a word, with a clear word on either side, so that eight bytes of them can be read at any place.
#[derive(Clone, Debug, Default)]
pub struct Bits(Vec<[u8; 8]>);

/// How many bits are seen from any place in one read.
pub const SEEN: usize = 57;

impl Bits {
    /// Makes room for a text of that many bytes. Its own words keep what they held: each must be set.
    pub fn resize(&mut self, len: usize) {
        let words = len.div_ceil(64) + 2;
        self.0.resize(words, [0; 8]);
        (self.0[0], self.0[words - 1]) = ([0; 8], [0; 8]);
    }

    /// The bits of 64 bytes; none behind the text's end.
    #[inline]
    pub fn chunk(&self, index: usize) -> u64 {
        u64::from_le_bytes(self.0[index + 1])
    }

    /// Sets the bits of 64 bytes.
    #[inline]
    pub fn set_chunk(&mut self, index: usize, bits: u64) {
        self.0[index + 1] = bits.to_le_bytes();
    }

    /// True where the bit of the byte at `at` is set; false behind the text's end.
    #[inline]
    pub fn has(&self, at: usize) -> bool {
        self.0.as_flattened().get(at / 8 + 8).is_some_and(|it| it >> (at % 8) & 1 == 1)
    }

    /// The bits from `at` on, `SEEN` or a few more of them.
    #[inline]
    pub fn from(&self, at: usize) -> u64 {
        self.eight(at / 8 + 8) >> (at % 8)
    }

    /// The bits before `at`, the nearest on top, `SEEN` or a few more of them.
    #[inline]
    pub fn before(&self, at: usize) -> u64 {
        self.eight(at.div_ceil(8)) << (at.wrapping_neg() % 8)
    }

    /// The same without those before `floor`.
    #[inline]
    pub fn before_until(&self, at: usize, floor: usize) -> u64 {
        let bits = self.before(at);
        if at - floor < 64 { bits & !(!0 >> (at - floor)) } else { bits }
    }

    #[inline]
    fn eight(&self, at: usize) -> u64 {
        let bytes = self.0.as_flattened()[at..].first_chunk().expect("a clear word follows");
        u64::from_le_bytes(*bytes)
    }

    /// The end of the run of set bits that contains `at`, at most `end`.
    #[inline]
    pub fn run_end(&self, at: usize, end: usize) -> usize {
        let len = self.from(at).trailing_ones() as usize;
        if len < SEEN { (at + len).min(end) } else { self.long_run_end(at, end) }
    }

    #[cold]
    #[inline(never)]
    fn long_run_end(&self, at: usize, end: usize) -> usize {
        let mut index = at / 64;
        let mut clear = !self.chunk(index) & (!0 << (at % 64));
        while clear == 0 {
            index += 1;
            if index * 64 >= end {
                return end;
            }
            clear = !self.chunk(index);
        }
        (index * 64 + clear.trailing_zeros() as usize).min(end)
    }

    /// The start of the run of set bits that ends just before `at`, at least `start`.
    #[inline]
    pub fn run_start(&self, at: usize, start: usize) -> usize {
        if at <= start {
            return at;
        }
        let len = self.before(at).leading_ones() as usize;
        if len < SEEN { at - len.min(at - start) } else { self.long_run_start(at, start) }
    }

    #[cold]
    #[inline(never)]
    fn long_run_start(&self, at: usize, start: usize) -> usize {
        let last = at - 1;
        let mut index = last / 64;
        let mut clear = !self.chunk(index) & (!0 >> (63 - last % 64));
        while clear == 0 {
            if index * 64 <= start {
                return start;
            }
            index -= 1;
            clear = !self.chunk(index);
        }
        (index * 64 + 64 - clear.leading_zeros() as usize).max(start)
    }

    /// The first set bit at or behind `at`, below `end`.
    #[inline]
    pub fn next_set(&self, at: usize, end: usize) -> Option<usize> {
        if at >= end {
            return None;
        }
        let mut index = at / 64;
        let mut set = self.chunk(index) & (!0 << (at % 64));
        while set == 0 {
            index += 1;
            if index * 64 >= end {
                return None;
            }
            set = self.chunk(index);
        }
        let found = index * 64 + set.trailing_zeros() as usize;
        (found < end).then_some(found)
    }

    /// Behind the last set bit before `at`, if there is one at or behind `start`.
    #[inline]
    pub fn previous_set_end(&self, at: usize, start: usize) -> Option<usize> {
        if at <= start {
            return None;
        }
        let near = self.before(at).leading_zeros() as usize;
        if near < SEEN {
            return (near < at - start).then(|| at - near);
        }
        let last = at - 1;
        let mut index = last / 64;
        let mut set = self.chunk(index) & (!0 >> (63 - last % 64));
        while set == 0 {
            if index * 64 <= start {
                return None;
            }
            index -= 1;
            set = self.chunk(index);
        }
        let end = index * 64 + 64 - set.leading_zeros() as usize;
        (end > start).then_some(end)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bits_of(set: &[bool]) -> Bits {
        let mut bits = Bits::default();
        bits.resize(set.len());
        (0..set.len().div_ceil(64)).for_each(|it| bits.set_chunk(it, 0));
        for (at, _) in set.iter().enumerate().filter(|it| *it.1) {
            bits.set_chunk(at / 64, bits.chunk(at / 64) | 1 << (at % 64));
        }
        bits
    }

    proptest! {
        #[test]
        fn runs_are_those_of_the_bits(
            lengths in proptest::collection::vec(1usize..130, 1..12),
            at in 0usize..700,
            start in 0usize..700,
            end in 0usize..700,
        ) {
            let set: Vec<bool> = lengths.iter().enumerate().flat_map(|(run, len)| vec![run % 2 == 0; *len]).collect();
            let bits = bits_of(&set);
            let (at, end) = (at % set.len(), end % set.len() + 1);
            let start = start.min(at);
            let len = |of: &[bool]| of.iter().take_while(|it| **it).count();
            if at < end {
                prop_assert_eq!(bits.run_end(at, end), at + len(&set[at..end]));
            }
            let before: Vec<bool> = set[start..at].iter().rev().copied().collect();
            prop_assert_eq!(bits.run_start(at, start), at - len(&before));
            prop_assert_eq!(bits.previous_set_end(at, start), before.iter().position(|it| *it).map(|it| at - it));
            let next = set.get(at..end).and_then(|it| it.iter().position(|it| *it));
            prop_assert_eq!(bits.next_set(at, end), next.map(|it| at + it));
            for step in 0..SEEN {
                prop_assert_eq!(bits.from(at) >> step & 1 == 1, set.get(at + step).copied().unwrap_or(false));
                let earlier = at.checked_sub(step + 1).filter(|it| *it >= start).is_some_and(|it| set[it]);
                prop_assert_eq!(bits.before_until(at, start) >> (63 - step) & 1 == 1, earlier);
                prop_assert_eq!(bits.has(at + step), set.get(at + step).copied().unwrap_or(false));
            }
        }
    }
}
