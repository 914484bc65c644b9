//! MAC addresses (IEEE 802, EUI-48).

/// Twelve hexadecimal digits, neither all 0 nor all F: those are no device's.
pub(super) fn mac(value: &[u8]) -> bool {
    let hex = || value.iter().filter(|byte| byte.is_ascii_hexdigit());
    hex().count() == 12 && !hex().all(|&byte| byte == b'0') && !hex().all(|byte| byte.eq_ignore_ascii_case(&b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_address() {
        assert!(mac(b"00:1b:44:11:3a:b7"));
        assert!(mac(b"001b.4411.3ab7"));
        assert!(!mac(b"00:00:00:00:00:00"));
        assert!(!mac(b"FF:FF:FF:ff:ff:ff"));
        assert!(!mac(b"00:1b:44:11:3a"));
    }
}
