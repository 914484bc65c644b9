//! Numbers and UTF-16 in little endian, at places that may lie beyond the end.

pub(in super::super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

pub(in super::super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

pub(in super::super) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

pub(in super::super) fn f64_at(bytes: &[u8], at: usize) -> Option<f64> {
    u64_at(bytes, at).map(f64::from_bits)
}

/// `len` bytes at a place, or as many of them as there are.
pub(in super::super) fn slice(bytes: &[u8], at: usize, len: usize) -> &[u8] {
    let rest = bytes.get(at..).unwrap_or_default();
    &rest[..len.min(rest.len())]
}

/// UTF-16 as text.
pub(in super::super) fn utf16(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|it| u16::from_le_bytes([it[0], it[1]]));
    char::decode_utf16(units).map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// Bytes of which each is a character of Unicode.
pub(in super::super) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|it| char::from(*it)).collect()
}
