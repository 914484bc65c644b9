//! The keyed hashes of known values. Without the key nobody can tell from a hash what it is of.

use std::fmt;

use crate::model::Key;

/// What a list of known values is hashed and sealed with; derived from a secret of 32 bytes.
#[derive(Clone)]
pub struct KnownKey {
    values: [u64; 2],
    pairs: [u64; 2],
    seal: Key,
    id: String,
}

impl KnownKey {
    /// The keys that follow from a secret. It must be kept apart from the lists made with it.
    pub fn new(secret: &Key) -> Self {
        let halves = |purpose| {
            let key = secret.derive(purpose).hash(b"");
            [word(&key[..8]), word(&key[8..16])]
        };
        KnownKey {
            values: halves("phisift edm 1 values"),
            pairs: halves("phisift edm 1 pairs"),
            seal: secret.derive("phisift edm 1 seal"),
            id: secret.id(),
        }
    }

    /// Tells the secret apart from others without giving anything of it away: 16 hexadecimal digits.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The hash of a value in its normal form.
    #[inline]
    pub(super) fn hash(&self, normal: &[u8]) -> u64 {
        siphash(self.values, normal)
    }

    /// The hash of two values of one record, from the hashes of each, for the combination of that number.
    #[inline]
    pub(super) fn pair(&self, combination: u8, first: u64, second: u64) -> u64 {
        let mut both = [0; 17];
        both[..8].copy_from_slice(&first.to_le_bytes());
        both[8..16].copy_from_slice(&second.to_le_bytes());
        both[16] = combination;
        siphash(self.pairs, &both)
    }

    /// The seal of a file's content.
    pub(super) fn seal(&self, content: &[u8]) -> [u8; 32] {
        self.seal.hash(content)
    }
}

impl fmt::Debug for KnownKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("KnownKey")
    }
}

/// SipHash-2-4 (Aumasson and Bernstein, 2012): a pseudo-random function that takes 20 ns for a short value, where a
/// general hash takes five times that for every word of a document.
#[inline]
fn siphash(key: [u64; 2], bytes: &[u8]) -> u64 {
    let mut state = [
        key[0] ^ 0x736f_6d65_7073_6575,
        key[1] ^ 0x646f_7261_6e64_6f6d,
        key[0] ^ 0x6c79_6765_6e65_7261,
        key[1] ^ 0x7465_6462_7974_6573,
    ];
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        absorb(&mut state, word(chunk));
    }
    let rest = chunks.remainder();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    last[7] = bytes.len() as u8;
    absorb(&mut state, word(&last));
    state[2] ^= 0xff;
    (0..4).for_each(|_| round(&mut state));
    state[0] ^ state[1] ^ state[2] ^ state[3]
}

#[inline]
fn absorb(state: &mut [u64; 4], word: u64) {
    state[3] ^= word;
    round(state);
    round(state);
    state[0] ^= word;
}

#[inline]
fn round([a, b, c, d]: &mut [u64; 4]) {
    *a = a.wrapping_add(*b);
    *b = b.rotate_left(13) ^ *a;
    *a = a.rotate_left(32);
    *c = c.wrapping_add(*d);
    *d = d.rotate_left(16) ^ *c;
    *a = a.wrapping_add(*d);
    *d = d.rotate_left(21) ^ *a;
    *c = c.wrapping_add(*b);
    *b = b.rotate_left(17) ^ *c;
    *c = c.rotate_left(32);
}

/// Eight bytes, the lowest first.
#[inline]
fn word(bytes: &[u8]) -> u64 {
    u64::from_le_bytes(bytes.try_into().expect("a slice of eight bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the authors' table of test vectors: key 00 01 … 0f, messages 00 01 … of 0, 8 and 15 bytes.
    #[test]
    fn siphash_gives_the_published_values() {
        let key: Vec<u8> = (0..16).collect();
        let key = [word(&key[..8]), word(&key[8..])];
        let message: Vec<u8> = (0..15).collect();
        assert_eq!(siphash(key, b""), 0x726f_db47_dd0e_0e31);
        assert_eq!(siphash(key, &message[..8]), 0x93f5_f579_9a93_2462);
        assert_eq!(siphash(key, &message), 0xa129_ca61_49be_45e5);
    }

    #[test]
    fn keys_differ_in_all_that_follows_from_them() {
        let (a, b) = (KnownKey::new(&Key::new([1; 32])), KnownKey::new(&Key::new([2; 32])));
        assert_ne!(a.id(), b.id());
        assert_ne!(a.hash(b"123456789"), b.hash(b"123456789"));
        assert_ne!(a.pair(0, 1, 2), a.pair(1, 1, 2));
        assert_ne!(a.pair(0, 1, 2), a.pair(0, 2, 1));
        assert_eq!(format!("{a:?}"), "KnownKey");
    }
}
