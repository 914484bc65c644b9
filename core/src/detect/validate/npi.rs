//! The National Provider Identifier: ten digits, the first 1 or 2 (45 CFR 162.406; 69 FR 3434).

use super::{exact_digits, luhn};

/// Ten digits whose last is the Luhn check digit over `80840` and the others.
pub(super) fn npi(value: &[u8]) -> bool {
    let Some(digits) = exact_digits::<10>(value) else { return false };
    // The prefix 80840 adds a constant 24 to the Luhn sum.
    matches!(digits[0], 1 | 2) && (luhn::remainder(digits.into_iter()) + 24) % 10 == 0
}

#[cfg(test)]
mod tests {
    use super::super::testing::assert_single_errors_refused;
    use super::*;

    #[test]
    fn refuses_any_single_wrong_digit() {
        assert_single_errors_refused("1234567893", npi);
        assert_single_errors_refused("1245319599", npi);
    }

    #[test]
    fn starts_with_one_or_two() {
        assert!(!npi(b"3234567891"));
        assert!(!npi(b"123456789"));
    }
}
