use super::super::testing::{Kept, run};
use crate::model::{Reason, SourceState};

/// An explicit little-endian element.
fn element(group: u16, element: u16, vr: &[u8; 2], value: &[u8]) -> Vec<u8> {
    let mut out = [group.to_le_bytes(), element.to_le_bytes()].concat();
    out.extend_from_slice(vr);
    match vr {
        b"OB" | b"OW" | b"SQ" | b"UN" | b"UT" => {
            out.extend_from_slice(&[0, 0]);
            out.extend_from_slice(&(value.len() as u32).to_le_bytes());
        }
        _ => out.extend_from_slice(&(value.len() as u16).to_le_bytes()),
    }
    out.extend_from_slice(value);
    out
}

fn file(syntax: &[u8], data: &[Vec<u8>]) -> Vec<u8> {
    let mut out = vec![0; 128];
    out.extend_from_slice(b"DICM");
    out.extend(element(2, 0x10, b"UI", syntax));
    out.extend(data.concat());
    out
}

fn tags(kept: &Kept) -> Vec<String> {
    let mut out = Vec::new();
    for segment in &kept.segments {
        for field in &segment.fields {
            let standard = segment.frame.labels[field.label as usize].standard.as_ref();
            let Some(standard) = standard else { continue };
            let text = String::from_utf8_lossy(&segment.text[field.start as usize..field.end as usize]).into_owned();
            out.push(format!("{}{}={text}", standard.within.reveal(), standard.key.reveal()));
        }
    }
    out
}

const EXPLICIT: &[u8] = b"1.2.840.10008.1.2.1\0";

#[test]
fn attributes_are_read_by_their_tags() {
    let sequence = [
        &b"\xFE\xFF\x00\xE0\xFF\xFF\xFF\xFF"[..],
        &element(0x10, 0x20, b"LO", b"INNER1"),
        b"\xFE\xFF\x0D\xE0\x00\x00\x00\x00",
    ]
    .concat();
    let bytes = file(
        EXPLICIT,
        &[
            element(8, 5, b"CS", b"ISO_IR 100"),
            element(0x10, 0x10, b"PN", b"Buc^J\xE9r\xF4me "),
            element(0x10, 0x1000, b"LO", b"A-1\\B-22"),
            element(0x10, 0x1002, b"SQ", &sequence),
            element(0x7FE0, 0x10, b"OW", &[0; 64]),
            element(0xFFFC, 0xFFFC, b"OB", &[0; 4]),
        ],
    );
    let (kept, extraction) = run(&bytes);
    assert_eq!((extraction.format, extraction.state), ("dicom", SourceState::Partial));
    assert_eq!(extraction.reason, Some(Reason::ImageContent));
    let seen = tags(&kept);
    for expected in
        ["(0010,0010)=Buc^Jérôme", "(0010,1000)=A-1", "(0010,1000)=B-22", "(0010,1002)[1](0010,0020)=INNER1"]
    {
        assert!(seen.iter().any(|it| it == expected), "{expected} in {seen:?}");
    }
}

#[test]
fn a_data_set_without_preamble_is_recognised_and_damage_is_said() {
    let data = [element(8, 5, b"CS", b"ISO_IR 192"), element(0x10, 0x10, b"PN", "Müller^Jörg".as_bytes())].concat();
    let (kept, extraction) = run(&data);
    assert_eq!((extraction.format, extraction.state), ("dicom", SourceState::Complete));
    assert!(tags(&kept).contains(&"(0010,0010)=Müller^Jörg".to_owned()));
    let (kept, extraction) = run(&data[..data.len() - 3]);
    assert_eq!((extraction.state, extraction.reason), (SourceState::Partial, Some(Reason::Malformed)));
    assert!(!tags(&kept).is_empty());
}

#[test]
fn sequences_that_never_end_stop_at_a_depth() {
    let open = [&b"\x10\x00\x02\x10SQ\0\0\xFF\xFF\xFF\xFF"[..], b"\xFE\xFF\x00\xE0\xFF\xFF\xFF\xFF"].concat();
    let bytes = file(EXPLICIT, &[open.repeat(5000)]);
    let (_, extraction) = run(&bytes);
    assert_eq!(extraction.reason, Some(Reason::LimitDepth));
}

#[test]
fn escape_sequences_switch_character_sets() {
    let name = b"Yamada^Tarou=\x1B$B;3ED\x1B(B^\x1B$BB@O:\x1B(B=\x1B$B$d$^$@\x1B(B^\x1B$B$?$m$&\x1B(B";
    let (kept, _) =
        run(&file(EXPLICIT, &[element(8, 5, b"CS", b"\\ISO 2022 IR 87"), element(0x10, 0x10, b"PN", name)]));
    assert!(tags(&kept).contains(&"(0010,0010)=Yamada^Tarou=山田^太郎=やまだ^たろう".to_owned()), "{:?}", tags(&kept));
    let korean = b"Hong^Gildong=\x1B$)C\xFB\xF3^\x1B$)C\xD1\xCE\xD4\xD7=\x1B$)C\xC8\xAB^\x1B$)C\xB1\xE6\xB5\xBF";
    let (kept, _) =
        run(&file(EXPLICIT, &[element(8, 5, b"CS", b"\\ISO 2022 IR 149"), element(0x10, 0x10, b"PN", korean)]));
    assert!(tags(&kept).contains(&"(0010,0010)=Hong^Gildong=洪^吉洞=홍^길동".to_owned()), "{:?}", tags(&kept));
}
