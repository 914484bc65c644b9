//! JSON lines: the stable, versioned form for programs. Holds one buffer, whatever the number of findings.

use std::io::Write;
use std::sync::Arc;

use super::json::{Repeated, write_counts, write_number, write_score, write_string, write_strings};
use super::labels::{Labels, Spot, Where};
use super::{Output, Report, ReportOptions};
use crate::Error;
use crate::detect::{Detector, Ruleset};
use crate::model::{Batch, Detection, Finding, Sink, Source, SourceSummary, Subject, Unread};
use crate::scan::Totals;

/// Version of the rows.
const VERSION: u64 = 1;

/// Writes one JSON object a line.
pub struct JsonLines {
    out: Output,
    detector: Arc<Detector>,
    labels: Labels,
    place: Where,
    parts: ConstantParts,
    /// The number of the line at hand.
    line: Repeated,
    /// `"source":…` of the source at hand.
    source: Vec<u8>,
    /// The beginning of its findings' rows, up to their places.
    head: Vec<u8>,
}

impl JsonLines {
    /// A report over an output.
    pub fn new(out: Box<dyn Write + Send>, options: &ReportOptions) -> Self {
        JsonLines {
            out: Output::new(out),
            detector: options.detector.clone(),
            labels: Labels::new(&options.masking).with_paths_masked(options.mask_paths),
            place: Where::default(),
            parts: ConstantParts::default(),
            line: Repeated::default(),
            source: Vec::new(),
            head: Vec::new(),
        }
    }

    fn enter(&mut self, source: &Source) {
        self.source.clear();
        self.source.extend_from_slice(b"\"source\":");
        let (shown, whole) = self.labels.path(&source.path);
        write_string(&mut self.source, &shown);
        if let Some(whole) = whole {
            self.source.extend_from_slice(b",\"source_bytes\":");
            write_string(&mut self.source, &whole);
        }
        self.head.clear();
        self.head.extend_from_slice(b"{\"type\":\"finding\",");
        self.head.extend_from_slice(&self.source);
        self.head.extend_from_slice(b",\"where\":");
    }

    fn finding(&mut self, frame: &crate::model::Frame, finding: &Finding) {
        let out = &mut self.out.buffer;
        out.extend_from_slice(&self.head);
        self.place.write(out, frame, Spot::of(finding), &mut self.labels);
        if let Some(line) = finding.line {
            out.extend_from_slice(b",\"line\":");
            self.line.write(out, line);
        }
        out.extend_from_slice(self.parts.of(self.detector.ruleset(), &finding.detection));
        if let Some(span) = &finding.span {
            out.extend_from_slice(b",\"start\":");
            write_number(out, span.start);
            out.extend_from_slice(b",\"end\":");
            write_number(out, span.end);
        }
        if let Some(value) = &finding.value {
            out.extend_from_slice(b",\"value\":");
            write_string(out, &value.reveal());
        }
        out.extend_from_slice(b"}\n");
    }
}

impl Sink for JsonLines {
    fn begin(&mut self, source: &Source) -> Result<(), Error> {
        self.enter(source);
        Ok(())
    }

    fn findings(&mut self, _: &Source, batch: Batch<'_>) -> Result<(), Error> {
        self.place.enter(batch.frame, &mut self.labels);
        for finding in batch.findings {
            self.finding(batch.frame, finding);
            self.out.drain()?;
        }
        Ok(())
    }

    fn unread(&mut self, _: &Source, part: &Unread) -> Result<(), Error> {
        let out = &mut self.out.buffer;
        out.extend_from_slice(b"{\"type\":\"unread\",");
        out.extend_from_slice(&self.source);
        out.extend_from_slice(b",\"where\":[");
        self.labels.write_steps(out, &part.place);
        out.extend_from_slice(b"],\"reason\":");
        write_string(out, part.reason.id());
        out.extend_from_slice(b",\"class\":");
        write_string(out, part.reason.class().id());
        if let Some(bytes) = part.bytes {
            out.extend_from_slice(b",\"bytes\":");
            write_number(out, bytes);
        }
        out.extend_from_slice(b"}\n");
        self.out.drain()
    }

    fn end(&mut self, summary: &SourceSummary) -> Result<(), Error> {
        let out = &mut self.out.buffer;
        out.extend_from_slice(b"{\"type\":\"source\",");
        out.extend_from_slice(&self.source);
        write_summary(out, summary, self.detector.ruleset());
        self.out.drain()
    }
}

fn write_summary(out: &mut Vec<u8>, summary: &SourceSummary, ruleset: &Ruleset) {
    write_member(out, "format", summary.format);
    write_member(out, "state", summary.state.id());
    if let Some(reason) = summary.reason {
        write_member(out, "reason", reason.id());
    }
    write_member(out, "verdict", summary.verdict.id());
    out.extend_from_slice(b",\"reasons\":");
    let reasons: Vec<String> = summary.reasons.iter().map(|reason| reason.id()).collect();
    write_strings(out, reasons.iter().map(String::as_str));
    out.extend_from_slice(b",\"health\":");
    write_counts(out, summary.health.iter().map(|(kind, count)| (*kind, *count)));
    write_count(out, "bytes", summary.bytes);
    write_count(out, "bytes_examined", summary.bytes_examined);
    if let Some(decoded) = summary.decoded {
        write_count(out, "decoded", decoded);
    }
    if let Some(reused) = summary.reused {
        out.extend_from_slice(b",\"reused\":true,\"reused_as\":");
        write_string(out, reused.how.id());
    }
    if summary.forward_only {
        write_member(out, "sweep", "forward");
    }
    out.extend_from_slice(b",\"counts\":");
    write_counts(out, summary.counts.iter().map(|(entity, count)| (ruleset.entity(*entity).id.as_str(), *count)));
    out.extend_from_slice(b"}\n");
}

