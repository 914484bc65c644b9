//! What must hold for any input: the same findings however it is cut and on any number of threads, and redaction that
//! leaves nothing behind and nothing to do.

use std::fmt::Write as _;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use phisift::detect::{Candidates, SourceMemory};
use phisift::extract::{Emit, Hint, Input, extract};
use phisift::model::{Batch, Limits, Segment, Sink, Source, SourceSummary, Unread};
use phisift::redact::{RedactOptions, Redactor};
use phisift::scan::{ScanOptions, Scanner};
use phisift::walk::WalkOptions;
use proptest::prelude::*;

use crate::api::{detect, scanner};

/// Pieces of documents: identifiers with and without context, noise, and bytes that are hard to cut.
const PIECES: &[&str] = &[
    "SSN: 123-45-6788",
    "ssn=234567899",
    "MRN: 4029-887-A",
    "DOB: 03/14/1958",
    "admitted 2024-01-05T10:22:33Z",
    "call (919) 555-7821",
    "Fax: 248-677-2201",
    "m.hollingsworth@gmail.com",
    "NPI 1245319599",
    "MBI 1EG4-TE5-MK72",
    "client ip 106.31.73.20",
    "https://portal.hospital.com/patient/12345",
    "aged 94",
    "VIN 1G4AH59H45G118341",
    "card 4539-5787-6362-1486",
    "the patient feels better",
    "Dr. Okafor",
    "Martha Collins is a 50-year-old female",
    "Martha reports that Collins",
    "wife Iryna",
    "DOE, JANE Q",
    "metformin 500 mg",
    "123456788",
    "1.2.3.4",
    "2024-13-45",
    "555-12",
    "@@@",
    "🏥",
    "cafe\u{301}",
    "\u{a0}",
    "\u{200b}",
    "------",
    "\"",
    "{",
    "[",
    "<td>",
    "\0",
];
const JOINTS: &[&str] = &[" ", "\n", "\r\n", ", ", ";", "\t", "", " | ", ": ", "\n\n"];

fn documents() -> impl Strategy<Value = String> {
    let part = (prop::sample::select(PIECES), prop::sample::select(JOINTS));
    prop::collection::vec(part, 0..40)
        .prop_map(|parts| parts.iter().flat_map(|(piece, joint)| [*piece, *joint]).collect())
}

fn cases(count: u32) -> ProptestConfig {
    ProptestConfig { cases: count, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn findings_do_not_depend_on_reads(text in documents()) {
        let whole = findings_of_reads(text.as_bytes(), usize::MAX);
        for size in [1, 2, 3, 7, 64] {
            prop_assert_eq!(&findings_of_reads(text.as_bytes(), size), &whole, "reads of {} bytes", size);
        }
    }

    #[test]
    fn detections_are_in_order_and_sliceable(text in documents()) {
        let found = detect(&text, None);
        for it in &found {
            prop_assert!(text.get(it.start..it.end).is_some_and(|value| !value.is_empty()));
        }
        prop_assert!(found.is_sorted_by_key(|it| it.start));
    }

    #[test]
    fn redacting_twice_is_redacting_once(text in documents()) {
        let redactor = redactor("label");
        let once = redactor.redact(text.as_bytes());
        prop_assert_eq!(redactor.redact(&once), once);
    }

    #[test]
    fn nothing_detected_survives_redaction(text in documents()) {
        for strategy in ["label", "mask", "drop"] {
            let redacted = redactor(strategy).redact(text.as_bytes());
            let left = detect_bytes(&redacted);
            // A mask keeps the shape, which may still look like a value; what stood there must be gone.
            let left: Vec<_> = left.iter().filter(|value| text.contains(value.as_str())).collect();
            prop_assert!(left.is_empty(), "{}: {} of {} bytes", strategy, left.len(), text.len());
        }
    }

    #[test]
    fn a_redacted_stream_does_not_depend_on_its_cuts(text in documents(), cuts in prop::collection::vec(1usize..50, 1..20)) {
        let redactor = redactor("label");
        prop_assert_eq!(redact_in_parts(&redactor, text.as_bytes(), &cuts), redact_in_parts(&redactor, text.as_bytes(), &[usize::MAX]));
    }
}

#[test]
fn long_inputs_are_cut_into_blocks_alike() {
    let text = long_text(3 << 20);
    let whole = findings_of_reads(text.as_bytes(), usize::MAX);
    let planted = text.matches("SSN: ").count();
    assert!(whole.len() >= planted, "{planted} are planted, {} found", whole.len());
    for size in [4093, 1 << 16, 1 << 20] {
        assert_eq!(findings_of_reads(text.as_bytes(), size), whole, "reads of {size} bytes");
    }
}

#[test]
fn messages_are_read_alike_in_any_reads() {
    let message =
        "MSH|^~\\&|A|B|||20240102||ADT^A01|1|P|2.5\rPID|1||77123^^^H^MR||DOE^JANE||19600203\rNTE|1||saw \\T\\ told\r";
    let set = "ST*837*0001~NM1*IL*1*DOE*JANE****MI*ID123456~DMG*D8*19430501*F~SE*4*0001~";
    let header =
        "ISA*00*          *00*          *ZZ*A              *ZZ*B              *240102*0304*^*00501*000000001*0*P*:~";
    for (text, one) in [(message.repeat(12_000), message), (header.to_owned() + &set.repeat(16_000), set)] {
        let whole = findings_of_reads(text.as_bytes(), usize::MAX);
        assert!(whole.len() >= 3 * (text.len() / one.len() - 2), "{} findings", whole.len());
        for size in [4093, 1 << 20] {
            assert!(findings_of_reads(text.as_bytes(), size) == whole, "reads of {size} bytes");
        }
    }
}

#[test]
fn one_line_of_any_length_is_searched_to_its_end() {
    let mut text = "x ".repeat(2 << 20);
    text.push_str("SSN: 123-45-6788");
    let found = findings_of_reads(text.as_bytes(), 1 << 16);
    assert_eq!(found.last().map(|it| it.0..it.1), Some(text.len() as u64 - 11..text.len() as u64));
}

#[test]
fn any_number_of_threads_gives_the_same_results() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("threads");
    write_share(&folder);
    let one = scan_lines(&folder, 1);
    assert!(one.iter().any(|line| line.starts_with("finding")), "something is found");
    for threads in [2, 8] {
        assert_eq!(scan_lines(&folder, threads), one, "{threads} threads");
    }
}

