//! Vehicle registration plates.

/// Two to nine letters and digits with at least one digit, beside a dash or space.
pub(super) fn plate(value: &[u8]) -> bool {
    let count = value.iter().filter(|byte| byte.is_ascii_alphanumeric()).count();
    (2..=9).contains(&count) && value.iter().any(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digit_and_a_length() {
        assert!(plate(b"7ABC123"));
        assert!(plate(b"BD51 SMR"));
        assert!(!plate(b"READER"));
        assert!(!plate(b"1"));
    }
}
