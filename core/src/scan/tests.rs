use std::fs;
use std::path::PathBuf;

use super::*;
use crate::detect::{DetectorOptions, Ruleset};
use crate::model::{Batch, Source, SourceSummary, Unread};
use crate::{Error, ErrorKind};

/// A temporary folder that goes away with the value.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("phisift-scan-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn file(&self, name: &str, content: &[u8]) {
        fs::write(self.0.join(name), content).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Writes every call down.
#[derive(Default)]
struct Protocol {
    calls: Vec<String>,
    counting: bool,
    fails_at: Option<usize>,
}

impl Protocol {
    fn note(&mut self, call: String) -> Result<(), Error> {
        self.calls.push(call);
        match self.fails_at {
            Some(at) if self.calls.len() > at => Err(Error::new(ErrorKind::Closed, "writing the report")),
            _ => Ok(()),
        }
    }
}

impl Sink for Protocol {
    fn wants_findings(&self) -> bool {
        !self.counting
    }

    fn begin(&mut self, source: &Source) -> Result<(), Error> {
        self.note(format!("begin {}", source.path.display()))
    }

    fn findings(&mut self, _: &Source, batch: Batch<'_>) -> Result<(), Error> {
        for it in batch.findings {
            let value = it.value.as_ref().map(|value| value.reveal());
            let score = it.detection.permille;
            self.note(format!("{:?} line {:?} record {} {score} {value:?}", it.span, it.line, it.record))?;
        }
        Ok(())
    }

    fn unread(&mut self, _: &Source, part: &Unread) -> Result<(), Error> {
        self.note(format!("unread {}", part.reason.id()))
    }

    fn end(&mut self, summary: &SourceSummary) -> Result<(), Error> {
        // The time of the last access is that of the scan before.
        let mut summary = summary.clone();
        summary.source.stat = None;
        self.note(format!("{summary:?}"))
    }
}

fn scanner(threads: usize, options: ScanOptions) -> Scanner {
    let detector = Detector::new(Ruleset::builtin().unwrap(), DetectorOptions::default()).unwrap();
    Scanner::new(Arc::new(detector), ScanOptions { threads, ..options })
}

fn ssn(number: u32) -> String {
    format!("{:03}-{:02}-{:04}", 100 + number % 500, 1 + number % 98, 1 + number % 9998)
}

/// A log of several blocks, a table, and many small files between them.
fn share(name: &str) -> Folder {
    let folder = Folder::new(name);
    let line = |number: u32| format!("{number} user logged in, ssn: {} and nothing else of note\n", ssn(number));
    folder.file("m.log", (0..40_000).map(line).collect::<String>().as_bytes());
    let row = |number: u32| format!("{number},{},19{}-01-02\n", ssn(number), 40 + number % 50);
    let table = format!("id,ssn,dob\n{}", (0..2_000).map(row).collect::<String>());
    folder.file("a.csv", table.as_bytes());
    for number in 0..60 {
        folder.file(&format!("n{number}.txt"), format!("SSN: {}\n", ssn(number)).as_bytes());
    }
    folder
}

#[test]
fn any_number_of_threads_says_the_same() {
    let folder = share("threads");
    let run = |threads, counting| {
        let mut sink = Protocol { counting, ..Protocol::default() };
        let scanner = scanner(threads, ScanOptions::default());
        let totals = scanner.scan_paths(std::slice::from_ref(&folder.0), &WalkOptions::default(), &mut sink).unwrap();
        (sink.calls, totals)
    };
    let (calls, totals) = run(1, false);
    assert!(totals.findings() >= 40_000 + 2_000 + 60, "{}", totals.findings());
    assert_eq!(totals.sources, 62);
    assert!(totals.found() && !totals.failures());
    for threads in [2, 8] {
        let (others, sums) = run(threads, false);
        assert!(others == calls, "{threads} threads differ");
        assert_eq!(sums, totals);
    }
    let ends = |calls: Vec<String>| calls.into_iter().filter(|it| it.starts_with("Source")).collect::<Vec<_>>();
    let (counted, sums) = run(2, true);
    assert_eq!(sums, totals);
    assert_eq!(ends(counted), ends(calls));
}

#[test]
fn values_are_shown_only_where_asked() {
    let folder = Folder::new("values");
    folder.file("note.txt", b"one\nSSN: 123-45-6788\n");
    let run = |show_values| {
        let mut sink = Protocol::default();
        let scanner = scanner(1, ScanOptions { show_values, ..ScanOptions::default() });
        scanner.scan_paths(&[folder.0.join("note.txt")], &WalkOptions::default(), &mut sink).unwrap();
        sink.calls[1].clone()
    };
    assert!(run(false).starts_with("Some(9..20) line Some(2)") && run(false).ends_with("None"), "{}", run(false));
    assert!(run(true).ends_with("Some(\"123-45-6788\")"));
}

#[test]
fn a_failing_sink_ends_the_scan() {
    let folder = share("failing");
    for threads in [1, 4] {
        let mut sink = Protocol { fails_at: Some(30), ..Protocol::default() };
        let scanner = scanner(threads, ScanOptions::default());
        let error =
            scanner.scan_paths(std::slice::from_ref(&folder.0), &WalkOptions::default(), &mut sink).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Closed);
        assert_eq!(sink.calls.len(), 31);
    }
}

