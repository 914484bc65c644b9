//! Exact data match: values that are known to be somebody's, as keyed hashes. Holds no plaintext and needs no pattern.
//!
//! A list is made of columns of a table (`mrn`, `ssn`) and of pairs of columns (`last_name+dob`). A value of a column
//! counts wherever it stands; one of a pair only where both stand in the same record. `docs/exact-data-match.md` tells
//! the file's format.

mod build;
mod key;
mod pairs;
mod probe;
mod shape;
mod table;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use self::build::{Built, KnownBuilder, KnownColumns};
pub use self::key::KnownKey;
use self::shape::{Kind, LONGEST, Normal};
use self::table::Table;
use super::Ruleset;
use crate::model::{EntityId, Subject};
use crate::{Error, ErrorKind};

/// The file's first line.
const MAGIC: &str = "phisift-edm 1\n";
/// Bytes of the seal at a file's end.
const SEAL: usize = 32;
/// Words a number may be written in: `555 123 45 67`.
const DIGIT_WORDS: usize = 4;

/// A list of known values.
pub struct KnownList {
    key: KnownKey,
    header: Header,
    table: Table,
    /// What values of columns look like.
    singles: Shapes,
    /// What parts of pairs look like.
    parts: Shapes,
    /// What a value scores by itself, by column, kind and length.
    scores: Vec<[[u16; LONGEST + 1]; 3]>,
}

/// What stands before the hashes, as JSON in the file's second line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Header {
    /// Tells which key it was made with.
    pub key_id: String,
    /// Hashes in the list.
    pub entries: usize,
    /// Bits of a hash that say its bucket.
    pub bucket_bits: u32,
    /// The columns; those of pairs stand here too, as parts.
    pub columns: Vec<Column>,
    /// Columns of which two values belong together, by number.
    pub pairs: Vec<(u8, u8)>,
}

/// A column of a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Column {
    /// As in the table that it was made of.
    pub name: String,
    /// What its values are.
    pub entity: String,
    /// It counts only together with another of the same record.
    pub part: bool,
    /// Different values.
    pub values: u64,
    /// How many of which kind, length and number of words at most.
    pub shapes: Vec<Shape>,
}

/// Values of one kind and length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// `d`igits, `l`etters or `m`ixed.
    pub kind: char,
    /// Bytes of the normal form.
    pub length: u8,
    /// Words at most.
    pub words: u8,
    /// How many.
    pub count: u64,
}

/// What values look like: by kind, a bit for each length, the longest, and the words at most.
#[derive(Clone, Copy, Debug, Default)]
struct Shapes {
    lengths: [u64; 3],
    longest: usize,
    words: [usize; 3],
}

impl Shapes {
    fn of<'c>(columns: impl Iterator<Item = &'c Column>) -> Self {
        let mut shapes = Shapes::default();
        for shape in columns.flat_map(|it| &it.shapes) {
            let Some(kind) = Kind::ALL.iter().position(|it| it.1 == shape.kind) else { continue };
            shapes.lengths[kind] |= 1 << (shape.length & 63);
            shapes.longest = shapes.longest.max(shape.length.into());
            let least = if kind == Kind::Letters as usize { 1 } else { DIGIT_WORDS };
            shapes.words[kind] = shapes.words[kind].max(usize::from(shape.words).max(least));
        }
        shapes
    }

    /// True where a list's value may have that form.
    #[inline]
    fn admit(&self, normal: &Normal) -> bool {
        self.lengths[normal.kind() as usize] >> normal.bytes().len() & 1 == 1
    }

    /// Words that a value may be written in, at most.
    fn most_words(&self) -> usize {
        self.words.into_iter().max().unwrap_or(0)
    }
}

impl KnownList {
    /// The list in a file's content.
    ///
    /// # Errors
    /// Kind `Usage` where it is no such file, was made with another key, or was changed.
    pub fn open(content: &[u8], key: KnownKey) -> Result<Self, Error> {
        let (header, head) = Header::read(content)?;
        if header.key_id != key.id() {
            let message = format!("open the list of known values: made with key {}, not {}", header.key_id, key.id());
            return Err(Error::new(ErrorKind::Usage, message));
        }
        let changed = || refused("its content does not fit its seal");
        let sealed = content.len().checked_sub(SEAL).filter(|it| *it >= head).ok_or_else(changed)?;
        // Compared in constant time: the seal of a changed file is nobody's to guess.
        if blake3::Hash::from_bytes(key.seal(&content[..sealed])) != content[sealed..] {
            return Err(changed());
        }
        let table = Table::open(content[head..sealed].to_vec(), header.entries, header.bucket_bits);
        Ok(Self::new(key, header, table.ok_or_else(changed)?))
    }

