//! Texts in memory: the same steps as for files, with plain owned results for bindings and `phisift detect`.

use std::sync::Arc;

use super::apart::Origin;
use super::source::{Context, Deliver, Spare};
use super::{Cancel, Progress, Scanner};
use crate::Error;
use crate::detect::Ruleset;
use crate::model::{Band, Detection, Finding, Frame, Source, SourceSummary, Subject, Unread};

/// All that was found in one source in memory.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// The findings in order, by block.
    pub blocks: Vec<(Arc<Frame>, Vec<Finding>)>,
    /// What was not read.
    pub unread: Vec<Unread>,
    /// Verdict, counts and coverage.
    pub summary: SourceSummary,
}

/// A detection as bindings show it.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// First byte in the text as given.
    pub start: usize,
    /// Behind the last byte.
    pub end: usize,
    /// Stable id of the entity.
    pub entity: String,
    /// The Safe Harbor letter; `None` for health context.
    pub category: Option<char>,
    /// Probability that it is what it is called, 0 to 1.
    pub score: f64,
    /// `low`, `medium` or `high`.
    pub band: &'static str,
    /// What its validator says, where it has one.
    pub validated: Option<bool>,
    /// What a cue says it is for.
    pub role: Option<&'static str>,
    /// Whose it is, where that is known.
    pub subject: Option<&'static str>,
    /// Ids of the reasons.
    pub evidence: Vec<String>,
}

/// Bytes of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// First byte.
    pub start: usize,
    /// Behind the last byte.
    pub end: usize,
}

impl Place {
    /// Where a finding stands; 0 to 0 where it has no place in bytes.
    pub fn of(finding: &Finding) -> Self {
        let span = finding.span.clone().unwrap_or_default();
        Place { start: span.start as usize, end: span.end as usize }
    }
}

impl Found {
    /// What a detection at a place looks like from outside.
    pub fn new(ruleset: &Ruleset, detection: &Detection, place: Place) -> Self {
        let entity = ruleset.entity(detection.entity);
        Found {
            start: place.start,
            end: place.end,
            entity: entity.id.clone(),
            category: entity.category.map(|it| it.letter()),
            score: f64::from(detection.permille) / 1000.0,
            band: Band::of(detection.permille).id(),
            validated: detection.validated,
            role: detection.role.map(|it| it.id()),
            subject: (detection.subject != Subject::Unknown).then(|| detection.subject.id()),
            evidence: detection.evidence.ids(&entity.id),
        }
    }
}

impl Analysis {
    /// The findings as bindings show them.
    pub fn found(&self, ruleset: &Ruleset) -> Vec<Found> {
        let findings = self.blocks.iter().flat_map(|(_, findings)| findings);
        findings.map(|it| Found::new(ruleset, &it.detection, Place::of(it))).collect()
    }
}

impl Scanner {
    /// Scans one source in memory, sniffed as a file would be unless a format id is given here or in the options.
    pub fn scan_bytes(&self, name: &str, bytes: &[u8], format: Option<&str>) -> Analysis {
        let format = format.or(self.options.format.as_deref());
        let (progress, cancel) = (Progress::default(), Cancel::default());
        let context =
            Context { scanner: self, wants_findings: true, progress: &progress, cancel: &cancel, format, pool: None };
        let source = Source::new(name, Some(bytes.len() as u64));
        let mut kept = Kept::default();
        // Keeping results in memory never fails.
        let _ = context.read(&source, Origin::Memory(bytes), None, &mut Spare::default(), &mut kept);
        let summary = kept.summary.expect("every reading ends with a summary");
        Analysis { blocks: kept.blocks, unread: kept.unread, summary }
    }

    /// What is found in a text. Offsets are bytes of the text.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use phisift::{detect::{Detector, DetectorOptions, Ruleset}, scan::{ScanOptions, Scanner}};
    /// let detector = Detector::new(Ruleset::builtin()?, DetectorOptions::default())?;
    /// let scanner = Scanner::new(Arc::new(detector), ScanOptions::default());
    /// for found in scanner.detect_text("SSN: 123-45-6788") {
    ///     assert_eq!((found.start, found.end, found.entity.as_str()), (5, 16, "us_ssn"));
    /// }
    /// # Ok::<(), phisift::Error>(())
    /// ```
    pub fn detect_text(&self, text: &str) -> Vec<Found> {
        self.scan_bytes("", text.as_bytes(), None).found(self.detector.ruleset())
    }

    /// What is found in each of many texts, on as many threads as the scanner has.
    pub fn detect_texts<T: AsRef<str> + Sync>(&self, texts: &[T]) -> Vec<Vec<Found>> {
        self.analyze_many(texts, |text| self.detect_text(text.as_ref()))
    }

    /// Applies a function to items on as many threads as the scanner has; results are in the order of the items.
    pub fn analyze_many<T: Sync, R: Send>(&self, items: &[T], analyze: impl Fn(&T) -> R + Sync) -> Vec<R> {
        let threads = self.threads().min(items.len());
        if threads <= 1 {
            return items.iter().map(analyze).collect();
        }
        let analyze = &analyze;
        let chunk = items.len().div_ceil(threads);
        std::thread::scope(|scope| {
            let chunks = items.chunks(chunk);
            let running: Vec<_> =
                chunks.map(|items| scope.spawn(move || items.iter().map(analyze).collect::<Vec<R>>())).collect();
            let joined =
                running.into_iter().map(|it| it.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            joined.flatten().collect()
        })
    }
}

/// Keeps everything.
#[derive(Default)]
struct Kept {
    blocks: Vec<(Arc<Frame>, Vec<Finding>)>,
    unread: Vec<Unread>,
    summary: Option<SourceSummary>,
}

impl Deliver for Kept {
    fn findings(&mut self, _: &Source, frame: &Arc<Frame>, findings: &mut Vec<Finding>) -> Result<(), Error> {
        self.blocks.push((frame.clone(), std::mem::take(findings)));
        Ok(())
    }

    fn end(&mut self, summary: SourceSummary, parts: Vec<Unread>) -> Result<(), Error> {
        self.unread = parts;
        self.summary = Some(summary);
        Ok(())
    }
}
