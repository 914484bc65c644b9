//! Values and places known to be harmless. Holds regular expressions, globs and keyed hashes, never values.

use std::collections::HashSet;
use std::fmt;
use std::path::Path;

use globset::{Glob, GlobSet, GlobSetBuilder};
use regex::bytes::{RegexBuilder, RegexSet, RegexSetBuilder};

use crate::{Error, ErrorKind};

/// What is not to be reported.
pub struct AllowList {
    values: RegexSet,
    paths: GlobSet,
    hashes: HashSet<[u8; 32]>,
    key: Option<AllowKey>,
}

/// The key of the hashes in an allow-list: 32 bytes, kept apart from the list.
#[derive(Clone)]
pub struct AllowKey([u8; 32]);

impl AllowKey {
    /// From the content of a key file: 32 bytes, or 64 hexadecimal digits.
    ///
    /// # Errors
    /// Kind `Usage` where it is neither.
    pub fn from_file(content: &[u8]) -> Result<Self, Error> {
        if let Ok(key) = content.try_into() {
            return Ok(AllowKey(key));
        }
        let hex = std::str::from_utf8(content.trim_ascii()).ok().and_then(from_hex);
        let wrong = || Error::new(ErrorKind::Usage, "an allow-list key is 32 bytes or 64 hexadecimal digits");
        hex.map(AllowKey).ok_or_else(wrong)
    }

    /// The hash of a value: BLAKE3 keyed, over its letters and digits in lower case (`123-45-6789` and `123456789`
    /// are one value).
    pub fn hash(&self, value: &[u8]) -> [u8; 32] {
        let kept = value.iter().filter(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii());
        let normal: Vec<u8> = kept.map(u8::to_ascii_lowercase).collect();
        *blake3::keyed_hash(&self.0, &normal).as_bytes()
    }

    /// The line of an allow-list that allows a value.
    pub fn line(&self, value: &[u8]) -> String {
        format!("hash:{}", blake3::Hash::from_bytes(self.hash(value)).to_hex())
    }
}

impl fmt::Debug for AllowKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("AllowKey")
    }
}

impl fmt::Debug for AllowList {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (values, hashes) = (self.values.len(), self.hashes.len());
        write!(out, "AllowList({values} regexes, {} globs, {hashes} hashes)", self.paths.len())
    }
}

impl AllowList {
    /// Parses a list: one `regex:…` (of a whole value), `path:GLOB` or `hash:HEX` a line; empty lines and `#` comments.
    ///
    /// # Errors
    /// Kind `Usage`, with the line's number, where a line is none of these or hashes come without a key.
    pub fn parse(text: &str, key: Option<AllowKey>) -> Result<Self, Error> {
        let (mut regexes, mut paths, mut hashes) = (Vec::new(), GlobSetBuilder::new(), HashSet::new());
        for (index, line) in text.lines().enumerate() {
            let wrong = |what: &str| Error::new(ErrorKind::Usage, format!("allow-list line {}: {what}", index + 1));
            let line = line.trim();
            match line.split_once(':') {
                _ if line.is_empty() || line.starts_with('#') => {}
                Some(("regex", regex)) => {
                    let built = RegexBuilder::new(regex).unicode(false).build();
                    built.map_err(|_| wrong("not a regular expression"))?;
                    regexes.push(format!("^(?:{regex})$"));
                }
                Some(("path", glob)) => {
                    paths.add(Glob::new(glob).map_err(|_| wrong("not a glob"))?);
                }
                Some(("hash", _)) if key.is_none() => return Err(wrong("a hash needs the key it was made with")),
                Some(("hash", hex)) => {
                    hashes.insert(from_hex(hex).ok_or_else(|| wrong("a hash is 64 hexadecimal digits"))?);
                }
                // The line itself is not shown: somebody may have put a value there.
                _ => return Err(wrong("expected regex:, path: or hash:")),
            }
        }
        let too_large =
            |_: regex::Error| Error::new(ErrorKind::Usage, "the allow-list's regular expressions are too large");
        let values = RegexSetBuilder::new(regexes).unicode(false).build();
        let values = values.map_err(too_large)?;
        let paths = paths.build().map_err(|_| Error::new(ErrorKind::Usage, "the allow-list has too many globs"))?;
        Ok(AllowList { values, paths, hashes, key })
    }

    /// True where the value is harmless.
    pub fn allows_value(&self, value: &[u8]) -> bool {
        let hashed = |key: &AllowKey| !self.hashes.is_empty() && self.hashes.contains(&key.hash(value));
        self.values.is_match(value) || self.key.as_ref().is_some_and(hashed)
    }

    /// True where everything at the path is harmless.
    pub fn allows_path(&self, path: &Path) -> bool {
        self.paths.is_match(path) || path.file_name().is_some_and(|name| self.paths.is_match(name))
    }
}

fn from_hex(hex: &str) -> Option<[u8; 32]> {
    blake3::Hash::from_hex(hex.trim()).ok().map(|hash| *hash.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_paths_and_hashes_are_allowed() {
        let key = AllowKey::from_file(&[7; 32]).unwrap();
        let list = format!("# ours\nregex:555-01\\d\\d\npath:*.sample\n{}\n", key.line(b"123-45-6789"));
        let allow = AllowList::parse(&list, Some(key)).unwrap();
        assert!(allow.allows_value(b"555-0123"));
        assert!(!allow.allows_value(b"x555-0123"));
        assert!(allow.allows_value(b"123 45 6789"));
        assert!(!allow.allows_value(b"123-45-6780"));
        assert!(allow.allows_path(Path::new("a/b.sample")));
        assert!(!allow.allows_path(Path::new("a/b.csv")));
    }

    #[test]
    fn wrong_lines_are_told_without_their_text() {
        let error = AllowList::parse("\n123-45-6789\n", None).unwrap_err().to_string();
        assert!(error.contains("line 2") && !error.contains("6789"), "{error}");
        assert!(AllowList::parse("hash:00", None).is_err());
        assert!(AllowList::parse("regex:(", None).is_err());
        assert!(AllowKey::from_file(b"short").is_err());
        assert!(AllowKey::from_file(&[b"ab".repeat(32), b"\n".to_vec()].concat()).is_ok());
    }
}
