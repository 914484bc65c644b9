//! E-mail addresses (RFC 5321 section 4.5.3.1, RFC 5322 section 3.4.1).

/// Last labels of things that look like addresses: images for dense screens (`logo@2x.png`) and packages.
const FILES: &[&str] = &[
    "css", "gif", "go", "html", "ico", "jpeg", "jpg", "js", "json", "mjs", "png", "py", "rs", "service", "socket",
    "svg", "target", "ts", "webp", "xml", "yaml", "yml",
];

/// A local part of at most 64 and an address of at most 254 characters, no dot at an edge or doubled.
pub(super) fn email(value: &[u8]) -> bool {
    let Some(at) = value.iter().rposition(|&byte| byte == b'@') else { return false };
    let (local, domain) = (&value[..at], &value[at + 1..]);
    let Some(dot) = domain.iter().rposition(|&byte| byte == b'.') else { return false };
    let last = &domain[dot + 1..];
    let dotted = local.ends_with(b".") || value.windows(2).any(|pair| pair == b"..");
    !dotted
        && (1..=64).contains(&local.len())
        && value.len() <= 254
        && last.len() >= 2
        && !FILES.iter().any(|file| file.as_bytes().eq_ignore_ascii_case(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        assert!(email(b"jane.q.doe+x@mail.clinic.org"));
        assert!(!email(b"jane.@clinic.org"));
        assert!(!email(b"jane..doe@clinic.org"));
        assert!(!email(b"logo@2x.png"));
        assert!(!email(b"user@localhost"));
        assert!(!email(b"getty@tty1.service"));
    }
}
