//! Data elements (PS3.5 section 7): tags, types and lengths in the three encodings. Knows no meaning of tags.

use std::io::{BufRead, BufReader, Read, Seek};

use crate::extract::Random;
use crate::model::Reason;

/// How a data set is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Syntax {
    explicit: bool,
    big: bool,
    pub(super) deflated: bool,
}

impl Syntax {
    pub(super) const EXPLICIT_LITTLE: Syntax = Syntax { explicit: true, big: false, deflated: false };

    /// By transfer syntax (PS3.6 annex A): all that are not named here are explicit little endian around their pixels.
    pub(super) fn of_uid(uid: &[u8]) -> Option<Syntax> {
        Some(match uid {
            b"1.2.840.10008.1.2" => Syntax { explicit: false, ..Self::EXPLICIT_LITTLE },
            b"1.2.840.10008.1.2.2" => Syntax { big: true, ..Self::EXPLICIT_LITTLE },
            b"1.2.840.10008.1.2.1.99" => Syntax { deflated: true, ..Self::EXPLICIT_LITTLE },
            b"" => return None,
            _ => Self::EXPLICIT_LITTLE,
        })
    }

    /// By the first element, where no transfer syntax is told.
    pub(super) fn guess(ahead: &[u8]) -> Syntax {
        let explicit = ahead.get(4..6).is_some_and(|vr| kind_of(vr).is_some());
        let big = ahead.first() == Some(&0) && ahead.get(1).is_some_and(|it| *it != 0);
        Syntax { explicit, big, deflated: false }
    }
}

/// What kind of value an element has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Vr {
    /// One text, backslashes included.
    Text,
    /// Values parted by backslashes.
    Multi,
    Uid,
    Binary,
    Sequence,
    /// Not told (implicit encoding, `UN`, private).
    Unknown,
}

fn kind_of(vr: &[u8]) -> Option<Vr> {
    Some(match vr {
        b"LT" | b"ST" | b"UT" | b"UR" => Vr::Text,
        b"AE" | b"AS" | b"CS" | b"DA" | b"DS" | b"DT" | b"IS" | b"LO" | b"PN" | b"SH" | b"TM" | b"UC" => Vr::Multi,
        b"UI" => Vr::Uid,
        b"SQ" => Vr::Sequence,
        b"UN" => Vr::Unknown,
        b"AT" | b"FL" | b"FD" | b"OB" | b"OD" | b"OF" | b"OL" | b"OV" | b"OW" | b"SL" | b"SS" | b"SV" | b"UL"
        | b"US" | b"UV" => Vr::Binary,
        _ => return None,
    })
}

/// Types whose length has four bytes, behind two reserved ones.
fn is_long(vr: &[u8]) -> bool {
    const LONG: [&[u8]; 13] =
        [b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"];
    LONG.contains(&vr)
}

/// How long a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    Known(u64),
    /// To a delimiter.
    Open,
}

impl Length {
    pub(super) fn known(self) -> Option<u64> {
        match self {
            Length::Known(length) => Some(length),
            Length::Open => None,
        }
    }
}

/// What stands before a value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    pub(super) tag: (u16, u16),
    pub(super) vr: Vr,
    pub(super) length: Length,
}

impl Header {
    /// True for a sequence, told or recognised by its first item.
    pub(super) fn is_sequence(&self, elements: &Elements<'_, '_>) -> bool {
        match self.vr {
            Vr::Sequence => true,
            Vr::Unknown => self.length == Length::Open || self.length != Length::Known(0) && elements.is_item_ahead(),
            _ => false,
        }
    }
}

/// Elements of a file, one after the other.
pub(super) struct Elements<'f, 'a> {
    pub(super) file: &'f mut BufReader<Box<dyn Random + 'a>>,
    pub(super) syntax: Syntax,
}

