//! Addresses in labelled fields.

/// A digit or a capital somewhere: prose behind the word "address" has neither.
pub(super) fn address_line(value: &[u8]) -> bool {
    let words = || value.split(|&byte| byte == b' ').filter(|word| !word.is_empty());
    let capitals = words().filter(|word| word[0].is_ascii_uppercase() || word[0] >= 0x80).count();
    words().count() >= 2 && (value.iter().any(u8::is_ascii_digit) || capitals >= 2)
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
