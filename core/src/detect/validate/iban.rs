//! The International Bank Account Number (ISO 13616; lengths of the SWIFT IBAN registry).

/// Country and length of its IBAN, ordered by country.
const LENGTHS: &[(&[u8; 2], usize)] = &[
    (b"AD", 24),
    (b"AE", 23),
    (b"AL", 28),
    (b"AT", 20),
    (b"AZ", 28),
    (b"BA", 20),
    (b"BE", 16),
    (b"BG", 22),
    (b"BH", 22),
    (b"BI", 27),
    (b"BR", 29),
    (b"BY", 28),
    (b"CH", 21),
    (b"CR", 22),
    (b"CY", 28),
    (b"CZ", 24),
    (b"DE", 22),
    (b"DJ", 27),
    (b"DK", 18),
    (b"DO", 28),
    (b"EE", 20),
    (b"EG", 29),
    (b"ES", 24),
    (b"FI", 18),
    (b"FK", 18),
    (b"FO", 18),
    (b"FR", 27),
    (b"GB", 22),
    (b"GE", 22),
    (b"GI", 23),
    (b"GL", 18),
    (b"GR", 27),
    (b"GT", 28),
    (b"HN", 28),
    (b"HR", 21),
    (b"HU", 28),
    (b"IE", 22),
    (b"IL", 23),
    (b"IQ", 23),
    (b"IS", 26),
    (b"IT", 27),
    (b"JO", 30),
    (b"KW", 30),
    (b"KZ", 20),
    (b"LB", 28),
    (b"LC", 32),
    (b"LI", 21),
    (b"LT", 20),
    (b"LU", 20),
    (b"LV", 21),
    (b"LY", 25),
    (b"MC", 27),
    (b"MD", 24),
    (b"ME", 22),
    (b"MK", 19),
    (b"MN", 20),
    (b"MR", 27),
    (b"MT", 31),
    (b"MU", 30),
    (b"NI", 28),
    (b"NL", 18),
    (b"NO", 15),
    (b"OM", 23),
    (b"PK", 24),
    (b"PL", 28),
    (b"PS", 29),
    (b"PT", 25),
    (b"QA", 29),
    (b"RO", 24),
    (b"RS", 22),
    (b"RU", 33),
    (b"SA", 24),
    (b"SC", 31),
    (b"SD", 18),
    (b"SE", 24),
    (b"SI", 19),
    (b"SK", 24),
    (b"SM", 27),
    (b"SO", 23),
    (b"ST", 25),
    (b"SV", 28),
    (b"TL", 23),
    (b"TN", 24),
    (b"TR", 26),
    (b"UA", 29),
    (b"VA", 22),
    (b"VG", 24),
    (b"XK", 20),
    (b"YE", 30),
];

/// The length its country prescribes, and remainder 1 modulo 97 with the first four characters moved to the end.
pub(super) fn iban(value: &[u8]) -> bool {
    let characters = || value.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_uppercase);
    let mut head = characters();
    let (Some(first), Some(second)) = (head.next(), head.next()) else { return false };
    let Ok(row) = LENGTHS.binary_search_by_key(&[first, second], |row| *row.0) else { return false };
    if characters().count() != LENGTHS[row].1 {
        return false;
    }
    let moved = characters().skip(4).chain(characters().take(4));
    let remainder = moved.fold(0_u32, |sum, byte| {
        if byte.is_ascii_digit() {
            return (sum * 10 + u32::from(byte - b'0')) % 97;
        }
        (sum * 100 + u32::from(byte - b'A') + 10) % 97
    });
    remainder == 1
}

#[cfg(test)]
mod tests {
    use super::super::testing::assert_single_errors_refused;
    use super::*;

    #[test]
    fn refuses_any_single_wrong_digit() {
        assert_single_errors_refused("GB82WEST12345698765432", iban);
        assert_single_errors_refused("DE89 3704 0044 0532 0130 00", iban);
    }

    #[test]
    fn countries_are_ordered_and_lengths_count() {
        assert!(LENGTHS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(!iban(b"GB82WEST1234569876543"));
        assert!(!iban(b"XX82WEST12345698765432"));
        assert!(!iban(b"G"));
    }
}
