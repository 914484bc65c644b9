//! ZIP codes (USPS Publication 28), with a city and state before them or alone.

/// Five digits or nine, from 00501, the lowest in use, on.
pub(super) fn zip(value: &[u8]) -> bool {
    if value.len() == 5 {
        return value.iter().all(u8::is_ascii_digit) && value >= b"00501".as_slice();
    }
    let [five @ .., _] = value else { return false };
    let head = if value.len() == 5 { value } else { &five[..five.len().min(5)] };
    let all_digits = value.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-');
    let shaped = matches!((value.len(), value.contains(&b'-')), (5, false) | (9, false) | (10, true));
    shaped && all_digits && head >= b"00501".as_slice()
}

/// A line that ends in a ZIP code.
pub(super) fn city_state_zip(value: &[u8]) -> bool {
    let start = value.iter().rposition(|byte| !byte.is_ascii_digit() && *byte != b'-').map_or(0, |at| at + 1);
    zip(&value[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_range() {
        for good in ["27710", "00501", "94609-1234", "946091234", "99950"] {
            assert!(zip(good.as_bytes()), "{good}");
        }
        for bad in ["00000", "00500", "2771", "277100", "94609-123", "A7710"] {
            assert!(!zip(bad.as_bytes()), "{bad}");
        }
        assert!(city_state_zip(b"Durham NC 27710"));
        assert!(city_state_zip(b"MA 02472-2599"));
        assert!(!city_state_zip(b"Durham NC 00000"));
    }
}
