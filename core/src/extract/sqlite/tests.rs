use super::super::testing::{Kept, run};
use crate::model::{FieldKind, Reason, Segment, SourceState};

/// Made by SQLite: patients (two of them deleted), visits (without rowid), a table that was dropped.
const CLINIC: &[u8] = include_bytes!("testdata/clinic.db");
/// Of another database: two rows inserted, the first one deleted.
const WAL: &[u8] = include_bytes!("testdata/clinic.db-wal");
/// Of a third one: names before they were changed.
const JOURNAL: &[u8] = include_bytes!("testdata/clinic.db-journal");

fn has(kept: &Kept, pair: &str, kind: FieldKind) -> bool {
    kept.fields().iter().any(|it| format!("{}={}", it.label, it.text) == pair && it.kind == kind)
}

#[test]
fn rows_are_labelled_by_table_and_column() {
    let (kept, extraction) = run(CLINIC);
    assert_eq!((extraction.format, extraction.state, extraction.reason), ("sqlite", SourceState::Complete, None));
    for pair in [
        "patients.id=24",
        "patients.last name=Sample1",
        "patients.ssn=219-09-1024",
        "patients.weight=61.5",
        "visits.day=2020-01-05",
        "visits.mrn=MRN00005",
        "visits.reason=cough",
    ] {
        assert!(has(&kept, pair, FieldKind::Structured), "{pair} in {:?}", kept.pairs());
    }
    let rows = kept.fields().iter().filter(|it| it.label == "patients.ssn" && it.kind == FieldKind::Structured).count();
    assert_eq!(rows, 22);
    let long =
        kept.fields().into_iter().find(|it| it.label == "patients.note" && it.text.len() > 2000).expect("a note");
    assert_eq!((long.text, long.kind), ("long note 3 ".repeat(200), FieldKind::Narrative));
    assert!(kept.pairs().iter().any(|it| it.ends_with("phone=212-555-0105")), "a value that is JSON");
    assert!(kept.fields().iter().any(|it| it.kind == FieldKind::Markup && it.text.starts_with("CREATE VIEW")));
    assert!(kept.segments.iter().all(Segment::is_sound));
}

#[test]
fn deleted_rows_are_residual() {
    let (kept, _) = run(CLINIC);
    for pair in ["patients.ssn=219-09-1007", "patients.last name=Mockup7", "patients.ssn=219-09-1020"] {
        assert!(has(&kept, pair, FieldKind::Residual), "{pair}");
    }
    let residual = kept.fields().into_iter().filter(|it| it.kind == FieldKind::Residual);
    let text: String = residual.map(|it| it.text + "\n").collect();
    for gone in ["Gone0", "Gone39", "212-555-0139", "Springfield"] {
        assert!(text.contains(gone), "{gone} in {text}");
    }
}

#[test]
fn logs_and_journals_are_read() {
    let (kept, extraction) = run(WAL);
    assert_eq!((extraction.format, extraction.reason), ("sqlite-wal", None));
    assert!(has(&kept, "p.name=Ripple", FieldKind::Structured), "{:?}", kept.pairs());
    assert!(kept.fields().iter().any(|it| it.text.contains("219-09-2001") && it.kind == FieldKind::Residual));
    let (kept, extraction) = run(JOURNAL);
    assert_eq!(extraction.format, "sqlite-journal");
    assert!(kept.texts().iter().any(|it| it.contains("Jour5")), "{:?}", kept.pairs());
}

#[test]
fn damaged_databases_are_salvaged() {
    // The schema is lost: rows are found page by page.
    let mut bytes = CLINIC.to_vec();
    bytes[100] = 0xEE;
    let (kept, extraction) = run(&bytes);
    assert_eq!((extraction.state, extraction.reason), (SourceState::Partial, Some(Reason::Malformed)));
    assert!(kept.texts().iter().any(|it| it == "219-09-1001"), "{:?}", kept.texts());
    // Nothing is right but the magic bytes.
    let mut bytes = CLINIC.to_vec();
    bytes[16..18].fill(0xFF);
    let (kept, extraction) = run(&bytes);
    assert_eq!(extraction.reason, Some(Reason::Malformed));
    assert!(kept.texts().iter().any(|it| it.contains("219-09-1001")));
    let (_, extraction) = run(&[super::MAGIC, &[0; 200]].concat());
    assert_eq!(extraction.reason, Some(Reason::Malformed));
}

#[test]
fn hostile_databases_end() {
    for length in [50, 100, 600, 1024, 5000] {
        assert_eq!(run(&CLINIC[..length]).1.reason, Some(Reason::Malformed), "{length}");
    }
    // Every byte in turn is wrong.
    for at in (16..CLINIC.len()).step_by(37) {
        let mut bytes = CLINIC.to_vec();
        bytes[at] ^= 0xFF;
        let (kept, _) = run(&bytes);
        assert!(kept.segments.iter().all(Segment::is_sound), "{at}");
    }
}

#[test]
fn noise_is_encrypted_where_its_name_says_database() {
    use super::super::testing::run_as;
    use super::super::{Extraction, Hint};
    use crate::model::Limits;
    let mut state = 1u64;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    })
    .take(8192)
    .collect();
    let read = |name: &[u8]| -> Extraction { run_as(&noise, 4096, Hint { name, format: None }, &Limits::default()).1 };
    assert_eq!(read(b"a.db").reason, Some(Reason::Encrypted));
    assert_eq!(read(b"a.bin").format, "binary");
}
