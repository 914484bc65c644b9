//! The vehicle identification number (49 CFR 565.15).

/// Seventeen characters with the check digit in place 9. At least two letters: all ones pass the sum too.
pub(super) fn vin(value: &[u8]) -> bool {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let Ok(value) = <&[u8; 17]>::try_from(value) else { return false };
    let mut sum = 0;
    let mut letters = 0;
    for (byte, weight) in value.iter().zip(WEIGHTS) {
        let Some(worth) = worth(*byte) else { return false };
        letters += u32::from(byte.is_ascii_alphabetic());
        sum += worth * weight;
    }
    let check = match value[8] {
        b'X' | b'x' => 10,
        digit @ b'0'..=b'9' => u32::from(digit - b'0'),
        _ => return false,
    };
    letters >= 2 && sum % 11 == check
}

/// What a character counts; `None` for I, O, Q and what is not a letter or digit.
fn worth(byte: u8) -> Option<u32> {
    /// A to Z; 0 for the letters left out.
    const LETTERS: [u32; 26] = [1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 0, 7, 0, 9, 2, 3, 4, 5, 6, 7, 8, 9];
    if byte.is_ascii_digit() {
        return Some(u32::from(byte - b'0'));
    }
    let upper = byte.to_ascii_uppercase();
    let place = usize::from(upper.checked_sub(b'A')?);
    LETTERS.get(place).copied().filter(|&worth| worth != 0)
}

#[cfg(test)]
mod tests {
    use super::super::testing::assert_single_errors_refused;
    use super::*;

    #[test]
    fn refuses_any_single_wrong_digit() {
        assert_single_errors_refused("1G4AH59H45G118341", vin);
        assert_single_errors_refused("1M8GDM9AXKP042788", vin);
    }

    #[test]
    fn letters_left_out_and_all_digits() {
        assert!(!vin(b"11111111111111111"));
        assert!(!vin(b"1G4AH59H45G11834O"));
        assert!(!vin(b"1G4AH59H45G11834"));
    }
}
