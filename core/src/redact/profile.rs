//! What a kind of text may keep, so that it stays useful. Keeps only what points at no individual.

use std::net::IpAddr;

use super::Redactor;
use crate::detect::Entity;
use crate::model::{Detection, Role, Segment};

/// A named list of what stays.
#[derive(Debug)]
pub struct Profile {
    /// Its name.
    pub id: &'static str,
    kept: &'static [Kept],
}

/// Values of an entity that stay, where the test holds.
#[derive(Debug)]
struct Kept {
    entity: &'static str,
    role: Option<Role>,
    test: fn(&Redactor, &[u8]) -> bool,
}

/// Every profile.
pub const PROFILES: &[Profile] = &[Profile {
    id: "logs",
    kept: &[
        Kept { entity: "date", role: Some(Role::LogTimestamp), test: |_, _| true },
        Kept { entity: "ipv4", role: None, test: |_, value| is_internal(value) },
        Kept { entity: "ipv6", role: None, test: |_, value| is_internal(value) },
        Kept { entity: "ip_address", role: None, test: |_, value| is_internal(value) },
        Kept { entity: "url", role: None, test: is_plain_url },
    ],
}];

/// The profile of that name.
pub fn profile(id: &str) -> Option<&'static Profile> {
    PROFILES.iter().find(|profile| profile.id == id)
}

impl Profile {
    pub(super) fn keeps(&self, redactor: &Redactor, entity: &Entity, detection: &Detection, value: &[u8]) -> bool {
        self.kept.iter().any(|kept| {
            let role = kept.role.is_none_or(|role| detection.role == Some(role));
            kept.entity == entity.id && role && (kept.test)(redactor, value)
        })
    }
}

/// Private (RFC 1918, RFC 4193), loopback, link-local and unspecified addresses name machines of the house.
fn is_internal(value: &[u8]) -> bool {
    let Some(address) = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok()) else { return false };
    match address {
        IpAddr::V4(it) => it.is_private() || it.is_loopback() || it.is_link_local() || it.is_unspecified(),
        IpAddr::V6(it) => it.is_loopback() || it.is_unspecified() || it.is_unique_local() || it.is_unicast_link_local(),
    }
}

/// A URL without user, query, fragment or digits that may be an id in its path, in which nothing else is found.
fn is_plain_url(redactor: &Redactor, value: &[u8]) -> bool {
    let behind_scheme = memchr::memmem::find(value, b"://").map_or(0, |at| at + 3);
    let rest = &value[behind_scheme..];
    let (host, path) = rest.split_at(memchr::memchr(b'/', rest).unwrap_or(rest.len()));
    let speaks = |byte: &u8| matches!(byte, b'@' | b'?' | b'#' | b'%' | b'=');
    let digits = path.split(|byte| !byte.is_ascii_digit()).map(<[u8]>::len).max().unwrap_or(0);
    if rest.iter().any(speaks) || digits >= 4 || host.is_empty() {
        return false;
    }
    // The path by itself, its separators as blanks: `/patients/jane.doe` must not hide behind its scheme.
    let words: Vec<u8> = path.iter().map(|byte| if *byte == b'/' { b' ' } else { *byte }).collect();
    let mut found = false;
    let candidates = redactor.detector.find(&Segment::narrative(&words));
    redactor.detector.settle(&Default::default(), &candidates, |_, _| found = true);
    !found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_house_are_internal() {
        for address in ["10.1.2.3", "192.168.0.1", "127.0.0.1", "::1", "fd00::1", "fe80::1"] {
            assert!(is_internal(address.as_bytes()), "{address}");
        }
        for address in ["8.8.8.8", "2001:4860::1", "10.1.2", ""] {
            assert!(!is_internal(address.as_bytes()), "{address}");
        }
    }
}
