//! Addresses in labelled fields.

/// A digit or a capital somewhere: prose behind the word "address" has neither.
pub(super) fn address_line(value: &[u8]) -> bool {
    let (mut words, mut capitals, mut digit, mut previous) = (0, 0, false, b' ');
    for &byte in value {
        if previous == b' ' && byte != b' ' {
            words += 1;
            capitals += u32::from(byte.is_ascii_uppercase() || byte >= 0x80);
        }
        digit |= byte.is_ascii_digit();
        if words >= 2 && (digit || capitals >= 2) {
            return true;
        }
        previous = byte;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_a_place_from_prose() {
        assert!(address_line(b"784 Stamm Lock Unit 46"));
        assert!(address_line(b"Calle Mayor, Bajo B"));
        assert!(!address_line(b"the issue soon"));
        assert!(!address_line(b"Somewhere"));
    }
}
