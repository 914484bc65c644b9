//! The secret that fingerprints are made with. Never shown, never stored beside what it protects.

use std::fmt;

use crate::{Error, ErrorKind};

/// 256 secret bits. Whoever has them can try values against fingerprints; whoever has not, cannot.
#[derive(Clone, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl Key {
    /// A key of those bytes, which must come from a source of cryptographic randomness.
    pub fn new(bytes: [u8; 32]) -> Self {
        Key(bytes)
    }

    /// From the content of a key file: 32 bytes, or 64 hexadecimal digits.
    ///
    /// # Errors
    /// Kind `Usage` where it is neither.
    pub fn from_file(content: &[u8]) -> Result<Self, Error> {
        if let Ok(key) = content.try_into() {
            return Ok(Key(key));
        }
        let hex = std::str::from_utf8(content.trim_ascii()).ok().and_then(|it| blake3::Hash::from_hex(it).ok());
        let wrong = || Error::new(ErrorKind::Usage, "a key is 32 bytes or 64 hexadecimal digits");
        hex.map(|it| Key(*it.as_bytes())).ok_or_else(wrong)
    }

    /// The line of a key file: 64 hexadecimal digits. An explicit act: the result is the secret itself.
    pub fn reveal(&self) -> String {
        format!("{}\n", blake3::Hash::from_bytes(self.0).to_hex())
    }

    /// A key for one purpose. Keys of different purposes say nothing of each other or of this one.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> Key {
        Key(self.hash(purpose.as_bytes()))
    }

    /// BLAKE3 in its keyed mode.
    pub fn hash(&self, bytes: &[u8]) -> [u8; 32] {
        *blake3::keyed_hash(&self.0, bytes).as_bytes()
    }

    /// The same of what comes piece by piece.
    pub fn hasher(&self) -> blake3::Hasher {
        blake3::Hasher::new_keyed(&self.0)
    }

    /// Sixteen hexadecimal digits by which the key is told from others. They do not give it away.
    pub fn id(&self) -> String {
        let hash = self.derive("phisift key id 1").0;
        hash[..8].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Key")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_hold_bytes_or_digits() {
        let key = Key::from_file(&[7; 32]).unwrap();
        assert_eq!(Key::from_file(key.reveal().as_bytes()).unwrap(), key);
        assert!(Key::from_file(b"short").is_err());
        assert_eq!(format!("{key:?}"), "Key");
    }

    #[test]
    fn purposes_part_keys() {
        let key = Key::new([7; 32]);
        assert_ne!(key.derive("a"), key.derive("b"));
        assert_ne!(key.derive("a").id(), key.id());
        assert_eq!(key.id().len(), 16);
    }
}
