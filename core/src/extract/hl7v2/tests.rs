//! Tests of the HL7 v2 reader.

use proptest::prelude::*;

use crate::extract::Hint;
use crate::extract::testing::{Kept, Seen, run, run_as, same_in_any_reads};
use crate::model::{FieldKind, Grid, Limits, Reason, SourceState, Standard};

const ADT: &[u8] = b"MSH|^~\\&|APP|HOSP|||20240102030405||ADT^A01|1|P|2.5\r\
PID|1||12345^^^HOSP^MR~999-12-3456^^^^SS||DOE^JANE^Q^^Dr||19600203|F|||1 Main St^Apt 4^Boston^MA^02134||(617) 555-0101^PRN^PH~^NET^Internet^jane@example.com~^PRN^FX^^1^617^5550102\r\
NK1|1|ROE^RICHARD|SPO\r\
PV1|1|I|W^389^1|||||0148^ADDISON^JAMES^^^^^^NPI\r";

/// `key hints=text` of all fields with a key.
fn keyed(kept: &Kept) -> Vec<String> {
    let mut out = Vec::new();
    for segment in &kept.segments {
        for field in &segment.fields {
            let Some(label) = segment.frame.labels.get(field.label as usize) else { continue };
            let Some(standard) = &label.standard else { continue };
            assert_eq!(standard.standard, Standard::Hl7v2);
            let text = &segment.text[field.start as usize..field.end as usize];
            let hints = label.hints.reveal();
            let hints = if hints.is_empty() { hints } else { format!(" {hints}") };
            out.push(format!("{}{hints}={}", standard.key.reveal(), String::from_utf8_lossy(text)));
        }
    }
    out
}

fn has(kept: &Kept, wanted: &[&str]) {
    let keyed = keyed(kept);
    for wanted in wanted {
        assert!(keyed.iter().any(|it| it == wanted), "{wanted} not in {keyed:#?}");
    }
}

#[test]
fn values_have_the_keys_of_their_fields_and_the_codes_beside_them() {
    let (kept, extraction) = run(ADT);
    assert_eq!((extraction.format, extraction.state), ("hl7v2", SourceState::Complete));
    has(
        &kept,
        &[
            "MSH-9.1=ADT",
            "PID-3.1 MR=12345",
            "PID-3.1 SS=999-12-3456",
            "PID-5=DOE^JANE^Q",
            "PID-7=19600203",
            "PID-11.3=Boston",
            "PID-13.1 PRN PH=(617) 555-0101",
            "PID-13.4 NET Internet=jane@example.com",
            "PID-13.7 PRN FX=617-5550102",
            "NK1-2=ROE^RICHARD",
            "PV1-8.1 NPI=0148",
            "PV1-8.2=ADDISON",
        ],
    );
    let segment = &kept.segments[0];
    assert_eq!((segment.frame.grid.clone(), segment.first_record), (Grid::Messages, 1));
    assert!(segment.is_sound());
    let phone = kept.fields().into_iter().find(|field| field.text == "617-5550102").expect("read");
    assert_eq!(ADT[phone.start as usize..phone.end as usize], *b"617^5550102");
}

#[test]
fn any_line_end_any_frame_and_any_delimiters_will_do() {
    let wanted = keyed(&run(ADT).0);
    for end in ["\n", "\r\n", "\r\r", " \r"] {
        let text = String::from_utf8_lossy(ADT).replace('\r', end);
        assert_eq!(keyed(&run(text.as_bytes()).0), wanted, "{end:?}");
    }
    for (before, after) in
        [(&b"\x0B"[..], &b"\x1C\r"[..]), (b"\xEF\xBB\xBF", b""), (b"\r\n \r\n", b"\r\n"), (b"", b"\x1C")]
    {
        assert_eq!(keyed(&run(&[before, ADT, after].concat()).0), wanted);
    }
    let odd = String::from_utf8_lossy(ADT).replace('|', "!").replace('^', "@").replace('~', "+").replace(r"\&", r"$%");
    has(&run(odd.as_bytes()).0, &["PID-3.1 MR=12345", "PID-3.1 SS=999-12-3456", "PID-5=DOE@JANE@Q"]);
    let wide: Vec<u8> = String::from_utf8_lossy(ADT).encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(keyed(&run(&wide).0), wanted);
}

