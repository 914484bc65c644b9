//! Members packed by rare methods: decoded whole, in memory, by the `zip` crate. It decodes them only in archives, so
//! that each member is given to it as one.

use std::io::{Cursor, Read};

use super::archive::Entry;
use crate::model::Reason;

/// Packed bytes of such a member at most.
const MAX_PACKED: u64 = 16 << 20;
/// Its own bytes at most.
const MAX_SIZE: u64 = 64 << 20;

/// True for a method that is decoded here (APPNOTE 4.4.5): PPMd.
pub(super) fn is_rare(method: u16) -> bool {
    method == 98
}

/// The bytes of a member from its `packed` ones.
pub(super) fn decode(packed: impl Read, entry: &Entry) -> Result<Vec<u8>, Reason> {
    if entry.packed > MAX_PACKED || entry.size > MAX_SIZE {
        return Err(Reason::LimitBytes);
    }
    let mut bytes = Vec::new();
    packed.take(entry.packed).read_to_end(&mut bytes).map_err(|_| Reason::Io)?;
    let mut archive = zip::ZipArchive::new(Cursor::new(archive_of(&bytes, entry))).map_err(refused)?;
    let member = archive.by_index(0).map_err(refused)?;
    let mut out = Vec::new();
    member.take(MAX_SIZE).read_to_end(&mut out).map_err(|_| Reason::Malformed)?;
    Ok(out)
}

fn refused(error: zip::result::ZipError) -> Reason {
    match error {
        zip::result::ZipError::UnsupportedArchive(_) => Reason::Unsupported,
        _ => Reason::Malformed,
    }
}

/// An archive of that one member, which has no name (APPNOTE 4.3.7, 4.3.12 and 4.3.16).
fn archive_of(packed: &[u8], entry: &Entry) -> Vec<u8> {
    const VERSION: u16 = 63;
    let numbers = |out: &mut Vec<u8>, shorts: &[u16]| out.extend(shorts.iter().flat_map(|it| it.to_le_bytes()));
    let mut described = Vec::new();
    numbers(&mut described, &[VERSION, 0, entry.method, 0, 0]);
    let sizes = [entry.crc.unwrap_or(0), packed.len() as u32, entry.size as u32];
    described.extend(sizes.iter().flat_map(|it| it.to_le_bytes()));
    numbers(&mut described, &[0, 0]);
    let mut out = b"PK\x03\x04".to_vec();
    out.extend(&described);
    out.extend(packed);
    let directory = out.len() as u32;
    out.extend(b"PK\x01\x02");
    numbers(&mut out, &[VERSION]);
    out.extend(&described);
    numbers(&mut out, &[0; 7]);
    let size = out.len() as u32 - directory;
    out.extend(b"PK\x05\x06");
    numbers(&mut out, &[0, 0, 1, 1]);
    out.extend([size, directory].iter().flat_map(|it| it.to_le_bytes()));
    numbers(&mut out, &[0]);
    out
}
