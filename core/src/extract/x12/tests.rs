//! Tests of the X12 reader.

use proptest::prelude::*;

use crate::extract::Hint;
use crate::extract::testing::{Kept, run, run_as, same_in_any_reads};
use crate::model::{FieldKind, Limits, SourceState, Standard, Step};

const ISA: &str =
    "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240102*0304*^*00501*000000001*0*P*:~";

const CLAIM: &str = "ST*837*0001~\
NM1*85*2*BEN KILDARE SERVICE*****XX*1234567893~N3*1 Clinic Way~\
HL*2*1*22*1~SBR*P*18*GRP77******CI~NM1*IL*1*DOE*JANE*Q***MI*ID123456~N3*236 N Main St~N4*Miami*FL*33413~DMG*D8*19430501*F~\
HL*3*2*23*0~PAT*19~NM1*QC*1*DOE*TED~N3*236 N Main St~REF*SY*123456789~\
CLM*26407789*79.04***11:B:1*Y~DTP*434*RD8*20240101-20240105~HI*ABK:J0190*ABF:Z1159~\
NM1*82*1*ROE*RICHARD****XX*1999996666~NTE*ADD*seen by Dr Roe: fine~LX*1~SV1*HC:99213:25*40*UN*1~PER*IC*ANN POE*TE*3055552222*EX*231~SE*20*0001~";

fn keyed(kept: &Kept) -> Vec<String> {
    let mut out = Vec::new();
    for segment in &kept.segments {
        for field in &segment.fields {
            let Some(label) = segment.frame.labels.get(field.label as usize) else { continue };
            let standard = label.standard.as_ref().expect("every label has a key");
            assert_eq!(standard.standard, Standard::X12);
            let text = &segment.text[field.start as usize..field.end as usize];
            let hints = label.hints.reveal();
            let hints = if hints.is_empty() { hints } else { format!(" {hints}") };
            out.push(format!("{}{hints}={}", standard.key.reveal(), String::from_utf8_lossy(text)));
        }
    }
    out
}

fn interchange() -> String {
    format!("{ISA}GS*HC*A*B*20240102*0304*1*X*005010X222A1~{CLAIM}GE*1*1~IEA*1*000000001~")
}

#[test]
fn values_have_the_keys_of_their_elements_and_whose_they_are() {
    let (kept, extraction) = run(interchange().as_bytes());
    assert_eq!((extraction.format, extraction.state), ("x12", SourceState::Complete));
    let keyed = keyed(&kept);
    for wanted in [
        "NM1-03 organization 85=BEN KILDARE SERVICE",
        "NM1-09 provider 85 XX=1234567893",
        "N3-01 provider=1 Clinic Way",
        "NM1-03 subscriber IL=DOE",
        "NM1-04 subscriber IL=JANE",
        "NM1-09 subscriber IL MI=ID123456",
        "N4-03=33413",
        "DMG-02=19430501",
        "NM1-04 patient QC=TED",
        "REF-02 SY=123456789",
        "CLM-01=26407789",
        "DTP-03 434=20240101",
        "DTP-03 434=20240105",
        "HI-01.2=J0190",
        "NM1-03 provider 82=ROE",
        "NTE-02=seen by Dr Roe: fine",
        "SV1-01.2=99213",
        "PER-04 TE=3055552222",
        "PER-06 EX=231",
    ] {
        assert!(keyed.iter().any(|it| it == wanted), "{wanted} not in {keyed:#?}");
    }
    let fields = kept.fields();
    let record = |text: &str| fields.iter().find(|field| field.text == text).map(|field| field.record);
    assert_eq!((record("JANE"), record("TED"), record("26407789")), (Some(2), Some(3), Some(3)));
    assert_eq!(fields.iter().find(|it| it.text.starts_with("seen")).map(|it| it.kind), Some(FieldKind::Narrative));
}

#[test]
fn transaction_sets_are_messages_with_places_of_their_own() {
    let text = format!("{ISA}GS*HC*A*B~{CLAIM}{CLAIM}GE*1*1~IEA*1*1~{ISA}GS*HC*A*B~{CLAIM}GE*1*1~IEA*1*1~")
        .replace('~', "~\r\n");
    let (kept, _) = run(text.as_bytes());
    let messages: Vec<_> = kept.segments.iter().map(|segment| segment.frame.provenance.last().cloned()).collect();
    assert_eq!(messages, [1, 2, 3].map(|number| Some(Step::Message(number))));
    for field in kept.fields() {
        assert_eq!(text[field.start as usize..field.end as usize], field.text);
    }
    assert_eq!(kept.owned(), text.as_bytes());
    let lines: Vec<u64> = kept.segments.iter().map(|segment| segment.lines_before).collect();
    let before = |part: usize| text.match_indices("ISA*").chain(text.match_indices("ST*837")).map(|it| it.0).nth(part);
    assert_eq!(lines[0], 0);
    assert!(lines.is_sorted() && before(1).is_some());
}