#[test]
fn what_only_looks_like_a_message_is_none() {
    for text in
        [&b"MSHELL|a|b\r"[..], b"MSH is a header\r", b"MSH|abc|\r", b"PID|1||123\r", b"MSH", b"MSH|", b"MSH||\r"]
    {
        assert_ne!(run(text).1.format, "hl7v2", "{}", String::from_utf8_lossy(text));
    }
    let hint = Hint { name: b"", format: Some("hl7v2") };
    let (kept, extraction) = run_as(b"PID|1||123^^^^MR\rhello there\r", 7, hint, &Limits::default());
    assert_eq!(extraction.format, "hl7v2");
    has(&kept, &["PID-3.1 MR=123"]);
    assert!(kept.texts().iter().any(|text| text == "hello there"));
}

#[test]
fn messages_of_a_batch_are_numbered() {
    let mut text = b"FHS|^~\\&|A\rBHS|^~\\&|A\r".to_vec();
    for _ in 0..3 {
        text.extend_from_slice(ADT);
    }
    text.extend_from_slice(b"BTS|3\rFTS|1\r");
    let (kept, extraction) = run(&text);
    assert_eq!(extraction.format, "hl7v2");
    let names: Vec<Seen> = kept.fields().into_iter().filter(|field| field.text.starts_with("DOE")).collect();
    assert_eq!(names.iter().map(|field| field.record).collect::<Vec<_>>(), [1, 2, 3]);
    for name in names {
        assert_eq!(text[name.start as usize..name.end as usize], *name.text.as_bytes());
    }
}

#[test]
fn escapes_are_decoded_with_their_places() {
    let note = br"a\T\b \H\high\N\ at\.br\next \X4A6F\ \F\ \E\ \Xzz\ c:\x";
    let text = [b"MSH|^~\\&|A|B\rOBX|1|TX|1^Note||", &note[..], b"|||||F\rNTE|1||caf\\XE9\\"].concat();
    let (kept, _) = run(&text);
    let fields = kept.fields();
    let found = fields.iter().find(|field| field.text.contains("high")).expect("read");
    assert_eq!(found.text, "a&b high at\nnext Jo | \\ \\Xzz\\ c:\\x");
    assert_eq!((found.label.as_str(), found.kind), ("Note", FieldKind::Narrative));
    assert_eq!(text[found.start as usize..found.end as usize], *note);
    assert!(fields.iter().any(|field| field.text == "caf\u{e9}" && field.kind == FieldKind::Narrative));
    assert!(kept.segments.iter().all(|segment| segment.is_sound()));
}

#[test]
fn observations_are_called_what_they_are() {
    let text = b"MSH|^~\\&|A|B\rOBX|1|CE|718-7^Hemoglobin^LN||12^High\rOBX|2|NM|WT||70\rOBX|3|ST|X^Contact^L||Ann Roe\rZPD|1|x^Jane Doe\r";
    let (kept, _) = run(text);
    let pairs = kept.pairs();
    for wanted in ["Hemoglobin=High", "WT=70", "Contact=Ann Roe"] {
        assert!(pairs.iter().any(|pair| pair == wanted), "{wanted} not in {pairs:?}");
    }
    let free = kept.fields().into_iter().find(|field| field.text == "Jane Doe").expect("read");
    assert_eq!(free.kind, FieldKind::Narrative);
}

const LETTER: &str = "RGVhciBNciBEb2UsIHlvdXIgTVJOIGlzIDEyMzQ1LiBZb3VycywgRHIgUm9l";

