//! Rows as SQLite stores them: a header of types, then the values. Reads bytes only.

/// Columns a row may have.
const MAX_COLUMNS: usize = 32767;

/// A value of a row.
#[derive(Clone, Copy, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub(super) enum Cell<'a> {
    Null,
    Integer(i64),
    Real(f64),
    Text(&'a [u8]),
    Blob(&'a [u8]),
}

/// A number of one to nine bytes, and how many they are.
pub(super) fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0u64;
    for (index, byte) in bytes.iter().take(9).enumerate() {
        if index == 8 {
            return Some((value << 8 | u64::from(*byte), 9));
        }
        value = value << 7 | u64::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            return Some((value, index + 1));
        }
    }
    None
}

/// The values of a row, as far as they are there. `None` where it is no row.
pub(super) fn cells(payload: &[u8]) -> Option<Vec<Cell<'_>>> {
    let (header, mut at) = varint(payload)?;
    let header = usize::try_from(header).ok().filter(|it| *it <= payload.len() && *it >= at)?;
    let mut body = header;
    let mut cells = Vec::new();
    while at < header && cells.len() < MAX_COLUMNS {
        let (kind, length) = varint(&payload[at..header])?;
        at += length;
        let size = size_of(kind)?;
        let end = body.checked_add(size)?;
        let value = payload.get(body..end.min(payload.len()))?;
        cells.push(cell(kind, value));
        body = end;
        if end > payload.len() {
            break;
        }
    }
    Some(cells)
}

/// Bytes of a value of that type.
pub(super) fn size_of(kind: u64) -> Option<usize> {
    Some(match kind {
        0 | 8 | 9 => 0,
        1..=4 => kind as usize,
        5 => 6,
        6 | 7 => 8,
        10 | 11 => return None,
        _ => usize::try_from((kind - 12) / 2).ok()?,
    })
}

/// A value of that type.
pub(super) fn cell(kind: u64, value: &[u8]) -> Cell<'_> {
    let integer = || {
        let sign = value.first().map_or(0, |byte| if byte & 0x80 == 0 { 0 } else { -1i64 });
        value.iter().fold(sign, |all, byte| all << 8 | i64::from(*byte))
    };
    match kind {
        0 => Cell::Null,
        1..=6 => Cell::Integer(integer()),
        7 => Cell::Real(f64::from_bits(integer() as u64)),
        8 => Cell::Integer(0),
        9 => Cell::Integer(1),
        _ if kind.is_multiple_of(2) => Cell::Blob(value),
        _ => Cell::Text(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_and_what_is_none_is_not() {
        let row = [&[6, 0, 1, 19, 7, 14][..], &[0xFE], b"Doe", &1.5f64.to_be_bytes(), &[9]].concat();
        let expected = [Cell::Null, Cell::Integer(-2), Cell::Text(b"Doe"), Cell::Real(1.5), Cell::Blob(&[9])];
        assert_eq!(cells(&row), Some(expected.to_vec()));
        assert_eq!(cells(&[2, 10]), None);
        assert_eq!(cells(&[9, 1]), None);
        assert_eq!(cells(&[2, 21, b'D']), Some(vec![Cell::Text(b"D")]));
        assert_eq!(varint(&[0x81, 0]), Some((128, 2)));
        assert_eq!(varint(&[0xFF; 9]), Some((u64::MAX, 9)));
        assert_eq!(varint(&[0xFF; 8]), None);
    }
}
