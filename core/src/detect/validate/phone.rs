//! Telephone numbers: the North American Numbering Plan and ITU-T E.164.

use super::{date, digits};

/// The number without its extension: everything before an `x`, `ext` or `#`.
fn without_extension(value: &[u8]) -> &[u8] {
    let end = value.iter().position(|byte| byte.is_ascii_alphabetic() || *byte == b'#');
    &value[..end.unwrap_or(value.len())]
}

/// Ten digits, perhaps behind 1, +1 or 001: NPA [2-9][0-8]x, exchange [2-9]xx, neither N11.
pub(super) fn nanp(value: &[u8]) -> bool {
    let mut digits = [0; 13];
    let mut count = 0;
    for &byte in value {
        match byte {
            b'0'..=b'9' if count == digits.len() => return false,
            b'0'..=b'9' => {
                digits[count] = byte - b'0';
                count += 1;
            }
            b'#' | b'A'..=b'Z' | b'a'..=b'z' => break,
            _ => {}
        }
    }
    let prefix: &[u8] = match count {
        10 => &[],
        11 => &[1],
        12 => &[0, 1],
        13 => &[0, 0, 1],
        _ => return false,
    };
    let (country, ten) = digits[..count].split_at(prefix.len());
    if country != prefix {
        return false;
    }
    let &[a0, a1, a2, c0, c1, c2, ..] = ten else { return false };
    a0 >= 2 && a1 != 9 && (a1, a2) != (1, 1) && c0 >= 2 && (c1, c2) != (1, 1)
}

/// A country code in use and eight to fifteen digits in all.
pub(super) fn e164(value: &[u8]) -> bool {
    let number = without_extension(value);
    if number.first() != Some(&b'+') || !(8..=15).contains(&digits(number).count()) {
        return false;
    }
    let mut head = digits(number);
    let two = u32::from(head.next().unwrap_or(0)) * 10 + u32::from(head.next().unwrap_or(0));
    // Country codes by their first two digits (ITU-T E.164 list): those of one, two and three digits.
    let one = matches!(two, 10..=19 | 70..=79);
    let pair = matches!(two, 20 | 27 | 30..=34 | 36 | 39..=41 | 43..=49 | 51..=58 | 60..=66 | 81 | 82 | 84 | 86 | 90..=95 | 98);
    let triple = matches!(two, 21..=26 | 29 | 35 | 37 | 38 | 42 | 50 | 59 | 67..=69 | 80 | 85 | 87 | 88 | 96 | 97 | 99);
    one || pair || triple
}

/// Seven to fifteen digits that are neither a date, a range of years nor an IPv4 address.
pub(super) fn phone_digits(value: &[u8]) -> bool {
    let (mut count, mut dots, mut zeros) = (0, 0, 0);
    for &byte in value {
        count += usize::from(byte.is_ascii_digit());
        zeros += usize::from(byte == b'0');
        dots += usize::from(byte == b'.');
    }
    // A date has eight digits at most.
    (7..=15).contains(&count)
        && zeros < count
        && !is_range_of_years(value)
        && !(dots == 3 && address(value))
        && !(count <= 8 && date::numeric(value))
}

/// `1998-2004`
fn is_range_of_years(value: &[u8]) -> bool {
    matches!(value, [b'1' | b'2', b'0' | b'9', _, _, b'-', b'1' | b'2', b'0' | b'9', _, _])
}

fn address(value: &[u8]) -> bool {
    let octet = |part: &[u8]| part.len() < 3 || part.len() == 3 && part <= b"255".as_slice();
    value.split(|&byte| byte == b'.').all(octet)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbering_plan() {
        for good in [
            "(919) 555-7821",
            "919-555-2014",
            "+1-216-555-7702",
            "001-518-640-0854",
            "617.825.9660 x204",
            "16178259660",
            "919 555 2014 ext. 12",
        ] {
            assert!(nanp(good.as_bytes()), "{good}");
        }
        for bad in [
            "123-456-7890",
            "919-155-2014",
            "911-555-2014",
            "293-555-2014",
            "919-411-2014",
            "2-919-555-2014",
            "919-555-201",
        ] {
            assert!(!nanp(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn international() {
        for good in ["+46 (0)8 928 571 38", "+447700677662", "+234-803-555-1190", "+52-55-5544-9921"] {
            assert!(e164(good.as_bytes()), "{good}");
        }
        for bad in ["+0123456789", "+28 1234567", "+1", "447700677662", "+1234567890123456"] {
            assert!(!e164(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn national() {
        for good in ["01.84.17.61.18", "(64) 3591-3246", "082 490 1693", "9472 7916", "670.97.10.26"] {
            assert!(phone_digits(good.as_bytes()), "{good}");
        }
        for bad in ["192.168.10.20", "04/11/2026", "2026-04-11", "450", "0000000000"] {
            assert!(!phone_digits(bad.as_bytes()), "{bad}");
        }
    }
}