    fn new(key: KnownKey, header: Header, table: Table) -> Self {
        let singles = Shapes::of(header.columns.iter().filter(|it| !it.part));
        let parts = Shapes::of(header.columns.iter().filter(|it| it.part));
        let scores = header.columns.iter().map(scores_of).collect();
        KnownList { key, header, table, singles, parts, scores }
    }

    /// What stands before the hashes.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The file's content.
    pub fn to_bytes(&self) -> Vec<u8> {
        let header = serde_json::to_string(&self.header).expect("strings and numbers are JSON");
        let mut out = [MAGIC.as_bytes(), header.as_bytes(), b"\n", self.table.bytes()].concat();
        let seal = self.key.seal(&out);
        out.extend_from_slice(&seal);
        out
    }

    /// True where a column holds the value, by itself and in any writing.
    pub fn has(&self, value: &[u8]) -> bool {
        let normal = Normal::of(value).filter(|it| self.singles.admit(it));
        normal.is_some_and(|it| self.columns_of(&it).next().is_some())
    }

    /// The columns, no parts of pairs, that hold a value.
    #[inline]
    fn columns_of(&self, normal: &Normal) -> impl Iterator<Item = u8> + '_ {
        let columns = self.table.find(self.key.hash(normal.bytes()));
        columns.filter(|it| self.header.columns.get(usize::from(*it)).is_some_and(|it| !it.part))
    }
}

impl fmt::Debug for KnownList {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "KnownList({} hashes in {} columns)", self.header.entries, self.header.columns.len())
    }
}

impl Header {
    /// A file's header and where the hashes begin. Needs no key, and proves nothing.
    ///
    /// # Errors
    /// Kind `Usage` where it is no such file.
    pub fn read(content: &[u8]) -> Result<(Header, usize), Error> {
        let rest =
            content.strip_prefix(MAGIC.as_bytes()).ok_or_else(|| match content.starts_with(b"phisift-edm ") {
                true => refused("it was made by a newer version"),
                false => refused("it is none"),
            })?;
        let end = memchr::memchr(b'\n', rest).ok_or_else(|| refused("its header is cut off"))?;
        let header: Header =
            serde_json::from_slice(&rest[..end]).map_err(|_| refused("its header is not understood"))?;
        let columns = header.columns.len();
        let pairs = header.pairs.iter().all(|it| usize::from(it.0.max(it.1)) < columns);
        if columns + header.pairs.len() > usize::from(u8::MAX) || !pairs {
            return Err(refused("its header is not understood"));
        }
        Ok((header, MAGIC.len() + end + 1))
    }
}

fn refused(why: &str) -> Error {
    Error::new(ErrorKind::Usage, format!("open the list of known values: {why}"))
}

/// What values of a column score by themselves. The more of all numbers of a length are known, the more often a number
/// that is something else will be among them; and a single word of letters may be anybody's, or no name at all.
fn scores_of(column: &Column) -> [[u16; LONGEST + 1]; 3] {
    let mut scores = [[950; LONGEST + 1]; 3];
    scores[Kind::Letters as usize] = [LONE_WORD; LONGEST + 1];
    for shape in column.shapes.iter().filter(|it| it.kind == 'd') {
        let chance = shape.count as f64 / 10f64.powi(shape.length.into());
        scores[Kind::Digits as usize][usize::from(shape.length) & 63] = match chance {
            ..=0.002 => 950,
            ..=0.02 => 860,
            ..=0.1 => 600,
            _ => 400,
        };
    }
    scores
}

/// What a known single word scores.
const LONE_WORD: u16 = 400;
/// What several known words score.
const WORDS: u16 = 950;

/// A list and what a detector makes of its columns.
#[derive(Debug)]
pub(super) struct Known {
    list: std::sync::Arc<KnownList>,
    targets: Vec<Option<Target>>,
}

/// What a column's values are reported as.
#[derive(Clone, Copy, Debug)]
struct Target {
    entity: EntityId,
    pattern: u16,
    subject: Subject,
    is_date: bool,
}

impl Known {
    /// # Errors
    /// Kind `Usage` where no pattern reports what a column holds.
    pub(super) fn new(list: std::sync::Arc<KnownList>, rules: &Ruleset, wanted: &[bool]) -> Result<Self, Error> {
        let target = |column: &Column| {
            let unknown = || refused(&format!("no pattern reports `{}`", column.entity));
            let entity = rules.entity_id(&column.entity).ok_or_else(unknown)?;
            let at = rules.patterns().iter().position(|it| it.entity == entity).ok_or_else(unknown)?;
            let pattern = rules.pattern(at as u16);
            let target = Target { entity, pattern: at as u16, subject: pattern.subject, is_date: pattern.is_date };
            Ok(wanted[at].then_some(target))
        };
        let targets = list.header.columns.iter().map(target).collect::<Result<_, Error>>()?;
        Ok(Known { list, targets })
    }
}

#[cfg(test)]
mod tests;
