//! IP addresses in text (RFC 791; RFC 4291 section 2.2).

use std::net::Ipv6Addr;

/// Four numbers below 256 without leading zeros.
pub(super) fn ipv4(value: &[u8]) -> bool {
    octets(value).is_some()
}

/// The four numbers of an IPv4 address in text.
pub(super) fn octets(value: &[u8]) -> Option<[u8; 4]> {
    if value.len() > 15 {
        return None;
    }
    // The number in hand, above 255 before its first digit.
    const NONE: u32 = 256;
    let (mut octets, mut dots, mut number) = (0u32, 0, NONE);
    for &byte in value {
        match byte.wrapping_sub(b'0') {
            digit @ 0..=9 => {
                number = match number {
                    0 => return None,
                    NONE => digit.into(),
                    _ => number * 10 + u32::from(digit),
                };
                if number > 255 {
                    return None;
                }
            }
            _ if byte == b'.' && number != NONE => {
                (octets, dots, number) = (octets << 8 | number, dots + 1, NONE);
            }
            _ => return None,
        }
    }
    (dots == 3 && number != NONE).then(|| (octets << 8 | number).to_be_bytes())
}

/// An address of a block in use: unicast 2000::/3, local fc00::/7, link fe80::/10, multicast ff00::/8, or one of the
/// forms that hold an IPv4 address. Times and C++ paths such as `a::b` fall outside them.
pub(super) fn ipv6(value: &[u8]) -> bool {
    let Some(address) = std::str::from_utf8(value).ok().and_then(|text| text.parse::<Ipv6Addr>().ok()) else {
        return false;
    };
    let [first, second, ..] = address.segments();
    let embedded = value.contains(&b'.') || address.is_loopback() || (first == 0x64 && second == 0xff9b);
    let assigned = matches!(first, 0x2000..=0x3fff | 0xfc00..=0xfdff | 0xfe80..=0xfebf | 0xff00..=0xffff);
    // `face::` could be code; an address in use has a digit.
    embedded || (assigned && value.iter().any(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_4() {
        assert!(ipv4(b"10.42.7.19"));
        assert!(ipv4(b"255.255.255.255"));
        assert!(!ipv4(b"256.1.1.1"));
        assert!(!ipv4(b"1.2.3"));
        assert!(!ipv4(b"01.2.3.4"));
    }

    #[test]
    fn version_6() {
        for good in [
            "2001:db8::1",
            "fe80::1ff:fe23:4567:890a",
            "2607:f8b0:4005:805:0:0:0:200e",
            "::ffff:10.0.0.1",
            "::1",
            "ff02::1",
        ] {
            assert!(ipv6(good.as_bytes()), "{good}");
        }
        for bad in
            ["12:34:56", "a::b", "10:22:33:44", "2001:db8::1::2", "::", "fdab::beef:cafe:face:deaf:bead:feed:fade:dead"]
        {
            assert!(!ipv6(bad.as_bytes()), "{bad}");
        }
    }
}
