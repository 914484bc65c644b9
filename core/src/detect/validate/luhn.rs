//! The Luhn check of ISO/IEC 7812-1 annex B, and the IMEI that uses it (3GPP TS 23.003).

use super::digits;

/// The Luhn sum of digits, modulo ten: 0 where the last one is the right check digit.
pub(super) fn remainder(digits: impl DoubleEndedIterator<Item = u8>) -> u8 {
    /// Twice a digit, its own digits added.
    const DOUBLED: [u8; 10] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
    let mut sum = 0_u32;
    for (place, digit) in digits.rev().enumerate() {
        sum += u32::from(if place % 2 == 0 { digit } else { DOUBLED[usize::from(digit)] });
    }
    (sum % 10) as u8
}

/// At least two digits, not all zero, the last of them the check digit of the others.
pub(super) fn luhn(value: &[u8]) -> bool {
    digits(value).count() >= 2 && digits(value).any(|it| it != 0) && remainder(digits(value)) == 0
}

/// Fifteen digits with a Luhn check digit.
pub(super) fn imei(value: &[u8]) -> bool {
    digits(value).count() == 15 && luhn(value)
}

#[cfg(test)]
mod tests {
    use super::super::testing::assert_single_errors_refused;
    use super::*;

    #[test]
    fn refuses_any_single_wrong_digit() {
        assert_single_errors_refused("79927398713", luhn);
        assert_single_errors_refused("490154203237518", imei);
        assert_single_errors_refused("35-209900-176148-1", imei);
    }

    #[test]
    fn zeros_and_wrong_lengths_are_nothing() {
        assert!(!luhn(b"0000000000"));
        assert!(!luhn(b"0"));
        assert!(!imei(b"79927398713"));
    }
}
