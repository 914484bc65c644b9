//! Names that come from documents (columns, keys, members), made fit to be shown: values in them masked, cut short.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use super::json::{base64, write_number, write_string};
use crate::detect::{Detector, SourceMemory};
use crate::model::{Finding, Frame, NO_NODE, NodeStep, Segment, Step, Text};

/// Longest label shown, in characters.
const SHOWN_CHARS: usize = 64;
/// Labels remembered.
const REMEMBERED: usize = 8192;

/// Masks labels and remembers them.
pub struct Labels {
    detector: Arc<Detector>,
    known: HashMap<Vec<u8>, Arc<str>>,
}

impl Labels {
    /// Masks what that detector finds.
    pub fn new(detector: Arc<Detector>) -> Self {
        Labels { detector, known: HashMap::new() }
    }

    /// The label as it may be shown: `[us_ssn]` in place of a value, 64 characters at most.
    pub fn show(&mut self, label: &Text) -> Arc<str> {
        if let Some(shown) = self.known.get(label.as_slice()) {
            return shown.clone();
        }
        let shown: Arc<str> = self.mask(label).into();
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        self.known.insert(label.0.clone(), shown.clone());
        shown
    }

    fn mask(&self, label: &Text) -> String {
        let found = self.detector.find(&Segment::narrative(label));
        let (mut masked, mut done) = (Vec::new(), 0);
        self.detector.settle(&SourceMemory::default(), &found, |_, detection| {
            let range = detection.range();
            if range.start >= done && range.end <= label.len() {
                masked.extend_from_slice(&label[done..range.start]);
                let entity = &self.detector.ruleset().entity(detection.entity).id;
                masked.extend_from_slice(format!("[{entity}]").as_bytes());
                done = range.end;
            }
        });
        masked.extend_from_slice(&label[done..]);
        cut(&Text(masked).reveal())
    }

    /// Appends the steps of `where` to this stream, as JSON objects parted by commas.
    pub(super) fn write_steps(&mut self, out: &mut Vec<u8>, steps: &[Step]) {
        for (index, step) in steps.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            match step {
                Step::Member(name) => {
                    out.extend_from_slice(b"{\"member\":");
                    write_string(out, &self.show(name));
                }
                Step::Part(name) => {
                    out.extend_from_slice(b"{\"part\":");
                    write_string(out, name);
                }
            }
            out.push(b'}');
        }
    }

    /// The pointer of a node, each key masked by itself.
    pub(super) fn pointer(&mut self, frame: &Frame, node: u32) -> String {
        let mut steps = Vec::new();
        let mut at = node;
        while let Some(it) = frame.nodes.get(at as usize) {
            steps.push(it.step);
            at = it.parent;
        }
        let mut out = String::new();
        for step in steps.iter().rev() {
            out.push('/');
            match *step {
                // Writing to a string cannot fail.
                NodeStep::Index(index) => write!(out, "{index}").unwrap_or_default(),
                NodeStep::Key(key) => {
                    out.push_str(&self.show(&frame.keys[key as usize]).replace('~', "~0").replace('/', "~1"));
                }
            }
        }
        out
    }

    /// The place of a finding below its stream, in words for people: `row 12, ssn` or `/patient/name`.
    pub(super) fn place(&mut self, frame: &Frame, finding: &Finding) -> String {
        if finding.node != NO_NODE {
            return self.pointer(frame, finding.node);
        }
        match frame.labels.get(finding.label as usize) {
            Some(label) if label.column.is_some() => format!("row {}, {}", finding.record, self.show(&label.name)),
            _ => String::new(),
        }
    }
}

/// Writes `where` of findings: what does not change within a batch is made once.
#[derive(Default)]
pub(super) struct Where {
    prefix: Vec<u8>,
    columns: Vec<Option<Vec<u8>>>,
}

impl Where {
    /// A batch of another frame follows.
    pub fn enter(&mut self, frame: &Frame, labels: &mut Labels) {
        self.prefix.clear();
        labels.write_steps(&mut self.prefix, &frame.provenance);
        self.columns.clear();
        self.columns.resize(frame.labels.len(), None);
    }

    /// Appends the array.
    pub fn write(&mut self, out: &mut Vec<u8>, frame: &Frame, finding: &Finding, labels: &mut Labels) {
        if finding.node != NO_NODE {
            self.open(out);
            out.extend_from_slice(b"{\"pointer\":");
            write_string(out, &labels.pointer(frame, finding.node));
            out.extend_from_slice(b"}]");
            return;
        }
        if self.column(frame, finding, labels).is_none() {
            out.push(b'[');
            out.extend_from_slice(&self.prefix);
            out.push(b']');
            return;
        }
        self.open(out);
        out.extend_from_slice(b"{\"row\":");
        write_number(out, finding.record);
        out.extend_from_slice(self.column(frame, finding, labels).unwrap_or_default());
    }

    /// Appends the beginning of an array that another step follows.
    fn open(&self, out: &mut Vec<u8>) {
        out.push(b'[');
        out.extend_from_slice(&self.prefix);
        if !self.prefix.is_empty() {
            out.push(b',');
        }
    }

    /// The rest of the array behind the row, where the place is a cell.
    fn column(&mut self, frame: &Frame, finding: &Finding, labels: &mut Labels) -> Option<&[u8]> {
        let label = frame.labels.get(finding.label as usize)?;
        let number = label.column?;
        let slot = &mut self.columns[finding.label as usize];
        Some(slot.get_or_insert_with(|| {
            let mut column = b",\"column\":".to_vec();
            if label.name.is_empty() {
                write_number(&mut column, u64::from(number) + 1);
            } else {
                write_string(&mut column, &labels.show(&label.name));
            }
            column.extend_from_slice(b"}]");
            column
        }))
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARS) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// A path as text, and whole in base64 where it is not UTF-8 (such bytes are shown as `\xHH`).
pub fn shown_path(path: &Path) -> (String, Option<String>) {
    if let Some(text) = path.to_str() {
        return (text.to_owned(), None);
    }
    let bytes = path.as_os_str().as_encoded_bytes();
    let mut shown = String::new();
    for chunk in bytes.utf8_chunks() {
        shown.push_str(chunk.valid());
        for byte in chunk.invalid() {
            write!(shown, "\\x{byte:02X}").unwrap_or_default();
        }
    }
    (shown, Some(base64(bytes)))
}
