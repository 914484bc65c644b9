//! Places of findings as the store keeps them: each form once, with numbers left open. Names are masked.

use std::collections::HashMap;

use crate::model::{Finding, Frame, LabelId, NO_NODE, Node, NodeStep, Step};
use crate::show::Labels;
use crate::show::labels::{Spot, Where};

/// Stands for the record's number.
pub(in crate::inventory) const RECORD: char = '\u{1}';
/// Stands for an index of an array.
pub(in crate::inventory) const INDEX: char = '\u{2}';

/// Makes the text of a place interned.
pub(super) type Intern<'a> = &'a mut dyn FnMut(&str) -> rusqlite::Result<u32>;

/// Places of one batch.
#[derive(Default)]
pub(super) struct Places {
    below: Where,
    /// By label, and for none: its number in the store plus one.
    labels: Vec<u32>,
    /// By node: its shape plus one.
    nodes: Vec<u32>,
    shapes: Vec<Shape>,
    roots: Shape,
    buffer: Vec<u8>,
}

/// A node of a tree without its indices.
#[derive(Default)]
struct Shape {
    pointer: String,
    label: Option<u32>,
    keys: HashMap<Vec<u8>, u32>,
    element: Option<u32>,
}

/// Shapes remembered.
const REMEMBERED: usize = 1 << 16;

impl Places {
    /// A batch of findings in that frame follows.
    pub fn enter(&mut self, frame: &Frame, labels: &mut Labels) {
        self.below.enter(frame, labels);
        self.labels.clear();
        self.labels.resize(frame.labels.len() + 1, 0);
        self.nodes.clear();
        self.nodes.resize(frame.nodes.len(), 0);
        if self.shapes.len() > REMEMBERED {
            self.shapes.clear();
            self.roots = Shape::default();
        }
    }

    /// The number of a finding's place below its stream, 0 for none; the place's indices go into `indices`.
    #[inline]
    pub fn place(
        &mut self,
        frame: &Frame,
        it: &Finding,
        labels: &mut Labels,
        indices: &mut Vec<u32>,
        intern: Intern<'_>,
    ) -> rusqlite::Result<u32> {
        indices.clear();
        if it.node != NO_NODE {
            return self.pointer(frame, it.node, labels, indices, intern);
        }
        let slot = (it.label as usize).min(frame.labels.len());
        if self.labels[slot] == 0 {
            self.labels[slot] = self.label(frame, it.label, labels, intern)? + 1;
        }
        Ok(self.labels[slot] - 1)
    }

    fn label(
        &mut self,
        frame: &Frame,
        label: LabelId,
        labels: &mut Labels,
        intern: Intern<'_>,
    ) -> rusqlite::Result<u32> {
        // No record has this number, so its digits can stand for any.
        let spot = Spot { record: u64::MAX, label, node: NO_NODE };
        self.buffer.clear();
        self.below.write_below(&mut self.buffer, frame, spot, labels);
        if self.buffer.is_empty() {
            return Ok(0);
        }
        let text = String::from_utf8_lossy(&self.buffer).replace(&u64::MAX.to_string(), &RECORD.to_string());
        intern(&text)
    }

    fn pointer(
        &mut self,
        frame: &Frame,
        node: u32,
        labels: &mut Labels,
        indices: &mut Vec<u32>,
        intern: Intern<'_>,
    ) -> rusqlite::Result<u32> {
        let shape = self.shape(frame, node, labels);
        let mut at = node;
        while let Some(Node { parent, step }) = frame.nodes.get(at as usize) {
            if let NodeStep::Index(index) = step {
                indices.push(*index);
            }
            at = *parent;
        }
        indices.reverse();
        let shape = &mut self.shapes[shape as usize];
        if let Some(label) = shape.label {
            return Ok(label);
        }
        let pointer = serde_json::to_string(&shape.pointer).unwrap_or_default().replace("\\u0002", &INDEX.to_string());
        let label = intern(&format!("{{\"pointer\":{pointer}}}"))?;
        shape.label = Some(label);
        Ok(label)
    }

    /// The shape of a node; parents stand before their children.
    fn shape(&mut self, frame: &Frame, node: u32, labels: &mut Labels) -> u32 {
        let known = self.nodes[node as usize];
        if known > 0 {
            return known - 1;
        }
        let Node { parent, step } = frame.nodes[node as usize];
        let above = (parent != NO_NODE).then(|| self.shape(frame, parent, labels));
        let key = match step {
            NodeStep::Index(_) => None,
            NodeStep::Key(key) => Some(frame.keys[key as usize].as_slice()),
        };
        let up = self.up(above);
        let found = key.map_or(up.element, |key| up.keys.get(key).copied());
        let shape = match (found, step) {
            (Some(shape), _) => shape,
            (None, NodeStep::Index(_)) => self.add(above, None, &INDEX.to_string()),
            (None, NodeStep::Key(key)) => {
                let key = &frame.keys[key as usize];
                let shown = labels.show(key).replace([RECORD, INDEX], " ").replace('~', "~0").replace('/', "~1");
                self.add(above, Some(key), &shown)
            }
        };
        self.nodes[node as usize] = shape + 1;
        shape
    }

    fn up(&mut self, above: Option<u32>) -> &mut Shape {
        match above {
            None => &mut self.roots,
            Some(above) => &mut self.shapes[above as usize],
        }
    }

    /// A new shape below another.
    fn add(&mut self, above: Option<u32>, key: Option<&[u8]>, shown: &str) -> u32 {
        let number = self.shapes.len() as u32;
        let up = self.up(above);
        match key {
            None => up.element = Some(number),
            Some(key) => drop(up.keys.insert(key.to_vec(), number)),
        }
        let pointer = format!("{}/{shown}", up.pointer);
        self.shapes.push(Shape { pointer, ..Shape::default() });
        number
    }
}

/// Steps to a stream as a JSON array.
pub(super) fn steps(labels: &mut Labels, steps: &[Step]) -> String {
    let mut out = vec![b'['];
    labels.write_steps(&mut out, steps);
    out.push(b']');
    String::from_utf8_lossy(&out).into_owned()
}
