//! Names that come from documents (columns, keys, members), made fit to be shown: values in them masked, cut short.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use super::json::{Repeated, base64, write_number, write_string};
use crate::detect::{Detector, SourceMemory};
use crate::model::{
    Field, Finding, Frame, Grid, LabelId, NO_NODE, NodeStep, Segment, Standard, StandardField, Step, Text,
};

/// Longest label shown, in characters.
const SHOWN_CHARS: usize = 64;
/// Labels remembered.
const REMEMBERED: usize = 8192;

/// Where something stands below its stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    pub(crate) record: u64,
    pub(crate) label: LabelId,
    pub(crate) node: u32,
}

impl Spot {
    pub(crate) fn of(finding: &Finding) -> Spot {
        Spot { record: finding.record, label: finding.label, node: finding.node }
    }

    pub(crate) fn of_field(segment: &Segment, field: &Field) -> Spot {
        Spot { record: segment.first_record + u64::from(field.record), label: field.label, node: field.node }
    }
}

/// Masks labels and remembers them.
pub struct Labels {
    /// What masks them; without it they are shown as they are.
    detector: Option<Arc<Detector>>,
    mask_paths: bool,
    known: HashMap<Vec<u8>, Arc<str>>,
}

impl Labels {
    /// Masks what that detector finds.
    pub fn new(masking: &Arc<Detector>) -> Self {
        Labels { detector: Some(masking.clone()), mask_paths: false, known: HashMap::new() }
    }

    /// The same, paths too where asked for.
    #[must_use]
    pub fn with_paths_masked(self, mask_paths: bool) -> Self {
        Labels { mask_paths, ..self }
    }

    /// Shows labels whole and as they are: for output that holds the documents' text anyway.
    pub(crate) fn plain() -> Self {
        Labels { detector: None, mask_paths: false, known: HashMap::new() }
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

    /// A path as it may be shown, and whole in base64 where it is not UTF-8 and need not be masked.
    pub fn path(&self, path: &Path) -> (String, Option<String>) {
        if !self.mask_paths {
            return shown_path(path);
        }
        let (shown, _) = shown_path(path);
        (Text(self.masked(&Text::from(shown.as_str()), &Segment::path(shown.as_bytes()))).reveal(), None)
    }

    fn mask(&self, label: &Text) -> String {
        cut(&Text(self.masked(label, &Segment::narrative(label))).reveal())
    }

    /// The text with what is found in the segment made of it masked.
    fn masked(&self, label: &Text, segment: &Segment) -> Vec<u8> {
        let Some(detector) = &self.detector else { return label.0.clone() };
        let found = detector.find(segment);
        let (mut masked, mut done) = (Vec::new(), 0);
        detector.settle(&SourceMemory::default(), &found, |_, detection| {
            let range = detection.range();
            if range.start >= done && range.end <= label.len() {
                masked.extend_from_slice(&label[done..range.start]);
                let entity = &detector.ruleset().entity(detection.entity).id;
                masked.extend_from_slice(format!("[{entity}]").as_bytes());
                done = range.end;
            }
        });
        masked.extend_from_slice(&label[done..]);
        masked
    }

    /// Appends the steps of `where` to this stream, as JSON objects parted by commas.
    pub(crate) fn write_steps(&mut self, out: &mut Vec<u8>, steps: &[Step]) {
        for (index, step) in steps.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            match step {
                Step::Member(name) => {
                    let shown = self.show(name);
                    write_text_step(out, "member", &shown);
                }
                Step::Message(number) => write_number_step(out, "message", *number),
                Step::Page(number) => write_number_step(out, "page", *number),
                Step::Part(name) => write_text_step(out, "part", name),
            }
        }
    }

    /// The steps to a stream, in words for people: `mail/2021.mbox`, `message 14`, `page 3`.
    pub(crate) fn steps(&mut self, steps: &[Step]) -> Vec<String> {
        let mut shown = |step: &Step| match step {
            Step::Member(name) => self.show(name).to_string(),
            Step::Message(number) => format!("message {number}"),
            Step::Page(number) => format!("page {number}"),
            Step::Part(name) => name.to_string(),
        };
        steps.iter().map(&mut shown).collect()
    }

