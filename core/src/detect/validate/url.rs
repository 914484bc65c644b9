//! Web addresses (RFC 3986).

use super::known_test::is_below;

/// A host of letters, digits, dashes and dots, at least two characters long, that names no vocabulary.
pub(super) fn url(value: &[u8]) -> bool {
    let scheme = value.iter().take(8).position(|byte| *byte == b':').filter(|at| value[at + 1..].starts_with(b"//"));
    let rest = scheme.map_or(value, |at| &value[at + 3..]);
    let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(rest.len());
    let authority = &rest[..end];
    let host = authority.iter().rposition(|&byte| byte == b'@').map_or(authority, |at| &authority[at + 1..]);
    let name = host.split(|&byte| byte == b':').next().unwrap_or(host);
    name.len() >= 2 && name[0].is_ascii_alphanumeric() && !vocabulary_host(name)
}

/// Hosts that name vocabularies, schemas and profiles, which are no individual's web address.
fn vocabulary_host(host: &[u8]) -> bool {
    const VOCABULARIES: &[&[u8]] = &[
        b"hl7.org",
        b"loinc.org",
        b"snomed.info",
        b"unitsofmeasure.org",
        b"w3.org",
        b"nucc.org",
        b"dicom.nema.org",
        b"nlm.nih.gov",
        b"synthetichealth.github.io",
        b"schema.org",
        b"schemas.microsoft.com",
        b"schemas.openxmlformats.org",
        b"schemas.xmlsoap.org",
        b"json-schema.org",
        b"ihe.net",
        b"purl.org",
        b"xmlns.com",
        b"ns.adobe.com",
        b"ama-assn.org",
        b"fhir.org",
    ];
    /// Bytes at the end of each.
    const TAIL: usize = 6;
    const TAILS: [u64; VOCABULARIES.len()] = {
        let (mut tails, mut index) = ([0; VOCABULARIES.len()], 0);
        while index < tails.len() {
            let (name, mut at) = (VOCABULARIES[index], 0);
            while at < TAIL {
                tails[index] = tails[index] << 8 | name[name.len() - TAIL + at] as u64;
                at += 1;
            }
            index += 1;
        }
        tails
    };
    let Some(tail) = host.last_chunk::<TAIL>() else { return false };
    let tail = tail.iter().fold(0, |tail, byte| tail << 8 | u64::from(byte.to_ascii_lowercase()));
    TAILS.iter().zip(VOCABULARIES).any(|(it, name)| *it == tail && is_below(host, name))
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

    #[test]
    fn vocabularies_are_nobodys() {
        assert!(!url(b"http://hl7.org/fhir/sid/us-ssn"));
        assert!(!url(b"http://terminology.hl7.org:80/CodeSystem"));
        assert!(url(b"http://nothl7.org/x"));
    }
}
