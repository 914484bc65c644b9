//! The ABA routing transit number (American Bankers Association, ABA Routing Number Policy).

use super::{exact_digits, number};

/// Nine digits: a Federal Reserve prefix, and 3 7 1 3 7 1 3 7 1 weighted a multiple of ten.
pub(super) fn aba(value: &[u8]) -> bool {
    const WEIGHTS: [u32; 9] = [3, 7, 1, 3, 7, 1, 3, 7, 1];
    let Some(digits) = exact_digits::<9>(value) else { return false };
    let assigned = matches!(number(&digits[..2]), 0..=12 | 21..=32 | 61..=72 | 80);
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(&digit, weight)| u32::from(digit) * weight).sum();
    assigned && sum != 0 && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::super::testing::assert_single_errors_refused;
    use super::*;

    #[test]
    fn refuses_any_single_wrong_digit() {
        assert_single_errors_refused("021000021", aba);
        assert_single_errors_refused("1221-0515-5", aba);
    }

    #[test]
    fn prefixes_are_those_assigned() {
        assert!(!aba(b"000000000"));
        assert!(!aba(b"500000005"));
    }
}
