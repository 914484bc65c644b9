//! Rows for spreadsheets: findings, and what was not read. Cells can never run as formulas.

use std::io::Write;
use std::sync::Arc;

use super::json::{write_number, write_score};
use super::labels::Labels;
use super::{Output, Report, ReportOptions};
use crate::Error;
use crate::detect::Detector;
use crate::model::{Batch, Finding, Frame, Sink, Source, SourceState, SourceSummary, Subject, Unread};
use crate::scan::Totals;

const HEADER: &str =
    "type,source,where,line,entity,category,subject,role,score,band,evidence,start,end,state,reason,verdict,value";

/// Writes comma-separated values (RFC 4180).
pub struct Csv {
    out: Output,
    detector: Arc<Detector>,
    labels: Labels,
    source: String,
}

impl Csv {
    /// A report over an output.
    pub fn new(out: Box<dyn Write + Send>, options: &ReportOptions) -> Self {
        Csv {
            out: Output::new(out),
            detector: options.detector.clone(),
            labels: Labels::new(&options.masking).with_paths_masked(options.mask_paths),
            source: String::new(),
        }
    }

    fn finding(&mut self, frame: &Frame, finding: &Finding) {
        let mut place = self.labels.steps(&frame.provenance).join(" > ");
        let below = self.labels.place(frame, finding);
        if !place.is_empty() && !below.is_empty() {
            place.push_str(" > ");
        }
        place.push_str(&below);
        let detection = &finding.detection;
        let entity = self.detector.ruleset().entity(detection.entity);
        let out = &mut self.out.buffer;
        out.extend_from_slice(b"finding");
        write_cell(out, &self.source);
        write_cell(out, &place);
        write_number_cell(out, finding.line);
        write_cell(out, &entity.id);
        write_cell(out, &entity.category.map_or(String::new(), |it| it.letter().to_string()));
        write_cell(out, if detection.subject == Subject::Unknown { "" } else { detection.subject.id() });
        write_cell(out, detection.role.map_or("", |it| it.id()));
        out.push(b',');
        write_score(out, detection.permille);
        write_cell(out, detection.band().id());
        write_cell(out, &detection.evidence.ids(&entity.id).join(" "));
        write_number_cell(out, finding.span.as_ref().map(|it| it.start));
        write_number_cell(out, finding.span.as_ref().map(|it| it.end));
        out.extend_from_slice(b",,,");
        write_cell(out, &finding.value.as_ref().map_or(String::new(), |value| value.reveal()));
        out.extend_from_slice(b"\r\n");
    }
}

impl Sink for Csv {
    fn begin(&mut self, source: &Source) -> Result<(), Error> {
        self.source = self.labels.path(&source.path).0;
        Ok(())
    }

    fn findings(&mut self, _: &Source, batch: Batch<'_>) -> Result<(), Error> {
        for finding in batch.findings {
            self.finding(batch.frame, finding);
            self.out.drain()?;
        }
        Ok(())
    }

    fn unread(&mut self, _: &Source, part: &Unread) -> Result<(), Error> {
        let place = self.labels.steps(&part.place).join(" > ");
        let out = &mut self.out.buffer;
        out.extend_from_slice(b"unread");
        write_cell(out, &self.source);
        write_cell(out, &place);
        out.extend_from_slice(b",,,,,,,,,,,");
        write_cell(out, part.reason.id());
        out.extend_from_slice(b",,\r\n");
        self.out.drain()
    }

    /// A row only where the source was not wholly read: a table without rows must not look clean.
    fn end(&mut self, summary: &SourceSummary) -> Result<(), Error> {
        if summary.state == SourceState::Complete {
            return Ok(());
        }
        let out = &mut self.out.buffer;
        out.extend_from_slice(b"source");
        write_cell(out, &self.source);
        out.extend_from_slice(b",,,,,,,,,,,");
        write_cell(out, summary.state.id());
        write_cell(out, summary.reason.map_or("", |it| it.id()));
        write_cell(out, summary.verdict.id());
        out.extend_from_slice(b",\r\n");
        self.out.drain()
    }
}

impl Report for Csv {
    fn start(&mut self) -> Result<(), Error> {
        self.out.buffer.extend_from_slice(HEADER.as_bytes());
        self.out.buffer.extend_from_slice(b"\r\n");
        self.out.drain()
    }

    fn finish(&mut self, _: &Totals) -> Result<(), Error> {
        self.out.flush()
    }

    fn as_sink(&mut self) -> &mut dyn Sink {
        self
    }
}

fn write_number_cell(out: &mut Vec<u8>, number: Option<u64>) {
    out.push(b',');
    if let Some(number) = number {
        write_number(out, number);
    }
}

/// Appends a comma and a cell. One that a spreadsheet would take for a formula gets an apostrophe before it.
pub(super) fn write_cell(out: &mut Vec<u8>, text: &str) {
    out.push(b',');
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let quoted = formula || text.contains([',', '"', '\n', '\r']);
    if !quoted {
        return out.extend_from_slice(text.as_bytes());
    }
    out.push(b'"');
    if formula {
        out.push(b'\'');
    }
    out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_never_formulas() {
        let cell = |text| {
            let mut out = Vec::new();
            write_cell(&mut out, text);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(cell("plain"), ",plain");
        assert_eq!(cell("a,\"b\""), ",\"a,\"\"b\"\"\"");
        assert_eq!(cell("=1+1"), ",\"'=1+1\"");
        assert_eq!(cell("@x"), ",\"'@x\"");
    }
}
