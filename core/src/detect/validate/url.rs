//! Web addresses (RFC 3986).

/// A host of letters, digits, dashes and dots, at least two characters long.
pub(super) fn url(value: &[u8]) -> bool {
    let scheme = value.iter().take(8).position(|byte| *byte == b':').filter(|at| value[at + 1..].starts_with(b"//"));
    let rest = scheme.map_or(value, |at| &value[at + 3..]);
    let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(rest.len());
    let authority = &rest[..end];
    let host = authority.iter().rposition(|&byte| byte == b'@').map_or(authority, |at| &authority[at + 1..]);
    host.len() >= 2 && host[0].is_ascii_alphanumeric() && host.iter().any(u8::is_ascii_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_a_host() {
        assert!(url(b"https://portal.clinic.org/p/1"));
        assert!(url(b"www.clinic.org"));
        assert!(url(b"http://user:x@host/"));
        assert!(!url(b"https:///path"));
        assert!(!url(b"http://.../"));
    }
}
