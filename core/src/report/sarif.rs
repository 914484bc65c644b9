//! SARIF 2.1.0 for code scanning. Shows places and rules, never snippets or hashes of values.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Component, Path};
use std::sync::Arc;

use super::json::{write_number, write_string};
use super::labels::Labels;
use super::{Output, Report, ReportOptions};
use crate::Error;
use crate::detect::{Detector, Entity};
use crate::model::{
    Band, Batch, Finding, Frame, Reason, ReasonClass, Sink, Source, SourceState, SourceSummary, Unread,
};
use crate::scan::Totals;

pub(super) const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// Unread parts told one by one; they are held until the end, where SARIF wants them.
const NOTIFICATIONS: usize = 10_000;
/// Places remembered for their ordinals.
const REMEMBERED: usize = 100_000;

/// Writes one run.
pub struct Sarif {
    out: Output,
    detector: Arc<Detector>,
    labels: Labels,
    uri: String,
    results: u64,
    /// How often a place was seen in the source at hand: the ordinal makes fingerprints differ.
    seen: HashMap<[u8; 16], u64>,
    notifications: Vec<(String, Reason, String)>,
    parts_of_source: u64,
}

impl Sarif {
    /// A report over an output.
    pub fn new(out: Box<dyn Write + Send>, options: &ReportOptions) -> Self {
        Sarif {
            out: Output::new(out),
            detector: options.detector.clone(),
            labels: Labels::new(&options.masking).with_paths_masked(options.mask_paths),
            uri: String::new(),
            results: 0,
            seen: HashMap::new(),
            notifications: Vec::new(),
            parts_of_source: 0,
        }
    }

