//! The hash of a word, by which the model knows it. Part of the model file's format: a change needs a new model.

/// The hash of a word, ASCII case ignored: of its first eight bytes, its last eight and its length.
#[inline(always)]
pub fn word_hash(text: &[u8], start: usize, end: usize) -> u64 {
    let len = end - start;
    let low = eight(text, start);
    let bytes = if len <= 8 {
        low & (!0 >> (64 - 8 * len.max(1))) | FOLD
    } else {
        (low | FOLD).rotate_left(29).wrapping_mul(0xC2B2_AE3D_27D4_EB4F) ^ (eight(text, end - 8) | FOLD)
    };
    let hash = bytes.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add((len as u64) << 40);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_the_shipped_model() {
        assert_eq!(word_hash(b"Parkinson", 0, 9), word_hash(b"xx PARKINSON", 3, 12));
        assert_eq!(word_hash(b"doe", 0, 3), 0x6CFD_A82C_F5D3_3B18);
        assert_eq!(word_hash(b"hollingsworth", 0, 13), 0xA314_1198_D98A_EC29);
    }
}
