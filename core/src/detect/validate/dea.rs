//! The DEA registration number (21 CFR 1301; DEA Diversion Control Division).

/// Two characters (a registrant type and the initial of a surname, or 9) and seven digits, the last of them the last
/// digit of (d1 + d3 + d5) + 2 (d2 + d4 + d6).
pub(super) fn dea(value: &[u8]) -> bool {
    let [kind, initial, digits @ ..] = value else { return false };
    let [d1, d2, d3, d4, d5, d6, check] = digits else { return false };
    if !digits.iter().all(u8::is_ascii_digit) || !kind.is_ascii_alphabetic() {
        return false;
    }
    if !initial.is_ascii_alphabetic() && *initial != b'9' {
        return false;
    }
    // Registrant types in use: A B F G practitioners, M mid-level, P R distributors, X waiver, the others institutions.
    if !b"ABCDEFGHJKLMPRSTUX".contains(&kind.to_ascii_uppercase()) {
        return false;
    }
    let digit = |byte: &u8| u32::from(byte - b'0');
    let sum = digit(d1) + digit(d3) + digit(d5) + 2 * (digit(d2) + digit(d4) + digit(d6));
    sum != 0 && sum % 10 == digit(check)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_the_published_samples() {
        assert!(dea(b"AP5836727"));
        assert!(dea(b"F91234563"));
        assert!(dea(b"BS1234563"));
    }

    #[test]
    fn refuses_a_wrong_check_digit_and_unused_types() {
        for wrong in (b'0'..=b'9').filter(|&it| it != b'7') {
            let mut value = *b"AP5836727";
            value[8] = wrong;
            assert!(!dea(&value));
        }
        assert!(!dea(b"IP5836727"));
        assert!(!dea(b"AP0000000"));
        assert!(!dea(b"AP583672"));
    }
}
