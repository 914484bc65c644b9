//! Ages over 89 (45 CFR 164.514(b)(2)(i)(C)).

use super::digits;

/// Ninety to 125 years: the longest life on record ended at 122.
pub(super) fn age(value: &[u8]) -> bool {
    let years = digits(value).take(4).fold(0, |sum, digit| sum * 10 + u32::from(digit));
    (90..=125).contains(&years)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_eighty_nine() {
        assert!(age(b"90"));
        assert!(age(b"104"));
        assert!(!age(b"89"));
        assert!(!age(b"126"));
    }
}