impl Elements<'_, '_> {
    /// The next header; `None` at the end of the file.
    pub(super) fn header(&mut self) -> Result<Option<Header>, Reason> {
        let mut start = [0; 8];
        match fill(self.file, &mut start) {
            0 => return Ok(None),
            8 => {}
            _ => return Err(Reason::Malformed),
        }
        let tag = (self.short(&start[..2]), self.short(&start[2..4]));
        // Items and delimiters have no type in any encoding.
        if !self.syntax.explicit || tag.0 == 0xFFFE {
            return Ok(Some(Header { tag, vr: Vr::Unknown, length: self.length(&start[4..]) }));
        }
        let vr = &start[4..6];
        let Some(kind) = kind_of(vr) else {
            // Some writers fall back to the implicit form.
            let length = self.length(&start[4..]);
            let plausible = length.known().is_none_or(|it| it < 1 << 24);
            let header = Header { tag, vr: Vr::Unknown, length };
            return if plausible { Ok(Some(header)) } else { Err(Reason::Malformed) };
        };
        if !is_long(vr) {
            let length = Length::Known(u64::from(self.short(&start[6..])));
            return Ok(Some(Header { tag, vr: kind, length }));
        }
        let mut long = [0; 4];
        if fill(self.file, &mut long) < 4 {
            return Err(Reason::Malformed);
        }
        Ok(Some(Header { tag, vr: kind, length: self.length(&long) }))
    }

    /// The first `wanted` bytes of a value that is `length` long; the rest is skipped.
    pub(super) fn value(&mut self, wanted: u64, length: u64) -> Result<Vec<u8>, Reason> {
        let mut value = Vec::new();
        let read = self.file.take(wanted).read_to_end(&mut value).map_err(|_| Reason::Io)?;
        if (read as u64) < wanted {
            return Err(Reason::Malformed);
        }
        self.skip(length - wanted)?;
        Ok(value)
    }

    pub(super) fn skip(&mut self, count: u64) -> Result<(), Reason> {
        if count == 0 {
            return Ok(());
        }
        // Seeking goes behind the end without complaint: the last byte is read to be sure.
        let count = i64::try_from(count).map_err(|_| Reason::Malformed)?;
        self.file.seek_relative(count - 1).map_err(|_| Reason::Malformed)?;
        if fill(self.file, &mut [0]) == 1 { Ok(()) } else { Err(Reason::Malformed) }
    }

    pub(super) fn position(&mut self) -> Result<u64, Reason> {
        self.file.stream_position().map_err(|_| Reason::Io)
    }

    fn is_item_ahead(&self) -> bool {
        let item: &[u8] = if self.syntax.big { b"\xFF\xFE\xE0\x00" } else { b"\xFE\xFF\x00\xE0" };
        self.file.buffer().starts_with(item)
    }

    fn short(&self, bytes: &[u8]) -> u16 {
        let pair = [bytes[0], bytes[1]];
        if self.syntax.big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
    }

    fn length(&self, bytes: &[u8]) -> Length {
        let four = [bytes[0], bytes[1], bytes[2], bytes[3]];
        match if self.syntax.big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) } {
            u32::MAX => Length::Open,
            length => Length::Known(u64::from(length)),
        }
    }
}

/// Reads until the buffer is full or the file ends; how much was read.
pub(super) fn fill(file: &mut impl Read, buffer: &mut [u8]) -> usize {
    let mut filled = 0;
    while let Ok(count @ 1..) = file.read(&mut buffer[filled..]) {
        filled += count;
    }
    filled
}

/// The next bytes, which stay where they are.
pub(super) fn peek(file: &mut BufReader<Box<dyn Random + '_>>) -> Vec<u8> {
    file.fill_buf().map_or_else(|_| Vec::new(), |it| it[..it.len().min(8)].to_vec())
}

/// True where a data set without a preamble begins: group 2 or 8, a low element and a plausible type or length.
pub(super) fn begins_data_set(raw: &[u8]) -> bool {
    let [g0, g1, e0, e1, a, b, c, d] = match raw.first_chunk::<8>() {
        Some(eight) if raw.len() >= 32 => *eight,
        _ => return false,
    };
    let explicit = kind_of(&[a, b]).is_some() && (a.is_ascii_uppercase() && b.is_ascii_uppercase());
    let little = matches!((g0, g1), (2 | 8, 0)) && e1 == 0;
    let big = matches!((g0, g1), (0, 8)) && e0 == 0 && explicit;
    let implicit = matches!((g0, g1, e0), (8, 0, 0 | 1 | 5 | 8 | 0x12..=0x18)) && e1 == 0 && b == 0 && c == 0 && d == 0;
    little && explicit || big || implicit && a > 0 && a < 65 && raw[8..12] != [0; 4]
}
