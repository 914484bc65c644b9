//! IPTC-IIM data sets, in the image resources of Photoshop or by themselves.

use super::Metadata;

/// The resource that holds them.
const IPTC: u16 = 0x0404;

/// Data sets of record 2 by their numbers (IPTC-IIM 4.2, chapter 6).
const NAMES: &[(u8, &str)] = &[
    (5, "ObjectName"),
    (15, "Category"),
    (25, "Keywords"),
    (26, "ContentLocationCode"),
    (27, "ContentLocationName"),
    (40, "SpecialInstructions"),
    (55, "DateCreated"),
    (80, "Byline"),
    (85, "BylineTitle"),
    (90, "City"),
    (92, "Sublocation"),
    (95, "State"),
    (100, "CountryCode"),
    (101, "Country"),
    (103, "TransmissionReference"),
    (105, "Headline"),
    (110, "Credit"),
    (115, "Source"),
    (116, "Copyright"),
    (118, "Contact"),
    (120, "Caption"),
    (122, "Writer"),
];

/// Reads the resources of Photoshop: kind, number, a name padded to even, and data likewise. False where damaged.
pub(super) fn read_resources(metadata: &mut Metadata<'_, '_>, mut bytes: &[u8]) -> bool {
    if bytes.first() == Some(&0x1C) {
        return read(metadata, bytes);
    }
    let mut sound = true;
    while let [b'8', b'B', b'I', b'M', n0, n1, name, rest @ ..] = bytes {
        let name = (usize::from(*name) + 1).next_multiple_of(2) - 1;
        let Some((length, data)) = rest.get(name..).and_then(|it| it.split_first_chunk()) else { return false };
        let length = u32::from_be_bytes(*length) as usize;
        let Some(resource) = data.get(..length) else { return false };
        if u16::from_be_bytes([*n0, *n1]) == IPTC {
            sound &= read(metadata, resource);
        }
        bytes = data.get(length.next_multiple_of(2)..).unwrap_or_default();
    }
    sound && bytes.iter().all(|byte| *byte == 0)
}

/// Reads data sets: a mark, record, number, length, text. False where damaged.
pub(super) fn read(metadata: &mut Metadata<'_, '_>, mut bytes: &[u8]) -> bool {
    while let [0x1C, record, number, l0, l1, rest @ ..] = bytes {
        let length = usize::from(u16::from_be_bytes([*l0, *l1]));
        // Longer ones have the length of their length there: none of them is text.
        let Some(text) = rest.get(..length).filter(|_| length < 0x8000) else { return false };
        if *record == 2 {
            match NAMES.iter().find(|(it, _)| it == number) {
                Some((_, name)) => metadata.tag(name, text),
                None if text.iter().all(|byte| !byte.is_ascii_control()) => {
                    metadata.tag(&format!("IPTC 2:{number}"), text);
                }
                None => {}
            }
        }
        bytes = &rest[length..];
    }
    bytes.iter().all(|byte| *byte == 0)
}
