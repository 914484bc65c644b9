//! The frame in which text travels from an extractor to the detector.

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{OffsetMap, Provenance, Step, Text};

/// Index into [`Frame::labels`].
pub type LabelId = u32;
/// The field has no label.
pub const NO_LABEL: LabelId = LabelId::MAX;
/// The field has no place in a tree.
pub const NO_NODE: u32 = u32::MAX;

/// A block of decoded text (at most about 1 MiB), what its parts are called, and where they come from.
///
/// The detector scans `text` once. Where `fields` is empty the whole text is one narrative field; otherwise only the
/// fields are examined, and they are ordered by `start` and do not overlap.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Segment {
    /// What the fields are called and where the stream stands; shared by the blocks of a table.
    pub frame: Arc<Frame>,
    /// The decoded text. UTF-8 where the source allowed, arbitrary bytes where it did not.
    pub text: Text,
    /// Detections that begin outside this range belong to the neighbouring block and are dropped. The bytes around it
    /// are context: a value or its cue may cross the edge of a block.
    pub own: Range<u32>,
    /// From `text` to bytes of the innermost stream that the frame's provenance names.
    /// [`OffsetMap::nowhere`] where the text has no place in bytes.
    pub map: OffsetMap,
    /// Labelled parts of `text`.
    pub fields: Vec<Field>,
    /// Lines of the stream that end before `text` begins.
    pub lines_before: u64,
    /// Where lines of the stream end in `text`.
    pub line_ends: LineEnds,
    /// The stream's number, from 1, of the record whose `Field::record` is 0. A header row is not counted.
    pub first_record: u64,
}

/// The part of a segment that outlives its text: what findings need to say where they are.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Frame {
    /// Steps from the source to this stream.
    pub provenance: Provenance,
    /// Interned labels of the fields.
    pub labels: Vec<Label>,
    /// Interned object keys of the nodes.
    pub keys: Vec<Text>,
    /// Tree places of the fields (JSON); parents before their children.
    pub nodes: Vec<Node>,
    /// What the records and columns of the fields are called.
    pub grid: Grid,
}

/// What the records and columns of a segment's fields are called in places.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Grid {
    /// Rows and columns of the stream itself.
    #[default]
    Rows,
    /// Cells of the sheet of that name: a record is a row, `A1` is its first cell.
    Sheet(Text),
    /// Rows and columns of the table of that name.
    Table(Text),
    /// Messages of a feed.
    Messages,
    /// Records say only what belongs together.
    Unnamed,
}

impl Default for Frame {
    fn default() -> Self {
        Frame { provenance: Arc::from([]), labels: Vec::new(), keys: Vec::new(), nodes: Vec::new(), grid: Grid::Rows }
    }
}

/// Where the line ends of the original stream stand in a segment's text.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub enum LineEnds {
    /// At each `\n` of the text.
    #[default]
    InText,
    /// At these text offsets, in order (the text holds decoded line breaks that are no line ends of the stream).
    At(Vec<u32>),
    /// Nobody counts lines there.
    Uncounted,
}

/// A part of a segment's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// First byte in the segment's text.
    pub start: u32,
    /// Behind the last byte.
    pub end: u32,
    /// What the field is called, or [`NO_LABEL`].
    pub label: LabelId,
    /// The record it belongs to, counted within the segment: what joins identifiers of one person.
    pub record: u32,
    /// Its place in [`Frame::nodes`], or [`NO_NODE`].
    pub node: u32,
    /// What kind of text it is.
    pub kind: FieldKind,
}

/// What kind of text a field holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum FieldKind {
    /// One value of a table, message or object.
    Structured,
    /// Prose, logs, anything read in lines.
    #[default]
    Narrative,
    /// A file name or path.
    Path,
    /// Names and attributes of markup; JSON keys.
    Markup,
    /// Deleted or unreferenced remains.
    Residual,
}

/// What a field is called. The name is document text (a first row may hold patients), hence [`Text`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Label {
    /// A column header, or the keys of a JSON path joined by `.` (array steps left out): `patient.birthDate`.
    pub name: Text,
    /// Values of sibling members that say what this one is (`system`, `type`, `code`, `use`, …), joined by spaces.
    pub hints: Text,
    /// The column's number from 0, in tables.
    pub column: Option<u32>,
    /// The field of a standard that it is.
    pub standard: Option<StandardField>,
}

impl Label {
    /// The label of a database's column, the `number`th of its table from 0: `patients.ssn`.
    pub fn of_column(table: &[u8], column: &[u8], number: Option<u32>) -> Label {
        let name = if table.is_empty() || column.is_empty() { column.to_vec() } else { [table, b".", column].concat() };
        Label { name: Text(name), column: number, ..Label::default() }
    }
}

