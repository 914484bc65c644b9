//! Values that were published or reserved so that they are nobody's: documentation, advertising and test numbers.
//! They are reported with a low score, never dropped: a real record may hold one by mistake.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::ip::octets;
use super::ssn::nine_digits;
use super::{digits, exact_digits, is_lowered, number};

/// True for a value that is nobody's.
pub type Test = fn(&[u8]) -> bool;

/// The test for published and reserved values of an entity, where there are any.
pub fn of(entity: &str) -> Option<Test> {
    KNOWN.iter().find(|row| row.0 == entity).map(|row| row.1)
}

const KNOWN: &[(&str, Test)] = &[
    ("us_ssn", ssn),
    ("us_itin", |value| exact_digits::<9>(value).is_some_and(|it| number(&it[..3]) == 987 && number(&it[3..5]) == 65)),
    ("us_hicn", |value| value.iter().position(u8::is_ascii_alphabetic).is_some_and(|end| ssn(&value[..end]))),
    ("us_mbi", |value| value.iter().filter(|&&byte| byte != b'-').map(u8::to_ascii_uppercase).eq(*b"1EG4TE5MK73")),
    ("us_npi", |value| value == b"1234567893"),
    ("us_dea", |value| value == b"AB1234563"),
    ("phone", phone),
    ("fax", phone),
    ("payment_card", card),
    ("iban", iban),
    ("aba_routing", |value| digits(value).eq([1, 2, 3, 4, 5, 6, 7, 8, 0])),
    ("imei", |value| digits(value).eq([4, 9, 0, 1, 5, 4, 2, 0, 3, 2, 3, 7, 5, 1, 8])),
    ("vin", |value| matches!(value, b"1M8GDM9AXKP042788" | b"11111111111111111" | b"1HGCM82633A004352")),
    ("email", |value| value.iter().rposition(|&byte| byte == b'@').is_some_and(|at| reserved_host(&value[at + 1..]))),
    ("url", |value| reserved_host(host(value))),
    ("ip_address", address),
    ("mac_address", mac),
    ("zip_code", |value| matches!(value, b"12345" | b"12345-6789" | b"00000")),
    ("uuid", |value| value.iter().all(|byte| matches!(byte, b'0' | b'-'))),
];

/// Numbers the SSA voided or lent to advertising (POMS RM 10201.035 and SSA history "SSNs misused by advertisers"),
/// area 999 (Synthea), and rows of digits everyone types.
fn ssn(value: &[u8]) -> bool {
    let Some(digits) = nine_digits(value) else { return false };
    let whole = number(&digits);
    matches!(whole, 78_051_120 | 219_099_999 | 457_555_462 | 123_456_789 | 987_654_321)
        || (987_654_320..=987_654_329).contains(&whole)
        || number(&digits[..3]) == 999
        || digits.iter().all(|digit| *digit == digits[0])
}

/// 555-0100 to 555-0199 of any area (ATIS-0300048), and rows of one digit.
fn phone(value: &[u8]) -> bool {
    let (mut tail, mut count, mut rows) = (0_u64, 0, 0);
    for &byte in value {
        match byte {
            b'0'..=b'9' => {
                let digit = u64::from(byte - b'0');
                rows += u32::from(count > 0 && digit != tail & 0xf);
                tail = tail << 4 | digit;
                count += 1;
            }
            b'#' | b'A'..=b'Z' | b'a'..=b'z' => break,
            _ => {}
        }
    }
    // In hexadecimal digits: 555 01 and two more.
    let fictional = count >= 7 && tail >> 8 & 0xf_ffff == 0x5_5501;
    fictional || count >= 7 && rows == 0
}

/// Numbers the card networks and payment processors publish for testing.
fn card(value: &[u8]) -> bool {
    const PUBLISHED: &[u64] = &[
        30_569_309_025_904,
        36_227_206_271_667,
        38_520_000_023_237,
        340_000_000_000_009,
        370_000_000_000_002,
        371_449_635_398_431,
        378_282_246_310_005,
        378_734_493_671_000,
        2_223_003_122_003_222,
        2_720_000_000_000_005,
        3_530_111_333_300_000,
        3_566_002_020_360_505,
        4_000_000_000_000_002,
        4_000_000_000_000_077,
        4_000_000_000_000_119,
        4_000_056_655_665_556,
        4_012_888_888_881_881,
        4_111_111_111_111_111,
        4_222_222_222_222,
        4_242_424_242_424_242,
        4_444_333_322_221_111,
        4_988_438_843_884_305,
        5_105_105_105_105_100,
        5_200_828_282_828_210,
        5_424_000_000_000_015,
        5_454_545_454_545_454,
        5_555_555_555_554_444,
        6_011_000_000_000_004,
        6_011_000_990_139_424,
        6_011_111_111_111_117,
        6_200_000_000_000_005,
    ];
    if digits(value).count() > 19 {
        return false;
    }
    let number = digits(value).fold(0_u64, |sum, digit| sum * 10 + u64::from(digit));
    PUBLISHED.contains(&number)
}

/// Samples of the SWIFT registry and of national banks' pages.
fn iban(value: &[u8]) -> bool {
    const SAMPLES: &[&[u8]] = &[
        b"GB82WEST12345698765432",
        b"GB33BUKB20201555555555",
        b"GB29NWBK60161331926819",
        b"DE89370400440532013000",
        b"FR1420041010050500013M02606",
        b"ES9121000418450200051332",
        b"NL91ABNA0417164300",
        b"CH9300762011623852957",
    ];
    SAMPLES.iter().any(|sample| value.iter().filter(|&&byte| byte != b' ').eq(sample.iter()))
}

