//! One value of a named field: what a table's cell or a message's field is to a caller who already took it apart.

use std::sync::Arc;

use super::{Found, Place, Scanner};
use crate::detect::SourceMemory;
use crate::model::{Field, FieldKind, Frame, Label, NO_NODE, Segment};

impl Scanner {
    /// What is found in the value of a field or column of that name. Offsets are bytes of the value.
    ///
    /// The value is taken as it is: it is not sniffed, and an allow-list does not apply.
    pub fn detect_value(&self, label: &str, value: &str) -> Vec<Found> {
        let segment = segment(label, value);
        let ruleset = self.detector.ruleset();
        let candidates = self.detector.find(&segment);
        let mut memory = SourceMemory::default();
        self.detector.learn(&mut memory, &candidates);
        let mut found = Vec::new();
        self.detector.settle(&memory, &candidates, |_, detection| {
            let range = detection.range();
            found.push(Found::new(ruleset, &detection, Place { start: range.start, end: range.end }));
        });
        found
    }
}

fn segment(label: &str, value: &str) -> Segment {
    let labels = vec![Label { name: label.into(), ..Label::default() }];
    let kind = FieldKind::Structured;
    let field = Field { start: 0, end: value.len() as u32, label: 0, record: 0, node: NO_NODE, kind };
    Segment {
        frame: Arc::new(Frame { labels, ..Frame::default() }),
        fields: vec![field],
        ..Segment::narrative(value.as_bytes())
    }
}