#[test]
fn encoded_documents_are_read() {
    let text = format!("MSH|^~\\&|A|B\rOBX|1|ED|PDF^Letter||^text^plain^Base64^{LETTER}|||||F\rNTE|1||end\r");
    let (kept, _) = run(text.as_bytes());
    assert!(kept.texts().iter().any(|it| it == "end"));
    let inner = kept.segments.iter().find(|segment| segment.text.starts_with(b"Dear Mr Doe")).expect("decoded");
    let start = text.find(LETTER).expect("there") as u64;
    assert_eq!((inner.map.start(0), inner.map.end(inner.text.len() as u32)), (start, start + LETTER.len() as u64));
}

#[test]
fn segments_and_values_longer_than_a_block_are_read() {
    let prose = "seen in clinic, told Ann Roe. ".repeat(40_000);
    let many: String = (0..110_000).map(|number| format!("|value {number}")).collect();
    let letter = LETTER.repeat(20_000);
    let text = format!(
        "MSH|^~\\&|A|B\rOBX|1|TX|1^Note||{prose}|x y|z\rZZZ{many}\rOBX|2|ED|1^L||^text^plain^Base64^{letter}|||||F\rPID|1||77^^^^MR\r"
    );
    let (kept, extraction) = run(text.as_bytes());
    assert_eq!((extraction.format, extraction.state), ("hl7v2", SourceState::Complete));
    has(&kept, &["PID-3.1 MR=77", "OBX-6=x y"]);
    assert!(kept.texts().iter().any(|text| text == "value 109999"));
    let notes = kept.fields().into_iter().filter(|field| field.label == "Note").count();
    assert!(notes >= 2, "in parts");
    assert!(kept.segments.iter().any(|segment| segment.text.starts_with(b"Dear Mr Doe")));
    assert!(kept.segments.iter().all(|segment| segment.is_sound()));
    same_in_any_reads(text.as_bytes());
}

#[test]
fn long_feeds_are_cut_between_messages() {
    let text = ADT.repeat(3500);
    same_in_any_reads(&text);
    let (kept, _) = run(&text);
    assert!(kept.segments.len() > 1);
    assert!(kept.segments.iter().all(|segment| segment.text.starts_with(b"MSH") && segment.is_sound()));
    assert_eq!(kept.fields().last().map(|field| field.record), Some(3500));
}

#[test]
fn hostile_lines_end() {
    for text in [
        [b"MSH|^~\\&|".to_vec(), vec![b'|'; 5 << 18]].concat(),
        [b"MSH|^~\\&|A\r".to_vec(), vec![b'~'; 5 << 18]].concat(),
        [b"MSH|^~\\&|A\rOBX|1|TX|||".to_vec(), vec![b'\\'; 5 << 18]].concat(),
        [b"MSH|^~\\&|A\r".to_vec(), vec![0x0B; 5 << 18]].concat(),
        b"MSH|^~\\&|A\rMSH\rMSH|\rPID\rPID|".to_vec(),
    ] {
        let (kept, extraction) = run(&text);
        assert_eq!(extraction.format, "hl7v2");
        assert!(kept.segments.iter().all(|segment| segment.is_sound()));
        assert_ne!(extraction.reason, Some(Reason::Malformed));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn reads_of_any_size_give_the_same(lines in proptest::collection::vec("[A-Z]{3}[|^~&\\\\a-z0-9 .\u{e9}]{0,40}[\r\n]{1,2}", 0..40), step in 1usize..50) {
        let text = format!("MSH|^~\\&|A|B\r{}", lines.concat());
        let (whole, _) = run(text.as_bytes());
        let (kept, _) = run_as(text.as_bytes(), step, Hint::default(), &Limits::default());
        prop_assert_eq!(keyed(&kept), keyed(&whole));
        prop_assert!(kept.segments.iter().all(|segment| segment.is_sound()));
        for field in whole.fields() {
            prop_assert!(field.start < field.end && field.end <= text.len() as u64);
        }
    }
}