/// The host of a web address.
fn host(url: &[u8]) -> &[u8] {
    let scheme = url.iter().take(8).position(|byte| *byte == b':').filter(|at| url[at + 1..].starts_with(b"//"));
    let rest = scheme.map_or(url, |at| &url[at + 3..]);
    let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#' | b':')).unwrap_or(rest.len());
    &rest[..end]
}

/// Names reserved for documentation and testing (RFC 2606, RFC 6761).
fn reserved_host(host: &[u8]) -> bool {
    const RESERVED: &[&[u8]] = &[
        b"example.com",
        b"example.org",
        b"example.net",
        b"example.edu",
        b"test",
        b"invalid",
        b"example",
        b"localhost",
    ];
    // All of them end in one of these letters.
    host.last().is_some_and(|last| b"deglmtu".contains(&(last | 0x20)))
        && RESERVED.iter().any(|name| is_below(host, name))
}

/// True where the host is the name or ends in a dot and the name.
pub(super) fn is_below(host: &[u8], name: &[u8]) -> bool {
    let Some(cut) = host.len().checked_sub(name.len()) else { return false };
    // Most hosts differ in their last letter.
    let last = host.last().map(u8::to_ascii_lowercase) == name.last().copied();
    last && (cut == 0 || host[cut - 1] == b'.') && is_lowered(&host[cut..], name)
}

/// Addresses that are no one's: documentation (RFC 5737, RFC 3849), this host, loopback, broadcast and netmasks.
fn address(value: &[u8]) -> bool {
    if let Some(octets) = octets(value) {
        let address = Ipv4Addr::from(octets);
        let mask = address.octets()[0] == 255 && (!address.to_bits()).wrapping_add(1).is_power_of_two();
        return address.is_documentation()
            || address.is_unspecified()
            || address.is_loopback()
            || address.is_broadcast()
            || mask;
    }
    let Ok(text) = std::str::from_utf8(value) else { return false };
    let Ok(address) = text.parse::<Ipv6Addr>() else { return false };
    let [first, second, ..] = address.segments();
    // 2001:db8::/32 (RFC 3849) and 3fff::/20 (RFC 9637).
    let documentation = (first == 0x2001 && second == 0x0db8) || (first == 0x3fff && second < 0x1000);
    documentation || address.is_unspecified() || address.is_loopback()
}

/// The documentation range 00-00-5E-00-53-xx (RFC 7042) and the addresses of books.
fn mac(value: &[u8]) -> bool {
    let hex = || value.iter().filter(|byte| byte.is_ascii_hexdigit()).map(u8::to_ascii_lowercase);
    hex().take(10).eq(*b"00005e0053")
        || hex().eq(*b"001122334455")
        || hex().eq(*b"aabbccddeeff")
        || hex().eq(*b"123456789abc")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_known_test(entity: &str, value: &[u8]) -> bool {
        of(entity).is_some_and(|is_known| is_known(value))
    }

    #[test]
    fn published_values_are_known() {
        for (entity, value) in [
            ("us_ssn", "078-05-1120"),
            ("us_ssn", "219 09 9999"),
            ("us_ssn", "987654321"),
            ("us_ssn", "999-17-5017"),
            ("us_ssn", "111-11-1111"),
            ("us_ssn", "123-45-6789"),
            ("us_mbi", "1EG4-TE5-MK73"),
            ("us_mbi", "1eg4te5mk73"),
            ("phone", "(919) 555-0123"),
            ("phone", "+1-919-555-0199 x12"),
            ("fax", "919-555-0100"),
            ("phone", "999-999-9999"),
            ("payment_card", "4111-1111-1111-1111"),
            ("payment_card", "378282246310005"),
            ("iban", "DE89 3704 0044 0532 0130 00"),
            ("email", "jane@example.com"),
            ("email", "jane@mail.example.org"),
            ("email", "a@b.test"),
            ("email", "a@x.invalid"),
            ("url", "https://portal.example.org/p/1"),
            ("url", "http://localhost:8080/"),
            ("ip_address", "192.0.2.1"),
            ("ip_address", "198.51.100.7"),
            ("ip_address", "203.0.113.9"),
            ("ip_address", "127.0.0.1"),
            ("ip_address", "255.255.254.0"),
            ("ip_address", "2001:db8::1"),
            ("ip_address", "::1"),
            ("mac_address", "00:00:5e:00:53:01"),
        ] {
            assert!(is_known_test(entity, value.as_bytes()), "{entity} {value}");
        }
    }

    #[test]
    fn ordinary_values_are_not() {
        for (entity, value) in [
            ("us_ssn", "123-45-6788"),
            ("phone", "919-555-2014"),
            ("phone", "919-555-1100"),
            ("payment_card", "4539578763621486"),
            ("email", "jane@notexample.com"),
            ("email", "jane@clinic.org"),
            ("url", "https://clinic.org/example.com"),
            ("ip_address", "10.0.0.1"),
            ("ip_address", "255.1.2.3"),
            ("mrn", "1234"),
            ("us_mbi", "1EG4TE5MK72"),
        ] {
            assert!(!is_known_test(entity, value.as_bytes()), "{entity} {value}");
        }
    }
}
