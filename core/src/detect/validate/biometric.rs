//! References to biometric templates in labelled fields.

/// At least four characters with a digit: `enabled` and `blue` are not references.
pub(super) fn biometric(value: &[u8]) -> bool {
    value.len() >= 4 && value.iter().any(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needs_a_digit() {
        assert!(biometric(b"vp_88f10aa92c"));
        assert!(!biometric(b"enabled"));
    }
}
