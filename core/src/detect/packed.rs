//! Short values as numbers: up to sixteen bytes looked at eight at a time.

/// Eight equal bytes.
const fn each(byte: u8) -> u64 {
    byte as u64 * 0x0101_0101_0101_0101
}

/// A value of at most sixteen bytes in two halves, the first byte lowest, zeros behind the last.
#[inline]
pub fn pack(value: &[u8]) -> Option<[u64; 2]> {
    let len = value.len();
    if let (Some(first), Some(last)) = (value.first_chunk::<8>(), value.last_chunk::<8>()) {
        // The last eight, without those that are in the first half.
        let surplus = 8 * 16_usize.checked_sub(len)? as u32;
        let last = u64::from_le_bytes(*last) >> (surplus / 2) >> (surplus / 2);
        return Some([u64::from_le_bytes(*first), last]);
    }
    if let (Some(first), Some(last)) = (value.first_chunk::<4>(), value.last_chunk::<4>()) {
        let last = u64::from(u32::from_le_bytes(*last)) << (8 * (len - 4));
        return Some([u64::from(u32::from_le_bytes(*first)) | last, 0]);
    }
    Some([value.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)), 0])
}

/// A high bit for each byte that is an ASCII letter.
#[inline]
pub fn letters(word: u64) -> u64 {
    let lower = (word & each(0x7f)) | each(0x20);
    let (from_a, behind_z) = (lower + each(0x80 - b'a'), lower + each(0x80 - b'z' - 1));
    from_a & !behind_z & !word & each(0x80)
}

/// A high bit for each byte that is a digit.
#[inline]
pub fn digits(word: u64) -> u64 {
    let low = word & each(0x7f);
    let (from_0, behind_9) = (low + each(0x80 - b'0'), low + each(0x80 - b'9' - 1));
    from_0 & !behind_9 & !word & each(0x80)
}

/// A high bit for each byte that equals the given one.
#[inline]
pub fn equal(word: u64, byte: u8) -> u64 {
    let other = word ^ each(byte);
    !(((other & each(0x7f)) + each(0x7f)) | other) & each(0x80)
}

/// The high bits of a packed value's bytes.
#[inline]
pub fn all(len: usize) -> [u64; 2] {
    const ROWS: [[u64; 2]; 17] = {
        let mut rows = [[0; 2]; 17];
        let mut len = 1;
        while len <= 16 {
            rows[len] = rows[len - 1];
            rows[len][(len - 1) / 8] |= 0x80 << (8 * ((len - 1) % 8));
            len += 1;
        }
        rows
    };
    ROWS[if len < 16 { len } else { 16 }]
}

/// The letters at the beginning of eight bytes.
#[inline]
pub fn leading_letters(word: u64) -> usize {
    ((letters(word) ^ each(0x80)).trailing_zeros() / 8) as usize
}

/// True where the eight bytes are digits.
#[inline]
pub fn is_number(word: u64) -> bool {
    let six = word.wrapping_add(each(6));
    (word & each(0xf0)) == each(0x30) && (six & each(0xf0)) == each(0x30)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_is_packed_in_order() {
        let value: Vec<u8> = (b'a'..=b'q').collect();
        for len in 0..=16 {
            let mut bytes = [0; 16];
            bytes[..len].copy_from_slice(&value[..len]);
            let (first, last) = bytes.split_at(8);
            let halves = [first, last].map(|it| u64::from_le_bytes(it.try_into().expect("eight bytes")));
            assert_eq!(pack(&value[..len]), Some(halves));
            assert_eq!(all(len), halves.map(letters));
        }
        assert_eq!(pack(&value), None);
    }

    #[test]
    fn every_byte_is_told_in_every_place() {
        for byte in 0..=255u8 {
            for other in [0, b'0', b'a', b'z', 0x80, 0xff] {
                for place in 0..8 {
                    let mut bytes = [other; 8];
                    bytes[place] = byte;
                    let word = u64::from_le_bytes(bytes);
                    let told = |is: fn(u8) -> bool| {
                        (0..8).filter(|it| is(bytes[*it])).fold(0, |sum, it| sum | 0x80 << (8 * it))
                    };
                    assert_eq!(letters(word), told(|it| it.is_ascii_alphabetic()));
                    assert_eq!(digits(word), told(|it| it.is_ascii_digit()));
                    assert_eq!(equal(word, b'a'), told(|it| it == b'a'));
                    assert_eq!(is_number(word), bytes.iter().all(u8::is_ascii_digit));
                }
            }
        }
        assert_eq!((leading_letters(each(b'a')), leading_letters(0x4141_2041)), (8, 1));
    }
}
