//! The Medicare Health Insurance Claim Number used until 2019 (SSA POMS GN 01050.005).

use super::ssn;

/// The wage earner's SSN and a beneficiary identification code: a letter, perhaps with a digit or second letter.
pub(super) fn hicn(value: &[u8]) -> bool {
    let Some(code) = value.iter().position(u8::is_ascii_alphabetic) else { return false };
    let (number, code) = value.split_at(code);
    // First letters of the codes in use: primary, aged wife, child, widow, mother, disability, father and so on.
    let known = |letter: u8| b"ABCDEFJKLMTW".contains(&letter.to_ascii_uppercase());
    ssn::ssn(number) && matches!(code.len(), 1 | 2) && known(code[0]) && code[1..].iter().all(u8::is_ascii_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ssn_and_a_code() {
        for good in ["123-45-6788A", "123456788C1", "219-88-7654-D", "123456788WB"] {
            assert!(hicn(good.as_bytes()), "{good}");
        }
        for bad in ["000-45-6788A", "123-45-6788", "123456788Z", "123456788A12", "A"] {
            assert!(!hicn(bad.as_bytes()), "{bad}");
        }
    }
}