fn write_member(out: &mut Vec<u8>, name: &str, value: &str) {
    out.push(b',');
    write_string(out, name);
    out.push(b':');
    write_string(out, value);
}

fn write_count(out: &mut Vec<u8>, name: &str, value: u64) {
    out.push(b',');
    write_string(out, name);
    out.push(b':');
    write_number(out, value);
}

impl Report for JsonLines {
    fn start(&mut self) -> Result<(), Error> {
        let ruleset = self.detector.ruleset();
        let out = &mut self.out.buffer;
        out.extend_from_slice(b"{\"type\":\"header\"");
        write_count(out, "version", VERSION);
        write_member(out, "tool", "phisift");
        write_member(out, "tool_version", env!("CARGO_PKG_VERSION"));
        write_member(out, "ruleset", ruleset.hash());
        out.extend_from_slice(b",\"min_score\":");
        write_score(out, self.detector.options().min_permille);
        out.extend_from_slice(b"}\n");
        self.out.drain()
    }

    fn finish(&mut self, totals: &Totals) -> Result<(), Error> {
        let ruleset = self.detector.ruleset();
        let out = &mut self.out.buffer;
        out.extend_from_slice(b"{\"type\":\"summary\"");
        write_count(out, "sources", totals.sources);
        write_count(out, "findings", totals.findings());
        write_count(out, "bytes", totals.bytes);
        write_count(out, "bytes_examined", totals.bytes_examined);
        out.extend_from_slice(b",\"interrupted\":");
        out.extend_from_slice(if totals.interrupted { b"true" } else { b"false" });
        out.extend_from_slice(b",\"states\":");
        write_counts(out, totals.states.iter().map(|(state, count)| (state.id(), *count)));
        out.extend_from_slice(b",\"verdicts\":");
        write_counts(out, totals.verdicts.iter().map(|(verdict, count)| (verdict.id(), *count)));
        out.extend_from_slice(b",\"unread\":");
        write_counts(out, totals.unread.iter().map(|(reason, count)| (reason.id(), *count)));
        out.extend_from_slice(b",\"counts\":");
        write_counts(out, totals.counts.iter().map(|(entity, count)| (ruleset.entity(*entity).id.as_str(), *count)));
        out.extend_from_slice(b"}\n");
        self.out.flush()
    }

    fn as_sink(&mut self) -> &mut dyn Sink {
        self
    }
}

/// The part of a finding's row behind its line, which depends on what was found and not on where: few
/// differ in a scan.
#[derive(Default)]
struct ConstantParts {
    slots: Vec<Option<(Key, Box<[u8]>)>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Key(u64);

const SLOTS: usize = 4096;

impl Key {
    fn of(detection: &Detection) -> Self {
        let role = detection.role.map_or(7, |role| role as u64);
        let entity = u64::from(detection.entity.0) << 32;
        let score = u64::from(detection.permille) << 16;
        Key(entity | score | u64::from(detection.evidence.0) | role << 48 | (detection.subject as u64) << 52)
    }

    fn slot(self) -> usize {
        (self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 52) as usize % SLOTS
    }
}

impl ConstantParts {
    fn of(&mut self, ruleset: &Ruleset, detection: &Detection) -> &[u8] {
        if self.slots.is_empty() {
            self.slots.resize(SLOTS, None);
        }
        let key = Key::of(detection);
        let slot = &mut self.slots[key.slot()];
        if slot.as_ref().is_none_or(|(known, _)| *known != key) {
            *slot = Some((key, constant_part(ruleset, detection).into()));
        }
        slot.as_ref().map_or(&[], |(_, part)| part)
    }
}

fn constant_part(ruleset: &Ruleset, detection: &Detection) -> Vec<u8> {
    let entity = ruleset.entity(detection.entity);
    let mut out = Vec::new();
    write_member(&mut out, "entity", &entity.id);
    match entity.category {
        Some(category) => write_member(&mut out, "category", category.letter().encode_utf8(&mut [0; 4])),
        None => out.extend_from_slice(b",\"category\":null"),
    }
    if detection.subject != Subject::Unknown {
        write_member(&mut out, "subject", detection.subject.id());
    }
    if let Some(role) = detection.role {
        write_member(&mut out, "role", role.id());
    }
    out.extend_from_slice(b",\"score\":");
    write_score(&mut out, detection.permille);
    write_member(&mut out, "band", detection.band().id());
    out.extend_from_slice(b",\"evidence\":");
    write_strings(&mut out, detection.evidence.ids(&entity.id).iter().map(String::as_str));
    out
}
