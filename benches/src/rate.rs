//! The library in this process, one thread: reading alone, and reading, finding and settling. No process start, no
//! report: what a change to an inner loop does shows here first.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use phisift::detect::{Candidates, Detector, DetectorOptions, Ruleset, SourceMemory};
use phisift::extract::{Emit, Hint, Input, extract};
use phisift::model::{Limits, Segment, Unread};

use crate::files::{MB, head};
use crate::record::Report;
use crate::run::median;
use crate::setup::Setup;

/// Corpora measured; their first 64 MB.
const CORPORA: [&str; 4] = ["app.log", "notes.txt", "claims.csv", "clean.txt"];
const MOST: u64 = 64 * MB;

/// Measures every corpus.
pub fn run(setup: &Setup) -> Result<Report> {
    let detector = Detector::new(Ruleset::builtin()?, DetectorOptions::default()).context("the builtin detector")?;
    let mut report = Report::new("rate", &["corpus", "format", "read MB/s", "read and detect MB/s", "findings"]);
    for name in CORPORA {
        report.rows.push(row(&setup.corpus_file(name)?, name, setup.runs, &detector)?);
    }
    Ok(report)
}

fn row(path: &Path, name: &str, runs: usize, detector: &Detector) -> Result<Vec<String>> {
    let bytes = head(path, MOST)?;
    let (mut reading, mut all) = (Vec::new(), Vec::new());
    let (mut format, mut findings) = ("", 0);
    for _ in 0..runs {
        let mut spare = Spare::default();
        reading.push(rate(&bytes, &mut spare).1);
        let mut detect = Detect::new(detector);
        let (found, speed) = rate(&bytes, &mut detect);
        all.push(speed);
        (format, findings) = (found, detect.findings);
    }
    let figures = [median(reading), median(all)].map(|it| format!("{it:.0}"));
    let [reading, all] = figures;
    Ok(vec![name.into(), format.into(), reading, all, findings.to_string()])
}

/// The format and MB/s.
fn rate(bytes: &[u8], emit: &mut impl Emit) -> (&'static str, f64) {
    let begun = Instant::now();
    let done = extract(Input::Stream(&mut &*bytes), Hint::default(), &Limits::default(), emit);
    (done.format, bytes.len() as f64 / MB as f64 / begun.elapsed().as_secs_f64())
}

/// Spares what it gets, giving buffers back.
#[derive(Default)]
struct Spare {
    buffers: Vec<Vec<u8>>,
}

impl Emit for Spare {
    fn segment(&mut self, segment: Segment) -> bool {
        self.buffers.push(segment.text.0);
        true
    }

    fn unread(&mut self, _: Unread) {}

    fn buffer(&mut self) -> Vec<u8> {
        self.buffers.pop().unwrap_or_default()
    }
}

/// Searches what it gets, block by block, and counts.
struct Detect<'a> {
    detector: &'a Detector,
    memory: SourceMemory,
    candidates: Candidates,
    buffers: Spare,
    findings: u64,
}

impl<'a> Detect<'a> {
    fn new(detector: &'a Detector) -> Self {
        let (memory, candidates) = (SourceMemory::default(), Candidates::default());
        Detect { detector, memory, candidates, buffers: Spare::default(), findings: 0 }
    }
}

impl Emit for Detect<'_> {
    fn segment(&mut self, segment: Segment) -> bool {
        self.detector.find_into(&segment, &mut self.candidates);
        self.detector.learn(&mut self.memory, &self.candidates);
        self.detector.settle(&self.memory, &self.candidates, |_, _| self.findings += 1);
        self.buffers.segment(segment)
    }

    fn unread(&mut self, _: Unread) {}

    fn buffer(&mut self) -> Vec<u8> {
        self.buffers.buffer()
    }
}
