//! Postcodes of many countries. Most are mere numbers: where they stand in an address is not known here.

use super::{byte, digits};

/// Where the postcode at `at` ends: five digits (perhaps with the four of a ZIP+4), four or six; `123 45`, `12-345`,
/// `1234-567`, `1234 AB`, `A1B 2C3`, `SW1A 1AA`.
pub fn postcode(text: &[u8], at: usize) -> Option<usize> {
    let end = if byte(text, at).is_ascii_digit() { of_digits(text, at)? } else { of_letters(text, at)? };
    let next = byte(text, end);
    let word = next.is_ascii_alphanumeric() || next == b'_';
    let joined = matches!(next, b'-' | b'.' | b'/' | b':') && byte(text, end + 1).is_ascii_digit();
    (!word && !joined).then_some(end)
}

fn of_digits(text: &[u8], at: usize) -> Option<usize> {
    let end = digits(text, at, 7);
    let behind = |most: usize| digits(text, end + 1, most + 1) == end + 1 + most;
    match (end - at, byte(text, end)) {
        (2, b'-') if behind(3) => Some(end + 4),
        (3, b' ') if behind(2) => Some(end + 3),
        (3, _) => Some(end),
        (4, b'-') if behind(3) => Some(end + 4),
        (5, b'-') if behind(4) => Some(end + 5),
        (4, b' ') if is_two_letters(text, end + 1) => Some(end + 3),
        (4..=6, _) => Some(end),
        _ => None,
    }
}

fn is_two_letters(text: &[u8], at: usize) -> bool {
    byte(text, at).is_ascii_uppercase()
        && byte(text, at + 1).is_ascii_uppercase()
        && !byte(text, at + 2).is_ascii_alphanumeric()
}

/// `A1B 2C3` of Canada, and the British ones: one or two letters, a digit, perhaps another sign, `1AA`.
fn of_letters(text: &[u8], at: usize) -> Option<usize> {
    let upper = |it: usize| byte(text, it).is_ascii_uppercase();
    let digit = |it: usize| byte(text, it).is_ascii_digit();
    if upper(at) && digit(at + 1) && upper(at + 2) {
        let second = at + 3 + usize::from(byte(text, at + 3) == b' ');
        if digit(second) && upper(second + 1) && digit(second + 2) {
            return Some(second + 3);
        }
    }
    let number = at + 1 + usize::from(upper(at + 1));
    if !upper(at) || !digit(number) {
        return None;
    }
    let blank = number + 1 + usize::from(upper(number + 1) || digit(number + 1));
    let inward = byte(text, blank) == b' ' && digit(blank + 1) && upper(blank + 2) && upper(blank + 3);
    inward.then_some(blank + 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_of_many_countries() {
        for good in [
            "10115", "1012", "110001", "53-320", "3610-114", "340 12", "1234 AB", "B0J 2H0", "SW1A 1AA", "M1 1AE",
            "700",
        ] {
            assert_eq!(postcode(good.as_bytes(), 0), Some(good.len()), "{good}");
        }
        for bad in ["12", "1234567", "AB", "B12", "12345-67", "12345x", "X1 22", ""] {
            assert_eq!(postcode(bad.as_bytes(), 0), None, "{bad}");
        }
    }
}