/// A reader that never gives more than so many bytes at a time.
struct Reads<'a> {
    left: &'a [u8],
    size: usize,
}

impl Read for Reads<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.size.min(buffer.len());
        self.left.read(&mut buffer[..count])
    }
}

/// Searches each block as it comes and keeps what a scan would keep.
#[derive(Default)]
struct Search {
    blocks: Vec<(Segment, Candidates)>,
}

impl Emit for Search {
    fn segment(&mut self, segment: Segment) -> bool {
        let candidates = scanner().detector().find(&segment);
        self.blocks.push((segment, candidates));
        true
    }

    fn unread(&mut self, _: Unread) {}
}

/// Start, end, entity and score of everything found, where reads give at most so many bytes.
fn findings_of_reads(bytes: &[u8], size: usize) -> Vec<(u64, u64, u16, u16)> {
    let mut search = Search::default();
    extract(Input::Stream(&mut Reads { left: bytes, size }), Hint::default(), &Limits::default(), &mut search);
    let mut memory = SourceMemory::default();
    search.blocks.iter().for_each(|block| scanner().detector().learn(&mut memory, &block.1));
    let mut out = Vec::new();
    for (segment, candidates) in &search.blocks {
        scanner().detector().settle(&memory, candidates, |_, it| {
            out.push((segment.map.start(it.start), segment.map.end(it.end), it.entity.0, it.permille));
        });
    }
    out
}

fn redactor(strategy: &str) -> Redactor {
    Redactor::new(scanner().detector().clone(), RedactOptions::named(strategy).unwrap())
}

fn redact_in_parts(redactor: &Redactor, bytes: &[u8], cuts: &[usize]) -> Vec<u8> {
    let mut stream = redactor.stream();
    let (mut out, mut left) = (Vec::new(), bytes);
    for &cut in cuts.iter().cycle() {
        let (part, rest) = left.split_at(cut.min(left.len()));
        stream.push(part, &mut out);
        left = rest;
        if left.is_empty() {
            break;
        }
    }
    stream.finish(&mut out);
    out
}

fn detect_bytes(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    detect(&text, None).iter().map(|it| text[it.start..it.end].to_string()).collect()
}

/// Lines with an SSN at many different distances from a block's edge.
fn long_text(size: usize) -> String {
    let mut out = String::with_capacity(size + 200);
    let mut number = 0;
    while out.len() < size {
        number += 1;
        let _ =
            write!(out, "{:>width$} note {number}\nSSN: 123-45-{:04}\n", "", 1000 + number % 9000, width = number % 97);
    }
    out
}

fn write_share(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    for (index, piece) in PIECES.iter().enumerate() {
        let text: String =
            (0..200).map(|line| format!("{line} {piece} {}\n", PIECES[(index + line) % PIECES.len()])).collect();
        std::fs::write(folder.join(format!("{index:02}.txt")), text).unwrap();
    }
    let rows: String =
        (0..5000).map(|row| format!("{row},123-45-{:04},03/14/19{:02}\n", 1000 + row, row % 90 + 10)).collect();
    std::fs::write(folder.join("table.csv"), format!("row,ssn,dob\n{rows}")).unwrap();
}

fn scan_lines(folder: &Path, threads: usize) -> Vec<String> {
    let options = ScanOptions { threads, ..ScanOptions::default() };
    let scanner = Scanner::new(Arc::clone(scanner().detector()), options);
    let mut lines = Lines::default();
    scanner.scan_paths(&[PathBuf::from(folder)], &WalkOptions::default(), &mut lines).unwrap();
    lines.0
}

/// A sink that writes down everything it receives.
#[derive(Default)]
struct Lines(Vec<String>);

impl Sink for Lines {
    fn begin(&mut self, source: &Source) -> Result<(), phisift::Error> {
        self.0.push(format!("begin {:?}", source.path));
        Ok(())
    }

    fn findings(&mut self, _: &Source, batch: Batch<'_>) -> Result<(), phisift::Error> {
        self.0.extend(batch.findings.iter().map(|it| format!("finding {it:?}")));
        Ok(())
    }

    fn unread(&mut self, _: &Source, part: &Unread) -> Result<(), phisift::Error> {
        self.0.push(format!("unread {part:?}"));
        Ok(())
    }

    fn end(&mut self, summary: &SourceSummary) -> Result<(), phisift::Error> {
        // The time of the last access is that of the scan before.
        let mut summary = summary.clone();
        summary.source.stat = None;
        self.0.push(format!("end {summary:?}"));
        Ok(())
    }
}
