//! Identifiers without a form of their own, so only ever behind a label or cue: medical records, accounts, members.

use super::date;

/// Four to forty characters.
pub(super) fn id_4_40(value: &[u8]) -> bool {
    id(value, 4, 40)
}

/// Five to twenty characters.
pub(super) fn id_5_20(value: &[u8]) -> bool {
    id(value, 5, 20)
}

/// Five to forty characters.
pub(super) fn id_5_40(value: &[u8]) -> bool {
    id(value, 5, 40)
}

/// What each byte adds to the counts of digits, points and other separators, one byte of the sum each.
const COUNTS: [usize; 256] = {
    let mut table = [0; 256];
    let mut digit = b'0';
    while digit <= b'9' {
        table[digit as usize] = 1;
        digit += 1;
    }
    table[b'.' as usize] = 1 << 8;
    table[b'-' as usize] = 1 << 16;
    table[b'/' as usize] = 1 << 16;
    table
};

/// A length, at least one digit, and neither a decimal number nor a date.
fn id(value: &[u8], shortest: usize, longest: usize) -> bool {
    if !(shortest..=longest).contains(&value.len()) {
        return false;
    }
    let counts = value.iter().fold(0, |sum, byte| sum + COUNTS[usize::from(*byte)]);
    let (digits, points, marks) = (counts & 0xff, counts >> 8 & 0xff, counts >> 16);
    let decimal = points == 1 && digits + 1 == value.len();
    digits > 0 && !decimal && !date_alone(value, points + marks, digits)
}

/// A date with separators. Eight digits in a row may be a date or a number and stay.
fn date_alone(value: &[u8], separators: usize, digits: usize) -> bool {
    if separators > 0 && separators + digits == value.len() {
        return value.len() <= 10 && date::numeric(value);
    }
    // 2024-01-05T10:22 is cut at the colon.
    value.len() >= 13 && value[10].eq_ignore_ascii_case(&b'T') && date::ymd(&value[..10])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_an_id() {
        for good in
            ["4029-887-A", "00123456", "778-3201-99", "0753ad6c-5935-4faa-9cfe-b7269e963d77", "33-009-7741", "19580314"]
        {
            assert!(id_4_40(good.as_bytes()), "{good}");
        }
        for bad in [
            "123",
            "pending",
            "12.50",
            "03/14/1958",
            "2024-01-05",
            "2024-01-05T10",
            "1234567890123456789012345678901234567890X",
        ] {
            assert!(!id_4_40(bad.as_bytes()), "{bad}");
        }
        assert!(!id_5_20(b"1234"));
        assert!(!id_5_40(b"V123"));
    }
}