#[test]
fn separators_come_from_the_header() {
    let wanted: Vec<String> = keyed(&run(interchange().as_bytes()).0);
    let value = |line: &String| line.split('=').nth(1).map(str::to_owned);
    let wanted: Vec<_> = wanted.iter().filter(|it| it.starts_with('N') || it.starts_with("CLM")).map(value).collect();
    for (element, component, terminator) in
        [("|", ">", "\n"), ("*", ":", "\r\n"), ("\x1D", "\x1F", "\x1C"), ("^", "<", "~\r\n")]
    {
        let text =
            interchange().replace('^', "U").replace('*', element).replace(':', component).replace('~', terminator);
        let (kept, extraction) = run(text.as_bytes());
        assert_eq!(extraction.format, "x12", "{element:?} {terminator:?}");
        let found: Vec<String> = keyed(&kept);
        let found: Vec<_> = found.iter().filter(|it| it.starts_with('N') || it.starts_with("CLM")).map(value).collect();
        let expected: Vec<_> = wanted.iter().cloned().map(|it| it.map(|it| it.replace(':', component))).collect();
        assert_eq!(found, expected, "{element:?} {terminator:?}");
    }
}

#[test]
fn damaged_headers_are_read_all_the_same() {
    let unpadded = interchange().replace("          ", "").replace("SENDER         ", "SENDER");
    let no_component = interchange().replace("*P*:~", "*P*~").replace('~', "~\n");
    let no_envelope = CLAIM.to_owned();
    for text in [unpadded, no_component, no_envelope, format!("\u{feff}\r\n{}", interchange())] {
        let (kept, extraction) = run(text.as_bytes());
        assert_eq!(extraction.format, "x12", "{text}");
        assert!(keyed(&kept).iter().any(|it| it == "NM1-04 patient QC=TED"), "{text}");
    }
    for text in [
        &b"ISA is an individual savings account"[..],
        b"ISA*",
        b"ST*",
        b"ST*8371*0001~",
        b"GS*",
        b"ISA****************",
    ] {
        assert_ne!(run(text).1.format, "x12", "{}", String::from_utf8_lossy(text));
    }
}

#[test]
fn long_feeds_are_cut_between_transaction_sets() {
    let text = format!("{ISA}GS*HC*A*B~{}GE*1*1~IEA*1*1~", CLAIM.repeat(1500)).replace(':', ">").replace('~', "~\n");
    same_in_any_reads(text.as_bytes());
    let (kept, _) = run(text.as_bytes());
    assert_eq!(kept.segments.len(), 1500);
    assert_eq!(kept.fields().last().map(|field| field.record), Some(1500 * 3));
    assert_eq!(kept.owned(), text.as_bytes());
    assert_eq!(keyed(&kept).iter().filter(|it| *it == "HI-01.2=J0190").count(), 1500);
}

#[test]
fn hostile_text_ends() {
    for rest in [vec![b'*'; 5 << 18], vec![b'x'; 5 << 18], vec![b'~'; 5 << 18], b"ISA*".repeat(1 << 18)] {
        let text = [ISA.as_bytes(), &rest].concat();
        let (kept, extraction) = run(&text);
        assert_eq!(extraction.format, "x12");
        assert!(kept.segments.iter().all(|segment| segment.is_sound()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn reads_of_any_size_give_the_same(lines in proptest::collection::vec("(NM1|HL|CLM|ST|GS|[A-Z]{2})[*:^a-z0-9 \u{e9}]{0,40}~\n?", 0..40), step in 1usize..50) {
        let text = format!("{ISA}{}", lines.concat());
        let (whole, _) = run(text.as_bytes());
        let (kept, _) = run_as(text.as_bytes(), step, Hint::default(), &Limits::default());
        prop_assert_eq!(keyed(&kept), keyed(&whole));
        prop_assert_eq!(kept.owned(), text.as_bytes());
        for field in whole.fields() {
            prop_assert_eq!(&text[field.start as usize..field.end as usize], field.text.as_str());
        }
    }
}