#[test]
fn a_cancelled_scan_says_so() {
    let folder = share("cancelled");
    for threads in [1, 2] {
        let cancel = Cancel::default();
        cancel.cancel();
        let walk = Walk::new([folder.0.clone()], &WalkOptions::default()).unwrap();
        let mut sink = Protocol::default();
        let scanner = scanner(threads, ScanOptions::default());
        let totals = scanner.scan(walk, &mut sink, &Progress::default(), &cancel).unwrap();
        assert!(totals.interrupted && sink.calls.is_empty());
    }
}

#[test]
fn limits_are_reported() {
    let folder = share("limits");
    let limits = Limits { file_size: Some(1000), time: Some(std::time::Duration::ZERO), ..Limits::default() };
    let scanner = scanner(2, ScanOptions { limits, ..ScanOptions::default() });
    let mut sink = Protocol::default();
    let totals = scanner.scan_paths(std::slice::from_ref(&folder.0), &WalkOptions::default(), &mut sink).unwrap();
    assert_eq!(totals.unread.get(&crate::model::Reason::LimitSize), Some(&2));
    assert_eq!(totals.unread.get(&crate::model::Reason::Timeout), Some(&60));
    assert!(totals.failures());
    assert_eq!(totals.verdicts.get(&crate::model::Verdict::Undetermined), Some(&62));
}

#[test]
fn allowed_values_and_paths_are_not_counted() {
    let folder = Folder::new("allow");
    folder.file("a.txt", b"SSN: 123-45-6788\nSSN: 234-56-7891\n");
    folder.file("b.sample", b"SSN: 123-45-6788\n");
    let allow = AllowList::parse("regex:123-.*\npath:*.sample\n", None).unwrap();
    let scanner = scanner(1, ScanOptions { allow: Some(Arc::new(allow)), ..ScanOptions::default() });
    let totals =
        scanner.scan_paths(std::slice::from_ref(&folder.0), &WalkOptions::default(), &mut Protocol::default()).unwrap();
    assert_eq!(totals.findings(), 1);
}

#[test]
fn texts_are_sources_of_their_own() {
    let scanner = scanner(3, ScanOptions::default());
    let texts: Vec<String> = (0..100).map(|number| format!("é SSN: {}", ssn(number))).collect();
    let found = scanner.detect_texts(&texts);
    assert_eq!(found.len(), 100);
    for (text, found) in texts.iter().zip(&found) {
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(&text[found[0].start..found[0].end], &text[8..]);
        assert_eq!((found[0].entity.as_str(), found[0].category), ("us_ssn", Some('G')));
    }
    let analysis = scanner.scan_bytes("x.csv", b"id,ssn\n1,123-45-6788\n", Some("csv"));
    assert_eq!((analysis.summary.format, analysis.found(scanner.detector().ruleset()).len()), ("csv", 1));
}

#[test]
fn who_only_counts_counts_the_same() {
    let folder = Folder::new("counts");
    let header = "claim_id,first_name,dob,ssn,street,city,zip,phone,email,icd10,npi,note";
    let odd = [
        "C000000001,Ann,1934-03-02,201-59-3348,385 Mark Avenue,Port Ann,61869,(356) 248-5297,a@example.org,O80,1029567058,x",
        "C-2,unknown,02/30/1999,078-05-1120,12 State Route 9,\"a PID|1\",00000,555-0100,bo@clinic.org,E11.9,1234567893,",
        "12.50,DOE^ANN^PID|3,19340302,777-77-7777,7 N Highway 5 Apt 2,St. Paul,61869-1234,+1-216-456-7702,www.a.org,,1,see www.example.com",
        ",,,,,,,,,,,called 919-555-7821 about MRN 4401-22 on 2024-01-05",
    ];
    let mut table = header.as_bytes().to_vec();
    for row in 0..6000 {
        table.push(b'\n');
        table.extend_from_slice(odd[if row % 97 == 0 { row / 97 % 4 } else { row % 2 * (row % 5 / 4) }].as_bytes());
    }
    folder.file("claims.csv", &table);
    let summaries = |counting: bool, min_permille: u16| {
        let ruleset = Ruleset::builtin().unwrap();
        let options = DetectorOptions { min_permille, ..DetectorOptions::default() };
        let detector = Arc::new(Detector::new(ruleset, options).unwrap());
        let scanner = Scanner::new(detector, ScanOptions { threads: 1, ..ScanOptions::default() });
        let mut sink = Protocol { counting, ..Protocol::default() };
        let totals = scanner.scan_paths(std::slice::from_ref(&folder.0), &WalkOptions::default(), &mut sink).unwrap();
        (format!("{totals:?}"), sink.calls.pop())
    };
    for min_permille in [0, 500, 900, 960] {
        assert_eq!(summaries(true, min_permille), summaries(false, min_permille), "{min_permille}");
    }
    assert!(summaries(true, 500).1.is_some_and(|it| it.contains("claims.csv")));
}
