//! Unique device identifiers of GS1 (21 CFR 830; GS1 General Specifications).

/// Fourteen digits with the mod-10 check digit of a GTIN, weights 3 and 1.
fn gtin(digits: &[u8]) -> bool {
    if digits.len() != 14 || !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let weighted =
        digits.iter().enumerate().map(|(place, byte)| u32::from(byte - b'0') * if place % 2 == 0 { 3 } else { 1 });
    weighted.sum::<u32>() % 10 == 0 && digits.iter().any(|&byte| byte != b'0')
}

/// `(01)`, a GTIN, and further elements in brackets.
pub(super) fn udi_gs1(value: &[u8]) -> bool {
    value.strip_prefix(b"(01)").and_then(|rest| rest.get(..14)).is_some_and(gtin)
}

/// The same without brackets.
pub(super) fn udi_plain(value: &[u8]) -> bool {
    value.strip_prefix(b"01").and_then(|rest| rest.get(..14)).is_some_and(gtin)
}

#[cfg(test)]
mod tests {
    use super::super::testing::assert_single_errors_refused;
    use super::*;

    #[test]
    fn refuses_any_single_wrong_digit_of_the_product() {
        assert_single_errors_refused("51022222233336", gtin);
        assert_single_errors_refused("00844588003288", gtin);
        assert!(udi_gs1(b"(01)51022222233336(11)141231(17)150707(10)A213B1(21)1234"));
        assert!(!udi_gs1(b"(01)51022222233337(21)1234"));
        assert!(udi_plain(b"015102222223333621SN900145"));
    }
}