/// A field that a standard defines, whose table in `patterns/data/fields` says what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StandardField {
    /// Whose.
    pub standard: Standard,
    /// Its key in that standard's table: `PID-5.1`, `NM1-03`, `(0010,0010)`, `Patient.name.family`.
    pub key: Text,
    /// What stands around it (`(0040,A730)[2]`), shown before the key; mostly empty.
    pub within: Text,
}

/// A standard whose fields have tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Standard {
    Hl7v2,
    X12,
    Dicom,
    Fhir,
    Cda,
    Mail,
    Image,
}

impl Standard {
    /// All of them.
    pub const ALL: [Standard; 7] = [
        Standard::Hl7v2,
        Standard::X12,
        Standard::Dicom,
        Standard::Fhir,
        Standard::Cda,
        Standard::Mail,
        Standard::Image,
    ];

    /// The stem of its table's file name.
    pub fn id(self) -> &'static str {
        match self {
            Standard::Hl7v2 => "hl7v2",
            Standard::X12 => "x12",
            Standard::Dicom => "dicom",
            Standard::Fhir => "fhir",
            Standard::Cda => "cda",
            Standard::Mail => "mail",
            Standard::Image => "image",
        }
    }
}

/// A place in a tree: one step below its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// Index of the parent, or [`NO_NODE`] at the root.
    pub parent: u32,
    /// The step.
    pub step: NodeStep,
}

/// One step of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NodeStep {
    /// Member of an object, by index into [`Frame::keys`].
    Key(u32),
    /// Element of an array.
    Index(u32),
}

impl FieldKind {
    /// Its stable name.
    pub fn id(self) -> &'static str {
        match self {
            FieldKind::Structured => "structured",
            FieldKind::Narrative => "narrative",
            FieldKind::Path => "path",
            FieldKind::Markup => "markup",
            FieldKind::Residual => "residual",
        }
    }
}

impl Segment {
    /// A plain narrative segment that is a whole stream: what tests and small inputs need.
    pub fn narrative(text: &[u8]) -> Self {
        Segment { text: Text(text.to_vec()), own: 0..text.len() as u32, ..Segment::default() }
    }

    /// The path of a source as text: its parts are lines, and what joins words in names parts them.
    pub fn path(path: &[u8]) -> Self {
        let apart = |byte: &u8| match byte {
            b'/' | b'\\' => b'\n',
            b'_' | b'+' => b' ',
            _ => *byte,
        };
        let text: Vec<u8> = path.iter().map(apart).collect();
        let end = text.len() as u32;
        let frame = Frame { provenance: Arc::from([Step::part("path")]), grid: Grid::Unnamed, ..Frame::default() };
        let field = Field { start: 0, end, label: NO_LABEL, record: 0, node: NO_NODE, kind: FieldKind::Path };
        Segment {
            frame: Arc::new(frame),
            text: Text(text),
            own: 0..end,
            fields: vec![field],
            line_ends: LineEnds::Uncounted,
            first_record: 1,
            ..Segment::default()
        }
    }

    /// True where all offsets and indices lie inside what they point into: what crossed a process boundary is checked
    /// before it is used.
    pub fn is_sound(&self) -> bool {
        let len = self.text.len();
        let Frame { labels, keys, nodes, .. } = &*self.frame;
        let mut behind = 0;
        let fields = self.fields.iter().all(|it| {
            let ordered = it.start >= behind && it.end >= it.start && it.end as usize <= len;
            behind = it.end;
            let labelled = it.label == NO_LABEL || (it.label as usize) < labels.len();
            ordered && labelled && (it.node == NO_NODE || (it.node as usize) < nodes.len())
        });
        let nodes = nodes.iter().enumerate().all(|(index, it)| {
            let key = !matches!(it.step, NodeStep::Key(key) if key as usize >= keys.len());
            key && (it.parent == NO_NODE || (it.parent as usize) < index)
        });
        let own = self.own.start <= self.own.end && self.own.end as usize <= len;
        fields && nodes && own && self.map.is_sound()
    }
}

impl Frame {
    /// The RFC 6901 pointer of a node, as document text.
    pub fn pointer(&self, node: u32) -> Text {
        let mut steps = Vec::new();
        let mut at = node;
        while let Some(it) = self.nodes.get(at as usize) {
            steps.push(it.step);
            at = it.parent;
        }
        let mut out = Vec::new();
        for step in steps.iter().rev() {
            out.push(b'/');
            match *step {
                NodeStep::Index(index) => out.extend_from_slice(index.to_string().as_bytes()),
                NodeStep::Key(key) => {
                    for &byte in self.keys[key as usize].iter() {
                        match byte {
                            b'~' => out.extend_from_slice(b"~0"),
                            b'/' => out.extend_from_slice(b"~1"),
                            _ => out.push(byte),
                        }
                    }
                }
            }
        }
        Text(out)
    }
}
