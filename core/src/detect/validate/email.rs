//! E-mail addresses (RFC 5321 section 4.5.3.1, RFC 5322 section 3.4.1).

use super::Words;

/// Last labels of things that look like addresses: images for dense screens (`logo@2x.png`) and packages.
const FILES: Words = Words::new(&[
    "css", "gif", "go", "html", "ico", "jpeg", "jpg", "js", "json", "mjs", "png", "py", "rs", "service", "socket",
    "svg", "target", "ts", "webp", "xml", "yaml", "yml",
]);

/// A local part of at most 64 and an address of at most 254 characters, no dot at an edge or doubled.
pub(super) fn email(value: &[u8]) -> bool {
    let (mut at, mut dot, mut doubled, mut previous) = (None, 0, false, 0);
    for (place, &byte) in value.iter().enumerate() {
        if byte == b'.' {
            doubled |= previous == b'.';
            dot = place;
        } else if byte == b'@' {
            (at, dot) = (Some(place), 0);
        }
        previous = byte;
    }
    let Some(at) = at.filter(|at| dot > *at) else { return false };
    let last = &value[dot + 1..];
    !doubled
        && value[..at].last() != Some(&b'.')
        && (1..=64).contains(&at)
        && value.len() <= 254
        && last.len() >= 2
        && !FILES.has(last)
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
