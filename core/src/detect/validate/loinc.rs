//! The LOINC code (Regenstrief Institute, LOINC Users' Guide, appendix on the check digit).

use super::luhn;

/// One to five digits, a dash and their mod-10 (Luhn) check digit.
pub(super) fn loinc(value: &[u8]) -> bool {
    let [body @ .., b'-', check] = value else { return false };
    if body.is_empty() || body.len() > 5 || !body.iter().chain([check]).all(u8::is_ascii_digit) {
        return false;
    }
    luhn::luhn(value)
}

#[cfg(test)]
mod tests {
    use super::super::testing::assert_single_errors_refused;
    use super::*;

    #[test]
    fn refuses_any_single_wrong_digit() {
        for code in ["4548-4", "2345-7", "8302-2", "85353-1", "718-7"] {
            assert_single_errors_refused(code, loinc);
        }
        assert!(!loinc(b"123456-7"));
        assert!(!loinc(b"-4"));
    }
}