    /// The pointer of a node, each key masked by itself.
    pub(crate) fn pointer(&mut self, frame: &Frame, node: u32) -> String {
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

    /// The place of a finding below its stream, in words for people: `row 12, ssn`, `Visits!C17`, `/patient/name`,
    /// `message 3, PID-5.1`, `(0010,0010)`.
    pub(crate) fn place(&mut self, frame: &Frame, finding: &Finding) -> String {
        let finding = Spot::of(finding);
        if finding.node != NO_NODE {
            return self.pointer(frame, finding.node);
        }
        let label = frame.labels.get(finding.label as usize);
        let standard = label.and_then(|it| it.standard.as_ref()).map(|it| self.standard_key(it));
        let column = label.and_then(|it| it.column.map(|number| (number, &it.name)));
        let record = finding.record;
        match (&frame.grid, standard, column) {
            (Grid::Messages, standard, _) => format!("message {record}, {}", standard.unwrap_or_default()),
            (_, Some(key), _) => key,
            (Grid::Sheet(name), _, Some((number, _))) => format!("{}!{}", self.show(name), cell(record, number)),
            (Grid::Table(table), _, Some((_, name))) => {
                format!("table {}, row {record}, column {}", self.show(table), self.show(&within(table, name)))
            }
            (Grid::Rows, _, Some((_, name))) => format!("row {record}, {}", self.show(name)),
            _ => String::new(),
        }
    }

    fn standard_key(&mut self, field: &StandardField) -> String {
        format!("{}{}", self.show(&field.within), self.show(&field.key))
    }
}

/// Writes `where` of findings: what does not change within a batch is made once.
#[derive(Default)]
pub(crate) struct Where {
    prefix: Vec<u8>,
    /// The number of the record at hand.
    record: Repeated,
    /// What stands behind the record's number, by label.
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
    pub fn write(&mut self, out: &mut Vec<u8>, frame: &Frame, spot: Spot, labels: &mut Labels) {
        out.push(b'[');
        out.extend_from_slice(&self.prefix);
        let before = out.len();
        if !self.prefix.is_empty() {
            out.push(b',');
        }
        let begun = out.len();
        self.write_below(out, frame, spot, labels);
        if out.len() == begun {
            out.truncate(before);
        }
        out.push(b']');
    }

    /// The steps below the stream.
    pub(crate) fn write_below(&mut self, out: &mut Vec<u8>, frame: &Frame, spot: Spot, labels: &mut Labels) {
        if spot.node != NO_NODE {
            write_text_step(out, "pointer", &labels.pointer(frame, spot.node));
            return;
        }
        let label = frame.labels.get(spot.label as usize);
        let standard = label.and_then(|it| it.standard.as_ref());
        if frame.grid == Grid::Messages {
            write_number_step(out, "message", spot.record);
            if standard.is_some() {
                out.push(b',');
            }
        }
        if let Some(field) = standard {
            write_standard(out, field, labels);
        } else if let Some(number) = label.and_then(|it| it.column) {
            self.write_cell(out, frame, spot, number, labels);
        }
    }

    fn write_cell(&mut self, out: &mut Vec<u8>, frame: &Frame, spot: Spot, number: u32, labels: &mut Labels) {
        let record = spot.record;
        match &frame.grid {
            Grid::Rows | Grid::Messages => {
                out.extend_from_slice(b"{\"row\":");
                self.record.write(out, record);
                out.extend_from_slice(self.column(frame, spot.label, number, labels));
            }
            Grid::Table(table) => {
                out.extend_from_slice(b"{\"table\":");
                write_string(out, &labels.show(table));
                out.extend_from_slice(b",\"row\":");
                self.record.write(out, record);
                out.extend_from_slice(self.column(frame, spot.label, number, labels));
            }
            Grid::Sheet(name) => {
                out.extend_from_slice(b"{\"sheet\":");
                write_string(out, &labels.show(name));
                out.extend_from_slice(b",\"cell\":");
                write_string(out, &cell(record, number));
                out.push(b'}');
            }
            Grid::Unnamed => {}
        }
    }

    fn column(&mut self, frame: &Frame, label: u32, number: u32, labels: &mut Labels) -> &[u8] {
        self.columns[label as usize].get_or_insert_with(|| {
            let name = &frame.labels[label as usize].name;
            let name = match &frame.grid {
                Grid::Table(table) => &within(table, name),
                _ => name,
            };
            let mut column = b",\"column\":".to_vec();
            if name.is_empty() {
                write_number(&mut column, u64::from(number) + 1);
            } else {
                write_string(&mut column, &labels.show(name));
            }
            column.push(b'}');
            column
        })
    }
}

/// `{"segment":"PID","field":"5.1"}`, `{"tag":"(0010,0010)"}`; other standards' fields by their key.
fn write_standard(out: &mut Vec<u8>, field: &StandardField, labels: &mut Labels) {
    let key = labels.standard_key(field);
    match (field.standard, key.split_once('-')) {
        (Standard::Hl7v2 | Standard::X12, Some((segment, number))) => {
            out.extend_from_slice(b"{\"segment\":");
            write_string(out, segment);
            out.extend_from_slice(b",\"field\":");
            write_string(out, number);
            out.push(b'}');
        }
        (Standard::Dicom, _) => write_text_step(out, "tag", &key),
        _ => write_text_step(out, "part", &key),
    }
}

fn write_text_step(out: &mut Vec<u8>, name: &str, value: &str) {
    out.push(b'{');
    write_string(out, name);
    out.push(b':');
    write_string(out, value);
    out.push(b'}');
}

fn write_number_step(out: &mut Vec<u8>, name: &str, value: u64) {
    out.push(b'{');
    write_string(out, name);
    out.push(b':');
    write_number(out, value);
    out.push(b'}');
}

/// A column's name without its table's before it.
fn within(table: &Text, column: &Text) -> Text {
    let bare = column.strip_prefix(&table[..]).and_then(|it| it.strip_prefix(b"."));
    Text(bare.unwrap_or(column).to_vec())
}

/// The name of a sheet's cell: row 1 and column 0 are `A1`.
fn cell(row: u64, column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(b'A' + ((rest - 1) % 26) as u8);
        rest = (rest - 1) / 26;
    }
    letters.reverse();
    format!("{}{row}", String::from_utf8_lossy(&letters))
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