    fn result(&mut self, frame: &Frame, finding: &Finding) {
        let detector = self.detector.clone();
        let entity = detector.ruleset().entity(finding.detection.entity);
        let place = self.logical_place(frame, finding);
        let fingerprint = self.fingerprint(&entity.id, &place);
        let out = &mut self.out.buffer;
        out.extend_from_slice(if self.results == 0 { b"\n" } else { b",\n" });
        self.results += 1;
        out.extend_from_slice(b"{\"ruleId\":");
        write_string(out, &entity.id);
        out.extend_from_slice(b",\"ruleIndex\":");
        write_number(out, u64::from(finding.detection.entity.0));
        out.extend_from_slice(b",\"level\":");
        write_string(out, level_of(finding.detection.band()));
        out.extend_from_slice(b",\"message\":{\"text\":");
        write_string(out, &message_of(entity, finding, &place));
        out.extend_from_slice(b"},\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":");
        write_string(out, &self.uri);
        out.push(b'}');
        // A region speaks of the artifact itself; places inside members have none.
        if frame.provenance.is_empty() {
            write_region(out, finding);
        }
        out.push(b'}');
        if !place.is_empty() {
            out.extend_from_slice(b",\"logicalLocations\":[{\"fullyQualifiedName\":");
            write_string(out, &place);
            out.extend_from_slice(b"}]");
        }
        out.extend_from_slice(b"}],\"partialFingerprints\":{\"phisiftPlace/v1\":");
        write_string(out, &fingerprint);
        out.extend_from_slice(b"}}");
    }

    fn logical_place(&mut self, frame: &Frame, finding: &Finding) -> String {
        let mut steps = self.labels.steps(&frame.provenance);
        let below = self.labels.place(frame, finding);
        if !below.is_empty() {
            steps.push(below);
        }
        steps.join(" > ")
    }

    /// Of the place alone: a hash of the value, even a keyed one, has no business in a shared report.
    fn fingerprint(&mut self, entity: &str, place: &str) -> String {
        let mut hasher = blake3::Hasher::new_derive_key("phisift sarif place v1");
        for part in [self.uri.as_str(), entity, place] {
            hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
        }
        let mut short = [0; 16];
        hasher.clone().finalize_xof().fill(&mut short);
        if self.seen.len() >= REMEMBERED {
            self.seen.clear();
        }
        let ordinal = self.seen.entry(short).or_default();
        *ordinal += 1;
        let hash = hasher.update(&ordinal.to_le_bytes()).finalize();
        hash.to_hex()[..32].to_owned()
    }

    fn notify(&mut self, reason: Reason, place: String) {
        if self.notifications.len() < NOTIFICATIONS {
            self.notifications.push((self.uri.clone(), reason, place));
        }
    }

    fn write_rules(&mut self) {
        let detector = self.detector.clone();
        for (index, entity) in detector.ruleset().entities().iter().enumerate() {
            let out = &mut self.out.buffer;
            out.extend_from_slice(if index == 0 { b"\n" } else { b",\n" });
            out.extend_from_slice(b"{\"id\":");
            write_string(out, &entity.id);
            out.extend_from_slice(b",\"shortDescription\":{\"text\":");
            write_string(out, if entity.name.is_empty() { &entity.id } else { &entity.name });
            out.extend_from_slice(b"},\"properties\":{\"category\":");
            match entity.category {
                Some(category) => write_string(out, &format!("45 CFR 164.514(b)(2)(i)({})", category.letter())),
                None => write_string(out, "health context"),
            }
            out.extend_from_slice(b",\"security-severity\":\"7.0\",\"tags\":[\"security\",\"privacy\"]}}");
        }
    }

    fn write_notifications(&mut self) {
        for (index, (uri, reason, place)) in std::mem::take(&mut self.notifications).iter().enumerate() {
            let out = &mut self.out.buffer;
            out.extend_from_slice(if index == 0 { b"\n" } else { b",\n" });
            let level = if reason.class() == ReasonClass::Failure { "warning" } else { "note" };
            out.extend_from_slice(b"{\"level\":");
            write_string(out, level);
            out.extend_from_slice(b",\"message\":{\"text\":");
            let what = if place.is_empty() { String::new() } else { format!(" ({place})") };
            write_string(out, &format!("not fully read: {}{what}", reason.id()));
            out.extend_from_slice(b"},\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":");
            write_string(out, uri);
            out.extend_from_slice(b"}}}]}");
        }
    }
}

impl Sink for Sarif {
    fn begin(&mut self, source: &Source) -> Result<(), Error> {
        self.uri = uri_of(&source.path, &self.labels.path(&source.path).0);
        self.seen.clear();
        self.parts_of_source = 0;
        Ok(())
    }

    fn findings(&mut self, _: &Source, batch: Batch<'_>) -> Result<(), Error> {
        for finding in batch.findings {
            self.result(batch.frame, finding);
            self.out.drain()?;
        }
        Ok(())
    }

    fn unread(&mut self, _: &Source, part: &Unread) -> Result<(), Error> {
        self.parts_of_source += 1;
        let place = self.labels.steps(&part.place);
        self.notify(part.reason, place.join(" > "));
        Ok(())
    }

    fn end(&mut self, summary: &SourceSummary) -> Result<(), Error> {
        match (summary.reason, self.parts_of_source) {
            (Some(reason), 0) if summary.state != SourceState::Complete => self.notify(reason, String::new()),
            _ => {}
        }
        Ok(())
    }
}

impl Report for Sarif {
    fn start(&mut self) -> Result<(), Error> {
        let out = &mut self.out.buffer;
        out.extend_from_slice(b"{\"$schema\":");
        write_string(out, SCHEMA);
        out.extend_from_slice(
            b",\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"phisift\",\"version\":",
        );
        write_string(out, env!("CARGO_PKG_VERSION"));
        out.extend_from_slice(b",\"informationUri\":");
        write_string(out, env!("CARGO_PKG_REPOSITORY"));
        out.extend_from_slice(b",\"rules\":[");
        self.write_rules();
        self.out.buffer.extend_from_slice(b"]}},\"columnKind\":\"unicodeCodePoints\",\"results\":[");
        self.out.drain()
    }

    fn finish(&mut self, totals: &Totals) -> Result<(), Error> {
        self.out.buffer.extend_from_slice(b"],\"invocations\":[{\"executionSuccessful\":");
        self.out.buffer.extend_from_slice(if totals.interrupted { b"false" } else { b"true" });
        self.out.buffer.extend_from_slice(b",\"toolExecutionNotifications\":[");
        self.write_notifications();
        self.out.buffer.extend_from_slice(b"]}]}]}\n");
        self.out.flush()
    }

    fn as_sink(&mut self) -> &mut dyn Sink {
        self
    }
}

fn write_region(out: &mut Vec<u8>, finding: &Finding) {
    let Some(span) = &finding.span else { return };
    out.extend_from_slice(b",\"region\":{");
    if let Some(line) = finding.line {
        out.extend_from_slice(b"\"startLine\":");
        write_number(out, line);
        out.push(b',');
    }
    out.extend_from_slice(b"\"byteOffset\":");
    write_number(out, span.start);
    out.extend_from_slice(b",\"byteLength\":");
    write_number(out, span.end - span.start);
    out.push(b'}');
}

fn message_of(entity: &Entity, finding: &Finding, place: &str) -> String {
    let name = if entity.name.is_empty() { &entity.id } else { &entity.name };
    let place = if place.is_empty() { String::new() } else { format!(" at {place}") };
    format!("{name} ({} confidence){place}", finding.detection.band().id())
}

pub(super) fn level_of(band: Band) -> &'static str {
    match band {
        Band::High => "error",
        Band::Medium => "warning",
        Band::Low => "note",
    }
}

/// A URI reference: relative paths stay relative, absolute ones become `file:` URIs.
pub(super) fn uri_of(path: &Path, shown: &str) -> String {
    let mut uri = String::new();
    if path.is_absolute() {
        uri.push_str("file://");
    }
    let path =
        if matches!(path.components().next(), Some(Component::CurDir)) { &shown[2.min(shown.len())..] } else { shown };
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            b'\\' if cfg!(windows) => uri.push('/'),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        let uri = |path: &str| uri_of(Path::new(path), path);
        assert_eq!(uri("a b/ü.txt"), "a%20b/%C3%BC.txt");
        assert_eq!(uri("./x"), "x");
        #[cfg(unix)]
        assert_eq!(uri("/tmp/x"), "file:///tmp/x");
    }
}
