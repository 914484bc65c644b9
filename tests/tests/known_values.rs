//! What a source's structured fields establish is found again in its prose, its unlabelled fields, its attachments and
//! its own path.

use std::path::{Path, PathBuf};

use phisift::model::{Batch, Evidence, Sink, Source, SourceSummary, Unread};
use phisift::scan::{ScanOptions, Scanner};
use phisift::walk::WalkOptions;

use crate::api::scanner;

/// Values that were known from elsewhere in the source, each with its entity.
#[derive(Default)]
struct Again(Vec<String>);

impl Sink for Again {
    fn begin(&mut self, _: &Source) -> Result<(), phisift::Error> {
        Ok(())
    }
    fn findings(&mut self, _: &Source, batch: Batch<'_>) -> Result<(), phisift::Error> {
        for it in batch.findings.iter().filter(|it| it.detection.evidence.has(Evidence::KNOWN_VALUE)) {
            let entity = &scanner().detector().ruleset().entity(it.detection.entity).id;
            let value = it.value.as_ref().map(|it| it.reveal()).unwrap_or_default();
            self.0.push(format!("{entity}:{value}"));
        }
        Ok(())
    }
    fn unread(&mut self, _: &Source, _: &Unread) -> Result<(), phisift::Error> {
        Ok(())
    }
    fn end(&mut self, _: &SourceSummary) -> Result<(), phisift::Error> {
        Ok(())
    }
}

/// What is found again in a file of that name and content.
fn again(name: &str, content: &[u8]) -> Vec<String> {
    let folder: PathBuf = std::env::temp_dir().join(format!("phisift-known-{}", std::process::id()));
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).unwrap();
    std::fs::write(&path, content).unwrap();
    let options = ScanOptions { show_values: true, threads: 1, ..ScanOptions::default() };
    let scanner = Scanner::new(scanner().detector().clone(), options);
    let mut sink = Again::default();
    scanner.scan_paths(std::slice::from_ref(&path), &WalkOptions::default(), &mut sink).unwrap();
    std::fs::remove_file(&path).unwrap();
    sink.0
}

const MESSAGE: &str = "MSH|^~\\&|REG|N|EHR|N|20240102030405||ORU^R01|1|P|2.5\r\
PID|1||40298A7755^^^N^MR||Kowalczyk^Wanda||19600203|F\r\
OBX|1|TX|N^Note||Tube 40298A7755 came late; seen again.||||||F\r\
ZXT|1|40298-A7755|other 5550123\r";

#[test]
fn numbers_of_a_message_are_found_in_its_notes_and_local_segments() {
    assert_eq!(again("feed.hl7", MESSAGE.as_bytes()), ["mrn:40298A7755", "mrn:40298-A7755"]);
}

#[test]
fn a_path_gives_away_whose_the_file_is() {
    let found = again("ward/kowalczyk_40298a7755-ct.hl7", MESSAGE.as_bytes());
    assert_eq!(found[..2], ["person_name:kowalczyk", "mrn:40298a7755"], "{found:?}");
}

#[test]
fn the_order_of_fields_does_not_matter() {
    let text = r#"{"note": "Please file this one under 40298A7755 before the end of the week.", "mrn": "40298A7755"}"#;
    assert_eq!(again("a.json", text.as_bytes()), ["mrn:40298A7755"]);
    let rows = "mrn,note\n40298A7755,\"Wrote to the ward about the lost sample and its label, no answer so far\"\n\
                40298A7756,\"The sample turned up under 40298a7755 in the wrong rack on the second floor\"\n";
    assert_eq!(again("a.csv", rows.as_bytes()), ["mrn:40298a7755"]);
}

#[test]
fn an_attachment_is_searched_for_what_the_message_says() {
    let mail = "From: a@example.org\r\nTo: b@example.org\r\nSubject: result\r\nMIME-Version: 1.0\r\n\
                Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/csv; name=p.csv\r\n\
                Content-Disposition: attachment; filename=p.csv\r\n\r\nmrn,dob\r\n40298A7755,1960-02-03\r\n\
                40298A7756,1961-02-03\r\n--x\r\nContent-Type: text/plain; name=n.txt\r\n\
                Content-Disposition: attachment; filename=n.txt\r\n\r\nTube 40298A7755 came late.\r\n--x--\r\n";
    assert_eq!(again("m.eml", mail.as_bytes()), ["mrn:40298A7755"]);
}

#[test]
fn private_elements_of_an_image_are_searched() {
    let element = |(group, number): (u16, u16), kind: &[u8; 2], value: &str| {
        let value = if value.len().is_multiple_of(2) { value.to_owned() } else { format!("{value} ") };
        let head = [group.to_le_bytes(), number.to_le_bytes(), *kind, (value.len() as u16).to_le_bytes()].concat();
        [head, value.into_bytes()].concat()
    };
    let image = [
        vec![0; 128],
        b"DICM".to_vec(),
        element((2, 0x10), b"UI", "1.2.840.10008.1.2.1\0"),
        element((0x10, 0x10), b"PN", "Kowalczyk^Wanda"),
        element((0x10, 0x20), b"LO", "40298A7755"),
        element((0x19, 0x10), b"LO", "MAKER"),
        element((0x19, 0x1001), b"LO", "rec/40298A7755"),
    ]
    .concat();
    assert!(again("i.dcm", &image).iter().any(|it| it.ends_with(":40298A7755")));
}

#[test]
fn a_text_by_itself_establishes_nothing() {
    assert_eq!(again("a.txt", b"MRN: 40298A7755\nTube 40298A7755 came late.\n"), [] as [&str; 0]);
    let dates = "mrn,note\n20240105,\"Wrote to the ward on 20240105 about the lost sample, no answer so far\"\n";
    assert_eq!(again("d.csv", dates.as_bytes()), [] as [&str; 0]);
}
