//! Social Security numbers (SSA POMS RM 10201.035) and ITINs (IRS IRM 3.21.263).

use super::{number, some_digits};

/// Nine digits: area not 000, 666 or 9xx; group not 00; serial not 0000.
pub(super) fn ssn(value: &[u8]) -> bool {
    let Some(digits) = nine_digits(value) else { return false };
    let area = number(&digits[..3]);
    area != 0 && area != 666 && area < 900 && number(&digits[3..5]) != 0 && number(&digits[5..]) != 0
}

/// Nine digits: 9xx and a group of those the IRS assigns.
pub(super) fn itin(value: &[u8]) -> bool {
    let Some(digits) = nine_digits(value) else { return false };
    digits[0] == 9 && matches!(number(&digits[3..5]), 50..=65 | 70..=88 | 90..=92 | 94..=99)
}

/// The digits of a value, nine of them; `123-45-6788` is read at once.
#[inline]
pub(super) fn nine_digits(value: &[u8]) -> Option<[u8; 9]> {
    if let &[a, b, c, _, d, e, _, f, g, h, i] = value {
        let nine = [a, b, c, d, e, f, g, h, i];
        let separated = !value[3].is_ascii_digit() && !value[6].is_ascii_digit();
        if separated && nine.iter().all(u8::is_ascii_digit) {
            return Some(nine.map(|byte| byte - b'0'));
        }
    }
    some_digits(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ssn_ranges() {
        for good in ["123-45-6788", "001 01 0001", "899999999", "665-01-0001", "667-01-0001"] {
            assert!(ssn(good.as_bytes()), "{good}");
        }
        for bad in
            ["000-45-6788", "666-45-6788", "900-45-6788", "999-45-6788", "123-00-6788", "123-45-0000", "123-45-678"]
        {
            assert!(!ssn(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn itin_groups() {
        for good in ["912-70-1234", "900-50-0001", "999-65-0001", "911 88 1234", "900940001"] {
            assert!(itin(good.as_bytes()), "{good}");
        }
        for bad in ["912-49-1234", "912-66-1234", "912-69-1234", "912-89-1234", "912-93-1234", "812-70-1234"] {
            assert!(!itin(bad.as_bytes()), "{bad}");
        }
    }
}
