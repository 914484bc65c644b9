use std::sync::{Arc, Mutex};

use super::*;
use crate::detect::{DetectorOptions, Ruleset};
use crate::model::{
    Batch, Detection, Evidence, Finding, Frame, Label, NO_LABEL, NO_NODE, Node, NodeStep, Reason, Role, Seal, Source,
    Step, Subject, Text, Unread,
};

/// Output that can be looked at afterwards.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn options() -> ReportOptions {
    let detector = Arc::new(Detector::new(Ruleset::builtin().unwrap(), DetectorOptions::default()).unwrap());
    ReportOptions { masking: detector.clone(), detector, colours: false, mask_paths: false }
}

fn frame() -> Frame {
    let column = Label { name: Text::from("ssn 123-45-6788"), column: Some(3), ..Label::default() };
    Frame {
        provenance: Arc::from([Step::Member(Text::from("a \"b\".csv")), Step::part("base64")]),
        labels: vec![column],
        keys: vec![Text::from("a/b"), Text::from("ssn 123-45-6788")],
        nodes: vec![
            Node { parent: NO_NODE, step: NodeStep::Key(0) },
            Node { parent: 0, step: NodeStep::Index(7) },
            Node { parent: 1, step: NodeStep::Key(1) },
        ],
        ..Frame::default()
    }
}

fn finding(options: &ReportOptions) -> Finding {
    let detection = Detection {
        entity: options.detector.ruleset().entity_id("date").unwrap(),
        pattern: 0,
        start: 0,
        end: 10,
        permille: 905,
        validated: Some(true),
        role: Some(Role::Birth),
        subject: Subject::Patient,
        evidence: Evidence::FORMAT.with(Evidence::COLUMN_VOTE),
        field: 0,
    };
    Finding {
        detection,
        span: Some(5..15),
        line: Some(3),
        record: 2,
        label: NO_LABEL,
        node: NO_NODE,
        value: None,
        seal: Seal::default(),
    }
}

/// What a format writes of one batch and one unread part.
fn written(format: &str, path: &str, findings: &[Finding]) -> String {
    let (options, out) = (options(), Shared::default());
    let mut report = report(format).unwrap()(Box::new(out.clone()), &options);
    let source = Source::new(path, Some(20));
    report.start().unwrap();
    report.begin(&source).unwrap();
    report.findings(&source, Batch { frame: &frame(), findings }).unwrap();
    let part = Unread { place: frame().provenance, reason: Reason::Malformed, bytes: Some(9) };
    report.unread(&source, &part).unwrap();
    report.finish(&Totals::default()).unwrap();
    let bytes = out.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn json_lines_are_exact() {
    let options = options();
    let plain = finding(&options);
    let column = Finding { label: 0, ..plain.clone() };
    let node = Finding { node: 2, line: None, value: Some(Text::from("1980-01-02")), ..plain };
    let text = written("jsonl", "a\tb", &[column, node]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[1],
        "{\"type\":\"finding\",\"source\":\"a\\tb\",\"where\":[{\"member\":\"a \\\"b\\\".csv\"},{\"part\":\"base64\"},\
         {\"row\":2,\"column\":\"ssn [us_ssn]\"}],\"line\":3,\"entity\":\"date\",\"category\":\"C\",\
         \"subject\":\"patient\",\"role\":\"birth\",\"score\":0.905,\"band\":\"high\",\
         \"evidence\":[\"format\",\"column:vote\"],\"start\":5,\"end\":15}"
    );
    assert!(lines[2].contains("{\"pointer\":\"/a~1b/7/ssn [us_ssn]\"}],\"entity\""), "{}", lines[2]);
    assert!(lines[2].ends_with("\"end\":15,\"value\":\"1980-01-02\"}"));
    assert_eq!(
        lines[3],
        "{\"type\":\"unread\",\"source\":\"a\\tb\",\"where\":[{\"member\":\"a \\\"b\\\".csv\"},{\"part\":\"base64\"}],\
         \"reason\":\"malformed\",\"class\":\"failure\",\"bytes\":9}"
    );
    for line in lines {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
}

#[test]
fn no_format_shows_values_in_labels() {
    let options = options();
    let column = Finding { label: 0, ..finding(&options) };
    let node = Finding { node: 2, ..finding(&options) };
    for (format, _) in REPORTS {
        let text = written(format, "=cmd", &[column.clone(), node.clone()]);
        assert!(!text.contains("6788"), "{format}: {text}");
    }
    assert!(written("csv", "=cmd", &[column]).contains("\nfinding,\"'=cmd\","));
}

#[test]
fn long_labels_are_cut() {
    let mut labels = Labels::new(&options().masking);
    let shown = labels.show(&Text::from("é".repeat(100).as_str()));
    assert_eq!(shown.chars().count(), 65);
}

#[cfg(unix)]
#[test]
fn odd_paths_are_told_whole() {
    use std::os::unix::ffi::OsStrExt;
    let odd = std::path::Path::new(std::ffi::OsStr::from_bytes(b"a\xffb"));
    assert_eq!(shown_path(odd), ("a\\xFFb".into(), Some("Yf9i".into())));
    assert_eq!(shown_path(std::path::Path::new("ü")), ("ü".into(), None));
}
