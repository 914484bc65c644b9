//! Coordinates in decimal degrees (ISO 6709).

/// The value of a decimal number in millionths, rounded down; `None` where it has no digits or too many.
fn millionths(text: &[u8]) -> Option<u64> {
    let text = text.strip_prefix(b"-").or(text.strip_prefix(b"+")).unwrap_or(text);
    let point = text.iter().position(|&byte| byte == b'.')?;
    let (whole, fraction) = (&text[..point], &text[point + 1..]);
    if whole.is_empty()
        || whole.len() > 3
        || fraction.is_empty()
        || !whole.iter().chain(fraction).all(u8::is_ascii_digit)
    {
        return None;
    }
    let digits = whole.iter().chain(fraction.iter().chain(std::iter::repeat(&b'0')).take(6));
    Some(digits.fold(0, |sum, byte| sum * 10 + u64::from(byte - b'0')))
}

/// A latitude up to 90 and a longitude up to 180 degrees, not both zero.
pub(super) fn coordinates(value: &[u8]) -> bool {
    let Some(end) = value.iter().position(|byte| matches!(byte, b',' | b';' | b' ')) else { return false };
    let rest = &value[end..];
    let start = rest.iter().position(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-')).unwrap_or(rest.len());
    let (Some(latitude), Some(longitude)) = (millionths(&value[..end]), millionths(&rest[start..])) else {
        return false;
    };
    latitude <= 90_000_000 && longitude <= 180_000_000 && latitude + longitude != 0
}

/// One of the two, up to 180 degrees and not zero.
pub(super) fn coordinate(value: &[u8]) -> bool {
    millionths(value).is_some_and(|degrees| degrees != 0 && degrees <= 180_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        assert!(coordinates(b"42.36877, -71.15168"));
        assert!(coordinates(b"35.99403;179.89862"));
        assert!(coordinates(b"35.99403 78.89862"));
        assert!(!coordinates(b"92.36877, -71.15168"));
        assert!(!coordinates(b"42.36877, -181.15168"));
        assert!(!coordinates(b"0.000,0.000"));
        assert!(coordinate(b"71.227845"));
        assert!(!coordinate(b"271.2"));
        assert!(!coordinate(b"71"));
    }
}
